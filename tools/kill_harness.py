"""Kill real runs of the suite at random moments, and look at what they leave.

Killed are: pytest over the suite in miniature (all rows decided, no engine), serial and distributed, as a process, as a
group (Ctrl-C), and one of its workers; `packaging-readiness bundle`, `verify` and `publish`; the main job with its
image and container, its process, its group, one of its workers, and the container engine under it. Moments are spread
over the whole length of a run, and a share is aimed at the time when the report or the bundle is written.

After each kill: no exit status, text, bundle or report says PASS that was not proved; under the name of the bundle lies
a whole one that verifies, or nothing; no process is left. Each run starts in the place of the one killed before it.
After every tenth of a kind, and after the last in a place, one is left alone: it must pass, and nothing that killed
ones left may be there afterwards, containers included.

The seed decides what is killed, by which signal and at which part of the run; the same moment to the microsecond comes
back on no machine. Exit status: 0 all of it held; 1 something did not; 2 nothing could be told.

Examples:
  python tools/kill_harness.py                          240 kills
  python tools/kill_harness.py --kills 20 --only bundle --seed 7
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging_readiness.contract.errors import ReadinessError  # noqa: E402
from selftests.kill_figures import Figures, table  # noqa: E402
from selftests.kill_moments import SIGNALS, Kill, Lengths  # noqa: E402
from selftests.kill_rounds import DoesNotWork, Rounds  # noqa: E402
from selftests.kill_subjects import RED_HOOK, Bundle, MainJob, Publish, Pytest, Subject, Verify  # noqa: E402
from selftests.miniature import Miniature  # noqa: E402
from selftests.s3_server import s3_server  # noqa: E402

KILLS = 240
WHOLE_EVERY = 10
ATTEMPTS = 5
RED_SHARE = 0.25
AIMED_SHARE = 0.5
EVERY_S = 5.0
# Of 100 kills, how many are of each kind.
SHARES = {
    "pytest": 25,
    "pytest -n2": 8,
    "worker of pytest -n2": 8,
    "bundle": 27,
    "publish": 12,
    "verify": 10,
    "main job": 6,
    "worker of the main job -n2": 2,
    "engine under the main job": 2,
}


def subjects(folder: Path, stack: ExitStack) -> list[Subject]:
    """Every kind in its place below `folder`; kinds of one run share it."""
    cache = folder / "cache"
    cache.mkdir()
    suite = Miniature(folder / "suite", cache)
    suite.whole()
    conftest = suite.root / "conftest.py"
    conftest.write_text(conftest.read_text() + RED_HOOK)
    store = stack.enter_context(s3_server())
    return [
        Pytest("pytest", folder / "serial", suite, victims=("run", "group")),
        Pytest("pytest -n2", folder / "two", suite, "-n2", victims=("run", "group")),
        Pytest("worker of pytest -n2", folder / "two", suite, "-n2", victims=("worker",)),
        Bundle("bundle", folder / "bundle"),
        Publish("publish", folder / "publish", store),
        Verify("verify", folder / "verify"),
        MainJob("main job", folder / "main", victims=("run", "group")),
        MainJob("worker of the main job -n2", folder / "main", "-n2", victims=("worker",)),
        MainJob("engine under the main job", folder / "main", victims=("engine",)),
    ]


def drawn(chance: random.Random, subject: Subject) -> Kill:
    """One kill of a subject."""
    victim = chance.choice(subject.victims)
    aimed = [aim for aim in subject.aims if aim != "any"] if victim in ("run", "group") else []
    aim = chance.choice(aimed) if aimed and chance.random() < AIMED_SHARE else "any"
    red = subject.can_be_red and chance.random() < RED_SHARE
    return Kill(victim, chance.choice(SIGNALS[victim]), aim, chance.random(), red)


def plan(kinds: list[Subject], kills: int, chance: random.Random) -> list[Subject]:
    """Which kind is killed how often, in random order: as the shares say, each at least once."""
    total = sum(SHARES[kind.name] for kind in kinds)
    chosen = [kind for kind in kinds for _ in range(max(1, round(kills * SHARES[kind.name] / total)))]
    chosen += chance.choices(kinds, [SHARES[kind.name] for kind in kinds], k=max(0, kills - len(chosen)))
    chance.shuffle(chosen)
    return chosen


class Harness:
    """All rounds of one seed."""

    def __init__(self, kinds: list[Subject]) -> None:
        self.rounds = {kind.name: Rounds(kind) for kind in kinds}
        self.figures = {kind.name: Figures(kind.name) for kind in kinds}
        self.faults: list[str] = []
        self.told = 0.0

    def measure(self) -> None:
        """One whole run of each kind first. Raises DoesNotWork."""
        known: dict[Path, Lengths] = {}
        for name, rounds in self.rounds.items():
            like = rounds.subject.place
            if like not in known:
                rounds.measure()
                known[like] = rounds.lengths
            rounds.lengths = known[like]
            say(f"a whole run takes {rounds.lengths.whole:.1f} s, its bundle {rounds.lengths.write:.3f} s: {name}")

    def round(self, subject: Subject, chance: random.Random) -> None:
        """Kill one run; where it ended first, another one."""
        rounds, figures = self.rounds[subject.name], self.figures[subject.name]
        begun = time.monotonic()
        for _ in range(ATTEMPTS):
            kill = drawn(chance, subject)
            judged, ended = rounds.kill(kill)
            unfinished = len(set(subject.unfinished()) - subject.before[0])
            figures.add(kill, judged, ended, unfinished)
            for fault in judged.faults:
                self.fault(f"{subject.name}, {kill}: {fault}")
            if ended.killed:
                break
        if ended.killed and figures.kills % WHOLE_EVERY == 0:
            self.whole(rounds, figures)
        figures.seconds += time.monotonic() - begun

    def last(self) -> None:
        """A run that is left alone in each place, after its last kill."""
        for name in {self.rounds[name].subject.place: name for name in self.figures}.values():
            self.whole(self.rounds[name], self.figures[name])

    def whole(self, rounds: Rounds, figures: Figures) -> None:
        """A run that is left alone."""
        try:
            rounds.whole()
            figures.whole += 1
        except DoesNotWork as error:
            self.fault(str(error))

    def fault(self, text: str) -> None:
        self.faults.append(text)
        say(f"FAULT: {text}")

    def progress(self, done: int, total: int) -> None:
        """A line now and then."""
        if time.monotonic() - self.told >= EVERY_S or done == total:
            self.told = time.monotonic()
            say(f"{done} of {total} rounds, {len(self.faults)} faults")


def say(text: str) -> None:
    print(f"kill_harness: {text}", file=sys.stderr, flush=True)


def run(given: argparse.Namespace, folder: Path, stack: ExitStack) -> int:
    kinds = [kind for kind in subjects(folder, stack) if given.only is None or kind.name in given.only]
    harness = Harness(kinds)
    begun = time.monotonic()
    harness.measure()
    chosen = plan(kinds, given.kills, random.Random(given.seed))
    stopped = ""
    try:
        for number, subject in enumerate(chosen, 1):
            harness.round(subject, random.Random(f"{given.seed}/{number}"))  # each its own: no round shifts the next
            harness.progress(number, len(chosen))
        harness.last()
    except KeyboardInterrupt:
        stopped = ", interrupted"
    kills = sum(figures.kills for figures in harness.figures.values())
    line = f"seed {given.seed}: {kills} kills, {len(harness.faults)} faults, {time.monotonic() - begun:.0f} s{stopped}"
    print(f"{table(harness.figures.values())}\n\n{line}")
    return 1 if harness.faults else 2 if stopped else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"default: {KILLS}")
    parser.add_argument("--seed", type=int, metavar="S", help="default: drawn, and printed")
    parser.add_argument("--only", action="append", choices=list(SHARES), metavar="KIND", help=", ".join(SHARES))
    given = parser.parse_args()
    given.seed = random.randrange(2**32) if given.seed is None else given.seed
    # A job in the background ignores Ctrl-C, and so would the runs that are to be interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(f"seed {given.seed}")
    try:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kills.", ignore_cleanup_errors=True))
            return run(given, Path(folder).resolve(), stack)
    except (DoesNotWork, ReadinessError) as error:
        say(f"nothing could be told: {error}")
    except KeyboardInterrupt:
        say("interrupted")
    return 2


if __name__ == "__main__":
    sys.exit(main())
