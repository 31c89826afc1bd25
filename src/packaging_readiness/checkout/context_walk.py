"""The walk over a build context, pruned where the builder prunes it."""

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.dockerignore import Ignore
from packaging_readiness.checkout.ignore_patterns import Pattern, Row, match_entry
from packaging_readiness.checkout.ignore_sieve import Screen, Sieve
from packaging_readiness.contract.errors import CannotTell, InputRefused

_SHOWN = 200  # characters of a path in a message


@dataclass(frozen=True)
class Walked:
    """What a walk found; the fields are those of Context."""

    files: tuple[str, ...]
    links: Mapping[str, str]
    directories: frozenset[str]
    sizes: Mapping[str, int]


def walk(root: Path, ignore: Ignore | None, *, sizes: bool) -> Walked:
    """List what gets in. Raises as `resolve_context` says."""
    walker = _Walker(root, ignore)
    try:
        walker.run()
    except BadPattern as error:
        assert ignore is not None
        raise ignore.refused(error) from None
    files = [*walker.files, *walker.links]
    _refuse_unspeakable_names(files)
    _refuse_special_files(root, walker.others)
    files.sort()
    return Walked(
        tuple(files),
        walker.links,
        frozenset(walker.directories.union(*map(_parents, walker.deep))),
        {path: _size(root, path) for path in files} if sizes else {},
    )


class _Walker:
    """One walk: what was found so far, and one sieve per set of patterns still undecided."""

    def __init__(self, root: Path, ignore: Ignore | None) -> None:
        self.root = str(root)
        self.patterns: tuple[Pattern, ...] = ignore.patterns if ignore else ()
        self.files: list[str] = []
        self.links: dict[str, str] = {}
        self.others: list[str] = []
        self.directories: set[str] = set()
        self.deep: set[str] = set()
        self._sieves: dict[Row, Sieve] = {}
        self._openings = ignore.openings if ignore else None

    def run(self) -> None:
        stack: list[tuple[str, Row, bool]] = [("", (False,) * len(self.patterns), False)]
        while stack:
            prefix, row, excluded = stack.pop()
            self._directory(prefix, row, excluded, stack)

    def _directory(self, prefix: str, row: Row, excluded: bool, stack: list[tuple[str, Row, bool]]) -> None:
        sieve = self._sieves.get(row)
        if sieve is None:
            undecided = (pattern for pattern, hit in zip(self.patterns, row, strict=True) if not hit)
            sieve = self._sieves[row] = Sieve(undecided)
        files, directories, others = self._entries(prefix, excluded)
        screen = sieve.for_directory(prefix)
        hits = screen.hits([*files, *directories, *others]) if screen else ()
        fates = self._fates(hits, screen, row) if screen and hits else {}
        for name in directories:
            out, own = fates.get(name, (excluded, row))
            if not out:
                self.directories.add(prefix + name)
                if excluded:
                    self.deep.add(prefix)
            self._enter(f"{prefix}{name}/", own, out, stack)
        if fates:
            files = [name for name in files if not fates.get(name, (excluded,))[0]]
            others = [name for name in others if not fates.get(name, (excluded,))[0]]
            if excluded and (files or others):
                self.deep.add(prefix)
        elif excluded:
            return
        self.files.extend(map(prefix.__add__, files))
        self._take_others(prefix, others)

    def _fates(self, names: Iterable[str], screen: Screen, row: Row) -> dict[str, tuple[bool, Row]]:
        """For each name whether it stays out, and its row."""
        known = screen.by_name
        if known is None:
            return {name: match_entry(self.patterns, screen.prefix + name, row) for name in names}
        for name in names:
            if name not in known:
                known[name] = match_entry(self.patterns, screen.prefix + name, row)
        return {name: known[name] for name in names}

    def _entries(self, prefix: str, excluded: bool) -> tuple[list[str], list[str], list[str]]:
        """Names of files, directories and everything else, in an order that leaves little to sort at the end."""
        files: list[str] = []
        directories: list[str] = []
        others: list[str] = []
        append = files.append
        try:
            with os.scandir(f"{self.root}/{prefix}" if prefix else self.root) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        directories.append(entry.name)
                    else:
                        others.append(entry.name)
        except OSError as error:
            self._unreadable(prefix, excluded, error)
        files.sort()
        directories.sort(reverse=True)
        return files, directories, others

    def _enter(self, prefix: str, row: Row, excluded: bool, stack: list[tuple[str, Row, bool]]) -> None:
        if not excluded or self._openings is None or prefix in self._openings:
            stack.append((prefix, row, excluded))

    def _take_others(self, prefix: str, names: list[str]) -> None:
        for name in names:
            try:
                self.links[prefix + name] = os.readlink(f"{self.root}/{prefix}{name}")  # noqa: PTH115 (Path would tidy the target)
            except OSError:
                self.others.append(prefix + name)

    def _unreadable(self, prefix: str, excluded: bool, error: OSError) -> None:
        # As the builder does: what is excluded and cannot be looked into stays out.
        if excluded and isinstance(error, PermissionError):
            return
        shown = prefix.encode("utf-8", "replace").decode() or "the context root"
        if len(shown) > _SHOWN:
            shown = f"{shown[: _SHOWN // 2]}…{shown[-_SHOWN // 2 :]}"
        reason = os.strerror(error.errno or 0)
        raise CannotTell(shown, f"cannot be read: {reason}", "make it readable or exclude it") from None


def _parents(prefix: str) -> list[str]:
    """`a/b/` gives `a` and `a/b`; "" gives nothing."""
    parts = prefix.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _refuse_unspeakable_names(files: list[str]) -> None:
    joined = "\0".join(files)
    if "\n" not in joined and "\r" not in joined and joined.isascii():
        return
    for path in files:
        if "\n" in path or "\r" in path:
            raise InputRefused(repr(path), "a file name with a line break gets into the context", "rename the file")
        try:
            path.encode()
        except UnicodeEncodeError:
            shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            raise InputRefused(shown, "a file name that is not UTF-8 gets into the context", "rename it") from None


def _refuse_special_files(root: Path, others: list[str]) -> None:
    for path in others:
        # The builder leaves sockets out, and would send pipes and devices.
        if not (root / path).is_socket():
            raise InputRefused(path, "a pipe or device gets into the context", "remove it or exclude it")


def _size(root: Path, path: str) -> int:
    try:
        found = os.lstat(f"{root}/{path}")
        if not stat.S_ISLNK(found.st_mode) and not os.access(f"{root}/{path}", os.R_OK, effective_ids=True):
            raise PermissionError(errno.EACCES, "")
    except OSError as error:
        cause = f"cannot be read: {os.strerror(error.errno or 0)}"
        raise CannotTell(path, cause, "make it readable or exclude it") from None
    return found.st_size
