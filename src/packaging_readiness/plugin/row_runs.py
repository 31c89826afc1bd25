"""The entrypoint rows of a run: one process for each distinct command, all side by side in one container."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.image.commands import Command, Completed
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.leftovers import sweep
from packaging_readiness.image.settle import Settled, run_settled
from packaging_readiness.plugin.by_hand import by_hand
from packaging_readiness.plugin.invocations import shared
from packaging_readiness.plugin.packaged import ImageSource, PackagedImage
from packaging_readiness.plugin.remembered import Remembered


class RowRuns:
    """Runs the commands of all selected rows side by side in one container, from now on; each test waits for its own.

    `commands` are by row; rows whose commands are the same share one process. `passed` says whether it proved a row.
    """

    def __init__(
        self,
        source: ImageSource,
        commands: Mapping[str, Command],
        passed: Callable[[str, Completed], bool],
        run_id: str,
    ) -> None:
        self._source = source
        self._commands = commands
        self._runner = shared(commands)
        self._passed = passed
        self._run_id = run_id
        self._done: dict[str, Settled] = {}
        self._error: Remembered | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._sweeping: threading.Thread | None = None
        self._thread = threading.Thread(target=self._run, name="entrypoint rows", daemon=True)
        self._thread.start()

    def result(self, row_id: str) -> Settled:
        """What the row's process did. Raises CannotTell when the container ended without an answer."""
        command_id = self._runner[row_id]
        with self._changed:
            self._changed.wait_for(lambda: command_id in self._done or self._ended)
            if command_id in self._done:
                return self._done[command_id]
        if self._error is not None:
            raise self._error.again()
        raise CannotTell(command_id, "the container ended before the row had run", "run it again")

    def by_hand(self, row_id: str) -> str:
        """A line for a shell that shows the same row by the engine's own command, without this suite."""
        image = self._source.get()
        return by_hand(image.engine, image.facts.reference, self._commands[row_id])

    def stop(self) -> None:
        """Stop what still runs; `join` waits for the container to be gone."""
        self._closing.set()

    def join(self) -> None:
        """Wait for the container to be gone, and for those that earlier runs left."""
        self._thread.join()
        if self._sweeping is not None:
            self._sweeping.join()

    def _all_passed(self, done: Completed) -> bool:
        sharing = (row_id for row_id, runner in self._runner.items() if runner == done.id)
        return all(self._passed(row_id, done) for row_id in sharing)

    def _run(self) -> None:
        try:
            image = self._source.get()
            self._settle(image)
        except ReadinessError as error:
            self._error = Remembered.of(error)
        except Exception as error:
            broken = CannotTell("entrypoint runner", f"broke down: {type(error).__name__}")
            self._error = Remembered(broken, error.__traceback__)
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _settle(self, image: PackagedImage) -> None:
        runs = run_settled(
            image.engine,
            image.facts.image_id,
            [self._commands[row_id] for row_id in dict.fromkeys(self._runner.values())],
            passed=self._all_passed,
            parallel=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            run_id=self._run_id,
            stop=self._closing,
        )
        try:
            for settled in runs:
                with self._changed:
                    self._done[settled.result.id] = settled
                    self._changed.notify_all()
                self._sweep(image.engine)
        finally:
            self._sweep(image.engine)

    def _sweep(self, engine: Engine) -> None:
        """Remove, once and beside the run, what earlier runs left: it concerns none of this one's containers.

        Not before the first result, which would wait for the engine longer. An engine that does not answer here does
        not answer the run either, which says so; and what is left is no part of what this run proves.
        """
        if self._sweeping is not None:
            return

        def work() -> None:
            with suppress(Exception):
                sweep(engine)

        self._sweeping = threading.Thread(target=work, name="sweep", daemon=True)
        self._sweeping.start()
