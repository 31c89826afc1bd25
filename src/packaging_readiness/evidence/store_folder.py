"""A bundle in a folder: found, and read whole with bounds. Nothing in it is followed."""

import os
import stat
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.files import MANIFEST, RESULTS
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import SIZE_LIMIT, TOTAL_LIMIT, Found, name_problem, same_but_for_case, shown

_ENTRIES_LIMIT = 1000


def find_bundle(root: Path) -> Path:
    """The one folder at or below `root` that holds a bundle. Raises CannotTell for none, InputRefused for several."""
    if not root.is_dir():
        raise CannotTell(str(root), "is not a directory", "name the directory given as --evidence-out, or the bundle")
    if any((root / name).exists() for name in (MANIFEST, RESULTS)):
        return root
    found = sorted({path.parent for name in (MANIFEST, RESULTS) for path in root.glob(f"evidence/runs/*/*/{name}")})
    if not found:
        raise CannotTell(str(root), f"holds no bundle ({MANIFEST} is nowhere in it)", "name the bundle's directory")
    if len(found) > 1:
        names = ", ".join(shown(str(path.relative_to(root))) for path in found)
        raise InputRefused(str(root), f"holds several bundles: {names}", "name one of them")
    return found[0]


def read_folder(root: Path) -> Found:
    """The bundle in or below `root`. Raises CannotTell when there is none, InputRefused for several."""
    folder = find_bundle(root)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    total = 0
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise CannotTell(str(root), f"cannot be read: {error.strerror}", "make the folder readable") from None
    if len(entries) > _ENTRIES_LIMIT:
        problems.append(Problem("oversize", shown(folder.name), f"holds more than {_ENTRIES_LIMIT} entries"))
        del entries[_ENTRIES_LIMIT:]
    for entry in entries:
        problem = name_problem(entry.name) or _of_another_kind(entry)
        if problem is None:
            data = _read(entry, TOTAL_LIMIT - total)
            if isinstance(data, bytes):
                files[entry.name] = data
                total += len(data)
                continue
            problem = data
        problems.append(problem)
    problems += same_but_for_case(entry.name for entry in entries)
    return Found(tuple(folder.absolute().parts[-3:]), files, tuple(problems))


def _of_another_kind(entry: os.DirEntry[str]) -> Problem | None:
    name = shown(entry.name)
    if entry.is_symlink():
        return Problem("symbolic-link", name, "is a symbolic link")
    if entry.is_dir(follow_symlinks=False):
        return Problem("folder-inside", name, "is a folder")
    if not entry.is_file(follow_symlinks=False):
        return Problem("special-file", name, "is no regular file")
    return None


def _read(entry: os.DirEntry[str], room: int) -> bytes | Problem:
    """The bytes, read from the file that was looked at: opened without following links and without waiting."""
    name = shown(entry.name)
    try:
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                return Problem("special-file", name, "is no regular file")
            if state.st_nlink > 1:
                return Problem("hard-link", name, f"has {state.st_nlink} names")
            limit = min(SIZE_LIMIT, room)
            data = stream.read(limit + 1) if state.st_size <= limit else None
    except OSError as error:
        return Problem("unreadable", name, f"cannot be read: {error.strerror}")
    if data is None or len(data) > limit:
        return Problem("oversize", name, f"is larger than {limit} bytes")
    return data
