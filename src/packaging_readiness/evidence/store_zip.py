"""The files of a ZIP archive, read whole with bounds. Nothing is unpacked to disk; what is ambiguous is refused."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.store import SIZE_LIMIT, TOTAL_LIMIT, shown

ENTRIES_LIMIT = 1000
_CURE = "download the pack again, or unpack it and name the directory"
_ENCRYPTED = 0x1
_END = b"PK\x05\x06"
_END_SIZE = 22
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".7z", ".zst", ".jar", ".whl")
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")


def read_zip(path: Path) -> dict[str, bytes]:
    """Every file of the archive by its path in it. Raises InputRefused for what no honest packer writes (paths that
    lead out, links, doubled names, encryption, archives in it, bombs), CannotTell for what cannot be read.
    """
    try:
        _refuse_frame(path)
        with zipfile.ZipFile(path) as archive:
            return _files(archive, path.name)
    except OSError as error:
        raise CannotTell(path.name, f"cannot be read: {error.strerror}", "name an existing pack") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise InputRefused(path.name, f"is no whole ZIP archive: {shown(str(error))}", _CURE) from None


def _refuse_frame(path: Path) -> None:
    """An archive ends at the last byte: otherwise two readers may see two archives."""
    size = path.stat().st_size
    if size > TOTAL_LIMIT:
        raise InputRefused(path.name, f"is larger than {TOTAL_LIMIT} bytes", _CURE)
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END_SIZE))
        end = stream.read(_END_SIZE)
    if not end.startswith(_END):
        raise InputRefused(path.name, "is no whole ZIP archive, or something stands after it", _CURE)


def _files(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > ENTRIES_LIMIT:
        raise InputRefused(name, f"holds more than {ENTRIES_LIMIT} entries", _CURE)
    # For the same reason it begins at the first byte: with an entry or, where there is none, with its directory.
    if min((entry.header_offset for entry in entries), default=archive.start_dir) != 0:
        raise InputRefused(name, "is no whole ZIP archive, or something stands before it", _CURE)
    seen: dict[str, str] = {}
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        place = f"{name}: {shown(entry.filename)}"
        for cause in _faults(entry):
            raise InputRefused(place, cause, _CURE)
        other = seen.setdefault(entry.filename.rstrip("/").casefold(), entry.filename)
        if other != entry.filename or entry.filename in files:
            raise InputRefused(place, "stands in the archive twice, upper and lower case aside", _CURE)
        # A folder is read as well: whoever reads from the front may take what stands there for a file.
        data = _read(archive, entry, 0 if entry.is_dir() else min(SIZE_LIMIT, TOTAL_LIMIT - total), place)
        if not entry.is_dir():
            files[entry.filename] = data
            total += len(data)
    return files


def _faults(entry: zipfile.ZipInfo) -> Iterator[str]:
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    if name != entry.orig_filename:  # as with a NUL, at which it is cut off
        yield "has a name that cannot be told exactly"
    if name.startswith("/") or "\\" in name or ":" in name.split("/")[0]:
        yield "is an absolute path"
    if {"", ".", ".."} & set(name.removesuffix("/").split("/")):
        yield "is a path that leads elsewhere"
    if entry.flag_bits & _ENCRYPTED:
        yield "is encrypted"
    if stat.S_ISLNK(kind):
        yield "is a symbolic link"
    elif kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        yield "is no regular file"
    if entry.compress_type not in _METHODS:
        yield "is compressed by a method other than deflate"
    if name.lower().endswith(_ARCHIVES):
        yield "is an archive in the archive"
    if entry.file_size > SIZE_LIMIT:
        yield f"is larger than {SIZE_LIMIT} bytes"


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, place: str) -> bytes:
    """The bytes, never more than `room`, whatever size the archive claims."""
    with archive.open(entry) as stream:
        data = stream.read(room + 1)  # beyond the end: only there is the checksum compared
    if len(data) > room:
        raise InputRefused(place, f"is larger than {room} bytes", _CURE)
    if data.startswith(_MAGIC):
        raise InputRefused(place, "is an archive in the archive", _CURE)
    return data
