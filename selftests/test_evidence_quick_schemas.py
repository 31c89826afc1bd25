"""The quick schema check: what it answers by itself, keyword by keyword, and what it leaves to the full validator."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from packaging_readiness.contract import schemas
from packaging_readiness.evidence import schema_check
from packaging_readiness.evidence.schema_check import schema_violations

Quick = Callable[[Any, Any], bool]
ASKED = ["the full validator was asked"]
OTHER = {"$defs": {"word": {"type": "string", "maxLength": 3}}, "properties": {"a": {"enum": [1]}}, "type": "object"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    """Whether the quick check says yes by itself to a value under a schema (which is its own name here)."""
    monkeypatch.setattr(schema_check, "schema", lambda name: OTHER if name == "other" else json.loads(name))
    monkeypatch.setattr(schema_check, "violations", lambda *_: ASKED)

    def says_yes(schema: Any, value: Any) -> bool:
        found = schema_violations(json.dumps(schema), value)
        assert found in ([], ASKED)
        return not found

    return says_yes


VALUES: list[Any] = [{}, {"a": 1}, [], [1], "", "x", True, False, None, 0, -1, 1.0, 1.5]
TYPES = {
    "object": "{} {'a':1}",
    "array": "[] [1]",
    "string": "'' 'x'",
    "boolean": "True False",
    "null": "None",
    "integer": "0 -1",
    "number": "0 -1 1.0 1.5",
}


@pytest.mark.parametrize("name", TYPES)
def test_each_type_has_its_values_and_no_others(name: str, quick: Quick) -> None:
    """A whole number with a fraction of zero is left to the full validator."""
    kept = [repr(value).replace(" ", "") for value in VALUES if quick({"type": name}, value)]
    assert kept == TYPES[name].split()


# A schema, values that keep to it, and values that do not. None is of no kind that any of these speak of.
CASES: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "yes": (True, [None, 1], []),
    "no": (False, [], [None, 1]),
    "nothing": ({}, [None, 1], []),
    "types": ({"type": ["string", "null"]}, ["x", None], [1, [], {}, True]),
    "required": ({"required": ["a", "b"]}, [{"a": 1, "b": 2, "c": 3}, None, ["a"]], [{"a": 1}, {}]),
    "properties": (
        {"properties": {"a": {"type": "null"}, "b": {"type": "string"}}},
        [{}, {"a": None, "b": "x"}, {"c": 5}, "a", None],
        [{"a": 1}, {"a": None, "b": 1}, {"b": 1, "a": None}],
    ),
    "closed": (
        {"properties": {"a": {"type": "null"}}, "additionalProperties": False},
        [{}, {"a": None}, None, []],
        [{"a": None, "b": 1}, {"b": 1}, {"a": 1}],
    ),
    "open": (
        {"properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "integer"}},
        [{"a": None, "b": 1}],
        [{"b": "x"}, {"b": 1, "c": "x"}],
    ),
    "rest": ({"additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b": 2}, [None], None], [{"a": 1, "b": "x"}]),
    "items": ({"items": {"type": "integer"}}, [[], [1, 2], {"a": None}, None], [["x"], [1, "x"], ["x", 1]]),
    "names": (
        {"propertyNames": {"pattern": "^a"}},
        [{}, {"a": 1, "ab": 2}, ["b"], None],
        [{"b": 1}, {"a": 1, "b": 1}, {"b": 1, "a": 1}],
    ),
    "any of": ({"anyOf": [{"type": "null"}, {"type": "string"}, {"minimum": 7}]}, [None, "x", 7], [6]),
    "all of": ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, [1, 2, 3, "x"], [0, 4]),
    "two keywords": ({"minimum": 1, "maximum": 3}, [1, 3], [0, 4]),
    "enum": ({"enum": ["a", 1, None]}, ["a", 1, None], ["b", True, 2, []]),
    "const": ({"const": 1}, [1], [2, True, "1", None]),
    "constant list": ({"const": [1]}, [[1]], [[2], []]),
    "pattern": ({"pattern": "b"}, ["b", "abc", 5, None, ["a"]], ["", "ac"]),
    "minimum": ({"minimum": 3}, [3, 4, 3.0, "x", None, True, []], [2, 2.9, -3]),
    "maximum": ({"maximum": 3}, [3, 2, 3.0, "x", None, True], [4, 3.1]),
    "exclusive": ({"exclusiveMinimum": 3}, [4, 3.1, "x", None, True], [3, 2]),
    "shortest": ({"minLength": 2}, ["ab", "abc", [], 1, None, {}], ["", "a"]),
    "longest": ({"maxLength": 2}, ["", "ab", [1, 2, 3], 5, None], ["abc"]),
    "fewest": ({"minItems": 2}, [[1, 2], [1, 2, 3], "", {}, None], [[], [1]]),
    "most": ({"maxItems": 2}, [[], [1, 2], "abc", {}, None], [[1, 2, 3]]),
    "of itself": (
        {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}},
        [[], [[], [[]]]],
        [None, [1], [[], [None]]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_keyword_is_answered_without_the_full_validator(case: str, quick: Quick) -> None:
    schema, good, bad = CASES[case]
    full = Draft202012Validator(schema)
    for value in good:
        assert full.is_valid(value)
        assert quick(schema, value), value
    for value in bad:
        assert not full.is_valid(value)
        assert not quick(schema, value), value


def test_another_file_is_referred_to_by_its_name(quick: Quick) -> None:
    word = {"$ref": "other.schema.json#/$defs/word"}
    assert quick(word, "abc")
    assert not quick(word, "abcd")
    assert quick({"$ref": "other.schema.json"}, {"a": 1})
    assert not quick({"$ref": "other.schema.json"}, {"a": 2})
    assert not quick({"$ref": "other.schema.json#/properties/a"}, 2)


PROSE = ["$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "format"]


@pytest.mark.parametrize("keyword", PROSE)
def test_what_only_explains_is_passed_over(keyword: str, quick: Quick) -> None:
    assert quick({keyword: "x", "type": "string"}, "y")
    assert not quick({keyword: "x", "type": "string"}, 5)


@pytest.mark.parametrize("keyword", ["not", "oneOf", "if", "uniqueItems", "multipleOf", "patternProperties", "x"])
def test_a_keyword_that_is_not_known_is_left_to_the_full_validator(keyword: str, quick: Quick) -> None:
    assert not quick({keyword: {}, "type": "string"}, "y")
    assert not quick({"properties": {"a": {keyword: {}}}}, {"a": 1})
    assert quick({"properties": {"a": {keyword: {}}}}, {"b": 1})


def test_what_the_full_validator_says_is_told_and_only_where_it_is_asked() -> None:
    entry = {"name": "contract.json", "size": 5, "sha256": "sha256:" + "0" * 64}
    content = {"object": "bundle_manifest", "object_version": 1, "phase_id": "P(-1)", "platform_run_id": "run_1"}
    assert schema_violations("bundle_manifest", {**content, "objects": [entry]}) == []
    spoiled = {**content, "objects": [{**entry, "size": -1}]}
    assert schema_violations("bundle_manifest", spoiled) == schemas.violations("bundle_manifest", spoiled) != []
    with pytest.raises(KeyError):
        schema_violations("no_such_object", {})


def test_a_schema_of_this_suite_is_answered_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_check, "violations", lambda *_: ASKED)
    claim = {"platform_run_id": "run_1", "object": "bundle_manifest", "object_version": 1, "phase_id": "P(-1)"}
    entry = {"name": "contract.json", "size": 5, "sha256": "sha256:" + "0" * 64}
    assert schema_violations("bundle_manifest", {**claim, "objects": [entry]}) == []
    assert schema_violations("bundle_manifest", {**claim, "objects": [{**entry, "size": "5"}]}) == ASKED
