"""YAML files of ours at their edges: keys, merged keys, aliases, limits in figures, and the line that is named."""

from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.decode import DecodeError
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.load import contract_digest, load_contract
from packaging_readiness.contract.source import line_of, misfit, read_mapping


def written(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> dict[str, Any]:
    return read_mapping(written(folder, text), "shown.yaml")


def refusal(folder: Path, text: str) -> tuple[str, str]:
    with pytest.raises(InputRefused) as refused:
        read(folder, text)
    return refused.value.place, refused.value.cause


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {x: 1}\nb: {x: 2}\n", {"a": {"x": 1}, "b": {"x": 2}}),
        ("a: &a {x: 1}\nb: {<<: *a, y: 2}\n", {"a": {"x": 1}, "b": {"x": 1, "y": 2}}),
        ("a: &a {x: 1}\nb: {<<: *a, x: 2}\n", {"a": {"x": 1}, "b": {"x": 2}}),
        ("a: &a {x: 1}\nc: &c {y: 2}\nb: {<<: *a, <<: *c}\n", {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": {"y": 2}}),
        ("1: a\nno: b\n", {1: "a", False: "b"}),
        ("a: [x, x]\nb: x\n", {"a": ["x", "x"], "b": "x"}),
    ],
)
def test_keys_of_one_mapping_differ(tmp_path: Path, text: str, value: dict[Any, Any]) -> None:
    assert read(tmp_path, text) == value


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a"),
        ("a: 1\nb:\n  c: 1\n  d: 1\n  d:\n    2\n  c: 2\n", 5, "d"),
        ("a: &a {x: 1}\nb:\n  <<: *a\n  k: 1\n  k:\n    2\n", 5, "k"),
        ("a:\n- {b: 1}\n- {c: 1,\n   c: 1}\n", 4, "c"),
        ("a: 1\n'a': 2\n", 2, "a"),
    ],
)
def test_second_of_two_equal_keys_is_named_with_its_line(tmp_path: Path, text: str, line: int, key: str) -> None:
    place, cause = refusal(tmp_path, text)
    assert place == f"shown.yaml:{line}"
    assert f"key {key!r} stands here twice" in cause


@pytest.mark.parametrize("text", ["a: 1\n? [x]\n: 2\n", "a: 1\n? {x: y}\n: 2\n", "a:\n  [x]: 1\n"])
def test_key_that_is_no_scalar_is_refused_at_its_line(tmp_path: Path, text: str) -> None:
    place, cause = refusal(tmp_path, text)
    assert place == "shown.yaml:2"
    assert "a key is a list or mapping" in cause


@pytest.mark.parametrize(
    "value",
    [
        *('!!int ""', '!!float ""', "!!int x", "!!timestamp x", "!!bool x", "!!set [x]", "2026-13-45", "!!binary é"),
        *("!!omap x", "!!pairs [1]", "!!str [x]", "!!timestamp 2026-01-01T00:00:00+24:00", "!!python/none x", "*b"),
    ],
)
def test_value_that_is_not_what_its_tag_says_is_refused(tmp_path: Path, value: str) -> None:
    place, cause = refusal(tmp_path, f"a: {value}\n")
    assert place.partition(":")[0] == "shown.yaml"
    assert cause.startswith("is not YAML: ")


def test_refusal_is_one_bounded_line(tmp_path: Path) -> None:
    _, cause = refusal(tmp_path, f"a: !!bool {'x' * 500}\n")
    assert cause == f"is not YAML: {repr('x' * 500)[:200]}"
    assert refusal(tmp_path, "a: [1\nb: 2\n")[0] == "shown.yaml:2"
    assert "\n" not in refusal(tmp_path, "a: b: c\n")[1]


def test_file_has_at_most_a_million_bytes(tmp_path: Path) -> None:
    assert read(tmp_path, "a: 1\n".ljust(1_000_000, "#")) == {"a": 1}
    assert refusal(tmp_path, "a: 1\n".ljust(1_000_001, "#"))[0] == "shown.yaml"


@pytest.mark.parametrize(("depth", "taken"), [(31, True), (32, False)])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_values_are_nested_in_at_most_thirty_two_levels(
    tmp_path: Path, depth: int, opening: str, closing: str, taken: bool
) -> None:
    text = f"a: {opening * depth}{closing * depth}\nb: {opening * 2}{closing * 2}\n"
    if taken:
        assert set(read(tmp_path, text)) == {"a", "b"}
    else:
        assert "nested deeper than 32 levels" in refusal(tmp_path, text)[1]


def values(rest: int, opening: str, inside: str) -> str:
    """A mapping of 1, a key of 1, a list of 998, a key of 1, and a list of 1 that holds it 99 times (98 802), what is
    `inside` (at the most 6), and so many scalars that `rest` are left up to a hundred thousand.
    """
    weight = {"x": 1, "*a": 1, "&b x": 1, "&b [x,x],*b": 6, "&b x,*b": 2}[inside]
    many = [*["*s"] * 99, inside, *["x"] * (100_000 - 1 - 1 - 998 - 1 - 1 - 98_802 - weight - rest)]
    return f"s: &s [{','.join(['x'] * 997)}]\na: {opening}[{','.join(many)}]\n"


@pytest.mark.parametrize(
    ("opening", "inside"),
    [("", "x"), ("&a ", "*a"), ("", "&b x"), ("", "&b [x,x],*b"), ("", "&b x,*b")],
    ids=["scalars", "a list in itself", "an anchor", "a list and its alias", "a scalar and its alias"],
)
def test_file_has_at_most_a_hundred_thousand_values(tmp_path: Path, opening: str, inside: str) -> None:
    assert set(read(tmp_path, values(0, opening, inside))) == {"s", "a"}
    assert "more than 100000 values" in refusal(tmp_path, values(-1, opening, inside))[1]


def test_mapping_in_itself_is_refused_where_its_bytes_are_needed(tmp_path: Path) -> None:
    case = "{id: a, entrypoint: mpr, subcommand: run, expect: PASS, event: &e {x: *e}}"
    path = written(tmp_path, f"schema: 1\nname: x\nextends: dev_full\nmpr_cases:\n- {case}\n")
    contract, data = load_contract(str(path))
    event = contract.mpr_cases[0].event
    assert event["x"] is event
    with pytest.raises(InputRefused, match="cannot be written as canonical JSON"):
        contract_digest(data)


TEXT = "a: 1\nb:\n  c: [x,\n    y]\n  d:\n  - e: 1\n  - f: 2\n"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("b", "c", 1), 4),
        (("b", "c", "1"), 3),
        (("b", "d", 0, "e"), 6),
        (("b", "d", 2), 5),
        (("b", 0), 2),
        (("a", 0), 1),
        (("b", "d", 1, "f", "g"), 7),
        (("c",), None),
    ],
)
def test_line_is_found_by_keys_and_places(tmp_path: Path, place: tuple[str | int, ...], line: int | None) -> None:
    path = written(tmp_path, TEXT)
    assert line_of(path, place) == line
    error = misfit(DecodeError(place, "wrong"), path, "shown.yaml")
    assert error.place == (f"shown.yaml:{line}" if line else "shown.yaml")
    assert error.cause.endswith(": wrong")
