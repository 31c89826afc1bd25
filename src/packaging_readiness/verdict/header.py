"""Identity of a run, as its report's header states it: nothing to the right of a report looks anywhere else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from packaging_readiness.contract.demands import demand_day

UTC = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
RUN_ID = re.compile(r"[a-z0-9][A-Za-z0-9_.-]{2,99}")
GIT_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Acceptance of one S3 advisory: who, why, until when (inclusive day, UTC)."""

    check: str
    owner: str
    reason: str
    expires: str

    def __post_init__(self) -> None:
        for name in ("check", "owner", "reason"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty")
        demand_day("expires", self.expires)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Recorded acceptance of an active blocker: it stays no-go, but somebody answers for carrying it."""

    blocker: str
    owner: str
    reason: str

    def __post_init__(self) -> None:
        for name in ("blocker", "owner", "reason"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty")


@dataclass(frozen=True, slots=True)
class Carried:
    """What people decided to carry: the content of the waivers file."""

    waivers: tuple[Waiver, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """What one run is about; equal in every report of it, and all that evidence objects know of the run itself.

    `git_ref` is the branch, or null for a detached checkout; `aws` says whether a registry on AWS was asked.
    """

    platform_run_id: str
    written_at_utc: str
    suite_version: str
    suite_digest: str
    contract_digest: str
    git_sha: str
    git_ref: str | None
    dirty: bool
    aws: Literal["embedded", "real"]
    workflow_run_id: str | None
    workflow_run_url: str | None
    carried: Carried

    def __post_init__(self) -> None:
        if not RUN_ID.fullmatch(self.platform_run_id):
            raise ValueError(f"{self.platform_run_id!r} is not a run id (letters, digits, '_', '.', '-')")
        if not UTC.fullmatch(self.written_at_utc):
            raise ValueError(f"{self.written_at_utc!r} is not a UTC time like 2026-02-22T19:48:49Z")
        try:
            datetime.fromisoformat(self.written_at_utc)
        except ValueError:
            raise ValueError(f"{self.written_at_utc!r} is a day that no calendar has") from None
        if not GIT_SHA.fullmatch(self.git_sha):
            raise ValueError(f"{self.git_sha!r} is not a full git sha")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` (from 1) of a run that is split into `of` parts."""

    index: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.of:
            raise ValueError(f"there is no part {self.index} of {self.of}")

    @property
    def shown(self) -> str:
        """As it is written on the command line."""
        return f"{self.index}/{self.of}"


@dataclass(frozen=True, slots=True)
class RunHeader:
    """The header of one report: identity, the whole contract, and what is particular to this one invocation.

    `shard` is null for a report of an undivided run.
    """

    schema: Literal[1]
    identity: Identity
    contract: Mapping[str, Any]
    nonce: str
    invocation: Mapping[str, Any]
    shard: Shard | None = None
