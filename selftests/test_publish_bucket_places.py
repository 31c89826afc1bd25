"""Bundles and packs in a bucket: which is found, what its names may be, and each bound to the byte."""

from collections.abc import Callable
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import pack_source, store_s3
from packaging_readiness.evidence.pack_source import read_source
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.store_s3 import Bucket, Location, read_bucket
from selftests.made_up_bucket import Client, bucket
from selftests.stored_facts import told

MANIFEST, RESULTS, CLAIM = "bundle_manifest.json", "check_results.json", "bundle_claim.json"


def found(objects: dict[str, bytes], prefix: str = "") -> Found:
    return read_bucket(bucket(Client(objects)), Location("evidence-bucket", prefix))


@pytest.mark.parametrize("name", [CLAIM, MANIFEST, RESULTS])
def test_a_bundle_is_found_by_any_of_its_three_objects(name: str) -> None:
    one = found({f"x/evidence/runs/r/P0/{name}": b"{}", "x/other.txt": b""}, "x/")
    assert one.problems == ()
    assert (one.path, dict(one.files), one.published) == (("runs", "r", "P0"), {name: b"{}"}, True)
    assert found({name: b"{}"}).path == ("",)
    for no_bundle in (f"x{name}", f"x/not_{name}", f"{name}/x", f"{name}x"):
        with pytest.raises(CannotTell, match="holds no bundle"):
            found({no_bundle: b"{}"})


def test_the_bundle_of_the_prefix_itself_comes_before_those_below() -> None:
    both = {f"p/{MANIFEST}": b"1", f"p/q/{MANIFEST}": b"2"}
    one = found(both, "p/")
    assert dict(one.files) == {MANIFEST: b"1"}
    assert told(one.problems) == [("path-escapes", f"q/{MANIFEST}")]
    with pytest.raises(InputRefused, match="holds several bundles: p/, p/q/\n"):
        found(both)
    seven = {f"{number}/{MANIFEST}": b"" for number in range(7)}
    with pytest.raises(InputRefused, match="holds several bundles: 0/, 1/, 2/, 3/, 4/\n"):
        found(seven)


def test_names_of_a_bucket_are_judged_and_each_bound_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = {f"p/{name}": b"x" * 10 for name in (MANIFEST, "a.json", "A.json", "c.json")} | {"pa.json": b""}
    one = found(objects, "p/")
    assert list(one.files) == ["a.json", MANIFEST, "c.json"]
    assert told(one.problems) == [("name-not-allowed", "A.json"), ("name-case", "a.json")]
    for name, fits, oversize in (
        ("SIZE_LIMIT", 10, ["a.json", MANIFEST, "c.json"]),
        ("TOTAL_LIMIT", 30, ["c.json"]),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(store_s3, name, fits)
            assert len(found(objects, "p/").files) == 3
            patch.setattr(store_s3, name, fits - 1)
            problems = told(found(objects, "p/").problems)
            assert [place for code, place in problems if code == "oversize"] == oversize


def test_an_object_that_is_listed_as_too_large_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_s3, "SIZE_LIMIT", 5)
    client = Client({MANIFEST: b"x" * 6, "a.json": b"x" * 5})
    read_bucket(bucket(client), Location("evidence-bucket", ""))
    assert [asked["Key"] for asked in client.asked if "Key" in asked] == ["a.json"]


class Grown(Client):
    """An object that is larger than the listing said when it is read."""

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        page = super().list_objects_v2(**asked)
        return {"Contents": [{**entry, "Size": 1} for entry in page["Contents"]]}


def test_an_object_that_grew_since_it_was_listed_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_s3, "SIZE_LIMIT", 5)
    one = read_bucket(bucket(Grown({MANIFEST: b"x" * 6})), Location("evidence-bucket", ""))
    assert (dict(one.files), told(one.problems)) == ({}, [("oversize", MANIFEST)])


def from_bucket(objects: dict[str, bytes], url: str, client: Callable[[dict[str, bytes]], Client] = Client) -> Any:
    return read_source(url, lambda name: Bucket(client(objects), name))


def test_a_pack_in_a_bucket_is_read_as_one_in_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = {f"p/runs/r/P0/{name}": b"x" * 10 for name in (RESULTS, "a.json", "note.txt")}
    objects |= {"p/b.json": b"x" * 10}
    source = from_bucket(objects, "s3://evidence-bucket/p")
    assert list(source.files) == ["b.json", "runs/r/P0/a.json", f"runs/r/P0/{RESULTS}"]
    assert (source.bundle.path, set(source.bundle.files)) == (("runs", "r", "P0"), {"a.json", RESULTS})
    assert source.bundle.published
    inner = from_bucket(objects, "s3://evidence-bucket/p/runs/r/P0")
    assert inner.bundle.path == ("runs", "r", "P0")
    assert from_bucket(objects, "s3://evidence-bucket/p/runs/r").bundle.path == ("runs", "r", "P0")
    assert from_bucket({MANIFEST: b""}, "s3://evidence-bucket").bundle.path == ()
    assert from_bucket({"a.json": b""}, "s3://evidence-bucket").bundle is None
    for name, fits in (("_FILES_LIMIT", 3), ("TOTAL_LIMIT", 30), ("SIZE_LIMIT", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(pack_source, name, fits)
            assert len(from_bucket(objects, "s3://evidence-bucket/p").files) == 3
            patch.setattr(pack_source, name, fits - 1)
            with pytest.raises(InputRefused):
                from_bucket(objects, "s3://evidence-bucket/p")


def test_names_of_a_pack_in_a_bucket_are_judged_as_those_of_a_bundle() -> None:
    objects = {f"p/{name}": b"{}" for name in (MANIFEST, "a.json", "A.json", "d/x.json")}
    bundle = from_bucket(objects, "s3://evidence-bucket/p").bundle
    assert list(bundle.files) == ["a.json", MANIFEST]
    assert told(bundle.problems) == [
        ("name-not-allowed", "A.json"),
        ("path-escapes", "d/x.json"),
        ("name-case", "a.json"),
    ]


def test_a_thousand_json_files_may_lie_in_one_pack() -> None:
    objects = {f"{number}.json": b"{}" for number in range(1000)}
    assert len(from_bucket(objects, "s3://evidence-bucket").files) == 1000
    with pytest.raises(InputRefused, match="more than 1000 objects"):
        from_bucket({**objects, "x.json": b""}, "s3://evidence-bucket")
