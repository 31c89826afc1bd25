"""Recording: what each check found goes into its record, and from there into the report."""

from collections.abc import Generator
from typing import Any

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.plugin import messages
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.selection import ROW
from packaging_readiness.plugin.session import SuiteSession

RECORD = pytest.StashKey[Record]()
TOLD_BY = "told_by"  # of a report: the row that told the same cause before
_PHASE_KEYS = ("duration", "outcome")
_REPORT_KEYS = ("created", "duration", "exitcode", "summary", "tests")


class Recording:
    """Hooks around each check, and those that fill the report."""

    def __init__(self, session: SuiteSession) -> None:
        self.session = session
        self.told: messages.Told = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Open the record of a check."""
        if ROW in item.stash:
            item.stash[RECORD] = Record(item.stash[ROW], self.session.settings.contract)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Close a phase in the record, and say what failed in the suite's own words."""
        record = item.stash.get(RECORD, None)
        own_words = record is not None and self.session.config.option.verbose < 2
        if record is not None and call.excinfo is not None:
            record.raised(call.excinfo.value, call.when)
            if own_words:  # or pytest would read and parse sources for a traceback that nobody sees
                # The second is asked for what breaks before or after the check itself.
                item.repr_failure = item._repr_failure_py = _no_traceback  # type: ignore[method-assign, assignment]
        report = yield
        if report.failed or report.skipped:
            from packaging_readiness.secrets.redaction import clean
        if report.failed:
            if record is not None and own_words:
                told = messages.failure(record, self.session.settings, call.excinfo, self.told)
                if (first := messages.first_to_tell(record, self.told)) != record.row.id:
                    vars(report)[TOLD_BY] = first
            else:
                told = report.longreprtext
            report.longrepr = clean(told)
            # What a check printed is shown beside its failure.
            report.sections = [(title, clean(text)) for title, text in report.sections]
        elif report.skipped:
            if isinstance(report.longrepr, tuple):
                path, line, reason = report.longrepr
                report.longrepr = (path, line, clean(reason))
            else:  # an expected failure
                report.longrepr = clean(report.longreprtext)
            if hasattr(report, "wasxfail"):
                report.wasxfail = clean(report.wasxfail)
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_metadata(self, item: pytest.Item) -> dict[str, Any]:
        """What the report says of a check."""
        record = item.stash.get(RECORD, None)
        return {} if record is None else {"readiness": record.as_metadata()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> dict[str, Any]:
        """Outcome and duration of a phase; failure texts could hold secrets and stay out."""
        return {key: getattr(report, key) for key in _PHASE_KEYS}

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Keep what the verdict is made of, and put the run header in."""
        session = self.session
        for key in [key for key in json_report if key not in _REPORT_KEYS]:
            del json_report[key]
        for test in json_report.get("tests", []):
            test.pop("lineno", None)
        if session.internal_error:
            json_report["exitcode"] = int(pytest.ExitCode.INTERNAL_ERROR)
        tests = json_report.pop("tests", [])
        try:
            from packaging_readiness.plugin.report_secrets import clean_header, redact_tests
            from packaging_readiness.plugin.runheader import run_header

            json_report["tests"] = redact_tests(tests)
            arguments = session.config.invocation_params.args
            json_report["readiness"] = clean_header(run_header(session.settings, session.platform, arguments))
        except ReadinessError as error:
            session.uncollected.append(str(error))


def _no_traceback(*_: object, **__: object) -> str:
    return ""
