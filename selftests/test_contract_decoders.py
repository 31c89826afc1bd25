"""Each kind of field by itself: what it takes as it is, what it changes, and where it points when it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Optional

import pytest

from packaging_readiness.contract.decode import DecodeError, decode, decode_foreign
from packaging_readiness.contract.errors import InputRefused


@dataclass(frozen=True)
class Leaf:
    """A value that refuses by its field, or as a whole."""

    size: int = 0

    def __post_init__(self) -> None:
        if self.size == 13:
            raise DecodeError(("size",), "unlucky")
        if self.size == 14:
            raise ValueError("too large")


@dataclass(frozen=True)
class Tree:
    """One field of each kind, each with a default."""

    text: str = "t"
    whole: int = 1
    number: float = 0.5
    flag: bool = False
    nothing: Optional[int] = None  # noqa: UP045 both ways of writing it are read
    other: int | None = 3
    word: Literal["a", 1, True] = "a"
    free: Any = None
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    rows: tuple[tuple[int, ...], ...] = ()
    named: Mapping[str, Leaf] = field(default_factory=dict)
    open: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Needing:
    """What has no default must be there."""

    one: int
    two: int = 2
    three: Mapping[str, int] = field(default_factory=dict)


class Text(str):
    """A text of another type."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("text", "", ""),
        ("whole", -3, -3),
        ("number", 2, 2.0),
        ("number", 2.5, 2.5),
        ("flag", True, True),
        ("nothing", None, None),
        ("nothing", 0, 0),
        ("other", None, None),
        ("other", 4, 4),
        ("word", "a", "a"),
        ("word", 1, 1),
        ("word", True, True),
        ("free", {"any": {1}}, {"any": {1}}),
        ("free", None, None),
        ("leaf", None, None),
        ("leaf", {}, Leaf()),
        ("leaf", MappingProxyType({"size": 3}), Leaf(3)),
        ("leaves", [], ()),
        ("leaves", ({"size": 1}, {}), (Leaf(1), Leaf())),
        ("rows", [[1, 2], [], (3,)], ((1, 2), (), (3,))),
        ("named", {"x": {"size": 1}}, {"x": Leaf(1)}),
        ("named", MappingProxyType({"x": {}}), {"x": Leaf()}),
        ("open", {"x": None, "y": [1]}, {"x": None, "y": [1]}),
        ("open", {}, {}),
    ],
)
def test_field_takes_what_is_of_its_kind(name: str, value: Any, read: Any) -> None:
    found = getattr(decode(Tree, {name: value}), name)
    assert (found, type(found)) == (read, type(read))
    assert getattr(decode(Tree, MappingProxyType({name: value})), name) == read


HUGE = 10**400


@pytest.mark.parametrize(
    ("name", "value", "path", "words"),
    [
        ("text", None, (), "str is needed, found nothing"),
        ("text", Text("x"), (), "str is needed, found Text"),
        ("whole", 1.0, (), "int is needed, found float"),
        ("whole", True, (), "int is needed, found bool"),
        ("whole", "1", (), "int is needed, found str"),
        ("number", True, (), "float is needed, found bool"),
        ("number", HUGE, (), "out of range"),
        ("number", "1", (), "float is needed, found str"),
        ("flag", 1, (), "bool is needed, found int"),
        ("nothing", "x", (), "int is needed, found str"),
        ("other", 1.5, (), "int is needed, found float"),
        ("word", "b", (), "one of a, 1, True is needed, found 'b'"),
        ("word", 1.0, (), "found 1.0"),
        ("word", False, (), "found False"),
        ("word", None, (), "found None"),
        ("word", [], (), "found []"),
        ("leaf", [], (), "a mapping is needed, found list"),
        ("leaf", "x", (), "a mapping is needed, found str"),
        ("leaf", {"size": "x"}, ("size",), "int is needed, found str"),
        ("leaf", {"size": 13}, ("size",), "unlucky"),
        ("leaf", {"size": 14}, (), "too large"),
        ("leaf", {"weight": 1}, ("weight",), "unknown key 'weight'; known here: size"),
        ("leaf", {3: 1}, (3,), "unknown key 3"),
        ("leaves", "x", (), "a list is needed, found str"),
        ("leaves", {}, (), "a list is needed, found dict"),
        ("leaves", None, (), "a list is needed, found nothing"),
        ("leaves", [{}, {}, 3], (2,), "a mapping is needed, found int"),
        ("leaves", [{}, {"size": 13}], (1, "size"), "unlucky"),
        ("rows", [[1], [1, 2, "x"]], (1, 2), "int is needed, found str"),
        ("named", [], (), "a mapping is needed, found list"),
        ("named", {1: {}}, (), "keys are strings here, found 1"),
        ("named", {Text("x"): {}}, (), "keys are strings here"),
        ("named", {"x": {}, "y": {"size": 13}}, ("y", "size"), "unlucky"),
        ("open", 3, (), "a mapping is needed, found int"),
        ("open", {None: 1}, (), "keys are strings here, found None"),
    ],
)
def test_field_points_to_what_is_not_of_its_kind(name: str, value: Any, path: tuple[Any, ...], words: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode(Tree, {name: value})
    assert refused.value.path == (name, *path)
    assert words in refused.value.message
    assert str(refused.value) == refused.value.message
    with pytest.raises(DecodeError) as refused:
        decode(Tree, {name: value}, ("a", 0))
    assert refused.value.path == ("a", 0, name, *path)


def test_what_is_left_out_has_its_default() -> None:
    assert decode(Tree, {}) == Tree()
    assert decode(Needing, {"one": 1}) == Needing(1, 2, {})
    for value, path, words in (
        ({}, (), "key 'one' is missing"),
        ({"two": 1}, (), "key 'one' is missing"),
        ({"one": 1, "two": None}, ("two",), "int is needed, found nothing"),
        ({"one": 1, "four": 1}, ("four",), "known here: one, three, two"),
    ):
        with pytest.raises(DecodeError) as refused:
            decode(Needing, value)
        assert refused.value.path == path
        assert words in refused.value.message


def test_open_mapping_is_kept_as_it_is() -> None:
    given = {"x": [1]}
    assert decode(Tree, {"open": given}).open is given
    assert decode(Tree, {"named": {}}).named == {}


@pytest.mark.parametrize(
    ("value", "below", "cause"),
    [
        ({"leaves": [{"size": "x"}]}, "", "leaves.0.size: int is needed, found str"),
        ({"leaves": [{"size": "x"}]}, "top", "top.leaves.0.size: int is needed, found str"),
        ([], "", "a mapping is needed, found list"),
        ([], "top", "a mapping is needed, found list"),
    ],
)
def test_foreign_value_is_refused_at_its_place_in_the_file(value: Any, below: str, cause: str) -> None:
    with pytest.raises(InputRefused) as refused:
        decode_foreign(Tree, value, "x.json", below=below, cure="mend it")
    assert (refused.value.place, refused.value.cause, refused.value.cure) == ("x.json", cause, "mend it")
    with pytest.raises(InputRefused) as refused:
        decode_foreign(Tree, value, "x.json", below=below)
    assert refused.value.cure == ""
