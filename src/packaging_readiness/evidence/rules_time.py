"""Rules about time: UTC, in the calendar, none later than the evidence itself, nothing that ends before it starts.

"Now" is `written_at_utc`: a bundle verifies the same today and in ten years.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from packaging_readiness.evidence.facts import FIELD, Facts, entries, mapping
from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.problems import Problem

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)")
_PAIRS = (
    ("started_at_utc", "completed_at_utc"),
    ("started_at_utc", "ended_at_utc"),
    ("started_at_utc", "finished_at_utc"),
    ("build_started_at_utc", "build_completed_at_utc"),
)
BUILT = "build_completed_at_utc"


def time_fault(value: Any) -> str | None:
    """The code of what is wrong with a time, or None for one like 2026-02-22T19:48:49Z."""
    if isinstance(value, str) and _UTC.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return "time-malformed"
        return None
    if isinstance(value, str) and _NAIVE.fullmatch(value):
        return "time-naive"
    return "time-not-utc" if isinstance(value, str) and _ZONED.fullmatch(value) else "time-malformed"


def time_problems(facts: Facts) -> Iterator[Problem]:
    """All that is wrong with the times of the run and of what its rows observed."""
    now = facts.run.get("written_at_utc")
    code = time_fault(now)
    if code is not None or not isinstance(now, str):
        yield Problem(code or "time-malformed", RESULTS, "written_at_utc is not a UTC time")
        return
    for name in ("written_at_utc", BUILT):
        if facts.held(FIELD.format(name)) and facts.provenance(name) is None:
            yield Problem("provenance-missing", FIELD.format(name), "holds without its value")
    for entry in entries(facts.data):
        # How late the build may be depends on the reports: the rules about the run record judge it.
        yield from times_in(mapping(entry.get("observation")), entry["id"], now, past=(BUILT,))


def times_in(value: Any, place: str, now: str, past: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Times anywhere in `value`, judged by their keys; those in `past` are not compared with `now`."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from times_in(item, place, now, past)
    if not isinstance(value, Mapping):
        return
    for key, child in value.items():
        if isinstance(child, (dict, list)):
            yield from times_in(child, place, now, past)
        elif child is not None and key.endswith("_at_utc"):
            code = time_fault(child)
            if code is not None:
                yield Problem(code, place, f"{key} is not a UTC time like 2026-02-22T19:48:49Z")
            elif child > now and key not in past:
                yield Problem("time-in-future", place, f"{key} is later than written_at_utc")
    for start, end in _PAIRS:
        if start in value and end in value and str(value[end]) < str(value[start]):
            yield Problem("end-before-start", place, f"{end} is before {start}")
