"""One builder at a time, across processes: a lock file that the kernel releases when its holder dies."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell


@contextmanager
def exclusive(path: Path, progress: Callable[[str], None], what: str, *, timeout_s: float = 1800.0) -> Iterator[None]:
    """Hold the lock file `path` (made if absent, never removed); say so through `progress` when waiting.

    CannotTell: the directory is not writable, or another process holds the lock for `timeout_s` seconds.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise CannotTell("cache directory", f"cannot be written: {problem.strerror}") from problem
    try:
        deadline = time.monotonic() + timeout_s
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CannotTell(what, f"another process has held its lock for {timeout_s:.0f} s") from None
                if not told:
                    progress(f"waiting for another process: {what}")
                    told = True
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


@contextmanager
def workshop(cache_dir: Path, kind: str, progress: Callable[[str], None], what: str) -> Iterator[Path]:
    """A scratch directory below `cache_dir`, for one process at a time; what a killed one left is removed."""
    with exclusive(cache_dir / f"{kind}.lock", progress, what):
        for left in cache_dir.glob(f"{kind}-*/"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{kind}-", dir=cache_dir, ignore_cleanup_errors=True) as scratch:
            yield Path(scratch)
