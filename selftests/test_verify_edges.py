"""`verify` step by step on a bundle of few rows: one thing changed, and exactly what is told of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.load import contract_digest
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.verify import Verification, refuse_incoherent, verify_found
from selftests.evidence_recipes import derive, key_files, reseal
from selftests.stored_facts import told
from selftests.test_verify_flips import small_bundle, small_contract

CONTRACT, RESULTS, RECORD = "contract.json", "check_results.json", "run_record.json"
MANIFEST, CLAIM = "bundle_manifest.json", "bundle_claim.json"
PUSH, ADVISORY, CLEAN = "m1c.push.role-permission", "m1a.advisory.base-pinned", "m1c.provenance.clean-tree"
Edit = Callable[[Any], Any]


def verified(files: Any = None, **more: Any) -> Verification:
    return verify_found(Found((), small_bundle() if files is None else files, ()), **more)


def edited(edit: Edit, name: str = RESULTS, *, seal: bool = True) -> dict[str, bytes]:
    files = dict(small_bundle())
    content = json.loads(files[name])
    edit(content)
    files[name] = canonical_json(content)
    if seal:
        reseal(files)
    return files


def row(content: Any, row_id: str) -> Any:
    return next(entry for entry in content["results"] if entry["id"] == row_id)


def waived_by(**other: str) -> Edit:
    waiver = {"check": ADVISORY, "owner": "me", "reason": "x", "expires": "2026-03-31", **other}
    return lambda content: content["run"]["carried"]["waivers"].append(waiver)


def test_a_whole_bundle_is_told_with_all_that_it_says() -> None:
    found = verify_found(Found(("runs", "run_1", "P(-1)"), small_bundle(), ()))
    assert [code for code, _ in told(found.problems)] == ["run-id-differs"]
    found = verified()
    assert (found.folder, found.problems, found.verdict, found.platform_run_id) == (
        "",
        (),
        "PASS",
        "platform_20260222T194849Z",
    )
    assert (found.objects, found.signed, found.active_blockers) == (len(small_bundle()), "unsigned", ())
    assert (found.contract, found.coherent) == (("small", contract_digest(small_contract())), True)
    assert found.not_held == {}
    assert len(found.notes) == 1


def test_a_run_that_failed_is_told_with_its_blockers() -> None:
    files = edited(lambda content: row(content, PUSH).update(outcome="fail", reason="made-to-fail", found=["x"]))
    derive(files)
    reseal(files)
    found = verified(files)
    assert (found.problems, found.verdict) == ((), "FAIL")
    assert found.not_held is not None
    assert found.not_held[PUSH] == "fail"
    assert "M1C-B5" in found.active_blockers
    assert set(found.active_blockers) < {f"M1{lane}-B{number}" for lane in ("", *"ABCDE") for number in range(1, 9)}
    assert ADVISORY not in found.not_held


def test_where_nothing_lies_nothing_is_known() -> None:
    problem = Problem("folder-inside", "x", "is a folder")
    found = verify_found(Found(("a", "b"), {}, (problem, problem)))
    assert told(found.problems) == [
        ("folder-inside", "x"),
        ("manifest-missing", MANIFEST),
        ("object-missing", CONTRACT),
        ("object-missing", RESULTS),
        ("object-missing", RECORD),
    ]
    assert (found.folder, found.verdict, found.platform_run_id, found.objects) == ("b", None, None, 0)
    assert (found.contract, found.active_blockers, found.not_held, found.coherent) == (None, (), None, False)


def test_what_is_not_coherent_is_refused_with_the_first_problem_and_how_many_more() -> None:
    refuse_incoherent(small_bundle(), "mend it")
    for files, words in (
        ({**small_bundle(), CLAIM: b"{"}, ["not-json: bundle_claim.json"]),
        ({}, ["manifest-missing: bundle_manifest.json", "and 3 more"]),
        ({**small_bundle(), CLAIM: b"{", "a.dsse.json": b"{"}, ["not-json: bundle_claim.json", "and 1 more"]),
    ):
        with pytest.raises(InputRefused) as refused:
            refuse_incoherent(files, "mend it")
        assert refused.value.cure == "mend it"
        assert [word in refused.value.cause for word in words] == [True] * len(words)
        assert ("more" in refused.value.cause) == (len(words) > 1)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda content: row(content, PUSH).update(outcome="x"), {"outcome-unknown", "pass-with-open-blocker"}),
        (lambda content: row(content, PUSH).update(id="m1c.x"), {"check-unknown", "check-missing"}),
        (waived_by(owner=""), {"waiver-owner-missing"}),
        (waived_by(expires="soon"), {"waiver-malformed"}),
        (lambda content: content.update(image=None), {"image-missing"}),
        (lambda content: content["run"].update(written_at_utc="2026-02-22"), {"time-naive"}),
        (lambda content: content["run"].update(dirty=True), {"tree-dirty"}),
        (lambda content: row(content, CLEAN)["observation"].update(git_sha="0" * 40), {"git-sha-differs"}),
        (lambda content: content["run"].update(suite_version=5), {"results-malformed"}),
        (lambda content: content["image"].update(more=1), {"results-malformed"}),
        (lambda content: content.update(object="x"), {"results-malformed"}),
        (lambda content: content["run"].update(aws="off"), {"authority-differs", "results-malformed"}),
    ],
    ids=["outcome", "row", "owner", "expiry", "image", "time", "dirty", "commit", "type", "field", "object", "aws"],
)
def test_results_that_cannot_be_taken_in_are_told_by_their_own_code(edit: Edit, expected: set[str]) -> None:
    """Where a rule says what is wrong, the reader's refusal is not told once more."""
    found = verified(edited(edit))
    assert {code for code, _ in told(found.problems)} == expected
    assert (found.verdict, found.not_held, found.platform_run_id) == (None, None, None)


def test_the_verdict_is_derived_again_and_not_read() -> None:
    found = verified(edited(lambda content: content.update(verdict="FAIL")))
    assert (found.verdict, told(found.problems)) == ("PASS", [("verdict-edited", RESULTS)])


@pytest.mark.parametrize("name", [CONTRACT, RESULTS, RECORD])
def test_a_source_that_is_gone_or_broken_is_told(name: str) -> None:
    files = {key: value for key, value in small_bundle().items() if key != name}
    reseal(files)
    assert ("object-missing", name) in told(verified(files).problems)
    files[name] = b"{"
    reseal(files)
    found = verified(files)
    assert ("not-json", name) in told(found.problems)
    assert ("object-missing", name) not in told(found.problems)
    assert (found.verdict is None) == (name != RECORD)
    assert (found.contract is None) == (name == CONTRACT)


def packaged(content: Any) -> None:
    content.update(name="dev_full", extends=None)


def test_the_contract_is_the_one_that_its_name_and_the_caller_say() -> None:
    files = edited(packaged, CONTRACT)
    files.pop(RESULTS)
    assert ("contract-not-packaged", CONTRACT) in told(verified(files).problems)
    assert "contract-not-pinned" not in dict(told(verified(files).problems))
    assert ("contract-not-pinned", CONTRACT) in told(verified(contract="dev_full").problems)


def test_the_contract_a_file_pins_is_the_one(tmp_path: Path) -> None:
    pinned = tmp_path / "own.json"
    pinned.write_bytes(small_bundle()[CONTRACT])
    assert verified(contract=str(pinned)).problems == ()


def test_a_contract_that_is_none_is_told_and_nothing_is_derived() -> None:
    found = verified(edited(lambda content: content.pop("includes"), CONTRACT))
    assert ("contract-malformed", CONTRACT) in told(found.problems)
    assert (found.contract, found.verdict) == (None, None)


def test_the_contract_is_the_one_that_the_results_name() -> None:
    found = verified(edited(lambda content: content["run"].update(contract_digest="sha256:" + "0" * 64)))
    assert ("contract-differs", CONTRACT) in told(found.problems)


def test_signatures_are_told_apart(tmp_path: Path) -> None:
    from packaging_readiness.evidence.dsse import sign
    from packaging_readiness.evidence.keys import read_private_key

    keys = key_files(tmp_path)
    signed = {**small_bundle(), **sign(small_bundle(), read_private_key(keys["own"]))}
    assert (verified(signed).signed, len(verified(signed).notes)) == ("not checked", 1)
    found = verified(signed, trusted_keys=[keys["own.pub"]])
    assert (found.signed, found.problems, found.notes) == ("verified", (), ())
    found = verified(signed, trusted_keys=[keys["other.pub"]])
    assert (found.signed, {code for code, _ in told(found.problems)}) == ("refused", {"signature-untrusted"})
    found = verified(trusted_keys=[keys["own.pub"]])
    assert (found.signed, {code for code, _ in told(found.problems)}) == ("refused", {"signature-missing"})


def test_a_code_a_place_and_a_cause_make_a_problem() -> None:
    assert str(Problem("empty", "a.json", "has no bytes")) == "empty: a.json: has no bytes"
