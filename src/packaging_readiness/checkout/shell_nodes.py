"""What a shell script is made of: lists, pipelines, conditions, loops, functions and simple commands. Pure values.

Source: POSIX.1-2017, XCU 2.9 (shell commands).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: words without quotes, here-documents it reads, and the blocks of its substitutions.

    `redirected`: it reads or writes a file that may not be there, and any command fails for want of it.
    """

    words: tuple[str, ...]
    documents: tuple[str, ...] = ()
    inner: tuple[Block, ...] = ()
    redirected: bool = False


@dataclass(frozen=True, slots=True)
class Pipeline:
    parts: tuple[Part, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class AndOr:
    """Pipelines joined by `&&` and `||`; the first joint is empty."""

    items: tuple[tuple[str, Pipeline], ...]
    background: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lists one after the other: a script, a group, a subshell or a branch."""

    lists: tuple[AndOr, ...]


@dataclass(frozen=True, slots=True)
class Subshell:
    """`( ... )`: an exit inside ends only this."""

    body: Block


@dataclass(frozen=True, slots=True)
class If:
    """(condition, branch) of `if` and each `elif`, and the branch of `else`."""

    branches: tuple[tuple[Block, Block], ...]
    otherwise: Block


@dataclass(frozen=True, slots=True)
class Case:
    """`subject` holds the substitutions of the word that is compared, and of those that it is compared with."""

    subject: Block
    branches: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """`while` and `until`; for `for` the condition holds only the substitutions of its words.

    `runs`: the body runs at least once, because `for` goes through words that are written out.
    """

    condition: Block
    body: Block
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    body: Part


Part = Command | Block | Subshell | If | Case | Loop | Function


def simple_commands(part: Part) -> Iterator[Command]:
    """Every simple command in `part`, those of substitutions, branches and function bodies included."""
    match part:
        case Command():
            yield part
            for block in part.inner:
                yield from simple_commands(block)
        case Block():
            for one in part.lists:
                for _, pipeline in one.items:
                    for inner in pipeline.parts:
                        yield from simple_commands(inner)
        case If():
            for condition, branch in part.branches:
                yield from simple_commands(condition)
                yield from simple_commands(branch)
            yield from simple_commands(part.otherwise)
        case Subshell():
            yield from simple_commands(part.body)
        case Case():
            yield from simple_commands(part.subject)
            for branch in part.branches:
                yield from simple_commands(branch)
        case Loop():
            yield from simple_commands(part.condition)
            yield from simple_commands(part.body)
        case Function():
            yield from simple_commands(part.body)


def functions(part: Part) -> Iterator[str]:
    """Names of the functions that a script defines, wherever, each as often as it is defined."""
    match part:
        case Function():
            yield part.name
            yield from functions(part.body)
        case Block():
            for one in part.lists:
                for _, pipeline in one.items:
                    for inner in pipeline.parts:
                        yield from functions(inner)
        case Subshell():
            yield from functions(part.body)
        case If():
            for condition, branch in part.branches:
                yield from (*functions(condition), *functions(branch))
            yield from functions(part.otherwise)
        case Case():
            for branch in part.branches:
                yield from functions(branch)
        case Loop():
            yield from (*functions(part.condition), *functions(part.body))
        case Command():
            for block in part.inner:
                yield from functions(block)
