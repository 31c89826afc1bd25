"""The rows of the contract's tables, as typed values. A row's `id` is for ever."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, Protocol, TypeVar

from packaging_readiness.contract.demands import demand, demand_day, demand_relative
from packaging_readiness.contract.lanes import Lane, Severity
from packaging_readiness.contract.shapes import SHAPES


class Row(Protocol):
    """A row of a contract table."""

    @property
    def id(self) -> str: ...


RowT = TypeVar("RowT", bound=Row)


def row_by_id(rows: tuple[RowT, ...], row_id: str) -> RowT:
    """The row whose id is `row_id`. Raises KeyError."""
    for row in rows:
        if row.id == row_id:
            return row
    raise KeyError(row_id)


@dataclass(frozen=True, slots=True)
class Include:
    """A path that must exist, enter the context and (unless `copied` is false) be copied."""

    id: str
    recursive: bool = False
    copied: bool = True

    def __post_init__(self) -> None:
        demand_relative(self.id)

    def covers(self, path: str) -> bool:
        """Whether a context file belongs to this path."""
        return path == self.id or (self.recursive and path.startswith(self.id.rstrip("/") + "/"))


@dataclass(frozen=True, slots=True)
class Exclude:
    """A surface that must stay out of the context, and the paths that probe it."""

    id: str
    probes: tuple[str, ...]

    def __post_init__(self) -> None:
        demand(len(self.probes) > 0, "an exclude surface without probes proves nothing")
        for probe in self.probes:
            demand_relative(probe)

    def covers(self, path: str) -> bool:
        """Whether a path lies in a surface that is a path, at any depth and in any case of letters."""
        if " " in self.id:
            return False  # a surface in words: its probes and the names of secret files stand for it
        parts, surface = path.casefold().split("/"), self.id.casefold().rstrip("/").split("/")
        places = range(len(parts) - len(surface) + 1)
        return any(all(map(fnmatchcase, parts[at : at + len(surface)], surface)) for at in places)


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """One row of the entrypoint matrix. `subcommand` is part of the row's help command; `runs_with` is the subcommand
    of the row's arguments where help is asked of the program itself.
    """

    id: str
    handle: str
    mode: str
    module: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    subcommand: str | None = None
    runs_with: str | None = None
    learning: bool = False

    def __post_init__(self) -> None:
        demand(
            bool(re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", self.module)),
            f"{self.module!r} is not a module name",
        )
        demand(self.handle.startswith("ENTRYPOINT_"), f"{self.handle!r} is not an entrypoint handle")
        for option in (*self.required, *self.optional):
            demand(option.startswith("--"), f"{option!r} is not a long option")


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand help contract of one entrypoint row; `required` and `optional` are the options of the subcommand
    itself.
    """

    id: str
    entrypoint: str
    subcommand: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for option in (*self.required, *self.optional):
            demand(option.startswith("--"), f"{option!r} is not a long option")


@dataclass(frozen=True, slots=True)
class MprCase:
    """A lifecycle event handed to the promotion corridor, and what it must answer."""

    id: str
    entrypoint: str
    subcommand: str
    expect: Literal["PASS", "FAIL"]
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProvenanceField:
    """A provenance field, the shape of its value, and the registry handle it is aligned to."""

    id: str
    shape: str
    handle: str | None = None

    def __post_init__(self) -> None:
        demand(self.shape in SHAPES, f"{self.shape!r} is not a shape of evidence")


@dataclass(frozen=True, slots=True)
class EvidencePath:
    """A registry handle that must resolve, and the tokens its pattern must carry."""

    id: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule about results: it holds when the named checks hold and the named blockers are not active."""

    id: str
    title: str
    checks: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    blocker: str | None = None

    def __post_init__(self) -> None:
        demand(bool(self.checks or self.blockers), "a condition without checks or blockers can never be false")


@dataclass(frozen=True, slots=True)
class SecretPath:
    """A secret path handle; never a value."""

    id: str

    def __post_init__(self) -> None:
        demand(
            self.id.startswith("/") and "=" not in self.id,
            "a secret path starts with / and holds no = (it is not repeated here)",
        )


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """A reviewed finding that is not a secret, until when (inclusive day, UTC)."""

    path: str
    rule: str
    fingerprint: str
    reason: str
    reviewer: str
    expires: str

    def __post_init__(self) -> None:
        demand_day("expires", self.expires)


@dataclass(frozen=True, slots=True)
class Blocker:
    """A blocker code of the plan. A roll-up is raised when any check of the lanes it names is not held."""

    id: str
    lane: str
    severity: Severity
    trigger: str
    rollup: tuple[Lane, ...] = ()


@dataclass(frozen=True, slots=True)
class Deferral:
    """An absence that the plan permits by name until a milestone."""

    id: str
    until: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceObject:
    """An object of the bundle, the lane that owns it, and the fields it must have."""

    id: str
    lane: Lane
    fields: tuple[str, ...]
    mandatory: bool = False
