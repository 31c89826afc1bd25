"""Manifest, claim and envelopes at their edges: what each says of the files beside it, and what it may not say."""

import base64
import json
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence.claim import claim_for, claim_problems
from packaging_readiness.evidence.envelopes import envelope_names, envelope_problems, signed_object
from packaging_readiness.evidence.manifest import manifest_problems
from packaging_readiness.evidence.store import Found
from selftests.stored_facts import told

MANIFEST, CLAIM = "bundle_manifest.json", "bundle_claim.json"
FILES = {"a.json": b'{"a":1}\n', "b.json": b'{"b":22}\n'}
HEAD = {"object": "bundle_manifest", "object_version": 1, "phase_id": "P(-1)", "platform_run_id": "run_1"}
Told = list[tuple[str, str]]


def entry(name: str, **other: Any) -> dict[str, Any]:
    data = FILES.get(name, b"")
    return {"name": name, "size": len(data), "sha256": sha256(data), **other}


def manifest(objects: Any = None, **other: Any) -> bytes:
    listed = [entry("a.json"), entry("b.json")] if objects is None else objects
    return canonical_json({**HEAD, "objects": listed, **other})


def problems(data: bytes, **more: bytes) -> Told:
    files = {**FILES, MANIFEST: data, **{f"{name}.json": content for name, content in more.items()}}
    return told(manifest_problems(files))


def test_a_manifest_of_what_lies_beside_it_has_no_problem() -> None:
    assert problems(manifest()) == []
    claimed = {**FILES, MANIFEST: manifest(), CLAIM: b"x", "a.dsse.json": b"x", "bundle_manifest.dsse.json": b"x"}
    assert told(manifest_problems(claimed)) == []
    beside = {**claimed, "a.dsse.json.bak": b"x"}
    assert told(manifest_problems(beside)) == [("object-unlisted", "a.dsse.json.bak")]


def test_a_manifest_that_is_not_there_or_cannot_be_read() -> None:
    assert told(manifest_problems(FILES)) == [("manifest-missing", MANIFEST)]
    assert problems(b"{") == [("not-json", MANIFEST)]
    assert problems(manifest()[:-1]) == [("not-canonical", MANIFEST)]


@pytest.mark.parametrize(
    "data",
    [
        manifest(object="manifest"),
        manifest(object_version=2),
        manifest(more=1),
        canonical_json({key: value for key, value in json.loads(manifest()).items() if key != "phase_id"}),
        canonical_json({key: value for key, value in json.loads(manifest()).items() if key != "platform_run_id"}),
    ],
    ids=["another object", "another version", "a key more", "no phase", "no run"],
)
def test_a_manifest_of_another_form_is_told(data: bytes) -> None:
    assert problems(data) == [("manifest-malformed", MANIFEST)]


@pytest.mark.parametrize("objects", [5, {"a.json": 1}, "a.json"])
def test_objects_that_are_no_list_leave_everything_unlisted(objects: Any) -> None:
    assert problems(manifest(objects)) == [
        ("manifest-malformed", MANIFEST),
        ("object-unlisted", "a.json"),
        ("object-unlisted", "b.json"),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("a.json", "manifest-malformed"),
        (["name", "size", "sha256"], "manifest-malformed"),
        ({"name": "a.json", "size": 8}, "manifest-malformed"),
        (entry("a.json", more=1), "manifest-malformed"),
        ({**entry("a.json"), "name": 5}, "manifest-malformed"),
        (entry("a.json", size="8"), "manifest-malformed"),
        (entry("a.json", size=True), "manifest-malformed"),
        (entry("a.json", size=8.5), "manifest-malformed"),
        (entry("a.json", size=-1), "manifest-malformed"),
        (entry("a.json", sha256=5), "manifest-digest-malformed"),
        (entry("a.json", sha256="0" * 64), "manifest-digest-malformed"),
        (entry("a.json", sha256="sha256:" + "0" * 63), "manifest-digest-malformed"),
        (entry("a.json", sha256="sha256:" + "0" * 65), "manifest-digest-malformed"),
        (entry("a.json", sha256="sha256:" + "0" * 64 + "\n"), "manifest-digest-malformed"),
        (entry("a.json", sha256="sha256:" + "A" * 64), "manifest-digest-malformed"),
    ],
)
def test_an_entry_of_another_form_is_told_and_lists_nothing(wrong: Any, code: str) -> None:
    assert problems(manifest([wrong, entry("b.json")])) == [(code, MANIFEST), ("object-unlisted", "a.json")]


def test_an_empty_object_may_be_listed() -> None:
    assert problems(manifest([entry("a.json"), entry("b.json"), entry("c.json")]), c=b"") == []


def test_entries_are_sorted_and_name_each_object_once() -> None:
    assert problems(manifest([entry("b.json"), entry("a.json")])) == [("manifest-unsorted", MANIFEST)]
    assert problems(manifest([entry("a.json"), entry("a.json"), entry("b.json")])) == [("manifest-doubled", "a.json")]


@pytest.mark.parametrize("name", [CLAIM, MANIFEST, "b.dsse.json"])
def test_what_has_no_place_in_a_manifest_is_told(name: str) -> None:
    found = problems(manifest(sorted([entry("a.json"), entry("b.json"), entry(name)], key=lambda each: each["name"])))
    assert ("manifest-lists-itself", name) in found
    assert found[1:] == [("size-differs" if name == MANIFEST else "object-missing", name)]


@pytest.mark.parametrize(
    ("name", "code"), [("../c.json", "path-escapes"), ("/c.json", "path-absolute"), ("c", "name-not-allowed")]
)
def test_a_name_that_no_object_has_is_told(name: str, code: str) -> None:
    objects = sorted([entry("a.json"), entry("b.json"), entry(name)], key=lambda each: each["name"])
    assert problems(manifest(objects)) == [(code, name), ("object-missing", name)]


def test_names_that_differ_in_case_only_are_told() -> None:
    assert problems(manifest([entry("A.json"), entry("a.json"), entry("b.json")])) == [
        ("name-not-allowed", "A.json"),
        ("name-case", "a.json"),
        ("object-missing", "A.json"),
    ]


def test_what_differs_from_its_entry_is_told_once() -> None:
    assert problems(manifest([entry("a.json", size=9), entry("b.json")])) == [("size-differs", "a.json")]
    other = entry("a.json", sha256=sha256(b""))
    assert problems(manifest([other, entry("b.json")])) == [("digest-differs", "a.json")]
    assert problems(manifest([entry("a.json", size=9, sha256=sha256(b"")), entry("b.json")])) == [
        ("size-differs", "a.json")
    ]
    assert problems(manifest([entry("a.json"), entry("b.json"), entry("c.json")])) == [("object-missing", "c.json")]
    assert problems(manifest([entry("a.json")])) == [("object-unlisted", "b.json")]
    assert problems(manifest(), d=b"x", c=b"x") == [("object-unlisted", "c.json"), ("object-unlisted", "d.json")]


def claimed(claim: bytes | None, files: dict[str, bytes] | None = None, *, published: bool = False) -> Told:
    there = {MANIFEST: manifest()} if files is None else files
    given = there if claim is None else {**there, CLAIM: claim}
    return told(claim_problems(Found((), given, (), published=published)))


GOOD_CLAIM = json.loads(claim_for(manifest(), HEAD))


def claim(**other: Any) -> bytes:
    return canonical_json({key: value for key, value in {**GOOD_CLAIM, **other}.items() if value is not None})


def test_a_claim_is_of_the_manifest_beside_it() -> None:
    assert {
        "object": "bundle_claim",
        "object_version": 1,
        "phase_id": "P(-1)",
        "platform_run_id": "run_1",
        "manifest_sha256": sha256(manifest()),
    } == GOOD_CLAIM
    assert claimed(claim(), published=True) == claimed(None) == []
    assert claimed(None, published=True) == [("claim-missing", CLAIM)]
    assert claimed(claim(platform_run_id="run_2")) == [("run-id-differs", CLAIM)]
    assert claimed(claim(phase_id="P0")) == [("phase-differs", CLAIM)]
    assert claimed(claim(manifest_sha256=sha256(b""))) == [("claim-differs", CLAIM)]
    assert claimed(claim(), {MANIFEST: manifest(phase_id="P0")}) == [
        ("phase-differs", CLAIM),
        ("claim-differs", CLAIM),
    ]
    assert claimed(claim(), {}) == claimed(claim(), {MANIFEST: b"{"}) == []


@pytest.mark.parametrize(
    "other",
    [{"object": "claim"}, {"object_version": 2}, {"more": 1}, {"phase_id": None}, {"manifest_sha256": None}],
    ids="-".join,
)
def test_a_claim_of_another_form_is_told_and_nothing_more_of_it(other: dict[str, Any]) -> None:
    assert claimed(claim(**{"platform_run_id": "run_2", **other})) == [("claim-malformed", CLAIM)]


def test_a_claim_that_cannot_be_read_or_is_not_canonical_is_told() -> None:
    assert claimed(b"{") == [("not-json", CLAIM)]
    assert claimed(claim(phase_id="P0")[:-1]) == [("not-canonical", CLAIM), ("phase-differs", CLAIM)]


PAYLOAD = base64.b64encode(FILES["a.json"]).decode()


def envelope(payload: Any = PAYLOAD, **other: Any) -> dict[str, Any]:
    content = {"payload": payload, "payloadType": "t", "signatures": [], **other}
    return {key: value for key, value in content.items() if value is not None}


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (envelope(), []),
        (envelope(base64.b64encode(b"{}").decode()), ["envelope-payload-differs"]),
        (envelope(None), ["envelope-malformed"]),
        (envelope(5), ["envelope-malformed"]),
        (envelope("%%%"), ["envelope-malformed"]),
        (envelope("eA"), ["envelope-malformed"]),
        (envelope("é"), ["envelope-malformed"]),
        (envelope(envelope()["payload"] + "\n"), ["envelope-malformed"]),
        (envelope(signatures=None), ["envelope-malformed"]),
        (envelope(signatures={}), ["envelope-malformed"]),
        (envelope(payloadType=None), ["envelope-malformed"]),
        (envelope(payloadType=["t"]), ["envelope-malformed"]),
        (envelope("", payloadType=5), ["envelope-malformed", "envelope-payload-differs"]),
    ],
)
def test_an_envelope_signs_the_object_that_it_is_named_after(content: dict[str, Any], codes: list[str]) -> None:
    data = json.dumps(content).encode()
    assert told(envelope_problems({**FILES, "a.dsse.json": data})) == [(code, "a.dsse.json") for code in codes]


def test_envelopes_are_told_in_their_order_whatever_became_of_others() -> None:
    data = json.dumps(envelope()).encode()
    files = {**FILES, "c.dsse.json": data, "b.dsse.json": b"[", "a.dsse.json": data, "x.dsse.jsonx": b"", "dsse": b""}
    assert envelope_names(files) == ["a.dsse.json", "b.dsse.json", "c.dsse.json"]
    assert told(envelope_problems(files)) == [("not-json", "b.dsse.json"), ("envelope-without-object", "c.dsse.json")]
    assert signed_object("sbom.cdx.dsse.json") == "sbom.cdx.json"
