"""Puts what a COPY takes into the image: pairs of context path and path in the image come back.

`target` is an absolute destination, with "/" at its end when it must be a directory. All raise NotResolved where a
file meets a directory.
"""

from packaging_readiness.checkout.builder_paths import clean
from packaging_readiness.checkout.context_tree import Tree
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
    top = image.resolve(clean(target).strip("/"))
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


def land_archive(real: str, members: tuple[str, ...], target: str, image: ImageTree) -> list[tuple[str, str]]:
    """Unpack an archive into the target, which becomes a directory."""
    top = image.resolve(clean(target).strip("/"))
    image.make_directory(top)
    landed = [(real, f"{top}/{member}" if top else member) for member in members]
    for _, place in landed:
        image.put(place, None)
    return landed


def land_file(name: str, target: str, image: ImageTree) -> str:
    """Place one file: under its name in the target when that is a directory or must be one, else as the target."""
    place = image.resolve(clean(target).strip("/"))
    if target.endswith("/"):
        image.make_directory(place)
    if image.is_directory(place):
        place = f"{place}/{name}" if place else name
    image.put(place, None)
    return place
