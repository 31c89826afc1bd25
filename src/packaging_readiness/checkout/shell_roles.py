"""What a command of a security step is to it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Role:
    """What a command is to a security step.

    `check`: it fails when it finds something. `search`: one of its two ends means that it found something. `soft`: a
    check that cannot fail. `unclear`: it may be anything. `unknown`: it may be a check, and changes nothing else in
    its script. `none`: no check. `why` completes "its script ...".
    """

    kind: Literal["check", "search", "soft", "unclear", "unknown", "none"]
    why: str = ""
    known: bool = False
    """Whether the tool is a well-known scanner, whose failure is a finding and nothing else."""


NONE = Role("none")
