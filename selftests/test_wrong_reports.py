"""Reports that do not make one run: each way to hand them in is refused, or ends in FAIL, for a reason of its own."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from selftests import wrong_reports as wr
from selftests.main_job import FOLDER, Ran, command
from selftests.synthetic import as_bytes, bundle

OTHER_SHA, OTHER_DIGEST = "0" * 40, "sha256:" + "0" * 64
SCAN, MODE, DEFAULT_DENY = "m1d.context.scan", "m1a.reference.mode", "m1a.payload.default-deny"
SECOND = ("m1b-2.json",)


def nothing(_: object) -> None:
    """An edit that changes nothing."""


# What was done: how, which reports the refusal names, and its own words.
REFUSED: Mapping[str, tuple[wr.Wrong, tuple[str, ...], str]] = {
    # Two runs mixed.
    "other-run-id": (
        wr.identity("m1c.json", platform_run_id="platform_20260223T000000Z"),
        ("m1c.json",),
        "are not of one run: platform_run_id is ",
    ),
    "other-commit": (wr.identity("m1a.json", git_sha=OTHER_SHA), ("m1a.json",), "are not of one run: git_sha is "),
    "other-branch": (wr.identity("m1d.json", git_ref="side"), ("m1d.json",), "are not of one run: git_ref is "),
    "detached-head": (wr.identity("m1d.json", git_ref=None), ("m1d.json",), "git_ref is "),
    "dirty-tree-in-one": (wr.identity("m1b-1.json", dirty=True), ("m1b-1.json",), "are not of one run: dirty is "),
    "other-environment": (wr.identity("m1c.json", aws="embedded"), ("m1c.json",), "are not of one run: aws is "),
    "other-suite-version": (
        wr.identity("m1e.json", suite_version="0.0.9"),
        ("m1e.json",),
        "are not of one run: suite_version is ",
    ),
    "other-suite-files": (
        wr.identity("m1e.json", suite_digest=OTHER_DIGEST),
        ("m1e.json",),
        "are not of one run: suite_digest is ",
    ),
    "other-contract": (
        wr.other_contract("m1a.json", name="another_platform"),
        ("m1a.json",),
        "contract_digest is ",
    ),
    "other-contract-environment": (
        wr.other_contract("m1d.json", environment="prod"),
        ("m1d.json",),
        "contract_digest is ",
    ),
    "other-workflow-run": (
        wr.identity("m1c.json", workflow_run_id="1"),
        ("m1c.json",),
        "are not of one run: workflow_run_id is ",
    ),
    "other-workflow-url": (
        wr.identity("m1c.json", workflow_run_url=None),
        ("m1c.json",),
        "are not of one run: workflow_run_url is ",
    ),
    "other-waivers": (
        wr.identity(
            "m1a.json", carried={"waivers": [], "acceptances": [{"blocker": "M1A-B1", "owner": "x", "reason": "y"}]}
        ),
        ("m1a.json",),
        "are not of one run: carried is ",
    ),
    "other-image": (
        wr.images("m1b-2.json", digest=OTHER_DIGEST),
        SECOND,
        "are not of one image: image digest is ",
    ),
    "other-build-of-the-image": (
        wr.images("m1b-2.json", engine_version="5.0.0"),
        SECOND,
        "are not of one image: image.engine_version differs",
    ),
    "two-images-in-one-report": (
        wr.entry(
            "m1b-2.json",
            "m1b.run.help[ig]",
            lambda found: found["metadata"]["readiness"]["image"].update(digest=OTHER_DIGEST),
        ),
        SECOND,
        "used another image than the checks before it",
    ),
    # Reports twice, shards mixed.
    "same-file-twice": (
        lambda files: files.update({"again.json": files["m1a.json"]}),
        ("again.json", "m1a.json"),
        "are the same report twice",
    ),
    "lane-run-twice": (
        wr.beside("again.json", "m1a.json", nothing),
        ("again.json", "m1a.json"),
        "both hold m1a.",
    ),
    "check-twice-in-one-report": (
        wr.honest("m1d.json", lambda content: content["tests"].append(wr.entry_of(content, SCAN))),
        ("m1d.json",),
        f"holds {SCAN} twice",
    ),
    "shard-run-twice": (
        wr.beside("again.json", "m1b-2.json", nothing),
        ("again.json", "m1b-2.json"),
        "are one shard twice: shard.index is 2 in both (M1.B)",
    ),
    "empty-shard-beside-the-full-one": (
        wr.beside("again.json", "m1b-2.json", lambda content: content.update(tests=[])),
        ("again.json", "m1b-2.json"),
        "are one shard twice: shard.index is 2 in both (no result)",
    ),
    "shard-of-another-split": (
        wr.header("m1b-3.json", shard={"index": 3, "of": 4}),
        ("m1b-3.json",),
        "shard",
    ),
    "empty-report-beside-a-shard": (
        wr.honest("m1d.json", lambda content: content.update(tests=[], exitcode=5)),
        ("m1b-", "m1d.json"),
        "mix a shard with an undivided report of no result: shard is ",
    ),
    "shard-beside-the-whole-lane": (
        wr.beside("whole.json", "m1b-1.json", lambda content: content["readiness"].update(shard=None)),
        ("whole.json", "m1b-1.json"),
        "mix a shard with an undivided report of M1.B: shard is ",
    ),
    "check-of-another-shard": (
        wr.header("m1b-2.json", shard={"index": 1, "of": 3}),
        SECOND,
        "shard.index is 1, and m1b.",
    ),
    "shard-zero": (
        wr.header("m1b-1.json", shard={"index": 0, "of": 3}),
        ("m1b-1.json",),
        "readiness.shard: there is no part 0 of 3",
    ),
    "shard-beyond-the-last": (
        wr.header("m1b-1.json", shard={"index": 4, "of": 3}),
        ("m1b-1.json",),
        "readiness.shard: there is no part 4 of 3",
    ),
    "more-shards-than-entrypoints": (
        wr.header("m1b-1.json", shard={"index": 1, "of": 22}),
        ("m1b-1.json",),
        "shard.of is 22, and the contract has only 21 entrypoints",
    ),
    # Files that are no whole report.
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
    # Outcomes that were edited.
    "result-cut-out": (
        wr.report("m1d.json", lambda content: content["tests"].remove(wr.entry_of(content, SCAN))),
        ("m1d.json",),
        "summary.'passed': counts other tests than the ",
    ),
    "outcome-edited": (
        wr.report(
            "m1a.json",
            lambda content: (
                wr.failed(content, DEFAULT_DENY),
                wr.entry_of(content, DEFAULT_DENY).update(outcome="passed"),
            ),
        ),
        ("m1a.json",),
        "summary.'failed': counts other tests than the 0",
    ),
    "outcome-and-summary-edited": (
        wr.report(
            "m1a.json",
            lambda content: content.update(exitcode=1),
        ),
        ("m1a.json",),
        "exitcode: is 1, and none of its tests failed",
    ),
    "exit-code-edited": (
        wr.report("m1a.json", lambda content: (wr.failed(content, DEFAULT_DENY), content.update(exitcode=0))),
        ("m1a.json",),
        "exitcode: is 0, and 1 of its tests failed",
    ),
    "tests-under-the-exit-code-for-none": (
        wr.report("m1a.json", lambda content: content.update(exitcode=5)),
        ("m1a.json",),
        "exitcode: is 5 (no tests), and it holds ",
    ),
    "summary-left-out": (
        wr.report("m1a.json", lambda content: content.pop("summary")),
        ("m1a.json",),
        "summary: does not say how many tests it holds",
    ),
    "passes-with-a-reason": (
        wr.record("m1d.json", SCAN, reason="secret-in-context"),
        ("m1d.json",),
        f"{SCAN}: passes, and says what was found wrong",
    ),
    "check-of-nobody": (
        wr.record("m1a.json", MODE, check="m1a.reference.made-up"),
        ("m1a.json",),
        "check 'm1a.reference.made-up' is not in the inventory",
    ),
    "decided-row-reported": (
        wr.record("m1e.json", "m1e.handoff.master-plan", check="m1e.handoff.gate"),
        ("m1e.json",),
        "m1e.handoff.gate is decided from results, not reported",
    ),
    "test-without-a-check": (
        wr.entry("m1a.json", MODE, lambda found: found.update(metadata={})),
        ("m1a.json",),
        "recorded no check",
    ),
    "text-over-many-lines": (
        wr.record("m1a.json", MODE, found=["one\ntwo"]),
        ("m1a.json",),
        "hold more than bounded lines",
    ),
    "reason-of-many-words": (
        wr.record("m1a.json", MODE, reason="all is well"),
        ("m1a.json",),
        "reason is more than one word",
    ),
    "image-without-digest": (
        wr.record("m1b-2.json", "m1b.run.help[ig]", image={"engine": "podman"}),
        SECOND,
        "image has no well-formed digest",
    ),
    "image-that-says-more": (
        wr.record("m1b-2.json", "m1b.run.help[ig]", image={"digest": OTHER_DIGEST, "pull_token": "x"}),
        SECOND,
        "image.pull_token: no field of this name is allowed",
    ),
    # Results that deny the header, the image, or themselves.
    "results-of-another-run": (
        wr.observed("m1c.json", "m1c.provenance.field[platform_run_id]", platform_run_id="platform_other"),
        ("m1c.json",),
        "passes, and its platform_run_id is not the run's",
    ),
    "results-of-another-commit": (
        wr.observed("m1c.json", "m1c.provenance.field[git_sha]", git_sha=OTHER_SHA),
        ("m1c.json",),
        "passes, and its git_sha is not the run's",
    ),
    "results-of-another-image": (
        wr.observed("m1c.json", "m1c.provenance.field[image_digest]", image_digest=OTHER_DIGEST),
        ("m1c.json",),
        "passes, and its image_digest is not the run's",
    ),
    "registry-has-another-image": (
        wr.observed("m1c.json", "m1c.mismatch.tag-to-digest", registry_digest=OTHER_DIGEST),
        ("m1c.json",),
        "passes, and its registry_digest is not the run's",
    ),
    "clean-tree-that-was-dirty": (
        wr.observed("m1c.json", "m1c.provenance.clean-tree", dirty_tree=True),
        ("m1c.json",),
        "passes, and the tree is said to be dirty",
    ),
    "help-that-ended-badly": (
        wr.observed("m1b-2.json", "m1b.run.help[ig]", exit_code=1),
        SECOND,
        "passes, and its program ended with an exit code that is not 0",
    ),
    "argument-that-was-not-refused": (
        wr.observed("m1b-2.json", "m1b.contract.unknown-refused[ig]", exit_code=0),
        SECOND,
        "passes, and its program ended with exit code 0 where it had to refuse",
    ),
}


def interrupted(content: wr.Report) -> None:
    """The run was stopped (Ctrl-C) in the middle of its second test."""
    content.update(tests=content["tests"][:2], exitcode=2)
    del content["tests"][1]["call"], content["tests"][1]["teardown"]


# What was done: how, and what bundle and terminal say of rows that are missing or not proved: outcome and reason.
INCOMPLETE: Mapping[str, tuple[wr.Wrong, Mapping[str, str]]] = {
    "lane-a-missing": (wr.without("m1a.json"), {MODE: "not_run no-result"}),
    "lane-b-missing": (
        wr.without("m1b-1.json", "m1b-2.json", "m1b-3.json"),
        {"m1b.matrix.plan-covered": "not_run no-result", "m1b.run.help[sr]": "not_run no-result"},
    ),
    "lane-c-missing": (wr.without("m1c.json"), {"m1c.push.role-permission": "not_run no-result"}),
    "lane-d-missing": (wr.without("m1d.json"), {SCAN: "not_run no-result"}),
    "lane-e-missing": (wr.without("m1e.json"), {"m1e.workflow.dispatchable": "not_run no-result"}),
    "shard-missing": (wr.without("m1b-2.json"), {"m1b.run.help[ig]": "not_run no-result"}),
    "all-but-one-missing": (
        lambda files: wr.without(*(name for name in files if name != "m1e.json"))(files),
        {MODE: "not_run no-result", SCAN: "not_run no-result", "m1b.run.help[sr]": "not_run no-result"},
    ),
    "check-deselected": (
        wr.honest("m1d.json", lambda content: content["tests"].remove(wr.entry_of(content, SCAN))),
        {SCAN: "not_run no-result", "m1e.closure.inventory-complete": "fail results-missing"},
    ),
    "no-test-ran": (
        lambda files: (
            wr.without(*(name for name in files if name != "m1d.json"))(files),
            wr.honest("m1d.json", lambda content: content.update(tests=[], exitcode=5))(files),
        ),
        {"m1d.dockerfile.credential-names": "not_run no-result", MODE: "not_run no-result"},
    ),
    "interrupted": (
        wr.honest("m1d.json", interrupted),
        {"m1d.dockerfile.secret-values": "not_run interrupted", SCAN: "not_run no-result"},
    ),
    "killed-before-set-up": (
        wr.entry("m1a.json", MODE, lambda found: [found.pop(phase) for phase in ("setup", "call", "teardown")]),
        {MODE: "not_run interrupted"},
    ),
    "skipped": (
        wr.entry("m1a.json", MODE, lambda found: found["call"].update(outcome="skipped")),
        {MODE: "not_run skipped"},
    ),
    "failed-in-tear-down": (
        wr.entry(
            "m1a.json",
            MODE,
            lambda found: (found.update(outcome="error"), found["teardown"].update(outcome="failed")),
        ),
        {MODE: "error set-up-or-tear-down"},
    ),
    "record-says-otherwise": (
        wr.record("m1a.json", MODE, outcome="fail"),
        {MODE: "error outcome-contradicts-record"},
    ),
    "phase-says-otherwise": (
        wr.entry("m1d.json", SCAN, lambda found: found["call"].update(outcome="failed")),
        {SCAN: "error outcome-contradicts-record", "m1d.managed.checks-held": "fail managed-check-failed"},
    ),
    "deferral-of-nobody": (
        wr.record("m1a.json", MODE, deferral="some-day"),
        {MODE: "error deferral-not-in-contract"},
    ),
    "fact-that-evidence-may-not-hold": (
        wr.observed("m1a.json", MODE, api_token="x"),
        {"m1d.evidence.allow-list": "fail value-not-allowed"},
    ),
    "fact-left-out": (
        wr.record("m1c.json", "m1c.provenance.field[build_actor]", observation={}),
        {"m1c.mismatch.objects-present": "fail objects-incomplete"},
    ),
    "fact-of-another-object": (
        wr.observed("m1c.json", "m1c.provenance.field[image_tag]", image_tag="git-0"),
        {"m1c.mismatch.objects-agree": "fail objects-disagree"},
    ),
    "tag-that-moved": (
        wr.observed("m1c.json", "m1c.mismatch.tag-resolved-again", registry_digest=OTHER_DIGEST),
        {"m1c.mismatch.tag-unmoved": "fail tag-moved"},
    ),
    "registry-that-is-none": (
        lambda files: [
            wr.observed("m1c.json", f"m1c.mismatch.{name}", authority="embedded")(files)
            for name in ("tag-to-digest", "tag-resolved-again")
        ],
        {"m1e.closure.authority": "fail authority-insufficient"},
    ),
    "check-that-failed": (
        wr.report("m1a.json", lambda content: wr.failed(content, DEFAULT_DENY)),
        {DEFAULT_DENY: "fail made-to-fail", "m1e.register.cross-lane": "fail carried-without-acceptance"},
    ),
}


def test_there_are_many_ways_each_with_its_own_words() -> None:
    words = {words.removeprefix("are not of one run: ") for _, _, words in REFUSED.values()}
    assert len(words) >= 60
    assert len(REFUSED) + len(INCOMPLETE) >= 90


def handed_in(files: wr.Files, folder: Path) -> Ran:
    """`bundle` on the reports, in the order of the dictionary."""
    return command("bundle", *wr.written(files, folder), "--out", folder / "out")


def test_the_good_set_passes(tmp_path: Path) -> None:
    ran = handed_in(wr.good_set(), tmp_path)
    assert (ran.status, "M1: PASS" in ran.stdout) == (0, True), ran.text


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_reports_are_refused(name: str, tmp_path: Path) -> None:
    wrong, named, words = REFUSED[name]
    files = wr.good_set()
    wrong(files)
    ran = handed_in(files, tmp_path)
    assert ran.status == 2, ran.text
    assert words in ran.stderr
    for file in named:
        assert file in ran.stderr
    assert (ran.stdout, (tmp_path / "out").exists()) == ("", False)
    assert "Traceback" not in ran.text
    assert str(tmp_path) not in ran.text


@pytest.mark.parametrize("name", INCOMPLETE)
def test_incomplete_reports_end_in_fail(name: str, tmp_path: Path) -> None:
    wrong, rows = INCOMPLETE[name]
    files = wr.good_set()
    wrong(files)
    ran = handed_in(files, tmp_path)
    assert ran.status == 1, ran.text
    assert "M1: FAIL" in ran.stdout
    results = json.loads((tmp_path / "out" / FOLDER / "check_results.json").read_bytes())
    assert results["verdict"] == "FAIL"
    said = {row["id"]: f"{row['outcome']} {row['reason']}" for row in results["results"]}
    assert {row_id: said[row_id] for row_id in rows} == rows
    for row_id, words in rows.items():
        assert f"  {words.split()[0]:8} {row_id}" in ran.stdout.splitlines()


@pytest.mark.parametrize("kind", ["missing", "folder", "link-to-nowhere", "pipe"])
def test_a_path_that_is_no_file_is_refused(kind: str, tmp_path: Path) -> None:
    """Such is what a run leaves that was killed before its end: the report is written last."""
    paths = wr.written(wr.good_set(), tmp_path)
    paths[2].unlink()
    if kind == "folder":
        paths[2].mkdir()
    elif kind == "link-to-nowhere":
        paths[2].symlink_to("nowhere.json")
    elif kind == "pipe":
        os.mkfifo(paths[2])
    ran = command("bundle", *paths, "--out", tmp_path / "out")
    assert ran.status == 2, ran.text
    assert "m1b-2.json: is no regular file" in ran.stderr


def test_an_honest_report_of_the_same_tests_is_no_wrong_report(tmp_path: Path) -> None:
    """The ground that the edits above stand on: read and written again, nothing is refused."""
    files = {name: as_bytes(json.loads(data)) for name, data in wr.good_set().items()}
    assert files == wr.good_set()
    edited = wr.good_set()
    wr.report("m1a.json", lambda content: content.update(duration=1.5))(edited)
    assert handed_in(edited, tmp_path).status == 0
