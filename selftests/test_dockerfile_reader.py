"""The Dockerfile reader against what BuildKit's parser saw, and on input that no builder would take."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from e2b_dockerfile_utils import DockerfileSyntaxError, parse_dockerfile_ast
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.checkout.dockerfile import as_json
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused

CASES = json.loads((Path(__file__).parent / "data/buildkit_parse_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_reading_is_the_builders(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["dockerfile_b64"])
    if case["refused"]:
        with pytest.raises(InputRefused):
            parse(data, "Dockerfile")
        return
    wanted = [
        {**item, "heredocs": [{key.lower(): value for key, value in each.items()} for each in item["heredocs"]]}
        for item in case["instructions"]
    ]
    assert as_json(parse(data, "Dockerfile")) == {"instructions": wanted, "refused": None}


def args(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.name, item.args) for item in parse(text.encode(), "Dockerfile").instructions]


def test_heredoc_of_a_trigger_hides_its_body() -> None:
    found = parse(b"FROM x\nONBUILD RUN <<EOF\nCOPY . /\nEOF\nUSER 1\n", "Dockerfile").instructions
    assert [item.name for item in found] == ["FROM", "ONBUILD", "USER"]
    assert found[1].end == 4
    assert found[1].heredocs[0].content == "COPY . /\n"


@pytest.mark.parametrize("marker", ['<<""', "<<''", '<<-""', "3<<''"])
def test_empty_name_opens_no_heredoc(marker: str) -> None:
    # BuildKit 0.12.5's parser, through the Go parser package
    found = parse(f"FROM scratch\nRUN cat {marker}\nCOPY . .\n\n".encode(), "Dockerfile").instructions
    assert [(item.name, item.end, item.heredocs) for item in found] == [
        ("FROM", 1, ()),
        ("RUN", 2, ()),
        ("COPY", 3, ()),
    ]


def test_no_break_space_is_part_of_a_copy_argument() -> None:
    assert args("FROM x\nCOPY a\u00a0b /c\n")[1] == ("COPY", ("a\u00a0b", "/c"))


def test_quotes_hold_a_flag_together_and_go() -> None:
    item = parse(b"FROM x\nCOPY --chown=\"a b\" --chmod='1' --link c /d\n", "Dockerfile").instructions[1]
    assert item.flags == ("--chown=a b", "--chmod=1", "--link")
    assert item.args == ("c", "/d")


def test_not_a_number_is_no_json_and_stays_words() -> None:
    assert args("FROM x\nCOPY [NaN] /c\n")[1] == ("COPY", ("[NaN]", "/c"))


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("FROM x\nENV A\n", "Dockerfile:2", "two arguments"),
        ("FROM x\nLABEL a=b c\n", "Dockerfile:2", "can't find ="),
        ("FROM x\n\nRUN [1]\n", "Dockerfile:3", "strings only"),
        ("# escape=`\n# escape=`\nFROM x\n", "Dockerfile:2", "only one escape"),
        ("# a comment only\n", "Dockerfile", "no instructions"),
        ("FROM x\nRUN a\0b\n", "Dockerfile:2", "NUL"),
        ("FROM x\nRUN " + "a" * 70000 + "\n", "Dockerfile:2", "greater than max"),
        ("FROM x\n" + "ONBUILD " * 50 + "RUN a\n", "Dockerfile:2", "nested too deeply"),
        ("FROM x\n" + "RUN a\n" * 1_700_000, "Dockerfile", "larger than"),
    ],
    ids=["env", "label", "json", "directive", "comment", "nul", "long_line", "nested", "large"],
)
def test_refusal_names_line_and_cause(text: str, place: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        parse(text.encode(), "Dockerfile")
    assert caught.value.place == place
    assert cause in caught.value.cause


def test_line_of_just_the_allowed_length_is_taken() -> None:
    assert len(args("FROM x\nRUN " + "a" * (65535 - 4) + "\n")) == 2


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    with pytest.raises(InputRefused) as caught:
        parse(b"FROM x\nCOPY \xff /c\n", "Dockerfile")
    assert caught.value.place == "Dockerfile:2"


def test_a_label_that_lost_its_key_is_not_repeated_in_the_message() -> None:
    with pytest.raises(InputRefused) as caught:
        parse(b"FROM x\nENV A=b hunter2\n", "Dockerfile")
    assert "hunter2" not in str(caught.value)


LINES = st.lists(
    st.sampled_from(
        [
            "FROM a",
            "RUN <<E",
            "E",
            "COPY a \\",
            " b",
            "# c",
            "",
            'ADD ["a", "b"]',
            "ONBUILD RUN <<-'E'",
            "\tE",
            'ENV a="b\\',
            "\\",
        ]
    )
    | st.text(max_size=12).filter(lambda text: "\0" not in text),
    max_size=12,
)


@given(LINES)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_and_lines_never_overlap(lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    try:
        found = parse(data, "Dockerfile").instructions
    except InputRefused:
        return
    ends = [0, *(item.end for item in found)]
    assert all(before < item.start <= item.end for before, item in zip(ends, found, strict=False))
    assert ends[-1] <= data.count(b"\n") + 1


@given(LINES.map(lambda lines: [line for line in lines if "ONBUILD" not in line and "\xa0" not in line]))
@settings(max_examples=300, deadline=None)
def test_reader_agrees_with_the_port_it_builds_on(lines: list[str]) -> None:
    """Outside the port's known gaps: ONBUILD, empty files, unknown keywords, blanks in COPY and ADD arguments."""
    text = "\n".join(["FROM x", *lines])
    try:
        data = text.encode()
        port = parse_dockerfile_ast(text).instructions
    except (UnicodeEncodeError, DockerfileSyntaxError) as error:
        if "unterminated" in str(error):
            with pytest.raises(InputRefused, match="unterminated"):
                parse(data, "Dockerfile")
        return
    ours = parse(data, "Dockerfile").instructions
    assert [(item.name, item.start, item.end, list(item.flags), item.json) for item in ours] == [
        (item.name, item.start_line, item.end_line, item.flags, item.json) for item in port
    ]
    assert [[each.content for each in item.heredocs] for item in ours] == [
        [each.content for each in item.heredocs] for item in port
    ]
