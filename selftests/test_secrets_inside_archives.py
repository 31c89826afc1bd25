"""Archives by their first bytes, their members, and what they may expand to."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from packaging_readiness.secrets.archives import ArchiveRefused, Budget, kind_of, members
from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_files

LINE = b"token: " + expand_example("ghp_{alnum:36}").encode() + b"\n"


def zipped(**contents: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return held.getvalue()


def taped(*entries: tuple[str, bytes, bytes, str]) -> bytes:
    """Entries of a tar: name, type, content and what a link leads to."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, kind, content, target in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


ZIP = zipped(a=b"x")
TAR = taped(("a", tarfile.REGTYPE, b"x", ""))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (ZIP, "zip"),
        (b"MZ" + bytes(40) + ZIP, "zip"),
        (b"#!/usr/bin/python\n" + ZIP, "zip"),
        (b"xx" + ZIP, None),
        (b"MZ" + bytes(40), None),
        (b"#!/bin/sh\n", None),
        (b"x" * 100 + b"PK\x03\x04", None),
        (TAR, "tar"),
        (b"x" * 257 + b"ustar", "tar"),
        (b"x" * 258 + b"ustar", None),
        (b"x" * 256 + b"ustar", None),
        (b"ustar", None),
        (gzip.compress(b"x"), "gz"),
        (b"x" + gzip.compress(b"x") + b"\x1f\x8b", None),
        (bz2.compress(b"x"), "bz2"),
        (b"BZh91AY&SX", None),
        (b"BZh words", None),
        (b"xxxx1AY&SYBZh", None),
        (b"BZh9x1AY&SY", None),
        (lzma.compress(b"x"), "xz"),
        (b"x\xfd7zXZ\x00", None),
        (b"", None),
        (b"words", None),
        (b"words about Rar!\x1a\x07", None),
    ],
    ids=range(24),
)
def test_an_archive_is_known_by_its_content(data: bytes, kind: str | None) -> None:
    assert kind_of(io.BytesIO(data), data[:512]) == kind


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"!<arch>\ndebian-binary", "Debian"),
        (b"\xed\xab\xee\xdb", "RPM"),
    ],
    ids=["7z", "rar", "zstd", "lz4", "deb", "rpm"],
)
def test_a_kind_that_cannot_be_opened_is_refused(head: bytes, name: str) -> None:
    data = head + bytes(300)
    with pytest.raises(ArchiveRefused, match=name):
        kind_of(io.BytesIO(data), data)
    assert kind_of(io.BytesIO(b" " + data), b" " + data) is None


def opened(data: bytes, kind: str, budget: Budget | None = None) -> list[tuple[str, bytes]]:
    """Names and contents, read from a stream that stands in its midst."""
    stream = io.BytesIO(data)
    stream.seek(5)
    return [(name, content.read()) for name, content in members(stream, kind, budget or Budget())]


def test_every_member_of_a_zip_is_given_but_for_folders() -> None:
    data = zipped(**{"a": b"x", "d/": b"", "d/\u00e9": b"y", "e": b""})
    assert opened(data, "zip") == [("a", b"x"), ("d/\u00e9", b"y"), ("e", b"")]


def test_a_member_that_is_encrypted_is_refused() -> None:
    for flags in (1, 0x801):
        data = bytearray(ZIP)
        at = data.index(b"PK\x01\x02") + 8
        data[at : at + 2] = flags.to_bytes(2, "little")
        with pytest.raises(ArchiveRefused, match="encrypted"):
            opened(bytes(data), "zip")


def test_every_regular_file_of_a_tar_is_given_and_links_are_not() -> None:
    data = taped(
        ("d", tarfile.DIRTYPE, b"", ""),
        ("d/a", tarfile.REGTYPE, b"x", ""),
        ("hard", tarfile.LNKTYPE, b"", "d/a"),
        ("soft", tarfile.SYMTYPE, b"", "d/a"),
        ("pipe", tarfile.FIFOTYPE, b"", ""),
        ("old", tarfile.AREGTYPE, b"y", ""),
    )
    assert opened(data, "tar") == [("d/a", b"x"), ("old", b"y")]


@pytest.mark.parametrize(
    ("kind", "data"), [("gz", gzip.compress(b"x")), ("bz2", bz2.compress(b"x")), ("xz", lzma.compress(b"x"))],
    ids=["gz", "bz2", "xz"],
)  # fmt: skip
def test_a_packed_file_has_one_content(kind: str, data: bytes) -> None:
    assert opened(data, kind) == [("content", b"x")]


def test_a_file_may_expand_to_20000_members_and_a_gibibyte() -> None:
    budget = Budget()
    assert (budget.members, budget.bytes) == (20_000, 1_073_741_824)
    for _ in range(20_000):
        budget.spend_member()
    with pytest.raises(ArchiveRefused, match="members"):
        budget.spend_member()
    budget.spend_bytes(1_073_741_823)
    budget.spend_bytes(1)
    budget.spend_bytes(0)
    with pytest.raises(ArchiveRefused, match="bytes"):
        budget.spend_bytes(1)


@pytest.mark.parametrize(
    ("kind", "data", "count", "size"),
    [
        ("zip", zipped(**{"a": b"xyz", "d/": b"", "b": b"12"}), 3, 5),
        ("tar", taped(("d", tarfile.DIRTYPE, b"", ""), ("a", tarfile.REGTYPE, b"xyz", "")), 2, 3),
        ("gz", gzip.compress(b"xyz"), 1, 3),
        ("xz", lzma.compress(b"xyz"), 1, 3),
    ],
    ids=["zip", "tar", "gz", "xz"],
)
def test_entries_and_bytes_are_taken_off_the_budget(kind: str, data: bytes, count: int, size: int) -> None:
    budget = Budget()
    opened(data, kind, budget)
    assert (20_000 - budget.members, 1_073_741_824 - budget.bytes) == (count, size)
    budget.members = count - 1
    with pytest.raises(ArchiveRefused):
        opened(data, kind, budget)


def test_no_read_of_a_member_takes_more_than_a_mebibyte_unless_told_so() -> None:
    held = io.BytesIO(gzip.compress(bytes(1_048_576 + 5)))
    ((_, content),) = members(held, "gz", budget := Budget())
    assert content.read(0) == b""
    assert len(content.read()) == 1_048_576
    assert content.read(3) == bytes(3)
    assert content.read(-1) == bytes(2)
    assert content.read() == b""
    assert 1_073_741_824 - budget.bytes == 1_048_581


def broken_zip() -> bytes:
    """A member in a way of packing that nobody knows."""
    data = bytearray(zipped(x=LINE))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + at] = 99
    return bytes(data)


GZ = gzip.compress(LINE * 40, mtime=0)
BROKEN = {
    "gzip-header": (b"\x1f\x8b" + b"x" * 40, "BadGzipFile"),
    "gzip-sum": (GZ[:-8] + bytes(8), "BadGzipFile"),
    "gzip-cut": (GZ[:-20], "EOFError"),
    "gzip-data": (GZ[:10] + b"\xff" * 20, ": error"),
    "bzip2": (bz2.compress(LINE)[:10] + bytes(40), "OSError"),
    "xz": (lzma.compress(LINE)[:10] + bytes(40), "LZMAError"),
    "zip-cut": (zipped(x=LINE)[:-30], "BadZipFile"),
    "zip-packing": (broken_zip(), "NotImplementedError"),
    "tar": (b"x" * 257 + b"ustar" + b"x" * 400, "ReadError"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_archive_that_breaks_is_an_error_with_its_cause_and_read_as_it_is(name: str, tmp_path: Path) -> None:
    data, cause = BROKEN[name]
    (tmp_path / "a").write_bytes(data if name.endswith("cut") else data + b"\n" + LINE)
    result = scan_files(tmp_path, ["a"], layers=POLICY_ONLY)
    assert [(error.path, error.cause.endswith(cause)) for error in result.errors] == [("a", True)]
    assert name.endswith("cut") or {finding.path for finding in result.findings} == {"a"}
