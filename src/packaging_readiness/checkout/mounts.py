"""RUN --mount: what a build step is shown without being copied."""

import csv
from dataclasses import dataclass

from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.checkout.dockerfile_rules import flag_values

_KINDS = ("bind", "cache", "tmpfs", "secret", "ssh")
_SAME = {"src": "source", "dst": "target", "destination": "target"}


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount. `source_stage` is the value of `from`, "" for the build context; `source` is "" for its root."""

    kind: str
    source: str
    source_stage: str
    target: str

    @property
    def shows_context(self) -> bool:
        """Whether the mount shows files of the build context."""
        return self.kind == "bind" and not self.source_stage


def mounts(item: Instruction) -> list[Mount]:
    """The mounts of a RUN. Raises ValueError for a mount that is not comma-separated key=value fields."""
    return [_mount(value) for value in flag_values(item, "mount")]


def _mount(value: str) -> Mount:
    try:
        given = next(csv.reader([value], strict=True))
    except csv.Error:
        raise ValueError("a --mount that is not comma-separated") from None
    fields: dict[str, str] = {}
    for field in given:
        name, _, text = field.partition("=")
        name = name.lower()
        fields[_SAME.get(name, name)] = text
    kind = fields.get("type", "bind").lower()
    if kind not in _KINDS and "$" not in kind:
        raise ValueError("a --mount of unknown type")
    return Mount(kind, fields.get("source", ""), fields.get("from", ""), fields.get("target", ""))
