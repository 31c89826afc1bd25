"""What an archive holds, by its own entries, and which files are archives."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from packaging_readiness.checkout.archives import Member, archive_members


def tar(*entries: tuple[str, bytes, str]) -> bytes:
    """The entries alone, without the blocks that end an archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        size = archive.offset
    return out.getvalue()[:size]


ENTRIES = tar(
    ("./a/../b/", tarfile.DIRTYPE, ""),
    ("/b/c", tarfile.REGTYPE, ""),
    ("l", tarfile.SYMTYPE, "../x"),
    ("h", tarfile.LNKTYPE, "b/c"),
    ("p", tarfile.FIFOTYPE, ""),
    ("./", tarfile.DIRTYPE, ""),
)
MEMBERS = (
    Member("b", "directory"),
    Member("b/c", "file"),
    Member("l", "link", "../x"),
    Member("h", "hard link", "b/c"),
    Member("p", "file"),
    Member("", "directory"),
)


def members(folder: Path, data: bytes) -> tuple[Member, ...] | None:
    file = folder / "t"
    file.write_bytes(data)
    return archive_members(file)


@pytest.mark.parametrize("end", [0, 512, 1024, 10_240])
def test_entries_of_an_archive_with_any_number_of_blocks_at_its_end(tmp_path: Path, end: int) -> None:
    assert members(tmp_path, ENTRIES + bytes(end)) == MEMBERS
    assert members(tmp_path, gzip.compress(ENTRIES + bytes(end))) == MEMBERS


@pytest.mark.parametrize("more", [1, 511])
def test_half_a_block_at_the_end_breaks_an_archive_off(tmp_path: Path, more: int) -> None:
    with pytest.raises(ValueError, match="breaks off"):
        members(tmp_path, ENTRIES + b"x" * more)


def test_what_is_no_archive_that_could_be_read(tmp_path: Path) -> None:
    assert members(tmp_path, b"text") is None
    for more in (b"", b"more than that"):
        with pytest.raises(ValueError, match="zstd"):
            members(tmp_path, b"\x28\xb5\x2f\xfd" + more)
    assert members(tmp_path, b"more\x28\xb5\x2f\xfd") is None
    with pytest.raises(ValueError, match="cannot be read"):
        archive_members(tmp_path / "none")
