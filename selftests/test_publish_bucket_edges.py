"""A bucket at its edges: what is asked of the store, and what each of its answers means."""

import base64
import hashlib
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import store_s3
from packaging_readiness.evidence.store_s3 import parse_location
from selftests.made_up_bucket import Client, bucket


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "quotes the request"}}, "Operation")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://abc", ("abc", "")),
        ("s3://abc/", ("abc", "")),
        ("s3://a1.b-2/x", ("a1.b-2", "x/")),
        ("s3://0bc/x/", ("0bc", "x/")),
        ("s3://abc/x/y z", ("abc", "x/y z/")),
        ("s3://abc/..x/y..", ("abc", "..x/y../")),
        ("s3://" + "a" * 63, ("a" * 63, "")),
    ],
)
def test_a_location_is_taken_apart(url: str, expected: tuple[str, str]) -> None:
    location = parse_location(url)
    assert (location.bucket, location.prefix) == expected
    assert str(location) == f"s3://{expected[0]}/{expected[1]}"


@pytest.mark.parametrize(
    "url",
    ["s3://ab", "s3://" + "a" * 64, "s3://-bc", "s3://ab-", "s3://.bc", "s3://aBc", "s3://abc?x", "s3://abc\n", "abc",
     "xs3://abc", "s3:/abc", "s3://abc//", "s3://abc//x", "s3://abc/x//y", "s3://abc/.", "s3://abc/..", "s3://abc/x/../y",
     "s3://abc/x/./y", "s3://abc/x\ny", "s3://abc/\u202e", ""],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_location_is_refused(url: str) -> None:
    with pytest.raises(InputRefused, match="is no location"):
        parse_location(url)


def test_an_object_is_put_on_the_condition_that_there_is_none() -> None:
    client = Client()
    assert bucket(client).put_once("k", b"data") is True
    assert client.asked == [
        {
            "Bucket": "evidence-bucket",
            "Key": "k",
            "Body": b"data",
            "IfNoneMatch": "*",
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(b"data").digest()).decode(),
            "ContentType": "application/json",
        }
    ]
    assert bucket(Client(puts=[refusal("PreconditionFailed")])).put_once("k", b"data") is False


@pytest.mark.parametrize(("conflicts", "put"), [(1, True), (4, True), (5, False)])
def test_a_conflict_is_tried_five_times_with_a_pause(
    conflicts: int, put: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    client = Client(puts=[refusal("ConditionalRequestConflict")] * conflicts)
    if put:
        assert bucket(client).put_once("k", b"") is True
    else:
        with pytest.raises(CannotTell, match="others keep putting"):
            bucket(client).put_once("k", b"")
    assert (len(client.asked), pauses) == (min(conflicts + 1, 5), [0.2] * conflicts)


def test_any_other_refusal_of_a_put_is_told_at_once() -> None:
    client = Client(puts=[refusal("SlowDown")])
    with pytest.raises(CannotTell, match="SlowDown") as refused:
        bucket(client).put_once("a\nb", b"")
    assert (refused.value.place, len(client.asked)) == ("s3://evidence-bucket/a\\nb", 1)


@pytest.mark.parametrize(
    ("version", "expected"), [(None, None), ("null", None), ("v1", "v1"), (7, "7"), ("", "")], ids=repr
)
def test_an_object_comes_with_its_version(version: Any, expected: str | None) -> None:
    client = Client({"k": b"data"}, version=version)
    assert bucket(client).get("k", 4) == (b"data", expected)
    assert client.asked == [{"Bucket": "evidence-bucket", "Key": "k"}]
    assert (client.bodies[0].asked, client.bodies[0].closed) == (5, True)


def test_an_object_beyond_the_limit_is_not_read() -> None:
    client = Client({"k": b"data"})
    assert bucket(client).get("k", 3) == (None, None)
    assert (client.bodies[0].asked, client.bodies[0].closed) == (-1, True)
    assert bucket(Client({"k": b"data"}, lengths={"k": "4"})).get("k", 4) == (b"data", None)


@pytest.mark.parametrize("length", [3, 5])
def test_an_answer_of_another_length_than_it_says_is_told(length: int) -> None:
    with pytest.raises(CannotTell, match="cut short"):
        bucket(Client({"k": b"data"}, lengths={"k": length})).get("k", 9)


class Pages:
    """A listing in pages, the last of which has nothing."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        number = len(self.asked)
        if number == 3:
            return {"IsTruncated": False}
        entries = [{"Key": f"k{number}", "Size": str(number)}, {"Key": f"l{number}", "Size": 0}]
        return {"Contents": entries, "IsTruncated": True, "NextContinuationToken": f"t{number}"}


def test_a_listing_is_followed_to_its_end_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages()
    assert list(bucket(pages).keys("p/")) == [("k1", 1), ("l1", 0), ("k2", 2), ("l2", 0)]
    first = {"Bucket": "evidence-bucket", "Prefix": "p/"}
    assert pages.asked == [first, {**first, "ContinuationToken": "t1"}, {**first, "ContinuationToken": "t2"}]
    monkeypatch.setattr(store_s3, "_KEYS_LIMIT", 4)
    assert len(list(bucket(Pages()).keys("p/"))) == 4
    monkeypatch.setattr(store_s3, "_KEYS_LIMIT", 3)
    with pytest.raises(CannotTell, match="more than 3 keys") as refused:
        list(bucket(Pages()).keys("p/"))
    assert refused.value.place == "s3://evidence-bucket/p/"


def test_ten_thousand_keys_may_lie_in_one_place() -> None:
    client = Client({str(number): b"" for number in range(10_000)})
    assert sum(1 for _ in bucket(client).keys("")) == 10_000
    client.objects["x"] = b""
    with pytest.raises(CannotTell, match="more than 10000 keys"):
        list(bucket(client).keys(""))


@pytest.mark.parametrize(("status", "expected"), [(None, None), ("Enabled", "Enabled"), ("Suspended", "Suspended")])
def test_versioning_is_told_as_the_store_says_it(status: Any, expected: str | None) -> None:
    assert bucket(Client(status=status)).versioning() == expected


class Lock:
    """A store that answers about locks as it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get_object_lock_configuration(self, **_: Any) -> Any:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, None),
        ({"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE"}}}}, None),
        ({"ObjectLockConfiguration": {"ObjectLockEnabled": "Disabled"}}, None),
        ({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {}}}, "Enabled"),
        ({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {}}}}, "Enabled"),
    ],
)
def test_a_lock_without_a_mode_is_told_as_one(answer: dict[str, Any], expected: str | None) -> None:
    assert bucket(Lock(answer)).object_lock() == expected
