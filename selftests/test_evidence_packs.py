"""`--evidence` on packs that a managed workflow left: what they lack is told, nothing is derived, renamed or merged."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.commands.s3 import open_bucket
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.load import load_contract
from packaging_readiness.evidence.foreign_pack import faults
from packaging_readiness.evidence.pack_source import Source, read_source
from packaging_readiness.evidence.store_s3 import Bucket
from packaging_readiness.evidence.verify import verify_found
from selftests.evidence_recipes import BUNDLE, made_up_credentials, pack, written
from selftests.main_job import SUITE, Ran, pytest_run

SPLIT = SUITE / "fixtures" / "evidence" / "split_run"
ONE, OTHER = "platform_20260222T194849Z", "platform_20260222T200115Z"
WHOLE = "m1e.closure.objects-present"
CONTRACT, _ = load_contract("dev_full")


def adjudicate(given_pack: str | Path, folder: Path, *more: str) -> Ran:
    """One run over the rows that say whether a pack is whole."""
    report = f"--json-report-file={folder / 'report.json'}"
    return pytest_run("--evidence", given_pack, "--contract", "dev_full", "--check", WHOLE, *more, report)


def no_bucket(_: str) -> Bucket:
    raise AssertionError("no bucket was named")


def source_of(path: Path) -> Source:
    return read_source(str(path), no_bucket)


def split() -> dict[str, bytes]:
    return {path.relative_to(SPLIT).as_posix(): path.read_bytes() for path in SPLIT.rglob("*.json")}


def of_one_run() -> dict[str, bytes]:
    """The same objects, all of one run, in one folder, with today's field name."""
    files = {}
    for path, data in split().items():
        value = json.loads(data) | {"platform_run_id": ONE}
        if "build_path" in value:
            value["build_context_path"] = value.pop("build_path")
        files[path.rpartition("/")[2]] = json.dumps(value).encode()
    return files


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def in_bundle(files: dict[str, bytes], prefix: str = "") -> dict[str, bytes]:
    return {f"{prefix}{BUNDLE.as_posix()}/{name}": data for name, data in files.items()}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_pack_of_two_runs_is_refused_as_incoherent_with_both_ids(form: str, tmp_path: Path) -> None:
    given_pack = SPLIT if form == "folder" else zipped(split(), tmp_path / "pack.zip")
    ran = adjudicate(given_pack, tmp_path, "--check", "m1e.register.waivers")
    assert ran.status == 1, ran.text
    assert f"FAIL  {WHOLE}  [M1E-B3]" in ran.stdout
    line = next(line for line in ran.stdout.splitlines() if "found:" in line and "platform_run_id" in line)
    assert f"{ONE} in packaging_provenance.json, " in line
    assert f"{OTHER} in build_context_secret_scan.json, " in line
    for run_id, lacking in ((ONE, "security_secret_injection_checks.json"), (OTHER, "packaging_provenance.json")):
        needed = next(line for line in ran.stdout.splitlines() if f"needed for one set of {run_id}" in line)
        assert lacking in needed
        assert "check_results.json, contract.json and run_record.json" in needed
    assert "ERROR (the suite could not find out)  m1e.register.waivers" in ran.stdout
    assert "the pack decides nothing (M1E-B3" in ran.stdout
    assert "build_path stands in place of build_context_path: an older name, not read as the new one" in ran.stdout
    assert "image_digest_manifest.json: missing; it could be derived from packaging_provenance.json" in ran.stdout
    assert "M1: not decided; " in ran.stdout


def test_faults_are_told_and_nothing_is_patched_over() -> None:
    told = faults(split(), CONTRACT)
    provenance = f"evidence/runs/{ONE}/P(-1)/packaging_provenance.json"
    assert (
        f"{provenance}: build_path stands in place of build_context_path: an older name, not read as the new one"
        in told
    )
    assert f"{provenance}: build_context_path has no value" in told
    derivable = "it could be derived from packaging_provenance.json, and a derived object proves nothing more"
    assert f"image_digest_manifest.json: missing; {derivable}" in told
    assert "m1b_entrypoint_validation.json: missing" in told


def test_objects_of_one_run_are_no_split() -> None:
    told = faults(of_one_run(), CONTRACT)
    assert not [line for line in told if line.startswith(("platform_run_id:", "git_sha:")) or "older name" in line]
    (needed,) = (line for line in told if line.startswith("needed for one set of "))
    assert needed.startswith(f"needed for one set of {ONE}: image_digest_manifest.json; and check_results.json, ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platform_run_id", OTHER),
        ("phase_id", "P0"),
        ("git_sha", "0" * 40),
        ("image_tag", "latest"),
        ("image_digest", "sha256:" + "00" * 32),
    ],
)
def test_every_fact_of_identity_has_one_value(field: str, value: str) -> None:
    files = of_one_run()
    changed = json.loads(files["release_metadata_receipt.json"]) | {field: value}
    files["release_metadata_receipt.json"] = json.dumps(changed).encode()
    (line,) = (line for line in faults(files, CONTRACT) if line.startswith(f"{field}: "))
    assert f"{value} in release_metadata_receipt.json" in line


def test_folder_of_another_run_counts_as_its_claim() -> None:
    files = {f"evidence/runs/{OTHER}/P(-1)/{name}": data for name, data in of_one_run().items()}
    (line,) = (line for line in faults(files, CONTRACT) if line.startswith("platform_run_id: "))
    assert ONE in line
    assert OTHER in line


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"packaging_provenance.json": b"{"}, "packaging_provenance.json: not-json: "),
        ({"packaging_provenance.json": b"[]"}, "packaging_provenance.json: not-an-object: "),
        ({"copy/packaging_provenance.json": of_one_run()["packaging_provenance.json"]}, "lies there 2 times"),
        ({"packaging_provenance.json": b'{"platform_run_id":["x",{}]}'}, "platform_run_id: "),
        ({"build_context_secret_scan.json": b"{}"}, "nothing ties these to a run: build_context_secret_scan.json"),
    ],
    ids=["truncated", "list", "doubled", "odd-id", "no-id"],
)
def test_each_fault_has_its_line(change: dict[str, bytes], told: str) -> None:
    assert any(told in line for line in faults(of_one_run() | change, CONTRACT))
    assert not any(told in line for line in faults(of_one_run(), CONTRACT))


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=60), max_size=4))
def test_no_pack_breaks_the_looking_through(files: dict[str, bytes]) -> None:
    named = {f"{name}/packaging_provenance.json": data for name, data in files.items()}
    assert faults(files | named, CONTRACT)


@pytest.mark.parametrize("prefix", ["", "m1-evidence/"], ids=["as-written", "below-a-folder"])
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_good_bundle_is_found_in_either_form(form: str, prefix: str, tmp_path: Path) -> None:
    files = in_bundle(dict(pack("good")), prefix)
    path = tmp_path / "pack.zip"
    zipped(files, path)
    if form == "folder":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "pack")
        path = tmp_path / "pack"
    found = source_of(path).bundle
    assert found is not None
    assert found.path[-2:] == (ONE, "P(-1)")
    outcome = verify_found(found)
    assert (outcome.problems, outcome.verdict) == ((), "PASS")


def test_zip_of_a_good_bundle_holds_and_of_a_damaged_one_does_not(tmp_path: Path) -> None:
    ran = adjudicate(zipped(in_bundle(dict(pack("good"))), tmp_path / "good.zip"), tmp_path)
    assert ran.status == 0, ran.text
    other = json.loads(pack("good")["packaging_provenance.json"]) | {"platform_run_id": OTHER}
    damaged = dict(pack("good")) | {"packaging_provenance.json": json.dumps(other).encode()}
    ran = adjudicate(zipped(in_bundle(damaged), tmp_path / "damaged.zip"), tmp_path)
    assert ran.status == 1, ran.text
    assert f"{OTHER} in packaging_provenance.json" in ran.stdout


def test_folder_with_a_link_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SPLIT, tmp_path / "pack")
    (tmp_path / "pack" / "more.json").symlink_to("/etc/hostname")
    with pytest.raises(InputRefused, match=r"more\.json: is a symbolic link"):
        source_of(tmp_path / "pack")


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_two_bundles_are_no_pack(form: str, tmp_path: Path) -> None:
    path = tmp_path / "pack"
    written(pack("good"), path / "a")
    written(pack("failed"), path / "b")
    if form == "zip":
        files = {entry.relative_to(path).as_posix(): entry.read_bytes() for entry in path.rglob("*.json")}
        path = zipped(files, tmp_path / "pack.zip")
    with pytest.raises(InputRefused, match="holds several bundles"):
        source_of(path)


@pytest.mark.parametrize("given_pack", ["nowhere", "nowhere.zip", "README.md", "s3://", "s3://b/../x"])
def test_what_names_no_pack_is_wrong_usage(given_pack: str, tmp_path: Path) -> None:
    ran = adjudicate(given_pack, tmp_path)
    assert ran.status == 4, ran.text
    assert "Traceback" not in ran.text


def test_pack_in_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto import mock_aws

    made_up_credentials(monkeypatch)
    with mock_aws():
        opened = open_bucket("packs", None)
        opened.client.create_bucket(Bucket="packs")
        for name, data in {**{f"two/{name}": data for name, data in split().items()}, "other/readme.txt": b""}.items():
            assert opened.put_once(name, data)
        for name, data in in_bundle(dict(pack("good")), "one/").items():
            assert opened.put_once(name, data)

        def read(location: str) -> Source:
            return read_source(location, lambda name: open_bucket(name, None))

        foreign = read("s3://packs/two")
        assert foreign.bundle is None
        assert dict(foreign.files) == split()
        assert read("s3://packs/two/").files == foreign.files
        found = read("s3://packs/one/").bundle
        assert found is not None
        assert {problem.code for problem in verify_found(found).problems} == {"claim-missing"}
        with pytest.raises(CannotTell, match="holds no JSON object"):
            read("s3://packs/other/")
