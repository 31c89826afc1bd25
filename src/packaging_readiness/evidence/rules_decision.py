"""Rules about the decision as it is stored: no PASS over an open blocker, no waiver or deferral that is none."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from packaging_readiness.evidence.facts import HELD, Facts, mapping
from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import shown

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAMES_SHOWN = 3


def decision_problems(facts: Facts) -> Iterator[Problem]:
    """All that is wrong with the stored verdict, waivers and acceptances."""
    open_rows = [row_id for row_id, entry in facts.results.items() if entry.get("outcome") not in HELD]
    if facts.data.get("verdict") == "PASS" and open_rows:
        names = ", ".join(map(shown, open_rows[:_NAMES_SHOWN]))
        yield Problem("pass-with-open-blocker", RESULTS, f"is PASS, and {len(open_rows)} rows do not hold: {names}")
    carried = mapping(facts.run.get("carried"))
    waivers = _list(carried.get("waivers"))
    for kind, key, listed in (
        ("waiver", "check", waivers),
        ("acceptance", "blocker", _list(carried.get("acceptances"))),
    ):
        yield from _people(kind, key, listed)
    yield from _waived(facts, {str(waiver.get("check")): waiver for waiver in waivers})


def _people(kind: str, key: str, listed: list[Mapping[str, Any]]) -> Iterator[Problem]:
    for entry in listed:
        name = shown(str(entry.get(key)))
        for field in ("owner", "reason"):
            value = entry.get(field)
            if not isinstance(value, str) or not value.strip():
                yield Problem(f"waiver-{field}-missing", name, f"this {kind} has no {field}")
        if kind == "waiver" and not _is_day(entry.get("expires")):
            yield Problem("waiver-malformed", name, "expires is no day like 2026-03-31")
    for name, count in Counter(str(entry.get(key)) for entry in listed).items():
        if count > 1:
            yield Problem("waiver-doubled", shown(name), f"has {count} entries")


def _waived(facts: Facts, waivers: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    today = str(facts.run.get("written_at_utc"))[:10]
    severity = {row.id: row.severity for row in facts.rows}
    for row_id, entry in facts.results.items():
        if entry.get("outcome") != "waived":
            continue
        waiver = waivers.get(row_id)
        if severity.get(row_id) != "S3":
            yield Problem("waiver-not-allowed", shown(row_id), "blocks, and cannot be waived")
        elif waiver is None:
            yield Problem("waiver-missing", row_id, "is waived, and nobody waived it")
        elif _is_day(waiver.get("expires")) and waiver["expires"] < today:
            yield Problem("waiver-expired", row_id, f"its waiver expired on {waiver['expires']}")


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
