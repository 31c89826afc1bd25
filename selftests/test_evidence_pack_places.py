"""A pack of any make in a folder or an archive: what is read of it, and which bundle is found in it."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import pack_source
from packaging_readiness.evidence.pack_source import Source, read_source
from packaging_readiness.evidence.store_s3 import Bucket
from selftests.stored_facts import told
from selftests.test_evidence_folders import limited, put

MANIFEST, RESULTS = "bundle_manifest.json", "check_results.json"
BUNDLE = "evidence/runs/run_1/P(-1)"


def source(path: Path) -> Source:
    def no_bucket(name: str) -> Bucket:
        raise AssertionError(name)

    return read_source(str(path), no_bucket)


def zipped(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return path


def test_of_a_foreign_folder_every_json_file_is_read(tmp_path: Path) -> None:
    names = ["z", "b__x", "a__y__z", "a__b", "y", "c__c"]
    put(tmp_path, **dict.fromkeys(names, b"{}"))
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "note.txt").write_bytes(b"")
    (tmp_path / "link.txt").symlink_to("note.txt")
    (tmp_path / "broken").symlink_to("nowhere")
    found = source(tmp_path)
    assert found.bundle is None
    assert list(found.files) == ["y.json", "z.json", "a/b.json", "a/y/z.json", "b/x.json", "c/c.json"]


@pytest.mark.parametrize("target", ["a.json", "nowhere", "d"])
@pytest.mark.parametrize("name", ["l.json", "d/l.json", "folder"])
def test_a_link_to_a_folder_or_in_place_of_json_is_refused(name: str, target: str, tmp_path: Path) -> None:
    put(tmp_path, a=b"{}", d__b=b"{}")
    (tmp_path / name).symlink_to(tmp_path / target)
    if name == "folder" and target != "d":
        assert set(source(tmp_path).files) == {"a.json", "d/b.json"}
        return
    with pytest.raises(InputRefused, match="is a symbolic link") as refused:
        source(tmp_path)
    assert refused.value.place == name


def test_each_bound_of_a_foreign_folder_holds_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, a=b"x" * 10, b=b"y" * 10)
    for name, fits, place in (("SIZE_LIMIT", 10, "a.json"), ("TOTAL_LIMIT", 20, "b.json"),
                              ("_FILES_LIMIT", 2, tmp_path.name)):  # fmt: skip
        with monkeypatch.context() as patch:
            limited(patch, pack_source, **{name: fits})
            assert set(source(tmp_path).files) == {"a.json", "b.json"}
            limited(patch, pack_source, **{name: fits - 1})
            with pytest.raises(InputRefused) as refused:
                source(tmp_path)
            assert refused.value.place == place


def test_what_is_no_plain_file_or_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, d__a=b"{}")
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(InputRefused, match="is no regular file"):
        source(tmp_path)
    (tmp_path / "x.json").unlink()

    def refusing(path: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refusing)
        with pytest.raises(CannotTell, match="Permission denied") as told_of:
            source(tmp_path)
        assert told_of.value.place == "d/a.json"
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: refusing(path) if str(path).endswith("/d") else scan(path))
    with pytest.raises(CannotTell, match="Permission denied") as told_of:
        source(tmp_path)
    assert told_of.value.place == "d"


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("name", [MANIFEST, RESULTS])
@pytest.mark.parametrize(("home", "path"), [("", ()), ("b/", ("b",)), (f"x/{BUNDLE}/", ("runs", "run_1", "P(-1)"))])
def test_the_one_bundle_among_other_files_is_found(
    form: str, name: str, home: str, path: tuple[str, ...], tmp_path: Path
) -> None:
    names = [f"{home}{name}", f"{home}a.json", "other/more.json"]
    if form == "zip":
        found = source(zipped(tmp_path / "pack.zip", names))
    else:
        (tmp_path / "pack").mkdir()
        found = source(
            put(tmp_path / "pack", **{each.removesuffix(".json").replace("/", "__"): b"{}" for each in names})
        )
    assert set(found.files) == set(names)
    assert found.bundle is not None
    inside = {name, "a.json"} | ({"other/more.json"} if not home and form == "zip" else set())
    assert set(found.bundle.files) == inside - {"other/more.json"}
    assert not found.bundle.published
    if form == "zip":
        assert found.bundle.path == path
        assert told(found.bundle.problems) == ([] if home else [("path-escapes", "other/more.json")])


def test_names_in_an_archive_are_judged_as_those_of_a_folder(tmp_path: Path) -> None:
    names = [f"b/{MANIFEST}", "b/bad name.json", "b/d/x.json", "b/note.txt", "bc/y.json", "z.txt"]
    found = source(zipped(tmp_path / "pack.zip", names))
    assert list(found.files) == [name for name in names if not name.endswith(".txt")]
    assert found.bundle is not None
    assert list(found.bundle.files) == [MANIFEST]
    assert told(found.bundle.problems) == [
        ("name-not-allowed", "bad name.json"),
        ("path-escapes", "d/x.json"),
        ("name-not-allowed", "note.txt"),
    ]
    assert source(zipped(tmp_path / "other.zip", ["a.json", f"x{MANIFEST}", f"{RESULTS}/y.json"])).bundle is None


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_of_several_bundles_five_are_named_and_none_is_chosen(form: str, tmp_path: Path) -> None:
    names = [f"p{number}/{MANIFEST}" for number in range(7)]
    path = zipped(tmp_path / "pack.zip", names)
    if form == "folder":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "pack")
        path = tmp_path / "pack"
    with pytest.raises(InputRefused, match="holds several bundles: p0, p1, p2, p3, p4\\n") as refused:
        source(path)
    assert refused.value.place == path.name
