"""One pattern of an ignore file: what it names, what it matches, and what stands for it in a search among many."""

import pytest

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.ignore_patterns import (
    Pattern,
    compile_pattern,
    match_entry,
    new_pattern,
    replace_escaped,
    search_expression,
    walk_path,
)

LONGEST = 4096


def pattern(text: str) -> Pattern:
    found = new_pattern(7, text, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value", "reopens"),
    [
        ("a", "a", False),
        ("a/./b//c/", "a/b/c", False),
        ("/a", "/a", False),
        (" \u00a0a b\t", "a b", False),
        ("!a", "a", True),
        ("!a/../b", "b", False),
        ("!!a", "!a", True),
        ("! a", " a", True),
        ("a!", "a!", False),
        ("..", "..", False),
    ],
)
def test_a_pattern_as_it_is_taken(text: str, value: str, reopens: bool) -> None:
    assert pattern(text) == Pattern(7, text, value, reopens)


def test_nothing_is_no_pattern_and_a_lone_mark_an_error() -> None:
    assert [new_pattern(1, each, each) for each in ("", " ", "\t\u2003")] == [None, None, None]
    for text in ("!", " ! ", "./!"):
        with pytest.raises(BadPattern, match="illegal"):
            new_pattern(1, text, text)
    for text in ("[", "![a-", "a\\"):
        with pytest.raises(BadPattern, match="syntax error"):
            new_pattern(1, text, text)


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("a/b", "a/b"),
        ("a/**", "a"),
        ("a/*", "a"),
        ("a/*/**", "a"),
        ("a/**/*", None),
        ("a*", None),
        ("a/**/b", None),
        ("a?", None),
        ("[a", None),
        ("a]", None),
        ("a^", None),
        ("\\a", None),
        ("**", None),
        ("a.b+c{}|", "a.b+c{}|"),
    ],
)
def test_the_part_that_is_named_literally(value: str, prefix: str | None) -> None:
    assert Pattern(1, value, value, False).literal_prefix == prefix


CASES: list[tuple[str, list[str], list[str]]] = [
    ("a.b", ["a.b"], ["axb", "a.b/c", "x/a.b"]),
    ("a+(b)$|{}^", ["a+(b)$|{}^"], ["aab"]),
    ("a/**", ["a/", "a/b", "a/b/c"], ["a", "ab", "x/a/b"]),
    ("a**", ["a", "ab", "a/b"], ["ba", "b/a"]),
    ("a.**", ["a.", "a.b/c"], ["ab"]),
    ("**", ["a", "a/b", "a\n"], []),
    ("**/a", ["a", "b/a", "b/c/a"], ["ba", "a/b", "aa"]),
    ("**a", ["a", "ba", "b/ca"], ["ab"]),
    ("**/a.b", ["a.b", "x/a.b"], ["axb", "xa.b"]),
    ("**/", ["a/", "a/b/"], ["a"]),
    ("*", ["a", ".a", "a\n"], ["a/b"]),
    ("a*", ["a", "ab"], ["a/b", "ba"]),
    ("*.b", [".b", "a.b"], ["ab", "a/c.b", "a.bc"]),
    ("a?c", ["abc", "a\nc"], ["ac", "a/c", "abbc"]),
    ("a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]),
    ("a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["ac", "a/bc", "x/a/c"]),
    ("a/**/**/c", ["a/c", "a/b/b/c"], ["a/bc"]),
    ("a**c", ["ac", "ab/c"], ["abc", "acd"]),
    ("a/**/*.c", ["a/.c", "a/b.c", "a/b/b.c"], ["a.c"]),
    ("*/**", ["a/", "a/b", "a/b/c"], ["a"]),
    ("a?/**", ["ab/c"], ["a/c", "ab"]),
    ("a?.+($)b", ["ax.+($)b"], ["ax.b", "axx+($)b"]),
    ("**/a*", ["a", "ab", "c/ab"], ["a/b", "ba"]),
    ("**/*", ["a", "a/b"], []),
    ("[ab]", ["a", "b"], ["c", "ab"]),
    ("[a-c_]x", ["ax", "bx", "cx", "_x"], ["dx", "-x"]),
    ("[^a]", ["b", "/"], ["a"]),
    ("[*]", ["]", "/]", "^[]"], ["*", "", "a]"]),
    ("\\*", ["*"], ["a", "\\*"]),
    ("a\\?b", ["a?b"], ["axb"]),
    ("\\[a", ["[a"], ["a"]),
    ("\\t", ["\t"], ["t", "\\t"]),
    ("a\\*/**", ["a*/b", "a*/"], ["ab/c", "a*"]),
    # The builder does not escape these beside a wildcard
    ("a*|b", ["a", "ax", "b", "xb", "a/b/c"], ["x", "b/a"]),
    ("a{2}?", ["aab"], ["a{2}b", "ab"]),
    ("?^a", [], ["x^a", "xa"]),
    # A mark of the byte order that starts a pattern is dropped where it is read as an expression
    ("\ufeffa?", ["ab"], ["\ufeffab"]),
    ("\ufeffa", ["\ufeffa"], ["a"]),
    ("a\ufeff?", ["a\ufeffb"], ["ab"]),
    ("é?", ["éa", "éé"], ["é", "ea"]),
    ("\udcff*", ["\udcff", "\udcfe", "\ufffda"], ["a"]),
    ("*a*b*c*d*e", ["abcde", "xaxbxcxdxe"], ["abced", "x/abcde"]),
    ("*a*b*c*d", ["abcd", "xaxbxcxd"], ["abdc", "x/abcd"]),
]


@pytest.mark.parametrize(("value", "matched", "others"), CASES)
def test_what_a_pattern_matches(value: str, matched: list[str], others: list[str]) -> None:
    matches = compile_pattern(value)
    assert [path for path in (*matched, *others) if matches(path)] == matched


@pytest.mark.parametrize("value", ["[z-a]", "[z-a]*", "a{2}{3}*", "[^z-a]", "(*|a{2001}", "[[:foo:]]"])
def test_a_pattern_that_is_no_expression_is_met_when_it_is_asked(value: str) -> None:
    found = Pattern(5, value, value, False)
    for _ in range(2):
        with pytest.raises(BadPattern) as caught:
            found.matches("a")
        assert caught.value.line == 5


def test_a_pattern_answers_the_same_again() -> None:
    found = pattern("a*")
    assert [found.matches(path) for path in ("ab", "b", "ab")] == [True, False, True]


def test_a_pattern_longer_than_any_path_matches_none() -> None:
    # So many characters are to be found at least; what stands for none or many does not count.
    letters = "a" * LONGEST
    assert compile_pattern(f"**/{letters}*")("b/" + letters)
    assert not compile_pattern(f"**/{letters}a*")(letters + "ab")
    assert compile_pattern(f"?{letters[2:]}?*/b")(f"{letters}c/b"[: LONGEST - 1] + "c/b") is False
    # A class or an alternative may stand for less.
    assert compile_pattern(f"{letters}b*|c")("xc")
    assert compile_pattern(f"[{letters}a]*")("a")


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        ("a", "^a$"),
        ("a.b/c d", r"^a\.b/c\ d$"),
        ("a/**", "^a/"),
        ("a.**", r"^a\."),
        ("**", "$"),
        ("**/a.b", r"a\.b$"),
        ("**a/b", "a/b$"),
        ("**//a", "/a$"),
        ("*", "^[^/]*$"),
        ("a?.b", r"^a[^/]\.b$"),
        ("a/**/**/b", "^a/(.*/)?b$"),
        ("a*/**", "^a[^/]*/.*$"),
        ("**/*.c", r"^(.*/)?[^/]*\.c$"),
        ("a\\*", r"^a\*$"),
        ("\\a/**", r"^\a/.*$"),
        ("[a]", "^[a]$"),
        ("a]", "^a]$"),
        ("x*+()$", r"^x[^/]*\+\(\)\$$"),
        ("\ufeffa*", "^a[^/]*$"),
        ("\ufeffa", "^\ufeffa$"),
    ],
)
def test_the_expression_to_search_for(value: str, expression: str) -> None:
    assert search_expression(value) == expression


@pytest.mark.parametrize(("value", "matched", "others"), [each for each in CASES if each[0].isascii()])
def test_what_matches_is_found_by_the_search(value: str, matched: list[str], others: list[str]) -> None:
    import re2

    found = re2.compile(search_expression(value))
    assert all(found.search(path) for path in matched)
    assert not all(found.search(path) for path in [*others, ""]) or value.startswith("**")


def test_bytes_that_are_no_character_count_as_one() -> None:
    assert replace_escaped("a\udc80\udcff\udc7f") == "a\ufffd\ufffd\udc7f"
    assert replace_escaped("a~") == "a~"


def row(patterns: list[str], path: str, parent: tuple[bool, ...] | None) -> tuple[bool, tuple[bool, ...]]:
    return match_entry([pattern(each) for each in patterns], path, parent)


@pytest.mark.parametrize(
    ("patterns", "path", "parent", "wanted"),
    [
        ([], "a", None, (False, ())),
        (["a"], "a", None, (True, (True,))),
        (["a"], "b", None, (False, (False,))),
        # An exclude is asked only while the path is in, a re-open only while it is out.
        (["!a", "a", "a", "!a", "!a"], "a", None, (False, (False, True, False, True, False))),
        (["a", "!a", "a"], "a", None, (True, (True, True, True))),
        # What held for the parent holds below it, in its turn.
        (["a", "b"], "a/b", (True, False), (True, (True, False))),
        (["a", "!a/b"], "a/b", (True, False), (False, (True, True))),
        (["a", "!b", "c"], "q", (True, True, False), (False, (True, True, False))),
        (["a", "!b"], "q", (False, True), (False, (False, True))),
        (["!b", "a"], "a", (True, False), (True, (True, True))),
    ],
)
def test_a_path_whose_parent_has_been_asked(
    patterns: list[str],
    path: str,
    parent: tuple[bool, ...] | None,
    wanted: tuple[bool, tuple[bool, ...]],
) -> None:
    assert row(patterns, path, parent) == wanted


@pytest.mark.parametrize(
    ("patterns", "path", "wanted"),
    [
        ([], "a/b", (False, ())),
        (["a"], "a/b/c", (True, (True,))),
        (["a/b"], "a/b/c", (True, (True,))),
        (["b"], "a/b/c", (False, (False,))),
        (["a", "!a/b/c"], "a/b/c", (False, (True, True))),
        (["a/b/c"], "a/b", (False, (False,))),
    ],
)
def test_a_path_is_matched_from_the_root_down(
    patterns: list[str], path: str, wanted: tuple[bool, tuple[bool, ...]]
) -> None:
    assert walk_path(tuple(pattern(each) for each in patterns), path) == wanted
