"""What the kill harness kills: real runs in places of their own, each of which can go through its whole path.

Every subject keeps one place for all its runs, so that each run is the second run of the one killed before it; subjects
that are the same run may share it.
"""

import os
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

import pytest

from packaging_readiness.image.leftovers import RUN_LABEL
from selftests import synthetic
from selftests.evidence_recipes import made_up_credentials, pack, written
from selftests.kill_judgement import UNFINISHED, Judged, judge_pack, judge_publication, judge_reading
from selftests.kill_moments import Aim, Ended, Victim
from selftests.main_job import SUITE, environment
from selftests.miniature import Miniature
from selftests.s3_server import BUCKET, Store

CLI = ("-m", "packaging_readiness.cli")
RED = "KILL_HARNESS_RED"
# One check of the miniature fails where the environment says so.
RED_HOOK = f"""
import os

def pytest_runtest_call(item):
    if os.environ.get("{RED}") and item.name == "test_m1a_strategy_one_repository":
        raise AssertionError("made to fail")
"""
ROW = "m1c.push.role-permission"


class Subject(ABC):
    """A run that writes a bundle to `out` in its place. Subclasses say how it is started."""

    aims: tuple[Aim, ...] = ("any", "write")
    can_be_red = True
    options: tuple[str, ...] = ()
    cwd: Path = SUITE

    def __init__(self, name: str, place: Path, victims: tuple[Victim, ...] = ("run", "group")) -> None:
        self.name, self.place, self.victims = name, place, victims
        self.out, self.report = place / "out", place / "report.json"
        self.before: tuple[set[Path], object] = (set(), None)
        place.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def command(self, number: int, *, red: bool) -> list[str]:
        """The command line of one run. `number` counts the runs in this place."""

    def environment(self, *, red: bool) -> Mapping[str, str]:
        """Its whole environment."""
        return environment(**({RED: "1"} if red else {}))

    def prepare(self) -> None:
        """Put a whole bundle aside, as people do; what a killed run left stays where it is."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.before = (set(self.unfinished()), _state(self.report))

    def unfinished(self) -> list[Path]:
        """Folders that are not finished."""
        return [path for path in self.place.iterdir() if UNFINISHED.fullmatch(path.name)]

    def reached(self, aim: Aim) -> bool:
        """Whether this run has come to the moment."""
        if aim == "report":
            return _state(self.report) not in (None, self.before[1])
        return self.out.exists() or bool(set(self.unfinished()) - self.before[0])

    def judge(self, ended: Ended, *, red: bool) -> Judged:
        """What the run came to, and all that is wrong with that."""
        return judge_pack(self.place, ended, red=red, reported=self.reached("report"))

    def containers(self) -> list[str]:
        """Containers of this subject's runs that are still there."""
        return []


class Pytest(Subject):
    """The suite in miniature under pytest: all 325 rows decided, no engine."""

    aims = ("any", "report", "write")

    def __init__(self, name: str, place: Path, suite: Miniature, *options: str, victims: tuple[Victim, ...]) -> None:
        super().__init__(name, place, victims)
        self.suite, self.options, self.cwd = suite, options, suite.root

    def command(self, number: int, *, red: bool) -> list[str]:  # noqa: ARG002
        where = [f"--json-report-file={self.report}", f"--evidence-out={self.out}", f"--platform-run-id=run_{number}"]
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *where, *self.options]

    def environment(self, *, red: bool) -> Mapping[str, str]:
        return self.suite.environment | ({RED: "1"} if red else {})


class MainJob(Subject):
    """The main job on the reference platform: image, container, embedded registry, bundle, and verifying it."""

    aims = ("any", "report", "write")
    can_be_red = False

    def __init__(self, name: str, place: Path, *options: str, victims: tuple[Victim, ...]) -> None:
        super().__init__(name, place, victims)
        self.options = options
        self.run_id = f"platform_kills_{os.getpid()}_{place.name}"

    def command(self, number: int, *, red: bool) -> list[str]:  # noqa: ARG002
        where = [f"--json-report-file={self.report}", f"--evidence-out={self.out}"]
        identity = [f"--platform-run-id={self.run_id}", "-p", "no:cacheprovider"]
        return [sys.executable, str(SUITE / "tools" / "run_m1.py"), *where, *identity, *self.options]

    def environment(self, *, red: bool) -> Mapping[str, str]:  # noqa: ARG002
        return environment(TMPDIR=str(self.place.parent))

    def containers(self) -> list[str]:
        from packaging_readiness.image.engine import detect

        listed = detect().call("ps", "--all", "--quiet", f"--filter=label={RUN_LABEL}={self.run_id}")
        return listed.decode().split()


class Bundle(Subject):
    """`packaging-readiness bundle` on a report that passes or fails. `launcher` starts the command line."""

    def __init__(self, name: str, place: Path, launcher: tuple[str, ...] = CLI) -> None:
        super().__init__(name, place)
        self.launcher = launcher
        good = synthetic.good_report()
        (place / "good.json").write_bytes(synthetic.as_bytes(good))
        (place / "red.json").write_bytes(synthetic.as_bytes(synthetic.fail_row(good, ROW)))

    def command(self, number: int, *, red: bool) -> list[str]:  # noqa: ARG002
        report = self.place / ("red.json" if red else "good.json")
        return [sys.executable, *self.launcher, "bundle", str(report), "--out", str(self.out)]


class Verify(Subject):
    """`packaging-readiness verify` on a bundle that passes or fails."""

    aims = ("any",)

    def __init__(self, name: str, place: Path) -> None:
        super().__init__(name, place)
        for kind in ("good", "failed"):
            written(pack(kind), place / kind)

    def command(self, number: int, *, red: bool) -> list[str]:  # noqa: ARG002
        return [sys.executable, *CLI, "verify", str(self.place / ("failed" if red else "good"))]

    def judge(self, ended: Ended, *, red: bool) -> Judged:
        return judge_reading(self.place, ended, red=red)


class Publish(Subject):
    """`packaging-readiness publish` to a store on the loopback, until the bundle lies there whole; then anew."""

    aims = ("any", "put")
    can_be_red = False

    def __init__(self, name: str, place: Path, store: Store) -> None:
        super().__init__(name, place)
        self.store, self.wanted = store, 0
        written(pack("good"), place / "good")
        with pytest.MonkeyPatch.context() as patch:
            made_up_credentials(patch)
            self._environment = environment() | {name: value for name, value in os.environ.items() if "AWS" in name}

    def command(self, number: int, *, red: bool) -> list[str]:  # noqa: ARG002
        self.wanted = len(self.store.objects) + 1 + number % 8
        where = [f"s3://{BUCKET}", "--endpoint-url", self.store.url]
        return [sys.executable, *CLI, "publish", str(self.place / "good"), *where]

    def environment(self, *, red: bool) -> Mapping[str, str]:  # noqa: ARG002
        return self._environment

    def prepare(self) -> None:
        if any(key.endswith("bundle_manifest.json") for key in self.store.objects):
            self.store.objects.clear()

    def reached(self, aim: Aim) -> bool:  # noqa: ARG002
        return len(self.store.objects) >= self.wanted

    def judge(self, ended: Ended, *, red: bool) -> Judged:  # noqa: ARG002
        return judge_publication(self.place, self.store, ended)


def _state(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
