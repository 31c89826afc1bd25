"""Looks paths up in a build context the way the builder does: links resolved inside the root, wildcards by name."""

from bisect import bisect_left
from collections.abc import Mapping

from packaging_readiness.checkout.builder_paths import MAX_LINKS, clean, glob, has_wildcard
from packaging_readiness.checkout.context import Context


class NotResolved(ValueError):
    """A COPY source that the builder would not find, or whose links loop or leave the root."""


def follow(path: str, links: Mapping[str, str], *, may_leave: bool) -> tuple[str, tuple[str, ...]]:
    """Resolve every link on a path: the path it ends at and the links passed; "" is the root.

    Parts that do not exist stay as they are. A link that leaves the root is cut off at the root when `may_leave`, as
    the builder does; else NotResolved is raised. NotResolved also for more than 255 links.
    """
    if not links and ".." not in path:
        return clean("/" + path)[1:], ()
    done: list[str] = []
    todo = path.split("/")[::-1]
    passed: list[str] = []
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not done and not may_leave:
                raise NotResolved("leaves the root of the context through a symbolic link")
            done = done[:-1]
            continue
        here = "/".join([*done, part])
        target = links.get(here)
        if target is None:
            done.append(part)
            continue
        passed.append(here)
        if len(passed) > MAX_LINKS:
            raise NotResolved("too many symbolic links")
        if target.startswith("/"):
            if not may_leave:
                raise NotResolved("not found: leaves the root of the context through an absolute symbolic link")
            done = []
        todo.extend(target.split("/")[::-1])
    return "/".join(done), tuple(passed)


class Tree:
    """Read-only view of a context for look-ups; paths are relative, "" is the root."""

    def __init__(self, context: Context) -> None:
        self.root = context.root
        self.files = context.files
        self.links = context.links
        self.directories = context.directories
        self._file_set = frozenset(context.files)

    def is_directory(self, path: str) -> bool:
        return path == "" or path in self.directories

    def is_file(self, path: str) -> bool:
        """Whether a file or link stands there."""
        return path in self._file_set

    def exists(self, path: str) -> bool:
        return self.is_directory(path) or self.is_file(path)

    def below(self, directory: str) -> tuple[str, ...]:
        """All files and links anywhere below a directory, sorted."""
        if directory == "":
            return self.files
        # "0" is the character after "/".
        return self.files[bisect_left(self.files, directory + "/") : bisect_left(self.files, directory + "0")]

    def directories_below(self, directory: str) -> tuple[str, ...]:
        """All directories below a directory, in no order."""
        prefix = f"{directory}/" if directory else ""
        return tuple(path for path in self.directories if path.startswith(prefix))

    def resolve(self, path: str) -> tuple[str, tuple[str, ...]]:
        """The existing path that a path means, links followed, and the links passed. Raises NotResolved."""
        found, passed = follow(path, self.links, may_leave=False)
        if not self.exists(found):
            raise NotResolved("not found in the build context")
        return found, passed

    def match(self, source: str) -> tuple[str, ...]:
        """The paths that a cleaned, absolute source names: itself, or what its wildcards match, in the order copied.

        Nothing below a matched directory is matched on its own. Raises NotResolved when the part before the wildcard
        does not exist, BadPattern for a malformed wildcard.
        """
        parts = source.strip("/").split("/")
        first = next((at for at, part in enumerate(parts) if has_wildcard(part)), None)
        if first is None:
            return ("/".join(parts),)
        base, _ = self.resolve("/".join(parts[:first]))
        expression = glob("/".join(parts[first:]))
        prefix = f"{base}/" if base else ""
        candidates = [*self.below(base), *self.directories_below(base)]
        hits = {path for path in candidates if expression.fullmatch(path, len(prefix))}
        kept = [path for path in hits if not any(parent in hits for parent in parents_of(path))]
        return tuple(sorted(kept, key=lambda path: path.split("/")))


def parents_of(path: str) -> list[str]:
    """The directories that a path lies in, the root apart, outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def absolute(path: str) -> str:
    """A source as the builder takes it: rooted at the context, ".." never above it."""
    return clean("/" + path)
