"""Every object of a bundle keeps to its schema, in a bundle that passed and in bundles that failed in any way."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract import schemas
from packaging_readiness.contract.load import contract_digest, load_contract
from selftests import synthetic
from selftests.plain_data import Path, at, changed, few, kinds_of_place, names_in, without

CONTRACT, CONTRACT_DATA = load_contract("dev_full")
GOOD: Mapping[str, Any] = synthetic.objects(synthetic.good_report())
OBJECTS = sorted(GOOD)
ROWS = synthetic.row_ids(synthetic.good_report())
PARTS = {"checks", "contract_extension", "contract_parts", "execution_snapshot", "observation", "parts", "shapes"}
PARTS |= {"statement"}
# What a statement leaves out where it is not known, because the formats have no null.
LEFT_OUT = {"tag", "workflow", "actor", "engine", "engineVersion", "factsSource", "finishedOn", "sha256", "gitCommit"}
# Facts of the whole run that may be unknown although every check held.
UNKNOWN_TO_THE_RUN = {"git_ref": None, "workflow_run_id": None, "workflow_run_url": None}
# Below the top level: a program that was killed has no exit code, a blocker that is not active no evidence, and so on.
MAY_BE_NULL_BELOW = {
    *(("rows", "exit_code"), ("required_arguments", "exit_code"), ("learning_modules", "module_path")),
    *(("optional_arguments", "exit_code"), ("unknown_arguments", "exit_code")),
    *(("image", "base"), ("image", "base_digest"), ("image", "source")),
    *(("findings_summary", "scanned_files"), ("runtime_materialization", "deferred_until")),
    *(("blockers", "detected_at_utc"), ("blockers", "evidence_ref"), ("blockers", "resolution_action")),
    *(("results", "blocker"), ("results", "deferral")),
    *(("run", field) for field in UNKNOWN_TO_THE_RUN),
}
# Mappings whose keys the contract chooses.
FREE = {("contract", "handles"), ("contract", "permissions"), ("contract", "event")}
SECRET = "AKIAhunter2hunter2"


def invalid(objects: Mapping[str, Any]) -> dict[str, list[str]]:
    """Violations by object, for objects that have any."""
    found = {name: schemas.violations(name, value) for name, value in objects.items()}
    return {name: problems for name, problems in found.items() if problems}


FEW: Mapping[str, Any] = few(dict(GOOD))


def unobserved() -> dict[str, Any]:
    """A report that knows nothing: no row, no branch, no managed run, no deferral in its contract."""
    report = synthetic.empty_report()
    data = {**CONTRACT_DATA, "name": "bare", "extends": "dev_full", "deferrals": []}
    report["readiness"]["contract"] = data
    report["readiness"]["identity"] |= {**UNKNOWN_TO_THE_RUN, "contract_digest": contract_digest(data)}
    return report


def test_synthetic_run_passes() -> None:
    assert synthetic.adjudicated(synthetic.good_report()).passed


def test_there_is_a_schema_for_every_object_and_none_too_many() -> None:
    assert set(OBJECTS) == {row.id for row in CONTRACT.evidence_objects} | {"bundle_manifest"}
    assert set(schemas.names()) == set(OBJECTS) | PARTS


@pytest.mark.parametrize("name", OBJECTS)
def test_object_of_a_passed_run_is_valid(name: str) -> None:
    assert schemas.violations(name, GOOD[name]) == []


def test_objects_of_a_run_without_results_are_valid() -> None:
    assert invalid(synthetic.objects(synthetic.empty_report())) == {}
    assert invalid(synthetic.objects(unobserved())) == {}


@pytest.mark.parametrize("spoil", [synthetic.fail_every_row, synthetic.error_every_row])
def test_objects_of_a_run_that_failed_everywhere_are_valid(spoil: Any) -> None:
    objects = synthetic.objects(spoil(synthetic.good_report()))
    assert objects["check_results"]["verdict"] == "FAIL"
    assert invalid(objects) == {}


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["fail", "error", "drop"]), st.sampled_from(ROWS)), min_size=1, max_size=4))
def test_objects_of_a_run_with_any_rows_spoiled_are_valid(spoiled: list[tuple[str, str]]) -> None:
    report = synthetic.good_report()
    by_row = {row_id: how for how, row_id in spoiled}
    for row_id, how in by_row.items():
        spoil = {"fail": synthetic.fail_row, "error": synthetic.error_row, "drop": synthetic.drop_row}[how]
        report = spoil(report, row_id)
    objects = synthetic.objects(report)
    assert objects["check_results"]["verdict"] == "FAIL"
    assert invalid(objects) == {}


def test_notes_of_any_row_have_their_schema() -> None:
    report = synthetic.good_report()
    for test in report["tests"]:
        test["metadata"]["readiness"]["notes"] = ["x" * 600]
    objects = synthetic.objects(report)
    assert objects["m1b_entrypoint_validation"]["rows"][0]["notes"] == ["x" * 600]
    assert invalid(objects) == {}


def test_findings_waivers_and_acceptances_have_their_schema() -> None:
    finding = {
        "path": "config/a.zip!b.env",
        "line": 3,
        "rule": "aws-access-key",
        "kind": "aws",
        "layer": "policy",
        "fingerprint": "0a" * 8,
    }
    report = synthetic.fail_row(synthetic.good_report(), "m1d.context.scan", "secret-in-context")
    report = synthetic.observe(report, "m1d.context.scan", findings=[finding])
    report = synthetic.fail_row(report, "m1a.advisory.base-pinned", "base-not-pinned")
    waiver = {"check": "m1a.advisory.base-pinned", "owner": "me", "reason": "until then", "expires": "2026-03-31"}
    accepted = {"blocker": "M1D-B1", "owner": "me", "reason": "known"}
    report["readiness"]["identity"]["carried"] = {"waivers": [waiver], "acceptances": [accepted]}
    objects = synthetic.objects(report)
    register = objects["m1_closure_blocker_register"]
    assert (register["waivers"], register["acceptances"][0]["blocker_id"]) == ([waiver], "M1D-B1")
    assert objects["build_context_secret_scan"]["findings"] == [finding]
    assert invalid(objects) == {}


@pytest.mark.parametrize("name", [name for name in OBJECTS if name != "contract"])
def test_every_field_is_required(name: str) -> None:
    for path in kinds_of_place(FEW[name]):
        if path and isinstance(path[-1], str) and not optional(path, at(FEW[name], path[:-1])):
            place = shown(path[:-1]) or "top level"
            assert schemas.violations(name, without(FEW[name], path)) == [f"{place}: lacks {path[-1]}"]


def optional(path: Path, parent: Mapping[str, Any]) -> bool:
    """Whether a key may be absent: a row that failed observed less, an engine may have no version, and so on."""
    if "observation" in path[:-1] or {"outcomes", "durations_s", "measured"} & set(path[:-1]):
        return True
    if path[-2:-1] == ("image",):
        return path[-1] != "digest"
    if path[0] == "predicate" or path[-2:-1] == ("digest",):
        return path[-1] in LEFT_OUT
    if {"status", "reason_code"} <= parent.keys():
        return path[-1] not in ("id", "status", "reason_code")
    return path[-1] == "engine_version"


def shown(path: Path) -> str:
    """A place as messages name it."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


@pytest.mark.parametrize("entry", CONTRACT.evidence_objects, ids=lambda entry: entry.id)
def test_minimum_fields_of_the_contract_are_in_the_object(entry: Any) -> None:
    assert set(entry.fields) <= set(GOOD[entry.id])


def test_blocker_entry_has_the_fields_that_the_plan_names() -> None:
    named = [
        "blocker_id",
        "severity",
        "owner_lane",
        "detected_at_utc",
        "evidence_ref",
        "resolution_action",
        "resolution_status",
    ]
    for field in named:
        register = copy.deepcopy(GOOD["m1_closure_blocker_register"])
        del register["blockers"][7][field]
        assert schemas.violations("m1_closure_blocker_register", register) == [f"blockers[7]: lacks {field}"]


@pytest.mark.parametrize("name", OBJECTS)
def test_null_stands_exactly_where_a_fact_may_be_unknown(name: str) -> None:
    produced = {field for field, value in synthetic.objects(unobserved()).get(name, {}).items() if value is None}
    produced |= {"extends"} if name == "contract" else set()
    allowed = {field for field in GOOD[name] if not schemas.violations(name, changed(FEW[name], (field,), None))}
    assert allowed == produced


@pytest.mark.parametrize("name", [name for name in OBJECTS if name != "contract"])
def test_null_stands_nowhere_else_below_the_top(name: str) -> None:
    for path in kinds_of_place(FEW[name]):
        if len(path) > 1:
            allowed = names_in(path)[-2:] in MAY_BE_NULL_BELOW and isinstance(path[-1], str)
            problems = schemas.violations(name, changed(FEW[name], path, None))
            assert (problems == []) == (allowed or "observation" in path[:-1]), path


@pytest.mark.parametrize("name", OBJECTS)
def test_unknown_field_is_refused_at_the_top(name: str) -> None:
    assert schemas.violations(name, {**FEW[name], SECRET: 1}) == ["top level: has a key that is not allowed"]


@pytest.mark.parametrize("name", [name for name in OBJECTS if name != "contract"])
def test_object_of_another_name_or_version_is_refused(name: str) -> None:
    assert schemas.violations(name, changed(FEW[name], ("object",), "other"))
    assert schemas.violations(name, changed(FEW[name], ("object_version",), 2))


@pytest.mark.parametrize("name", OBJECTS)
def test_unknown_key_is_refused_wherever_keys_are_fixed(name: str) -> None:
    for path in kinds_of_place(FEW[name]):
        if isinstance(at(FEW[name], path), dict):
            content = copy.deepcopy(FEW[name])
            at(content, path)[f"x {SECRET}"] = "x"
            messages = schemas.violations(name, content)
            assert (messages == []) == ((name, *names_in(path)[-1:]) in FREE), path
            assert SECRET not in json.dumps(messages)


@pytest.mark.parametrize("wrong", [{SECRET: SECRET}, f"{SECRET}\x00", f"/{SECRET}\x00", -1.5], ids=repr)
@pytest.mark.parametrize("name", [name for name in OBJECTS if name != "contract"])
def test_value_of_another_kind_is_refused_and_never_shown(name: str, wrong: Any) -> None:
    for path in kinds_of_place(FEW[name]):
        number = isinstance(wrong, float) and "measured" in path
        free_text = isinstance(wrong, str) and "arguments" in path[:-1]
        if not isinstance(at(FEW[name], path), dict | list) and not number and not free_text:
            messages = schemas.violations(name, changed(FEW[name], path, wrong))
            assert messages, path
            assert SECRET not in json.dumps(messages)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("packaging_provenance", ("image_digest",), "sha256:" + "2F" * 32),
        ("packaging_provenance", ("image_digest",), "sha256:" + "2f" * 32 + "\n"),
        ("packaging_provenance", ("registry_authority",), "docker"),
        ("packaging_provenance", ("build_completed_at_utc",), "2026-02-22 19:40"),
        ("packaging_provenance", ("dockerfile_path",), "/srv/Dockerfile"),
        ("packaging_provenance", ("image", "digest"), None),
        ("image_digest_manifest", ("manifest_bytes",), -1),
        ("image_digest_manifest", ("oci_digest_algo",), "sha1"),
        ("m1b_entrypoint_validation", ("overall",), "DEFERRED"),
        ("m1b_entrypoint_validation", ("rows", 0, "status"), "pass"),
        ("security_secret_injection_checks", ("blocker_codes",), []),
        ("security_secret_injection_checks", ("blocker_codes",), ["M1D-B9x"]),
        ("m1_closure_blocker_register", ("severity_counts", "S1"), "0"),
        ("m1_build_go_transition_receipt", ("user_confirmation",), "confirmed"),
        ("m1_handoff_readiness_snapshot", ("m1_subphase_status", "A"), "DONE"),
        ("m1_handoff_readiness_snapshot", ("m2_entry_gate_ready",), "true"),
        ("m1a_execution_snapshot", ("lane",), "M1.B"),
        ("m1a_execution_snapshot", ("outcomes",), {"passed": 1}),
        ("secret_source_contract_receipt", ("required_secret_path_handles", 0, "secret_path"), "/a/b=value"),
        ("check_results", ("results", 0, "outcome"), "skipped"),
        ("check_results", ("results", 0, "observation"), {"password": "x"}),
        ("check_results", ("run", "aws"), "moto"),
        ("run_record", ("durations_s",), {"not a check": 0.1}),
        ("run_record", ("reports",), []),
        ("bundle_manifest", ("objects", 0, "name"), "../a.json"),
    ],
)
def test_wrong_value_is_refused_at_its_place(name: str, path: Path, value: Any) -> None:
    (message,) = schemas.violations(name, changed(FEW[name], path, value))
    assert message.startswith(shown(path))
