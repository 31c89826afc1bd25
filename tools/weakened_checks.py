"""Weaken the checks of tests_m1a to tests_m1e in one place at a time, and see whether a fault notices.

A weakened check runs on the platforms without a fault and on the faults of fixtures/faults/ whose expect.yaml names it;
it is noticed when one of its rows ends otherwise than expected. A check that asks only the files of a checkout is run
alone, in milliseconds; of the others, which need an image, a registry or a pack, fewer changes are tried (a statement
dropped, an early return, a condition decided), each with the whole main job on a fault.

What a check records beside its outcome (observations, advice, texts) is not what a fault tells, and is left alone.

Exit status: 0 at least 90 % of the changes are noticed; 1 they are not; 2 nothing can be told (no engine, a platform
without a fault that does not pass, a change that could not be made).
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging_readiness.contract.errors import ReadinessError  # noqa: E402
from packaging_readiness.contract.lanes import LANES  # noqa: E402
from tools.mutation.alone import alone, can_alone  # noqa: E402
from tools.mutation.in_a_run import in_a_run  # noqa: E402
from tools.mutation.report import LIMIT_PERCENT, by_room, survivors  # noqa: E402
from tools.mutation.trials import Outcome  # noqa: E402
from tools.mutation.weak import Weak, weak_checks  # noqa: E402

WHOLE_RUNS = frozenset(["statement", "return", "condition"])
EVERY_S = 5.0


def say(text: str) -> None:
    """Tell how it goes."""
    print(f"weakened_checks: {text}", file=sys.stderr, flush=True)


def parts(weak: Sequence[Weak], jobs: int, folder: Path, *, only_alone: bool) -> tuple[int, list[Iterator[Outcome]]]:
    """How many changes there are to try, and the trials."""
    can = can_alone()
    cheap = [each for each in weak if each.checks & can]
    dear = [each for each in weak if not each.checks & can and each.mutant.operator in WHOLE_RUNS and not only_alone]
    found = []
    for name, some, trials in (("alone", cheap, alone), ("runs", dear, in_a_run)):
        (folder / name).mkdir()
        if some:
            say(f"{len(some)} changes {'of checks that run alone' if some is cheap else 'that each need the main job'}")
            found.append(trials(some, ROOT, jobs, folder / name))
    return len(cheap) + len(dear), found


def tried(weak: Sequence[Weak], jobs: int, folder: Path, *, only_alone: bool) -> list[Outcome]:
    """What became of all."""
    total, trials = parts(weak, jobs, folder, only_alone=only_alone)
    outcomes, told = list[Outcome](), time.monotonic()
    for outcome in (each for part in trials for each in part):
        outcomes.append(outcome)
        if time.monotonic() - told >= EVERY_S or len(outcomes) == total:
            told = time.monotonic()
            alive = sum(each.ending == "survived" for each in outcomes)
            say(f"{len(outcomes)} of {total}, {alive} not noticed; {outcome.mutant.place}")
    return outcomes


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped, as on Ctrl-C
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", nargs="?", default="*", metavar="CHECK", help="only checks whose id fits, as m1c.*")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="at a time (default: all cores)")
    parser.add_argument("--alone", action="store_true", help="only checks that need no image, registry or pack")
    given = parser.parse_args()
    started = time.monotonic()
    weak = weak_checks(ROOT, sorted(ROOT.glob("tests_m1?/test_*.py")), given.check)
    with tempfile.TemporaryDirectory(prefix="weakened.") as folder:
        try:
            outcomes = tried(weak, given.jobs, Path(folder).resolve(), only_alone=given.alone)
        except (RuntimeError, ReadinessError) as error:
            say(str(error))
            return 2
        except KeyboardInterrupt:
            say("interrupted")
            return 2
    rooms = [each for each in by_room(outcomes, [f"tests_{lane}" for lane in LANES]) if each.total]
    print("\n".join([*survivors(outcomes), *(each.line() for each in rooms)]))
    say(f"{time.monotonic() - started:.0f} s")
    return 0 if rooms and all(each.percent >= LIMIT_PERCENT for each in rooms) else 1


if __name__ == "__main__":
    sys.exit(main())
