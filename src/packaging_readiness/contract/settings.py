"""The contract's settings that are no tables, as typed values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from packaging_readiness.contract.demands import demand, demand_relative


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
            demand_relative(path)


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
        demand_relative(self.dockerfile)
        demand_relative(self.context)


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
        demand(0 < self.timeout_s <= 3600, "timeout_s is between 0 and 3600 seconds")
        for option in self.placeholders:
            demand(option.startswith("--"), f"{option!r} is not a long option")


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
class WorkflowRules:
    """The managed packaging workflow: where it is and what it must have. `security_step` is a regular expression."""

    path: str
    default_branch: str
    required_inputs: tuple[str, ...]
    security_step: str
    permissions: Mapping[str, str]

    def __post_init__(self) -> None:
        demand_relative(self.path)
        try:
            re.compile(self.security_step)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"security_step is not a regular expression: {error}") from None
