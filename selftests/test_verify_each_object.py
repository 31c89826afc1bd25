"""`verify` on a bundle of few rows of which one object is another: what is told of it, and nothing else."""

import json
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.verify import Verification, verify_found
from selftests.evidence_recipes import derive, reseal
from selftests.stored_facts import told
from selftests.test_verify_edges import CLAIM, CONTRACT, MANIFEST, RECORD, RESULTS, edited
from selftests.test_verify_flips import small_bundle

PROVENANCE = "packaging_provenance.json"


def verified(files: dict[str, bytes]) -> Verification:
    return verify_found(Found((), files, ()))


def with_object(name: str, data: bytes | None) -> list[tuple[str, str]]:
    """What is told where one object has other bytes or, for None, is not there."""
    files = {key: value for key, value in small_bundle().items() if key != name}
    if data is not None:
        files[name] = data
    reseal(files)
    return told(verified(files).problems)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (PROVENANCE, b"{", "not-json"),
        (PROVENANCE, None, "object-missing"),
        ("sbom.cdx.json", None, "object-missing"),
        ("more.json", b"{}\n", "object-unexpected"),
        ("more.json", b"{", "object-unexpected"),
    ],
)
def test_each_object_is_the_one_that_follows(name: str, data: bytes | None, expected: str) -> None:
    assert with_object(name, data) == [(expected, name)]


def test_an_edited_object_is_told_by_its_fact_and_its_schema() -> None:
    edit = edited(lambda content: content.update(image_tag=5), PROVENANCE)
    assert told(verified(edit).problems) == [("tag-differs", PROVENANCE), ("schema-violated", PROVENANCE)]


def test_what_follows_from_odd_results_breaks_its_schema_all_the_same() -> None:
    files = edited(lambda content: content["run"].update(suite_digest="x"))
    derive(files)
    reseal(files)
    found = told(verified(files).problems)
    assert {code for code, _ in found} == {"schema-violated"}
    assert RESULTS in {name for _, name in found}


def test_the_record_is_of_the_run_and_keeps_to_its_form_and_schema() -> None:
    other = edited(lambda content: content.update(platform_run_id="another_run"), RECORD)
    assert told(verified(other).problems) == [("run-id-differs", RECORD)]
    more = edited(lambda content: content.update(more=1), RECORD)
    assert told(verified(more).problems) == [("schema-violated", RECORD)]
    assert with_object(RECORD, small_bundle()[RECORD] + b" ") == [("not-canonical", RECORD)]


def test_the_manifest_keeps_to_its_schema() -> None:
    listed = json.loads(small_bundle()[MANIFEST]) | {"object_version": 2}
    found = told(verified({**small_bundle(), MANIFEST: canonical_json(listed)}).problems)
    assert found == [("manifest-malformed", MANIFEST), ("schema-violated", MANIFEST)]


def test_a_contract_under_which_no_inventory_can_be_made_is_malformed() -> None:
    def without_blocker(content: Any) -> None:
        content["blockers"] = [entry for entry in content["blockers"] if entry["id"] != "M1E-B5"]

    found = verified(edited(without_blocker, CONTRACT))
    assert ("contract-malformed", CONTRACT) in told(found.problems)
    assert "M1E-B5" in next(problem.cause for problem in found.problems if problem.code == "contract-malformed")


def test_five_violations_of_one_schema_are_told() -> None:
    def spoil(content: Any) -> None:
        content.update({f"more{number}": 1 for number in range(2)}, reports=5, durations_s=5, measured=5, object=5)
        content.update(object_version=7)

    found = told(verified(edited(spoil, RECORD)).problems)
    assert found.count(("schema-violated", RECORD)) == 5


def test_objects_are_judged_by_themselves_where_nothing_can_be_derived() -> None:
    files = {key: value for key, value in small_bundle().items() if key != CONTRACT}
    files["packaging_provenance.json"] = b"{}\n"
    files["image_contract_manifest.json"] = small_bundle()["image_contract_manifest.json"][:-1]
    files["test_result.json"] = b"{"
    files[RESULTS] = canonical_json({**json.loads(files[RESULTS]), "more": 1})
    files["more.json"] = b"{"
    reseal(files)
    files[CLAIM] = b"{"
    told_of = [each for each in told(verified(files).problems) if each[0] != "object-missing"]
    assert [each for each in told_of if each[1] != "packaging_provenance.json"] == [
        ("not-json", CLAIM),
        ("not-canonical", "image_contract_manifest.json"),
        ("not-json", "test_result.json"),
    ]
    assert {code for code, name in told_of if name == "packaging_provenance.json"} == {"schema-violated"}


def test_a_contract_that_is_malformed_is_not_told_by_its_schema_once_more() -> None:
    found = told(verified(edited(lambda content: content.pop("includes"), CONTRACT)).problems)
    assert [code for code, name in found if name == CONTRACT] == ["contract-malformed"]


@pytest.mark.parametrize("name", [CONTRACT, RESULTS])
def test_a_source_in_another_form_is_told_also_where_nothing_is_derived(name: str) -> None:
    other = RESULTS if name == CONTRACT else CONTRACT
    files = {key: value for key, value in small_bundle().items() if key != other}
    files[name] = files[name] + b"\n"
    reseal(files)
    assert ("not-canonical", name) in told(verified(files).problems)
