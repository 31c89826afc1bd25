"""The end of a run: the fresh report read back, decided, and the verdict said and turned into an exit status."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from packaging_readiness.plugin.recording import TOLD_BY
from packaging_readiness.plugin.session import SuiteSession
from packaging_readiness.plugin.summary import summary_lines
from packaging_readiness.secrets.redaction import clean

if TYPE_CHECKING:
    from packaging_readiness.plugin.conclusion import Conclusion


class Ending:
    """Hooks that run when all tests have; a worker leaves the end to its controller."""

    def __init__(self, session: SuiteSession) -> None:
        self.session = session
        self.conclusion: Conclusion | None = None
        self._shown = False
        self._untold: dict[str, list[Any]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Read the fresh report back, decide, write the bundle, and set the exit status that follows."""
        ours = self.session
        if ours.worker or ours.config.option.collectonly or session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        from packaging_readiness.plugin.conclusion import Conclusion, conclude

        status = pytest.ExitCode.INTERNAL_ERROR if ours.internal_error else session.exitstatus
        if not ours.selected and status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            self.conclusion = Conclusion(problems=(ours.scope.nothing_selected(ours.waiting),), exit_code=4)
        else:
            try:
                self.conclusion = conclude(
                    ours.settings,
                    ours.report_path,
                    ours.selected,
                    int(status),
                    whole=ours.scope.whole,
                    out=ours.out,
                    known=ours.uncollected,
                    expected=ours.scope.expected_rows(),
                )
            except KeyboardInterrupt:
                told = "the run was interrupted while its verdict was made"
                self.conclusion = Conclusion(int(pytest.ExitCode.INTERRUPTED), problems=(told,))
        session.exitstatus = self.conclusion.exit_code

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_terminal_summary")
    def pytest_leave_out_the_same(self, terminalreporter: Any) -> Generator[None]:
        """Keep out of pytest's sections what would say once more what another check said; -v shows it."""
        if self.session.config.option.verbose < 1:
            # pytest takes the mere presence of a category for its worst outcome.
            for category in {"error", "failed"} & terminalreporter.stats.keys():
                self._untold[category] = reports = terminalreporter.stats[category]
                terminalreporter.stats[category] = [each for each in reports if not hasattr(each, TOLD_BY)]
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The verdict by lane. It comes after pytest's sections, and before what pytest counts."""
        terminalreporter.stats.update(self._untold)
        if self.conclusion is not None:
            self._shown = True
            terminalreporter.section("packaging readiness")
            for line, colours in summary_lines(self.conclusion, self.session.settings):
                terminalreporter.write_line(clean(line), **colours)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say the verdict even where the terminal summary was skipped."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if self.conclusion is not None and not self._shown and reporter is not None:
            for line, _ in summary_lines(self.conclusion, self.session.settings):
                reporter.write_line(clean(line))
