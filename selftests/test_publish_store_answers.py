"""What the object store may answer, and what publishing and reading make of it; the store is a dictionary here."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence import publish, store_s3
from packaging_readiness.evidence.store import CLAIM, Found
from packaging_readiness.evidence.store_errors import error_code, translated
from packaging_readiness.evidence.store_s3 import Bucket, parse_location, read_bucket
from packaging_readiness.evidence.verify import verify_found
from selftests.evidence_recipes import pack

PLACE = parse_location("s3://evidence-bucket/team")


def refusal(code: object, operation: str = "PutObject") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "quotes the request"}}, operation)


@dataclass
class Client:
    """As much of a client as a bucket asks for. `answers` are raised, one after the other, by the next puts."""

    objects: dict[str, bytes] = field(default_factory=dict)
    answers: list[Exception] = field(default_factory=list)
    page: int = 1000
    cut: int = 0
    lock: dict[str, Any] | Exception = field(default_factory=dict)

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:
        if self.answers:
            raise self.answers.pop(0)
        if Key in self.objects:
            raise refusal("PreconditionFailed")
        self.objects[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:
        data = self.objects[Key]
        return {"Body": io.BytesIO(data[self.cut :]), "ContentLength": len(data), "VersionId": "null"}

    def list_objects_v2(self, *, Prefix: str, ContinuationToken: str = "", **_: Any) -> dict[str, Any]:
        keys = sorted(key for key in self.objects if key.startswith(Prefix) and key > ContinuationToken)
        found = [{"Key": key, "Size": len(self.objects[key])} for key in keys[: self.page]]
        more = len(keys) > self.page
        return {"Contents": found, "IsTruncated": more, **({"NextContinuationToken": found[-1]["Key"]} if more else {})}

    def get_object_lock_configuration(self, **_: Any) -> dict[str, Any]:
        if isinstance(self.lock, Exception):
            raise self.lock
        return {"ObjectLockConfiguration": self.lock}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(store_s3, "_CONFLICT_PAUSE_S", 0.0)
    return Client()


def bucket(client: Client) -> Bucket:
    return Bucket(client, "evidence-bucket")


def quiet(_: publish.Put) -> None:
    """Nobody watches."""


def plan() -> publish.Plan:
    found = Found((), dict(pack("good")), ())
    return publish.plan(found, verify_found(found), PLACE)


@pytest.mark.parametrize(
    ("error", "cause", "cure"),
    [
        (refusal("NoSuchBucket"), "there is no such bucket", "creates none"),
        (refusal("ExpiredToken"), "the credentials were rejected (ExpiredToken)", "sign in"),
        (refusal("AccessDenied"), "access denied (AccessDenied)", "allow s3:PutObject"),
        (refusal("PermanentRedirect"), "in another region", "AWS_REGION"),
        (refusal("NotImplemented"), "cannot put conditionally", "If-None-Match"),
        (refusal("SlowDown"), "failed (SlowDown)", "run again"),
        (refusal("what <it> said"), "failed (Unknown)", "run again"),
        (NoCredentialsError(), "could not be asked (NoCredentialsError)", "sign in"),
        (EndpointConnectionError(endpoint_url="x"), "could not be asked (EndpointConnectionError)", "check network"),
        (OSError(5, "what it said"), "could not be asked (OSError)", "check network"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_refusal_of_the_store_is_told_without_its_own_message(error: Exception, cause: str, cure: str) -> None:
    with pytest.raises(CannotTell) as told, translated("s3:PutObject", "s3://b/k"):
        raise error
    assert cause in told.value.cause
    assert cure in told.value.cure
    assert "quotes the request" not in str(told.value)
    assert "what it said" not in str(told.value)


def test_an_error_of_this_program_is_none_of_the_store() -> None:
    with pytest.raises(ZeroDivisionError), translated("s3:PutObject", "s3://b/k"):
        raise ZeroDivisionError
    assert error_code(ZeroDivisionError()) is None


@pytest.mark.parametrize(
    "url", ["s3://", "s3://b", "s3://A/x", "s3://bucket//x", "s3://bucket/a/../b", "s3://bucket/a\n"]
)
def test_what_is_no_location_is_refused(url: str) -> None:
    with pytest.raises(InputRefused, match="is no location"):
        parse_location(url)


@pytest.mark.parametrize(("url", "shown"), [("s3://bucket", "s3://bucket/"), ("s3://bucket/a/b", "s3://bucket/a/b/")])
def test_a_location_is_a_bucket_and_a_prefix(url: str, shown: str) -> None:
    assert str(parse_location(url)) == shown == str(parse_location(shown))


def test_what_was_published_is_found_and_verifies(client: Client) -> None:
    done = publish.publish(plan(), bucket(client), quiet)
    assert {put.state for put in done.objects} == {"written"}
    client.page = 7
    found = read_bucket(bucket(client), PLACE)
    assert found.published
    assert verify_found(found).coherent
    again = publish.publish(plan(), bucket(client), quiet)
    assert {put.state for put in again.objects} == {"present"}


def test_a_put_that_meets_others_is_tried_again_and_given_up(client: Client) -> None:
    client.answers = [refusal("ConditionalRequestConflict")] * 4
    assert bucket(client).put_once("k", b"x")
    client.answers = [refusal("ConditionalRequestConflict")] * 9
    with pytest.raises(CannotTell, match="others keep putting this object"):
        bucket(client).put_once("j", b"x")


def test_a_run_id_that_another_bundle_took_is_never_overwritten(client: Client) -> None:
    mine = plan()
    client.objects[mine.prefix + CLAIM] = b"{}"
    with pytest.raises(InputRefused, match="belongs to another bundle"):
        publish.publish(mine, bucket(client), quiet)
    assert list(client.objects) == [mine.prefix + CLAIM]


def test_an_object_that_differs_stops_before_the_manifest(client: Client) -> None:
    mine = plan()
    client.objects[mine.prefix + "contract.json"] = b"{}"
    done = publish.publish(mine, bucket(client), quiet)
    assert [put.state for put in done.objects if put.name == "contract.json"] == ["differs"]
    assert mine.prefix + "bundle_manifest.json" not in client.objects


def test_what_lies_beside_the_bundle_stops_before_the_manifest(client: Client) -> None:
    mine = plan()
    client.objects[mine.prefix + "stranger.json"] = b"{}"
    done = publish.publish(mine, bucket(client), quiet)
    assert done.unknown == (mine.prefix + "stranger.json",)
    assert mine.prefix + "bundle_manifest.json" not in client.objects


def test_an_incoherent_bundle_is_not_published() -> None:
    files = {**pack("good"), "contract.json": b"{}"}
    found = Found((), files, ())
    with pytest.raises(InputRefused, match="is not coherent, and so is not published"):
        publish.plan(found, verify_found(found), PLACE)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("evidence/{platform_run_id}", "carries no {phase_id}"),
        ("/{platform_run_id}/{phase_id}", "gives no key prefix"),
        ("../{platform_run_id}/{phase_id}", "gives no key prefix"),
        ("{platform_run_id}/{phase_id}/{more}", "gives no key prefix"),
    ],
)
def test_a_pattern_that_gives_no_prefix_is_told(pattern: str, told: str) -> None:
    import json

    content = json.loads(pack("good")["contract.json"])
    content["handles"][publish.PATTERN] = pattern
    files = {**pack("good"), "contract.json": canonical_json(content)}
    whole = verify_found(Found((), dict(pack("good")), ()))
    with pytest.raises(CannotTell) as refused:
        publish.plan(Found((), files, ()), whole, PLACE)
    assert told in str(refused.value)


def _named(*names: str) -> Callable[[Client], object]:
    return lambda client: client.objects.update(dict.fromkeys(names, b"{}"))


@pytest.mark.parametrize(
    ("fill", "told"),
    [
        (_named(), "holds no bundle"),
        (_named("team/x/note.txt"), "holds no bundle"),
        (_named("team/x/bundle_manifest.json", "team/y/bundle_claim.json"), "holds several bundles: team/x/, team/y/"),
    ],
    ids=["nothing", "something-else", "several"],
)
def test_one_bundle_must_lie_there(client: Client, fill: Callable[[Client], object], told: str) -> None:
    fill(client)
    with pytest.raises((CannotTell, InputRefused), match=told):
        read_bucket(bucket(client), PLACE)


def test_names_and_sizes_that_no_bundle_has_are_problems(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _named("team/bundle_manifest.json", "team/Contract.json", "team/a/b.json", "team/contract.json")(client)
    client.objects["team/big.json"] = b"x" * 50
    monkeypatch.setattr(store_s3, "SIZE_LIMIT", 20)
    found = read_bucket(bucket(client), PLACE)
    assert set(found.files) == {"bundle_manifest.json", "contract.json"}
    assert {problem.code for problem in found.problems} >= {"oversize", "path-escapes"}


def test_too_many_keys_and_answers_cut_short_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _named("a", "b", "c")(client)
    monkeypatch.setattr(store_s3, "_KEYS_LIMIT", 2)
    with pytest.raises(CannotTell, match="more than 2 keys lie there"):
        list(bucket(client).keys(""))
    client.cut = 1
    with pytest.raises(CannotTell, match="the answer was cut short"):
        bucket(client).get("a")
    assert bucket(client).get("a", limit=1) == (None, None)


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        ({}, None),
        ({"ObjectLockEnabled": "Enabled"}, "Enabled"),
        ({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE"}}}, "COMPLIANCE"),
        (refusal("ObjectLockConfigurationNotFoundError"), None),
    ],
)
def test_the_lock_of_a_bucket_is_told(client: Client, lock: dict[str, Any] | Exception, told: str | None) -> None:
    assert bucket(replace(client, lock=lock)).object_lock() == told


def test_a_lock_that_may_not_be_asked_for_cannot_be_told(client: Client) -> None:
    with pytest.raises(CannotTell, match="access denied"):
        bucket(replace(client, lock=refusal("AccessDenied"))).object_lock()
