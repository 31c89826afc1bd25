"""Folders as places of evidence: what is read of them, what is refused, and each bound to the byte."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import store_folder
from packaging_readiness.evidence.store_folder import find_bundle, read_folder
from selftests.stored_facts import told

MANIFEST, RESULTS = "bundle_manifest.json", "check_results.json"
BUNDLE = "evidence/runs/run_1/P(-1)"


def put(root: Path, **files: bytes) -> Path:
    """The folder, with these files, each of its name and `.json`; `__` stands for a separator."""
    for name, data in files.items():
        path = root / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


@pytest.mark.parametrize("name", [MANIFEST, RESULTS])
def test_a_bundle_is_found_by_its_manifest_or_its_results(name: str, tmp_path: Path) -> None:
    below = tmp_path / BUNDLE
    below.mkdir(parents=True)
    for place in (below / "contract.json", tmp_path / "evidence/runs" / name, tmp_path / "evidence/runs/run_1" / name):
        place.write_bytes(b"{}")
    with pytest.raises(CannotTell, match="holds no bundle"):
        find_bundle(tmp_path)
    (below / name).write_bytes(b"{}")
    assert find_bundle(tmp_path) == find_bundle(below) == below
    (below.parent / "P0").mkdir()
    (below.parent / "P0" / name).write_bytes(b"{}")
    with pytest.raises(InputRefused, match=r"run_1/P\(-1\), evidence/runs/run_1/P0"):
        find_bundle(tmp_path)
    assert find_bundle(below) == below
    (tmp_path / name).write_bytes(b"{}")
    assert find_bundle(tmp_path) == tmp_path


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(CannotTell, match="is not a directory"):
        find_bundle(tmp_path / "x")


def test_a_bundle_with_both_is_one(tmp_path: Path) -> None:
    below = tmp_path / BUNDLE
    put(below, bundle_manifest=b"{}", check_results=b"[]")
    found = read_folder(tmp_path)
    assert (found.path, dict(found.files)) == (("runs", "run_1", "P(-1)"), {MANIFEST: b"{}", RESULTS: b"[]"})
    assert (found.problems, found.published) == ((), False)


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    put(tmp_path, bundle_manifest=b"{}", **dict.fromkeys(("z", "b", "a", "y", "c", "x"), b"{}"))
    for name in ("Z.json", "note.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "d.json").mkdir()
    found = read_folder(tmp_path)
    assert list(found.files) == ["a.json", "b.json", MANIFEST, "c.json", "x.json", "y.json", "z.json"]
    assert told(found.problems) == [
        ("name-not-allowed", "Z.json"),
        ("folder-inside", "d.json"),
        ("name-not-allowed", "note.txt"),
        ("name-case", "z.json"),
    ]


def limited(monkeypatch: pytest.MonkeyPatch, module: Any, **limits: int) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(module, name, limit)


def test_each_bound_of_a_folder_holds_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, bundle_manifest=b"{}", a=b"x" * 10, c=b"y" * 10)
    for limits, problems in (
        ({"SIZE_LIMIT": 10}, []),
        ({"SIZE_LIMIT": 9}, [("oversize", "a.json"), ("oversize", "c.json")]),
        ({"TOTAL_LIMIT": 22}, []),
        ({"TOTAL_LIMIT": 21}, [("oversize", "c.json")]),
        ({"TOTAL_LIMIT": 11}, [("oversize", MANIFEST), ("oversize", "c.json")]),
        ({"_ENTRIES_LIMIT": 3}, []),
        ({"_ENTRIES_LIMIT": 2}, [("oversize", tmp_path.name)]),
    ):
        with monkeypatch.context() as patch:
            limited(patch, store_folder, **limits)
            assert told(read_folder(tmp_path).problems) == problems
            if "_ENTRIES_LIMIT" in limits:
                assert len(read_folder(tmp_path).files) == limits["_ENTRIES_LIMIT"]


def test_an_object_has_at_most_two_hundred_million_bytes(tmp_path: Path) -> None:
    put(tmp_path, bundle_manifest=b"{}")
    with (tmp_path / "a.json").open("wb") as stream:
        stream.truncate(200_000_001)
    assert told(read_folder(tmp_path).problems) == [("oversize", "a.json")]


def test_a_thousand_files_may_lie_in_one_place(tmp_path: Path) -> None:
    put(tmp_path, bundle_manifest=b"{}", **{f"f{number}": b"" for number in range(999)})
    assert (len(read_folder(tmp_path).files), read_folder(tmp_path).problems) == (1000, ())
    put(tmp_path, z=b"")
    found = read_folder(tmp_path)
    assert (len(found.files), told(found.problems)) == (1000, [("oversize", tmp_path.name)])


class Exchanged:
    """A directory entry that looked like a plain file, and is another one by the time it is opened."""

    def __init__(self, path: Path) -> None:
        self.name, self.path = path.name, str(path)

    def is_symlink(self) -> bool:
        return False

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return follow_symlinks

    def is_file(self, *, follow_symlinks: bool) -> bool:
        return not follow_symlinks


def test_what_is_exchanged_between_looking_and_reading_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, bundle_manifest=b"{}", target=b"{}")
    os.mkfifo(tmp_path / "fifo.json")
    (tmp_path / "link.json").symlink_to("target.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "twice.json").write_bytes(b"{}")
    (tmp_path.parent / f"{tmp_path.name}-twice").hardlink_to(tmp_path / "twice.json")
    entries = [Exchanged(path) for path in tmp_path.iterdir()]
    entries.append(Exchanged(tmp_path / "gone.json"))
    monkeypatch.setattr(os, "scandir", lambda _: iter(entries))
    found = read_folder(tmp_path)
    assert set(found.files) == {MANIFEST, "target.json"}
    assert told(found.problems) == [
        ("special-file", "fifo.json"),
        ("unreadable", "folder.json"),
        ("unreadable", "gone.json"),
        ("unreadable", "link.json"),
        ("hard-link", "twice.json"),
    ]


def test_a_file_that_grows_while_it_is_read_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, bundle_manifest=b"x" * 20)
    looked = os.fstat

    def smaller(handle: int) -> os.stat_result:
        return os.stat_result((*looked(handle)[:6], 5, *looked(handle)[7:]))

    limited(monkeypatch, store_folder, SIZE_LIMIT=19)
    monkeypatch.setattr(os, "fstat", smaller)
    assert told(read_folder(tmp_path).problems) == [("oversize", MANIFEST)]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, bundle_manifest=b"{}")

    def refusing(_: object) -> Iterator[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(CannotTell, match="Permission denied"):
        read_folder(tmp_path)
