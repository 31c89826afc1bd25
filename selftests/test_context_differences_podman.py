"""An ignore file as podman 4.3 reads it, and which lines it reads unlike BuildKit."""

import pytest

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.engine_differences import EngineDifference, engine_differences
from packaging_readiness.checkout.ignore_patterns import Pattern, compile_pattern
from packaging_readiness.checkout.pattern_set import PatternSet
from packaging_readiness.checkout.podman_ignore import PodmanIgnore, PodmanPattern


def podman(*lines: str) -> PodmanIgnore:
    return PodmanIgnore(Pattern(number, text, text, False) for number, text in enumerate(lines, 1))


@pytest.mark.parametrize(
    ("line", "value", "reopens"),
    [
        ("a", "a", False),
        ("/a/", "a", False),
        ("//a", "a", False),
        (" a ", "a", False),
        (" /a", "/a", False),
        ("\u00a0a/./b/..", "a", False),
        ("!a", "a", True),
        ("!/a", "a", True),
        ("!//a", "a", True),
        ("! a", " a", True),
        ("!a/../b", "b", False),
        ("!x/a/../b", "x/b", True),
        ("..", "..", False),
    ],
)
def test_a_line_as_podman_tidies_it(line: str, value: str, reopens: bool) -> None:
    found = podman("q", line)
    assert found.patterns[1:] == [PodmanPattern(2, value, reopens)]
    assert found.by_line[2] is found.patterns[1]
    assert (found.rejected, found.dropped) == (set(), set())


def test_lines_that_are_dropped_or_make_podman_refuse_the_file() -> None:
    found = podman("a", "/", " ", "!", "[", "a(", "![a-", "b", "a{2}{3}*")
    assert [each.line for each in found.patterns] == [1, 8]
    assert (found.dropped, found.rejected) == ({2, 3}, {4, 5, 6, 7, 9})
    with pytest.raises(BadPattern):
        PodmanPattern(1, "a(", False).matches("a")


@pytest.mark.parametrize(
    ("value", "matched", "others"),
    [
        ("a.b", ["a.b", "a.b/c"], ["axb", "a.bc", "x/a.b"]),
        ("a$", ["a$"], ["a"]),
        ("*", ["a", "a/b"], []),
        ("a*", ["a", "ab", "ab/c"], ["b/a"]),
        ("*/b", ["a/b", "a/b/c"], ["b", "a/c/b"]),
        ("a?", ["ab", "ab/c"], ["a", "abc", "a/"]),
        ("**", ["a", "a/b"], []),
        ("a/**", ["a/b", "a/b/c"], ["a", "b"]),
        ("a**", ["a", "ab", "a/b"], ["b"]),
        ("**/b", ["b", "a/b", "a/c/b", "b/x"], ["ab"]),
        ("**b", ["b", "a/b"], ["ab"]),
        ("a/**/b", ["a/b", "a/c/b", "a/c/d/b"], ["ab"]),
        ("a**b", ["ab", "ac/b"], ["acb"]),
        ("a/**/", ["a/b/c"], ["a"]),
        ("\\*", ["*"], ["a"]),
        ("[ab]", ["a", "b/c"], ["c"]),
        ("a+", ["a", "aa"], ["a+"]),
        ("(a|b)", ["a", "b"], ["(a|b)"]),
        ("x?|y", ["xa", "y", "xa/b", "qy"], ["x", "ya"]),
        ("\ufeffa", ["a"], ["\ufeffa"]),
        ("a\n*", ["a\nb"], ["ab"]),
        ("\udcff", ["\udcff", "\udcfe"], ["a"]),
    ],
)
def test_what_matches_to_podman(value: str, matched: list[str], others: list[str]) -> None:
    one = PodmanPattern(1, value, False)
    assert [path for path in (*matched, *others) if one.matches(path)] == matched
    assert [path for path in (*matched, *others) if podman("q", value).matching(path)] == matched


def test_what_is_no_expression_is_not_told_beside_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadPattern):
        compile_pattern("é*[z-a]")
    assert PatternSet(["[z-a]"]).matching("a") == [0]
    assert podman("[z-a]").rejected == {1}
    assert capfd.readouterr().err == ""


def test_the_last_line_that_matches_decides() -> None:
    found = podman("a*", "!ab", "a?c", "q")
    assert [[each.line for each in found.matching(path)] for path in ("a", "ab/c", "abc", "z")] == [
        *([1], [1, 2], [1, 3], []),
    ]
    deciders = {path: found.decided_by(path) for path in ("a", "ab", "abc", "z")}
    assert {path: each.line if each else None for path, each in deciders.items()} == {
        "a": 1,
        "ab": 2,
        "abc": 3,
        "z": None,
    }
    assert [found.excludes(path) for path in ("a", "ab", "abc", "z")] == [True, False, True, False]


def test_without_an_automaton_the_lines_are_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packaging_readiness.checkout.pattern_set._MEMORY", 1)
    found = podman("a*", "!ab", "q")
    assert [[each.line for each in found.matching(path)] for path in ("a", "ab/c", "z")] == [[1], [1, 2], []]


@pytest.mark.parametrize(
    ("lines", "path", "shut"),
    [
        (["a"], "a/b/c", "a"),
        (["a/b"], "a/b/c", "a/b"),
        (["a"], "a", None),
        (["a"], "b/a", None),
        (["*", "!a/b"], "a/b", None),
        (["*", "!a/b"], "a/b/c", None),
        (["*", "!a/b"], "a/q/c", "a/q"),
        (["*", "!b/c"], "a/b", "a"),
        (["*", "!ab"], "a/b", None),
        (["*", "!*/b"], "a/b", "a"),
        (["*", "!a*"], "ab/c", None),
        (["*", "!b", "!a/x", "!c"], "a/q", None),
        (["*", "!b", "!d"], "c/q", "c"),
    ],
)
def test_an_excluded_directory_that_podman_does_not_look_into(lines: list[str], path: str, shut: str | None) -> None:
    found = podman(*lines)
    assert found.shut_directory(path) == shut
    if shut:
        assert found.excludes(path)


def ignore(text: str) -> Ignore:
    return read_ignore(text.encode("utf-8", "surrogateescape"), "i")


def differences(text: str, *paths: str) -> list[tuple[int, str, str, bool]]:
    """Line, a word of the reason, the example and whether BuildKit leaves it out."""
    words = ("mark", "refuses", "tidy", "look into", "active", "ending", "last line", "regular expressions for")
    return [
        (each.line, next(word for word in words if word in each.why), each.path, each.buildkit_excludes)
        for each in engine_differences(ignore(text), paths)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\na(b\n", [(2, "refuses", "", False)]),
        ("b(\na(\n", [(1, "refuses", "", False), (2, "refuses", "", False)]),
        ("\ufeff", [(1, "mark", "", False)]),
        ("\ufeff\n\na\n", [(1, "mark", "", False)]),
        (" /a\n", [(1, "tidy", "a", True)]),
        ("q\n/../b\n", [(2, "tidy", "b", True)]),
        ("a\n! a\n", [(2, "tidy", "a", False)]),
        ("a+b\n", [(1, "active", "a+b", True)]),
        ("a^b\n", [(1, "active", "a^b", True)]),
        ("a(b)\n", [(1, "active", "a(b)", True)]),
        ("a{2}\n", [(1, "active", "a{2}", True)]),
        ("a|c\n", [(1, "active", "q1/a|c", False)]),
        ("a)c\n", [(1, "refuses", "", False)]),
        ("a}c\n", []),
        ("**/a+\n", [(1, "active", "a+", True)]),
        ("a[b]+\n", [(1, "active", "ab+", True)]),
        ("a[0-9]+\n", [(1, "active", "a0+", True)]),
        ("**b\n", [(1, "ending", "q1b", True)]),
        ("a**b\n", []),
        ("**/b\n", []),
        ("*\n!*/b\n", [(2, "look into", "q1/b", False)]),
        ("a/b\n!a\n", [(2, "last line", "a/b", True)]),
        ("!a\na/b\n", []),
    ],
)
def test_lines_that_the_engines_read_differently(text: str, found: list[tuple[int, str, str, bool]]) -> None:
    assert differences(text) == found


def test_paths_that_are_given_come_first() -> None:
    assert differences("*\n!*/b\n", "z/b", "y/b") == [(2, "look into", "z/b", False)]
    assert differences("a\n", "z/b", "a", "a/b") == []


def test_a_difference_in_words() -> None:
    shown = [
        str(EngineDifference(2, " a ", "why", "b/c", True)),
        str(EngineDifference(2, "a", "why", "b", False)),
        str(EngineDifference(1, "a", "why", "", False)),
    ]
    assert shown == ["'a': why (BuildKit leaves out b/c)", "'a': why (BuildKit sends b)", "'a': why"]


def test_the_mark_is_said_of_the_first_line_alone() -> None:
    assert [(each.line, each.text) for each in engine_differences(ignore("\ufeffa\nb\n"))] == [(1, "a")]
    assert [(each.line, each.text) for each in engine_differences(ignore("\ufeff\nb\n"))] == [(1, "")]
    assert [(each.line, each.text) for each in engine_differences(ignore("\ufeff"))] == [(1, "")]
