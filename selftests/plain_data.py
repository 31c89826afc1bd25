"""Walking plain data: every place in it, one place of each kind, and the same data with another value at one place."""

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def at(value: Any, path: Path) -> Any:
    """The value at a place."""
    for part in path:
        value = value[part]
    return value


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in plain data, the root included."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def kinds_of_place(value: Any) -> list[Path]:
    """One place of each kind: places that differ only by their position in a list are one kind."""
    kinds: dict[Path, Path] = {}
    for path in places(value):
        kinds.setdefault(tuple("[]" if isinstance(part, int) else part for part in path), path)
    return list(kinds.values())


def names_in(path: Path) -> tuple[str, ...]:
    """The keys of a place without the positions in lists."""
    return tuple(part for part in path if isinstance(part, str))


def few(value: Any) -> Any:
    """The same data with at most two entries in each list, and in each mapping from checks."""
    if isinstance(value, list):
        return [few(child) for child in value[:2]]
    if isinstance(value, dict):
        kept = list(value.items())[:2] if all(key.startswith("m1") for key in value) else value.items()
        return {key: few(child) for key, child in kept}
    return value


def changed(value: Any, path: Path, other: Any) -> Any:
    """A copy of `value` with another value at one place."""
    content = copy.deepcopy(value)
    at(content, path[:-1])[path[-1]] = other
    return content


def without(value: Any, path: Path) -> Any:
    """A copy of `value` without one key."""
    content = copy.deepcopy(value)
    del at(content, path[:-1])[path[-1]]
    return content
