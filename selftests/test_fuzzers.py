"""The fuzzers find what they are made for: each has been seen to find a fault that was planted in its readers."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from tools import fuzz
from tools.fuzzing import bounds, edits
from tools.fuzzing.bounds import check
from tools.fuzzing.keeping import Keeper, current, smaller
from tools.fuzzing.target import MAX_BYTES, Target, attempt
from tools.fuzzing.targets import TARGETS

PLANTED = [(name, reader) for name, target in TARGETS.items() for reader in target.readers]


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")


def made(run: Callable[[bytes], object]) -> Target:
    """A target with these readers."""

    def runs(data: bytes) -> None:
        run(data)

    return replace(TARGETS["ignore"], run=runs)


def inputs(target: Target) -> Iterator[bytes]:
    """Seeds and changed seeds, always the same."""
    random = Random(7)
    seeds = list(target.seeds())
    yield from seeds[:4]
    while True:
        yield target.mutate(random.choice(seeds), random)


@pytest.mark.parametrize(("name", "reader"), PLANTED, ids=[f"{name}-{reader}" for name, reader in PLANTED])
def test_a_fault_planted_in_a_reader_is_found(name: str, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, function = reader.split(":")
    real, calls = getattr(import_module(module), function), iter(range(1 << 30))

    def planted(*arguments: Any, **more: Any) -> Any:
        if next(calls) % 3 == 2:
            raise ZeroDivisionError("planted")
        return real(*arguments, **more)

    monkeypatch.setattr(import_module(module), function, planted)
    found = (check(TARGETS[name], data, cpu_s=60) for data, _ in zip(inputs(TARGETS[name]), range(40), strict=False))
    assert any(finding is not None and finding.key.startswith("ZeroDivisionError") for finding in found)


def recursion(data: bytes) -> int:
    return 1 + recursion(data)


def for_ever(_: bytes) -> None:
    while True:
        try:
            list(range(1000))
        except Exception as error:
            str(error)


def swallowed(_: bytes) -> None:
    try:
        Path("/etc/hostname").read_bytes()
    except BaseException:
        return


def tells_its_place(_: bytes) -> None:
    def refuses() -> None:
        raise CannotTell(str(Path.cwd() / "x"), "cannot be read")

    attempt(refuses)


BROKEN: dict[str, tuple[Callable[[bytes], object], str]] = {
    "index": (lambda data: data[100], "IndexError"),
    "unicode": (lambda data: data.decode(), "UnicodeDecodeError"),
    "overflow": (lambda _: float(10**400), "OverflowError"),
    "recursion": (recursion, "RecursionError"),
    "no-memory": (lambda _: bytearray(1 << 60), "MemoryError"),
    "hang": (for_ever, "slow"),
    "file-outside": (lambda _: Path("/etc/hostname").read_bytes(), "outside open"),
    "file-outside-swallowed": (swallowed, "outside open"),
    "folder-outside": (lambda _: list(os.scandir("/etc")), "outside os.scandir"),
    "file-above": (lambda _: Path("../x").write_text("x", encoding="utf-8"), "outside open"),
    "removes-above": (lambda _: Path("../x").unlink(), "outside os.remove"),
    "process": (lambda _: subprocess.run(["true"], check=True), "outside subprocess.Popen"),
    "path-of-the-machine": (tells_its_place, "absolute path"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_bound_is_seen_to_break(name: str) -> None:
    run, key = BROKEN[name]
    finding = check(made(run), b"\xff", cpu_s=0.3)
    assert finding is not None
    assert finding.key.startswith(key)


def test_memory_beyond_the_bound_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MEMORY_KIB", 0)
    kept: list[bytes] = []
    finding = None
    while finding is None:  # the bound is on new peaks: as much as it takes for one
        finding = check(made(lambda _: kept.append(b"x" * (32 << 20))), b"")
    assert finding.key == "memory"


def test_what_is_refused_or_read_in_its_own_folder_is_no_finding() -> None:
    def runs(data: bytes) -> None:
        Path("a").write_bytes(data)
        Path("a").rename("b")
        Path("b").unlink()
        import_module("colorsys")

        def refuses() -> None:
            raise CannotTell("a", "cannot be read")

        attempt(refuses)

    assert check(made(runs), b"x") is None


def test_a_finding_is_kept_once_whole_small_and_with_its_command(tmp_path: Path) -> None:
    keeper = Keeper(made(lambda data: 1 // (data.count(b"!") - 1)), tmp_path)
    for data in (b"good", b"x" * 500 + b"!" + b"y" * 500, b"!"):
        keeper.one(data)
    assert keeper.executions == 3
    assert current(tmp_path) == (3, b"!")
    (place,) = (tmp_path / "found").iterdir()
    assert (place / "input").read_bytes() == b"!"
    assert "python tools/fuzz.py --target ignore --reproduce" in (place / "told.txt").read_text("utf-8")


def test_an_input_is_made_smaller_while_it_still_shows_the_fault() -> None:
    assert smaller(b"abc" * 50 + b"(" + b"def" * 50 + b")", lambda part: b"(" in part and b")" in part) == b"()"


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_are_the_same_for_the_same_source_and_bounded(name: str) -> None:
    for data, again, _ in zip(inputs(TARGETS[name]), inputs(TARGETS[name]), range(12), strict=False):
        assert data == again
        assert len(data) <= MAX_BYTES


def test_edits_change_good_files_and_leave_out_what_cannot_be_made() -> None:
    files = {"a.json": b'{"x":[1,2]}', "b": b"0123456789"}
    data = b"-- a.json /x/1 --\n1e999\n-- b 2:4 --\n--\n-- c --\nnew\n-- a.json /y/z --\n1\n-- nothing 1:2 --\n\n"
    assert edits.applied(edits.parse(data), files) == {"a.json": b'{"x":[1,1e999]}', "b": b"01--456789", "c": b"new"}
    assert edits.applied(edits.parse(b"-- b ! --\n"), files) == {"a.json": files["a.json"]}
    assert edits.words(edits.parse(b"-- seal=derive --\n"), b"seal") == ["derive"]
    assert edits.parse(edits.written(edits.parse(data))) == edits.parse(data)


SABOTAGE = """
import os, sys
sys.path.insert(0, {root!r})
from dataclasses import replace
from tools.fuzzing import targets, worker

def run(data):
    if len(data) % 5 == 4:
        os.abort()
    if len(data) % 5 == 3:
        raise KeyError(len(data))

targets.TARGETS["ignore"] = replace(targets.TARGETS["ignore"], run=run, seeds=lambda: [b"", b"x" * 10])
sys.exit(worker.main())
"""


def test_exceptions_and_deaths_of_the_process_become_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(SABOTAGE.format(root=str(fuzz.ROOT)), encoding="utf-8")
    monkeypatch.setattr(fuzz, "WORKER", worker)
    outcome = fuzz.fuzz("ignore", "hypothesis", 0.5, 1, tmp_path / "crashes")
    kinds = sorted(name.split("-")[1] for name in outcome.findings)
    assert "died" in kinds
    (died,) = [name for name in outcome.findings if "died" in name]
    assert len((tmp_path / "crashes" / died / "input").read_bytes()) % 5 == 4
    assert outcome.executions > 0
    assert "findings" in str(outcome)


def test_a_process_that_stands_still_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "current").write_bytes((3).to_bytes(8, "big") + (1).to_bytes(8, "big") + b"z")
    monkeypatch.setattr(fuzz, "STALLED_S", 0.3)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"]) as process:
        try:
            assert "no answer" in (fuzz._watched(process, "ignore", tmp_path) or "")
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--list"], 0), (["--target", "nothing"], 2), (["--reproduce", "nowhere"], 2)],
    ids=["list", "unknown-target", "no-file"],
)
def test_the_command_line(arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == status
    if status == 0:
        assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == set(TARGETS)


def run(arguments: list[str]) -> int:
    """The exit status of the tool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["fuzz.py", *arguments])
        try:
            return fuzz.main()
        except SystemExit as ended:
            return int(ended.code or 0)


def test_one_input_is_handed_in_again(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(TARGETS["dockerfile"].seeds()[0])
    assert run(["--target", "dockerfile", "--reproduce", str(tmp_path / "input")]) == 0
