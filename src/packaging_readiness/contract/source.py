"""Read a YAML file of ours into a typed value; say `path:line: what is wrong` when it does not fit."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.decode import Path as DataPath
from packaging_readiness.contract.errors import CannotTell, InputRefused

T = TypeVar("T")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 32
WEIGHT_LIMIT = 100_000
# What PyYAML raises beside its own errors where a text is not what its tag or its look promises (`!!int ""`).
_MISREAD = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError, RecursionError)
_PACKAGE = Path(__file__).parent


class _UniqueKeys(LOADER):  # type: ignore[misc]
    """YAML keeps the last of two equal keys silently; here that is an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a list or mapping", key.start_mark)
            if key.value in seen:
                problem = f"key {key.value!r} stands here twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if key.value != "<<":
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_mapping(path: Path, shown: str) -> dict[str, Any]:
    """The YAML mapping in `path`; `shown` is how messages name the file.

    Raises InputRefused for malformed, duplicate-keyed or non-mapping content, CannotTell when it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotTell(shown, f"cannot be read: {error.strerror}", "name an existing, readable file") from None
    if len(data) > SIZE_LIMIT:
        raise InputRefused(shown, f"is larger than {SIZE_LIMIT} bytes")
    try:
        if _PACKAGE not in path.parents:
            _refuse_bombs(data)
        value = yaml.load(data, Loader=_UniqueKeys)
    except (yaml.YAMLError, *_MISREAD) as error:
        raise InputRefused(_at(shown, _mark_line(error)), f"is not YAML: {_first_line(error)}") from None
    if not isinstance(value, Mapping):
        raise InputRefused(f"{shown}:1", "a mapping is needed at the top level")
    return dict(value)


def _refuse_bombs(data: bytes) -> None:
    """Raise ValueError for deep nesting: the C composer recurses, and would take the interpreter down with it. And for
    more values than any file of ours has once its aliases are written out, which is what merging keys does.
    """
    known: dict[str | None, int] = {}
    weights = [0]
    anchors: list[str | None] = []
    for event in yaml.parse(data, Loader=LOADER):
        anchor, weight = None, 1
        if isinstance(event, yaml.CollectionStartEvent):
            weights.append(0)
            anchors.append(event.anchor)
            if len(anchors) > DEPTH_LIMIT:
                raise ValueError(f"nested deeper than {DEPTH_LIMIT} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, weight = anchors.pop(), weights.pop()
        elif isinstance(event, yaml.AliasEvent):
            weight = known.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            anchor = event.anchor
        else:
            continue
        known[anchor] = weight
        weights[-1] += weight
        if weights[-1] > WEIGHT_LIMIT:
            raise ValueError(f"more than {WEIGHT_LIMIT} values with aliases written out")


def typed(cls: type[T], value: Mapping[str, Any], path: Path, shown: str) -> T:
    """`value` as an instance of `cls`. Raises InputRefused with the line in `path` that is wrong."""
    try:
        return decode(cls, value)
    except DecodeError as error:
        raise misfit(error, path, shown) from None


def misfit(error: DecodeError, path: Path, shown: str) -> InputRefused:
    """The refusal of a file's content, at the line that is wrong as far as the file itself holds it."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.path).lstrip(".")
    where = f"{place}: " if place else ""
    return InputRefused(_at(shown, line_of(path, error.path)), f"{where}{error.message}")


def line_of(path: Path, data_path: DataPath) -> int | None:
    """Line of the value that `data_path` leads to, or of the nearest mapping or list around it; None when its first
    part is not in the file. Worked out only after something failed, because it is slow."""
    try:
        node = yaml.compose(path.read_bytes(), Loader=LOADER)
    except (OSError, yaml.YAMLError):
        return None
    line: int = node.start_mark.line + 1 if node else 1
    for depth, part in enumerate(data_path):
        found = _child(node, part)
        if found is None:
            return line if depth else None
        node, line = found
    return line


def _child(node: Any, part: str | int) -> tuple[Any, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark.line + 1
    return None


def _mark_line(error: Exception) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else None


def _first_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0][:200]


def _at(shown: str, line: int | None) -> str:
    return f"{shown}:{line}" if line else shown
