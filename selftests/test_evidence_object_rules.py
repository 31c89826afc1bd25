"""An object held against what follows from the results: each edited key has the code of the fact that it is."""

from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.evidence.rules_objects import against_expected
from selftests.stored_facts import told

NAME, RESULTS = "some_object.json", "check_results.json"
DIGEST = "sha256:" + "2f" * 32
NOW = "2026-02-22T19:48:49Z"


def problems(found: Any, expected: Any, name: str = NAME) -> list[tuple[str, str]]:
    return told(against_expected(name, found if isinstance(found, bytes) else canonical_json(found), expected))


def codes(found: Any, expected: Any) -> list[str]:
    return [code for code, _ in problems(found, expected)]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("platform_run_id", "run-id-differs"),
        ("phase_id", "phase-differs"),
        ("git_sha", "git-sha-differs"),
        ("git_ref", "git-sha-differs"),
        ("dirty_tree", "tree-dirty"),
        ("suite_digest", "suite-differs"),
        ("suite_version", "suite-differs"),
        ("contract_digest", "contract-differs"),
        ("contract", "contract-differs"),
        ("image_tag", "tag-differs"),
        ("convenience_tag", "tag-differs"),
        ("registry_digest", "registry-digest-differs"),
        ("recomputed_digest", "registry-digest-differs"),
        ("oci_digest_algo", "digest-algorithm-differs"),
        ("manifest_media_type", "media-type-differs"),
        ("manifest_bytes", "manifest-size-differs"),
        ("ecr_repo_uri", "repository-differs"),
        ("push_role", "role-differs"),
        ("workflow_run_id", "workflow-run-differs"),
        ("workflow_run_url", "workflow-run-differs"),
        ("registry_authority", "authority-differs"),
        ("build_driver", "build-driver-differs"),
        ("user_confirmation", "confirmation-claimed"),
        ("verdict", "verdict-edited"),
        ("overall", "verdict-edited"),
        ("overall_pass", "verdict-edited"),
        ("transition_verdict", "verdict-edited"),
        ("m2_entry_gate_ready", "verdict-edited"),
        ("fail_closed", "verdict-edited"),
        ("m1_subphase_status", "verdict-edited"),
        ("outcomes", "verdict-edited"),
        ("checks", "verdict-edited"),
        ("blockers", "register-edited"),
        ("advisories", "register-edited"),
        ("severity_counts", "register-edited"),
        ("active_blockers", "register-edited"),
        ("blocker_codes", "register-edited"),
        ("acceptances", "register-edited"),
        ("waivers", "register-edited"),
        ("rows", "does-not-follow"),
        ("object", "does-not-follow"),
    ],
)
def test_an_edited_key_has_the_code_of_its_fact(key: str, code: str) -> None:
    assert problems({key: "x"}, {key: "y"}) == [(code, NAME)]
    assert problems({key: "y"}, {key: "y"}) == [("not-canonical", NAME)]  # only asked where the bytes differ


@pytest.mark.parametrize("key", ["image_digest", "oci_digest_value"])
def test_an_edited_digest_has_the_code_of_its_form_first(key: str) -> None:
    assert codes({key: "sha256:" + "3e" * 32}, {key: DIGEST}) == ["image-digest-differs"]
    assert codes({key: DIGEST.upper().replace("SHA", "sha")}, {key: DIGEST}) == ["digest-not-lower-case"]
    assert codes({}, {key: DIGEST}) == ["digest-missing"]


def test_an_edited_time_has_the_code_of_its_form_first() -> None:
    other = "2026-02-22T19:48:50Z"
    assert codes({"written_at_utc": "2026-02-22"}, {"written_at_utc": NOW}) == ["time-naive"]
    assert codes({"written_at_utc": other}, {"written_at_utc": NOW}) == ["written-at-differs"]
    assert codes({"detected_at_utc": other}, {"detected_at_utc": NOW}) == ["does-not-follow"]
    assert codes({"detected_at_utc": "today"}, {"detected_at_utc": NOW}) == ["time-malformed"]


@pytest.mark.parametrize(
    ("found", "expected", "same"),
    [
        (True, 1, False),
        (1, True, False),
        (0, False, False),
        (1, 1.0, True),
        (None, None, True),
        ("a", "b", False),
        ([1, 2], (1, 2), True),
        ([1, 2], [1, 3], False),
        ([1, True], [1, 1], False),
        ([1], [1, 2], False),
        ([1, 2], [1], False),
        ([], {}, False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": [{"b": 1}]}, {"a": [{"b": True}]}, False),
    ],
)
def test_values_are_the_same_as_json_says(found: Any, expected: Any, same: bool) -> None:
    code = "not-canonical" if same else "does-not-follow"
    assert codes({"rows": found}, {"rows": expected}) == [code]


def test_a_key_that_is_not_there_is_one_without_a_value() -> None:
    assert codes(b'{"a":null}\n', {}) == ["not-canonical"]
    assert codes(b"{}\n", {"a": None}) == ["not-canonical"]
    assert codes(b'{"a": 1}\n', {"a": 1}) == ["not-canonical"]
    assert codes(b"{}\n", {"a": 1}) == ["does-not-follow"]
    assert codes(b'{"a":1}\n', {}) == ["does-not-follow"]


def test_bytes_that_are_no_object_have_that_fault_alone() -> None:
    assert problems(b"{", {"verdict": "PASS"}) == [("not-json", NAME)]


def test_all_that_does_not_follow_is_told_in_one_and_the_rest_by_its_codes() -> None:
    found = {"verdict": "x", "b": 1, "a": 1, "git_sha": "x"}
    assert codes(found, {}) == ["git-sha-differs", "verdict-edited", "does-not-follow"]


def named(keys: list[str]) -> str:
    (problem,) = against_expected(NAME, canonical_json(dict.fromkeys(keys, 1)), {})
    return problem.cause.rpartition(": ")[2]


def test_keys_are_named_as_far_as_they_can_be_shown_and_no_more_than_five() -> None:
    assert named(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
    assert named(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d, e and 1 more"
    assert named(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e and 2 more"
    assert named(["k" * 59]) == "k" * 59
    assert named(["k" * 60]) == named(["a\nb"]) == named(["é"]) == "*"


def result(row_id: str = "m1a.x", **other: Any) -> dict[str, Any]:
    return {"id": row_id, "outcome": "pass", "decided_by": "test", "withheld": [], "notes": [], **other}


@pytest.mark.parametrize(
    ("found", "expected", "code"),
    [
        (result(notes=["x"]), result(), "result-edited"),
        (result(outcome="fail"), result(), "result-edited"),
        (result(withheld=[]), result(withheld=["path"]), "fact-not-allowed"),
        ({"id": "m1a.x"}, result(), "fact-not-allowed"),
        (result(decided_by="adjudicator", outcome="fail"), result(decided_by="adjudicator"), "decision-edited"),
        (result(decided_by="test"), result(decided_by="adjudicator"), "decision-edited"),
        (result(withheld=["x"]), result(decided_by="adjudicator"), "decision-edited"),
    ],
)
def test_an_edited_row_has_the_code_of_who_decides_it(found: Any, expected: Any, code: str) -> None:
    others = [result("m1a.w"), result("m1a.y")]
    stored = {"results": [others[0], found, others[1]]}
    assert problems(stored, {"results": [others[0], expected, others[1]]}, RESULTS) == [(code, "m1a.x")]
    assert problems(stored, {"results": [expected]}) == [("does-not-follow", NAME)]


def test_rows_that_are_not_there_or_no_rows_are_told_elsewhere() -> None:
    expected = {"results": [result("m1a.w"), result("m1a.x")]}
    assert problems({"results": [result("m1a.x", notes=["y"]), "x", None]}, expected, RESULTS) == [
        ("result-edited", "m1a.x")
    ]
    nothings: list[Any] = [5, {"id": "m1a.x"}, []]
    for nothing in nothings:
        assert problems({"results": nothing}, expected, RESULTS) == []
    assert problems({"results": [], "verdict": "x"}, {**expected, "verdict": "y"}, RESULTS) == [
        ("verdict-edited", RESULTS)
    ]
