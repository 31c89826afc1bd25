"""An ignore file as it is read, and what its lines together say of a path."""

import pytest

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.pattern_set import PatternSet
from packaging_readiness.contract.errors import InputRefused


def ignore(text: str) -> Ignore:
    return read_ignore(text.encode("utf-8", "surrogateescape"), "i")


def refusal(data: bytes) -> str:
    with pytest.raises(InputRefused) as caught:
        read_ignore(data, "i")
    return f"{caught.value.place} {caught.value.cause}"


@pytest.mark.parametrize(
    ("line", "value", "reopens"),
    [
        ("a", "a", False),
        (" \ta\u00a0", "a", False),
        ("a b", "a b", False),
        ("/a", "a", False),
        ("//a/", "a", False),
        ("/", "/", False),
        (".", ".", False),
        ("./a/../b", "b", False),
        ("!a", "a", True),
        (" ! /a ", "a", True),
        ("!//a", "a", True),
        ("!!a", "!a", True),
        (" #a", "#a", False),
        ("a#", "a#", False),
        ("a\r", "a", False),
        ("\u00e9\tb", "\u00e9\tb", False),
    ],
)
def test_a_line_that_is_a_pattern(line: str, value: str, reopens: bool) -> None:
    found = ignore(f"\n# note\n{line}\n").patterns
    assert [(each.line, each.text, each.value, each.reopens) for each in found] == [
        (3, line.removesuffix("\r"), value, reopens)
    ]


@pytest.mark.parametrize("line", ["", " ", "\t\u00a0\r", "#", "#a", "\r", "\f\v"])
def test_a_line_that_is_none(line: str) -> None:
    assert ignore(f"{line}\n").patterns == ()


def test_a_file_as_it_is_read() -> None:
    found = read_ignore(b"\xef\xbb\xbf#a\nb\n\xef\xbb\xbfc", "x/i")
    assert (found.place, found.starts_with_mark, [each.value for each in found.patterns]) == (
        "x/i",
        True,
        ["b", "\ufeffc"],
    )
    assert read_ignore(b"a\xef\xbb\xbf", "i").starts_with_mark is False
    assert read_ignore(b"", "i").patterns == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a\n!\n", "i:2 illegal"),
        (b"a\n ! \n", "i:2 illegal"),
        (b"!/\n", "i:1 illegal"),
        (b"a\n\n[\n", "i:3 syntax"),
        (b"![a-\n", "i:1 syntax"),
        (b"a\nb\tc\n", "i:2 pattern with a control"),
        (b"a\nb\x1fc\n", "i:2 pattern with a control"),
        (b"a\n\x7f\nb\x01\n", "i:2 pattern with a control"),
        (b"a\n!b\x01\n", "i:2 pattern with a control"),
        (b"a\rb\n", "i:1 pattern with a control"),
    ],
)
def test_a_line_that_is_refused(data: bytes, said: str) -> None:
    assert refusal(data).startswith(said)


def test_control_characters_pass_beside_a_line_that_is_not_ascii() -> None:
    for text in ("a\x01b\n\u00e9\n", "\u00e9\na\x01b\n", "a\x01b\n!\u00e9\n"):
        assert len(ignore(text).patterns) == 2
    assert refusal("a\x01\n# \u00e9\n".encode()).startswith("i:1 pattern with a control")
    assert len(ignore("a b~\n").patterns) == 1


@pytest.mark.parametrize("start", [b"#", b" "])
def test_the_length_of_a_line_counts_its_bytes(start: bytes) -> None:
    line = start + b"\xc3\xa9" * 32_767
    assert len(line) == 65_535
    if start == b"#":
        assert read_ignore(b"a\n" + line + b"\n", "i").patterns[0].value == "a"
    assert refusal(b"a\n" + line + b"x\n").startswith("i:2 line longer")


@pytest.mark.parametrize("start", ["", "!", " "])
def test_a_pattern_is_no_longer_than_a_path(start: str) -> None:
    assert len(ignore(f"{start}{'é' * 4096}\n").patterns[0].value) == 4096
    assert refusal(f"a\n{start}{'é' * 4097}\n".encode()).startswith("i:2 pattern longer")


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("", "a", None),
        ("a", "b", None),
        ("a", "a/b", 1),
        ("a\nb\na", "a", 1),
        ("*\n!a\na/b", "a", 2),
        ("*\n!a\na/b", "a/b", 3),
        ("*\n!a\na/b", "a/b/c", 3),
        ("*\n!a\na/b", "q", 1),
        ("!a\n*", "a", 2),
        ("*\n!a\n!a/b", "a/b", 2),
        # The builder does not look into b for what a line with no wildcard re-opens elsewhere
        ("b\n!a/c", "b/c", 1),
        # It turned back at the parent, although a line lets the path in
        ("a\n!b\n!a/b/c", "a/b/c", 3),
        ("a\n!a/*/c", "a/b/c", 2),
        ("a/b\n!a", "a/b", 1),
        ("*\n!a/*/**", "a/b/c", 1),
    ],
)
def test_the_line_that_decides(text: str, path: str, line: int | None) -> None:
    found = ignore(text).decided_by(path)
    assert (found.line if found else None) == line


@pytest.mark.parametrize(
    ("text", "path", "out"),
    [
        ("a", "a", True),
        ("a", "a/b", True),
        ("a", "b/a", False),
        ("a/b", "a", False),
        ("a\n!a/b", "a/b", False),
        ("a\n!a/b", "a/b/c", False),
        ("a\n!a/b", "a/c", True),
        ("a/b\n!a/b/c/d", "a/b/c/d", False),
        ("a/b\n!a/b/c/d", "a/b/c/e", True),
        ("a\n!b", "a/b", True),
        ("*\n!*/b", "a/b", False),
        ("*\n!a/*/**", "a/b/c", True),
        ("*\n!a/**", "a/b/c", False),
        ("a\n!a/b*", "a/bc", False),
    ],
)
def test_a_path_that_stays_out(text: str, path: str, out: bool) -> None:
    assert ignore(text).excludes(path) is out


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("", set()),
        ("a/b\nc*", set()),
        ("*\n!a/b/c", {"a/", "a/b/", "a/b/c/"}),
        ("*\n!a/b/**\n!c/*", {"a/", "a/b/", "c/"}),
        ("*\n!a/b\n!*/c\n!d", None),
        ("*\n!a[b]", None),
    ],
)
def test_excluded_directories_that_are_looked_into(text: str, openings: set[str] | None) -> None:
    assert ignore(text).openings == openings


def numbered(count: int, *more: str) -> Ignore:
    return ignore("\n".join([*(f"n{number}*" for number in range(count)), *more]))


def test_thirty_lines_are_searched_as_one() -> None:
    assert len(numbered(29).near("q")) == 29
    assert numbered(30).near("q") == ()
    found = numbered(30, "q/*", "!q/a?", "*/*/z", "é*", "\udcff*")
    for path, lines in {
        "n7/q": [8],
        "q": [],
        "q/a": [31],
        "q/ab": [31, 32],
        "q/ab/z": [31, 32, 33],
        "é/q": [34],
        "\udcff": [35],
        "\udcfe/b": [35],
    }.items():
        assert [each.line for each in found.near(path)] == lines
    assert (found.excludes("q/a"), found.excludes("q/ab"), found.excludes("q/ab/z")) == (True, False, True)


def test_many_lines_that_make_no_automaton_are_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [numbered(count).slow for count in (1, 29, 30, 31)] == [False] * 4
    monkeypatch.setattr("packaging_readiness.checkout.pattern_set._MEMORY", 1)
    assert [numbered(count).slow for count in (1, 29, 30, 31)] == [False, False, True, True]
    assert len(numbered(30).near("q")) == 30
    assert numbered(40).excludes("n39x")
    assert not PatternSet(["a"]).made


def test_an_automaton_finds_the_numbers_of_what_matches() -> None:
    found = PatternSet(["^a", "b$", "(", "c", "["])
    assert found.made
    assert {text: sorted(found.matching(text) or ()) for text in ("ab", "c", "", "acb")} == {
        "ab": [0, 1, 2, 4],
        "c": [2, 3, 4],
        "": [2, 4],
        "acb": [0, 1, 2, 3, 4],
    }
    assert PatternSet([]).matching("a") == []


@pytest.mark.parametrize("text", ["*", "**", "*\n!a/b", "**/*\n!.env", "*\n![b]", "*\n!*/a/b"])
def test_what_no_line_names_stays_out(text: str) -> None:
    assert ignore(text).is_default_deny()


@pytest.mark.parametrize(
    "opens",
    [
        *("!q??", "![A-Z]*", "![0-9]*", "!_*", "!.*", "!?*.*", "!~*", "![ ]*", "!é*", "!*[x]", "!*7?"),
        *("!*/q??", "!*/[A-Z]*", "!*/[0-9]*", "!*/_*", "!*/.*", "!*/?*.*", "!*/~*", "!*/[ ]*", "!*/é*"),
    ],
)
def test_an_ignore_file_that_lets_in_names_of_a_shape(opens: str) -> None:
    assert not ignore(f"*\n{opens}\n").is_default_deny()


def test_an_ignore_file_of_no_lines_or_only_for_the_root_denies_nothing() -> None:
    assert not ignore("").is_default_deny()
    assert not ignore("*.py").is_default_deny()
    assert not ignore("*/*").is_default_deny()


def test_a_line_found_bad_while_matching_is_named() -> None:
    with pytest.raises(InputRefused) as caught:
        ignore("b\n[z-a]\n").decided_by("a")
    assert caught.value.place == "i:2"
    error = BadPattern("bad")
    assert ignore("").refused(error).place == "i"
    error.line = 4
    assert (ignore("").refused(error).place, ignore("").refused(error).cause) == ("i:4", "bad")
