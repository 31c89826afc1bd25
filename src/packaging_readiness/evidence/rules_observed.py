"""Rules about what a row that passes observed: the fact that it rests on is there, and says the same."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.evidence.facts import Facts, mapping
from packaging_readiness.evidence.problems import Problem

_ENDED = "exit_code"
# Rows by their ids, the fact that each rests on, and what it must be.
_RESTS_ON: tuple[tuple[re.Pattern[str], str, Any], ...] = (
    (re.compile(r"m1b\.(run\.(subcommand-)?help|contract\.(subcommand-)?optional-documented)\[.*"), _ENDED, 0),
    (re.compile(r"m1b\.contract\.(subcommand-)?(required-enforced|unknown-refused)\[.*"), _ENDED, 2),
    (re.compile(r"m1a\.payload\.default-deny"), "default_deny", True),
    (re.compile(r"m1a\.payload\.no-broad-copy"), "broad_ingestions", []),
    (re.compile(r"m1a\.payload\.exclude-stays-out\[.*"), "entered", []),
    (re.compile(r"m1a\.boundary\.context-taken"), "untaken_files", 0),
    (re.compile(r"m1d\.sources\.path-pinned\[.*"), "pinned", True),
)
_CORRIDOR = re.compile(r"m1b\.run\.mpr\[(.*)\]")


def observed_problems(row_id: str, entry: Mapping[str, Any], facts: Facts) -> Iterator[Problem]:
    """What a passing row lacks, or observed to the contrary."""
    if entry.get("outcome") != "pass" or entry.get("withheld"):
        return
    observation = mapping(entry.get("observation"))
    for row, name, value in _RESTS_ON:
        if row.fullmatch(row_id) and not _same(observation.get(name), value):
            yield Problem("outcome-contradicts-record", row_id, f"passes, and its {name} is not {value!r}")
    if case := _CORRIDOR.fullmatch(row_id):
        wanted = {case.id: case.expect for case in facts.contract.mpr_cases}.get(case[1])
        ended = observation.get(_ENDED)
        if type(ended) is not int or (ended == 0) != (wanted == "PASS"):
            yield Problem("outcome-contradicts-record", row_id, f"passes, and its {_ENDED} is not that of {wanted}")


def _same(found: Any, wanted: Any) -> bool:
    return type(found) is type(wanted) and found == wanted
