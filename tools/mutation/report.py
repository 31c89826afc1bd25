"""What all mutants came to: by room, with the survivors, for readers and for machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.mutation.trials import Outcome

LIMIT_PERCENT = 90.0
ENDINGS = ("killed", "timeout", "survived", "not covered", "not tried", "explained")


@dataclass(frozen=True, slots=True)
class Room:
    """How many mutants of a room ended how. Explained ones change nothing that a test could see, and do not count."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Those that count."""
        return sum(self.counts.values()) - self.counts["explained"]

    @property
    def dead(self) -> int:
        """Those that the tests noticed."""
        return self.counts["killed"] + self.counts["timeout"]

    @property
    def percent(self) -> float:
        """Share of the mutants that the tests noticed."""
        return 100.0 * self.dead / self.total if self.total else 0.0

    def line(self) -> str:
        """For readers."""
        counts = ", ".join(f"{self.counts[ending]} {ending}" for ending in ENDINGS)
        return f"{self.percent:5.1f} % of {self.total} mutants: {self.name} ({counts})"


def by_room(outcomes: Iterable[Outcome], rooms: Sequence[str]) -> list[Room]:
    """One entry for each of the rooms, which are folders."""
    outcomes = list(outcomes)
    found = []
    for name in rooms:
        mine = [each.ending for each in outcomes if f"/{name}/" in f"/{each.mutant.file}"]
        found.append(Room(name, {ending: mine.count(ending) for ending in ENDINGS}))
    return found


def survivors(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each mutant that no test noticed, in the order of the files."""
    alive = [each for each in outcomes if each.ending in ("survived", "not covered", "not tried")]
    alive.sort(key=lambda each: (each.mutant.file, each.mutant.line, each.mutant.change))
    return [
        f"{each.mutant.place}: {each.ending}{_tried(each)}: {each.mutant.operator}: {each.mutant.change}"
        for each in alive
    ]


def _tried(outcome: Outcome) -> str:
    return f" {outcome.tried} of {outcome.tried + outcome.left} tests" if outcome.left else ""


def as_json(outcomes: Iterable[Outcome], rooms: Sequence[Room], scope: Mapping[str, Any]) -> dict[str, Any]:
    """The whole for machines; `scope` says what was tried."""
    return {
        **scope,
        "rooms": [{"room": each.name, "percent": round(each.percent, 2), **each.counts} for each in rooms],
        "mutants": [
            {
                "file": each.mutant.file,
                "line": each.mutant.line,
                "scope": each.mutant.scope,
                "operator": each.mutant.operator,
                "change": each.mutant.change,
                "ending": each.ending,
                "by": each.by,
                "tests": each.tried,
                "left": each.left,
                "seconds": round(each.seconds, 3),
            }
            for each in sorted(outcomes, key=lambda each: (each.mutant.file, each.mutant.line, each.mutant.change))
        ],
    }
