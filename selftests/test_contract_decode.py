"""Plain data into typed values: what does not fit is refused, at its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from packaging_readiness.contract.decode import DecodeError, decode, decode_foreign
from packaging_readiness.contract.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Inner:
    """A value below another."""

    size: float
    kind: Literal[1, "two"] = 1

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("size is not below zero")


@dataclass(frozen=True, slots=True)
class Outer:
    """A value with one field of each kind."""

    name: str
    inner: tuple[Inner, ...] = ()
    counts: Mapping[str, int] | None = None
    free: Any = None


GOOD: Mapping[str, Any] = {"name": "a", "inner": [{"size": 1, "kind": "two"}], "counts": {"x": 1}, "free": [{}]}


def test_good_data_is_taken() -> None:
    assert decode(Outer, GOOD) == Outer("a", (Inner(1.0, "two"),), {"x": 1}, [{}])
    assert decode(Outer, {"name": "a"}) == Outer("a")
    assert type(decode(Inner, {"size": 1}).size) is float


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"name": 1}, ("name",), "str is needed, found int"),
        ({"name": None}, ("name",), "str is needed, found nothing"),
        ({"more": 1}, ("more",), "unknown key 'more'; known here: counts, free, inner, name"),
        ({"inner": {}}, ("inner",), "a list is needed, found dict"),
        ({"inner": [1]}, ("inner", 0), "a mapping is needed, found int"),
        ({"inner": [{"size": 1}, {}]}, ("inner", 1), "key 'size' is missing"),
        ({"inner": [{"size": True}]}, ("inner", 0, "size"), "float is needed, found bool"),
        ({"inner": [{"size": 10**400}]}, ("inner", 0, "size"), "a number is out of range"),
        ({"inner": [{"size": -1}]}, ("inner", 0), "size is not below zero"),
        ({"inner": [{"size": 1, "kind": True}]}, ("inner", 0, "kind"), "one of 1, two is needed, found True"),
        ({"inner": [{"size": 1, "kind": "three"}]}, ("inner", 0, "kind"), "one of 1, two is needed, found 'three'"),
        ({"counts": []}, ("counts",), "a mapping is needed, found list"),
        ({"counts": {1: 1}}, ("counts",), "keys are strings here, found 1"),
        ({"counts": {"x": "1"}}, ("counts", "x"), "int is needed, found str"),
    ],
)
def test_data_that_does_not_fit_is_refused_at_its_place(
    change: Mapping[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(DecodeError) as refused:
        decode(Outer, {**GOOD, **change}, ("below",))
    assert (refused.value.path, refused.value.message) == (("below", *path), message)


def test_foreign_data_is_refused_with_the_name_of_its_file() -> None:
    with pytest.raises(InputRefused) as refused:
        decode_foreign(Outer, {**GOOD, "name": 1}, "r.json", below="readiness", cure="mend it")
    assert (refused.value.place, refused.value.cause) == ("r.json", "readiness.name: str is needed, found int")
    assert refused.value.cure == "mend it"
    with pytest.raises(InputRefused) as refused:
        decode_foreign(Outer, [], "r.json", below="readiness")
    assert refused.value.cause == "a mapping is needed, found list"
    with pytest.raises(InputRefused) as refused:
        decode_foreign(Outer, {**GOOD, "name": 1}, "r.json")
    assert refused.value.cause == "name: str is needed, found int"
    assert decode_foreign(Outer, GOOD, "r.json", below="readiness") == decode(Outer, GOOD)
