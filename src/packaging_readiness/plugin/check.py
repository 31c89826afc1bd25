"""What a check is made of: the decorator that names it, and the record of what it saw."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract

Test = TypeVar("Test", bound=Callable[..., object])
ATTRIBUTE = "__packaging_readiness_check__"
FOUND_LIMIT = 50
TEXT_LIMIT = 600
_CODE = re.compile(r"(?<=[a-z])(?=[A-Z])")


class CheckFailed(Exception):
    """The platform breaks the contract: a reason code, and what was found (place first, one fact per line).

    `fix` says what to do where the reason calls for something else than the check's own advice.
    """

    def __init__(self, reason: str, *found: str, fix: str = "") -> None:
        super().__init__(reason, *found)
        self.reason = reason
        self.found = found
        self.fix = fix


def check(check_id: str) -> Callable[[Test], Test]:
    """Mark a test as the check `check_id` of the inventory. A check with rows takes one as the argument `row`."""

    def mark(test: Test) -> Test:
        setattr(test, ATTRIBUTE, check_id)
        return test

    return mark


@dataclass(slots=True)
class Record:
    """What one check recorded. Only plain JSON gets in, so that a report can always be written."""

    row: CheckRow
    contract: Contract
    observation: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    measured: dict[str, Any] = field(default_factory=dict)
    image: Mapping[str, Any] | None = None
    deferral: str | None = None
    outcome: str = "pass"
    reason: str = ""
    found: tuple[str, ...] = ()
    fix: str = ""
    by_hand: str = ""

    def observe(self, **facts: Any) -> None:
        """Record facts that evidence is made of. Raises TypeError or ValueError for what is not plain JSON."""
        self.observation.update(json.loads(json.dumps(facts, allow_nan=False)))

    def note(self, text: str) -> None:
        """Record something worth knowing that never blocks."""
        self.notes.append(_clean(text))

    def measure(self, **values: Any) -> None:
        """Record what differs between runs by nature, such as durations in seconds."""
        self.measured.update(json.loads(json.dumps(values, allow_nan=False)))

    def require(self, holds: bool, reason: str, *found: str, fix: str = "") -> None:
        """Fail the check with a reason code and what was found, unless `holds`; `fix` shows what to write."""
        if not holds:
            self.fail(reason, found, fix)

    def fail(self, reason: str, found: Iterable[str], fix: str = "") -> NoReturn:
        """Fail the check: the platform breaks the contract."""
        raise CheckFailed(reason, *found, fix=fix)

    def defer(self, name: str, *found: str) -> None:
        """Record an absence that the contract permits by name; under a contract without the entry it is a failure."""
        if name not in {deferral.id for deferral in self.contract.deferrals}:
            raise CheckFailed("deferral-not-in-contract", *found, f"the contract names no deferral {name!r}")
        self.deferral = name

    def raised(self, error: BaseException, phase: str) -> None:
        """Take in what ended a phase of the test: a failed check is a *fail*, anything else is an *error*."""
        if phase == "call" and isinstance(error, CheckFailed):
            self._end("fail", error.reason, error.found)
            self.fix = _clean(error.fix)
        elif phase == "call" and isinstance(error, AssertionError):
            self._end("fail", "assertion", (str(error).splitlines() or ["an assertion"])[:1])
        elif isinstance(error, ReadinessError):
            self._end("error", _CODE.sub("-", type(error).__name__).lower(), _told(error))
            self.fix = _clean(error.cure)
        else:
            self._end("error", f"unexpected-{type(error).__name__}", [f"{type(error).__name__} during {phase}"])

    def _end(self, outcome: str, reason: str, found: Iterable[str]) -> None:
        from packaging_readiness.secrets.redaction import redact

        whole, leaked = redact("\n".join(found := list(found)))  # a secret may run over several lines
        texts = [line(text) for text in (whole.splitlines() if leaked else found)]
        if len(texts) > FOUND_LIMIT:
            texts = [*texts[:FOUND_LIMIT], f"and {len(texts) - FOUND_LIMIT} more"]
        self.outcome, self.reason, self.found = outcome, reason, tuple(texts)

    def as_metadata(self) -> dict[str, Any]:
        """The record as the report carries it. What JSON cannot hold, however it got in, makes the check an error."""
        facts = {"observation": self.observation, "notes": self.notes, "measured": self.measured}
        try:
            json.dumps(facts, allow_nan=False)
        except (TypeError, ValueError):
            facts = {"observation": {}, "notes": [], "measured": {}}
            self._end("error", "not-plain-json", ["the check recorded what JSON cannot hold"])
        return {
            "check": self.row.id,
            "outcome": self.outcome,
            "reason": self.reason,
            "expected": self.row.check.title,
            "found": list(self.found),
            **facts,
            "deferral": self.deferral,
            "image": dict(self.image) if self.image else None,
        }


def _told(error: ReadinessError) -> list[str]:
    return (f"{error.place}: {error.cause}" if error.place else error.cause).splitlines()


def _clean(text: str) -> str:
    """`text` as one bounded line without anything that looks like a secret."""
    from packaging_readiness.secrets.redaction import redact

    return line(redact(text)[0])


def line(text: str) -> str:
    """`text` as one bounded line without control characters."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    printable = printable.encode("utf-8", "replace").decode()
    return printable if len(printable) <= TEXT_LIMIT else printable[: TEXT_LIMIT - 2] + " …"


def listed(names: Iterable[str]) -> str:
    """Names in one line, for readers."""
    return ", ".join(names) or "none"
