"""One pytest session over the lanes: collects, records, and hands the fresh report to the verdict."""

import time
from collections.abc import Generator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import table
from packaging_readiness.contract.model import LANES
from packaging_readiness.evidence.write import refuse_existing
from packaging_readiness.plugin import messages
from packaging_readiness.plugin.check import ATTRIBUTE, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.selection import (
    ROW,
    attach_rows,
    box_of,
    lane_of,
    refuse_unknown,
    select,
    wanted,
)
from packaging_readiness.plugin.settings import Settings, default_out, resolve
from packaging_readiness.plugin.summary import header_lines, summary_lines

if TYPE_CHECKING:
    from packaging_readiness.plugin.conclusion import Conclusion
    from packaging_readiness.plugin.packaged import ImageSource

_QUIET_S = 2.0
RECORD = pytest.StashKey[Record]()
_PHASE_KEYS = ("duration", "outcome")
_REPORT_KEYS = ("created", "duration", "exitcode", "summary", "tests")


class SuiteSession:
    """Registered once per process: serial, controller of a distributed run, or one of its workers."""

    NAME = "packaging-readiness-session"

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker_input = getattr(config, "workerinput", None)
        self.worker = worker_input is not None
        shared = worker_input["readiness"] if worker_input is not None else None
        try:
            self.settings: Settings = resolve(config, shared)
            self.out = self._output()
            if self.out is not None and not self.worker and not config.option.collectonly:
                refuse_existing(self.out)
        except ReadinessError as error:
            raise pytest.UsageError(str(error)) from None
        refuse_unknown(self.settings, config.option.readiness_blocker, config.option.readiness_check)
        self.report_path = self._force_report()
        self.platform = Platform(self.settings.platform_root, self.settings.contract)
        self.selected: dict[str, str] = {}
        self.waiting = 0
        self.uncollected: list[str] = []
        self.internal_error = False
        self.conclusion: Conclusion | None = None
        self._shown = False
        self._told = -_QUIET_S

    @cached_property
    def image(self) -> "ImageSource":
        """The image under test, found or built when the first check asks."""
        from packaging_readiness.plugin.packaged import ImageSource

        return ImageSource(self.settings, self.platform, self._progress)

    # --- options of other plugins that this run depends on ---

    def _force_report(self) -> Path:
        option = self.config.option
        if not hasattr(option, "json_report"):
            raise pytest.UsageError("pytest-json-report is switched off; the verdict is made of its report")
        if option.json_report_file is None:
            raise pytest.UsageError("--json-report-file=none leaves no report; the verdict is made of it")
        option.json_report = not option.collectonly
        option.json_report_summary = False
        option.json_report_omit = ["collectors", "log", "traceback", "streams", "warnings", "keywords"]
        if getattr(option, "dist", None) == "load":
            option.dist = "loadgroup"
        if getattr(option, "dist", None) == "loadgroup" and option.maxworkerrestart is None:
            option.maxworkerrestart = "0"  # else a crash is tried again on every new worker, and -n1 waits for ever
        path = Path(option.json_report_file)
        if not self.worker and not option.collectonly:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise pytest.UsageError(f"--json-report-file {path.name}: {error.strerror}; name a file") from None
        return path

    def _output(self) -> Path | None:
        """Where the bundle goes: asked for, or the mirror for a whole run; none for a selected one."""
        if self.settings.evidence_out is not None:
            return self.settings.evidence_out
        return default_out(self.settings) if self.whole and self.settings.evidence is None else None

    @property
    def whole(self) -> bool:
        """Whether the run was asked for everything: no selection of any kind."""
        option = self.config.option
        narrowed = (option.markexpr, option.readiness_blocker, option.readiness_check)
        return self._by_inventory and not any(narrowed)

    @property
    def _by_inventory(self) -> bool:
        """Whether nothing but lanes, codes and check ids selects: then the inventory says which rows must have run."""
        option = self.config.option
        roots = {self.config.rootpath, *(self.config.rootpath / f"tests_m1{lane}" for lane in "abcde")}
        given = {Path(self.config.invocation_params.dir, argument).resolve() for argument in self.config.args}
        everything = self.config.rootpath in given or given >= roots - {self.config.rootpath}
        last_failed = getattr(option, "lf", False) or getattr(option, "failedfirst", False)
        return everything and not option.keyword and not option.deselect and not last_failed

    def _expected_rows(self) -> tuple[str, ...]:
        """Rows that must have a result, as far as the selection is one that the inventory understands."""
        option, settings = self.config.option, self.settings
        if not self._by_inventory or option.markexpr not in ("", *LANES):
            return ()
        decided_by = "test" if settings.evidence is None else "adjudicator"
        return tuple(
            row.id
            for row in settings.rows.values()
            if row.check.decided_by == decided_by
            and option.markexpr in ("", row.check.lane)
            and wanted(row, settings, option.readiness_blocker, option.readiness_check)
        )

    def _say(self, line: str) -> None:
        reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self.worker:
            reporter.write_line(line)

    def _progress(self, text: str) -> None:
        """Tell people what takes long: the first word at once, then at most one line in two seconds."""
        if time.monotonic() - self._told >= _QUIET_S:
            self._told = time.monotonic()
            self._say(f"packaging readiness: {text}")

    # --- distribution ---

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the identity that the controller fixed."""
        settings = self.settings
        node.workerinput["readiness"] = {
            "platform_run_id": settings.platform_run_id,
            "written_at_utc": settings.written_at_utc,
            "nonce": settings.nonce,
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ARG002
        """Remember what the workers are to run, and make the image before they all ask for it."""
        first = not self.selected
        self.selected = {nodeid.split("@")[0]: "" for nodeid in ids}
        lanes = {lane_of(self.config.rootpath / nodeid.split("::")[0], self.config.rootpath) for nodeid in ids}
        needing = {row.check.lane for row in self.settings.rows.values() if "image" in row.check.needs}
        if first and lanes & needing and self.config.option.readiness_check is None:
            for line in self._prepare_image():
                self._say(line)

    # --- collection ---

    @cached_property
    def _boxes(self) -> frozenset[tuple[str, int]]:
        """Lane and box of every check that `--blocker` and `--check` select."""
        option, settings = self.config.option, self.settings
        rows = settings.rows.values()
        return frozenset(
            (row.check.lane, row.check.dod)
            for row in rows
            if wanted(row, settings, option.readiness_blocker, option.readiness_check)
        )

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
            self.uncollected.append(f"{report.nodeid}: could not be collected")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test per row of the contract table that the check names."""
        check = self.settings.checks.get(getattr(metafunc.function, ATTRIBUTE, ""))
        if check is not None and check.rows is not None:
            rows = table(self.settings.contract, check.rows)
            metafunc.parametrize("row", rows, ids=[row.id for row in rows])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, None, None]:
        """Mark lanes before `-m` looks, then apply the suite's own selection."""
        try:
            attach_rows(items, self.settings)
        except pytest.UsageError as error:
            if not self.worker:
                raise
            self._refuse_from_worker(str(error))
            items.clear()
        yield
        option = self.config.option
        chosen, left, waiting = select(items, self.settings, option.readiness_blocker, option.readiness_check)
        self.waiting = len(waiting)
        items[:] = chosen
        self.selected = {item.nodeid: item.stash[ROW].id for item in chosen if ROW in item.stash}
        if left or waiting:
            self.config.hook.pytest_deselected(items=[*left, *waiting])
        if not chosen and not self.worker:
            raise pytest.UsageError(self._nothing_selected())

    def _refuse_from_worker(self, told: str) -> None:
        """Let the controller hear of wrong usage: what a worker raises reaches it as a crash without a name."""
        report = pytest.CollectReport(told.partition(": ")[0], "failed", longrepr=told, result=[])
        self.config.hook.pytest_collectreport(report=report)

    def _nothing_selected(self) -> str:
        option, settings = self.config.option, self.settings
        asked = [
            row
            for row in settings.rows.values()
            if wanted(row, settings, option.readiness_blocker, option.readiness_check)
        ]
        adjudicated = settings.evidence is None and all(row.check.decided_by == "adjudicator" for row in asked)
        if self.waiting or adjudicated:
            return (
                f"the {self.waiting or len(asked)} selected checks are about results: the adjudicator decides them "
                "in a whole run, or give an existing pack with --evidence DIR"
            )
        return "the selection holds no check; `packaging-readiness checks` lists them all"

    def pytest_report_header(self) -> list[str]:
        """The run header."""
        return header_lines(self.settings, self.platform)

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """Name the image by digest before the first check runs, building it where that is needed."""
        if self.config.option.collectonly or not any(
            "image" in i.stash[ROW].check.needs for i in items if ROW in i.stash
        ):
            return []
        return self._prepare_image()

    def _prepare_image(self) -> list[str]:
        try:
            image = self.image.get()
        except ReadinessError as error:
            return [f"image: not available: {error}"]
        origin = "built by this suite" if image.built_by_suite else "given"
        return [f"image: {image.facts.digest} ({origin}, {image.engine.name} {image.engine.version})"]

    # --- recording ---

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Open the record of a check."""
        if ROW in item.stash:
            item.stash[RECORD] = Record(item.stash[ROW], self.settings.contract)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Close a phase in the record, and say what failed in the suite's own words."""
        record = item.stash.get(RECORD, None)
        if record is not None and call.excinfo is not None:
            record.raised(call.excinfo.value, call.when)
        report = yield
        if record is not None and report.failed and self.config.option.verbose < 2:
            report.longrepr = messages.failure(record, self.settings, call.excinfo)
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
        for key in [key for key in json_report if key not in _REPORT_KEYS]:
            del json_report[key]
        for test in json_report.get("tests", []):
            test.pop("lineno", None)
        if self.internal_error:
            json_report["exitcode"] = int(pytest.ExitCode.INTERNAL_ERROR)
        try:
            from packaging_readiness.plugin.runheader import run_header

            json_report["readiness"] = run_header(self.settings, self.platform, self.config.invocation_params.args)
        except ReadinessError as error:
            self._progress(str(error))

    # --- the end ---

    def pytest_internalerror(self) -> None:
        """Remember it: a distributed run forgets its exit status."""
        self.internal_error = True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Read the fresh report back, decide, write the bundle, and set the exit status that follows."""
        if self.worker or self.config.option.collectonly or session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        from packaging_readiness.plugin.conclusion import Conclusion, conclude

        status = pytest.ExitCode.INTERNAL_ERROR if self.internal_error else session.exitstatus
        if not self.selected and status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            self.conclusion = Conclusion(problems=(self._nothing_selected(),), exit_code=4)
        else:
            self.conclusion = conclude(
                self.settings,
                self.report_path,
                tuple(self.selected),
                int(status),
                whole=self.whole,
                out=self.out,
                known=self.uncollected,
                expected=self._expected_rows(),
            )
        session.exitstatus = self.conclusion.exit_code

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The verdict by lane."""
        if self.conclusion is not None:
            self._shown = True
            terminalreporter.section("packaging readiness")
            for line, colours in summary_lines(self.conclusion, self.settings):
                terminalreporter.write_line(line, **colours)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say the verdict even where the terminal summary was skipped."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if self.conclusion is not None and not self._shown and reporter is not None:
            for line, _ in summary_lines(self.conclusion, self.settings):
                reporter.write_line(line)
