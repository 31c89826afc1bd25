"""Simple commands of a workflow's shell script, and which of them push an image. Pure; nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_ENGINES = frozenset(("docker", "podman", "nerdctl", "buildah"))
_ENGINE_OPTIONS_WITH_VALUE = frozenset(
    ("--config", "--context", "-c", "--host", "-H", "--log-level", "-l", "--root", "--runroot", "--namespace", "-n")
)
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_PREFIXES = frozenset(
    (
        "sudo",
        "timeout",
        "nice",
        "ionice",
        "stdbuf",
        "xargs",
        "env",
        "time",
        "exec",
        "command",
        "nohup",
        "if",
        "then",
        "else",
        "elif",
        "do",
        "while",
        "until",
        "!",
        "{",
        "(",
    )
)
_ASSIGNMENT = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*=")


def commands(script: str) -> Iterator[tuple[str, ...]]:
    """The simple commands of a shell script as words, prefixes such as sudo and `NAME=value` taken off.

    `sh -c '...'` and `$(...)` are looked into. Text that does not lex is split at blanks instead.
    """
    joined = re.sub(r"\\\n", " ", script)
    for line in joined.split("\n"):
        yield from _commands_of_line(line)


def _commands_of_line(line: str, depth: int = 0) -> Iterator[tuple[str, ...]]:
    lexer = shlex.shlex(line.replace("$(", " ; ").replace("`", " ; "), posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        words = line.split()
    command: list[str] = []
    for word in [*words, ";"]:
        if word and set(word) <= set(";&|()"):
            found = _without_prefix(command)
            if found:
                yield found
                if found[0] in ("sh", "bash", "eval") and depth < 3:
                    yield from _commands_of_line(found[-1], depth + 1)
            command = []
        else:
            command.append(word)


def _without_prefix(words: list[str]) -> tuple[str, ...]:
    start = 0
    while start < len(words) and (
        words[start] in _PREFIXES
        or _ASSIGNMENT.match(words[start])
        or (start and (words[start].startswith("-") or _DURATION.fullmatch(words[start])))
    ):
        start += 1
    return tuple(words[start:])


def command_pushes(words: tuple[str, ...]) -> bool:
    """Whether a command (as given by `commands`) pushes an image to a registry."""
    tool = words[0].rsplit("/", 1)[-1]
    rest = _arguments(words[1:])
    if tool in _ENGINES:
        builds = "build" in rest[:2] or "bake" in rest[:2]
        if builds:
            return any(w in ("--push", "--push=true") or output_pushes(w) for w in rest)
        return bool(rest) and (rest[0] == "push" or (rest[0] in ("image", "manifest", "compose") and "push" in rest))
    if tool == "aws":
        return "ecr" in rest and "put-image" in rest
    return (tool in ("skopeo", "crane", "oras", "regctl")) and bool({"copy", "cp", "push", "sync"} & set(rest[:2]))


def _arguments(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words after the tool's global options."""
    i = 0
    while i < len(words) and words[i].startswith("-"):
        i += 2 if words[i] in _ENGINE_OPTIONS_WITH_VALUE else 1
    return words[i:]


def output_pushes(value: str) -> bool:
    """Whether a build's `--output` pushes."""
    return "type=registry" in value or "push=true" in value or ("type=image" in value and "${{" in value)
