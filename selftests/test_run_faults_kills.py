"""The kill harness sees what it looks for: each of these programs breaks one rule, and the kill brings it to light."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.kill_moments import Kill
from selftests.kill_rounds import DoesNotWork, Rounds
from selftests.kill_subjects import RED_HOOK, Bundle, Pytest, Verify
from selftests.miniature import Miniature
from tools.kill_harness import SHARES, drawn, plan

# The command line, after a change to this package that the kill harness must notice.
START = "import sys\nfrom packaging_readiness.cli import main\n{}\nsys.exit(main())"
SLOWLY = """
import time
from packaging_readiness.evidence import write
def slowly(path, data, put=write._write):
    put(path, data)
    time.sleep(0.03)
write._write = slowly
"""
NOT_ATOMIC = """
import time
from packaging_readiness.evidence import write
def directly(files, out, folder):
    (out / folder).mkdir(parents=True)
    for name, data in files.items():
        (out / folder / name).write_bytes(data)
        time.sleep(0.03)
write.write_bundle = directly
"""
SAYS_PASS_FIRST = SLOWLY + 'print("M1: PASS", flush=True)\n'
LEAVES_A_PROCESS = SLOWLY + 'import subprocess\nsubprocess.Popen(["sleep", "30"], start_new_session=True)\n'
ENDS_WITH_ZERO = SLOWLY + "import os, signal\nsignal.signal(signal.SIGTERM, lambda *_: os._exit(0))\n"
NEVER_SWEEPS = SLOWLY + "from packaging_readiness.evidence import unfinished\nunfinished.sweep = lambda parent: None\n"
CAUGHT = {
    "not-atomic": (NOT_ATOMIC, signal.SIGKILL, "half a bundle lies under its name|an incoherent bundle"),
    "says-pass-first": (SAYS_PASS_FIRST, signal.SIGKILL, "the terminal says PASS without a bundle that passes"),
    "leaves-a-process": (LEAVES_A_PROCESS, signal.SIGKILL, "a process is left: sleep"),
    "ends-with-zero": (ENDS_WITH_ZERO, signal.SIGTERM, "exit status 0 without a bundle that passes"),
}


@pytest.fixture(autouse=True)
def hear_interrupts() -> Iterator[None]:
    """A job in the background ignores Ctrl-C, and so would the runs that are to be interrupted."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def rounds(place: Path, change: str) -> Rounds:
    return Rounds(Bundle("bundle", place, ("-c", START.format(change))), patience_s=0.5)


def in_the_write(number: signal.Signals, *, red: bool = False) -> Kill:
    return Kill("group", number, "write", 0.0, red)


@pytest.mark.parametrize("name", CAUGHT)
def test_planted_fault_is_caught(name: str, tmp_path: Path) -> None:
    change, number, fault = CAUGHT[name]
    judged, ended = rounds(tmp_path / "place", change).kill(in_the_write(number))
    assert ended.killed or name == "ends-with-zero"
    assert any(word in found for found in judged.faults for word in fault.split("|")), judged


def test_planted_folder_that_nobody_sweeps_is_caught(tmp_path: Path) -> None:
    place = rounds(tmp_path / "place", NEVER_SWEEPS)
    judged, ended = place.kill(in_the_write(signal.SIGKILL))
    assert (judged.faults, ended.killed, len(place.subject.unfinished())) == ((), True, 1)
    with pytest.raises(DoesNotWork, match=r"still there: \.out\.packaging-readiness-"):
        place.whole()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=["KILL", "TERM", "INT"])
def test_sound_program_is_found_sound(number: signal.Signals, tmp_path: Path) -> None:
    place = rounds(tmp_path / "place", SLOWLY)
    judged, ended = place.kill(in_the_write(number, red=number == signal.SIGTERM))
    assert (judged.left, judged.faults, ended.killed) == ("nothing", (), True)
    assert len(place.subject.unfinished()) == (number != signal.SIGINT)
    place.whole()


def test_pytest_killed_as_its_report_is_written(miniature: Miniature, tmp_path: Path) -> None:
    miniature.whole()
    conftest = miniature.root / "conftest.py"
    conftest.write_text(conftest.read_text() + RED_HOOK)
    place = Rounds(Pytest("pytest", tmp_path / "place", miniature, victims=("run",)))
    for red in (True, False):
        judged, ended = place.kill(Kill("run", signal.SIGKILL, "report", 0.0, red))
        assert (judged.faults, ended.status) == ((), -signal.SIGKILL), ended.text
    place.whole()
    early, _ = place.kill(Kill("run", signal.SIGKILL, "any", 0.0, red=True))
    assert early.faults == (), "the report that lies there is of the run before"


def test_seed_decides_what_is_killed(tmp_path: Path) -> None:
    kinds = [Bundle("bundle", tmp_path / "bundle"), Verify("verify", tmp_path / "verify")]

    def kills(seed: int) -> list[tuple[str, Kill]]:
        chance = random.Random(seed)
        return [(kind.name, drawn(chance, kind)) for kind in plan(kinds, 60, chance)]

    assert kills(7) == kills(7) != kills(8)
    assert len(kills(7)) == 60
    assert {name for name, _ in kills(7)} == {"bundle", "verify"}
    assert {kill.signal.name for _, kill in kills(7)} == {"SIGKILL", "SIGTERM", "SIGINT"}
    assert {kill.aim for _, kill in kills(7)} == {"any", "write"}
    assert sum(SHARES.values()) == 100
