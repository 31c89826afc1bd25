"""What a killed process left beside the bundle: the next run takes it away, and nothing else."""

import fcntl
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.evidence.publish_receipt import write_receipt
from packaging_readiness.evidence.unfinished import sweep, unfinished
from packaging_readiness.evidence.write import write_bundle

FILES = {"a.json": b"{}", "b.json": b"[]"}
NAME = ".out.packaging-readiness-0123456789abcdef"
# Writes the first object of a bundle, says so, and waits for its end.
WRITES = """
import sys, time
from pathlib import Path
from packaging_readiness.evidence import write

def stop(path, data, put=write._write):
    put(path, data)
    print(path.parent.parent.name, flush=True)
    time.sleep(600)

write._write = stop
write.write_bundle({"a.json": b"{}", "b.json": b"[]"}, Path(sys.argv[1]), "in")
"""


@contextmanager
def writer(out: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process in the middle of writing a bundle, and its unfinished folder."""
    command = [sys.executable, "-c", WRITES, str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, out.parent / process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("name", ["out", "out of another run"])
def test_next_run_removes_what_a_killed_one_left(number: signal.Signals, name: str, tmp_path: Path) -> None:
    with writer(tmp_path / name) as (process, left):
        process.send_signal(number)
        process.wait()
    assert names(tmp_path) == [left.name]
    assert names(left / "in") == ["a.json"]
    assert names(write_bundle(FILES, tmp_path / "out", "in")) == sorted(FILES)
    assert names(tmp_path) == ["out"]


def test_writer_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    with writer(tmp_path / "out") as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait() != 0
    assert names(tmp_path) == []


def test_what_a_living_writer_has_not_finished_stays(tmp_path: Path) -> None:
    with writer(tmp_path / "other") as (process, at_work):
        write_bundle(FILES, tmp_path / "out", "in")
        assert names(at_work / "in") == ["a.json"]
        process.kill()
        process.wait()
        sweep(tmp_path)
    assert names(tmp_path) == ["out"]


def test_only_abandoned_folders_of_this_name_and_owner_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "a.json").write_text("{}")
    kept = [
        "out",
        ".out.tmp",
        ".out.packaging-readiness-0123456789abcde",
        ".out.packaging-readiness-0123456789abcdefa",
        ".out.packaging-readiness-0123456789ABCDEF",
        "out.packaging-readiness-0123456789abcdef",
        "..packaging-readiness-0123456789abcdef",
    ]
    for name in kept:
        (tmp_path / name).mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".link.packaging-readiness-0123456789abcdef").symlink_to(tmp_path / "elsewhere")
    (tmp_path / ".file.packaging-readiness-0123456789abcdef").write_text("somebody's")
    before = names(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 12345)
        sweep(tmp_path)
    assert names(tmp_path) == before
    sweep(tmp_path)
    assert names(tmp_path) == [name for name in before if name != NAME]


def test_sweeping_a_folder_that_is_none_is_no_error(tmp_path: Path) -> None:
    sweep(tmp_path / "absent")


def test_maker_whose_folder_was_swept_before_it_was_held_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = iter(["0123456789abcdef", "123456789abcdef0", "23456789abcdef01"])
    swept = {"0123456789abcdef": lambda path: path.rmdir(), "123456789abcdef0": _hold}
    true_mkdir = Path.mkdir

    def mkdir(path: Path) -> None:
        true_mkdir(path)
        swept.get(path.name[-16:], lambda _: None)(path)

    monkeypatch.setattr(secrets, "token_hex", lambda _: next(tokens))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", mkdir)
        with unfinished(tmp_path / "out") as folder:
            assert folder.name.endswith("23456789abcdef01")


def _hold(path: Path) -> None:
    """Somebody else is at it."""
    fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX)


def test_disk_without_locks_is_written_to_and_never_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    (tmp_path / NAME).mkdir()
    monkeypatch.setattr(fcntl, "flock", refuse)
    write_bundle(FILES, tmp_path / "out", "in")
    assert names(tmp_path) == [NAME, "out"]


def test_receipt_is_written_whole_and_what_was_left_goes(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    for number in range(2):
        write_receipt(tmp_path / "receipt.json", {"number": number})
    assert names(tmp_path) == ["receipt.json"]
    assert (tmp_path / "receipt.json").read_bytes() == b'{"number":1}\n'
    with pytest.raises(CannotTell, match=r"receipt\.json: the receipt cannot be written"):
        write_receipt(tmp_path / "absent" / "receipt.json", {})
