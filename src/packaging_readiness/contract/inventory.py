"""The inventory of checks: one row per check in `checks.yaml`, expanded over the contract's tables."""

import functools
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.lanes import LANES, Lane
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.source import read_mapping, typed
from packaging_readiness.contract.tables import Row


@dataclass(frozen=True, slots=True)
class Handle:
    """One distinct entrypoint handle of the matrix."""

    id: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check as `checks.yaml` states it. `source` is the section of the plan it proves."""

    id: str
    lane: Lane
    dod: int
    title: str
    why: str
    fix: str
    blocker: str | None
    severity: Literal["S1", "S2", "S3", "row"]
    evidence: str
    source: str
    rows: str | None = None
    needs: tuple[Literal["image"], ...] = ()
    decided_by: Literal["test", "adjudicator"] = "test"

    def __post_init__(self) -> None:
        if not self.id.startswith(f"{self.lane}."):
            raise ValueError(f"id {self.id!r} does not start with its lane {self.lane!r}")
        if (self.blocker is None) != (self.severity == "S3"):
            raise ValueError("a check has no blocker exactly when it is an S3 advisory")
        if (self.blocker == "row") != (self.severity == "row"):
            raise ValueError("blocker and severity are taken from the row together")


@dataclass(frozen=True, slots=True)
class CheckFile:
    """The content of `checks.yaml`."""

    schema: Literal[1]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One instance of a check: what a test id, a result and a row of evidence refer to.

    `id` is the check's id, with `[row]` when the check has rows; `blocker` is resolved from the row where it is there.
    """

    id: str
    check: Check
    row: Row | None
    blocker: str | None
    severity: str


def table(contract: Contract, name: str) -> tuple[Row, ...]:
    """The contract table that a check's `rows` names. Raises KeyError for an unknown table."""
    if name == "copied_includes":
        return tuple(row for row in contract.includes if row.copied)
    if name == "learning_entrypoints":
        return tuple(row for row in contract.entrypoints if row.learning)
    if name == "optional_entrypoints":
        return tuple(row for row in contract.entrypoints if row.optional)
    if name == "optional_subcommands":
        return tuple(row for row in contract.subcommands if row.optional)
    if name == "entrypoint_handles":
        return tuple(Handle(handle) for handle in dict.fromkeys(row.handle for row in contract.entrypoints))
    value = getattr(contract, name, None)
    if not isinstance(value, tuple):
        raise KeyError(name)
    return value


@functools.cache
def packaged_checks() -> tuple[Check, ...]:
    """The checks of this suite, in the order of `checks.yaml`."""
    path = Path(str(files("packaging_readiness.contract").joinpath("checks.yaml")))
    return load_checks(path, "checks.yaml")


def load_checks(path: Path, shown: str) -> tuple[Check, ...]:
    """The checks of the file `path`. Raises InputRefused with `path:line` for anything malformed or doubled."""
    content = typed(CheckFile, read_mapping(path, shown), path, shown)
    seen: set[str] = set()
    for check in content.checks:
        if check.id in seen:
            raise InputRefused(shown, f"check {check.id!r} stands in the inventory twice")
        seen.add(check.id)
    return content.checks


def expand(checks: tuple[Check, ...], contract: Contract) -> tuple[CheckRow, ...]:
    """Every instance of every check under `contract`, in the order of the inventory.

    Raises InputRefused when a check names an unknown table or blocker, or another severity than its blocker has.
    """
    rows: list[CheckRow] = []
    for check in checks:
        if check.rows is None:
            rows.append(_instance(check, None, contract))
            continue
        try:
            members = table(contract, check.rows)
        except KeyError:
            raise InputRefused("checks.yaml", f"{check.id}: no contract table is called {check.rows!r}") from None
        rows.extend(_instance(check, member, contract) for member in members)
    return tuple(rows)


def _instance(check: Check, row: Row | None, contract: Contract) -> CheckRow:
    row_id = check.id if row is None else f"{check.id}[{row.id}]"
    code = getattr(row, "blocker", None) if check.blocker == "row" else check.blocker
    if check.blocker is None:
        return CheckRow(row_id, check, row, None, "S3")
    try:
        blocker = contract.blocker(code or "")
    except KeyError:
        raise InputRefused("checks.yaml", f"{row_id}: blocker {code!r} is not in the contract") from None
    if check.severity not in ("row", blocker.severity):
        raise InputRefused(
            "checks.yaml",
            f"{row_id}: severity {check.severity} but {code} is {blocker.severity} in the contract",
        )
    return CheckRow(row_id, check, row, blocker.id, blocker.severity)


def lane_title(lane: Lane) -> str:
    """`m1a` as people write it: `M1.A`."""
    return f"M1.{lane[-1].upper()}"


LANE_TITLES: dict[Lane, str] = {lane: lane_title(lane) for lane in LANES}
