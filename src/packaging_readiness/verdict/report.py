"""One JSON report as typed values: strict about its form, sceptical about its outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.decode import decode_foreign
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.accounts import RERUN, Account, read_account
from packaging_readiness.verdict.header import RunHeader
from packaging_readiness.verdict.results import Outcome, Result, Told, refuse_image
from packaging_readiness.verdict.shared_contract import SharedContract

KEY = "readiness"
PHASES = ("setup", "call", "teardown")
_INTERNAL_ERROR = 3
_LONGEST_S = 31 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Observed(Told):
    """What the test of one check recorded: the `readiness` metadata of a test in the report."""

    check: str
    outcome: str
    image: Mapping[str, Any] | None
    measured: Mapping[str, Any]

    def __post_init__(self) -> None:
        Told.__post_init__(self)  # the form without arguments does not work in a dataclass with slots
        refuse_image(self.image)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: where it came from, its header, its account of itself, results, and the image that its checks used,
    if any.

    `durations` (seconds, by check) and `measured` differ between runs by nature and go to the run record only.
    """

    shown: str
    digest: str
    header: RunHeader
    exit_code: int
    account: Account
    results: tuple[Result, ...]
    image: Mapping[str, Any] | None
    durations: Mapping[str, float]
    measured: Mapping[str, Mapping[str, Any]]


def read_report(data: bytes, shown: str, contract: SharedContract | None = None) -> Report:
    """The report in `data`. Raises InputRefused when it is truncated, malformed or of a run that broke down.

    `contract` is what the reports of one run share; give the same one for each of them.
    """
    content, digest = (contract or SharedContract()).read(data, shown, KEY)
    if not isinstance(content, dict) or KEY not in content:
        raise InputRefused(shown, "is not a report of this suite", RERUN)
    header = decode_foreign(RunHeader, content[KEY], shown, below=KEY, cure=RERUN)
    exit_code = content.get("exitcode")
    if type(exit_code) is not int:
        raise InputRefused(shown, "exitcode: does not say how its run ended", RERUN)
    if exit_code == _INTERNAL_ERROR:
        raise InputRefused(shown, "exitcode: is of a run that ended by an internal error", RERUN)
    tests = content.get("tests", [])
    if not isinstance(tests, list):
        raise InputRefused(shown, "its tests are not a list", RERUN)
    observed = [(test, _observed(test, shown)) for test in tests]
    return Report(
        shown=shown,
        digest=digest,
        header=header,
        exit_code=exit_code,
        account=read_account(content, tests, shown),
        results=tuple(_result(test, seen) for test, seen in observed),
        image=_one_image([seen for _, seen in observed], shown),
        durations={seen.check: _duration(test, seen, shown) for test, seen in observed},
        measured={seen.check: seen.measured for _, seen in observed if seen.measured},
    )


def _observed(test: object, shown: str) -> Observed:
    metadata = test.get("metadata") if isinstance(test, dict) else None
    if not isinstance(metadata, dict) or KEY not in metadata:
        name = str(test.get("nodeid")) if isinstance(test, dict) else "a test"
        raise InputRefused(shown, f"{name} recorded no check", RERUN)
    return decode_foreign(Observed, metadata[KEY], shown, below=KEY, cure=RERUN)


def _result(test: Mapping[str, Any], seen: Observed) -> Result:
    outcome, reason = _outcome(test, seen)
    return Result(
        id=seen.check,
        outcome=outcome,
        reason=reason,
        expected=seen.expected,
        found=seen.found,
        observation=seen.observation,
        notes=seen.notes,
        deferral=seen.deferral if outcome == "deferred" else None,
    )


def _outcome(test: Mapping[str, Any], seen: Observed) -> tuple[Outcome, str]:
    """Pass needs all three phases passed, and what the check recorded to say the same."""
    phases = {name: test[name].get("outcome") for name in PHASES if isinstance(test.get(name), dict)}
    if "skipped" in phases.values():
        return "not_run", "skipped"
    if set(phases) != set(PHASES):
        return ("error", seen.reason) if seen.outcome == "error" else ("not_run", "interrupted")
    if phases["setup"] != "passed" or phases["teardown"] != "passed":
        return "error", seen.reason or "set-up-or-tear-down"
    if phases["call"] == "passed" and test.get("outcome") == "passed" and seen.outcome == "pass":
        # A reason beside a pass is a contradiction, which merging tells.
        return ("deferred", seen.deferral) if seen.deferral and not seen.reason else ("pass", seen.reason)
    if phases["call"] == "failed" and seen.outcome == "fail":
        return "fail", seen.reason
    return "error", seen.reason or "outcome-contradicts-record"


def _duration(test: Mapping[str, Any], seen: Observed, shown: str) -> float:
    total = 0.0
    for name in PHASES:
        phase = test.get(name)
        duration = phase.get("duration", 0.0) if isinstance(phase, dict) else 0.0
        # Below a month: JSON can spell numbers that are no float, and none of them is a time that a phase took.
        if type(duration) not in (int, float) or not 0 <= duration < _LONGEST_S:
            raise InputRefused(shown, f"{seen.check}: the duration of its {name} is no number of seconds", RERUN)
        total += duration
    return round(total, 6)


def _one_image(observed: list[Observed], shown: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = None
    for seen in observed:
        if seen.image is None:
            continue
        if found is not None and seen.image != found:
            raise InputRefused(shown, f"{seen.check}: used another image than the checks before it", RERUN)
        found = seen.image
    return found
