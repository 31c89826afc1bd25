"""Mutation testing: change the code in one place at a time, and see whether a test notices.

All in-process tests are collected once. A first run, in forked processes, records which lines each test runs and how
long it takes. Then every mutant gets a fork of its own, in which the code of living functions is replaced; it runs the
tests that reach the change, those that killed its neighbours first, then in turn one whose words have most to do with
the change and one that runs something else around it; it ends with the first failure, or when a budget is spent. A
mutant that is alive then counts as a survivor, and the report says how many tests were left.

mutmut and cosmic-ray were looked at first. cosmic-ray starts the tests anew for every mutant; mutmut 3 forks as well,
but collects anew in each fork, leaves out decorated functions (properties, caches) and whatever a module assigns, knows
no regular expressions, and spends most mutants on texts, the wording of which these tests leave open on purpose. What
remained of its use were forty lines of operators; these are in tools/mutation/.

Of the mutants that one operator makes in one line, the first is tried; one of each line before a second of any, in an
order that mixes the modules, as many as fit into --minutes: a report on a part of them is about all. Survivors that
nothing could notice stand with their reasons in tools/mutation/explained.yaml, and do not count. Of a file of tests
those are used that begin within a minute. A sample takes a few mutants of some modules, and the tests that import these
modules, as far as they begin within 12 s of their file; what these leave alive others may kill, so it asks for less.

Exit status: 0 every room reaches the limit; 1 one does not, or an explanation fits no survivor; 2 nothing can be told
(a test fails without any change, a mutant could not be tried).

Examples:
  python tools/mutants.py                          as many as fit into 20 minutes, on all cores; --minutes 0: all
  python tools/mutants.py verdict --files '*/rules.py'   one module
  python tools/mutants.py --sample 60              a quick look; --seed N takes the same mutants again
"""

import argparse
import fnmatch
import json
import math
import os
import random
import signal
import sys
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.branch_coverage import ROOMS, TESTS  # noqa: E402
from tools.mutation.explained import explained, read_explanations, unmatched  # noqa: E402
from tools.mutation.find import mutants_of  # noqa: E402
from tools.mutation.model import Mutant  # noqa: E402
from tools.mutation.report import LIMIT_PERCENT, Room, as_json, by_room, survivors  # noqa: E402
from tools.mutation.run import NothingTold, Run  # noqa: E402
from tools.mutation.sample import drawn, imports, near_tests  # noqa: E402
from tools.mutation.trials import Outcome  # noqa: E402

PACKAGE = ROOT / "src" / "packaging_readiness"
EXPLAINED = ROOT / "tools" / "mutation" / "explained.yaml"
SAMPLE_LIMIT_PERCENT = 75.0
# Of a file of tests those are used that begin within so many seconds of the processor.
PATIENCE_S, SAMPLE_PATIENCE_S = 60.0, 12.0


def say(text: str) -> None:
    """Tell how it goes."""
    print(f"mutants: {text}", file=sys.stderr, flush=True)


def name_of(path: Path) -> str:
    """A file as reports call it."""
    return path.relative_to(ROOT).as_posix()


def all_mutants(rooms: Sequence[str], pattern: str = "*") -> list[Mutant]:
    """The mutants of the rooms, in files whose path fits; of those that one operator makes in one line, the first."""
    found: dict[tuple[str, int, str], Mutant] = {}
    for path in (path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))):
        for mutant in mutants_of(path, name_of(path)) if fnmatch.fnmatch(name_of(path), pattern) else ():
            found.setdefault((mutant.file, mutant.line, mutant.operator), mutant)
    return list(found.values())


def mixed(mutants: Sequence[Mutant]) -> list[Mutant]:
    """One of each line, then a second one, and so on; each round through all modules, always in the same order."""
    lines, rounds = Counter[tuple[str, int]](), dict[Mutant, int]()
    by_chance = sorted(mutants, key=lambda each: zlib.crc32(f"{each.file} {each.scope} {each.change}".encode()))
    for mutant in by_chance:
        rounds[mutant] = lines[mutant.file, mutant.line]
        lines[mutant.file, mutant.line] += 1
    return sorted(by_chance, key=lambda each: rounds[each])


def all_tests() -> list[Path]:
    """The files of tests that run in one process."""
    return sorted({path for name in TESTS for path in (ROOT / "selftests").glob(f"test_{name}.py")})


def tests_of(mutants: Sequence[Mutant]) -> list[Path]:
    """Those that import the mutated modules."""
    sources = {name_of(path): imports(path) for path in PACKAGE.rglob("*.py")}
    tests = {str(path): imports(path) for path in all_tests()}
    return sorted(map(Path, near_tests({each.file for each in mutants}, tests, sources)))


def told(rooms: Sequence[Room], outcomes: Sequence[Outcome], *, sample: bool, stale: Sequence[str]) -> int:
    """Print what came of it; the exit status."""
    for line in (*survivors(outcomes), *(each.line() for each in rooms)):
        print(line)
    for line in stale:
        print(f"mutants: {name_of(EXPLAINED)}: {line}", file=sys.stderr)
    if sample:
        dead, total = sum(each.dead for each in rooms), sum(each.total for each in rooms)
        enough = dead * 100.0 >= SAMPLE_LIMIT_PERCENT * total
        said = "enough" if enough else "too few"
        say(f"a sample of {total}: {dead} killed, {said}: asked for are {SAMPLE_LIMIT_PERCENT:g} %")
        return 1 if stale or not enough else 0
    low = [each.name for each in rooms if each.percent < LIMIT_PERCENT]
    if low:
        say(f"below {LIMIT_PERCENT:g} %: {', '.join(low)}")
    return 1 if low or stale else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}; default: all")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="at a time (default: all cores)")
    parser.add_argument("--minutes", type=float, default=20.0, help="as many as fit into this (default: 20); 0: all")
    parser.add_argument("--files", default="*", metavar="PATTERN", help="only the mutants of files whose path fits")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many mutants, and the tests that are near")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which mutants the sample takes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what became of every mutant")
    given = parser.parse_args()
    if unknown := set(given.rooms) - set(ROOMS):
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    return given


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped, as on Ctrl-C
    given, started = arguments(), time.monotonic()
    names = given.rooms or list(ROOMS)
    mutants, tests = all_mutants(names, given.files), all_tests()
    if given.sample is not None:
        say(f"--sample {given.sample} --seed {given.seed} of {len(mutants)} mutants")
        mutants = drawn(mutants, given.sample, given.seed)
        tests = tests_of(mutants)
    else:
        mutants = mixed(mutants)
    sources = sorted(name_of(path) for path in PACKAGE.rglob("*.py"))
    try:
        entries = read_explanations(EXPLAINED)
        patience_s = PATIENCE_S if given.sample is None else SAMPLE_PATIENCE_S
        until = started + 60 * given.minutes if given.minutes > 0 else math.inf
        run = Run(ROOT, mutants, tests, sources, max(1, given.jobs), say, patience_s, until)
        outcomes = explained(run.go(), entries)
    except (NothingTold, ValueError, TypeError) as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("interrupted")
        return 2
    if not outcomes:
        say("there was no time for any mutant")
        return 2
    whole = given.sample is None and len(outcomes) == len(mutants)
    stale = unmatched(outcomes, entries, files={each.mutant.file for each in outcomes}) if whole else []
    say(f"{len(outcomes)} of {len(mutants)} mutants tried")
    rooms = [each for each in by_room(outcomes, names) if each.total or given.sample is None]
    if given.json is not None:
        scope = {"sample": given.sample is not None, "seed": given.seed, "rooms_asked": names, "files": given.files}
        scope["of"] = len(mutants)
        scope["seconds_without_change"] = dict(sorted(run.seconds.items(), key=lambda item: -item[1]))
        given.json.write_text(json.dumps(as_json(outcomes, rooms, scope), indent=1, ensure_ascii=False) + "\n")
    status = told(rooms, outcomes, sample=given.sample is not None, stale=stale)
    if untried := [each for each in outcomes if each.ending == "not tried"]:
        say(f"{len(untried)} could not be tried; {untried[0].mutant.place}: {untried[0].by}")
        status = 2
    say(f"{time.monotonic() - started:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
