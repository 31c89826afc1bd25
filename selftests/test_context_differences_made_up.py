"""Paths that are made up from the lines of an ignore file, to see whether the engines agree on them."""

import pytest

from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.engine_differences import _made_up, engine_differences


def ignore(*lines: str) -> Ignore:
    return read_ignore("\n".join(lines).encode(), "i")


def made_up(*lines: str) -> list[str]:
    return list(_made_up(ignore(*lines).patterns))


def samples(line: str) -> list[str]:
    """The paths that a pattern itself is likely to match."""
    return made_up(line)[::6]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a/b", ["a/b"]),
        ("a*", ["aq1", "a"]),
        ("a?", ["aq"]),
        ("**", ["q1", "q1/q2"]),
        ("**/a", ["a", "q1/q2/a"]),
        ("a/**", ["a/q1", "a/q1/q2"]),
        ("**a", ["q1a", "q1/q2a"]),
        ("*/*", ["q1/q1", "q1"]),
        ("*/*/*", ["q1/q1/q1", "q1/q1", "q1"]),
        ("a\\*b", ["a*b"]),
        ("[a]", ["a"]),
        ("[ab]c", ["ac", "bc"]),
        ("[^a]", ["q", "z"]),
        ("[0-9]", ["0", "5"]),
        ("[.]x", [".x"]),
        ("[b-d]", ["b", "d"]),
        ("[z-a]", ["q"]),
        ("[\\]]", ["]"]),
        ("[a\\-z]", ["a", "z"]),
        ("a|b", ["a|b", "a", "b"]),
        ("..", []),
        ("a]", ["a]"]),
        ("x[ab][ab]*", ["xaaq1", "xaa", "xabq1", "xab", "xbb"]),
        ("é", ["é"]),
    ],
)
def test_paths_that_a_pattern_is_likely_to_match(line: str, found: list[str]) -> None:
    assert samples(line) == found


def test_paths_around_what_a_pattern_matches() -> None:
    assert made_up("a/b") == ["a/b", "a/b/q3", "q1/a/b", "q1a/b", "a/bq1", "a/b/q3/q4"]
    assert made_up() == []


def more(*lines: str) -> list[str]:
    """The paths that come of several patterns together."""
    return made_up(*lines)[sum(len(made_up(line)) for line in lines) :]


def test_an_exclude_after_a_re_open_is_tried_below_it() -> None:
    assert more("!a", "b") == ["a/b", "a/q1b"]
    assert more("!a", "!c*", "b", "d") == ["cq1/b", "cq1/q1b", "cq1/d", "cq1/q1d"]
    assert more("!a", "!..", "b") == ["a/b", "a/q1b"]
    assert more("b", "d") == []


def test_an_exclude_before_a_re_open_is_tried_where_both_meet() -> None:
    assert more("b", "!a") == ["a/b", "a", "a/q3"]
    assert more("x/y/z", "!a") == ["a/x/y/z", "a/y/z", "a/y/z/q3"]
    assert more("x/y/z", "!a/b") == ["a/b/x/y/z", "a/b/z", "a/b/z/q3"]
    assert more("!b", "!a") == []
    assert more("b*", "!a?") == [
        *("aq/bq1", "aq", "aq/q3", "aq/b", "aq", "aq/q3"),
    ]
    # Of many samples the last two of the one and the first two of the other
    assert more("*/*/*", "!*/[ab]")[::3] == ["q1/a/q1/q1", "q1/a/q1", "q1/b/q1/q1", "q1/b/q1"]


def test_a_difference_is_found_where_the_lines_meet() -> None:
    found = engine_differences(ignore("a/b", "!a"))
    assert [(each.line, each.path) for each in found] == [(2, "a/b")]
    found = engine_differences(ignore("*", "!*/b", "!*/b*"))
    assert [(each.line, each.path) for each in found] == [(3, "q1/b")]


def test_no_more_than_twenty_thousand_paths_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = Ignore.excludes

    def excludes(self: Ignore, path: str) -> bool:
        asked.append(path)
        return real(self, path)

    monkeypatch.setattr(Ignore, "excludes", excludes)
    engine_differences(ignore(*(f"n{at}/[abq]x" for at in range(2_000))), ["given"])
    assert len(asked) == 20_001
