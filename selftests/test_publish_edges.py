"""Publishing step by step with a made-up bucket: what stops it, and what is told of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.publish import Plan, Published, Put, plan, publish
from packaging_readiness.evidence.store import Found
from packaging_readiness.evidence.store_s3 import Location
from packaging_readiness.evidence.verify import Verification
from selftests.stored_facts import CONTRACT_DATA

MANIFEST, CLAIM = "bundle_manifest.json", "bundle_claim.json"
HEAD = {"object": "bundle_manifest", "object_version": 1, "phase_id": "P(-1)", "platform_run_id": "run_1"}
PATTERN = "EVIDENCE_PHASE_PREFIX_PATTERN"


def verification(*problems: Problem) -> Verification:
    return Verification("folder", problems, "PASS", "run_1", 3, ())


def planned(pattern: str | None = None, *, prefix: str = "", more: dict[str, bytes] | None = None) -> Plan:
    handles = {**CONTRACT_DATA["handles"], **({} if pattern is None else {PATTERN: pattern})}
    contract = canonical_json({**CONTRACT_DATA, "handles": handles})
    files = {
        MANIFEST: canonical_json({**HEAD, "objects": []}),
        "contract.json": contract,
        "a.json": b"{}",
        **(more or {}),
    }
    return plan(Found((), files, ()), verification(), Location("evidence-bucket", prefix))


def test_the_claim_is_first_and_the_manifest_last() -> None:
    made = planned(prefix="team/")
    assert (made.bucket, made.prefix, made.platform_run_id) == (
        "evidence-bucket",
        "team/evidence/runs/run_1/P(-1)/",
        "run_1",
    )
    assert list(made.files) == [CLAIM, "a.json", "contract.json", MANIFEST]
    assert made.files["a.json"] == b"{}"
    # A claim that lay beside a copy is made again, not put as it was found.
    assert planned(more={CLAIM: b"{}"}).files[CLAIM] == planned().files[CLAIM] != b"{}"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("e/{platform_run_id}/{phase_id}", "e/run_1/P(-1)/"),
        ("{phase_id}/{platform_run_id}/", "P(-1)/run_1/"),
        ("..{platform_run_id}/{phase_id}..", "..run_1/P(-1)../"),
        ("e/{platform_run_id}", None),
        ("e/{phase_id}", None),
        ("", None),
        ("/{platform_run_id}/{phase_id}/", None),
        ("../{platform_run_id}/{phase_id}/", None),
        ("x/./{platform_run_id}/{phase_id}", None),
        ("{platform_run_id}/{phase_id}/{lane}", None),
    ],
)
def test_the_prefix_is_the_pattern_with_run_and_phase(pattern: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(CannotTell) as told:
            planned(pattern)
        assert told.value.place == "contract.json"
    else:
        assert planned(pattern).prefix == expected


def test_what_is_not_coherent_is_not_published() -> None:
    problems = (Problem("not-json", "a.json", "x"), Problem("empty", "b.json", "y"))
    with pytest.raises(InputRefused, match="2 problems, the first: not-json") as told:
        plan(Found((), {}, ()), verification(*problems), Location("evidence-bucket", ""))
    assert told.value.place == "folder"
    unnamed = Verification("", problems, None, None, 0, ())
    with pytest.raises(InputRefused) as told:
        plan(Found((), {}, ()), unnamed, Location("evidence-bucket", ""))
    assert told.value.place == "the bundle"


class Shelf:
    """As much of a bucket as publishing asks for, and the order in which it did."""

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.asked: list[tuple[str, Any]] = []
        self.changes: dict[str, bytes] = {}

    def put_once(self, key: str, data: bytes) -> bool:
        self.asked.append(("put", key))
        if key in self.objects:
            return False
        self.objects[key] = self.changes.get(key, data)
        return True

    def get(self, key: str, limit: int) -> tuple[bytes | None, str | None]:
        self.asked.append(("get", key))
        data = self.objects[key]
        return (data if len(data) <= limit else None), f"version of {key}"

    def keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        self.asked.append(("list", prefix))
        return iter([(key, len(data)) for key, data in self.objects.items() if key.startswith(prefix)])


PLAN = Plan("evidence-bucket", "p/", "run_1", {CLAIM: b"0", "a.json": b"11", "b.json": b"222", MANIFEST: b"3333"})


def done(shelf: Any) -> tuple[Published, list[Put]]:
    seen: list[Put] = []
    return publish(PLAN, shelf, seen.append), seen


def test_each_object_is_put_and_read_back_and_the_rest_is_looked_for_twice() -> None:
    shelf = Shelf({"q/other.json": b""})
    published, seen = done(shelf)
    assert shelf.objects == {"q/other.json": b"", **{f"p/{name}": data for name, data in PLAN.files.items()}}
    asked = [("put", "get")[number % 2] + f" p/{name}" for name in PLAN.files for number in (0, 1)]
    assert [f"{what} {key}" for what, key in shelf.asked] == [*asked[:6], "list p/", *asked[6:], "list p/"]
    assert (published.holds, published.unknown, list(published.objects)) == (True, (), seen)
    assert [(put.name, put.key, put.size, put.state) for put in seen] == [
        (CLAIM, f"p/{CLAIM}", 1, "written"),
        ("a.json", "p/a.json", 2, "written"),
        ("b.json", "p/b.json", 3, "written"),
        (MANIFEST, f"p/{MANIFEST}", 4, "written"),
    ]
    assert [(put.sha256, put.version_id) for put in seen] == [
        (sha256(data), f"version of p/{name}") for name, data in PLAN.files.items()
    ]
    again, _ = done(shelf)
    assert (again.holds, {put.state for put in again.objects}) == (True, {"present"})


def test_another_claim_is_another_bundle() -> None:
    for other in (b"1", b"00"):
        shelf = Shelf({f"p/{CLAIM}": other})
        with pytest.raises(InputRefused, match="belongs to another bundle") as told:
            done(shelf)
        assert told.value.place == f"s3://evidence-bucket/p/{CLAIM}"
        assert [what for what, _ in shelf.asked] == ["put", "get"]


@pytest.mark.parametrize("name", ["a.json", "b.json", MANIFEST])
def test_an_object_that_differs_ends_it_there(name: str) -> None:
    changing = Shelf()
    changing.changes = {f"p/{name}": b"x"}
    for shelf in (Shelf({f"p/{name}": b"other"}), changing):
        published, seen = done(shelf)
        assert (published.holds, seen[-1].name, seen[-1].state, published.unknown) == (False, name, "differs", ())
        assert [put.name for put in seen] == list(PLAN.files)[: list(PLAN.files).index(name) + 1]


def test_what_is_no_part_of_the_bundle_ends_it_before_the_manifest() -> None:
    shelf = Shelf({"p/x\ny.json": b"", "pq.json": b""})
    published, seen = done(shelf)
    assert (published.holds, published.unknown) == (False, ("p/x\\ny.json",))
    assert [put.name for put in seen] == [CLAIM, "a.json", "b.json"]


class Late(Shelf):
    """Something else is put beside the bundle while the manifest is."""

    def put_once(self, key: str, data: bytes) -> bool:
        if key.endswith(MANIFEST):
            self.objects["p/late.json"] = b""
        return super().put_once(key, data)


def test_what_came_meanwhile_is_told() -> None:
    published, seen = done(Late())
    assert (published.holds, published.unknown, seen[-1].name) == (False, ("p/late.json",), MANIFEST)


def entry(name: str, state: Any = "written") -> Put:
    return Put(name, f"p/{name}", 2, "sha256:0", state, None)


@pytest.mark.parametrize(
    ("objects", "unknown", "holds"),
    [
        ([entry("a.json"), entry(MANIFEST)], (), True),
        ([entry("a.json", "present"), entry(MANIFEST, "present")], (), True),
        ([entry(MANIFEST), entry("a.json")], (), False),
        ([entry("a.json", "differs"), entry(MANIFEST)], (), False),
        ([entry("a.json"), entry(MANIFEST)], ("p/x.json",), False),
        ([], (), False),
    ],
    ids=["written", "present", "no manifest", "differs", "unknown", "nothing"],
)
def test_a_publication_holds_when_the_manifest_ends_it(objects: Any, unknown: Any, holds: bool) -> None:
    assert Published(PLAN, tuple(objects), unknown).holds is holds
