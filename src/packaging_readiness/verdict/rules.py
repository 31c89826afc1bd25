"""The rules behind checks that are decided from results. Each sees what was decided before it, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.shapes import misshapen
from packaging_readiness.contract.tables import Condition
from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.objects import draft_objects
from packaging_readiness.verdict.results import Result

Rule = Callable[[CheckRow, Ledger], Result]
_PROVENANCE = ("packaging_provenance", "image_digest_manifest", "release_metadata_receipt")
_SECURITY = ("security_secret_injection_checks", "secret_source_contract_receipt", "build_context_secret_scan")
_MOVED = {
    "registry_digest": "tag-moved",
    "recomputed_digest": "tag-moved",
    "platform_digest": "platform-moved",
    "pushed_at_utc": "pushed-again",
    "tag_mutability": "mutability-changed",
}
_SAME_IN_ALL = ("platform_run_id", "git_sha", "image_tag", "image_digest")


def decide(row: CheckRow, ledger: Ledger) -> Result:
    """The result of one adjudicated row."""
    return RULES[row.check.id](row, ledger)


def _verdict(row: CheckRow, reason: str, found: Sequence[str], observation: Mapping[str, Any] | None = None) -> Result:
    facts = observation or {}
    if not found:
        return Result(row.id, "pass", expected=row.check.title, observation=facts)
    return Result(row.id, "fail", reason, row.check.title, tuple(found), facts)


def _named(ledger: Ledger, row_ids: Sequence[str]) -> list[str]:
    return [f"{row_id}: {ledger.results[row_id].outcome}" for row_id in row_ids]


def _lane_blockers(row: CheckRow, ledger: Ledger) -> Result:
    red = [r.id for r, result in ledger.lane(row.check.lane) if not result.held]
    return _verdict(row, "blockers-active", _named(ledger, red))


def _release_metadata(row: CheckRow, ledger: Ledger) -> Result:
    receipt = draft_objects(ledger)["release_metadata_receipt"]
    return _verdict(row, "references-missing", _holes(ledger, {"release_metadata_receipt": receipt}))


def _objects_present(row: CheckRow, ledger: Ledger) -> Result:
    drafts = draft_objects(ledger)
    return _verdict(row, "objects-incomplete", _holes(ledger, {name: drafts[name] for name in _PROVENANCE}))


def _security_complete(row: CheckRow, ledger: Ledger) -> Result:
    drafts = draft_objects(ledger)
    return _verdict(row, "objects-incomplete", _holes(ledger, {name: drafts[name] for name in _SECURITY}))


def _all_present(row: CheckRow, ledger: Ledger) -> Result:
    return _verdict(row, "objects-incomplete", _holes(ledger, draft_objects(ledger)))


def _holes(ledger: Ledger, objects: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Minimum fields of the contract that have no value."""
    fields = {entry.id: entry.fields for entry in ledger.contract.evidence_objects}
    return [
        f"{name}.json: {field} has no value"
        for name, content in sorted(objects.items())
        for field in fields.get(name, ())
        if content.get(field) in (None, "", [])
    ]


def _objects_agree(row: CheckRow, ledger: Ledger) -> Result:
    drafts = draft_objects(ledger)
    found = []
    for field in _SAME_IN_ALL:
        values = {name: drafts[name].get(field) for name in _PROVENANCE}
        if len(set(map(str, values.values()))) > 1 or None in values.values():
            found.append(f"{field}: " + ", ".join(f"{name} has {value}" for name, value in values.items()))
    provenance = drafts["packaging_provenance"]
    if provenance.get("oci_digest_value") != provenance.get("image_digest"):
        found.append("oci_digest_value is not image_digest in packaging_provenance.json")
    return _verdict(row, "objects-disagree", found)


def _tag_unmoved(row: CheckRow, ledger: Ledger) -> Result:
    first, again = (ledger.results.get(f"m1c.mismatch.{name}") for name in ("tag-to-digest", "tag-resolved-again"))
    if first is None or again is None or not first.observation or not again.observation:
        return _verdict(row, "not-resolved-twice", ["the tag was not resolved at the start and at the end of the run"])
    found = [
        f"{name}: {first.observation.get(name)} at the start, {again.observation.get(name)} at the end"
        for name in sorted(first.observation.keys() | again.observation.keys())
        if first.observation.get(name) != again.observation.get(name)
    ]
    codes = [code for name, code in _MOVED.items() if any(entry.startswith(f"{name}:") for entry in found)]
    return _verdict(row, (codes or ["tag-differs"])[0], found)


def _rule_covered(row: CheckRow, ledger: Ledger) -> Result:
    rule = row.row
    assert isinstance(rule, Condition)
    missing = [f"{name}: no such check" for name in rule.checks if not ledger.of_check(name)]
    red = ledger.not_held(rule.checks)
    outcomes = {result.outcome for name in rule.checks for _, result in ledger.of_check(name)}
    status = "FAIL" if red or missing else "DEFERRED" if "deferred" in outcomes else "PASS"
    reasons = sorted({result.reason for name in rule.checks for _, result in ledger.of_check(name) if result.reason})
    observation = {"rule_status": status, "reason_codes": reasons or ["held"]}
    return _verdict(row, "rule-violated", [*missing, *_named(ledger, red)], observation)


def _consistency_complete(row: CheckRow, ledger: Ledger) -> Result:
    rules = ledger.contract.mismatch_rules
    found = [
        f"{rule.id}: {check.id} has no result"
        for rule in rules
        for name in rule.checks
        for check, result in ledger.of_check(name)
        if result.outcome == "not_run"
    ]
    covered = {r.row.id for r, _ in ledger.of_check("m1c.mismatch.rule-covered") if r.row is not None}
    found += [f"{rule.id}: no row" for rule in rules if rule.id not in covered]
    return _verdict(row, "rows-missing", found)


def _allow_list(row: CheckRow, ledger: Ledger) -> Result:
    found = [f"{row_id}: {problem}" for row_id, result in ledger.results.items() for problem in result.withheld]
    found += [
        f"{name}.json: {place}: {problem}"
        for name, content in sorted(draft_objects(ledger).items())
        for place, problem in misshapen(content)
    ]
    return _verdict(row, "value-not-allowed", found)


def _managed_checks(row: CheckRow, ledger: Ledger) -> Result:
    driver = ledger.provenance("build_driver")
    if driver != "github_actions":
        return Result(row.id, "pass", expected=row.check.title, notes=("not a managed run",))
    red = [r.id for r, result in ledger.lane("m1d") if not result.held]
    return _verdict(row, "managed-check-failed", _named(ledger, red))


def _condition(row: CheckRow, ledger: Ledger) -> Result:
    condition = row.row
    assert isinstance(condition, Condition)
    unknown = [f"{name}: no such check" for name in condition.checks if not ledger.of_check(name)]
    red = _named(ledger, ledger.not_held(condition.checks))
    active = [f"{code} is active" for code in ledger.active(condition.blockers)]
    return _verdict(row, "not-proved", [*unknown, *red, *active], {"condition": condition.title})


def _cross_lane(row: CheckRow, ledger: Ledger) -> Result:
    found = [
        f"{state.code} ({state.severity}): raised by {state.raised_by[0]}"
        + (f" and {len(state.raised_by) - 1} more" if len(state.raised_by) > 1 else "")
        for state in ledger.blockers()
        if state.active and not state.code.startswith(("M1E", "M1-B5")) and state.accepted_by is None
    ]
    return _verdict(row, "carried-without-acceptance", found)


def _waivers(row: CheckRow, ledger: Ledger) -> Result:
    today = ledger.identity.written_at_utc[:10]
    used = {row_id for row_id, result in ledger.results.items() if result.outcome == "waived"}
    codes = {blocker.id for blocker in ledger.contract.blockers}
    carried = ledger.identity.carried
    found = [f"{w.check}: expired on {w.expires}" for w in carried.waivers if w.expires < today]
    found += [f"{w.check}: waives nothing" for w in carried.waivers if w.expires >= today and w.check not in used]
    found += [f"{a.blocker}: no such blocker" for a in carried.acceptances if a.blocker not in codes]
    if not found:
        return Result(row.id, "pass", expected=row.check.title)
    return Result(row.id, "error", "waiver-unmatched-or-expired", row.check.title, tuple(found))


def _inventory_complete(row: CheckRow, ledger: Ledger) -> Result:
    missing = [f"{row_id}: no result" for row_id, result in ledger.results.items() if result.outcome == "not_run"]
    return _verdict(row, "results-missing", missing)


def _authority(row: CheckRow, ledger: Ledger) -> Result:
    demanded = ledger.contract.closure
    facts = {
        "registry_authority": ledger.fact("m1c.mismatch.tag-to-digest", "authority"),
        "build_driver": ledger.provenance("build_driver"),
    }
    wanted = {"registry_authority": demanded.registry_authority, "build_driver": demanded.build_driver}
    found = [
        f"{name}: the contract demands {wanted[name]}, this run had {value or 'none'}"
        for name, value in facts.items()
        if value != wanted[name]
    ]
    return _verdict(row, "authority-insufficient", found, {**facts, "demanded": wanted})


def _gate(row: CheckRow, ledger: Ledger) -> Result:
    status = ledger.fact("m1e.handoff.master-plan", "m1_status")
    active = [state.code for state in ledger.blockers() if state.active]
    if status is None:
        return _verdict(row, "gate-ambiguous", ["the master plan's status of M1 is not known"])
    found = [f"master plan says M1 {status} while {code} is active" for code in active] if status == "DONE" else []
    return _verdict(row, "gate-ambiguous", found)


# In the order of decision: each rule may rely on those above it.
RULES: Mapping[str, Rule] = {
    "m1a.blockers.resolved": _lane_blockers,
    "m1c.provenance.release-metadata": _release_metadata,
    "m1c.mismatch.objects-present": _objects_present,
    "m1c.mismatch.objects-agree": _objects_agree,
    "m1c.mismatch.tag-unmoved": _tag_unmoved,
    "m1c.mismatch.rule-covered": _rule_covered,
    "m1c.consistency.complete": _consistency_complete,
    "m1d.evidence.objects-complete": _security_complete,
    "m1d.evidence.allow-list": _allow_list,
    "m1d.managed.checks-held": _managed_checks,
    "m1e.register.waivers": _waivers,
    "m1e.closure.inventory-complete": _inventory_complete,
    "m1e.closure.objects-present": _all_present,
    "m1e.closure.authority": _authority,
    "m1e.preconditions": _condition,
    "m1e.no-go": _condition,
    "m1e.register.cross-lane": _cross_lane,
    "m1e.handoff.gate": _gate,
}


def in_order(rows: Sequence[CheckRow]) -> list[CheckRow]:
    """The adjudicated rows in the order of decision. Raises KeyError for a rule of the inventory that is not here."""
    order = {check_id: index for index, check_id in enumerate(RULES)}
    adjudicated = [row for row in rows if row.check.decided_by == "adjudicator"]
    return sorted(adjudicated, key=lambda row: order[row.check.id])
