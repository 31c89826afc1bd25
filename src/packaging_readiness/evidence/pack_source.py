"""An evidence pack wherever it lies: a folder, a ZIP archive as CI offers it, or a prefix in a bucket.

A bundle of this suite is found in it and read with that reader's own care. Whatever else lies there comes back by
path, so that a pack of another make can be looked through.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.files import MANIFEST, RESULTS
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import SIZE_LIMIT, TOTAL_LIMIT, Found, name_problem, same_but_for_case, shown
from packaging_readiness.evidence.store_folder import read_folder

if TYPE_CHECKING:
    from packaging_readiness.evidence.store_s3 import Bucket

_FILES_LIMIT = 1000
_ONE = "name the pack of one run"
OpenBucket = Callable[[str], "Bucket"]


@dataclass(frozen=True, slots=True)
class Source:
    """What lies in one place: every JSON file by its path there, and the one bundle of this suite among it, if any."""

    files: Mapping[str, bytes]
    bundle: Found | None


def read_source(given: str, open_bucket: OpenBucket) -> Source:
    """The pack that `given` names: a directory, a ZIP file or `s3://bucket/prefix`.

    Raises InputRefused for a malformed place or several bundles in it, CannotTell for what cannot be read.
    """
    if given.startswith("s3://"):
        return _in_bucket(given, open_bucket)
    path = Path(given)
    if path.is_dir():
        return _in_folder(path)
    from packaging_readiness.evidence.store_zip import read_zip

    files = read_zip(path)
    home = _home(files, path.name)
    return Source(_json_only(files), None if home is None else _found(files, home, published=False))


def _in_folder(root: Path) -> Source:
    files: dict[str, bytes] = {}
    total = 0
    for folder, folders, names in os.walk(root, onerror=_unreadable):
        folders.sort()
        for name in sorted([*names, *folders]):
            path = Path(folder) / name
            relative = path.relative_to(root).as_posix()
            if path.is_symlink() and (name.endswith(".json") or name in folders):
                raise InputRefused(shown(relative), "is a symbolic link", "put the file itself there")
            if name in folders or not name.endswith(".json"):
                continue
            files[relative] = _bytes(path, relative, min(SIZE_LIMIT, TOTAL_LIMIT - total))
            total += len(files[relative])
            if len(files) > _FILES_LIMIT:
                raise InputRefused(shown(root.name), f"holds more than {_FILES_LIMIT} JSON files", _ONE)
    home = _home(files, root.name)
    return Source(files, None if home is None else read_folder(root / home))


def _unreadable(error: OSError) -> None:
    name = PurePosixPath(str(error.filename)).name
    raise CannotTell(shown(name), f"cannot be looked into: {error.strerror}", "make the folder readable")


def _bytes(path: Path, relative: str, room: int) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > room:
            raise InputRefused(shown(relative), f"is no regular file of at most {room} bytes", _ONE)
        return path.read_bytes()
    except OSError as error:
        raise CannotTell(shown(relative), f"cannot be read: {error.strerror}", "make it readable") from None


def _in_bucket(given: str, open_bucket: OpenBucket) -> Source:
    from packaging_readiness.evidence.store_s3 import parse_location

    location = parse_location(given)
    bucket = open_bucket(location.bucket)
    sizes = {key.removeprefix(location.prefix): size for key, size in bucket.keys(location.prefix)}
    wanted = sorted(name for name in sizes if name.endswith(".json"))
    if not wanted:
        raise CannotTell(str(location), "holds no JSON object", "name the prefix of a pack")
    if len(wanted) > _FILES_LIMIT or sum(sizes[name] for name in wanted) > TOTAL_LIMIT:
        raise InputRefused(str(location), f"holds more than {_FILES_LIMIT} objects or {TOTAL_LIMIT} bytes", _ONE)
    files: dict[str, bytes] = {}
    for name in wanted:
        data, _ = bucket.get(location.prefix + name, SIZE_LIMIT)
        if data is None:
            raise InputRefused(shown(name), f"is larger than {SIZE_LIMIT} bytes", _ONE)
        files[name] = data
    home = _home(files, str(location))
    if home is None:
        return Source(files, None)
    above = location.prefix.strip("/").split("/") if location.prefix else []
    return Source(files, _found(files, home, published=True, above=tuple(above)))


def _json_only(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(".json")}


def _home(files: Mapping[str, bytes], place: str) -> str | None:
    """The folder that holds a bundle of this suite, as a path; None for none. Raises InputRefused for several."""
    homes = sorted({str(PurePosixPath(name).parent) for name in files if name.split("/")[-1] in (MANIFEST, RESULTS)})
    if len(homes) > 1:
        raise InputRefused(shown(place), f"holds several bundles: {', '.join(map(shown, homes[:5]))}", _ONE)
    return homes[0] if homes else None


def _found(files: Mapping[str, bytes], home: str, *, published: bool, above: tuple[str, ...] = ()) -> Found:
    """The bundle in the folder `home` of `files`, with what is wrong with its names."""
    prefix = "" if home == "." else f"{home}/"
    mine = {name.removeprefix(prefix): data for name, data in files.items() if name.startswith(prefix)}
    problems: list[Problem] = []
    names = sorted(mine)
    for name in names:
        problem = name_problem(name)
        if problem is not None:
            problems.append(problem)
            del mine[name]
    problems += same_but_for_case(names)
    path = (*above, *(part for part in home.split("/") if part != "."))
    return Found(path[-3:], mine, tuple(problems), published=published)
