"""`verify`: what it reads, what it tells people and machines, and that its documents are complete."""

import copy
import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract import schemas
from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.evidence.json_faults import Fault, canonical_fault, parse
from packaging_readiness.evidence.problems import CODES
from packaging_readiness.evidence.rules_time import time_fault
from packaging_readiness.evidence.schema_check import schema_violations
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.store_folder import read_folder
from packaging_readiness.evidence.verify import verify, verify_found
from selftests import synthetic
from selftests.evidence_recipes import BUNDLE, pack, reseal, written
from selftests.main_job import SUITE, command
from selftests.plain_data import at, changed, few, kinds_of_place, without

SOURCES = sorted((SUITE / "src" / "packaging_readiness" / "evidence").glob("*.py"))
OBJECTS = {name.removesuffix(".json"): json.loads(data) for name, data in pack("good").items()}


def codes(files: dict[str, bytes]) -> set[str]:
    return {problem.code for problem in verify_found(Found((), files, ())).problems}


def test_text_names_the_contract_and_what_is_not_proved(tmp_path: Path) -> None:
    written(pack("good"), tmp_path)
    ran = command("verify", tmp_path)
    digest = json.loads(pack("good")["check_results.json"])["run"]["contract_digest"]
    assert ran.status == 0
    assert f"contract: dev_full ({digest})" in ran.stdout
    assert "unsigned: proves coherence only" in ran.stdout
    assert "coherent; verdict PASS" in ran.stdout


def test_failed_verdict_is_told_with_its_blockers(tmp_path: Path) -> None:
    written(pack("failed"), tmp_path)
    ran = command("verify", tmp_path, "--json")
    outcome = json.loads(ran.stdout)
    assert (ran.status, outcome["coherent"], outcome["verdict"]) == (1, True, "FAIL")
    assert "M1C-B5" in outcome["active_blockers"]
    assert outcome["not_held"]["m1c.push.role-permission"] == "fail"
    assert "active blockers: M1-B3" in command("verify", tmp_path).stdout


def test_demanded_contract_must_be_the_one(tmp_path: Path) -> None:
    written(pack("good"), tmp_path)
    assert command("verify", tmp_path, "--contract", "dev_full").status == 0
    other = SUITE / "fixtures" / "reference_platform" / "packaging-readiness.yaml"
    ran = command("verify", tmp_path, "--contract", other, "--json")
    assert (ran.status, [p["code"] for p in json.loads(ran.stdout)["problems"]]) == (1, ["contract-not-pinned"])


@pytest.mark.parametrize("arguments", [(), ("nowhere",), ("s3://",)])
def test_nothing_to_look_at_is_no_verdict(arguments: tuple[str, ...]) -> None:
    ran = command("verify", *arguments)
    assert (ran.status, ran.stdout, "fix: " in ran.stderr or "is no location" in ran.stderr) == (2, "", True)


def test_several_bundles_are_not_chosen_from(tmp_path: Path) -> None:
    written(pack("good"), tmp_path)
    (tmp_path / "evidence/runs/another_run/P(-1)").mkdir(parents=True)
    (tmp_path / "evidence/runs/another_run/P(-1)/bundle_manifest.json").write_bytes(b"{}")
    ran = command("verify", tmp_path)
    assert (ran.status, "holds several bundles" in ran.stderr) == (2, True)


def test_claim_of_this_very_bundle_may_lie_beside_it(tmp_path: Path) -> None:
    from packaging_readiness.evidence.claim import claim_for

    files = dict(pack("good"))
    files["bundle_claim.json"] = claim_for(files["bundle_manifest.json"], OBJECTS["bundle_manifest"])
    written(files, tmp_path)
    assert verify(tmp_path).problems == ()


def test_socket_is_no_object_and_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(pack("good"), tmp_path)
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("extra.json")
        assert "special-file" in {problem.code for problem in verify(folder).problems}


def test_unreadable_object_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(pack("good"), tmp_path)
    opened = os.open

    def refusing(path: Any, *rest: Any) -> int:
        if str(path).endswith("contract.json"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", refusing)
    problems = {(problem.code, problem.name) for problem in verify(folder).problems}
    assert ("unreadable", "contract.json") in problems


def test_too_many_entries_and_too_many_bytes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(pack("good"), tmp_path)
    monkeypatch.setattr("packaging_readiness.evidence.store_folder.TOTAL_LIMIT", 100_000)
    assert "oversize" in {problem.code for problem in read_folder(folder).problems}
    monkeypatch.setattr("packaging_readiness.evidence.store_folder._ENTRIES_LIMIT", 3)
    assert ("oversize", "P(-1)") in {(problem.code, problem.name) for problem in read_folder(folder).problems}


def test_results_that_contradict_each_other_otherwise_are_told() -> None:
    """What the reader of results refuses without a rule of its own here still has a code."""
    results = copy.deepcopy(OBJECTS["check_results"])
    del results["run"]["aws"]
    files = {**pack("good"), "check_results.json": canonical_json(results)}
    reseal(files)
    assert "results-malformed" in codes(files)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_object_that_is_gone_is_named_whatever_else(name: str) -> None:
    files = dict(pack("good"))
    del files[f"{name}.json"]
    problems = verify_found(Found((), files, ())).problems
    assert f"{name}.json" in {problem.name for problem in problems}
    assert {problem.code for problem in problems} <= {"object-missing", "manifest-missing"}


def test_failed_and_incomplete_runs_are_coherent() -> None:
    """Rules about what is said never accuse an honest run, whichever of its rows failed."""
    report = synthetic.good_report()
    for row_id in synthetic.row_ids(report)[::23]:
        for spoiled in (
            synthetic.fail_row(report, row_id),
            synthetic.error_row(report, row_id),
            synthetic.drop_row(report, row_id),
        ):
            found = verify_found(Found((), synthetic.bundle(spoiled), ()))
            assert (found.problems, found.verdict) == ((), "FAIL"), row_id
    for whole in (synthetic.fail_every_row(report), synthetic.error_every_row(report), synthetic.empty_report()):
        assert verify_found(Found((), synthetic.bundle(whole), ())).problems == ()


def test_codes_are_listed_by_command_and_document() -> None:
    ran = command("verify", "--codes")
    listed = dict(line.strip().split(None, 1) for line in ran.stdout.splitlines() if line.startswith("  "))
    assert (ran.status, listed) == (0, CODES)
    assert json.loads(command("verify", "--codes", "--json").stdout) == CODES
    text = (SUITE / "docs" / "verify.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", text, re.MULTILINE)) == CODES


def test_every_code_in_use_is_in_the_table() -> None:
    used = set()
    for path in SOURCES:
        used |= set(re.findall(r'(?:Problem|Fault)\(\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert used
    assert used <= CODES.keys()


GOOD_TIMES = ["2026-02-22T19:48:49Z", "2024-02-29T00:00:00Z"]
BAD_TIMES = {
    "2026-02-22T19:48:49": "time-naive",
    "2026-02-22": "time-naive",
    "2026-02-22 19:48": "time-naive",
    "2026-02-22T19:48:49+00:00": "time-not-utc",
    "2026-02-22T19:48:49.5Z": "time-not-utc",
    "2026-02-22t19:48:49z": "time-not-utc",
    "2026-02-30T19:48:49Z": "time-malformed",
    "2026-02-22T24:00:01Z": "time-malformed",
    "2026-02-22T19:48:60Z": "time-malformed",
    "yesterday": "time-malformed",
    "": "time-malformed",
}


@pytest.mark.parametrize("text", GOOD_TIMES)
def test_time_in_utc_holds(text: str) -> None:
    assert time_fault(text) is None


@pytest.mark.parametrize("text", BAD_TIMES)
def test_time_of_another_form_has_its_code(text: str) -> None:
    assert time_fault(text) == BAD_TIMES[text]


def parsed(data: bytes) -> dict[str, Any] | None:
    """The mapping in `data`, or None when it was refused with a code of the table."""
    try:
        return parse(data)
    except Fault as fault:
        if fault.code not in CODES:
            raise
        return None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_canonical_form_is_that_of_the_specification(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value) + b"\n"


@pytest.mark.parametrize("value", [float("nan"), {"x": float("inf")}, 2**53, "\ud800", {"\udfff": 1}, object()])
def test_canonical_form_refuses_what_the_specification_refuses(value: Any) -> None:
    with pytest.raises(InputRefused):
        canonical_json(value)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
@settings(max_examples=150, deadline=None)
def test_canonical_objects_have_no_fault(value: dict[str, Any]) -> None:
    data = canonical_json(value)
    assert parse(data) == value
    assert canonical_fault(parse(data), data) is None


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.data())
@settings(max_examples=150, deadline=None)
def test_bytes_that_are_not_canonical_are_never_taken_for_it(value: dict[str, Any], data: Any) -> None:
    form = canonical_json(value)
    index = data.draw(st.integers(0, len(form) - 1))
    touched = form[:index] + bytes([data.draw(st.integers(0, 255))]) + form[index:]
    read = parsed(touched)
    assert read is None or canonical_fault(read, touched) is not None or canonical_json(read) == touched


@given(st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_a_fault_of_the_table_or_are_a_mapping(data: bytes) -> None:
    assert isinstance(parsed(data), dict | None)


OTHERS: list[Any] = [None, True, 1, 1.5, "", "two words\n", [], {}, "sha256:" + "0" * 64]


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_quick_schema_check_agrees_with_the_full_validator(name: str) -> None:
    """It answers for a kind of place in each object: with other values there, and without it."""
    value = few(OBJECTS[name])
    assert schema_violations(name, OBJECTS[name]) == []
    assert bool(schema_violations(name, value)) == bool(schemas.violations(name, value))
    for number, path in enumerate(kinds_of_place(value)[1:40]):
        spoiled = [changed(value, path, other) for other in OTHERS[number % 3 :: 3]]
        if isinstance(at(value, path[:-1]), dict):
            spoiled.append(without(value, path))
        for content in spoiled:
            assert bool(schema_violations(name, content)) == bool(schemas.violations(name, content)), path


def test_folder_of_the_bundle_itself_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(pack("good"), tmp_path)
    monkeypatch.chdir(folder)
    assert verify(Path()).problems == ()
    assert folder == tmp_path / BUNDLE
