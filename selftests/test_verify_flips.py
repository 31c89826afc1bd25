"""One flipped bit anywhere in a bundle is found, whichever byte it is in.

Every sixteenth byte of each object is flipped, one at a time; with PACKAGING_READINESS_EVERY_BYTE=1 every byte is.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, contract_from_data, load_contract
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.evidence.manifest import manifest_problems
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.verify import verify, verify_found
from selftests import synthetic
from selftests.evidence_recipes import reseal, written

EVERY = "PACKAGING_READINESS_EVERY_BYTE"
STEP = 1 if os.environ.get(EVERY) == "1" else 16
OBJECTS = sorted(synthetic.bundle(synthetic.good_report()))
_ENTRYPOINTS = ("sr", "mpr")


def small_contract() -> dict[str, Any]:
    """A contract of few rows: `dev_full` with one or two entries in each table that may be cut."""
    _, data = load_contract("dev_full")
    small = {**data, "name": "small", "extends": "dev_full"}
    for table in ("includes", "excludes", "mpr_cases", "secret_paths", "preconditions", "no_go", "mismatch_rules"):
        small[table] = data[table][:1]
    small["entrypoints"] = [row for row in data["entrypoints"] if row["id"] in _ENTRYPOINTS]
    small["subcommands"] = [row for row in data["subcommands"] if row["entrypoint"] == "sr"]
    return small


@functools.cache
def small_bundle() -> Mapping[str, bytes]:
    """A bundle of few rows, all of which hold."""
    data = small_contract()
    report = synthetic.good_report()
    known = {row.id for row in expand(packaged_checks(), contract_from_data(data, "contract.json"))}
    report["tests"] = [test for test in report["tests"] if test["metadata"]["readiness"]["check"] in known]
    report["readiness"]["contract"] = data
    report["readiness"]["identity"]["contract_digest"] = contract_digest(data)
    return synthetic.bundle(report)


def coherent(files: Mapping[str, bytes]) -> bool:
    """Whether nothing is found wrong with a bundle of these files."""
    return verify_found(Found((), files, ())).coherent


def found_out(files: Mapping[str, bytes]) -> bool:
    """Whether `verify` finds a problem. It reports all that the manifest's rules report: those are asked first, because
    everything else takes a hundred times as long.
    """
    return any(True for _ in manifest_problems(files)) or not coherent(files)


def flipped(data: bytes, index: int, bit: int) -> bytes:
    """`data` with one bit of one byte turned over."""
    changed = bytearray(data)
    changed[index] ^= 1 << bit
    return bytes(changed)


def test_small_bundle_is_coherent() -> None:
    assert (found_out(small_bundle()), coherent(small_bundle())) == (False, True)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_flip_is_found(name: str) -> None:
    files = small_bundle()
    data = files[name]
    places = range(0, len(data), STEP)
    assert [i for i in places if not found_out({**files, name: flipped(data, i, i // STEP % 8)})] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_flip_is_found_by_the_whole_of_verify_on_disk(name: str, tmp_path: Path) -> None:
    files = small_bundle()
    folder = written(files, tmp_path)
    assert verify(folder).coherent
    (folder / name).write_bytes(flipped(files[name], len(files[name]) // 2, 0))
    problems = verify(folder).problems
    assert name in {problem.name for problem in problems} or name == MANIFEST
    assert problems


@pytest.mark.parametrize("name", sorted(set(OBJECTS) - {MANIFEST, "run_record.json", "contract.json"}))
def test_flip_under_a_rewritten_manifest_does_not_follow(name: str) -> None:
    """Of whoever mends the manifest as well, the objects themselves tell."""
    data = small_bundle()[name]
    for index in range(7, len(data), max(len(data) // 20, 1)):
        files = {**small_bundle(), name: flipped(data, index, 0)}
        reseal(files)
        assert not coherent(files), index
