"""Publishing over HTTP: processes that race or are killed, and a store that fails. No traceback, no credentials."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from packaging_readiness.commands import s3
from selftests.evidence_recipes import MANIFEST, made_up_credentials, other_pack, pack, written
from selftests.main_job import Ran, command
from selftests.s3_server import BUCKET, Fault, Store, s3_server

PREFIX = "evidence/runs/platform_20260222T194849Z/P(-1)/"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    made_up_credentials(monkeypatch)
    with s3_server() as running:
        yield running


@pytest.fixture
def good(tmp_path: Path) -> Path:
    written(pack("good"), tmp_path / "good")
    return tmp_path / "good"


def publish(store: Store, root: Path, *more: str, bucket: str = BUCKET) -> Ran:
    return command("publish", root, f"s3://{bucket}", "--endpoint-url", store.url, *more)


def verify(store: Store) -> Ran:
    return command("verify", f"s3://{BUCKET}", "--endpoint-url", store.url, "--json")


def process(store: Store, root: Path) -> "subprocess.Popen[str]":
    """A publisher of its own."""
    arguments = ["publish", str(root), f"s3://{BUCKET}", "--endpoint-url", store.url]
    line = [sys.executable, "-m", "packaging_readiness.cli", *arguments]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_eight_racing_processes_publish_one_bundle_whole(store: Store, good: Path, tmp_path: Path) -> None:
    written(other_pack(), tmp_path / "other")
    roots = [good, tmp_path / "other"]
    racing = [process(store, roots[number % 2]) for number in range(8)]
    ended = [(number % 2, *one.communicate(timeout=120), one.returncode) for number, one in enumerate(racing)]
    (winner,) = {side for side, _, _, status in ended if status == 0}
    assert {(side, status) for side, _, _, status in ended} == {(winner, 0), (1 - winner, 2)}
    assert all("belongs to another bundle" in stderr for side, _, stderr, _ in ended if side != winner)
    files = pack("good") if winner == 0 else other_pack()
    there = {key.removeprefix(PREFIX): data for key, data in store.objects.items()}
    assert {name: data for name, data in there.items() if name != "bundle_claim.json"} == files
    assert len(store.puts) == len(set(store.puts)) == len(files) + 1
    assert verify(store).status == 0


def test_killed_process_is_completed_by_the_next(store: Store, good: Path) -> None:
    store.faults.append(Fault("PUT", "check_results.json", delay_s=5, times=1))
    with process(store, good) as killed:
        assert killed.stderr is not None
        for _ in range(3):
            killed.stderr.readline()
        killed.kill()
    codes = {problem["code"] for problem in json.loads(verify(store).stdout)["problems"]}
    assert "manifest-missing" in codes
    assert PREFIX + MANIFEST not in store.objects
    again = publish(store, good)
    assert again.status == 0, again.text
    assert len(store.puts) == len(set(store.puts))
    assert verify(store).status == 0


REFUSED = {
    "denied": (Fault("PUT", status=403, code="AccessDenied"), "access denied", "allow s3:PutObject"),
    "credentials-rejected": (Fault("PUT", status=403, code="SignatureDoesNotMatch"), "credentials were rejected", ""),
    "broken": (Fault("PUT", status=500, code="InternalError"), "failed (InternalError)", "it resumes"),
    "busy": (Fault("PUT", status=503, code="SlowDown"), "failed (SlowDown)", "it resumes"),
    "not-conditional": (Fault("PUT", status=501, code="NotImplemented"), "cannot put conditionally", "If-None-Match"),
    "unreadable": (Fault("GET", status=403, code="AccessDenied"), "s3:GetObject: access denied", ""),
    "cut-short": (Fault("GET", cut=5), "the answer was cut short", "run again"),
    "unlistable": (Fault("LIST", status=403, code="AccessDenied"), "s3:ListBucket: access denied", ""),
    "odd-code": (Fault("PUT", status=400, code="AKIA secret!"), "failed (Unknown)", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_of_the_store_is_told_and_nothing_is_committed(name: str, store: Store, good: Path) -> None:
    fault, cause, cure = REFUSED[name]
    store.faults.append(fault)
    done = publish(store, good)
    told(done, cause)
    assert cure in done.stderr
    assert PREFIX + MANIFEST not in store.objects
    store.faults.clear()
    assert publish(store, good).status == 0


def test_store_that_is_busy_once_is_asked_again(store: Store, good: Path) -> None:
    store.faults += [
        Fault("PUT", status=503, code="SlowDown", times=1),
        Fault("GET", status=500, code="InternalError", times=1),
    ]
    assert publish(store, good).status == 0


def test_store_that_does_not_answer_is_told(store: Store, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_READ_TIMEOUT", 0.2)
    monkeypatch.setattr(s3, "_ATTEMPTS", 1)
    store.faults.append(Fault("PUT", delay_s=1))
    told(publish(store, good), "could not be asked (ReadTimeoutError)")


def test_missing_bucket_is_told(store: Store, good: Path) -> None:
    told(publish(store, good, bucket="another-bucket"), "there is no such bucket")
    told(command("verify", "s3://another-bucket", "--endpoint-url", store.url), "there is no such bucket")


def test_missing_credentials_are_told(store: Store, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    told(publish(store, good), "(NoCredentialsError)")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no url", "http://", "ftp://x"])
def test_endpoint_that_is_none_is_told(url: str, store: Store, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_ATTEMPTS", 1)
    store.url = url
    told(publish(store, good), "could not be asked")


@pytest.mark.parametrize(
    "url", ["s3://", "s3://B", "s3://x", "s3://bucket/../other", "s3://bucket//x", "s3://bu_cket/", "x"]
)
def test_location_that_is_none_is_refused(url: str, good: Path) -> None:
    told(command("publish", good, url), "is no location like s3://bucket/prefix")


@pytest.mark.parametrize("option", [("--receipt", "/nowhere/receipt.json")])
def test_receipt_that_cannot_be_written_is_told(option: tuple[str, str], store: Store, good: Path) -> None:
    told(publish(store, good, *option), "the receipt cannot be written")


def test_place_without_a_bundle_is_no_verdict(store: Store) -> None:
    told(verify(store), "holds no bundle")
    for run in ("a", "b"):
        store.objects[f"evidence/runs/{run}/P0/{MANIFEST}"] = b"{}"
    told(verify(store), "holds several bundles")


def test_too_many_keys_are_not_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packaging_readiness.evidence.store_s3._KEYS_LIMIT", 3)
    store.objects |= {f"x/{number}": b"" for number in range(4)}
    told(verify(store), "more than 3 keys")


def test_oversize_object_is_not_read(store: Store, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert publish(store, good).status == 0
    monkeypatch.setattr("packaging_readiness.evidence.store_s3.SIZE_LIMIT", 30_000)
    verified = verify(store)
    problems = json.loads(verified.stdout)["problems"]
    assert (verified.status, "oversize" in {p["code"] for p in problems if p["object"] == "check_results.json"}) == (
        1,
        True,
    )


def told(ran: Ran, cause: str) -> None:
    """Exit status 2, one message with its cause and cure, no traceback, nothing of the credentials."""
    assert (ran.status, cause in ran.stderr) == (2, True), ran.text
    for hidden in ("Traceback", "AKIA", "notasecret"):
        assert hidden not in ran.text
