"""Rules about `run_record.json`, the one object that does not follow from the results: it must fit them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.evidence.facts import FIELD, HELD, Facts, mapping
from packaging_readiness.evidence.files import RUN_RECORD
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.rules_time import BUILT, time_fault
from packaging_readiness.evidence.store import shown

_INTERNAL_ERROR = 3


def record_problems(record: Mapping[str, Any], facts: Facts) -> Iterator[Problem]:
    """All in which the run record does not fit the results."""
    if record.get("platform_run_id") != facts.run.get("platform_run_id"):
        yield Problem("run-id-differs", RUN_RECORD, "is of another run than the results")
    listed = record.get("reports")
    reports = [report for report in listed if isinstance(report, Mapping)] if isinstance(listed, list) else []
    if not reports:
        yield Problem("report-malformed", RUN_RECORD, "names no report")
        return
    for key in ("digest", "nonce"):
        for value, count in Counter(str(report.get(key)) for report in reports).items():
            if count > 1:
                yield Problem("report-doubled", RUN_RECORD, f"{key} {shown(value)} stands there {count} times")
    yield from _times(reports, facts)
    yield from _statuses(reports, facts)
    yield from _measured(record, reports, facts)


def _times(reports: list[Mapping[str, Any]], facts: Facts) -> Iterator[Problem]:
    now = facts.run.get("written_at_utc")
    times = [report.get("written_at_utc") for report in reports]
    ends = [report.get("finished_at_utc") for report in reports]
    malformed = [code for code in map(time_fault, times + ends) if code is not None]
    for code in dict.fromkeys(malformed):
        yield Problem(code, RUN_RECORD, "written_at_utc or finished_at_utc of a report is not a UTC time")
    if malformed or time_fault(now) is not None:
        return
    if any(str(time) > str(now) for time in times):
        yield Problem("time-in-future", RUN_RECORD, "a report is later than the run")
    elif now not in times:
        yield Problem("report-stale", RUN_RECORD, f"no report was written at {now}")
    for start, end in zip(times, ends, strict=True):
        if str(end) < str(start):
            yield Problem("end-before-start", RUN_RECORD, "a report was finished before its run began")
    yield from _built(facts, str(now), max(map(str, ends)))


def _built(facts: Facts, began: str, ended: str) -> Iterator[Problem]:
    """The image was built before the run, which `began` and `ended` at these times, or by the run itself."""
    # The run's own time is fixed before it starts, and so before it builds an image.
    own = mapping(facts.image).get("origin") == "built-by-suite" and facts.provenance("build_driver") == "local_engine"
    built, latest = facts.provenance(BUILT), ended if own else began
    if time_fault(built) is None and built > latest:
        yield Problem("written-before-built", FIELD.format(BUILT), f"is {built}, later than {latest}")


def _statuses(reports: list[Mapping[str, Any]], facts: Facts) -> Iterator[Problem]:
    statuses = {report.get("exit_code") for report in reports if type(report.get("exit_code")) is int}
    if _INTERNAL_ERROR in statuses:
        yield Problem("report-stale", RUN_RECORD, "a report is of a run that ended by an internal error")
    elif statuses - {0, 1} and _all_pass(facts):
        yield Problem("report-malformed", RUN_RECORD, "everything passed, and a run ended neither well nor red")


def _all_pass(facts: Facts) -> bool:
    return all(entry.get("outcome") in HELD for entry in facts.results.values())


def _measured(record: Mapping[str, Any], reports: list[Mapping[str, Any]], facts: Facts) -> Iterator[Problem]:
    """The reports hold as many checks as there are results of tests, and time each of them once."""
    reported = {
        row.id
        for row in facts.rows
        if row.check.decided_by == "test" and facts.results.get(row.id, {}).get("reason") != "no-result"
    }
    counts = [report.get("checks") for report in reports]
    total = sum(count for count in counts if type(count) is int)
    if total != len(reported):
        yield Problem("report-count-differs", RUN_RECORD, f"reports hold {total} checks, there are {len(reported)}")
    durations, measured = mapping(record.get("durations_s")), mapping(record.get("measured"))
    for row_id in sorted((durations.keys() | measured.keys()) - reported):
        yield Problem("report-of-unknown-check", shown(row_id), "is measured, and has no result of a test")
    for row_id in sorted(reported - durations.keys()):
        yield Problem("report-count-differs", row_id, "has a result, and was not timed")
    for row_id, seconds in durations.items():
        if type(seconds) in (int, float) and seconds < 0:
            yield Problem("end-before-start", shown(row_id), "took less than no time")
