"""Archives opened member by member, in memory and within bounds; whatever cannot be opened is refused."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from packaging_readiness.contract.tar import open_tar

MAX_MEMBERS = 20_000
MAX_BYTES = 1 << 30
MAX_DEPTH = 3

FAILURES = (
    OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, tarfile.TarError,
    zlib.error, lzma.LZMAError, struct.error, LookupError, OverflowError, MemoryError,
)  # fmt: skip
_UNOPENABLE = (
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"!<arch>\ndebian-binary", "Debian package"),
    (b"\xed\xab\xee\xdb", "RPM package"),
)


class ArchiveRefused(Exception):
    """The archive is of a kind, or a size, that is not opened. The message holds no content."""


class Budget:
    """What one file may still expand to, over all its nested archives."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.bytes = MAX_BYTES

    def spend_member(self) -> None:
        self.members -= 1
        if self.members < 0:
            raise ArchiveRefused(f"more than {MAX_MEMBERS} archive members")

    def spend_bytes(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise ArchiveRefused(f"expands to more than {MAX_BYTES} bytes")


class _Metered(io.RawIOBase):
    """A stream whose every byte counts against the budget."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else 1 << 20)
        self._budget.spend_bytes(len(data))
        return data


def kind_of(stream: BinaryIO, head: bytes) -> str | None:
    """zip, tar, gz, bz2, xz or None, by content. Raises ArchiveRefused for kinds that cannot be opened here."""
    for magic, name in _UNOPENABLE:
        if head.startswith(magic):
            raise ArchiveRefused(f"a {name} cannot be opened")
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bz2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"PK\x03\x04") or (head[:2] in (b"MZ", b"#!") and zipfile.is_zipfile(stream)):
        return "zip"
    return None


def members(stream: BinaryIO, kind: str, budget: Budget) -> Iterator[tuple[str, BinaryIO]]:
    """Name and content of every regular member. Raises ArchiveRefused beyond the bounds, FAILURES when corrupt."""
    stream.seek(0)
    if kind == "zip":
        with zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                budget.spend_member()
                if not entry.is_dir():
                    if entry.flag_bits & 1:
                        raise ArchiveRefused("an encrypted archive cannot be read")
                    with archive.open(entry) as content:
                        yield entry.filename, cast(BinaryIO, _Metered(content, budget))
    elif kind == "tar":
        with open_tar(stream, "r:") as tape:
            for info in tape:
                budget.spend_member()
                member = tape.extractfile(info) if info.isreg() else None
                if member is not None:
                    yield info.name, cast(BinaryIO, _Metered(member, budget))
    else:
        budget.spend_member()
        content = _unpacked(stream, kind)
        yield "content", cast(BinaryIO, _Metered(content, budget))


def _unpacked(stream: BinaryIO, kind: str) -> IO[bytes]:
    if kind == "gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    return bz2.BZ2File(stream) if kind == "bz2" else lzma.LZMAFile(stream)
