"""A run that contradicts itself is refused, at merging and at verifying; one that fails honestly is not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.rests_on import RESTS_ON, denial
from selftests import synthetic
from selftests.synthetic import good_report, observe
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST

Report = dict[str, Any]
OTHER_SHA, OTHER_DIGEST = "0" * 40, "sha256:" + "0" * 64
CLEAN = "m1c.provenance.clean-tree"
HELP = "m1b.run.help[sr]"


def record(report: Report, row_id: str) -> Report:
    """What the report says of one row."""
    found: Report = next(
        test["metadata"]["readiness"] for test in report["tests"] if test["metadata"]["readiness"]["check"] == row_id
    )
    return found


def said(row_id: str, **words: Any) -> Report:
    """A good report in which one row that passes says more."""
    report = good_report()
    record(report, row_id).update(words)
    return report


def dirty() -> Report:
    report = good_report()
    report["readiness"]["identity"]["dirty"] = True
    return report


def without_image() -> Report:
    report = good_report()
    for test in report["tests"]:
        test["metadata"]["readiness"]["image"] = None
    return report


CONTRADICTIONS: dict[str, tuple[Callable[[], Report], str]] = {
    "passes with a reason": (lambda: said(HELP, found=["x"]), HELP),
    "help ends badly": (lambda: observe(good_report(), HELP, exit_code=1), HELP),
    "help ends with no number": (lambda: observe(good_report(), HELP, exit_code=False), HELP),
    "help is killed": (lambda: observe(good_report(), HELP, exit_code=-9), HELP),
    "subcommand help ends badly": (
        lambda: observe(good_report(), "m1b.run.subcommand-help[sr-run]", exit_code=2),
        "m1b.run.subcommand-help[sr-run]",
    ),
    "a missing argument is taken": (
        lambda: observe(good_report(), "m1b.contract.required-enforced[sr]", exit_code=0),
        "m1b.contract.required-enforced[sr]",
    ),
    "an unknown argument crashes the program": (
        lambda: observe(good_report(), "m1b.contract.unknown-refused[sr]", exit_code=1),
        "m1b.contract.unknown-refused[sr]",
    ),
    "everything enters the context": (
        lambda: observe(good_report(), "m1a.payload.default-deny", default_deny=False),
        "m1a.payload.default-deny",
    ),
    "clean in a dirty run": (dirty, CLEAN),
    "clean, and saw it dirty": (lambda: observe(good_report(), CLEAN, dirty_tree=True), CLEAN),
    "clean in another commit": (lambda: observe(good_report(), CLEAN, git_sha=OTHER_SHA), CLEAN),
    "another commit": (
        lambda: observe(good_report(), "m1c.provenance.field[git_sha]", git_sha=OTHER_SHA),
        "m1c.provenance.field[git_sha]",
    ),
    "another run": (
        lambda: observe(good_report(), "m1c.provenance.field[platform_run_id]", platform_run_id="platform_other"),
        "m1c.provenance.field[platform_run_id]",
    ),
    "another image": (
        lambda: observe(good_report(), "m1c.provenance.field[image_digest]", image_digest=OTHER_DIGEST),
        "m1c.provenance.field[image_digest]",
    ),
    "another anchor": (
        lambda: observe(good_report(), "m1c.provenance.anchor[oci_digest_value]", oci_digest_value=OTHER_DIGEST),
        "m1c.provenance.anchor[oci_digest_value]",
    ),
    "another image in the registry": (
        lambda: observe(good_report(), "m1c.mismatch.tag-to-digest", registry_digest=OTHER_DIGEST),
        "m1c.mismatch.tag-to-digest",
    ),
    "a digest without an image": (without_image, "m1c.provenance.field[image_digest]"),
}


@pytest.mark.parametrize("name", sorted(CONTRADICTIONS))
def test_a_run_that_says_two_things_is_refused(name: str) -> None:
    report, row_id = CONTRADICTIONS[name]
    with pytest.raises(InputRefused) as refused:
        merge(synthetic.read(report()))
    assert refused.value.place == "report-0.json"
    assert refused.value.cause.startswith(f"{row_id}: passes, and ")


def test_a_run_that_says_one_thing_is_taken() -> None:
    assert merge(synthetic.read(good_report())).identity.git_sha == GIT_SHA


def test_every_fact_that_rows_rest_on_is_of_a_check_and_of_the_good_run() -> None:
    assert RESTS_ON.keys() <= {check.id for check in packaged_checks()}
    tests = [test["metadata"]["readiness"] for test in good_report()["tests"]]
    for check, (name, value) in RESTS_ON.items():
        rows = [row for row in tests if row["check"].partition("[")[0] == check]
        assert rows
        for row in rows:
            assert denial(row["check"], row["observation"], needed=True) is None
            assert denial(row["check"], {name: [value]}, needed=False) == f"passes, and its {name} is not {value!r}"
            assert denial(row["check"], {}, needed=True) == f"passes, and its {name} is not there"
            assert denial(row["check"], {}, needed=False) is None


def test_a_fact_that_is_absent_contradicts_nothing() -> None:
    report = good_report()
    del record(report, HELP)["observation"]["exit_code"]
    assert merge(synthetic.read(report)).results[HELP].outcome == "pass"


@pytest.mark.parametrize(
    ("row_id", "facts"),
    [
        (HELP, {"exit_code": 1}),
        ("m1b.contract.unknown-refused[sr]", {"exit_code": 0}),
        (CLEAN, {"dirty_tree": True}),
        ("m1c.provenance.field[image_digest]", {"image_digest": OTHER_DIGEST}),
        ("m1c.mismatch.tag-to-digest", {"registry_digest": OTHER_DIGEST}),
    ],
)
def test_a_row_that_fails_may_have_seen_something_else(row_id: str, facts: dict[str, Any]) -> None:
    failed = observe(synthetic.fail_row(good_report(), row_id), row_id, **facts)
    assert merge(synthetic.read(failed)).results[row_id].outcome == "fail"


def test_a_dirty_run_whose_tree_check_failed_is_taken() -> None:
    report = synthetic.fail_row(dirty(), CLEAN)
    assert merge(synthetic.read(report)).identity.dirty


def test_a_contradiction_across_two_reports_is_found() -> None:
    whole = observe(good_report(), "m1c.provenance.field[image_digest]", image_digest=OTHER_DIGEST)
    halves = [copy.deepcopy(whole), copy.deepcopy(whole)]
    for half, lane in zip(halves, ("m1c.", "m1b."), strict=True):
        half["readiness"]["nonce"] = lane + "nonce"
        half["tests"] = [t for t in half["tests"] if t["metadata"]["readiness"]["check"].startswith(lane)]
    with pytest.raises(InputRefused, match=r"image_digest is not the run's") as refused:
        merge(synthetic.read(*halves))
    assert refused.value.place == "report-0.json"


def test_what_was_observed_is_not_repeated() -> None:
    report = observe(good_report(), "m1c.provenance.field[git_sha]", git_sha="hunter2")
    with pytest.raises(InputRefused) as refused:
        merge(synthetic.read(report))
    assert "hunter2" not in str(refused.value)
    assert GIT_SHA in str(refused.value)
    assert IMAGE_DIGEST not in str(refused.value)
