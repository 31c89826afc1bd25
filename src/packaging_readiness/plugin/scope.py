"""What a run was asked for: everything, or which part of the inventory."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from packaging_readiness.contract.counted import counted
from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.plugin.selection import wanted
from packaging_readiness.plugin.settings import Settings


@dataclass(frozen=True, slots=True)
class Scope:
    """The selection of one run, as its options state it."""

    config: pytest.Config
    settings: Settings

    @property
    def whole(self) -> bool:
        """Whether the run was asked for everything: no selection of any kind."""
        option = self.config.option
        narrowed = (option.markexpr, option.readiness_blocker, option.readiness_check)
        return self._by_inventory and not any(narrowed) and self.settings.shard is None

    @property
    def _by_inventory(self) -> bool:
        """Whether nothing but lanes, codes, check ids and shards selects: then the inventory says which rows must
        have run.
        """
        option = self.config.option
        roots = {self.config.rootpath, *(self.config.rootpath / f"tests_m1{lane}" for lane in "abcde")}
        given = {Path(self.config.invocation_params.dir, argument).resolve() for argument in self.config.args}
        everything = self.config.rootpath in given or given >= roots - {self.config.rootpath}
        last_failed = getattr(option, "lf", False) or getattr(option, "failedfirst", False)
        return everything and not option.keyword and not option.deselect and not last_failed

    def wants(self, row: CheckRow) -> bool:
        """Whether `--blocker`, `--check` and `--shard` select the row."""
        option = self.config.option
        return wanted(row, self.settings, option.readiness_blocker, option.readiness_check)

    def boxes(self) -> frozenset[tuple[str, int]]:
        """Lane and box of every selected check."""
        return frozenset((row.check.lane, row.check.dod) for row in self.settings.rows.values() if self.wants(row))

    def expected_rows(self) -> tuple[str, ...]:
        """Rows that must have a result, as far as the selection is one that the inventory understands."""
        option, settings = self.config.option, self.settings
        if not self._by_inventory or option.markexpr not in ("", *LANES):
            return ()
        decided_by = "test" if settings.evidence is None else "adjudicator"
        return tuple(
            row.id
            for row in settings.rows.values()
            if row.check.decided_by == decided_by and option.markexpr in ("", row.check.lane) and self.wants(row)
        )

    def nothing_selected(self, waiting: int) -> str:
        """Why no check runs; `waiting` are the selected ones that only a pack could decide."""
        asked = [row for row in self.settings.rows.values() if self.wants(row)]
        adjudicated = self.settings.evidence is None and all(row.check.decided_by == "adjudicator" for row in asked)
        if self.settings.shard is not None and (adjudicated or not waiting):
            return (
                f"shard {self.settings.shard.shown} of this selection holds no check: only rows of M1.B that run in "
                "the image are split, and every other check runs in shard 1"
            )
        if waiting or adjudicated:
            number = waiting or len(asked)
            return (
                f"{counted(number, 'selected check')} {'is' if number == 1 else 'are'} about results: "
                "a whole run decides; or give an existing pack with --evidence DIR"
            )
        return "the selection holds no check; `packaging-readiness checks` lists them all"
