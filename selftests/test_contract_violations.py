"""What a schema refuses: the place, and the rule in words; never a value."""

from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract import schemas
from packaging_readiness.contract.load import load_contract

CONTRACT = load_contract("dev_full")[1]
SNAPSHOT: Mapping[str, Any] = {
    "object": "m1a_execution_snapshot",
    "object_version": 1,
    "phase_id": "P(-1)",
    "platform_run_id": "run_1",
    "git_sha": "0f" * 20,
    "written_at_utc": "2026-02-22T19:48:49Z",
    "lane": "M1.A",
    "verdict": "PASS",
    "overall_pass": True,
    "active_blockers": [],
    "outcomes": {"pass": 1},
    "checks": [{"id": "m1a.x.y", "status": "PASS", "dod": 1}],
}


def under(table: str, **changes: Any) -> dict[str, Any]:
    return {table: {**CONTRACT[table], **changes}}


@pytest.mark.parametrize(
    ("changes", "violations"),
    [
        ({}, []),
        ({"rows": 7}, ["rows: is not of type object"]),
        (under("rows", timeout_s=0), ["rows.timeout_s: breaks exclusiveMinimum 0"]),
        (under("rows", timeout_s=3601), ["rows.timeout_s: breaks maximum 3600"]),
        (under("rows", placeholders={"x": "y"}), ['rows.placeholders: breaks pattern "^--"']),
        (under("rows", placeholders={"--x": 1}), ["rows.placeholders.*: is not of type string"]),
        ({"includes": []}, ["includes: breaks minItems 1"]),
        ({"preconditions": [{"id": "a", "title": "t"}]}, ["preconditions[0]: breaks anyOf"]),
        ({"schema": 2}, ["schema: breaks const 1"]),
        (under("documents", plan="/x"), ["documents.plan: is not of shape relative path"]),
        (under("image", base_argument=7), ["image.base_argument: is not of type string or null"]),
        (under("image", repository_handles=["a", [1]]), ["image.repository_handles[1]: is not of type string"]),
        (
            under("closure", build_driver="x", made_up=1),
            [
                'closure.build_driver: breaks enum ["github_actions", "local_engine"]',
                "closure: has a key that is not allowed",
            ],
        ),
        (
            {"deferrals": [{"id": "a"}, {}]},
            ["deferrals[0]: lacks until, reason", "deferrals[1]: lacks id, until, reason"],
        ),
    ],
)
def test_contract_is_refused_at_its_place(changes: Mapping[str, Any], violations: list[str]) -> None:
    assert schemas.violations("contract", {**CONTRACT, **changes}) == violations


@pytest.mark.parametrize(
    ("changes", "violations"),
    [
        ({}, []),
        ({"object_version": 2}, ["object_version: is not of shape object version"]),
        ({"verdict": "NO"}, ["verdict: is not of shape verdict"]),
        ({"git_sha": "0f"}, ["git_sha: is not of shape git_sha"]),
        ({"overall_pass": 1}, ["overall_pass: is not of type boolean"]),
        ({"outcomes": {"pass": 0}}, ["outcomes.pass: breaks minimum 1"]),
        (
            {"checks": [{"id": "m1a.x.y", "status": "X"}]},
            ["checks[0].status: is not of shape status", "checks[0]: lacks dod"],
        ),
        ({"active_blockers": ["none", "B"]}, ["active_blockers[1]: is not of shape blocker"]),
    ],
)
def test_object_is_refused_at_its_place(changes: Mapping[str, Any], violations: list[str]) -> None:
    assert schemas.violations("m1a_execution_snapshot", {**SNAPSHOT, **changes}) == violations


@pytest.mark.parametrize(
    ("value", "violations"),
    [
        ({}, []),
        ([], ["top level: is not of type object"]),
        ({"hunter2": 1}, ["top level: has a key that is not allowed"]),
        ({"untaken_files": -1}, ["untaken_files: is not of shape count"]),
        ({"untaken_files": 2**53}, ["untaken_files: is not of shape count"]),
        ({"digest": 7}, ["digest: breaks anyOf"]),
        ({"digest": "7"}, ["digest: is not of shape digest"]),
        ({"digest": ["x", None, [7], ["x"]]}, [
            "digest[0]: is not of shape digest",
            "digest[2][0]: breaks anyOf",
            "digest[3][0]: is not of shape digest",
        ]),
        ({"digest": {"a": 1}}, ["digest: breaks anyOf"]),
        ({"findings": [{"line": -1}]}, ["findings[0].line: is not of shape count"]),
        ({"findings": [{"hunter2": {"path": 1}}, 3]}, [
            "findings[0]: has a key that is not allowed",
            "findings[1]: breaks anyOf",
        ]),
    ],
)  # fmt: skip
def test_observation_is_refused_by_the_form_that_was_meant(value: Any, violations: list[str]) -> None:
    assert schemas.violations("observation", value) == violations


def test_wrong_part_of_an_object_that_may_be_absent_is_named() -> None:
    value = {"image": {"digest": "sha256:" + "2f" * 32, "hardening": 7}}
    first, second = schemas.violations("image_contract_manifest", value)
    assert first == "image.hardening: is not of type array"
    assert second.startswith("top level: lacks object, ")


def test_extension_is_not_called_like_a_packaged_contract() -> None:
    value = {"schema": 1, "name": "dev_full", "extends": "dev_full"}
    assert schemas.violations("contract_extension", value) == ["name: breaks not"]


def test_keys_that_only_a_list_of_forms_names_are_known() -> None:
    """No packaged schema has such a key today."""
    forms = {"anyOf": [{"properties": {"a": {}}}, {"items": [{"properties": {"b": {"properties": {"c": {}}}}}]}]}
    assert sorted(schemas._properties(forms)) == ["a", "b", "c"]
    assert list(schemas._properties({"properties": ["a"], "title": "b"})) == []


def test_names_are_those_of_the_files_without_their_ending() -> None:
    names = schemas.names()
    assert names == tuple(sorted(names))
    assert {"contract", "checks", "observation", "sbom.cdx", "shapes"} <= set(names)
    assert schemas.schema("contract")["$id"].endswith("/contract.schema.json")
    for name in ("contract.schema.json", "", "../evidence_fields", "nothing"):
        with pytest.raises(KeyError):
            schemas.schema(name)
