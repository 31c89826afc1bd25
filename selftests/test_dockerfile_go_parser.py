"""The Dockerfile reader against BuildKit's own parser, in Go, on generated Dockerfiles."""

import random
import re
from collections import Counter
from typing import Any

import pytest

from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused

SEED = 20_260_131
COUNT = 1_500
KEYWORDS = (
    *("FROM", "RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "CMD", "ENTRYPOINT", "WORKDIR", "USER", "VOLUME", "EXPOSE"),
    *("HEALTHCHECK", "SHELL", "STOPSIGNAL", "MAINTAINER", "ONBUILD RUN", "ONBUILD COPY", "ONBUILD", "onbuild env"),
    *("run", "Copy", "from", "FOO", "onbuild foo", "ONBUILD ONBUILD RUN", "HEALTHCHECK CMD", "HEALTHCHECK NONE"),
)
WORDS = (
    *("a", "b/c", ".", "/d/", "x=y", 'k="v w"', "k='v w'", 'k="v', "k=v\\ w", "$A", "${A:-b}", "${A", "a\\", "\\", "`"),
    *(
        "<<E",
        "<<-E",
        '<<"E"',
        "<<'E'",
        "3<<E",
        "<<E<<F",
        "<<",
        "<<-",
        '<<"E F"',
        "<<$E",
        "<<\\E",
        "a<<E",
        "<<E;",
        "<<F",
    ),
    *(
        '["a", "b"]',
        "['a']",
        '["a", 1]',
        '["a\\n\\u00e9"]',
        "[",
        "[]",
        '["a"',
        '["a"] b',
        "[NaN]",
        '{"a": "b"}',
        "null",
    ),
    *("--from=x", "--chown=a:b", '--mount=type="bind"', "--", "--link", "--x='a b'", "-- x", '"q r"', "'s", "#", "#c"),
    *("=", "=v", "é", "\t", "as", "AS", "CMD", "NONE", "cmd", "\\\\", "\\n", "!", "&&", "|", ";"),
)
STARTS = (
    *("# escape=`", "# escape=\\", "#escape = `", "# syntax=docker/dockerfile:1", "# check=skip=all", "# ESCAPE=`"),
    *("# comment", "", " ", "\ufeff# escape=`", "#", "# escape=", "# escape=x", "# syntax=a\n# escape=`"),
)
ENDS = ("", "", "", "", "", "", " \\", "\\", "\\ ", "`", " ` ", "\\\\", "\t\\\t", "\r", " # c", " \\\r")
BETWEEN = ("", " ", "# c", "  # c \\", "#", "\t", "E", "\tE", "F", "E ", "E\r", " E", "\\", "`", "\u00a0", "\x0b")

# The package holds the parser of BuildKit 0.12. What later versions read otherwise, and how to tell such a Dockerfile:
EXPLAINED: dict[str, re.Pattern[str]] = {
    "0.15: text after a JSON array makes it no JSON array; before, it was ignored": re.compile(r"\][^\n]*[^\s\]]"),
    "0.15: `# check=` is a directive, so that others may follow it": re.compile(r"\A\ufeff?# check="),
    "blanks may stand between << and the word": re.compile(r"<<-?[ \t]+\S|<<-?[ \t]*\\"),
    "a flag's escape character is that of the directive; before, a backslash": re.compile(
        r"escape ?= ?`(?s:.)*--[^\n]*\\", re.IGNORECASE
    ),
}


def dockerfile_text(rng: random.Random) -> str:
    lines = [rng.choice(STARTS) for _ in range(rng.choice([0, 0, 0, 1, 1, 2]))]
    for _ in range(rng.randint(1, 6)):
        words = [rng.choice(WORDS) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
        blank = rng.choice([" ", " ", " ", "  ", "\t"])
        lines.append(rng.choice(["", "", "", " "]) + blank.join([rng.choice(KEYWORDS), *words]) + rng.choice(ENDS))
        lines += [rng.choice(BETWEEN) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
        # A heredoc that goes on to the end of the file hides everything after it.
        lines += rng.choice([["E"], ["E", "F"], []]) if any("<<" in word for word in words) else []
    return "\n".join(lines) + rng.choice(["\n", ""])


def by_go(text: str) -> list[dict[str, Any]] | str:
    import dockerfile  # type: ignore[import-not-found]

    try:
        found = dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        return str(error)
    return [
        {
            "name": (each.cmd or "").upper(),
            "trigger": (each.sub_cmd or "").upper(),
            "json": each.json,
            "flags": each.flags,
            "args": each.value,
            "lines": (each.start_line, each.end_line),
            "heredocs": tuple((document.name, document.content) for document in each.heredocs),
        }
        for each in found
    ]


def by_us(text: str) -> list[dict[str, Any]] | str:
    try:
        found = parse(text.encode(), "Dockerfile").instructions
    except InputRefused as error:
        return error.cause
    return [_plain(each) for each in found]


def _plain(item: Instruction) -> dict[str, Any]:
    # The Go binding shows of a trigger its keyword, arguments and form, and of its heredocs nothing.
    inner = item.onbuild or item
    args = (
        inner.args if inner.name not in ("ENV", "LABEL") else tuple(w for at, w in enumerate(inner.args) if at % 3 < 2)
    )
    if inner.onbuild:
        args = ("",)
    return {
        "name": item.name,
        "trigger": item.onbuild.name if item.onbuild else "",
        "json": inner.json,
        "flags": item.flags,
        "args": args,
        "lines": (item.start, item.end),
        "heredocs": () if item.onbuild else tuple((each.name, each.content) for each in item.heredocs),
    }


def test_readings_agree_but_where_explained() -> None:
    rng = random.Random(SEED)
    outcomes: Counter[str] = Counter()
    used: set[str] = set()
    wrong: list[tuple[str, object, object]] = []
    for _ in range(COUNT):
        text = dockerfile_text(rng)
        theirs, ours = by_go(text), by_us(text)
        if isinstance(theirs, str) and isinstance(ours, str):
            outcomes["refused"] += 1
        elif theirs == ours:
            outcomes["read"] += 1
        else:
            why = next((why for why, shape in EXPLAINED.items() if shape.search(text)), None)
            outcomes["explained"] += 1
            if why is None:
                wrong.append((text, theirs, ours))
            else:
                used.add(why)
    assert not wrong, f"seed {SEED}: Dockerfile, the Go parser, this reader: {wrong[:3]}"
    assert outcomes["read"] > 700
    assert outcomes["refused"] > 100
    assert outcomes["explained"] < COUNT // 5
    assert used == EXPLAINED.keys(), f"seed {SEED}: no longer needed: {EXPLAINED.keys() - used}"


@pytest.mark.parametrize("text", ["FROM a\nRUN b\n", "FROM a\nCOPY <<E /b\nc\nE\n", "FROM a\nONBUILD ADD b /c\n"])
def test_comparison_sees_a_difference(text: str) -> None:
    assert by_go(text) == by_us(text)
    assert by_go(text) != by_us(text.replace("b", "d"))
    assert by_go(text + "RUN [1]\n") == "when using JSON array syntax, arrays must be comprised of strings only"
