"""The second opinion on a Dockerfile: dockerfile-parse reads it too, and where the two differ it is ambiguous.

Heredoc bodies are blanked first, because the second reader would take them for instructions; so is a byte order mark,
and the comment that follows a directive stays a comment to both.
"""

import io
from dataclasses import dataclass

from packaging_readiness.checkout.dockerfile import Dockerfile


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where the readings differ: the line, what the builder's reader sees there, what the other one sees.

    A reading is the instruction's text with runs of blanks collapsed, or None when the reader sees no instruction. It
    holds whatever the Dockerfile holds: redact it before it leaves the machine.
    """

    line: int
    builder: str | None
    other: str | None


def second_opinion(dockerfile: Dockerfile) -> tuple[Disagreement, ...]:
    """Compare the builder's reading with dockerfile-parse, instruction by instruction, in line order.

    Empty when the Dockerfile is unambiguous. A second reader that fails counts as one disagreement at line 1.
    """
    ours = {item.start: _collapse(item.original) for item in dockerfile.instructions}
    try:
        theirs = _read_again(dockerfile)
    except Exception as error:  # any failure of a foreign reader is an answer: it cannot read what the builder can
        return (Disagreement(1, None, f"the second reader failed: {type(error).__name__}"),)
    lines = sorted(ours.keys() | theirs.keys())
    found = (Disagreement(line, ours.get(line), theirs.get(line)) for line in lines)
    return tuple(each for each in found if each.builder != each.other)


def _read_again(dockerfile: Dockerfile) -> dict[int, str]:
    from dockerfile_parse import DockerfileParser

    stream = io.BytesIO(_without_documents(dockerfile).encode())
    structure = DockerfileParser(fileobj=stream).structure
    return {
        int(each["startline"]) + 1: _collapse(f"{each['instruction']} {each['value']}")
        for each in structure
        if each["instruction"] != "COMMENT"
    }


def _without_documents(dockerfile: Dockerfile) -> str:
    lines = dockerfile.text.split("\n")
    for item in dockerfile.instructions:
        count = sum(each.content.count("\n") + 1 for each in item.heredocs)
        for line in range(item.end - count, item.end):
            lines[line] = ""
    return "\n".join(lines)


def _collapse(text: str) -> str:
    keyword, *words = text.split() or [""]
    return " ".join([keyword.upper(), *words])
