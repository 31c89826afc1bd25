"""JSON Schemas (draft 2020-12) of the contract files and of every object of a bundle.

They say for editors and for readers without this package what the decoder and the objects' builders keep to anyway.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

_SUFFIX = ".schema.json"
_HIDDEN = "*"


def names() -> tuple[str, ...]:
    """Names of all schemas, sorted: `contract`, `checks`, every object of a bundle, and the parts they share."""
    folder = files("packaging_readiness.contract").joinpath("schemas")
    return tuple(sorted(entry.name.removesuffix(_SUFFIX) for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)))


def schema(name: str) -> dict[str, Any]:
    """The schema called `name`, as plain data. Raises KeyError for a name that is not one of `names()`."""
    if name not in names():
        raise KeyError(name)
    text = files("packaging_readiness.contract").joinpath("schemas", f"{name}{_SUFFIX}").read_bytes()
    content: dict[str, Any] = json.loads(text)
    return content


def violations(name: str, value: object) -> list[str]:
    """What the schema `name` refuses in `value`, as sorted `place: rule` lines; empty for a valid value.

    `value` is plain JSON data. The lines never hold a value, nor a key that no schema names: either could be a
    secret. References between schemas are resolved among the packaged files only. Raises KeyError for an unknown name.
    """
    return sorted({f"{_place(error)}: {_rule(error)}" for error in _leaves(_validator(name).iter_errors(value))})


@functools.cache
def _validator(name: str) -> Any:
    import jsonschema
    import referencing

    root = schema(name)
    every = [schema(other) for other in names()]
    registry: Any = referencing.Registry().with_resources(  # without a `retrieve`, nothing is ever fetched
        [(content["$id"], referencing.Resource.from_contents(content)) for content in every]
    )
    return jsonschema.Draft202012Validator(root, registry=registry)


def _leaves(errors: Any) -> Iterator[Any]:
    """The errors themselves; for a choice of forms those of the form that was meant, where that is clear."""
    for error in errors:
        inner = [part for part in error.context or () if not _other_form(part)]
        branches = {part.relative_schema_path[0] for part in inner}
        if len(branches) == 1:
            yield from _leaves(inner)
        else:
            yield error


def _other_form(error: Any) -> bool:
    """Whether a form was not meant at all, because the value is of another type than it."""
    return not error.relative_path and error.validator == "type"


def _place(error: Any) -> str:
    known = _known_keys()
    parts = ""
    for part in error.absolute_path:
        if isinstance(part, int):
            parts += f"[{part}]"
        else:
            parts += f".{part if part in known else _HIDDEN}"
    return parts.lstrip(".") or "top level"


def _rule(error: Any) -> str:
    rule, argument = error.validator, error.validator_value
    if rule == "required":
        return "lacks " + ", ".join(key for key in argument if key not in error.instance)
    if rule == "additionalProperties":
        return "has a key that is not allowed"
    if rule == "type":
        return f"is not of type {argument if isinstance(argument, str) else ' or '.join(argument)}"
    named = error.schema.get("title") if isinstance(error.schema, Mapping) else None
    if named is not None and rule in ("pattern", "enum", "const", "minimum", "maximum", "minLength", "maxLength"):
        return f"is not of shape {named}"
    if rule in ("enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxLength"):
        return f"breaks {rule} {json.dumps(argument)}"
    return f"breaks {rule}"


@functools.cache
def _known_keys() -> frozenset[str]:
    return frozenset(key for name in names() for key in _properties(schema(name)))


def _properties(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            yield from properties
        for child in node.values():
            yield from _properties(child)
    elif isinstance(node, list):
        for child in node:
            yield from _properties(child)
