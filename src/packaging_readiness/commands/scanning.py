"""Which files a scan is about: everything named, and everything below it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets.model import ScanError, ScanResult
from packaging_readiness.secrets.scan import Progress, scan_files


def scan_paths(paths: Sequence[Path], progress: Progress | None, salt: bytes) -> ScanResult:
    """Scan files and folders; findings are named as the paths were given, with what lies below.

    A file that is named twice, or lies below a folder that is named as well, is scanned once. A folder that cannot
    be listed is an error of the result, and so is each path where all of them together hold no file. Raises
    CannotTell for a path that does not exist.
    """
    results = []
    seen: set[tuple[int, int]] = set()
    for path in paths:
        if not path.is_symlink() and not path.exists():
            raise CannotTell(str(path), "does not exist", "name an existing file or folder")
        folder = path.is_dir() and not path.is_symlink()
        root = path if folder else path.parent
        errors: list[ScanError] = []
        listed = [name for name in (_below(path, errors) if folder else [path.name]) if _first(root / name, seen)]
        result = scan_files(root, listed, salt, progress)
        results.append(_named(result, root, errors))
    scanned = sum(result.scanned_files for result in results)
    problems = {error for result in results for error in result.errors}
    if not scanned and not problems:
        problems = {ScanError(path.as_posix(), "holds no file") for path in paths}
    return ScanResult(
        scanned_files=scanned,
        bytes=sum(result.bytes for result in results),
        findings=tuple(sorted(finding for result in results for finding in result.findings)),
        errors=tuple(sorted(problems)),
    )


def _below(root: Path, errors: list[ScanError]) -> Iterator[str]:
    """Paths below `root`, hidden ones too; links are entries and never followed."""

    def unlisted(error: OSError) -> None:
        place = os.path.relpath(error.filename, root) if error.filename else "."
        errors.append(ScanError(place, f"cannot be listed: {error.strerror}"))

    for folder, folders, names in os.walk(root, onerror=unlisted):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in (*names, *links):
            yield (Path(folder) / name).relative_to(root).as_posix()


def _first(path: Path, seen: set[tuple[int, int]]) -> bool:
    try:
        state = path.lstat()
    except OSError:
        return True  # scan_files reports it as unreadable
    key = (state.st_dev, state.st_ino)
    if state.st_nlink == 1 and key in seen:
        return False
    seen.add(key)
    return True


def _named(result: ScanResult, root: Path, errors: list[ScanError]) -> ScanResult:
    prefix = "" if str(root) == "." else f"{root.as_posix().rstrip('/')}/"
    return replace(
        result,
        findings=tuple(replace(finding, path=prefix + finding.path) for finding in result.findings),
        errors=tuple(replace(error, path=prefix + error.path) for error in (*result.errors, *errors)),
    )
