"""Directives, continuations, comments, limits and heredocs: which lines of a file make one instruction."""

import pytest

from packaging_readiness.checkout.dockerfile import Heredoc
from packaging_readiness.checkout.dockerfile_reader import DIRECTIVE, marker, markers, parse
from packaging_readiness.contract.errors import InputRefused


def read(text: str) -> list[tuple[str, tuple[str, ...], int, int]]:
    """Name, arguments, first and last line of each instruction."""
    found = parse(text.encode(), "D").instructions
    return [(item.name, item.args, item.start, item.end) for item in found]


def refusal(text: str) -> str:
    with pytest.raises(InputRefused) as caught:
        parse(text.encode(), "D")
    return f"{caught.value.place} {caught.value.cause}"


FROM = ("FROM", ("a",), 1, 1)
MIB = 1024 * 1024


def sized(size: int) -> bytes:
    """A Dockerfile of so many bytes, of comments in the main."""
    lines = b"FROM a\n" + (b"#" * 1023 + b"\n") * 1023
    return lines + b"#" * (size - len(lines))


def test_a_file_of_a_mebibyte_is_read_and_one_byte_more_refused() -> None:
    assert len(parse(sized(MIB), "D").instructions) == 1
    with pytest.raises(InputRefused) as caught:
        parse(sized(MIB + 1), "D")
    assert caught.value.place == "D"


@pytest.mark.parametrize("char", ["a", "é", "\u20ac"])
def test_the_length_of_a_line_counts_its_bytes(char: str) -> None:
    width = len(char.encode())
    line = "RUN " + char * ((65535 - 4) // width)
    line += "a" * (65535 - len(line.encode()))
    assert len(read(f"FROM a\n{line}\n")) == 2
    assert refusal(f"FROM a\n{line}a\n").startswith("D:2 line greater")


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("FROM a", FROM),
        ("FROM a\n", FROM),
        ("\ufeffFROM a\n", FROM),
        ("\r\n \t\u00a0\nFROM a\r\n", ("FROM", ("a",), 3, 3)),
        ("\u00a0 FROM a \n", FROM),
        ("# note\n  # more \\\nFROM a\n", ("FROM", ("a",), 3, 3)),
        ("FROM a\nRUN b \\\n  c\n", ("RUN", ("b   c",), 2, 3)),
        ("FROM a\nRUN b \\ \t\n  c\n", ("RUN", ("b   c",), 2, 3)),
        ("FROM a\nRUN b \\\r\n  c\r\n", ("RUN", ("b   c",), 2, 3)),
        ("FROM a\nRUN b \\\n# note\n\n \u00a0\n  # more \\\nc\n", ("RUN", ("b c",), 2, 7)),
        ("FROM a\nRUN b \\\n", ("RUN", ("b",), 2, 2)),
        ("FROM a\nRUN b \\", ("RUN", ("b",), 2, 2)),
        ("FROM a\nRUN b \\\n\n", ("RUN", ("b",), 2, 3)),
        ("FROM a\n\\\nRUN b\n", ("RUN", ("b",), 2, 3)),
        ("FROM a\nRUN b \\\\\n", ("RUN", ("b \\\\",), 2, 2)),
        ("FROM a\nRUN b \\c\n", ("RUN", ("b \\c",), 2, 2)),
        ("FROM a\nRUN b \\\u00a0\n", ("RUN", ("b \\",), 2, 2)),
        ("FROM a\nRUN b \\\nc \\\nd\n", ("RUN", ("b c d",), 2, 4)),
        ("FROM a\nRUN b `\n", ("RUN", ("b `",), 2, 2)),
        ("# escape=`\nFROM a\nRUN b \\\n", ("RUN", ("b \\",), 3, 3)),
        ("# escape=`\nFROM a\nRUN b `\nc\n", ("RUN", ("b c",), 3, 4)),
    ],
)
def test_lines_that_are_one_instruction(text: str, last: tuple[str, tuple[str, ...], int, int]) -> None:
    assert read(text)[-1] == last


def test_a_second_byte_order_mark_is_text() -> None:
    assert read("\ufeff\ufeffFROM a\n")[0][0] == "\ufeffFROM"


@pytest.mark.parametrize(
    ("head", "escape"),
    [
        ("# escape=`", "`"),
        ("# escape=\\", "\\"),
        ("#escape=`", "`"),
        ("#\t\f escape\t\f = \t`\f ", "`"),
        ("# EsCaPe=`", "`"),
        ("  # escape=`", "`"),
        ("# syntax=x\n# escape=`", "`"),
        ("# check=x\n# escape=`", "`"),
        ("# check=x\n# syntax=y\n# escape=`", "`"),
        ("# check=a=b\n# escape=`", "`"),
        # A comment, whatever it says
        ("# escape=", "\\"),
        ("# escape", "\\"),
        ("# escapes=`", "\\"),
        ("# 1escape=`", "\\"),
        ("# a escape=`", "\\"),
        ("## escape=`", "\\"),
        ("#\u00a0escape=`", "\\"),
        ("# es-cape=`", "\\"),
        ("x # escape=`", "\\"),
        # Directives end with the first line that is none
        ("\n# escape=`", "\\"),
        ("# note\n# escape=`", "\\"),
        ("# escape2=x\n# escape=`", "\\"),
        ("FROM x\n# escape=`", "\\"),
    ],
)
def test_the_escape_directive(head: str, escape: str) -> None:
    assert parse(f"{head}\nFROM a\n".encode(), "D").escape == escape


@pytest.mark.parametrize("key", ["syntax", "escape", "check"])
def test_a_directive_is_given_once(key: str) -> None:
    assert refusal(f"# {key}=`\n# {key.upper()}=`\nFROM a\n").startswith(f"D:2 only one {key}")
    assert read(f"# {key}=`\n#\n# {key}=`\nFROM a\n") == [("FROM", ("a",), 4, 4)]


@pytest.mark.parametrize("token", ["x", "``", "` `", "\\`", "'`'"])
def test_an_escape_that_is_no_escape_is_refused(token: str) -> None:
    assert refusal(f"# syntax=x\n# escape={token}\nFROM a\n").startswith("D:2 invalid escape")


def test_a_directive_of_many_digits_is_named_whole() -> None:
    found = DIRECTIVE.match("# a1b2 = c d ")
    assert found is not None
    assert found.groups() == ("a1b2", " c d ")
    assert DIRECTIVE.match("# a = b\n c") is None


@pytest.mark.parametrize("text", ["", "\n", "# x\n", "\ufeff", " \t\n"])
def test_a_file_of_no_instruction_is_refused(text: str) -> None:
    assert refusal(text).startswith("D file with no instructions")


def documents(text: str) -> list[tuple[int, list[tuple[str, str, bool, bool]]]]:
    """Last line and heredocs of each instruction: name, content, whether it is expanded, whether tabs go."""
    found = parse(text.encode(), "D").instructions
    return [
        (item.end, [(each.name, each.content, each.expand, each.chomp) for each in item.heredocs]) for item in found
    ]


@pytest.mark.parametrize("opens", ["RUN", "COPY", "ADD", "ONBUILD RUN", "onbuild copy", "run"])
def test_a_heredoc_of_an_instruction_that_takes_one(opens: str) -> None:
    text = f"FROM a\n{opens} <<E /b\n x\r\n\tE\n E\nE\r\n"
    assert documents(text)[1:] == [(6, [("E", " x\r\n\tE\n E\n", True, False)])]


@pytest.mark.parametrize("opens", ["CMD", "LABEL a", "ENTRYPOINT", "ONBUILD CMD", "ONBUILD ONBUILD RUN", "USER"])
def test_any_other_instruction_takes_none(opens: str) -> None:
    assert documents(f"FROM a\n{opens} <<E\nE\n") == [(1, []), (2, []), (3, [])]


def test_two_heredocs_follow_each_other() -> None:
    text = "FROM a\nCOPY <<A <<-'B' /c\nx\nB\nA\n\ty\n\t\tB\nUSER 1\n"
    assert documents(text)[1:] == [(7, [("A", "x\nB\n", True, False), ("B", "\ty\n", False, True)]), (8, [])]


@pytest.mark.parametrize(
    "line",
    ['RUN ["a <<E b"]', "RUN echo 'x <<E y'", 'RUN echo "x <<E', "RUN a <E", "RUN cat<<E", "RUN <<"],
)
def test_a_word_that_opens_no_heredoc(line: str) -> None:
    assert documents(f"FROM a\n{line}\nE\n")[1] == (2, [])


def test_an_array_opens_no_heredoc_whatever_its_flag_holds() -> None:
    # The flag ends at a blank that is not escaped; heredocs are looked for with a backslash in any case.
    assert documents('# escape=`\nFROM a\nRUN --mount=a` <<E ["x"]\n')[1] == (3, [])
    assert documents("# escape=`\nFROM a\nRUN --mount=a` <<E x\nE\n")[1] == (4, [("E", "", True, False)])


def test_a_heredoc_without_end_is_refused_where_it_opens() -> None:
    assert refusal("FROM a\n\nRUN b \\\n <<E\nx\n").startswith("D:3 unterminated")
    assert refusal("FROM a\nRUN <<E\n\tE\n").startswith("D:2 unterminated")
    assert refusal("FROM a\nRUN <<E <<F\nF\nE\n").startswith("D:2 unterminated")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("<<E", Heredoc("E", "", True, False)),
        ("<<-E", Heredoc("E", "", True, True)),
        ("3<<E", Heredoc("E", "", True, False)),
        ("<<'E F'", Heredoc("E F", "", False, False)),
        ('<<-"E"', Heredoc("E", "", False, True)),
        ("<<''", None),
        ("<<", None),
        ("<E", None),
        ("x<<E", None),
    ],
)
def test_what_a_marker_opens(word: str, found: Heredoc | None) -> None:
    assert marker(word) == found
    assert markers(f"RUN a {word}") == ([] if found is None else [found])


def test_a_marker_that_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="cannot read"):
        marker("<<'E")
    assert markers("RUN <<'E") == []
