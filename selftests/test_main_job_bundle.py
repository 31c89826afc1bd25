"""A bundle that was touched is found out: every object deleted, every object changed by one byte, anything added."""

import json
import shutil
from pathlib import Path

import pytest

from packaging_readiness.contract.canonical import canonical_json, sha256
from selftests.main_job import FOLDER, Job, command, unbroken

OBJECTS = (
    "build_context_allowlist_check",
    "build_context_secret_scan",
    "bundle_manifest",
    "check_results",
    "contract",
    "dockerignore_conformance_receipt",
    "image_contract_manifest",
    "image_digest_manifest",
    "m1_build_go_transition_receipt",
    "m1_closure_blocker_register",
    "m1_handoff_readiness_snapshot",
    "m1a_execution_snapshot",
    "m1b_entrypoint_validation",
    "m1b_execution_snapshot",
    "m1b_mpr_command_checks",
    "m1b_subcommand_validation",
    "m1c_execution_snapshot",
    "m1d_execution_snapshot",
    "m1e_execution_snapshot",
    "packaging_provenance",
    "provenance_consistency_checks",
    "release_metadata_receipt",
    "run_record",
    "sbom.cdx",
    "secret_source_contract_receipt",
    "security_secret_injection_checks",
    "slsa_provenance",
    "test_result",
    "verification_summary",
)
every_object = pytest.mark.parametrize("name", [f"{name}.json" for name in OBJECTS])


@pytest.fixture
def good(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return unbroken(tmp_path_factory.getbasetemp())


@pytest.fixture
def copy(good: Job, tmp_path: Path) -> Path:
    """A copy of the unbroken bundle, to be damaged."""
    shutil.copytree(good.out, tmp_path / "copy")
    return tmp_path / "copy"


def problems(root: Path) -> tuple[int, set[str]]:
    """Exit status of `verify`, and the objects that it names."""
    ran = command("verify", root, "--json")
    return ran.status, {entry["object"] for entry in json.loads(ran.stdout)["problems"]}


def test_bundle_has_exactly_its_objects(good: Job) -> None:
    assert tuple(sorted(path.stem for path in good.bundle.iterdir())) == OBJECTS


@every_object
def test_deleted_object_is_named(name: str, copy: Path) -> None:
    (copy / FOLDER / name).unlink()
    status, named = problems(copy)
    assert (status, name in named) == (1, True)


@every_object
def test_one_flipped_byte_is_named(name: str, copy: Path) -> None:
    path = copy / FOLDER / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    status, named = problems(copy)
    # What the manifest says wrongly of an object may be told of that object.
    assert (status, name in named or (name == "bundle_manifest.json" and len(named) == 1)) == (1, True)


@pytest.mark.parametrize("name", ["extra.json", "notes.txt", ".hidden", "sub"])
def test_what_no_contract_lists_is_named(name: str, copy: Path) -> None:
    path = copy / FOLDER / name
    if name == "sub":
        path.mkdir()
    else:
        path.write_bytes(b"{}\n")
    status, named = problems(copy)
    assert (status, named) == (1, {name})


def test_object_and_manifest_changed_together_do_not_follow(good: Job, copy: Path) -> None:
    """Whoever writes another verdict and mends the manifest is found by deriving the verdict again."""
    snapshot = good.object("m1_handoff_readiness_snapshot") | {"m2_entry_gate_ready": False}
    data = canonical_json(snapshot)
    (copy / FOLDER / "m1_handoff_readiness_snapshot.json").write_bytes(data)
    manifest = good.object("bundle_manifest")
    entry = next(e for e in manifest["objects"] if e["name"] == "m1_handoff_readiness_snapshot.json")
    entry.update(size=len(data), sha256=sha256(data))
    (copy / FOLDER / "bundle_manifest.json").write_bytes(canonical_json(manifest))
    assert problems(copy) == (1, {"m1_handoff_readiness_snapshot.json"})


def test_nothing_to_look_at_is_not_a_verdict(tmp_path: Path) -> None:
    ran = command("verify", tmp_path)
    assert (ran.status, "holds no bundle" in ran.stderr) == (2, True)


def test_bundle_is_never_written_over_another(good: Job, copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in (copy / FOLDER).iterdir()}
    ran = command("bundle", good.report, "--out", copy)
    assert (ran.status, "never overwritten" in ran.stderr) == (2, True)
    assert {path.name: path.read_bytes() for path in (copy / FOLDER).iterdir()} == before
