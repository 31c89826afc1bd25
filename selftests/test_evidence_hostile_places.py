"""Evidence in places that hold no one whole bundle: folders, buckets, claims and envelopes, each told by its fault."""

import io
from pathlib import Path

import pytest

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import pack_source
from packaging_readiness.evidence.pack_source import read_source
from packaging_readiness.evidence.store import CLAIM, Found
from packaging_readiness.evidence.store_folder import find_bundle, read_folder
from packaging_readiness.evidence.store_s3 import Bucket
from packaging_readiness.evidence.unfinished import sweep, unfinished
from packaging_readiness.evidence.verify import verify_found
from selftests.evidence_recipes import pack


def no_bucket(name: str) -> Bucket:
    """Folders and archives lie in none."""
    raise AssertionError(name)


def test_a_pack_of_another_make_is_read_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.json").write_bytes(b"{}")
    (tmp_path / "note.txt").write_bytes(b"x")
    source = read_source(str(tmp_path), no_bucket)
    assert (source.bundle, dict(source.files)) == (None, {"d/a.json": b"{}"})
    (tmp_path / "d" / "l.json").symlink_to("a.json")
    with pytest.raises(InputRefused, match="is a symbolic link"):
        read_source(str(tmp_path), no_bucket)
    (tmp_path / "d" / "l.json").unlink()
    monkeypatch.setattr(pack_source, "_FILES_LIMIT", 0)
    with pytest.raises(InputRefused, match="holds more than 0 JSON files"):
        read_source(str(tmp_path), no_bucket)


def test_a_pack_of_another_make_is_bounded_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_source, "TOTAL_LIMIT", 100)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(f'{{"text": "{"x" * 40}"}}')
    with pytest.raises(InputRefused, match=r"b\.json: is no regular file of at most 48 bytes"):
        read_source(str(tmp_path), no_bucket)


class Objects:
    """A client of a bucket that holds these."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def list_objects_v2(self, **_: str) -> dict[str, object]:
        return {"Contents": [{"Key": key, "Size": len(data)} for key, data in self.objects.items()]}

    def get_object(self, **asked: str) -> dict[str, object]:
        data = self.objects[asked["Key"]]
        return {"Body": io.BytesIO(data), "ContentLength": len(data)}


@pytest.mark.parametrize(
    ("names", "limits", "told"),
    [
        ([], {}, "holds no JSON object"),
        (["a.txt"], {}, "holds no JSON object"),
        (["a.json", "b.json"], {"_FILES_LIMIT": 1}, "holds more than 1 objects"),
        (["a.json"], {"SIZE_LIMIT": 1}, "is larger than 1 bytes"),
        (["a/check_results.json", "b/check_results.json"], {}, "holds several bundles: a, b"),
    ],
    ids=["nothing", "no-json", "many", "large", "several"],
)
def test_a_prefix_that_holds_no_one_pack_is_told(
    monkeypatch: pytest.MonkeyPatch, names: list[str], limits: dict[str, int], told: str
) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(pack_source, name, limit)
    client = Objects({f"p/{name}": b"{}" for name in names})
    with pytest.raises((CannotTell, InputRefused), match=told):
        read_source("s3://evidence-bucket/p", lambda name: Bucket(client, name))


def test_a_bundle_in_a_bucket_lacks_the_claim_that_publishing_begins_with() -> None:
    client = Objects({f"p/{name}": data for name, data in pack("good").items()} | {"p/bad name.json": b"{}"})
    bundle = read_source("s3://evidence-bucket/p", lambda name: Bucket(client, name)).bundle
    assert bundle is not None
    assert bundle.published
    assert [problem.code for problem in bundle.problems] == ["name-not-allowed"]
    assert "claim-missing" in {problem.code for problem in verify_found(bundle).problems}


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (b"[", "not-json"),
        (b'{"object":"bundle_claim"}\n', "claim-malformed"),
        (
            canonical_json(
                {
                    "object": "bundle_claim",
                    "object_version": 1,
                    "phase_id": "P0",
                    "platform_run_id": "another_run",
                    "manifest_sha256": "sha256:0",
                }
            ),
            "run-id-differs",
        ),
    ],
)
def test_a_claim_that_is_not_of_its_bundle_is_told(claim: bytes, code: str) -> None:
    files = {**pack("good"), CLAIM: claim}
    assert code in {problem.code for problem in verify_found(Found((), files, ())).problems}
    del files["bundle_manifest.json"]
    found = {problem.code for problem in verify_found(Found((), files, ())).problems}
    assert "manifest-missing" in found
    assert "run-id-differs" not in found


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (b"[", "not-json"),
        (b"{}\n", "envelope-malformed"),
        (b'{"payload":"not base64!"}\n', "envelope-malformed"),
        (b'{"payload":"eA=="}\n', "envelope-malformed"),
        (b'{"payload":"eA==","payloadType":"t","signatures":[]}\n', "envelope-payload-differs"),
    ],
)
def test_an_envelope_that_signs_something_else_is_told(envelope: bytes, code: str) -> None:
    files = {**pack("good"), "bundle_manifest.dsse.json": envelope}
    assert code in {problem.code for problem in verify_found(Found((), files, ())).problems}


def test_a_folder_without_one_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="is not a directory"):
        find_bundle(tmp_path / "never")
    with pytest.raises(CannotTell, match="holds no bundle"):
        find_bundle(tmp_path)
    for run in ("one", "two"):
        (tmp_path / "evidence" / "runs" / run / "P(-1)").mkdir(parents=True)
        (tmp_path / "evidence" / "runs" / run / "P(-1)" / "bundle_manifest.json").write_bytes(b"{}")
    with pytest.raises(InputRefused, match="holds several bundles"):
        find_bundle(tmp_path)


def test_what_is_no_plain_file_beside_the_objects_is_told(tmp_path: Path) -> None:
    (tmp_path / "bundle_manifest.json").write_bytes(b"{}")
    (tmp_path / "contract.json").symlink_to("bundle_manifest.json")
    (tmp_path / "check_results.json").mkdir()
    (tmp_path / "run_record.json").hardlink_to(tmp_path / "bundle_manifest.json")
    found = read_folder(tmp_path)
    assert {(problem.code, problem.name) for problem in found.problems} == {
        ("symbolic-link", "contract.json"),
        ("folder-inside", "check_results.json"),
        ("hard-link", "run_record.json"),
        ("hard-link", "bundle_manifest.json"),
    }


def test_what_a_killed_maker_left_is_swept_and_a_living_ones_stays(tmp_path: Path) -> None:
    left = tmp_path / f".out.packaging-readiness-{'0' * 16}"
    left.mkdir()
    (left / "half.json").write_bytes(b"{")
    (tmp_path / ".out.packaging-readiness-short").mkdir()
    (tmp_path / f".out.packaging-readiness-{'1' * 16}").write_bytes(b"a file of this name")
    with unfinished(tmp_path / "out") as folder:
        assert not left.exists()
        sweep(tmp_path)
        assert folder.is_dir()
        folder.rename(tmp_path / "out")
    assert (tmp_path / "out").is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f".out.packaging-readiness-{'1' * 16}",
        ".out.packaging-readiness-short",
        "out",
    ]
