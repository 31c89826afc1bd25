"""JSON in one form only: the bytes that are written, and the texts that are read or refused."""

import json
import math
from itertools import count
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json, read_json, sha256
from packaging_readiness.contract.errors import InputRefused

SAFE = 2**53 - 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ({"é": "é\n\x7f\u2028"}, '{"é":"é\\n\x7f\u2028"}'),
        (1.0, "1"),
        ([1.0], "[1]"),
        ({"a": 1.5}, '{"a":1.5}'),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        ([5e20], "[500000000000000000000]"),
        (SAFE, "9007199254740991"),
        (-SAFE, "-9007199254740991"),
        ([123456789012345], "[123456789012345]"),
        ("1.5", '"1.5"'),
        ("NaN Infinity 12345678901234567890 1e5", '"NaN Infinity 12345678901234567890 1e5"'),
        ({"a\\": 1.0, 'b"': "c\\"}, '{"a\\\\":1,"b\\"":"c\\\\"}'),
        ({"a": "\\", "b": 2.0, "c": '"'}, '{"a":"\\\\","b":2,"c":"\\""}'),
        ({"\ufb33": 1, "\U0001f600": 2, "a": 3}, '{"a":3,"\U0001f600":2,"\ufb33":1}'),
        ({"\ud7ff": 1, "\ue000": 2, "\U00010000": 3}, '{"\ud7ff":1,"\U00010000":3,"\ue000":2}'),
    ],
    ids=count(),
)
def test_value_has_one_form(value: Any, text: str) -> None:
    assert canonical_json(value) == text.encode() + b"\n"


def deep(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, [-math.inf], SAFE + 1, -SAFE - 1, {"a": 10**400}, "\ud800", {"\udfff": 1}, deep(100_000)],
    ids=["nan", "infinity", "minus", "large", "small", "huge", "surrogate", "key", "deep"],
)
def test_value_without_a_form_is_refused(value: Any) -> None:
    with pytest.raises(InputRefused) as refused:
        canonical_json(value)
    assert refused.value.place == ""


def test_value_that_is_no_plain_data_is_refused() -> None:
    for value in (object(), {1, 2}, {"a": b"x"}):
        with pytest.raises(InputRefused):
            canonical_json(value)


def test_digest_names_its_algorithm() -> None:
    assert sha256(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        "{}",
        '"a:b"',
        "[[{}], {}]",
        '{"a": {"a": [{"a": 1}, {"a": 2}]}, "b": ":"}',
        '{"a\\"": 1, "a": 2, "\\\\": ":", "b\\\\": "\\"", "c": "\\\\\\""}',
        '{"\\u0061": 1, "b": 2}',
        '{"a": "\\u0022:", "b": [":", "::", {"c:": ":"}]}',
    ],
    ids=count(),
)
def test_text_with_each_key_once_is_read(text: str) -> None:
    assert read_json(text.encode(), "x") == json.loads(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 1}', "a"),
        ('{"a": 1, "b": 2, "c": 3, "b": 2}', "b"),
        ('[{"x": {"a": 1, "b": 1, "a": {}}}]', "a"),
        ('{"x": [{"a": 1}, {"b": 1, "b": 2}]}', "b"),
        ('{"a": 1, "\\u0061": 2}', "a"),
        ('{"x\\"": 1, "a:": 1, "a:": 2}', "a:"),
        ('{"x\\\\": 1, "a:": 1, "a:": 2}', "a:"),
        ('{"a": {"b": 1}, "a": {"b": 1, "c": 2}}', "a"),
    ],
    ids=count(),
)
def test_text_with_a_key_twice_is_refused_by_its_name(text: str, key: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_json(text.encode(), "x.json")
    assert refused.value.place == "x.json"
    assert repr(key) in refused.value.cause


def lists(depth: int, inside: str = "") -> str:
    return "[" * depth + inside + "]" * depth


def mappings(depth: int, inside: str = "{}") -> str:
    return '{"a":' * (depth - 1) + inside + "}" * (depth - 1)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (lists(64), True),
        (lists(65), False),
        (lists(63, "1"), True),
        (lists(64, "1"), False),
        (mappings(64), True),
        (mappings(65), False),
        (mappings(64, '{"a": 1}'), False),
        (f"[{lists(63)},{lists(63)}]", True),
        (f"[{lists(2)},{lists(64)}]", False),
        (f"[{lists(64)},{lists(2)}]", False),
        (f'[{mappings(63)},"{lists(70)}"]', True),
        (lists(32, mappings(32)), True),
        (lists(32, mappings(33)), False),
        (mappings(33, lists(32)), True),
        (mappings(33, lists(33)), False),
    ],
    ids=count(),
)
def test_text_is_nested_so_deep_and_no_deeper(text: str, taken: bool) -> None:
    if taken:
        assert read_json(text.encode(), "x") == json.loads(text)
        return
    with pytest.raises(InputRefused, match="nested deeper than 64 levels"):
        read_json(text.encode(), "x")


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b'{"a": "\xff"}', "x", "is not UTF-8 (byte 7)"),
        (b"\xef\xbb\xbf{}", "x:1", "is not JSON"),
        (b"", "x:1", "is not JSON"),
        (b'{"a":\n1,\n}', "x:3", "is not JSON"),
        (b"[NaN]", "x", "NaN is not JSON"),
        (b"[Infinity]", "x", "Infinity is not JSON"),
        (b"[-Infinity]", "x", "-Infinity is not JSON"),
        (b"[" + b"1" * 5000 + b"]", "x", "nested too deeply or holds a number"),
        (b"[" * 200_000, "x", "nested too deeply or holds a number"),
    ],
    ids=["encoding", "mark", "nothing", "comma", "nan", "infinity", "minus", "digits", "depth"],
)
def test_text_that_is_no_json_is_refused_at_its_place(data: bytes, place: str, words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_json(data, "x")
    assert refused.value.place == place
    assert words in refused.value.cause
