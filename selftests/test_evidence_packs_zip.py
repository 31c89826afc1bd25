"""ZIP archives as evidence packs: read to the byte when honest, refused with a reason when not, never unpacked."""

import contextlib
import io
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract.errors import InputRefused, ReadinessError
from packaging_readiness.evidence.store_zip import read_zip
from selftests.test_evidence_packs import zipped


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def archive_of(*entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")  # that a name stands there twice is the point
        for info, data in entries:
            archive.writestr(info, data)
    return stream.getvalue()


def encrypted() -> bytes:
    """Flag bit 0 set, in both headers."""
    data = bytearray(archive_of(("a.json", b"{}")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def damaged() -> bytes:
    return archive_of(("a.json", b'{"a":1}')).replace(b'{"a":1}', b'{"a":2}')


def commented() -> bytes:
    stream = io.BytesIO(archive_of(("a.json", b"{}")))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"hello"
    return stream.getvalue()


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "parent": (lambda: archive_of(("../a.json", b"{}")), "leads elsewhere"),
    "inner-parent": (lambda: archive_of(("x/../../a.json", b"{}")), "leads elsewhere"),
    "dot": (lambda: archive_of(("./a.json", b"{}")), "leads elsewhere"),
    "empty-part": (lambda: archive_of(("x//a.json", b"{}")), "leads elsewhere"),
    "absolute": (lambda: archive_of(("/etc/a.json", b"{}")), "absolute path"),
    "drive": (lambda: archive_of(("C:/a.json", b"{}")), "absolute path"),
    "backslash": (lambda: archive_of(("x\\a.json", b"{}")), "absolute path"),
    "link": (lambda: archive_of((entry("a.json", 0o120777), b"/etc/passwd")), "symbolic link"),
    "fifo": (lambda: archive_of((entry("a.json", 0o010644), b"")), "no regular file"),
    "doubled": (lambda: archive_of(("a.json", b"{}"), ("a.json", b"[]")), "twice"),
    "doubled-case": (lambda: archive_of(("a.json", b"{}"), ("A.json", b"{}")), "twice"),
    "file-and-folder": (lambda: archive_of(("a.json", b"{}"), ("a.json/", b"")), "twice"),
    "encrypted": (encrypted, "encrypted"),
    "nested-by-name": (lambda: archive_of(("a.zip", b"x")), "archive in the archive"),
    "nested-by-content": (lambda: archive_of(("a.json", archive_of(("b", b"")))), "archive in the archive"),
    "method": (lambda: archive_of(("a.json", b"{}"), method=zipfile.ZIP_BZIP2), "other than deflate"),
    "truncated": (lambda: archive_of(("a.json", b"{}"))[:-3], "no whole ZIP archive"),
    "prefix": (lambda: b"#!/bin/sh\n" + archive_of(("a.json", b"{}")), "no whole ZIP archive"),
    "suffix": (lambda: archive_of(("a.json", b"{}")) + b"more", "no whole ZIP archive"),
    "comment": (commented, "no whole ZIP archive"),
    "checksum": (damaged, "no whole ZIP archive"),
    "not-a-zip": (lambda: b"hello", "no whole ZIP archive"),
    "empty-file": (lambda: b"", "no whole ZIP archive"),
    "many": (lambda: archive_of(*((f"{number}.json", b"") for number in range(1001))), "more than 1000 entries"),
}


@pytest.mark.parametrize("case", WRONG)
def test_archive_that_no_honest_packer_writes_is_refused(case: str, tmp_path: Path) -> None:
    make, told = WRONG[case]
    path = tmp_path / "pack.zip"
    path.write_bytes(make())
    with pytest.raises(InputRefused) as refused:
        read_zip(path)
    assert told in refused.value.cause
    assert refused.value.place.startswith("pack.zip")
    assert refused.value.cure
    assert str(tmp_path) not in str(refused.value)


def test_bomb_is_not_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packaging_readiness.evidence.store_zip.SIZE_LIMIT", 1000)
    path = tmp_path / "pack.zip"
    path.write_bytes(archive_of(("a.json", b" " * 1001), method=zipfile.ZIP_DEFLATED))
    with pytest.raises(InputRefused, match="is larger than 1000 bytes"):
        read_zip(path)
    lying = bytearray(path.read_bytes())
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the uncompressed size in both headers
        at = lying.index(header) + offset
        lying[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(lying))
    with pytest.raises(InputRefused):
        read_zip(path)


def test_sizes_add_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped({"a.json": b"1" * 600, "b.json": b"2" * 600}, tmp_path / "pack.zip")
    assert len(read_zip(path)) == 2
    monkeypatch.setattr("packaging_readiness.evidence.store_zip.TOTAL_LIMIT", 1000)
    with pytest.raises(InputRefused, match=r"b\.json: is larger than 400 bytes"):
        read_zip(path)


NAME = st.from_regex(r"[a-y_][a-y0-9_]{0,8}(/[a-y_][a-y0-9_]{0,8}){0,2}", fullmatch=True)


@settings(deadline=None)
@given(st.dictionaries(NAME, st.binary(max_size=50).filter(lambda data: not data.startswith((b"P", b"B"))), max_size=5))
def test_honest_archive_is_read_to_the_byte(files: dict[str, bytes]) -> None:
    files = {f"{name}.json": data for name, data in files.items() if data[:1] not in (b"\x1f", b"7", b"\xfd", b"(")}
    with tempfile.TemporaryDirectory() as folder:
        assert read_zip(zipped(files, Path(folder) / "pack.zip")) == files


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200), st.integers(0, 255))
def test_no_bytes_break_the_reader(more: bytes, at: int, value: int) -> None:
    changed = bytearray(archive_of(("a.json", b"{}"), ("b/c.json", b"[1]")))
    changed[at % len(changed)] = value
    with tempfile.TemporaryDirectory() as folder:
        for data in (bytes(changed), more, b"PK\x03\x04" + more):
            path = Path(folder) / "pack.zip"
            path.write_bytes(data)
            with contextlib.suppress(ReadinessError):
                read_zip(path)
