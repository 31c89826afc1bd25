"""Files that are no whole report, and headers and ends of a run that were edited."""

import json

from selftests import wrong_reports as wr
from selftests.synthetic import bundle
from selftests.wrong_reports import OTHER_DIGEST, Refusals


def nothing(_: object) -> None:
    """An edit that changes nothing."""


BROKEN: Refusals = {
    "empty-file": (wr.text("m1a.json", lambda _: b""), ("m1a.json",), "m1a.json:1: is not JSON"),
    "cut-in-the-middle": (wr.text("m1c.json", lambda data: data[: len(data) // 2]), ("m1c.json",), "is not JSON: "),
    "last-byte-lost": (wr.text("m1c.json", lambda data: data[:-1]), ("m1c.json",), "is not JSON: Expecting ',' "),
    "two-reports-in-one-file": (wr.text("m1c.json", lambda data: data + data), ("m1c.json",), "is not JSON: Extra "),
    "not-utf8": (wr.text("m1a.json", lambda data: data[:-1] + b"\xff}"), ("m1a.json",), "is not UTF-8 (byte "),
    "byte-order-mark": (wr.text("m1a.json", lambda data: b"\xef\xbb\xbf" + data), ("m1a.json",), "BOM"),
    "not-a-number": (
        wr.text("m1a.json", lambda data: data.replace(b'"exitcode": 0', b'"exitcode": NaN')),
        ("m1a.json",),
        "NaN is not JSON",
    ),
    "key-twice": (
        wr.text("m1a.json", lambda data: data.replace(b'"exitcode"', b'"exitcode": 1, "exitcode"')),
        ("m1a.json",),
        "key 'exitcode' stands in one object twice",
    ),
    "nested-without-end": (wr.text("m1a.json", lambda _: b"[" * 100_000), ("m1a.json",), "nested"),
    "object-of-a-bundle": (
        lambda files: files.update({"check_results.json": bundle(json.loads(files["m1a.json"]))["check_results.json"]}),
        ("check_results.json",),
        "is not a report of this suite",
    ),
    "tests-are-no-list": (
        wr.report("m1a.json", lambda content: content.update(tests={})),
        ("m1a.json",),
        "its tests are not a list",
    ),
}
HEADERS: Refusals = {
    # Headers that were edited.
    "header-without-nonce": (
        wr.report("m1a.json", lambda content: content["readiness"].pop("nonce")),
        ("m1a.json",),
        "key 'nonce' is missing",
    ),
    "header-with-more": (wr.header("m1a.json", approved=True), ("m1a.json",), "unknown key 'approved'"),
    "header-of-another-version": (wr.header("m1a.json", schema=2), ("m1a.json",), "readiness.schema: one of 1"),
    "short-commit": (wr.identity("m1a.json", git_sha="5f4e3d2"), ("m1a.json",), "is not a full git sha"),
    "run-id-with-a-path": (wr.identity("m1a.json", platform_run_id="../x"), ("m1a.json",), "is not a run id"),
    "local-time": (
        wr.identity("m1a.json", written_at_utc="2026-02-22T19:48:49+01:00"),
        ("m1a.json",),
        "is not a UTC time",
    ),
    "day-of-no-calendar": (
        wr.identity("m1a.json", written_at_utc="2026-02-30T19:48:49Z"),
        ("m1a.json",),
        "is a day that no calendar has",
    ),
    "word-for-a-flag": (wr.identity("m1a.json", dirty="no"), ("m1a.json",), "identity.dirty: bool is needed"),
    "contract-edited-under-its-digest": (
        wr.report("m1a.json", lambda content: content["readiness"]["contract"].update(environment="prod")),
        ("m1a.json",),
        "the contract in it is not the one its header names",
    ),
    "contract-and-digest-of-nothing": (
        wr.identity("m1c.json", contract_digest=OTHER_DIGEST),
        ("m1c.json",),
        "are not of one run: contract_digest is ",
    ),
    # How the run ended, and when.
    "internal-error": (
        wr.report("m1d.json", lambda content: content.update(exitcode=3)),
        ("m1d.json",),
        "exitcode: is of a run that ended by an internal error",
    ),
    "no-exit-code": (
        wr.report("m1d.json", lambda content: content.pop("exitcode")),
        ("m1d.json",),
        "exitcode: does not say how its run ended",
    ),
    "exit-code-true": (
        wr.report("m1d.json", lambda content: content.update(exitcode=False)),
        ("m1d.json",),
        "exitcode: does not say",
    ),
    "older-than-its-header": (
        wr.identity("m1e.json", written_at_utc="2026-02-22T19:49:50Z"),
        ("m1e.json",),
        "created: it is older than its own header (written_at_utc is 2026-02-22T19:49:50Z)",
    ),
    "written-at-no-time": (
        wr.report("m1e.json", lambda content: content.pop("created")),
        ("m1e.json",),
        "created: does not say when it was written",
    ),
}
