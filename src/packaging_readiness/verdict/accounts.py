"""A report's account of itself: its counts, exit code and time of writing, held against its tests and its header.

pytest writes all of them together. Where they differ somebody changed the file, and nothing in it can be relied on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from packaging_readiness.contract.errors import InputRefused

if TYPE_CHECKING:
    from packaging_readiness.verdict.report import Report

RERUN = "run the lane again and hand in the report that it writes"
_OK, _FAILED, _NO_TESTS = 0, 1, 5
_YEAR_10000 = 253402300800
_NOT_OUTCOMES = ("collected", "deselected")


@dataclass(frozen=True, slots=True)
class Account:
    """`created` is the time of writing (seconds since 1970, UTC). `stated` counts tests by outcome as the summary does
    (with their `total`), `counted` as the tests themselves say.
    """

    created: float
    stated: Mapping[str, Any]
    counted: Mapping[str, int]


def read_account(content: Mapping[str, Any], tests: Sequence[Any], shown: str) -> Account:
    """The account in the content of a report. Raises InputRefused where it is missing or of another form."""
    created, summary = content.get("created"), content.get("summary")
    if isinstance(created, bool) or not isinstance(created, int | float) or not 0 <= created < _YEAR_10000:
        raise InputRefused(shown, "created: does not say when it was written", RERUN)
    if not isinstance(summary, dict):
        raise InputRefused(shown, "summary: does not say how many tests it holds", RERUN)
    counted = Counter(str(test.get("outcome")) if isinstance(test, dict) else "none" for test in tests)
    counted["total"] = len(tests)
    return Account(created, {name: n for name, n in summary.items() if name not in _NOT_OUTCOMES}, counted)


def refuse_false_accounts(reports: "Sequence[Report]") -> None:
    """Raise InputRefused for a report whose counts, exit code or time deny its tests or its header."""
    for report in reports:
        for problem in _problems(report):
            raise InputRefused(report.shown, problem, RERUN)


def _problems(report: "Report") -> Iterator[str]:
    account = report.account
    for name in sorted(account.stated.keys() | account.counted.keys()):
        if account.stated.get(name, 0) != account.counted.get(name, 0):
            # What a foreign summary says is not repeated: it need not be a number.
            yield f"summary.{name[:20]!a}: counts other tests than the {account.counted.get(name, 0)} that it holds"
    failed = account.counted.get("failed", 0) + account.counted.get("error", 0)
    if report.exit_code == _OK and failed:
        yield f"exitcode: is 0, and {failed} of its tests failed"
    if report.exit_code == _FAILED and not failed:
        yield "exitcode: is 1, and none of its tests failed"
    if report.exit_code == _NO_TESTS and account.counted["total"]:
        yield f"exitcode: is 5 (no tests), and it holds {account.counted['total']}"
    began = report.header.identity.written_at_utc
    if account.created < datetime.fromisoformat(began).timestamp():
        yield f"created: it is older than its own header (written_at_utc is {began})"
