"""A pack of another make, looked through line by line under a contract of a few small objects."""

import json
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.tables import EvidenceObject
from packaging_readiness.evidence.foreign_pack import faults, missing_sources, split_runs
from selftests.stored_facts import CONTRACT

OBJECTS = (
    EvidenceObject("late", "m1e", ()),
    EvidenceObject("one", "m1c", ("platform_run_id", "git_sha"), mandatory=True),
    EvidenceObject("two", "m1c", ("platform_run_id", "image_tag"), mandatory=True),
    EvidenceObject("three", "m1c", ("build_context_path",)),
    *(EvidenceObject(name, "m1e", ()) for name in ("contract", "check_results", "run_record")),
)
SMALL = replace(CONTRACT, evidence_objects=OBJECTS)
ONE = {"platform_run_id": "run_1", "git_sha": "s"}
TWO = {"platform_run_id": "run_1", "image_tag": "t"}
TIED = {"platform_run_id": "run_1"}
WHOLE: dict[str, Any] = {
    "one.json": ONE,
    "two.json": TWO,
    "three.json": {**TIED, "build_context_path": "."},
    "late.json": TIED,
    "bundle_manifest.json": TIED,
    "contract.json": {},
    "check_results.json": {},
    "run_record.json": {},
}
NEEDED = "needed for one set of "


def lines(changed: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> list[str]:
    """What is told of the whole pack with these objects in place of its own; bytes stand as they are."""
    given = {name: value for name, value in {**WHOLE, **(changed or {})}.items() if name not in without}
    files = {name: value if isinstance(value, bytes) else json.dumps(value).encode() for name, value in given.items()}
    return faults(files, SMALL)


def told(changed: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> list[str]:
    """The same without the last line, which says what else one set of each run would need."""
    return [line for line in lines(changed, without=without) if not line.startswith(NEEDED)]


def test_a_whole_pack_lacks_only_what_its_run_would_say() -> None:
    assert told() == []
    (needed,) = lines()
    assert needed.startswith(f"{NEEDED}run_1: all plan objects are there; and check_results.json, contract.json and ")


@pytest.mark.parametrize(
    "field", ["platform_run_id", "phase_id", "git_sha", "image_tag", "image_digest", "workflow_run_id"]
)
def test_a_fact_of_identity_that_has_two_values_is_told_with_both(field: str) -> None:
    changed = {"late.json": {**TIED, field: "b"}, "three.json": {**WHOLE["three.json"], field: "a"}}
    (line,) = (each for each in told(changed) if each.startswith(f"{field}: "))
    assert "a in three.json; b in late.json" in line
    assert ("several runs" in line) == (field == "platform_run_id")
    other = {"late.json": {**TIED, field: "a"}, "three.json": {**WHOLE["three.json"], field: "a"}}
    if field not in ("platform_run_id", "git_sha", "image_tag"):
        assert told(other) == []
        empties: list[Any] = [None, "", []]
        for empty in empties:
            assert told({**other, "late.json": {**TIED, field: empty}}) == []
        assert len(told({**other, "late.json": {**TIED, field: 0}})) == 1
        assert len(told({**other, "late.json": {**TIED, field: ["a"]}})) == 1


def test_a_fact_that_is_no_identity_may_have_several_values() -> None:
    assert told({"late.json": {**TIED, "engine": "a"}, "three.json": {**WHOLE["three.json"], "engine": "b"}}) == []


def split(*paths: str) -> list[str]:
    return split_runs({path: json.dumps(TIED if path.endswith("late.json") else {}).encode() for path in paths}, SMALL)


def test_a_folder_below_runs_names_its_run() -> None:
    assert split("late.json", "runs/run_1/P0/three.json") == []
    assert split("late.json", "x/runs/run_1/P0/three.json") == []
    (line,) = split("late.json", "evidence/runs/run_2/P0/three.json")
    assert "run_1 in late.json; run_2 in three.json" in line
    (line,) = split("runs/run_2/P0/late.json", "three.json")
    assert "run_1 in late.json; run_2 in late.json" in line
    assert split("runs/run_1/P0/late.json", "runs/run_1/P0/three.json") == []
    assert split("late.json", "run_2/P0/three.json") == split("late.json", "copies/run_2/P0/three.json") == []
    assert split("late.json", "runs/run_2/three.json") == split("late.json", "runs/run_2/P0/x/three.json") == []


def test_what_nothing_ties_to_a_run_is_told_but_for_what_a_run_has_of_its_own() -> None:
    (line,) = told({"late.json": {"platform_run_id": ""}, "bundle_manifest.json": {}})
    assert line.startswith("platform_run_id: nothing ties")
    assert line.endswith(": bundle_manifest.json, late.json")
    (line,) = told({"late.json": {}})
    assert line.endswith(": late.json")
    assert told({"runs/run_1/P0/late.json": {}}, without=("late.json",)) == []


def test_what_lies_there_twice_is_told_with_four_of_its_places() -> None:
    (line,) = told({"a/late.json": TIED})
    assert line == "late.json: lies there 2 times: a/late.json, late.json"
    (line,) = told({f"{number}/late.json": TIED for number in range(5)})
    assert line == "late.json: lies there 6 times: 0/late.json, 1/late.json, 2/late.json, 3/late.json"


def test_what_is_no_object_of_the_contract_is_not_looked_at() -> None:
    assert told({"other.json": b"{", "more/late.json.bak": b"{", "xlate.json": {"platform_run_id": "run_2"}}) == []


def test_what_cannot_be_read_is_there_and_says_nothing() -> None:
    assert told({"late.json": b"{"}) == [
        "late.json: not-json: line 1: Expecting property name enclosed in double quotes"
    ]
    first, *rest = told({"a\nb/one.json": b"[]"}, without=("one.json",))
    assert (first, rest) == ("a\\nb/one.json: not-an-object: is not a mapping at the top level", [])


def test_an_older_name_is_not_read_as_the_new_one() -> None:
    old = {**TIED, "build_path": "."}
    in_place, hole = told({"three.json": old})
    assert in_place.startswith("three.json: build_path stands in place of build_context_path")
    assert hole == "three.json: build_context_path has no value"
    (beside,) = told({"three.json": {**old, "build_context_path": "."}})
    assert beside.startswith("three.json: build_path stands beside build_context_path")


@pytest.mark.parametrize("empty", [None, "", []])
def test_a_field_without_a_value_is_told_with_what_would_have_it(empty: Any) -> None:
    assert told({"one.json": {**ONE, "git_sha": empty}}) == ["one.json: git_sha has no value"]
    (line,) = told({"one.json": {**ONE, "git_sha": empty}, "late.json": {**TIED, "git_sha": "s"}})
    assert line.startswith("one.json: git_sha has no value; it could be derived from late.json, and was not")
    assert told({"one.json": {**ONE, "git_sha": 0}}) == []
    both = told({"one.json": {"git_sha": "s"}})
    assert both[1].startswith("one.json: platform_run_id has no value; it could be derived from bundle_manifest.json, ")
    twice = told({"one.json": {**ONE, "git_sha": empty}, "a/one.json": {**ONE, "git_sha": empty}})
    assert twice[1:] == ["a/one.json: git_sha has no value", "one.json: git_sha has no value"]


def test_missing_objects_are_told_those_that_must_be_there_first() -> None:
    missing = told(without=("late.json", "two.json", "bundle_manifest.json"))
    assert missing == ["two.json: missing", "late.json: missing", "bundle_manifest.json: missing"]
    assert told(without=("one.json", "late.json")) == ["one.json: missing", "late.json: missing"]
    (derivable,) = told({"late.json": {**TIED, "git_sha": "s"}}, without=("one.json",))
    assert derivable.startswith("one.json: missing; it could be derived from bundle_manifest.json, late.json, and ")


def test_what_a_set_of_each_run_would_need_is_told() -> None:
    other = {"late.json": {"platform_run_id": "run_0"}, "two.json": {**TWO, "platform_run_id": "run_0"}}
    needed = [line for line in lines(other) if line.startswith(NEEDED)]
    assert [line.partition("; and ")[0] for line in needed] == [
        f"{NEEDED}run_0: one.json",
        f"{NEEDED}run_1: two.json",
    ]
    many = replace(
        SMALL, evidence_objects=tuple(EvidenceObject(f"o{n:02}", "m1e", (), mandatory=True) for n in range(14))
    )
    needed = [line for line in faults({"o13.json": json.dumps(TIED).encode()}, many) if line.startswith(NEEDED)]
    names = ", ".join(f"o{number:02}.json" for number in range(12))
    assert needed[0].startswith(f"{NEEDED}run_1: {names} and 1 more; and ")


def test_eight_names_are_told_and_how_many_more_there_are() -> None:
    def untied(count: int) -> str:
        names = [f"o{number}" for number in range(count)]
        contract = replace(SMALL, evidence_objects=tuple(EvidenceObject(name, "m1e", ()) for name in names))
        files = {f"{name}.json": b"{}" for name in names} | {"a/o0.json": b"{}"}
        return faults(files, contract)[0].rpartition(": ")[2]

    eight = ", ".join(f"o{number}.json" for number in range(8))
    assert (untied(8), untied(9)) == (eight, f"{eight} and 1 more")


def test_what_keeps_a_pack_from_being_one_set_comes_first() -> None:
    found = told(
        {
            "late.json": {"platform_run_id": "run_2"},
            "contract.json": b"{",
            "a/two.json": {**TWO, "platform_run_id": ""},
            "three.json": {**TIED, "build_path": "."},
        },
        without=("one.json",),
    )
    kinds = ("platform_run_id: run_1", "platform_run_id: nothing", "two.json: lies", "contract.json: not-json")
    more = (
        "three.json: build_path",
        "a/two.json: platform_run_id has",
        "three.json: build_context_path",
        "one.json: miss",
    )
    assert [line.startswith(kind) for line, kind in zip(found, (*kinds, *more), strict=True)] == [True] * 8


def test_the_objects_that_others_follow_from_are_named_where_they_are_missing() -> None:
    assert missing_sources({}) == ["contract.json: missing", "check_results.json: missing", "run_record.json: missing"]
    assert missing_sources({"a/contract.json": b"", "run_record.json": b""}) == ["check_results.json: missing"]
