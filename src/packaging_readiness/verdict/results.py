"""What a check came to, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["pass", "fail", "error", "not_run", "deferred", "waived"]
HELD: frozenset[Outcome] = frozenset({"pass", "deferred", "waived"})


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one row of the inventory.

    `reason` is a code for machines (empty for pass), `expected` and `found` are for people, `observation` holds the
    facts that evidence objects are made of; `withheld` names observed fields that the allow-list of evidence refused.
    """

    id: str
    outcome: Outcome
    reason: str = ""
    expected: str = ""
    found: tuple[str, ...] = ()
    observation: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    deferral: str | None = None
    withheld: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether this row lets M1 pass."""
        return self.outcome in HELD


def not_run(row_id: str) -> Result:
    """The result of a row that no report speaks of."""
    return Result(
        row_id, "not_run", reason="no-result", expected="a result of this run", found=("none in the reports",)
    )
