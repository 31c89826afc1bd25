"""Sets of reports that lack something, or prove less than they say: no refusal, and never PASS."""

from collections.abc import Mapping

from selftests import wrong_reports as wr
from selftests.wrong_reports import DEFAULT_DENY, MODE, OTHER_DIGEST, SCAN, Wrong


def interrupted(content: wr.Report) -> None:
    """The run was stopped (Ctrl-C) in the middle of its second test."""
    content.update(tests=content["tests"][:2], exitcode=2)
    del content["tests"][1]["call"], content["tests"][1]["teardown"]


INCOMPLETE: Mapping[str, tuple[Wrong, Mapping[str, str]]] = {
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
"""What was done: how, and what bundle and terminal say of rows that are missing or not proved: outcome and reason."""
