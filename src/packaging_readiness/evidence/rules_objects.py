"""Each object against what follows from results and contract: which kind of fact was edited."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.json_faults import Fault, canonical_fault, parse
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.rules_image import digest_fault
from packaging_readiness.evidence.rules_time import time_fault

_BY_KEY = {
    "platform_run_id": "run-id-differs",
    "phase_id": "phase-differs",
    "git_sha": "git-sha-differs",
    "git_ref": "git-sha-differs",
    "written_at_utc": "written-at-differs",
    "dirty_tree": "tree-dirty",
    "suite_digest": "suite-differs",
    "suite_version": "suite-differs",
    "contract_digest": "contract-differs",
    "contract": "contract-differs",
    "image_tag": "tag-differs",
    "convenience_tag": "tag-differs",
    "registry_digest": "registry-digest-differs",
    "recomputed_digest": "registry-digest-differs",
    "oci_digest_algo": "digest-algorithm-differs",
    "manifest_media_type": "media-type-differs",
    "manifest_bytes": "manifest-size-differs",
    "ecr_repo_uri": "repository-differs",
    "push_role": "role-differs",
    "workflow_run_id": "workflow-run-differs",
    "workflow_run_url": "workflow-run-differs",
    "registry_authority": "authority-differs",
    "build_driver": "build-driver-differs",
    "user_confirmation": "confirmation-claimed",
}
_VERDICTS = (
    *("verdict", "overall", "overall_pass", "transition_verdict", "m2_entry_gate_ready", "fail_closed"),
    *("m1_subphase_status", "outcomes", "checks"),
)
_REGISTER = ("blockers", "advisories", "severity_counts", "active_blockers", "blocker_codes", "acceptances", "waivers")
_DIGESTS = ("image_digest", "oci_digest_value")


def against_expected(name: str, data: bytes, expected: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with an object whose bytes `data` are not the canonical form of `expected`."""
    try:
        content = parse(data)
    except Fault as fault:
        yield Problem(fault.code, name, fault.cause)
        return
    keys = sorted(key for key in content.keys() | expected.keys() if not _same(content.get(key), expected.get(key)))
    if not keys:
        form = canonical_fault(content, data)
        yield Problem("not-canonical", name, form.cause if form else "has keys without a value")
        return
    other = []
    for key in keys:
        code = _code(key, content.get(key))
        if name == RESULTS and key == "results":
            yield from _results(content[key], expected[key])
        elif code is not None:
            yield Problem(code, name, f"{key} is not what follows from {RESULTS} and the contract")
        else:
            other.append(key)
    if other:
        yield Problem("does-not-follow", name, f"not what follows from {RESULTS} and the contract: {_few(other)}")


def _code(key: str, found: Any) -> str | None:
    if key in _VERDICTS:
        return "verdict-edited"
    if key in _REGISTER:
        return "register-edited"
    if key in _DIGESTS:
        return digest_fault(found) or "image-digest-differs"
    if key.endswith("_at_utc"):
        return time_fault(found) or _BY_KEY.get(key)
    return _BY_KEY.get(key)


def _results(found: Any, expected: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Stored rows that are not those that follow. Missing, doubled and unknown rows are told elsewhere."""
    stored = {entry.get("id"): entry for entry in found if isinstance(entry, dict)} if isinstance(found, list) else {}
    for entry in expected:
        mine = stored.get(entry["id"])
        if mine is None or _same(mine, entry):
            continue
        adjudicated = entry["decided_by"] == "adjudicator"
        if adjudicated:
            yield Problem("decision-edited", entry["id"], f"follows as {entry['outcome']}")
        elif not _same(mine.get("withheld"), entry["withheld"]):
            yield Problem("fact-not-allowed", entry["id"], "observed what evidence may not hold")
        else:
            yield Problem("result-edited", entry["id"], f"follows as {entry['outcome']}")


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON values, in which true is not 1."""
    if isinstance(one, dict) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _few(keys: list[str]) -> str:
    known = [key if key.isascii() and key.isprintable() and len(key) < 60 else "*" for key in keys]
    return ", ".join(known[:5]) + (f" and {len(known) - 5} more" if len(known) > 5 else "")
