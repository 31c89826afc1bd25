"""An ignore file of many lines is searched as one automaton, and says of each path what its lines say one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout import dockerignore
from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.pattern_set import PatternSet
from packaging_readiness.contract.errors import InputRefused

LINES = st.lists(st.text("ab/*?![]\\.^$+(){}|-é\ufeff\udc80 #", max_size=8), max_size=12)
PATHS = st.lists(st.text("ab/.*{|é\ufffd\udc80", min_size=1, max_size=8), min_size=1, max_size=8)


def answers(ignore: Ignore, path: str) -> object:
    try:
        return ignore.excludes(path), ignore.decided_by(path)
    except InputRefused as refusal:
        return str(refusal)


@given(LINES, PATHS)
def test_many_lines_say_the_same_together_and_one_by_one(lines: list[str], paths: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogateescape")
    for path in paths:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dockerignore, "_MANY", 0)
            together = _read(data, path)
            patch.setattr(dockerignore, "_MANY", 1000)
            assert together == _read(data, path)


def _read(data: bytes, path: str) -> object:
    try:
        ignore = read_ignore(data, ".dockerignore")
    except InputRefused as refusal:
        return str(refusal)
    return answers(ignore, path)


def test_a_long_file_excludes_and_reopens() -> None:
    lines = ["*", *(f"!src/p{number}*/**" for number in range(60)), "src/p7*/q?/[ab]", "**/*.pyc"]
    ignore = read_ignore("\n".join(lines).encode(), ".dockerignore")
    found = {path: (ignore.excludes(path), getattr(ignore.decided_by(path), "text", None)) for path in PLACES}
    assert found == PLACES


PLACES = {
    "a": (True, "*"),
    "src/p5/x": (False, "!src/p5*/**"),
    "src/p7/qx/a": (True, "src/p7*/q?/[ab]"),
    "src/p7/qx/a/below": (True, "src/p7*/q?/[ab]"),
    "src/p7/qx/c": (False, "!src/p7*/**"),
    "src/p12/x.pyc": (True, "**/*.pyc"),
}


def test_a_pattern_that_cannot_be_compiled_is_refused_among_many() -> None:
    ignore = read_ignore(b"\n".join([*(b"x%d" % number for number in range(60)), b"[a]{2000}"]), ".dockerignore")
    with pytest.raises(InputRefused, match=r"\.dockerignore:61: "):
        ignore.excludes("a")


def test_what_one_automaton_takes_and_a_single_expression_not_is_refused_as_ever() -> None:
    lines = [*(f"x{number}" for number in range(30)), r"\pL{1000}"]
    for some in (lines, lines[-1:]):
        ignore = read_ignore("\n".join(some).encode(), ".dockerignore")
        with pytest.raises(InputRefused, match=rf"\.dockerignore:{len(some)}: syntax error in pattern"):
            ignore.excludes("a")


def test_an_expression_that_is_none_counts_as_found_everywhere() -> None:
    assert sorted(PatternSet(["^a", "(", "b$"]).matching("ab") or ()) == [0, 1, 2]
    assert PatternSet(["^a", "(", "b$"]).matching("c") == [1]
    assert PatternSet(["^a"]).matching("c") == []


def test_an_automaton_that_grew_too_large_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packaging_readiness.checkout.pattern_set._MEMORY", 1 << 16)
    expressions = [f"^(.*/)?[^/]*a{number}[^/]*b?[^/]*(/.*)?$" for number in range(400)]
    assert PatternSet(expressions).matching("q/a7/" * 40) is None
