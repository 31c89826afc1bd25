"""The contract as typed values: everything the M1 build plan pins, and nothing about how it is checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, Protocol, TypeVar

from packaging_readiness.contract.decode import DecodeError
from packaging_readiness.contract.shapes import SHAPES

Severity = Literal["S1", "S2", "S3"]
Lane = Literal["m1a", "m1b", "m1c", "m1d", "m1e"]
LANES: tuple[Lane, ...] = ("m1a", "m1b", "m1c", "m1d", "m1e")


class Row(Protocol):
    """A row of a contract table; `id` is for ever."""

    @property
    def id(self) -> str: ...


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _relative(path: str) -> None:
    parts = path.rstrip("/").split("/")
    ok = path not in ("", "/") and not path.startswith("/") and ".." not in parts and "\x00" not in path
    _need(ok, f"{path!r} is not a path relative to the platform's root")


@dataclass(frozen=True, slots=True)
class Closure:
    """What counts as proof when the phase is closed."""

    registry_authority: Literal["ecr", "embedded"]
    build_driver: Literal["github_actions", "local_engine"]


@dataclass(frozen=True, slots=True)
class Documents:
    """Authority documents, as paths relative to the platform's root."""

    registry: str
    plan: str
    master_plan: str
    run_process: str
    design_authority: str

    def __post_init__(self) -> None:
        for path in (self.registry, self.plan, self.master_plan, self.run_process, self.design_authority):
            _relative(path)


@dataclass(frozen=True, slots=True)
class ImageRules:
    """Strategy, build inputs and base of the one image.

    `base_argument` names the build argument that supplies FROM as a digest reference; `base_candidates` are the
    references tried for it, in order.
    """

    strategy: str
    dockerfile: str
    context: str
    platform: str
    repository_handles: tuple[str, ...]
    base_argument: str | None = None
    base_candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _relative(self.dockerfile)
        _relative(self.context)


@dataclass(frozen=True, slots=True)
class Include:
    """A path that must exist, enter the context and (unless `copied` is false) be copied."""

    id: str
    recursive: bool = False
    copied: bool = True

    def __post_init__(self) -> None:
        _relative(self.id)

    def covers(self, path: str) -> bool:
        """Whether a context file belongs to this path."""
        return path == self.id or (self.recursive and path.startswith(self.id.rstrip("/") + "/"))


@dataclass(frozen=True, slots=True)
class Exclude:
    """A surface that must stay out of the context, and the paths that probe it."""

    id: str
    probes: tuple[str, ...]

    def __post_init__(self) -> None:
        _need(len(self.probes) > 0, "an exclude surface without probes proves nothing")
        for probe in self.probes:
            _relative(probe)

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
        _need(
            bool(re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", self.module)),
            f"{self.module!r} is not a module name",
        )
        _need(self.handle.startswith("ENTRYPOINT_"), f"{self.handle!r} is not an entrypoint handle")
        for option in (*self.required, *self.optional):
            _need(option.startswith("--"), f"{option!r} is not a long option")


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
            _need(option.startswith("--"), f"{option!r} is not a long option")


@dataclass(frozen=True, slots=True)
class MprCase:
    """A lifecycle event handed to the promotion corridor, and what it must answer."""

    id: str
    entrypoint: str
    subcommand: str
    expect: Literal["PASS", "FAIL"]
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowRules:
    """How entrypoint rows are run. `timeout_s` in seconds.

    `profile_option` is an option of the program and stands before a subcommand, all others after it. `placeholders`
    are harmless values by option, for where a parser would refuse the word `placeholder`.
    """

    profile: str
    profile_option: str
    event_option: str
    timeout_s: float
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _need(0 < self.timeout_s <= 3600, "timeout_s is between 0 and 3600 seconds")
        for option in self.placeholders:
            _need(option.startswith("--"), f"{option!r} is not a long option")


@dataclass(frozen=True, slots=True)
class ProvenanceField:
    """A provenance field, the shape of its value, and the registry handle it is aligned to."""

    id: str
    shape: str
    handle: str | None = None

    def __post_init__(self) -> None:
        _need(self.shape in SHAPES, f"{self.shape!r} is not a shape of evidence")


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
        _need(bool(self.checks or self.blockers), "a condition without checks or blockers can never be false")


@dataclass(frozen=True, slots=True)
class Push:
    """The managed workflow's role, where its policy stands, and the actions that a push needs."""

    role_handle: str
    role_arn: str
    policy_documents: tuple[str, ...]
    repository_actions: tuple[str, ...]
    account_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecretRules:
    """Credential names, backend handle, and the salt that keys fingerprints of findings."""

    fingerprint_salt: str
    credential_names: tuple[str, ...]
    backend_handle: str
    deferral_note: str


@dataclass(frozen=True, slots=True)
class SecretPath:
    """A secret path handle; never a value."""

    id: str

    def __post_init__(self) -> None:
        _need(
            self.id.startswith("/") and "=" not in self.id,
            "a secret path starts with / and holds no = (it is not repeated here)",
        )


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """A reviewed finding that is not a secret."""

    path: str
    rule: str
    fingerprint: str
    reason: str
    reviewer: str
    expires: str


@dataclass(frozen=True, slots=True)
class WorkflowRules:
    """The managed packaging workflow: where it is and what it must have. `security_step` is a regular expression."""

    path: str
    default_branch: str
    required_inputs: tuple[str, ...]
    security_step: str
    permissions: Mapping[str, str]

    def __post_init__(self) -> None:
        _relative(self.path)
        try:
            re.compile(self.security_step)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"security_step is not a regular expression: {error}") from None


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


RowT = TypeVar("RowT", bound=Row)


def row_by_id(rows: tuple[RowT, ...], row_id: str) -> RowT:
    """The row whose id is `row_id`. Raises KeyError."""
    for row in rows:
        if row.id == row_id:
            return row
    raise KeyError(row_id)
