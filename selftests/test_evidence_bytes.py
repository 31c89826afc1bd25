"""Bytes of objects and names of files at their edges: each fault by its own code, and nothing refused that is none."""

from typing import Any

import pytest

from packaging_readiness.evidence.json_faults import Fault, canonical_fault, parse, read_object
from packaging_readiness.evidence.store import name_problem, same_but_for_case, shown

MOST = 2**53 - 1
DEEPEST = 64


def code_of(data: bytes) -> str | None:
    try:
        parse(data)
    except Fault as fault:
        return fault.code
    return None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf{}", "byte-order-mark"),
        (b"{}\xef\xbb\xbf", "trailing-data"),
        (b"\xff\xfeab", "utf-16"),
        (b"\xfe\xffab", "utf-16"),
        (b"\x00{}", "utf-16"),
        (b"{\x00}", "utf-16"),
        (b'{""\x00', "utf-16"),
        (b'{"a"\x00', "not-json"),
        (b'{"a":1}\xff\xfe', "not-utf-8"),
        (b'{"a":"\xc3"}', "not-utf-8"),
        (b'{"a":"\xed\xa0\x80"}', "not-utf-8"),
        (b"{} x", "trailing-data"),
        (b"{}{}", "trailing-data"),
        (b" {}\n", None),
        (b"{", "not-json"),
        (b"{'a':1}", "not-json"),
        (b"[]", "not-an-object"),
        (b'"{}"', "not-an-object"),
        (b"5", "not-an-object"),
        (b'{"a":{"b":1,"b":1}}', "duplicate-key"),
        (b'{"a":{"b":1},"c":{"b":1}}', None),
        (b'{"a":NaN}', "not-a-json-number"),
        (b'{"a":-Infinity}', "not-a-json-number"),
        (b'{"a":"NaN"}', None),
        (b'{"a":1e999}', "number-out-of-range"),
        (b'{"a":-1e999}', "number-out-of-range"),
        (b'{"a":1e308}', None),
        (b'{"\\udc00":1}', "lone-surrogate"),
        (b'{"a":{"b":["\\ud83d"]}}', "lone-surrogate"),
        (b'{"a":{"\\udfff":1}}', "lone-surrogate"),
        (b'{"a":[["x","\\ud800"]]}', "lone-surrogate"),
        (b'{"a":"\\ud83d\\ude00"}', None),
        ('{"a":"\ud7ff\ue000"}'.encode(), None),
        (b'{"a":"\\ud7ff\\ue000"}', None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_fault_of_bytes_has_its_code(data: bytes, code: str | None) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize("number", [MOST, -MOST, 0, -1, 9_999_999_999_999])
def test_whole_numbers_that_can_be_told_exactly_are_read(number: int) -> None:
    assert parse(b'{"a":%d}' % number) == {"a": number}


@pytest.mark.parametrize("number", [MOST + 1, -MOST - 1, 10**16, -(10**16), 10**17, 10**30])
def test_whole_numbers_beyond_are_not(number: int) -> None:
    assert code_of(b'{"a":%d}' % number) == "number-out-of-range"


def test_a_number_of_more_digits_than_python_converts_is_told_as_one() -> None:
    assert code_of(b'{"a":' + b"9" * 5000 + b"}") == "number-out-of-range"


@pytest.mark.parametrize(("left", "right"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "mappings"])
def test_nesting_has_a_bound(left: bytes, right: bytes) -> None:
    inner = b"[]" if left == b"[" else b"{}"
    fits = b'{"a":' + left * (DEEPEST - 2) + inner + right * (DEEPEST - 2) + b"}"
    assert code_of(fits) is None
    assert code_of(b'{"a":' + left * (DEEPEST - 1) + inner + right * (DEEPEST - 1) + b"}") == "too-deep"
    assert code_of(b'{"b":[[1],[2]],"a":' + fits + b"}") == "too-deep"
    assert code_of(b'{"a":' + left * 100_000) == "too-deep"


def test_the_key_that_stands_there_twice_is_named() -> None:
    for given, named in (("key", "'key'"), ("k" * 80, f"'{'k' * 80}'"), ("k" * 81, f"'{'k' * 80}'")):
        with pytest.raises(Fault) as told:
            parse(f'{{"a":1,"{given}":1,"b":1,"{given}":2}}'.encode())
        assert f"key {named} " in told.value.cause


def test_the_place_of_a_fault_is_told() -> None:
    for data, place in ((b'{"a":"\xff"}', "byte 6 "), (b"{}\n[]", "byte 3 "), (b'{\n"a"\n1', "line 3: ")):
        with pytest.raises(Fault) as told:
            parse(data)
        assert place in told.value.cause


def test_the_canonical_form_is_one() -> None:
    assert canonical_fault({"a": 1}, b'{"a":1}\n') is None
    values: list[tuple[Any, bytes]] = [({"a": 1}, b'{"a":1}'), ({"a": float("nan")}, b'{"a":NaN}\n')]
    for value, data in values:
        fault = canonical_fault(value, data)
        assert fault is not None
        assert (fault.code, bool(fault.cause)) == ("not-canonical", True)
    content, problems = read_object("x.json", b'{"b":1,"a":2}\n')
    assert content == {"a": 2, "b": 1}
    assert [(problem.code, problem.name) for problem in problems] == [("not-canonical", "x.json")]
    content, problems = read_object("x.json", b"[")
    assert (content, [(problem.code, problem.name) for problem in problems]) == (None, [("not-json", "x.json")])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.json", None),
        ("sbom.cdx.json", None),
        ("a.dsse.json", None),
        ("sbom.cdx.dsse.json", None),
        ("a" * 100 + ".json", None),
        ("a" * 100 + ".dsse.json", None),
        ("a" * 101 + ".json", "name-not-allowed"),
        ("a" * 101 + ".dsse.json", "name-not-allowed"),
        (".json", "name-not-allowed"),
        (".dsse.json", "name-not-allowed"),
        (".cdx.json", "name-not-allowed"),
        ("a.cdx.cdx.json", "name-not-allowed"),
        ("a.dsse.cdx.json", "name-not-allowed"),
        ("a.json\n", "name-not-allowed"),
        ("a.dsse.json\n", "name-not-allowed"),
        ("xa.dsse.jsonx", "name-not-allowed"),
        ("A.json", "name-not-allowed"),
        ("a.jso", "name-not-allowed"),
        ("a_0.json", None),
        ("", "name-not-allowed"),
        ("...", "name-not-allowed"),
        (".", "path-escapes"),
        ("..", "path-escapes"),
        ("a/b.json", "path-escapes"),
        ("a/", "path-escapes"),
        ("a\\", "path-escapes"),
        ("a/c:x", "path-escapes"),
        ("/a.json", "path-absolute"),
        ("\\a.json", "path-absolute"),
        ("c:a.json", "path-absolute"),
        ("Z:", "path-absolute"),
        ("1:a.json", "name-not-allowed"),
        ("cc:a.json", "name-not-allowed"),
    ],
)
def test_each_fault_of_a_name_has_its_code(name: str, code: str | None) -> None:
    problem = name_problem(name)
    assert (problem.code if problem else None) == code
    assert problem is None or problem.name == shown(name)


def test_a_foreign_name_is_shown_printable_and_short() -> None:
    assert shown("a b.json") == "a b.json"
    assert shown("é") == "é"
    assert shown("a\nb\x1b[0m") == "a\\nb\\x1b[0m"
    assert shown("\ud800") == "\\ud800"
    assert shown("\u202e") == "\\u202e"
    assert shown("k" * 120) == "k" * 120
    assert shown("k" * 121) == "k" * 120 + "..."


def test_of_names_that_differ_in_case_only_each_but_the_first_is_told() -> None:
    assert list(same_but_for_case(["b.json", "a.json"])) == []
    found = list(same_but_for_case(["a.json", "A.json", "b.json", "B.json", "c.json", "c.json"]))
    assert [(problem.code, problem.name) for problem in found] == [("name-case", "a.json"), ("name-case", "b.json")]
    assert [problem.name for problem in same_but_for_case(["straße", "STRASSE"])] == ["straße"]
