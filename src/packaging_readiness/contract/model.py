"""The contract as a typed value: everything the M1 build plan pins, and nothing about how it is checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.contract.decode import DecodeError
from packaging_readiness.contract.settings import (
    Closure,
    Documents,
    ImageRules,
    Push,
    RowRules,
    SecretRules,
    WorkflowRules,
)
from packaging_readiness.contract.tables import (
    AcceptedFinding,
    Blocker,
    Condition,
    Deferral,
    Entrypoint,
    EvidenceObject,
    EvidencePath,
    Exclude,
    Include,
    MprCase,
    ProvenanceField,
    SecretPath,
    Subcommand,
    row_by_id,
)

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
# Without any of these PASS would be cheap: nothing is left that could fail.
_NEVER_EMPTY = (
    "includes",
    "excludes",
    "entrypoints",
    "provenance_fields",
    "evidence_paths",
    "mismatch_rules",
    "preconditions",
    "no_go",
    "blockers",
    "evidence_objects",
)


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything that is pinned for one environment."""

    schema: Literal[1]
    name: str
    extends: str | None
    phase_id: str
    milestone: str
    environment: str
    mirror: str
    closure: Closure
    documents: Documents
    image: ImageRules
    handles: Mapping[str, str]
    includes: tuple[Include, ...]
    excludes: tuple[Exclude, ...]
    entrypoints: tuple[Entrypoint, ...]
    subcommands: tuple[Subcommand, ...]
    mpr_cases: tuple[MprCase, ...]
    rows: RowRules
    provenance_fields: tuple[ProvenanceField, ...]
    digest_anchors: tuple[ProvenanceField, ...]
    evidence_paths: tuple[EvidencePath, ...]
    mismatch_rules: tuple[Condition, ...]
    push: Push
    secrets: SecretRules
    secret_paths: tuple[SecretPath, ...]
    accepted_findings: tuple[AcceptedFinding, ...]
    workflow: WorkflowRules
    preconditions: tuple[Condition, ...]
    no_go: tuple[Condition, ...]
    blockers: tuple[Blocker, ...]
    deferrals: tuple[Deferral, ...]
    follow_ups: tuple[Deferral, ...]
    evidence_objects: tuple[EvidenceObject, ...]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DecodeError(
                ("name",), f"{self.name!a} is not 1 to 64 of a-z, 0-9, '_', '.', '-' that starts with a letter or digit"
            )
        for table in _NEVER_EMPTY:
            if not getattr(self, table):
                raise DecodeError((table,), "is empty; a contract without it would prove nothing")

    def entrypoint(self, row_id: str) -> Entrypoint:
        """The matrix row with this id. Raises KeyError; references are checked when the contract is loaded."""
        return row_by_id(self.entrypoints, row_id)

    def blocker(self, code: str) -> Blocker:
        """The blocker with this code. Raises KeyError."""
        return row_by_id(self.blockers, code)
