"""The allow-list of evidence: which fields an object or observation may have, and the shape of each value.

Whatever is not listed here cannot be written into a bundle. Source: plan M1.D, evidence payload checks
("permit only handle refs, ARNs, and path identifiers").
"""

import functools
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

_PATTERNS = {
    "word": r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}",
    "text": r"[^\x00-\x1f\x7f\ud800-\udfff]{1,600}",
    "output": r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]{0,4000}",
    "version": r"[A-Za-z0-9][A-Za-z0-9_.+~:!^-]{0,127}",
    "path": r"(?!/)(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\x7f\ud800-\udfff]{1,4096}",
    "digest": r"sha256:[0-9a-f]{64}",
    "algorithm": r"sha256",
    "fingerprint": r"[0-9a-f]{16,64}",
    "utc": r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z",
    "day": r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]",
    "git_sha": r"[0-9a-f]{40}([0-9a-f]{24})?",
    "run_id": r"[a-z0-9][A-Za-z0-9_.-]{2,99}",
    "phase_id": r"P\((-1|[0-9]+)\)|P[0-9]+",
    "image_tag": r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
    "repository_uri": r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9]+([._/-][a-z0-9]+)*",
    "arn": r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[A-Za-z0-9_./:+=,@-]{1,512}",
    "url": r"https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9_./?=&%-]{0,500}",
    "secret_path": r"/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+",
    "pattern": r"[A-Za-z0-9_.:{}/*+-]{1,300}",
    "option": r"--?[A-Za-z0-9][A-Za-z0-9-]*",
    "blocker": r"M1[A-E]?-B[0-9]+|none",
    "check": r"m1[a-e]\.[a-z0-9.-]+(\[[^\]\x00-\x1f\x7f]{1,300}\])?",
}
SHAPES = frozenset({*_PATTERNS, "count", "number", "flag"})


@functools.cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[shape], re.DOTALL)


@functools.cache
def allowed_fields() -> Mapping[str, str]:
    """Field name to shape. `object` marks a field whose value is a mapping or a list of mappings of allowed fields."""
    text = files("packaging_readiness.contract").joinpath("evidence_fields.yaml").read_bytes()
    table: Mapping[str, list[str]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {name: shape for shape, names in table.items() for name in names}


def has_shape(value: object, shape: str) -> bool:
    """Whether a scalar is of a named shape. `count` is a whole number from 0, `flag` is true or false."""
    if shape == "count":
        return type(value) is int and 0 <= value < 2**53
    if shape == "number":
        return type(value) in (int, float)
    if shape == "flag":
        return type(value) is bool
    return isinstance(value, str) and _compiled(shape).fullmatch(value) is not None


def misshapen(value: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Places in `value` (an object or observation) that the allow-list does not permit, and why. Never the value."""
    fields = allowed_fields()
    for name, content in value.items():
        here = f"{place}.{name}" if place else str(name)
        shape = fields.get(name)
        if shape is None:
            yield here, "no field of this name is allowed"
        else:
            yield from _misshapen(content, shape, here)


def _misshapen(content: Any, shape: str, here: str) -> Iterator[tuple[str, str]]:
    if content is None:
        return
    if isinstance(content, list | tuple):
        for index, item in enumerate(content):
            yield from _misshapen(item, shape, f"{here}[{index}]")
    elif isinstance(content, Mapping):
        if shape == "object":
            yield from misshapen(content, here)
        else:
            yield here, f"is a mapping, not of shape {shape}"
    elif shape == "object" or not has_shape(content, shape):
        yield here, f"is not of shape {shape}"


def permitted(value: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`value` without the top-level fields that the allow-list refuses, and `field: problem` for each of those."""
    problems = tuple(misshapen(value))
    refused = {place.split(".")[0].split("[")[0] for place, _ in problems}
    kept = {name: content for name, content in value.items() if name not in refused}
    return kept, tuple(f"{place}: {problem}" for place, problem in problems)
