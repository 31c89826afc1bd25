"""Writing a bundle and the unfinished folder beside it: whole or not at all, and nobody else's is touched."""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.unfinished import sweep, unfinished
from packaging_readiness.evidence.write import bundle_folder, refuse_existing, write_bundle
from selftests.stored_facts import CONTRACT

LEFT = ".out.packaging-readiness-0123456789abcdef"
FILES = {"a.json": b"{}", "b.json": b"[]" * 40_000}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def no_handle_left() -> Iterator[None]:
    """As many handles are open after as before."""
    handles = Path("/proc/self/fd")
    before = len(names(handles))
    yield
    assert len(names(handles)) == before


@pytest.fixture
def narrow_umask() -> Iterator[None]:
    """Nothing for others, unless it is given."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.parametrize("name", [LEFT, ".o.packaging-readiness-" + "f" * 16, ".a b.c.packaging-readiness-" + "0" * 16])
def test_what_a_dead_maker_left_is_removed_whole(name: str, tmp_path: Path) -> None:
    (tmp_path / name / "in").mkdir(parents=True)
    (tmp_path / name / "in" / "a.json").write_bytes(b"{")
    with no_handle_left():
        sweep(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    ["out.packaging-readiness-0123456789abcdef", "..packaging-readiness-0123456789abcdef", LEFT[:-1], LEFT + "0",
     LEFT + ".old", LEFT[:-1] + "A", LEFT.replace("packaging-", "packaging_"), "x" + LEFT],
)  # fmt: skip
def test_what_has_another_name_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    sweep(tmp_path)
    assert names(tmp_path) == [name]


def test_what_is_somebody_elses_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LEFT).mkdir()
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    sweep(tmp_path)
    assert names(tmp_path) == [LEFT]


def test_what_a_living_maker_holds_stays(tmp_path: Path) -> None:
    (tmp_path / LEFT).mkdir()
    handle = os.open(tmp_path / LEFT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with no_handle_left():
            sweep(tmp_path)
        assert names(tmp_path) == [LEFT]
    finally:
        os.close(handle)


def test_links_and_files_of_such_a_name_stay_and_keep_nothing_from_being_removed(tmp_path: Path) -> None:
    place, target = tmp_path / "place", tmp_path / "target"
    target.mkdir()
    (target / "kept.json").write_bytes(b"{}")
    place.mkdir()
    stay = [f".out.packaging-readiness-{number:016x}" for number in range(10)]
    for name in stay[:8]:
        (place / name).symlink_to("nowhere")
    (place / stay[8]).symlink_to(target)
    (place / stay[9]).write_bytes(b"")
    for number in range(10, 14):
        (place / f".out.packaging-readiness-{number:016x}").mkdir()
    sweep(place)
    assert names(place) == stay
    assert names(target) == ["kept.json"]
    sweep(tmp_path / "never")


def test_one_file_that_cannot_be_removed_keeps_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LEFT).mkdir()
    for name in "abc":
        (tmp_path / LEFT / name).write_bytes(b"")
    remove, calls = os.unlink, []

    def refusing(path: Any, **more: Any) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise PermissionError(13, "Permission denied")
        remove(path, **more)

    monkeypatch.setattr(os, "unlink", refusing)
    sweep(tmp_path)
    assert names(tmp_path / LEFT) == [calls[0]]


@pytest.mark.usefixtures("narrow_umask")
def test_the_folder_is_made_beside_its_place_and_goes_unless_it_was_renamed(tmp_path: Path) -> None:
    (tmp_path / LEFT).mkdir()
    with no_handle_left(), unfinished(tmp_path / "out") as folder:
        assert names(tmp_path) == [folder.name]
        assert re.fullmatch(r"\.out\.packaging-readiness-[0-9a-f]{16}", folder.name)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
        (folder / "a.json").write_bytes(b"{}")
        sweep(tmp_path)
        assert names(folder) == ["a.json"]
    assert names(tmp_path) == []
    with pytest.raises(ZeroDivisionError), no_handle_left(), unfinished(tmp_path / "out"):
        raise ZeroDivisionError
    assert names(tmp_path) == []
    with unfinished(tmp_path / "out") as folder:
        folder.rename(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def swept_before_opening(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, left = os.open, [times]

    def sweeping(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if left[0] and ".packaging-readiness-" in str(path):
            left[0] -= 1
            Path(path).rmdir()
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", sweeping)


def swept_before_holding(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held, left = fcntl.flock, [times]

    def sweeping(handle: int, how: int) -> None:
        held(handle, how)
        if left[0]:
            left[0] -= 1
            Path(f"/proc/self/fd/{handle}").readlink().rmdir()

    monkeypatch.setattr(fcntl, "flock", sweeping)


def swept_while_holding(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held, left = fcntl.flock, [times]

    def refusing(handle: int, how: int) -> None:
        if left[0]:
            left[0] -= 1
            Path(f"/proc/self/fd/{handle}").readlink().rmdir()
            raise BlockingIOError(errno.EWOULDBLOCK, "Resource temporarily unavailable")
        held(handle, how)

    monkeypatch.setattr(fcntl, "flock", refusing)


@pytest.mark.parametrize("swept", [swept_before_opening, swept_before_holding, swept_while_holding])
def test_a_folder_that_a_sweep_took_is_made_again_ten_times(
    swept: Callable[[int, pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        swept(9, patch)
        with no_handle_left(), unfinished(tmp_path / "out") as folder:
            assert names(tmp_path) == [folder.name]
    assert names(tmp_path) == []
    swept(10, monkeypatch)
    with no_handle_left(), pytest.raises(OSError, match="busy") as told, unfinished(tmp_path / "out"):
        raise AssertionError
    assert told.value.errno == errno.EBUSY


def test_a_folder_that_another_holds_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, others = fcntl.flock, list[str]()

    def refusing(handle: int, how: int) -> None:
        if not others:
            others.append(Path(f"/proc/self/fd/{handle}").readlink().name)
            raise BlockingIOError(errno.EWOULDBLOCK, "Resource temporarily unavailable")
        held(handle, how)

    monkeypatch.setattr(fcntl, "flock", refusing)
    with no_handle_left(), unfinished(tmp_path / "out") as folder:
        assert names(tmp_path) == sorted([*others, folder.name])
        assert [folder.name] != others
    assert names(tmp_path) == others


def test_a_disk_without_locks_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(_handle: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refusing)
    with unfinished(tmp_path / "out") as folder:
        assert folder.is_dir()


def test_a_place_that_is_taken_is_refused(tmp_path: Path) -> None:
    refuse_existing(tmp_path / "never")
    refuse_existing(tmp_path)
    (tmp_path / "x").write_bytes(b"")
    for taken in (tmp_path, tmp_path / "x"):
        with pytest.raises(InputRefused, match="not empty"):
            refuse_existing(taken)
    with pytest.raises(CannotTell, match="cannot be looked into"):
        refuse_existing(tmp_path / ("n" * 300))


@pytest.mark.usefixtures("narrow_umask")
def test_a_bundle_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    out = tmp_path / "some" / "new" / "where"
    folder = write_bundle(FILES, out, bundle_folder(CONTRACT, "run_1"))
    assert folder == out / "evidence" / "runs" / "run_1" / "P(-1)"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o644}
    assert synced == [2, 80_000]
    assert names(out.parent) == ["where"]


def test_an_empty_folder_is_filled_and_a_taken_one_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert names(write_bundle(FILES, out, "in")) == ["a.json", "b.json"]
    with pytest.raises(InputRefused):
        write_bundle({"c.json": b""}, out, "in")
    assert names(out / "in") == ["a.json", "b.json"]


def test_a_disk_that_refuses_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotTell, match="No space left"):
        write_bundle(FILES, tmp_path / "out", "in")
    assert names(tmp_path) == []
