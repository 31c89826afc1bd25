"""Rules about the rows of `check_results.json`: all there, each once, none relabelled, none at odds with itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.contract.shapes import has_shape
from packaging_readiness.evidence.facts import ANCHOR, FIELD, HELD, Facts, entries
from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.rules_observed import observed_problems
from packaging_readiness.evidence.store import shown

_OUTCOMES = frozenset({*HELD, "fail", "error", "not_run"})
# Which row may be put off by which deferral of the contract (plan: absences that are permitted by name).
_DEFERS = {
    "evidence-upload": "m1c.paths.evidence-bucket",
    "run-linkage": "m1c.linkage.run-json",
    "secret-materialisation": "m1d.sources.materialisation",
}
_DIGESTS = ("image_digest", "oci_digest_value")  # judged by the rules about the image, each fault by its own code


def row_problems(facts: Facts) -> Iterator[Problem]:
    """All that is wrong with the rows themselves."""
    yield from _set_of_rows(facts)
    inventory = {row.id: row for row in facts.rows}
    for row_id, entry in facts.results.items():
        row = inventory.get(row_id)
        if row is None:
            continue
        labels = (row.check.lane, row.check.dod, row.severity, row.blocker, row.check.decided_by)
        if tuple(entry.get(key) for key in ("lane", "dod", "severity", "blocker", "decided_by")) != labels:
            yield Problem("check-relabelled", row_id, "lane, box, severity, blocker or decider is not the inventory's")
        yield from _outcome(row_id, entry)
        yield from observed_problems(row_id, entry, facts)
        yield from _deferral(row_id, entry, facts)
    yield from _provenance(facts)


def _set_of_rows(facts: Facts) -> Iterator[Problem]:
    expected = [row.id for row in facts.rows]
    found = [entry["id"] for entry in entries(facts.data)]
    for row_id, count in Counter(found).items():
        if count > 1:
            yield Problem("check-doubled", shown(row_id), f"stands there {count} times")
    for row_id in sorted(set(found) - set(expected)):
        yield Problem("check-unknown", shown(row_id), "is not in the inventory")
    absent = set(expected) - set(found)
    for lane in LANES:
        of_lane = {row.id for row in facts.rows if row.check.lane == lane}
        if of_lane and of_lane <= absent:
            yield Problem("lane-missing", LANE_TITLES[lane], f"none of its {len(of_lane)} rows is there")
            absent -= of_lane
    for row_id in expected:
        if row_id in absent:
            yield Problem("check-missing", row_id, "has no result")
    known = set(expected)
    in_order = list(dict.fromkeys(row_id for row_id in found if row_id in known))
    if in_order != [row_id for row_id in expected if row_id in facts.results]:
        yield Problem("check-order", RESULTS, "its rows are not in the order of the inventory")


def _outcome(row_id: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    outcome = entry.get("outcome")
    if not isinstance(outcome, str) or outcome not in _OUTCOMES:
        yield Problem("outcome-unknown", row_id, "has an outcome that is none of the six")
    if outcome == "pass" and (entry.get("reason") or entry.get("found")):
        yield Problem("outcome-contradicts-record", row_id, "passes, and says what was found wrong")


def _deferral(row_id: str, entry: Mapping[str, Any], facts: Facts) -> Iterator[Problem]:
    name, deferred = entry.get("deferral"), entry.get("outcome") == "deferred"
    if (name is not None) != deferred:
        yield Problem("deferral-missing", row_id, "is deferred without a name" if deferred else "names a deferral")
    # A list: the foreign name may be a value without a hash.
    elif name is not None and name not in [row.id for row in facts.contract.deferrals]:
        yield Problem("deferral-unknown", row_id, "names a deferral that the contract lacks")
    elif name is not None and _DEFERS.get(name, row_id) != row_id:
        yield Problem("deferral-misplaced", row_id, f"is deferred by {name}, which is of {_DEFERS[name]}")


def _provenance(facts: Facts) -> Iterator[Problem]:
    fields = [(FIELD.format(row.id), row) for row in facts.contract.provenance_fields]
    fields += [(ANCHOR.format(row.id), row) for row in facts.contract.digest_anchors]
    for row_id, field in fields:
        if not facts.held(row_id) or field.id in _DIGESTS or field.id.endswith("_at_utc"):
            continue
        value = facts.fact(row_id, field.id)
        if value is None:
            yield Problem("provenance-missing", row_id, "holds without its value")
        elif not has_shape(value, field.shape):
            yield Problem("provenance-malformed", row_id, f"is not of shape {field.shape}")
