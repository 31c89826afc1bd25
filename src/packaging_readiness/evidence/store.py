"""A bundle as it was found, wherever it lay: names, bytes, and what was wrong with the place itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging_readiness.evidence.problems import Problem

OBJECT = re.compile(r"[a-z0-9_]{1,100}(?:\.cdx)?\.json")  # .cdx: CycloneDX's own suffix
ENVELOPE = re.compile(r"([a-z0-9_]{1,100}(?:\.cdx)?)\.dsse\.json")
CLAIM = "bundle_claim.json"
SIZE_LIMIT = 200_000_000
TOTAL_LIMIT = 500_000_000
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in one place: bytes by name, problems of the place, and the path of the place.

    `path` are the last parts of the folder or key prefix, outermost first: run id and phase, where they are there.
    `published` says that the place is a bucket, where a claim must stand beside the objects.
    """

    path: tuple[str, ...]
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    published: bool = False


def shown(name: str) -> str:
    """A foreign name, safe to print and short."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def name_problem(name: str) -> Problem | None:
    """What is wrong with the name of an object, an envelope or the claim, or None."""
    if OBJECT.fullmatch(name) or ENVELOPE.fullmatch(name):
        return None
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return Problem("path-absolute", shown(name), "is an absolute path")
    if "/" in name or "\\" in name or name in (".", ".."):
        return Problem("path-escapes", shown(name), "is a path, not a name")
    return Problem("name-not-allowed", shown(name), "is not the name of an object or of an envelope")


def same_but_for_case(names: Iterable[str]) -> Iterator[Problem]:
    """Names of which another one differs in upper and lower case only."""
    known: dict[str, str] = {}
    for name in sorted(names):
        other = known.setdefault(name.casefold(), name)
        if other != name:
            yield Problem("name-case", shown(name), f"differs from {shown(other)} in upper and lower case only")
