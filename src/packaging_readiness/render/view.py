"""A coherent bundle as what people ask of it: its objects, the rows that do not hold, and how each is repeated."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import LANE_TITLES, packaged_checks
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.evidence.store_folder import read_folder
from packaging_readiness.evidence.verify import Verification, verify_found
from packaging_readiness.verdict.advice import advice

HELD = ("pass", "deferred", "waived")
_OPTIONS = ("--platform-root", "--contract", "--image", "--build-facts", "--engine", "--aws")
_SEVERITIES = ("S1", "S2", "S3")


@dataclass(frozen=True)
class View:
    """One bundle: bytes by name, and what verifying them came to."""

    files: Mapping[str, bytes]
    verification: Verification

    def object(self, name: str) -> Mapping[str, Any]:
        """One object as plain data."""
        value: Mapping[str, Any] = json.loads(self.files[f"{name}.json"])
        return value

    @cached_property
    def results(self) -> tuple[Mapping[str, Any], ...]:
        """Every row of `check_results.json`, in the order of the inventory."""
        return tuple(self.object("check_results")["results"])

    @property
    def not_held(self) -> list[Mapping[str, Any]]:
        """Rows that do not hold: hard ones first, what tests saw before what was decided from it."""
        red = [row for row in self.results if row["outcome"] not in HELD]
        return sorted(red, key=lambda row: (_SEVERITIES.index(row["severity"]), row["decided_by"] != "test"))

    @property
    def active(self) -> list[Mapping[str, Any]]:
        """Blockers of the register that something raises."""
        return [entry for entry in self.object("m1_closure_blocker_register")["blockers"] if entry["raised_by"]]

    def lanes(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Title and execution snapshot of each lane."""
        for lane in LANES:
            yield LANE_TITLES[lane], self.object(f"{lane}_execution_snapshot")

    def fix(self, row: Mapping[str, Any]) -> str:
        """What to do about one row that does not hold."""
        check = next(check for check in packaged_checks() if check.id == row["id"].partition("[")[0])
        return advice(check, row["outcome"], row["reason"])

    def repeat(self, row: Mapping[str, Any]) -> str:
        """The command that runs one row again; what was decided from results needs the results."""
        pack = ["--evidence", "DIR"] if row["decided_by"] == "adjudicator" else []
        return shlex.join(["pytest", "--check", row["id"], *pack, *self._options])

    @cached_property
    def _options(self) -> tuple[str, ...]:
        """Options of the run that decide what a check sees, as the reports recorded them."""
        found: dict[str, str] = {}
        for report in self.object("run_record")["reports"]:
            arguments = report["invocation"]["arguments"]
            for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
                name, equals, value = argument.partition("=")
                if name in _OPTIONS:
                    found.setdefault(name, value if equals else following)
        return tuple(part for name in _OPTIONS if name in found for part in (name, found[name]))


def read_view(root: Path) -> View:
    """The bundle in or below `root`, coherent or not. Raises CannotTell for none, InputRefused for several."""
    found = read_folder(root)
    return View(found.files, verify_found(found))


def read_coherent(root: Path) -> View:
    """The bundle in or below `root`. Raises InputRefused when it is not coherent: nothing may be said in its name."""
    view = read_view(root)
    if not view.verification.coherent:
        first, more = view.verification.problems[0], len(view.verification.problems) - 1
        cause = f"is not coherent: {first}" + (f" (and {more} more)" if more else "")
        raise InputRefused(view.verification.folder or MANIFEST, cause, "look at it with: packaging-readiness verify")
    return view
