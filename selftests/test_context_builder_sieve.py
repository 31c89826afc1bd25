"""The quick first test of the walk: which patterns concern a directory at all, and which names they may match."""

import pytest

from packaging_readiness.checkout.ignore_patterns import Pattern, new_pattern
from packaging_readiness.checkout.ignore_sieve import Screen, Sieve, literal_lead


def pattern(value: str) -> Pattern:
    found = new_pattern(1, value, value)
    assert found is not None
    return found


def screen(prefix: str, *values: str) -> Screen | None:
    return Sieve(map(pattern, values)).for_directory(prefix)


NAMES = ["a", "b", "ab", "ba", "a.b", "a\\b", "[a]", "a|b", "é", "A", "a*"]


@pytest.mark.parametrize(
    ("value", "prefix", "hits"),
    [
        # Anywhere
        ("**/a", "", {"a"}),
        ("**/a", "q/r/", {"a"}),
        ("**/a*", "q/", {"a", "ab", "a.b", "a\\b", "a|b", "a*"}),
        ("**/*a", "q/", {"a", "ba"}),
        ("**/*.*", "q/", {"a.b"}),
        ("**/[ab]", "q/", {"a", "b"}),
        ("**/[a-b]*", "q/", {"a", "b", "ab", "ba", "a.b", "a\\b", "a|b", "a*"}),
        ("**/?", "q/", {"a", "b", "é", "A"}),
        ("**/?a", "q/", {"ba"}),
        ("**/*", "q/", set(NAMES)),
        # In one directory
        ("a", "", {"a"}),
        ("a", "q/", None),
        ("q/a", "q/", {"a"}),
        ("q/a", "", None),
        ("q/a", "q/q/", None),
        ("q/r/*b", "q/r/", {"b", "ab", "a.b", "a\\b", "a|b"}),
        ("q/r/*b", "q/", None),
        ("q/a?b", "q/", {"a.b", "a\\b", "a|b"}),
        ("q/a?b", "r/", None),
        ("é", "", {"é"}),
        # In directories of a shape
        ("q*/a", "qr/", {"a"}),
        ("q*/a", "q/", {"a"}),
        ("q*/a", "r/", None),
        ("q*/a", "xq/", None),
        ("q*/a", "qr/s/", None),
        ("q*/a", "", None),
        ("*/?/a", "q/r/", {"a"}),
        ("*/?/a", "q/rs/", None),
        ("*/?/a", "q/", None),
        ("[qr]/*b", "r/", {"b", "ab", "a.b", "a\\b", "a|b"}),
        ("[qr]/*b", "s/", None),
        ("q.*/a", "qx/", None),
        # Whatever else there is
        ("q/**", "", None),
        ("q/**", "q/", set(NAMES)),
        ("q/**", "r/", None),
        ("q/**/a", "q/r/", {"a"}),
        ("q/**/a", "r/q/", None),
        ("**/q/a", "q/", {"a"}),
        ("**/q/a", "r/", set()),
        ("[^b]", "", {"a", "é", "A"}),
        ("\\a", "", set()),
        ("\\[a\\]", "", {"[a]"}),
        ("a*|b", "", {"a", "b", "ab", "a.b", "a\\b", "a|b", "a*"}),
    ],
)
def test_names_that_a_pattern_may_match(value: str, prefix: str, hits: set[str] | None) -> None:
    found = screen(prefix, value)
    assert (None if found is None else found.hits(NAMES)) == hits


def test_patterns_of_all_kinds_are_looked_for_together() -> None:
    sieve = Sieve(map(pattern, ["**/a", "**/?x", "q/b", "q/c?", "q*/d", "q*/?e", "q/f/**", "**/q/g"]))
    names = ["a", "ax", "b", "cx", "d", "ze", "f", "g", "other"]
    assert {prefix: sorted(found.hits(names)) for prefix in PLACES if (found := sieve.for_directory(prefix))} == {
        "": ["a", "ax", "cx"],
        "q/": ["a", "ax", "b", "cx", "d", "g", "ze"],
        "qq/": ["a", "ax", "cx", "d", "ze"],
        "q/f/": ["a", "ax", "b", "cx", "d", "f", "g", "other", "ze"],
        "r/s/": ["a", "ax", "cx"],
    }


PLACES = ("", "q/", "qq/", "q/f/", "r/s/")


def test_outcomes_of_names_are_shared_where_only_names_count() -> None:
    sieve = Sieve(map(pattern, ["**/a", "q/b", "r*/c", "s/**/d"]))
    first, second = sieve.for_directory(""), sieve.for_directory("x/y/")
    assert first is not None
    assert second is not None
    assert first.by_name is not None
    assert first.by_name is second.by_name
    own = [sieve.for_directory(prefix) for prefix in ("q/", "rr/", "s/")]
    assert [each.by_name if each else "nothing" for each in own] == [None, None, None]
    assert [each.prefix if each else None for each in (first, second, *own)] == ["", "x/y/", "q/", "rr/", "s/"]


def test_without_patterns_there_is_nothing_to_look_for() -> None:
    assert Sieve([]).for_directory("") is None
    assert screen("r/", "q/a", "a", "q*/b") is None


@pytest.mark.parametrize("names", [["x\ny", "a"], ["a\n"], ["\n"]])
def test_a_name_with_a_line_end_has_all_names_looked_at(names: list[str]) -> None:
    found = screen("", "**/q")
    assert found is not None
    assert found.hits(names) == set(names)
    assert found.hits(["a", "q"]) == {"q"}


def test_each_name_that_is_hit_is_found() -> None:
    names = [f"{start}{at}{end}" for at in range(5) for start in ("", "x") for end in ("", "y")]
    found = screen("", "*1", "x*", "[34]", "2?")
    assert found is not None
    assert found.hits(names) == {name for name in names if name.endswith("1") or name[0] == "x" or name in HIT}
    assert found.hits([]) == set()


HIT = ("3", "4", "2y")


@pytest.mark.parametrize(
    ("value", "lead"),
    [
        ("a/b/*", "a/b/"),
        ("a/b*/c", "a/"),
        ("a/b", "a/"),
        ("a", ""),
        ("*", ""),
        ("**/a", ""),
        ("a/?b/c", "a/"),
        ("a/[b]/c", "a/"),
        ("a/^b/c", "a/"),
        ("a/b]c/d", "a/"),
        ("a/\\b/c", "a/"),
        # Read otherwise than it looks
        ("a/b*|c", ""),
        ("a/{b}/*", ""),
        ("a/\ufeff?", ""),
        # No expression to the builder
        ("a/b*/[z-a]", ""),
    ],
)
def test_the_directory_below_which_alone_a_pattern_matches(value: str, lead: str) -> None:
    assert literal_lead(Pattern(1, value, value, False)) == lead


def test_a_pattern_that_is_no_expression_may_match_anything() -> None:
    found = screen("q/", "q/[z-a]?", "r/[z-a]")
    assert found is not None
    assert found.hits(["a", "b"]) == {"a", "b"}
    assert found.rest == (pattern("q/[z-a]?"), pattern("r/[z-a]"))
