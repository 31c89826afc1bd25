"""What the plans' own prose claims of M1: boxes, verdicts, blockers, phases. Recorded as quoted, judged elsewhere."""

from collections.abc import Iterator
from typing import Any

from packaging_readiness.plugin.check import line as bounded
from packaging_readiness.plugin.platform import Platform

_QUOTE = 200


def statements(platform: Platform) -> list[dict[str, Any]]:
    """Every formal claim, with the document and the line it stands in. `status` is DONE or OPEN.

    `kind` is box (a Definition-of-Done box, `index` from 1), checklist, verdict, blocker (`id` is its code),
    sub-phase or phase (`id` is M1 or M2; M2 counts as DONE once it has begun); `lane` is M1.A to M1.E, or M1.
    Raises InputRefused or CannotTell when a plan cannot be read.
    """
    return [*_plan(platform), *_master_plan(platform)]


def _plan(platform: Platform) -> Iterator[dict[str, Any]]:
    plan = platform.plan
    for lane in plan.lanes:
        for index, box in enumerate(lane.dod, 1):
            yield _said("box", plan.path, box.line, _box(box.checked, box.text), lane.name, box.checked) | {
                "index": index
            }
        if lane.verdict is not None:
            quote = f"{lane.name} verdict: {lane.verdict.text}"
            yield _said("verdict", plan.path, lane.verdict.line, quote, lane.name, lane.verdict.text == "PASS")
    for box in plan.completion:
        yield _said("checklist", plan.path, box.line, _box(box.checked, box.text), "M1", box.checked)
    for blocker in plan.blockers:
        for mention in blocker.statements:
            closed = mention.status == "CLOSED"
            yield _said("blocker", plan.path, mention.line, mention.text, "M1", closed) | {"id": blocker.code}


def _master_plan(platform: Platform) -> Iterator[dict[str, Any]]:
    plan = platform.master_plan
    for phase in plan.phases:
        if phase.plan_phase in ("M1", "M2"):
            done = phase.status == "DONE" if phase.plan_phase == "M1" else phase.status != "NOT_STARTED"
            quote = f"{phase.plan_phase}: {phase.status}"
            yield _said("phase", plan.path, phase.line, quote, "M1", done) | {"id": phase.plan_phase}
    for sub in plan.sub_phases_of("M1"):
        yield _said(
            "sub-phase", plan.path, sub.line, _box(sub.checked, f"{sub.code} {sub.text}"), sub.code, sub.checked
        )


def _box(checked: bool, text: str) -> str:
    return f"[{'x' if checked else ' '}] {text}"


def _said(kind: str, document: str, place: int, quote: str, lane: str, done: bool) -> dict[str, Any]:
    from packaging_readiness.secrets.redaction import redact

    title = bounded(redact(quote)[0])[:_QUOTE]
    status = "DONE" if done else "OPEN"
    return {"kind": kind, "document": document, "line": place, "title": title, "lane": lane, "status": status}
