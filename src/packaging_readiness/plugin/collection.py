"""Collection: which files are read, one test per row, lanes marked, and the suite's own selection."""

from collections.abc import Generator, Sequence
from functools import cached_property
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import table
from packaging_readiness.plugin.check import ATTRIBUTE
from packaging_readiness.plugin.selection import ROW, attach_rows, box_of, lane_of, select
from packaging_readiness.plugin.session import SuiteSession
from packaging_readiness.verdict.shards import runs_in_container


class Collection:
    """Hooks that run while tests are collected, in every process."""

    def __init__(self, session: SuiteSession) -> None:
        self.session = session
        self.config = session.config

    @cached_property
    def _boxes(self) -> frozenset[tuple[str, int]]:
        return self.session.scope.boxes()

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave files alone whose box holds no selected check: they need not even be imported."""
        lane, box = lane_of(collection_path, self.config.rootpath), box_of(collection_path)
        return True if lane is not None and box is not None and (lane, box) not in self._boxes else None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """A file of a lane that skips itself takes its checks along: that is a failure, on workers as well."""
        report = yield
        if report.skipped and lane_of(collector.path, self.config.rootpath) is not None:
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid}: skips itself, and a check is never skipped"
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what could not be collected: a distributed run goes on without it."""
        if report.failed:
            self.session.uncollected.append(f"{report.nodeid}: could not be collected")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test per row of the contract table that the check names."""
        settings = self.session.settings
        check = settings.checks.get(getattr(metafunc.function, ATTRIBUTE, ""))
        if check is not None and check.rows is not None:
            rows = table(settings.contract, check.rows)
            metafunc.parametrize("row", rows, ids=[row.id for row in rows])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, None, None]:
        """Mark lanes before `-m` looks, then apply the suite's own selection."""
        session = self.session
        try:
            attach_rows(items, session.settings)
        except pytest.UsageError as error:
            if not session.worker:
                raise
            self._refuse_from_worker(str(error))
            items.clear()
        yield
        chosen, left, waiting = select(items, session.scope.wants, session.settings.evidence is not None)
        session.waiting = len(waiting)
        items[:] = chosen
        session.selected = tuple(item.nodeid for item in chosen if ROW in item.stash)
        if left or waiting:
            self.config.hook.pytest_deselected(items=[*left, *waiting])
        if not chosen and not session.worker:
            raise pytest.UsageError(session.scope.nothing_selected(session.waiting))

    def _refuse_from_worker(self, told: str) -> None:
        """Let the controller hear of wrong usage: what a worker raises reaches it as a crash without a name."""
        report = pytest.CollectReport(told.partition(": ")[0], "failed", longrepr=told, result=[])
        self.config.hook.pytest_collectreport(report=report)

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """Name the image by digest before the first check runs, building it where that is needed."""
        rows = [item.stash[ROW] for item in items if ROW in item.stash]
        if self.config.option.collectonly or not any("image" in row.check.needs for row in rows):
            return []
        if any(map(runs_in_container, rows)):
            from packaging_readiness.secrets.selfcheck import prove_rules_early

            # While the engine is asked for the image, this process has nothing to do.
            self.session.before_exit("the secret rules are proved", prove_rules_early().join)
        return self.session.prepare_image()
