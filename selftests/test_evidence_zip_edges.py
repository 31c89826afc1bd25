"""ZIP archives at the edges of what is read: one step on either side of each bound, each name, method and flag."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import store_zip
from packaging_readiness.evidence.store_zip import read_zip
from selftests.test_evidence_packs_zip import archive_of, entry

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
END = b"PK\x05\x06" + bytes(18)


def read(data: bytes, folder: Path) -> dict[str, bytes]:
    path = folder / "pack.zip"
    path.write_bytes(data)
    return read_zip(path)


def refusal(data: bytes, folder: Path) -> str:
    with pytest.raises(InputRefused) as refused:
        read(data, folder)
    return f"{refused.value.place}: {refused.value.cause}"


def with_field(data: bytes, local: int, central: int, form: str, value: int) -> bytes:
    """The archive with one field of both headers of its first entry set, at these places in them."""
    changed = bytearray(data)
    for header, offset in ((LOCAL, local), (CENTRAL, central)):
        struct.pack_into(form, changed, data.index(header) + offset, value)
    return bytes(changed)


ONE = archive_of(("a.json", b"{}"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_archive_is_read(method: int, tmp_path: Path) -> None:
    entries: list[tuple[zipfile.ZipInfo | str, bytes]] = [
        (entry("d/", 0o040755), b""),
        (entry("d/a.json"), b"{}"),
        ("d/e/b.json", b'{"b":1}' * 50),
        ("d/é.json", b"[]"),
        ("d/x:y.json", b"[1]"),
        ("..a/b..json", b"[2]"),
        ("zip/tar.json", b"[3]"),
        ("empty.json", b""),
    ]
    expected = {
        "d/a.json": b"{}",
        "d/e/b.json": b'{"b":1}' * 50,
        "d/é.json": b"[]",
        "d/x:y.json": b"[1]",
        "..a/b..json": b"[2]",
        "zip/tar.json": b"[3]",
        "empty.json": b"",
    }
    assert read(archive_of(*entries, method=method), tmp_path) == expected


def test_an_archive_without_an_entry_is_whole(tmp_path: Path) -> None:
    assert read(archive_of(), tmp_path) == {}
    assert "no whole ZIP archive" in refusal(archive_of()[:-1], tmp_path)
    assert "no whole ZIP archive" in refusal(ONE[:-22], tmp_path)


@pytest.mark.parametrize(
    "before", [b"x", LOCAL, ONE, ONE[:-22], END, END[:4]], ids=["byte", "mark", "archive", "entry", "empty", "end"]
)
def test_an_archive_begins_at_the_first_byte(before: bytes, tmp_path: Path) -> None:
    """Whatever stands there: who reads from the front would see another archive than who reads from the end."""
    for whole in (ONE, archive_of(("d/", b"")), archive_of()):
        assert "something stands before" in refusal(before + whole, tmp_path)


def test_a_folder_of_an_archive_holds_nothing_itself(tmp_path: Path) -> None:
    assert "d/: is larger than 0 bytes" in refusal(archive_of(("d/", b"{}")), tmp_path)
    lying = archive_of(("d/", b"")).replace(b"d/", b"d.", 1)
    assert "no whole ZIP archive" in refusal(lying, tmp_path)


def test_a_folder_may_stand_there_twice_and_a_file_may_not(tmp_path: Path) -> None:
    assert read(archive_of(("d/", b""), ("d/", b""), ("d/a.json", b"{}")), tmp_path) == {"d/a.json": b"{}"}
    assert "twice" in refusal(archive_of(("d/", b""), ("D/", b"")), tmp_path)
    assert "twice" in refusal(archive_of(("d/", b""), ("d", b"")), tmp_path)
    assert "twice" in refusal(archive_of(("a.json", b"1"), ("a.json", b"1")), tmp_path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("/a.json", "absolute"),
        ("a\\b.json", "absolute"),
        ("C:a.json", "absolute"),
        ("c:/a.json", "absolute"),
        ("./a.json", "elsewhere"),
        ("a/./b.json", "elsewhere"),
        ("../a.json", "elsewhere"),
        ("a/..", "elsewhere"),
        ("a/../", "elsewhere"),
        ("a//b.json", "elsewhere"),
        ("a//", "elsewhere"),
        ("A.ZIP", "archive in the archive"),
        *((f"a{ending}", "archive in the archive") for ending in (".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2")),
        *((f"a.b{ending}", "archive in the archive") for ending in (".7z", ".zst", ".jar", ".whl")),
    ],
)
def test_a_name_that_no_honest_packer_writes_is_refused(name: str, told: str, tmp_path: Path) -> None:
    assert told in refusal(archive_of((name, b"{}")), tmp_path)


def test_a_name_that_is_cut_off_at_a_nul_is_refused(tmp_path: Path) -> None:
    data = archive_of(("a.json_and_more", b"{}")).replace(b"a.json_and", b"a.json\x00and")
    assert "cannot be told exactly" in refusal(data, tmp_path)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0o100644, None),
        (0o100000, None),
        (0o644, None),
        (0, None),
        (0o120777, "symbolic link"),
        (0o010644, "no regular file"),
        (0o020644, "no regular file"),
        (0o060644, "no regular file"),
        (0o140644, "no regular file"),
    ],
)
def test_an_entry_is_a_plain_file_by_its_mode(mode: int, told: str | None, tmp_path: Path) -> None:
    data = archive_of((entry("a.json", mode), b"{}"))
    if told is None:
        assert read(data, tmp_path) == {"a.json": b"{}"}
    else:
        assert told in refusal(data, tmp_path)


@pytest.mark.parametrize("method", [1, 9, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_an_entry_is_stored_or_deflated(method: int, tmp_path: Path) -> None:
    assert "method other than deflate" in refusal(with_field(ONE, 8, 10, "<H", method), tmp_path)


@pytest.mark.parametrize(
    "start",
    [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd"],
)
def test_an_entry_that_begins_like_an_archive_is_refused(start: bytes, tmp_path: Path) -> None:
    assert "archive in the archive" in refusal(archive_of(("a.json", start + b"more")), tmp_path)
    assert read(archive_of(("a.json", b"x" + start)), tmp_path) == {"a.json": b"x" + start}
    assert read(archive_of(("a.json", start[:-1])), tmp_path) == {"a.json": start[:-1]}


def unclear() -> bytes:
    """A name that says it is UTF-8, and is not."""
    return with_field(archive_of(("aé.json", b"{}")), 6, 8, "<H", 0x800).replace("é".encode(), b"\xff\xff")


def inflated_wrongly() -> bytes:
    data = archive_of(("a.json", b"abcdefgh" * 40), method=zipfile.ZIP_DEFLATED)
    start = 30 + len("a.json")
    return data[:start] + b"\xff" * 4 + data[start + 4 :]


BROKEN: dict[str, Callable[[], bytes]] = {
    "checksum": lambda: with_field(ONE, 14, 16, "<I", 0),
    "deflated data": inflated_wrongly,
    "newer version": lambda: with_field(ONE, 4, 6, "<H", 99),
    "patched data": lambda: with_field(ONE, 6, 8, "<H", 0x20),
    "name": unclear,
    "directory": lambda: ONE.replace(CENTRAL, b"PK\x01\x03"),
    "beyond the end": lambda: with_field(with_field(ONE, 18, 20, "<I", 900), 22, 24, "<I", 900),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_archive_that_is_broken_inside_is_refused(kind: str, tmp_path: Path) -> None:
    assert refusal(BROKEN[kind](), tmp_path).startswith("pack.zip: is no whole ZIP archive")


def test_each_bound_holds_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive_of(("a.json", b"x" * 10), ("b.json", b"y" * 10))
    for name, fits, told in (
        ("ENTRIES_LIMIT", 2, "more than 1 entries"),
        ("SIZE_LIMIT", 10, "a.json: is larger than 9 bytes"),
        ("TOTAL_LIMIT", len(data), f"pack.zip: is larger than {len(data) - 1} bytes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(store_zip, name, fits)
            assert len(read(data, tmp_path)) == 2
            patch.setattr(store_zip, name, fits - 1)
            assert told in refusal(data, tmp_path)


def test_what_is_inflated_adds_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive_of(*((f"{name}.json", b"x" * 300) for name in "abc"), method=zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(store_zip, "TOTAL_LIMIT", 900)
    assert sum(map(len, read(data, tmp_path).values())) == 900
    monkeypatch.setattr(store_zip, "TOTAL_LIMIT", 899)
    assert "c.json: is larger than 299 bytes" in refusal(data, tmp_path)


def test_more_is_never_read_than_a_bound_allows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An archive that says less than it inflates to: no more than one byte beyond the bound is asked for."""
    asked: list[int] = []
    reading = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        asked.append(-1 if n is None else n)
        return reading(self, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    monkeypatch.setattr(store_zip, "SIZE_LIMIT", 20)
    assert read(archive_of(("a.json", b"x" * 20)), tmp_path) == {"a.json": b"x" * 20}
    assert asked == [21]
    assert "is larger than 20 bytes" in refusal(archive_of(("a.json", b"x" * 21)), tmp_path)
    assert asked == [21]  # what says itself that it is larger is not read at all


def test_an_archive_has_at_most_five_hundred_million_bytes(tmp_path: Path) -> None:
    with (tmp_path / "pack.zip").open("wb") as stream:
        stream.truncate(500_000_001)
    with pytest.raises(InputRefused, match="is larger than"):
        read_zip(tmp_path / "pack.zip")


def test_a_pack_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "never.zip", tmp_path):
        with pytest.raises(CannotTell, match="cannot be read") as told:
            read_zip(path)
        assert told.value.place == path.name
