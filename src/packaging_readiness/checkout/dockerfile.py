"""A Dockerfile as the builder sees it: instructions, flags, arguments and heredocs, with their lines."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heredoc:
    """One inline document. `expand`: variables in it are replaced; `chomp`: leading tabs are dropped (`<<-`)."""

    name: str
    content: str
    expand: bool
    chomp: bool


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    `name` is upper case and `keyword` as written; `original` is the logical line, continuations joined. `args` are
    words; one string for the shell form of RUN, CMD, ENTRYPOINT; key, value, separator triples for ENV and LABEL.
    `start` and `end` are 1-based lines of the file, heredoc bodies included. `onbuild` is the trigger of an ONBUILD.
    """

    name: str
    keyword: str
    original: str
    flags: tuple[str, ...]
    args: tuple[str, ...]
    json: bool
    start: int
    end: int
    heredocs: tuple[Heredoc, ...] = ()
    onbuild: "Instruction | None" = None


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A parsed Dockerfile. `path` is for messages only; `escape` is a backslash or a backtick."""

    path: str
    instructions: tuple[Instruction, ...]
    escape: str
    text: str

    def place(self, instruction: Instruction) -> str:
        """`path:line` of an instruction."""
        return f"{self.path}:{instruction.start}"


def as_json(dockerfile: Dockerfile) -> dict[str, Any]:
    """Plain data: `instructions` with name, flags, args, json, start, end, heredocs and onbuild; `refused` is null.

    As in the builder's own dump, `args` is null when there is none, and `onbuild` holds the trigger's node.
    """
    return {"instructions": [_instruction(each) for each in dockerfile.instructions], "refused": None}


def _instruction(item: Instruction) -> dict[str, Any]:
    return {
        "name": item.name,
        "flags": list(item.flags),
        "args": list(item.args) or None,
        "json": item.json,
        "start": item.start,
        "end": item.end,
        "heredocs": [asdict(each) for each in item.heredocs],
        "onbuild": None if item.onbuild is None else [_trigger(item.onbuild)],
    }


def _trigger(item: Instruction) -> dict[str, Any]:
    return {
        "Value": item.keyword,
        "Original": item.original,
        "Flags": list(item.flags),
        "Args": list(item.args) or None,
        "Child": None if item.onbuild is None else [_trigger(item.onbuild)],
        "JSON": item.json,
        "Start": 0,
        "End": 0,
        "Heredocs": None,
    }
