"""Does a value keep to its pinned JSON Schema? A quick yes; the full validator says what is wrong where it is a no.

A bundle of ten thousand results holds half a million values, and the full validator takes seven seconds for them.
Here a schema is compiled once into plain functions. A keyword that this module does not know makes it answer no, and
the full validator decides: it can be slower than expected, but never say yes to what the full validator refuses.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from packaging_readiness.contract.schemas import schema, violations

Test = Callable[[Any], bool]
_PROSE = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "format"})
_TYPES: Mapping[str, Test] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
}


def schema_violations(name: str, value: object) -> list[str]:
    """What the schema `name` refuses in `value`, as `contract.schemas.violations` words it; empty for a valid value.

    `value` is plain JSON data. Raises KeyError for a name that has no schema.
    """
    return [] if _compiled(name, "")(value) else violations(name, value)


@functools.cache
def _compiled(name: str, pointer: str) -> Test:
    node: Any = schema(name)
    for part in pointer.split("/")[1:]:
        node = node[part]
    return _node(node, name)


def _node(node: Any, name: str) -> Test:
    if isinstance(node, bool):
        return lambda _: node
    tests = [_KEYWORDS.get(key, _unknown)(argument, node, name) for key, argument in node.items() if key not in _PROSE]
    if len(tests) == 1:
        return tests[0]
    return _all(tests)


def _all(tests: list[Test]) -> Test:
    """Plain loops here and below: they run half a million times, and a generator costs twice as much."""

    def holds(value: Any) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(value):
                return False
        return True

    return holds


def _unknown(_argument: Any, _node: Any, _name: str) -> Test:
    return lambda _: False


def _ref(argument: str, _: Any, name: str) -> Test:
    target, _, pointer = argument.partition("#")
    file = target.removesuffix(".schema.json") or name
    found: list[Test] = []

    def test(value: Any) -> bool:  # compiled when first met: a schema may refer to itself
        if not found:
            found.append(_compiled(file, pointer))
        return found[0](value)

    return test


def _type(argument: Any, _: Any, __: str) -> Test:
    if isinstance(argument, str):
        return _TYPES[argument]
    tests = [_TYPES[name] for name in argument]
    return lambda value: any(test(value) for test in tests)


def _properties(argument: Any, node: Any, name: str) -> Test:
    tests = {key: _node(child, name) for key, child in argument.items()}
    rest = _node(node.get("additionalProperties", True), name)

    def test(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        for key, child in value.items():  # noqa: SIM110
            if not tests.get(key, rest)(child):
                return False
        return True

    return test


def _additional(argument: Any, node: Any, name: str) -> Test:
    if "properties" in node:  # judged there, in one pass
        return lambda _: True
    rest = _node(argument, name)
    return lambda value: not isinstance(value, dict) or all(rest(child) for child in value.values())


def _items(argument: Any, _: Any, name: str) -> Test:
    each = _node(argument, name)
    return lambda value: not isinstance(value, list) or all(each(child) for child in value)


def _property_names(argument: Any, _: Any, name: str) -> Test:
    each = _node(argument, name)
    return lambda value: not isinstance(value, dict) or all(each(key) for key in value)


def _any_of(argument: Any, _: Any, name: str) -> Test:
    tests = [_node(child, name) for child in argument]

    def holds(value: Any) -> bool:
        for test in tests:  # noqa: SIM110
            if test(value):
                return True
        return False

    return holds


def _all_of(argument: Any, _: Any, name: str) -> Test:
    return _all([_node(child, name) for child in argument])


def _enum(argument: Any, _: Any, __: str) -> Test:
    return lambda value: any(type(value) is type(option) and value == option for option in argument)


def _pattern(argument: str, _: Any, __: str) -> Test:
    search = re.compile(argument).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, str], Test]:
    return lambda argument, _, __: lambda value: type(value) not in (int, float) or holds(value, argument)


def _length(kind: type[Any], holds: Callable[[int, int], bool]) -> Callable[[Any, Any, str], Test]:
    return lambda argument, _, __: lambda value: not isinstance(value, kind) or holds(len(value), argument)


def _required(argument: Any, _: Any, __: str) -> Test:
    keys = frozenset(argument)
    return lambda value: not isinstance(value, dict) or keys <= value.keys()


_KEYWORDS: Mapping[str, Callable[[Any, Any, str], Test]] = {
    "$ref": _ref,
    "type": _type,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "propertyNames": _property_names,
    "anyOf": _any_of,
    "allOf": _all_of,
    "enum": _enum,
    "const": lambda argument, _, __: _enum([argument], None, ""),
    "pattern": _pattern,
    "minimum": _number(lambda value, bound: value >= bound),
    "maximum": _number(lambda value, bound: value <= bound),
    "exclusiveMinimum": _number(lambda value, bound: value > bound),
    "minLength": _length(str, lambda size, bound: size >= bound),
    "maxLength": _length(str, lambda size, bound: size <= bound),
    "minItems": _length(list, lambda size, bound: size >= bound),
    "maxItems": _length(list, lambda size, bound: size <= bound),
}
