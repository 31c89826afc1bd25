"""The build context: exactly the files that the builder would be sent for a root directory and a Dockerfile."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.checkout.builder_paths import clean
from packaging_readiness.checkout.context_walk import walk
from packaging_readiness.checkout.dockerfile import Dockerfile
from packaging_readiness.checkout.dockerfile_reader import MAX_BYTES, parse
from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.ignore_patterns import Pattern
from packaging_readiness.contract.errors import CannotTell, InputRefused


@dataclass(frozen=True)
class Context:
    """What gets in.

    `files` are sorted relative POSIX paths of everything but directories; `links` maps those that are symbolic links
    to their targets as stored (links are entries, never followed); `directories` are those that get in or hold
    something that does; `sizes` are bytes per file, empty unless asked for. `ignore` is None when there is no ignore
    file.
    """

    root: Path
    files: tuple[str, ...]
    links: Mapping[str, str]
    directories: frozenset[str]
    sizes: Mapping[str, int]
    ignore: Ignore | None

    def would_enter(self, path: str) -> bool:
        """Whether a file at this relative path would get in, be it there or not."""
        return self.ignore is None or not self.ignore.excludes(clean(path))

    def decided_by(self, path: str) -> Pattern | None:
        """The ignore line that let the path in or kept it out; None when no line touched it."""
        return None if self.ignore is None else self.ignore.decided_by(clean(path))

    def is_default_deny(self) -> bool:
        """Whether whatever the ignore file does not name stays out."""
        return self.ignore is not None and self.ignore.is_default_deny()


def resolve_context(root: Path, dockerfile: Path, *, sizes: bool = True) -> Context:
    """Work out the build context of `root` for the Dockerfile at `dockerfile`, which may lie outside of it.

    `<Dockerfile>.dockerignore` beside the Dockerfile replaces `.dockerignore` of the root, even when it is empty.
    Raises InputRefused for an ignore file that the builder rejects, for names that are not UTF-8 or hold a line
    break, and for devices and pipes; CannotTell for what cannot be read. Source: BuildKit's local source.
    """
    if not root.is_dir():
        raise CannotTell(root.name or "the context", "is not a directory", "name the root of the build context")
    ignore = _find_ignore(root, dockerfile)
    found = walk(root, ignore, sizes=sizes)
    return Context(root, found.files, found.links, found.directories, found.sizes, ignore)


def load_dockerfile(path: Path, shown: str) -> Dockerfile:
    """Read and parse a Dockerfile; `shown` is its name in messages. Raises CannotTell when it cannot be read."""
    data = _read(path, shown)
    if data is None:
        raise CannotTell(shown, "there is no such Dockerfile", "name the Dockerfile that the build uses")
    return parse(data, shown)


def _find_ignore(root: Path, dockerfile: Path) -> Ignore | None:
    beside = dockerfile.with_name(dockerfile.name + ".dockerignore")
    for path, shown in ((beside, beside.name), (root / ".dockerignore", ".dockerignore")):
        data = _read(path, shown)
        if data is not None:
            return read_ignore(data, shown)
    return None


def _read(path: Path, shown: str) -> bytes | None:
    """The bytes of a regular file, None when there is none. A link must stay in the file's own directory tree."""
    try:
        if not path.resolve().is_relative_to(path.parent.resolve()):
            raise InputRefused(shown, "is a symbolic link that leaves its directory", "put the file itself there")
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise InputRefused(shown, "is not a regular file", "put a regular file there")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise InputRefused(shown, "is a symbolic link to nothing", "put the file itself there") from None
        return None
    except (OSError, RuntimeError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "cannot be resolved"
        raise CannotTell(shown, f"cannot be read: {reason}", "make it readable") from None
    if len(data) > MAX_BYTES:
        raise InputRefused(shown, f"larger than {MAX_BYTES} bytes", "split it")
    return data
