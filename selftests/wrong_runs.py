"""Reports that were never of one run, or of one run more than once."""

from selftests import wrong_reports as wr
from selftests.wrong_reports import OTHER_DIGEST, OTHER_SHA, SCAN, Refusals

SECOND = ("m1b-2.json",)


def nothing(_: object) -> None:
    """An edit that changes nothing."""


MIXED: Refusals = {
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
}
TWICE: Refusals = {
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
}
