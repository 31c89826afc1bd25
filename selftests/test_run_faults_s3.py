"""A store that answers 500, 503, too late, by half, or with somebody else's page: told, never taken for an answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from packaging_readiness.commands import s3
from selftests.evidence_recipes import MANIFEST, made_up_credentials, pack, written
from selftests.main_job import Ran, command
from selftests.s3_server import BUCKET, Fault, Store, s3_server

RESULTS = "check_results.json"
PAGE = "<html><body>Please sign in to the network. verdict PASS</body></html>"
# What happens, in which words it is told, and whether every object lies there all the same (then only asking failed).
READING = {
    "list-500": (Fault("LIST", status=500, code="InternalError"), "s3:ListBucket failed (InternalError)"),
    "list-503": (Fault("LIST", status=503, code="SlowDown"), "s3:ListBucket failed (SlowDown)"),
    "list-late": (Fault("LIST", delay_s=1), "s3:ListBucket could not be asked (ReadTimeoutError)"),
    "list-page": (Fault("LIST", page=PAGE), "holds no bundle"),
    "get-500": (Fault("GET", RESULTS, status=500, code="InternalError"), "s3:GetObject failed (InternalError)"),
    "get-503": (Fault("GET", RESULTS, status=503, code="ServiceUnavailable"), "failed (ServiceUnavailable)"),
    "get-late": (Fault("GET", RESULTS, delay_s=1), "s3:GetObject could not be asked (ReadTimeoutError)"),
    "get-cut": (Fault("GET", RESULTS, cut=5), "the answer was cut short"),
}
WRITING = {
    "claim-503": (Fault("PUT", "bundle_claim.json", status=503, code="SlowDown"), "s3:PutObject failed (SlowDown)"),
    "manifest-500": (Fault("PUT", MANIFEST, status=500, code="InternalError"), "s3:PutObject failed (InternalError)"),
    "get-503": READING["get-503"],
    "get-late": READING["get-late"],
    "list-500": READING["list-500"],
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    made_up_credentials(monkeypatch)
    monkeypatch.setattr(s3, "_READ_TIMEOUT", 0.3)
    monkeypatch.setattr(s3, "_ATTEMPTS", 1)
    with s3_server() as running:
        yield running


@pytest.fixture
def good(tmp_path: Path) -> Path:
    written(pack("good"), tmp_path / "good")
    return tmp_path / "good"


def publish(store: Store, root: Path) -> Ran:
    return command("publish", root, f"s3://{BUCKET}", "--endpoint-url", store.url)


def verify(store: Store) -> Ran:
    return command("verify", f"s3://{BUCKET}", "--endpoint-url", store.url)


def told(ran: Ran, cause: str) -> None:
    assert ran.status == 2, ran.text
    assert (cause in ran.stderr, "fix: " in ran.stderr) == (True, True), ran.text
    for hidden in ("Traceback", "PASS", "AKIA"):
        assert hidden not in ran.text


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """What lies in the store once the good bundle was published."""
    root = tmp_path_factory.mktemp("published")
    written(pack("good"), root / "good")
    with pytest.MonkeyPatch.context() as patch, s3_server() as running:
        made_up_credentials(patch)
        assert publish(running, root / "good").status == 0
        return dict(running.objects)


@pytest.mark.parametrize("name", WRITING)
def test_publishing_stops_and_the_next_one_completes_it(
    name: str, store: Store, good: Path, published: Mapping[str, bytes]
) -> None:
    fault, cause = WRITING[name]
    store.faults.append(fault)
    told(publish(store, good), cause)
    assert not (good.parent / "good.publish_receipt.json").exists()
    assert store.objects.keys() < published.keys(), "the manifest is there, and was not read back"
    store.faults.clear()
    again = publish(store, good)
    assert (again.status, store.objects == published) == (0, True), again.text
    assert len(store.puts) == len(set(store.puts)), "nothing was put twice"


@pytest.mark.parametrize("name", READING)
def test_verifying_does_not_take_it_for_an_answer(name: str, store: Store, published: Mapping[str, bytes]) -> None:
    store.objects |= published
    fault, cause = READING[name]
    store.faults.append(fault)
    told(verify(store), cause)
    store.faults.clear()
    assert verify(store).status == 0


def test_page_in_place_of_an_object_is_no_object(store: Store, good: Path, published: Mapping[str, bytes]) -> None:
    store.objects |= published
    store.faults.append(Fault("GET", RESULTS, page=PAGE))
    ran = verify(store)
    assert (ran.status, "NOT coherent" in ran.stdout, "verdict PASS" in ran.text) == (1, True, False), ran.text
    assert publish(store, good).status == 1
    store.faults.clear()
    assert publish(store, good).status == 0


def test_store_that_is_slow_is_waited_for(store: Store, good: Path, published: Mapping[str, bytes]) -> None:
    store.faults += [Fault(method, delay_s=0.1, times=1) for method in ("PUT", "GET", "LIST")]
    assert (publish(store, good).status, store.objects == published) == (0, True)


@pytest.mark.parametrize("name", ["bundle_claim.json", MANIFEST])
def test_object_that_was_stored_before_the_answer_failed_counts(
    name: str, store: Store, good: Path, published: Mapping[str, bytes]
) -> None:
    """A 500 says nothing of whether the object lies there."""
    store.faults.append(Fault("PUT", name, status=500, code="InternalError", stored=True, times=1))
    told(publish(store, good), "failed (InternalError)")
    assert (publish(store, good).status, store.objects == published) == (0, True)
