"""The bundle's manifest: its form, and what it says of the objects beside it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.canonical import sha256
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.evidence.json_faults import read_object
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import CLAIM, ENVELOPE, name_problem, same_but_for_case, shown

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HEAD = {"object": "bundle_manifest", "object_version": 1}
_KEYS = {"name", "size", "sha256"}


def manifest_problems(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """All that is wrong between the manifest and the files beside it; envelopes and the claim are no part of it."""
    data = files.get(MANIFEST)
    if data is None:
        yield Problem("manifest-missing", MANIFEST, "the bundle was never completed, or lost its manifest")
        return
    content, malformed = read_object(MANIFEST, data)
    yield from malformed
    if content is None:
        return
    entries, problems = _entries(content)
    yield from problems
    names = [entry["name"] for entry in entries]
    yield from _names(names)
    for entry in entries:
        yield from _one_entry(entry, files)
    beside = {name for name in files if name in (MANIFEST, CLAIM) or ENVELOPE.fullmatch(name)}
    for name in sorted(files.keys() - set(names) - beside):
        yield Problem("object-unlisted", shown(name), "is not in the manifest")


def _entries(content: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The entries that are of their form, and what is malformed."""
    problems = []
    if {key: content.get(key) for key in _HEAD} != _HEAD:
        problems.append(Problem("manifest-malformed", MANIFEST, "does not call itself a bundle_manifest, version 1"))
    if content.keys() != {*_HEAD, "phase_id", "platform_run_id", "objects"}:
        problems.append(Problem("manifest-malformed", MANIFEST, "has other keys than it must"))
    listed = content.get("objects")
    if not isinstance(listed, list):
        return [], [*problems, Problem("manifest-malformed", MANIFEST, "its objects are not a list")]
    entries = []
    for index, entry in enumerate(listed):
        if not isinstance(entry, dict) or entry.keys() != _KEYS or not isinstance(entry["name"], str):
            problems.append(Problem("manifest-malformed", MANIFEST, f"objects[{index}] is not name, size and sha256"))
        elif type(entry["size"]) is not int or entry["size"] < 0:
            problems.append(Problem("manifest-malformed", MANIFEST, f"objects[{index}]: size is no number of bytes"))
        elif not isinstance(entry["sha256"], str) or not _DIGEST.fullmatch(entry["sha256"]):
            name = shown(entry["name"])
            problems.append(Problem("manifest-digest-malformed", MANIFEST, f"the digest of {name} is not well-formed"))
        else:
            entries.append(entry)
    return entries, problems


def _names(names: list[str]) -> Iterator[Problem]:
    if names != sorted(names):
        yield Problem("manifest-unsorted", MANIFEST, "its entries are not sorted by name")
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield Problem("manifest-doubled", shown(name), "is listed twice")
    for name in names:
        problem = name_problem(name)
        if problem is not None:
            yield problem
        elif name in (MANIFEST, CLAIM) or ENVELOPE.fullmatch(name):
            yield Problem("manifest-lists-itself", name, "has no place in the manifest")
    yield from same_but_for_case(set(names))


def _one_entry(entry: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Problem]:
    name = shown(entry["name"])
    data = files.get(entry["name"])
    if data is None:
        yield Problem("object-missing", name, "is in the manifest, and not there")
    elif len(data) != entry["size"]:
        yield Problem("size-differs", name, f"has {len(data)} bytes, the manifest says {entry['size']}")
    elif sha256(data) != entry["sha256"]:
        yield Problem("digest-differs", name, f"is {sha256(data)}, the manifest says {entry['sha256']}")
