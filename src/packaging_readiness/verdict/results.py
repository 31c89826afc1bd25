"""What a check came to, as a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from packaging_readiness.contract.shapes import has_shape, misshapen

Outcome = Literal["pass", "fail", "error", "not_run", "deferred", "waived"]
HELD: frozenset[Outcome] = frozenset({"pass", "deferred", "waived"})


def refuse_free_text(reason: str, texts: Iterable[str]) -> None:
    """Raise ValueError unless `reason` is one word (or empty) and each of `texts` a bounded line (or empty)."""
    if reason and not has_shape(reason, "word"):
        raise ValueError("reason is more than one word")
    if not all(text == "" or has_shape(text, "text") for text in texts):
        raise ValueError("expected, found or notes hold more than bounded lines")


def refuse_image(image: Mapping[str, Any] | None) -> None:
    """Raise ValueError unless what is said of an image names its digest and holds only what evidence may hold."""
    if image is None:
        return
    if not has_shape(image.get("digest"), "digest"):
        raise ValueError("image has no well-formed digest")
    for place, problem in misshapen(image):
        raise ValueError(f"image.{place}: {problem}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a report and a stored run both say of one check, held to bounded lines: foreign until it is decided."""

    reason: str
    expected: str
    found: tuple[str, ...]
    observation: Mapping[str, Any]
    notes: tuple[str, ...]
    deferral: str | None

    def __post_init__(self) -> None:
        refuse_free_text(self.reason, (self.expected, *self.found, *self.notes))


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
