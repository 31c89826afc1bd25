"""Publishing to a bucket: once, whole, never mixed, and readable again. The bucket is moto's."""

import functools
import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.commands.s3 import open_bucket
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.evidence.publish import Plan, Put, plan, publish
from packaging_readiness.evidence.store import CLAIM, Found
from packaging_readiness.evidence.store_folder import read_folder
from packaging_readiness.evidence.store_s3 import Bucket, parse_location, read_bucket
from packaging_readiness.evidence.verify import verify_found
from selftests.evidence_recipes import MANIFEST, key_files, made_up_credentials, other_pack, pack, written
from selftests.main_job import Ran, command

BUCKET = "evidence-bucket"
PREFIX = "evidence/runs/platform_20260222T194849Z/P(-1)/"
NAMES = [CLAIM, *sorted(set(pack("good")) - {MANIFEST}), MANIFEST]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made up, and nothing of the machine's own."""
    made_up_credentials(monkeypatch)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """A fresh bucket without versions, in moto."""
    yield from fresh_bucket()


@pytest.fixture
def locked_bucket() -> Iterator[Bucket]:
    """A fresh bucket with versions and Object Lock, in moto."""
    yield from fresh_bucket(ObjectLockEnabledForBucket=True)


def fresh_bucket(**more: Any) -> Iterator[Bucket]:
    from moto import mock_aws

    with mock_aws():
        opened = open_bucket(BUCKET, None)
        opened.client.create_bucket(Bucket=BUCKET, **more)
        yield opened


@pytest.fixture
def good(tmp_path: Path) -> Path:
    written(pack("good"), tmp_path / "good")
    return tmp_path / "good"


def planned(root: Path, bucket: Bucket) -> Plan:
    found = read_folder(root)
    return plan(found, verify_found(found), parse_location(f"s3://{bucket.name}"))


@functools.cache
def good_plan() -> Plan:
    """The plan of the good pack."""
    found = Found((), pack("good"), ())
    return plan(found, verify_found(found), parse_location(f"s3://{BUCKET}"))


def stored(bucket: Bucket) -> dict[str, bytes]:
    """All that lies in the bucket."""
    return {key: bucket.get(key)[0] or b"" for key, _ in bucket.keys("")}


def expected(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {PREFIX + name: data for name, data in files.items()}


def ran(bucket: Bucket, root: Path, *more: str | Path) -> Ran:
    return command("publish", root, f"s3://{bucket.name}", *more)


def test_published_bundle_lies_there_byte_for_byte_and_verifies(bucket: Bucket, good: Path) -> None:
    done = ran(bucket, good)
    assert done.status == 0, done.text
    there = stored(bucket)
    claim = json.loads(there.pop(PREFIX + CLAIM))
    assert there == expected(pack("good"))
    assert set(claim) == {"object", "object_version", "phase_id", "platform_run_id", "manifest_sha256"}
    for place in (f"s3://{bucket.name}", f"s3://{bucket.name}/{PREFIX}", f"s3://{bucket.name}/evidence/runs"):
        verified = command("verify", place)
        assert (verified.status, "verdict PASS" in verified.stdout) == (0, True), verified.text


def test_claim_is_first_and_manifest_last(bucket: Bucket, good: Path) -> None:
    lines = [json.loads(line) for line in ran(bucket, good, "--json").stdout.splitlines()]
    assert [line["object"] for line in lines[:-1]] == NAMES
    assert {line["state"] for line in lines[:-1]} == {"written"}
    assert (lines[-1]["published"], lines[-1]["written"], lines[-1]["verdict"]) == (True, len(NAMES), "PASS")


def test_progress_is_for_people_and_stays_out_of_the_output(bucket: Bucket, good: Path) -> None:
    done = ran(bucket, good, "--json")
    assert done.stderr.count("written") == len(NAMES)
    assert f"[{len(NAMES)}/{len(NAMES)}] written  {MANIFEST}" in done.stderr
    assert all(json.loads(line) for line in done.stdout.splitlines())


def test_same_bundle_again_puts_nothing_and_gives_the_same_receipt(bucket: Bucket, good: Path, tmp_path: Path) -> None:
    first, again = (ran(bucket, good, "--receipt", tmp_path / name) for name in ("one", "two"))
    assert (first.status, again.status) == (0, 0)
    assert "nothing was put" in again.stdout
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_other_bundle_of_the_run_id_is_refused_and_changes_nothing(bucket: Bucket, good: Path, tmp_path: Path) -> None:
    assert ran(bucket, good).status == 0
    before = stored(bucket)
    written(other_pack(), tmp_path / "other")
    refused = ran(bucket, tmp_path / "other")
    assert (refused.status, "belongs to another bundle" in refused.stderr) == (2, True)
    assert "Traceback" not in refused.text
    assert stored(bucket) == before


def test_incoherent_bundle_is_never_published(bucket: Bucket, good: Path) -> None:
    next(good.rglob("packaging_provenance.json")).write_bytes(b"{}\n")
    refused = ran(bucket, good)
    assert (refused.status, "is not coherent" in refused.stderr) == (2, True)
    assert stored(bucket) == {}


def test_coherent_failure_is_published_and_said(bucket: Bucket, tmp_path: Path) -> None:
    written(pack("failed"), tmp_path / "failed")
    done = ran(bucket, tmp_path / "failed")
    assert (done.status, "verdict FAIL" in done.stdout) == (0, True)
    assert command("verify", f"s3://{bucket.name}").status == 1


class Killed(Exception):
    """The publisher died here."""


@pytest.mark.parametrize("at", [2 * number + number % 2 for number in range(len(NAMES))])
def test_publisher_killed_at_any_call_is_completed_by_the_next(
    at: int, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each object is put and read back: killed at any object, before its put or before it is read back, nothing is
    committed before all is there.
    """
    calls = 0

    def counted(method: Any) -> Any:
        def call(*arguments: Any) -> Any:
            nonlocal calls
            if calls == at:
                raise Killed
            calls += 1
            return method(*arguments)

        return call

    to_do = good_plan()
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "put_once", counted(Bucket.put_once))
        patch.setattr(Bucket, "get", counted(Bucket.get))
        with pytest.raises(Killed):
            publish(to_do, bucket, lambda _: None)
    there = stored(bucket)
    assert there.items() <= expected(to_do.files).items()
    assert len(there) == (at + 1) // 2
    done = publish(to_do, bucket, lambda _: None)
    assert done.holds
    assert stored(bucket) == expected(to_do.files)


def test_of_eight_racing_publishers_one_bundle_wins_whole(bucket: Bucket, good: Path, tmp_path: Path) -> None:
    written(other_pack(), tmp_path / "other")
    plans = [planned(root, bucket) for root in (good, tmp_path / "other")]
    start = threading.Barrier(8)

    def race(number: int) -> tuple[int, str]:
        start.wait()
        try:
            return number % 2, "won" if publish(plans[number % 2], bucket, lambda _: None).holds else "mixed"
        except ReadinessError as error:
            return number % 2, "refused" if "belongs to another bundle" in error.cause else "broke"

    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(race, range(8)))
    winner = next(side for side, outcome in outcomes if outcome == "won")
    assert outcomes == {(winner, "won"), (1 - winner, "refused")}
    assert stored(bucket) == expected(plans[winner].files)


def test_object_that_somebody_put_before_is_told_and_nothing_is_committed(bucket: Bucket, good: Path) -> None:
    bucket.put_once(PREFIX + "packaging_provenance.json", b"{}\n")
    done = ran(bucket, good)
    assert (done.status, "differs: packaging_provenance.json" in done.stdout) == (1, True)
    assert PREFIX + MANIFEST not in stored(bucket)


def test_key_that_is_no_part_of_the_bundle_is_told(bucket: Bucket, good: Path) -> None:
    bucket.put_once(PREFIX + "extra.json", b"{}\n")
    done = ran(bucket, good)
    assert (done.status, "unknown: " in done.stdout) == (1, True)
    assert PREFIX + MANIFEST not in stored(bucket)


def test_store_that_changes_what_it_was_given_is_told(
    bucket: Bucket, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Bucket.put_once

    def changing(self: Bucket, key: str, data: bytes) -> bool:
        return put(self, key, data.replace(b"PASS", b"FAIL") if "provenance_consistency" in key else data)

    monkeypatch.setattr(Bucket, "put_once", changing)
    seen: list[Put] = []
    done = publish(planned(good, bucket), bucket, seen.append)
    assert (done.holds, seen[-1].name, seen[-1].state) == (False, "provenance_consistency_checks.json", "differs")


def test_prefix_of_the_location_comes_first(bucket: Bucket, good: Path) -> None:
    done = command("publish", good, f"s3://{bucket.name}/some/where")
    assert done.status == 0, done.text
    assert {key.startswith(f"some/where/{PREFIX}") for key in stored(bucket)} == {True}
    assert command("verify", f"s3://{bucket.name}/some").status == 0


def test_signed_bundle_is_published_with_its_envelopes(bucket: Bucket, tmp_path: Path) -> None:
    from packaging_readiness.evidence.dsse import sign
    from packaging_readiness.evidence.keys import read_private_key

    keys = key_files(tmp_path / "keys")
    files = dict(pack("good"))
    written(files | sign(files, read_private_key(keys["own"])), tmp_path / "signed")
    assert ran(bucket, tmp_path / "signed").status == 0
    assert command("verify", f"s3://{bucket.name}", "--trusted-key", keys["own.pub"]).status == 0
    assert command("verify", f"s3://{bucket.name}", "--trusted-key", keys["other.pub"]).status == 1


def test_receipt_tells_versions_and_lock(locked_bucket: Bucket, good: Path, tmp_path: Path) -> None:
    bucket = locked_bucket
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    bucket.client.put_object_lock_configuration(Bucket=bucket.name, ObjectLockConfiguration=rule)
    done = ran(bucket, good, "--receipt", tmp_path / "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_bytes())
    assert (receipt["versioning"], receipt["object_lock"], receipt["notes"]) == ("Enabled", "COMPLIANCE", [])
    assert [entry["name"] for entry in receipt["objects"]] == NAMES
    assert len({entry["version_id"] for entry in receipt["objects"]} - {None}) == len(NAMES)
    assert "the bucket has no" not in done.stdout


def test_receipt_notes_what_the_bucket_lacks(bucket: Bucket, good: Path) -> None:
    done = ran(bucket, good)
    receipt = json.loads((good.parent / "good.publish_receipt.json").read_bytes())
    assert (receipt["versioning"], receipt["object_lock"], len(receipt["notes"])) == (None, None, 2)
    assert done.stdout.count("note: the bucket has no") == 2
    assert {entry["version_id"] for entry in receipt["objects"]} == {None}


def test_listing_is_read_page_by_page(bucket: Bucket, good: Path, monkeypatch: Any) -> None:
    assert ran(bucket, good).status == 0
    listing = bucket.client.list_objects_v2
    monkeypatch.setattr(bucket.client, "list_objects_v2", lambda **options: listing(**options, MaxKeys=3))
    found = read_bucket(bucket, parse_location(f"s3://{bucket.name}"))
    assert set(found.files) == set(NAMES)
    assert verify_found(found).coherent


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("extra.json", "object-unlisted"),
        ("notes.txt", "name-not-allowed"),
        ("sub/contract.json", "path-escapes"),
        ("Contract.json", "name-case"),
        ("", "name-not-allowed"),
    ],
)
def test_unknown_key_beside_a_published_bundle_is_a_problem(key: str, code: str, bucket: Bucket, good: Path) -> None:
    assert ran(bucket, good).status == 0
    bucket.put_once(PREFIX + key, b"{}\n")
    verified = command("verify", f"s3://{bucket.name}/{PREFIX}", "--json")
    assert (verified.status, code in {p["code"] for p in json.loads(verified.stdout)["problems"]}) == (1, True)


def test_published_object_that_is_gone_is_a_problem(bucket: Bucket, good: Path) -> None:
    assert ran(bucket, good).status == 0
    for name, code in ((CLAIM, "claim-missing"), ("contract.json", "object-missing")):
        bucket.client.delete_object(Bucket=bucket.name, Key=PREFIX + name)
        verified = command("verify", f"s3://{bucket.name}", "--json")
        assert (verified.status, code in {p["code"] for p in json.loads(verified.stdout)["problems"]}) == (1, True)
