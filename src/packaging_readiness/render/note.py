"""The closure note for the implementation map and the entry of the action log: what plan section 7 asks for by hand.

Made of the bundle alone. Times are those of the run, so that the same bundle gives the same text at any later day.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.canonical import sha256
from packaging_readiness.contract.counted import counted
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.render.escape import span
from packaging_readiness.render.view import View
from packaging_readiness.verdict.prose import DRIFT, STILL_OPEN

_CLAIM = re.compile(r'(.+?):([0-9]+) says "')


def closure_note(view: View) -> str:
    """Markdown to append to the implementation map."""
    run, handoff = view.object("check_results")["run"], view.object("m1_handoff_readiness_snapshot")
    title = "M1 closure note" if view.verification.verdict == "PASS" else "M1 adjudication note: M1 stays open"
    lines = [f"## {title} ({run['written_at_utc'][:10]})", "", *_identity(view, run, handoff)]
    for number, (title, entries) in enumerate(_sections(view, handoff), 1):
        lines += ["", f"{number}. {title}:", *(f"   - {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


def action_log(view: View) -> str:
    """Markdown to append to the logbook."""
    run, handoff = view.object("check_results")["run"], view.object("m1_handoff_readiness_snapshot")
    verdict = view.verification.verdict
    codes = ", ".join(span(entry["blocker_id"]) for entry in view.active) or "none"
    following = (
        "USER decides on M2; the master plan marks M1 by hand"
        if verdict == "PASS"
        else "mend the blockers, run again, adjudicate again"
    )
    lines = [
        f"## {run['written_at_utc']} M1 ({handoff['phase_id']}) adjudicated: {verdict}",
        "",
        f"- run {span(run['platform_run_id'])}, commit {span(run['git_sha'])}, image {_value(handoff['image_digest'])}",
        f"- active blockers: {codes}",
        f"- evidence: {_bundle(view)}",
        f"- next: {following}",
    ]
    return "\n".join(lines) + "\n"


def _identity(view: View, run: Mapping[str, Any], handoff: Mapping[str, Any]) -> Iterator[str]:
    yield f"Phase {span(handoff['phase_id'])}, run {span(run['platform_run_id'])}: verdict {_verdict(view)}."
    yield f"Contract {span(handoff['contract'])} ({span(handoff['contract_digest'])}),"
    yield f"suite {span(run['suite_version'])} ({span(run['suite_digest'])})."


def _verdict(view: View) -> str:
    return span(view.verification.verdict or "none")


def _sections(view: View, handoff: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "Image and provenance", list(_image(view))
    numbers = {title: counted(len(lane["checks"]), "check") for title, lane in view.lanes()}
    yield "Lanes", [f"{title}: {span(lane['verdict'])} ({numbers[title]})" for title, lane in view.lanes()]
    yield "Blockers", [_blocker(entry) for entry in view.active] or ["none is active"]
    yield "Drift between the plan's prose and the evidence (outside the verdict)", list(_drift(handoff)) or ["none"]
    yield "Carried", list(_carried(view)) or ["nothing is deferred, waived or accepted"]
    yield "Evidence", [_bundle(view), *(f"{note}" for note in view.verification.notes)]
    yield "Completion checklist (plan section 7), as far as evidence can tell", list(_checklist(view, handoff))
    yield "Handoff (plan section 8)", list(_handoff(handoff))


def _image(view: View) -> Iterator[str]:
    run, receipt = view.object("check_results")["run"], view.object("m1_build_go_transition_receipt")
    provenance = view.object("packaging_provenance")
    yield f"tag {_value(receipt['image_tag'])}, digest {_value(receipt['image_digest'])}"
    yield f"repository {_value(provenance['ecr_repo_uri'])}, registry authority {_value(receipt['registry_authority'])}"
    yield f"commit {span(run['git_sha'])} on {_value(run['git_ref'])}, {'dirty' if run['dirty'] else 'clean'} tree"
    yield f"built by {_value(receipt['build_driver'])}, workflow run {_value(receipt['workflow_run_url'])}"


def _blocker(entry: Mapping[str, Any]) -> str:
    raised, more = span(entry["raised_by"][0]), len(entry["raised_by"]) - 1
    by = raised + (f" and {more} more" if more else "")
    action = entry["resolution_action"] or "no action on record"  # the inventory's own words: the bundle is coherent
    head = f"{span(entry['blocker_id'])} ({entry['severity']}, {entry['owner_lane']}, {entry['resolution_status']})"
    return f"{head}: raised by {by}; {action}"


def _drift(handoff: Mapping[str, Any]) -> Iterator[str]:
    return (span(note.removeprefix(DRIFT), 1200) for note in handoff["notes"] if note.startswith(DRIFT))


def _still_open(handoff: Mapping[str, Any]) -> Iterator[str]:
    """What the plans have not marked yet and the evidence shows, by document: the work that is left to do by hand."""
    lines: dict[str, list[str]] = {}
    for note in handoff["notes"]:
        claim = _CLAIM.match(note.removeprefix(STILL_OPEN)) if note.startswith(STILL_OPEN) else None
        if claim is not None:
            lines.setdefault(claim[1], []).append(claim[2])
    for document, numbers in lines.items():
        yield f"to be marked by hand, because the evidence holds: {span(document)}, {_lines(numbers)}"


def _lines(numbers: list[str]) -> str:
    ordered = sorted(set(numbers), key=int)
    return f"{'line' if len(ordered) == 1 else 'lines'} {', '.join(ordered)}"


def _carried(view: View) -> Iterator[str]:
    register = view.object("m1_closure_blocker_register")
    for row in view.results:
        if row["outcome"] == "deferred":
            yield f"{span(row['id'])} deferred as {_value(row['deferral'])}"
    for entry in register["waivers"]:
        who = f"{span(entry['owner'])} until {entry['expires']}"
        yield f"{span(entry['check'])} waived by {who}: {span(entry['reason'])}"
    for entry in register["acceptances"]:
        yield f"{span(entry['blocker_id'])} accepted by {span(entry['owner'])}: {span(entry['reason'])}"


def _bundle(view: View) -> str:
    data = view.files[MANIFEST]
    run_id, phase = view.verification.platform_run_id or "", view.object("check_results")["phase_id"]
    return f"{span(f'evidence/runs/{run_id}/{phase}/')}, {len(view.files)} objects, {MANIFEST} {span(sha256(data))}"


def _checklist(view: View, handoff: Mapping[str, Any]) -> Iterator[str]:
    for title, lane in view.lanes():
        yield f"{title}: {'complete' if lane['overall_pass'] else 'not complete'}"
    yield f"blockers: {'resolved' if not view.active else f'{len(view.active)} carried as no-go'}"
    yield from _still_open(handoff)
    yield "closure note and action log: appended by hand, with this text"


def _handoff(handoff: Mapping[str, Any]) -> Iterator[str]:
    yield f"M2 entry gate: {span('ready' if handoff['m2_entry_gate_ready'] else 'not ready')}"
    yield f"user confirmation: {span(handoff['user_confirmation'])}; nothing but the user's own word changes it"
    yield f"M2 stays {span('NOT_STARTED')} until the master plan marks M1 {span('DONE')}, which is done by hand"


def _value(value: str | None) -> str:
    return span(value) if value else "none"
