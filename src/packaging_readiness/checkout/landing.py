"""Puts what a COPY takes into the image: pairs of context path and path in the image come back.

`target` is an absolute destination, with "/" at its end when it must be a directory. All raise NotResolved where a
file meets a directory.
"""

from collections.abc import Iterator, Mapping

from packaging_readiness.checkout.archives import Member
from packaging_readiness.checkout.builder_paths import clean
from packaging_readiness.checkout.context_tree import NotResolved, Tree, follow
from packaging_readiness.checkout.ignore_patterns import Pattern, walk_path
from packaging_readiness.checkout.image_tree import ImageTree


def land_directory(
    real: str,
    target: str,
    tree: Tree,
    image: ImageTree,
    included: tuple[Pattern, ...] | None,
    excluded: tuple[Pattern, ...],
) -> list[tuple[str, str]]:
    """Copy what a directory holds, not the directory itself."""
    top = image.resolve(target)
    image.make_directory(top)
    if included is None:
        for path in tree.directories_below(real):
            inner = path[len(real) :].lstrip("/")
            if not (excluded and walk_path(excluded, inner)[0]):
                image.make_directory(f"{top}/{inner}" if top else inner)
    landed: list[tuple[str, str]] = []
    for path in tree.below(real):
        inner = path[len(real) :].lstrip("/")
        if included is not None and not walk_path(included, inner)[0]:
            continue
        if excluded and walk_path(excluded, inner)[0]:
            continue
        place = f"{top}/{inner}" if top else inner
        image.put(place, tree.links.get(path))
        landed.append((path, place))
    return landed


class _Below(Mapping[str, str]):
    """The links of an image below a directory, as they are at any moment, by their paths from there."""

    def __init__(self, image: ImageTree, above: str) -> None:
        self._image, self._above = image, above

    def __getitem__(self, path: str) -> str:
        return self._image.links[self._above + path]

    def __iter__(self) -> Iterator[str]:
        return (path.removeprefix(self._above) for path in self._image.links if path.startswith(self._above))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def land_archive(real: str, members: tuple[Member, ...], target: str, image: ImageTree) -> list[tuple[str, str]]:
    """Unpack an archive into the target, which becomes a directory and, for the links on the way, the root.

    A member replaces whatever is there, but a directory leaves a directory as it is. Raises NotResolved for a hard link
    to nothing.
    """
    top = image.resolve(target)
    image.make_directory(top)
    above = f"{top}/" if top else ""
    inside = _Below(image, above)
    landed: list[tuple[str, str]] = []
    for member in members:
        if not member.path:
            continue
        parent, _, name = member.path.rpartition("/")
        parent, passed = follow(parent, inside, may_leave=True)
        if passed and not image.is_directory((above + parent).rstrip("/")):
            raise NotResolved("the archive has a member below a link to no directory")
        place = f"{above}{parent}/{name}" if parent else f"{above}{name}"
        linked = above + clean("/" + member.target)[1:]
        if member.kind == "hard link" and linked not in image.files and linked not in image.links:
            raise NotResolved("the archive has a hard link to nothing")
        if not (member.kind == "directory" and image.is_directory(place)):
            image.remove(place)
        if member.kind == "directory":
            image.make_directory(place)
        else:
            image.put(place, member.target if member.kind == "link" else None)
            landed.append((real, place))
    return landed


def land_file(name: str, target: str, image: ImageTree) -> str:
    """Place one file: under its name in the target when that is a directory or must be one, else as the target."""
    place = image.resolve(target)
    if target.endswith("/"):
        image.make_directory(place)
    if image.is_directory(place):
        place = f"{place}/{name}" if place else name
    image.put(place, None)
    return place
