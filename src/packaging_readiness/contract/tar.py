"""Tar archives from elsewhere, opened so that reading them ends."""

import tarfile
from pathlib import Path
from typing import IO, Any

FAILURES = (
    *(tarfile.TarError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(OverflowError, RecursionError, MemoryError),
)
"""What reading a broken or hostile archive raises, beside OSError: links in a circle, names of a size that no memory
has, numbers that are none.
"""


class _Entry(tarfile.TarInfo):
    """An entry that takes room. After one of a negative size tarfile steps back and reads the same entries for ever
    (CVE-2025-8194; Python mended it in 3.11.14, 3.12.12 and 3.13.6).
    """

    _size = 0

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return self._size

    @size.setter
    def size(self, value: int) -> None:
        if value < 0:
            raise tarfile.ReadError("an entry of a negative size")
        self._size = value


def open_tar(source: Path | IO[bytes], mode: Any) -> tarfile.TarFile:
    """The archive in a file or a seekable stream. `mode` and what is raised are those of `tarfile.open`."""
    if isinstance(source, Path):
        return tarfile.open(source, mode, tarinfo=_Entry)
    return tarfile.open(fileobj=source, mode=mode, tarinfo=_Entry)
