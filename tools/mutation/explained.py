"""Mutants that no test can notice, each with the reason: they change nothing that anybody could see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from tools.mutation.trials import Outcome

ALIVE = ("survived", "not covered")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry: which change, by file, scope and text (without its line, which moves), and why nothing notices it."""

    file: str
    scope: str
    change: str
    why: str

    def fits(self, outcome: Outcome) -> bool:
        """Whether the entry is about this mutant."""
        mutant = outcome.mutant
        return (mutant.file, mutant.scope, mutant.change) == (self.file, self.scope, self.change)


def read_explanations(path: Path) -> list[Explanation]:
    """The entries of a file. Raises ValueError or TypeError for what is none, or gives no reason."""
    entries = [Explanation(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ()]
    for entry in entries:
        if not all(
            isinstance(text, str) and text.strip() for text in (entry.file, entry.scope, entry.change, entry.why)
        ):
            raise ValueError(f"{path.name}: an entry has an empty field: {entry}")
    if len({(entry.file, entry.scope, entry.change) for entry in entries}) < len(entries):
        raise ValueError(f"{path.name}: two entries are about the same change")
    return entries


def explained(outcomes: Iterable[Outcome], entries: Sequence[Explanation]) -> list[Outcome]:
    """The same outcomes, those that survived with a reason as `explained`."""
    return [
        replace(each, ending="explained") if each.ending in ALIVE and any(one.fits(each) for one in entries) else each
        for each in outcomes
    ]


def unmatched(outcomes: Sequence[Outcome], entries: Iterable[Explanation], *, files: Iterable[str]) -> list[str]:
    """Entries about these files that fit no survivor: what they say is no longer so."""
    files, alive = set(files), [each for each in outcomes if each.ending in (*ALIVE, "explained")]
    mine = (entry for entry in entries if entry.file in files and not any(map(entry.fits, alive)))
    return [f"{entry.file}: {entry.scope}: no survivor is {entry.change}" for entry in mine]
