"""Archives that ADD unpacks instead of copying."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from packaging_readiness.checkout.builder_paths import clean
from packaging_readiness.contract.tar import open_tar

_ZSTD = b"\x28\xb5\x2f\xfd"
# The builder goes by these alone; Python's tarfile would also read an old lzma stream.
_MODES: tuple[tuple[bytes, Literal["r:gz", "r:bz2", "r:xz"]], ...] = (
    (b"\x1f\x8b\x08", "r:gz"),
    (b"BZh", "r:bz2"),
    (b"\xfd7zXZ\x00", "r:xz"),
)
_BLOCK = 512
_CHUNK = 1024 * 1024
_KINDS: dict[bytes, Literal["directory", "link", "hard link"]] = {b"5": "directory", b"2": "link", b"1": "hard link"}


@dataclass(frozen=True, slots=True)
class Member:
    """One entry: its path, relative and cleaned ("" is the top), and where a link leads, as stored."""

    path: str
    kind: Literal["file", "directory", "link", "hard link"]
    target: str = ""


def archive_members(file: Path) -> tuple[Member, ...] | None:
    """What a tar archive (plain, gzip, bzip2, xz) holds, in its order.

    None when the file is no archive, or an empty one, which the builder copies too. Raises ValueError for zstd, which
    may be one and cannot be looked into, and for an archive that breaks off.
    """
    try:
        with file.open("rb") as stream:
            start = stream.read(8)
    except OSError:
        raise ValueError("the source cannot be read") from None
    if start.startswith(_ZSTD):
        raise ValueError("a zstd file may be an archive that ADD unpacks: use COPY, or another compression")
    mode: Any = next((mode for magic, mode in _MODES if start.startswith(magic)), "r:")
    # Each decompressor has errors of its own; whatever they are, they mean the same here. A failure to open has another
    # meaning than one further on.
    try:
        archive = open_tar(file, mode)
    except Exception:
        return None
    with archive:
        try:
            members = tuple(
                Member(clean("/" + each.name).strip("/"), _KINDS.get(each.type, "file"), each.linkname)
                for each in archive
            )
            _read_to_the_end(archive)
        except Exception:
            raise ValueError("the archive breaks off") from None
    return members or None


def _read_to_the_end(archive: Any) -> None:
    """Raise what the rest of the file gives: half a header, which tarfile takes for the end, or a broken stream."""
    stream = archive.fileobj
    stream.seek(archive.offset)
    if 0 < len(stream.read(_BLOCK)) < _BLOCK:
        raise ValueError("half a header")
    while stream.read(_CHUNK):
        pass
