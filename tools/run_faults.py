"""Break the reference platform in every way that fixtures/faults/ knows, and see exactly the right checks turn red.

Each fault is applied to a fresh copy, all five lanes run on it, and the rows that did not hold are compared with the
fault's expect.yaml: what had to be red and was not is `missed`, what is red beyond that is `collateral`. Before that
the platforms without a fault must pass. A fault that a check misses is a hole in the suite; collateral is a check that
complains of what is not its business.

Exit status: 0 every fault is exact; 1 at least one is not; 2 nothing could be told (no engine, a platform without a
fault that does not pass, an unknown name).

Examples:
  python tools/run_faults.py                            all, on all cores
  python tools/run_faults.py -j1 copy-dot copy-star     two faults, one after the other
  python tools/run_faults.py 'tag-*' --keep /tmp/faults keep report, bundle and output of every run
"""

import argparse
import fnmatch
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging_readiness.contract.errors import ReadinessError  # noqa: E402
from selftests.fault_expectations import Difference, Expected, read_expected  # noqa: E402
from selftests.fault_pool import run_all  # noqa: E402
from selftests.fault_recipes import Fault, baselines, names, read_fault  # noqa: E402
from selftests.fault_runs import Outcome, warm_up  # noqa: E402

EVERY_S = 5.0
SHOWN = 12


@dataclass(slots=True)
class Tally:
    """What all faults came to."""

    total: int
    seconds: dict[str, float] = field(default_factory=dict)
    differing: dict[str, list[Difference]] = field(default_factory=dict)
    told: float = 0.0

    def add(self, fault: Fault, outcome: Outcome, found: list[Difference]) -> None:
        """One more fault; says at once what is wrong with it."""
        self.seconds[fault.name] = round(outcome.seconds, 2)
        if found:
            self.differing[fault.name] = found
            texts = [f"{'missed' if one.missed else 'collateral'} {one.text}" for one in found[:SHOWN]]
            more = f"; and {len(found) - SHOWN} more (--json)" if len(found) > SHOWN else ""
            print(f"{fault.name}: {'; '.join(texts)}{more}", file=sys.stderr, flush=True)
        if time.monotonic() - self.told >= EVERY_S or len(self.seconds) == self.total:
            self.told = time.monotonic()
            done = f"{len(self.seconds)} of {self.total}, {len(self.differing)} inexact"
            print(f"run_faults: {done}; last {fault.name} ({outcome.seconds:.1f} s)", file=sys.stderr, flush=True)

    def line(self) -> str:
        """The last line."""
        every = [one for found in self.differing.values() for one in found]
        missed = sum(one.missed for one in every)
        exact = len(self.seconds) - len(self.differing)
        return f"{self.total} faults, {exact} exact, {missed} missed, {len(every) - missed} collateral"

    def as_json(self) -> str:
        """The same for machines."""
        rows = [
            {
                "fault": name,
                "exact": name not in self.differing,
                "missed": [one.text for one in self.differing.get(name, ()) if one.missed],
                "collateral": [one.text for one in self.differing.get(name, ()) if not one.missed],
                "seconds": seconds,
            }
            for name, seconds in sorted(self.seconds.items())
        ]
        return json.dumps({"summary": self.line(), "faults": rows}, indent=1)


def selected(patterns: Sequence[str]) -> list[str]:
    """Names of faults that match. Raises SystemExit(2) for a pattern that matches none."""
    known = names()
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            print(f"run_faults: no fault is called {pattern}; --list shows them all", file=sys.stderr)
            raise SystemExit(2)
    return [name for name in known if not patterns or any(fnmatch.fnmatch(name, one) for one in patterns)]


def run(chosen: Sequence[str], folder: Path, workers: int) -> Tally | None:
    """Run the baselines that are needed, then the faults. None when a baseline does not pass."""
    faults = {name: read_fault(name) for name in chosen}
    expected: dict[str, Expected] = {name: read_expected(name) for name in chosen}
    warm_up()
    needed = {fault.on for fault in faults.values()}
    unbroken = [Fault(wrong=baselines()[on].title, on=on, name=on) for on in sorted(needed | {"reference"})]
    print(f"run_faults: {len(unbroken)} platforms without a fault first", file=sys.stderr, flush=True)
    for fault, outcome in run_all(unbroken, folder, workers):
        found = outcome.differences(Expected())
        if found:
            told = "; ".join(one.text for one in found[:SHOWN])
            print(f"run_faults: {fault.name} is without a fault and does not pass: {told}", file=sys.stderr)
            return None
    tally = Tally(len(faults))
    for fault, outcome in run_all(list(faults.values()), folder, workers):
        tally.add(fault, outcome, outcome.differences(expected[fault.name]))
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults to run; a pattern with * is a name as well")
    cores = os.cpu_count() or 1
    parser.add_argument(
        "-j", "--jobs", type=int, default=cores + 1, help="at a time (default: one more than cores, as some only wait)"
    )
    parser.add_argument("--json", action="store_true", help="print what every fault came to as JSON")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="new directory for platform, report, bundle and output"
    )
    parser.add_argument("--list", action="store_true", help="name the faults and say what is wrong; run nothing")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped, as on Ctrl-C
    try:
        chosen = selected(given.names)
        if given.list:
            print("\n".join(f"{name}: {read_fault(name).wrong}" for name in chosen))
            return 0
        if given.keep is not None:
            given.keep.mkdir(parents=True)
        started = time.monotonic()
        scratch = tempfile.TemporaryDirectory(prefix="faults.") if given.keep is None else nullcontext(str(given.keep))
        with scratch as folder:
            tally = run(chosen, Path(folder).resolve(), max(1, given.jobs))
    except FileExistsError:
        print(f"run_faults: {given.keep} is there already; name a new directory", file=sys.stderr)
        return 2
    except ReadinessError as error:
        print(f"run_faults: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("run_faults: interrupted", file=sys.stderr)
        return 2
    if tally is None:
        return 2
    print(f"run_faults: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(tally.as_json() if given.json else tally.line())
    return 1 if tally.differing else 0


if __name__ == "__main__":
    sys.exit(main())
