"""Rules about what a row that passes observed: the fact that it rests on is there, and says the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.evidence.facts import Facts, mapping
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.verdict.rests_on import denial

_CORRIDOR = "m1b.run.mpr["


def observed_problems(row_id: str, entry: Mapping[str, Any], facts: Facts) -> Iterator[Problem]:
    """What a passing row lacks, or observed to the contrary."""
    if entry.get("outcome") != "pass" or entry.get("withheld"):
        return
    observation = mapping(entry.get("observation"))
    problem = denial(row_id, observation, needed=True)
    if problem is not None:
        yield Problem("outcome-contradicts-record", row_id, problem)
    if row_id.startswith(_CORRIDOR):
        wanted = {f"{_CORRIDOR}{case.id}]": case.expect for case in facts.contract.mpr_cases}.get(row_id)
        ended = observation.get("exit_code")
        if type(ended) is not int or (ended == 0) != (wanted == "PASS"):
            yield Problem("outcome-contradicts-record", row_id, f"passes, and its exit_code is not that of {wanted}")
