"""A folder for what is not finished yet, beside the place where it will lie: held while its maker lives, swept after.

The maker holds a lock (flock(2)) on the folder itself, which the kernel releases however the maker ends. So a folder
that can be locked has no maker, whatever process ids say in another container on the same disk.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"\..+\.packaging-readiness-[0-9a-f]{16}")
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_ALONE = fcntl.LOCK_EX | fcntl.LOCK_NB
_ATTEMPTS = 10


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, on the same disk, so that one rename finishes what was written into it.

    It is gone afterwards unless it was renamed. What killed processes left beside `target` is removed first. Raises
    OSError when the disk refuses.
    """
    sweep(target.parent)
    folder, handle = _made(target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> None:
    """Remove unfinished folders below `parent` whose maker is gone. Nobody else's, and nothing of another name."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                _remove_abandoned(Path(entry.path))


def _remove_abandoned(folder: Path) -> None:
    with suppress(OSError):  # a link, a file, or already gone
        handle = os.open(folder, _OPEN)
        try:
            fcntl.flock(handle, _ALONE)  # BlockingIOError: its maker is at work
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)


def _made(target: Path) -> tuple[Path, int]:
    """A fresh folder and the handle that holds it; another one where a sweep came between making and holding."""
    for _ in range(_ATTEMPTS):
        folder = target.with_name(f".{target.name}.packaging-readiness-{secrets.token_hex(8)}")
        folder.mkdir()
        with suppress(FileNotFoundError):
            handle = os.open(folder, _OPEN)
            if _held(handle) and folder.is_dir():
                folder.chmod(0o755)  # whatever the umask
                return folder, handle
            os.close(handle)
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _held(handle: int) -> bool:
    try:
        fcntl.flock(handle, _ALONE)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without locks: nobody can lock there to sweep, either
    return True
