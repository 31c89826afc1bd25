"""The hand-written table of `data/adjudication.md`: what is changed in a good run, and what must come out."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.coherence import refuse_contradictions
from packaging_readiness.verdict.merge import MergedRun, merge
from packaging_readiness.verdict.results import Result
from selftests import synthetic

TABLE = Path(__file__).parent / "data" / "adjudication.md"
CONDITIONS = "Preconditions and no-go conditions"
_CHANGE = re.compile(r"(?P<row>\S+) (?P<what>fails|errors|has no result|observes (?P<field>\w+) = (?P<value>\S+)|.*)")
_LOST = re.compile(r"observes no (\w+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes out: conditions that are false, active codes by severity class."""

    false: frozenset[str] = frozenset()
    s1: frozenset[str] = frozenset()
    s2: frozenset[str] = frozenset()

    def __or__(self, other: "Outcome") -> "Outcome":
        """The rule for two changes together, as the table's file states it."""
        return Outcome(self.false | other.false, self.s1 | other.s1, self.s2 | other.s2)


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of the table."""

    section: str
    change: str
    outcome: Outcome


def table() -> list[Expected]:
    """Every row, in the order of the file."""
    return list(_rows(TABLE.read_text(encoding="utf-8").splitlines()))


def _rows(lines: Sequence[str]) -> Iterator[Expected]:
    section = ""
    for line in lines:
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith(("| change |", "| --- |")):
            change, *columns = (cell.strip() for cell in line.strip().strip("|").split("|"))
            false, s1, s2 = (frozenset(filter(None, cell.split(", "))) for cell in columns)
            yield Expected(section, change, Outcome(false, s1, s2))


@functools.cache
def good_run() -> MergedRun:
    """The run in which everything holds."""
    return merge(synthetic.read(synthetic.good_report()))


def changed(*changes: str) -> Verdict:
    """The verdict of the good run with these changes; it must be a run that merging accepts."""
    run = good_run()
    results = dict(run.results)
    for change in changes:
        _apply(change, results)
    refuse_contradictions(dict.fromkeys(results, "the changed run"), run.identity, run.image, results)
    return adjudicate(replace(run, results=results))


def _apply(change: str, results: dict[str, Result]) -> None:
    match = _CHANGE.fullmatch(change)
    assert match is not None, change
    row, lost = match["row"], _LOST.fullmatch(match["what"])
    result = results[row]
    if match["what"] == "fails":
        results[row] = replace(result, outcome="fail", reason="made-to-fail", found=("made to fail",))
    elif match["what"] == "errors":
        results[row] = replace(result, outcome="error", reason="cannot-tell", observation={})
    elif match["what"] == "has no result":
        del results[row]
    elif match["field"]:
        results[row] = replace(result, observation={**result.observation, match["field"]: match["value"]})
    else:
        assert lost is not None, change
        assert lost[1] in result.observation, change
        kept = {name: value for name, value in result.observation.items() if name != lost[1]}
        results[row] = replace(result, observation=kept)
