"""Evidence in forms that no writer of this suite makes: bytes, names and archives, each told by its fault."""

import stat
import zipfile
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import store_zip
from packaging_readiness.evidence.json_faults import Fault, parse, read_object
from packaging_readiness.evidence.store import name_problem, same_but_for_case
from packaging_readiness.evidence.store_zip import read_zip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf{}", "byte-order-mark"),
        ("{}".encode("utf-16"), "utf-16"),
        (b'{"a": "\xff"}', "not-utf-8"),
        (b"{} {}", "trailing-data"),
        (b"{", "not-json"),
        (b"[]", "not-an-object"),
        (b'{"a": 1, "b": 2, "a": 3}', "duplicate-key"),
        (b'{"a": NaN}', "not-a-json-number"),
        (b'{"a": 9007199254740992}', "number-out-of-range"),
        (b'{"a": 1e999}', "number-out-of-range"),
        (b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}", "too-deep"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
        (b'{"a": ["\\ud800"]}', "lone-surrogate"),
        (b'{"\\ud800": 1}', "lone-surrogate"),
    ],
)
def test_bytes_that_are_no_object_have_their_own_code(data: bytes, code: str) -> None:
    with pytest.raises(Fault) as told:
        parse(data)
    assert told.value.code == code
    assert read_object("x.json", data)[0] is None


def test_an_object_in_another_form_is_read_and_told() -> None:
    assert read_object("x.json", b'{"a":[1.5,"\\u0041",{"b":null}]}')[1][0].code == "not-canonical"
    assert read_object("x.json", b'{"a":[1.5,"A",{"b":null}]}\n') == ({"a": [1.5, "A", {"b": None}]}, ())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("contract.json", None),
        ("bundle_manifest.dsse.json", None),
        ("/etc/passwd", "path-absolute"),
        ("c:x.json", "path-absolute"),
        ("../x.json", "path-escapes"),
        ("a\\b.json", "path-escapes"),
        ("..", "path-escapes"),
        ("Contract.JSON", "name-not-allowed"),
    ],
)
def test_a_name_is_one_of_an_object_or_has_a_code(name: str, code: str | None) -> None:
    problem = name_problem(name)
    assert (problem.code if problem else None) == code


def test_names_that_differ_in_case_only_are_told() -> None:
    assert [problem.code for problem in same_but_for_case(["a.json", "A.json", "b.json"])] == ["name-case"]


def zipped(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return path


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o644) << 16
    return info


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([("/a.json", b"{}")], "is an absolute path"),
        ([("a/../b.json", b"{}")], "is a path that leads elsewhere"),
        ([(special("a.json", stat.S_IFLNK), b"b")], "is a symbolic link"),
        ([(special("a.json", stat.S_IFIFO), b"")], "is no regular file"),
        ([("a.zip", b"")], "is an archive in the archive"),
        ([("a.json", b"PK\x03\x04")], "is an archive in the archive"),
        ([("a.json", b"{}"), ("A.json", b"{}")], "stands in the archive twice"),
        ([("a.json", b"x" * 60)], "is larger than 50 bytes"),
        ([(f"{number}.json", b"{}") for number in range(5)], "holds more than 4 entries"),
    ],
    ids=["absolute", "elsewhere", "link", "fifo", "archive", "archive-by-content", "case", "size", "entries"],
)
def test_an_archive_that_two_readers_may_read_differently_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: list[tuple[zipfile.ZipInfo | str, bytes]], told: str
) -> None:
    monkeypatch.setattr(store_zip, "SIZE_LIMIT", 50)
    monkeypatch.setattr(store_zip, "ENTRIES_LIMIT", 4)
    with pytest.raises(InputRefused, match=told):
        read_zip(zipped(tmp_path / "x.zip", *entries))


def test_an_archive_compressed_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="by a method other than deflate"):
        read_zip(zipped(tmp_path / "x.zip", ("a.json", b"{}"), method=zipfile.ZIP_LZMA))


@pytest.mark.parametrize(("before", "after"), [(b"#!", b""), (b"", b"\n")], ids=["before", "after"])
def test_an_archive_with_something_around_it_is_refused(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = zipped(tmp_path / "x.zip", ("d/", b""), ("d/a.json", b"{}"))
    assert read_zip(path) == {"d/a.json": b"{}"}
    path.write_bytes(before + path.read_bytes() + after)
    with pytest.raises(InputRefused, match="is no whole ZIP archive"):
        read_zip(path)


def test_an_archive_that_is_too_large_or_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotTell, match="cannot be read"):
        read_zip(tmp_path / "never.zip")
    monkeypatch.setattr(store_zip, "TOTAL_LIMIT", 10)
    with pytest.raises(InputRefused, match="is larger than 10 bytes"):
        read_zip(zipped(tmp_path / "x.zip", ("a.json", b"{}")))
