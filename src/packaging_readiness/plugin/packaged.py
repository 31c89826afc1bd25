"""The image under test: found or built once per run, and the entrypoint rows that run in it."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.image.base import BaseImage, ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.commands import DEFAULT_LIMITS, Command, Completed
from packaging_readiness.image.container import hardening, plain_command
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.facts import ImageFacts, inspect
from packaging_readiness.image.leftovers import sweep
from packaging_readiness.image.settle import Settled, run_settled
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings


@dataclass(frozen=True, slots=True)
class PackagedImage:
    """An image, its engine, and where it came from. `base` is known only for an image that the suite built."""

    engine: Engine
    facts: ImageFacts
    built_by_suite: bool
    base: BaseImage | None

    def summary(self) -> dict[str, Any]:
        """What evidence says of the image; equal in every process of a run."""
        base = self.base
        return {
            "digest": self.facts.digest,
            "reference": self.facts.reference,
            "media_type": self.facts.media_type,
            "manifest_bytes": self.facts.manifest_size,
            "architecture": self.facts.architecture,
            "os": self.facts.os,
            "user": self.facts.user or "root",
            "engine": self.engine.name,
            "engine_version": self.engine.version,
            "origin": "built-by-suite" if self.built_by_suite else "given",
            "base": base.reference if base else None,
            "base_digest": base.digest if base else None,
            "source": f"{base.origin}: {base.source}" if base else None,
            "hardening": hardening(self.engine, DEFAULT_LIMITS),
        }


class ImageSource:
    """Finds or builds the image on first use; an error is remembered, so that it is not waited for twice."""

    def __init__(self, settings: Settings, platform: Platform, progress: Callable[[str], None]) -> None:
        self._settings = settings
        self._platform = platform
        self._progress = progress
        self._lock = threading.Lock()
        self._image: PackagedImage | None = None
        self._error: ReadinessError | None = None

    def get(self) -> PackagedImage:
        """The image. Raises CannotTell or BuildFailed, each time the same."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._image is None:
                try:
                    self._image = self._obtain()
                except ReadinessError as error:
                    self._error = error
                    raise
            return self._image

    def _obtain(self) -> PackagedImage:
        settings = self._settings
        engine = detect(settings.engine)
        if settings.image is not None:
            return PackagedImage(engine, inspect(engine, settings.image, settings.cache), False, None)
        rules = settings.contract.image
        arguments: dict[str, str] = {}
        base: BaseImage | None = None
        if rules.base_argument is not None:
            base = ensure_base(engine, rules.base_candidates, settings.cache, self._progress)
            arguments[rules.base_argument] = base.reference
        key = content_key(self._platform, arguments, engine.name)
        built = build(
            engine,
            self._platform.context_root,
            _dockerfile_below_context(self._platform),
            arguments,
            key,
            settings.cache,
            self._progress,
        )
        return PackagedImage(engine, built.facts, True, base)


def _dockerfile_below_context(platform: Platform) -> str:
    path = platform.root / platform.contract.image.dockerfile
    return os.path.relpath(path, platform.context_root)


def content_key(platform: Platform, arguments: Mapping[str, str], engine: str) -> str:
    """Digest of all that goes into a build: Dockerfile, every file of the context with its mode, arguments, engine."""
    total = hashlib.sha256(engine.encode())
    total.update(platform.read(platform.contract.image.dockerfile))
    for name, value in sorted(arguments.items()):
        total.update(f"\0{name}={value}".encode())
    for relative in platform.context.files:
        path = platform.context_root / relative
        try:
            content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            mode = path.lstat().st_mode
        except OSError as error:
            raise CannotTell(relative, f"cannot be read: {error.strerror}", "mend its permissions") from None
        total.update(f"\0{relative}\0{mode:o}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


class RowRuns:
    """Runs all selected rows side by side in one container; each test waits for its own."""

    def __init__(
        self, source: ImageSource, commands: Sequence[Command], passed: Callable[[Completed], bool], run_id: str
    ) -> None:
        self._source = source
        self._commands = commands
        self._passed = passed
        self._run_id = run_id
        self._done: dict[str, Settled] = {}
        self._error: ReadinessError | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._closing = False

    def result(self, command_id: str) -> Settled:
        """What the row's process did. Raises CannotTell when the container ended without an answer."""
        _ = self._thread
        with self._changed:
            self._changed.wait_for(lambda: command_id in self._done or self._ended)
            if command_id in self._done:
                return self._done[command_id]
        raise self._error or CannotTell(command_id, "the container ended before the row had run", "run it again")

    def by_hand(self, command_id: str) -> str:
        """The engine's own command line that shows the same row without this suite."""
        image = self._source.get()
        argv = next(command.argv for command in self._commands if command.id == command_id)
        return plain_command(image.engine, image.facts.reference, argv, DEFAULT_LIMITS)

    def close(self) -> None:
        """Stop what still runs and wait for the container to be gone."""
        self._closing = True
        if "_thread" in self.__dict__:
            self._thread.join()

    @cached_property
    def _thread(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="entrypoint rows", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            image = self._source.get()
            sweep(image.engine)
            runs = run_settled(
                image.engine,
                image.facts.image_id,
                self._commands,
                passed=self._passed,
                parallel=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
                run_id=self._run_id,
            )
            for settled in runs:
                with self._changed:
                    self._done[settled.result.id] = settled
                    self._changed.notify_all()
                if self._closing:
                    break
        except ReadinessError as error:
            self._error = error
        except Exception as error:
            self._error = CannotTell("entrypoint runner", f"broke down: {type(error).__name__}")
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
