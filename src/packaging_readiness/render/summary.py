"""A bundle as a step summary: verdict, lanes, blockers, what does not hold, and how to repeat it. In Markdown."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.counted import counted
from packaging_readiness.render.escape import code, inline, span
from packaging_readiness.render.view import View

# A step summary is cut at 1 MiB, and beyond this nobody reads it anyway.
_ROWS = 60
_FOUND = 3
_PROBLEMS = 50


def summary(view: View) -> str:
    """The summary. A bundle that is not coherent gets its problems and nothing else."""
    lines = _whole(view) if view.verification.coherent else _incoherent(view)
    return "\n".join(lines) + "\n"


def _incoherent(view: View) -> Iterator[str]:
    problems = view.verification.problems
    yield "## M1: not decided"
    yield ""
    yield f"The bundle is not coherent ({counted(len(problems), 'problem')}); nothing in it is to be relied on."
    yield ""
    yield from (f"- {code(str(problem))}" for problem in problems[:_PROBLEMS])
    if len(problems) > _PROBLEMS:
        yield f"- and {len(problems) - _PROBLEMS} more"


def _whole(view: View) -> Iterator[str]:
    handoff, run = view.object("m1_handoff_readiness_snapshot"), view.object("check_results")["run"]
    yield f"## M1: {view.verification.verdict}"
    yield ""
    yield f"Run {code(run['platform_run_id'])} of {run['written_at_utc']}, contract {code(handoff['contract'])}."
    yield f"Commit {code(run['git_sha'])} ({'dirty' if run['dirty'] else 'clean'} tree),"
    yield f"image {_or_none(handoff['image_digest'])}."
    yield f"Registry authority {_or_none(handoff['registry_authority'])},"
    yield f"build driver {_or_none(handoff['build_driver'])}."
    yield from (f"{note[0].upper()}{note[1:]}." for note in view.verification.notes)
    yield ""
    yield from _lanes(view)
    yield from _blockers(view)
    yield from _rows(view)
    yield from _put_off(view)


def _or_none(value: str | None) -> str:
    return code(value) if value else "none"


def _lanes(view: View) -> Iterator[str]:
    yield "| Lane | Verdict | Checks | Results |"
    yield "| --- | --- | ---: | --- |"
    for title, lane in view.lanes():
        counts = ", ".join(f"{number} {outcome}" for outcome, number in lane["outcomes"].items())
        yield f"| {title} | {lane['verdict']} | {len(lane['checks'])} | {counts} |"
    yield ""


def _blockers(view: View) -> Iterator[str]:
    if not view.active:
        return
    yield "### Active blockers"
    yield ""
    yield "| Code | Severity | Lane | State | Raised by | What to do |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for entry in view.active:
        raised = code(entry["raised_by"][0]) + _and_more(len(entry["raised_by"]) - 1)
        action = inline(entry["resolution_action"] or "")
        head = f"| {entry['blocker_id']} | {entry['severity']} | {entry['owner_lane']} | {entry['resolution_status']} "
        yield f"{head}| {raised} | {action} |"
    yield ""


def _rows(view: View) -> Iterator[str]:
    rows = view.not_held
    if not rows:
        return
    yield "### What does not hold"
    yield ""
    told: dict[tuple[str, ...], str] = {}
    for row in rows[:_ROWS]:
        yield f"- {code(row['id'])}: {row['outcome']}, {code(row['reason'])} ({row['blocker'] or row['severity']})"
        first = told.setdefault((row["reason"], *row["found"]), row["id"])
        yield from [f"  - found: as for {code(first)}"] if first != row["id"] and row["found"] else _found(row)
        yield f"  - fix: {view.fix(row)}"
        yield f"  - repeat: {span(view.repeat(row))}"
    if len(rows) > _ROWS:
        yield f"- and {len(rows) - _ROWS} more rows, in {code('check_results.json')}"
    yield ""


def _found(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"  - {code(found)}" for found in row["found"][:_FOUND])
    if len(row["found"]) > _FOUND:
        yield f"  - and {len(row['found']) - _FOUND} more"


def _put_off(view: View) -> Iterator[str]:
    kept = [row for row in view.results if row["outcome"] in ("deferred", "waived")]
    if kept:
        yield "### Deferred or waived"
        yield ""
        yield from (f"- {code(row['id'])}: {row['outcome']}{_name(row['deferral'])}" for row in kept[:_ROWS])
        yield ""


def _name(deferral: str | None) -> str:
    return f" ({code(deferral)})" if deferral else ""


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
