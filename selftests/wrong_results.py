"""Results that were edited, or that deny the header, the image or themselves."""

from selftests import wrong_reports as wr
from selftests.wrong_reports import DEFAULT_DENY, MODE, OTHER_DIGEST, OTHER_SHA, SCAN, Refusals

SECOND = ("m1b-2.json",)
EDITED: Refusals = {
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
}
DENIED: Refusals = {
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
        "passes, and its exit_code is not 0",
    ),
    "argument-that-was-not-refused": (
        wr.observed("m1b-2.json", "m1b.contract.unknown-refused[ig]", exit_code=0),
        SECOND,
        "passes, and its exit_code is not 2",
    ),
}
