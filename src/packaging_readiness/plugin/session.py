"""One pytest session over the lanes: what all hooks of one process share, and what it tells people."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any

import pytest

from packaging_readiness.contract.errors import InputRefused, ReadinessError
from packaging_readiness.contract.load import PACKAGED
from packaging_readiness.evidence.write import refuse_existing
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.report_file import fresh_report_path
from packaging_readiness.plugin.scope import Scope
from packaging_readiness.plugin.selection import refuse_unknown
from packaging_readiness.plugin.settings import Settings, default_out, resolve
from packaging_readiness.plugin.summary import header_lines
from packaging_readiness.secrets.redaction import clean

if TYPE_CHECKING:
    from packaging_readiness.plugin.packaged import ImageSource

_QUIET_S = 2.0


class SuiteSession:
    """Registered once per process: serial, controller of a distributed run, or one of its workers.

    `selected` are the node ids to run, `waiting` counts checks that only a pack could decide, `uncollected` says what
    could not be collected.
    """

    NAME = "packaging-readiness-session"

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker_input = getattr(config, "workerinput", None)
        self.worker = worker_input is not None
        self._looking: Thread | None = None
        self._before_exit: list[tuple[str, Callable[[], None]]] = []
        shared = worker_input["readiness"] if worker_input is not None else None
        try:
            self.settings: Settings = resolve(config, shared)
            self.scope = Scope(config, self.settings)
            self.out = self._output()
            if self.out is not None and not self.worker and not config.option.collectonly:
                refuse_existing(self.out)
            if self.out is None and self.settings.sign_key is not None:
                cause = "signs a bundle, and this run writes none"
                raise InputRefused("--sign-key", cause, "add --evidence-out DIR, or sign what `bundle` writes")
            self._refuse_secrets_in_contract()
        except ReadinessError as error:
            raise pytest.UsageError(clean(str(error))) from None
        refuse_unknown(self.settings, config.option.readiness_blocker, config.option.readiness_check)
        self.report_path = fresh_report_path(config, worker=self.worker)
        self.platform = Platform(self.settings.platform_root, self.settings.contract)
        self.selected: tuple[str, ...] = ()
        self.waiting = 0
        self.uncollected: list[str] = []
        self.internal_error = False
        self._told = -_QUIET_S

    @cached_property
    def image(self) -> "ImageSource":
        """The image under test, found or built when the first check asks."""
        from packaging_readiness.plugin.packaged import ImageSource

        return ImageSource(self.settings, self.platform, self.progress)

    def _output(self) -> Path | None:
        """Where the bundle goes: asked for, or the mirror for a whole run; none for a selected one."""
        if self.settings.evidence_out is not None:
            return self.settings.evidence_out
        return default_out(self.settings) if self.scope.whole and self.settings.evidence is None else None

    def _refuse_secrets_in_contract(self) -> None:
        """Ids of rows come from the contract and are shown everywhere; the packaged ones hold no secret."""
        if not self.worker and self.config.option.readiness_contract not in (None, *PACKAGED):
            from packaging_readiness.plugin.report_secrets import refuse_secrets

            refuse_secrets({"contract": self.settings.contract_data})

    def say(self, line: str) -> None:
        """Write a line to the terminal, without what looks like a secret; workers have none."""
        reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self.worker:
            reporter.write_line(clean(line))

    def progress(self, text: str) -> None:
        """Tell people what takes long: the first word at once, then at most one line in two seconds."""
        if time.monotonic() - self._told >= _QUIET_S:
            self._told = time.monotonic()
            self.say(f"packaging readiness: {text}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Ask the engine for a given image while pytest collects; what needs the image waits for the answer."""
        if self.worker or self.settings.image is None or self.config.option.collectonly:
            return
        rows = (self.settings.rows[row_id] for row_id in self.scope.expected_rows())
        if not any("image" in row.check.needs for row in rows):
            return
        image = self.image

        def look() -> None:
            with suppress(Exception):  # the first check that needs the image meets it again
                image.get()

        self._looking = Thread(target=look, name="image", daemon=True)
        self._looking.start()

    def prepare_image(self) -> list[str]:
        """Find or build the image, and the line that says which it is."""
        try:
            image = self.image.get()
        except ReadinessError as error:
            cause = error.cause.splitlines()[0].rstrip(":")  # the first check that needs the image tells the rest
            return [clean(f"image: not available: {error.place}: {cause}")]
        origin = f"built by this suite as {image.facts.reference}" if image.built_by_suite else "given"
        return [f"image: {image.digest} ({origin}, {image.engine.name} {image.engine.version})"]

    def pytest_report_header(self) -> list[str]:
        """The run header."""
        return [clean(line) for line in header_lines(self.settings, self.platform)]

    def pytest_internalerror(self) -> None:
        """Remember it: a distributed run forgets its exit status."""
        self.internal_error = True

    def before_exit(self, what: str, join: Callable[[], None]) -> None:
        """Wait for the end of a thread when all else is done; `what` people then wait for, if it takes long.

        A worker, which its controller may end after that, waits at once.
        """
        if self.worker:
            join()
        else:
            self._before_exit.append((what, join))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """The containers went while the run was concluded; none outlives the process, and no question to the engine."""
        if self._looking is not None and self._looking.is_alive():
            from packaging_readiness.image.process import end_running

            end_running()  # interrupted before anything used the image
        while self._before_exit:
            what, join = self._before_exit.pop()
            late = Timer(_QUIET_S, self.say, [f"packaging readiness: waiting until {what}"])
            late.daemon = True
            late.start()
            try:
                join()
            except KeyboardInterrupt:
                self.say("packaging readiness: interrupted; a container that is left is removed by the next run")
                raise SystemExit(int(pytest.ExitCode.INTERRUPTED)) from None
            finally:
                late.cancel()
