"""What a run may not say twice: each fact alone, on results of one or two rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.coherence import refuse_contradictions
from packaging_readiness.verdict.rests_on import denial
from packaging_readiness.verdict.results import Outcome, Result
from selftests.small_ledgers import IDENTITY
from selftests.synthetic_facts import GIT_SHA, RUN_ID

CLEAN, TAG = "m1c.provenance.clean-tree", "m1c.mismatch.tag-to-digest"
FIELD, ANCHOR = "m1c.provenance.field[image_digest]", "m1c.provenance.anchor[oci_digest_value]"
DIGEST, OTHER, OTHER_SHA = "sha256:" + "2f" * 32, "sha256:" + "5e" * 32, "0" * 40
IMAGE: Mapping[str, Any] = {"digest": DIGEST}


def told(*results: Result, image: Mapping[str, Any] | None = IMAGE, **identity: Any) -> str:
    """The first contradiction: the row, and a colon; empty where there is none."""
    by_id = {result.id: result for result in results}
    origin = {row: f"{row}.json" for row in by_id}
    try:
        refuse_contradictions(origin, replace(IDENTITY, **identity), image, by_id)
    except InputRefused as error:
        refused = error
    else:
        return ""
    row = refused.cause.partition(": ")[0]
    assert refused.place == origin[row]
    return row


def passing(row: str, **observation: Any) -> Result:
    return Result(row, "pass", observation=observation)


@pytest.mark.parametrize(
    ("outcome", "reason", "found", "denied"),
    [
        ("pass", "", (), False),
        ("pass", "why", (), True),
        ("pass", "", ("x",), True),
        ("deferred", "why", (), False),
        ("deferred", "", ("x",), True),
        ("waived", "why", (), False),
        ("waived", "why", ("x",), True),
        ("fail", "why", ("x",), False),
        ("error", "why", ("x",), False),
        ("not_run", "why", ("x",), False),
    ],
)
def test_row_that_holds_found_nothing_wrong(
    outcome: Outcome, reason: str, found: tuple[str, ...], denied: bool
) -> None:
    assert told(Result("m1a.x.one", outcome, reason, found=found)) == ("m1a.x.one" if denied else "")


@pytest.mark.parametrize(
    ("row", "facts", "denied"),
    [
        ("m1b.run.help[sr]", {}, False),
        ("m1b.run.help[sr]", {"exit_code": 0}, False),
        ("m1b.run.help[sr]", {"exit_code": 1}, True),
        ("m1b.run.mpr[sr]", {"exit_code": 1}, False),
        (CLEAN, {"dirty_tree": False}, False),
        (CLEAN, {"dirty_tree": True}, True),
        (CLEAN, {"git_sha": GIT_SHA}, False),
        (CLEAN, {"git_sha": OTHER_SHA}, True),
        ("m1c.provenance.field[git_sha]", {"git_sha": GIT_SHA}, False),
        ("m1c.provenance.field[git_sha]", {"git_sha": OTHER_SHA}, True),
        ("m1c.provenance.field[platform_run_id]", {"platform_run_id": RUN_ID}, False),
        ("m1c.provenance.field[platform_run_id]", {"platform_run_id": "other"}, True),
        (FIELD, {"image_digest": DIGEST}, False),
        (FIELD, {"image_digest": OTHER}, True),
        (FIELD, {"image_digest": OTHER, "platform_digest": DIGEST}, True),
        (ANCHOR, {"oci_digest_value": DIGEST}, False),
        (ANCHOR, {"oci_digest_value": OTHER}, True),
        (TAG, {"registry_digest": DIGEST}, False),
        (TAG, {"registry_digest": OTHER}, True),
        (TAG, {"registry_digest": OTHER, "platform_digest": DIGEST}, False),
        (TAG, {"registry_digest": OTHER, "platform_digest": OTHER}, True),
        (TAG, {}, False),
    ],
)
def test_fact_of_a_row_that_holds_is_that_of_the_run(row: str, facts: Mapping[str, Any], denied: bool) -> None:
    assert told(passing(row, **facts)) == (row if denied else "")
    for outcome in ("fail", "error"):
        assert told(replace(passing(row, **facts), outcome=outcome, reason="why")) == ""


def test_tree_of_a_dirty_run_is_not_clean() -> None:
    assert told(passing(CLEAN), dirty=True) == CLEAN
    assert told(passing(CLEAN, dirty_tree=False), dirty=True) == CLEAN
    assert told(Result(CLEAN, "fail", "why"), dirty=True) == ""
    assert told(passing("m1a.x.one"), dirty=True) == ""
    assert told(passing(CLEAN, dirty_tree="yes")) == ""


@pytest.mark.parametrize(
    ("row", "name"), [(FIELD, "image_digest"), (ANCHOR, "oci_digest_value"), (TAG, "registry_digest")]
)
def test_run_without_an_image_has_no_digest_of_one(row: str, name: str) -> None:
    assert told(passing(row, **{name: DIGEST}), image=None) == row
    assert told(passing(row, **{name: None}), image=None) == ""
    assert told(passing(row), image=None) == ""


def test_contradiction_says_which_value_the_run_has() -> None:
    with pytest.raises(InputRefused) as refused:
        refuse_contradictions({TAG: "r"}, IDENTITY, None, {TAG: passing(TAG, registry_digest=DIGEST)})
    assert refused.value.cause.endswith("(which used no image)")
    with pytest.raises(InputRefused) as refused:
        refuse_contradictions({TAG: "r"}, IDENTITY, IMAGE, {TAG: passing(TAG, registry_digest=OTHER)})
    assert refused.value.cause.endswith(f"({DIGEST})")


WELL, REFUSED = ("exit_code", 0), ("exit_code", 2)


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        ("m1a.boundary.context-taken", ("untaken_files", 0)),
        ("m1a.payload.default-deny", ("default_deny", True)),
        ("m1a.payload.exclude-stays-out", ("entered", [])),
        ("m1a.payload.no-broad-copy", ("broad_ingestions", [])),
        ("m1b.contract.optional-documented", WELL),
        ("m1b.contract.required-enforced", REFUSED),
        ("m1b.contract.subcommand-optional-documented", WELL),
        ("m1b.contract.subcommand-required-enforced", REFUSED),
        ("m1b.contract.subcommand-unknown-refused", REFUSED),
        ("m1b.contract.unknown-refused", REFUSED),
        ("m1b.run.help", WELL),
        ("m1b.run.subcommand-help", WELL),
        ("m1d.sources.path-pinned", ("pinned", True)),
    ],
)
def test_row_rests_on_one_fact_of_one_type(check: str, fact: tuple[str, Any]) -> None:
    name, value = fact
    others: list[object] = [None, "", [1], 1, 0.0, False, True, 3, -1]
    for row in (check, f"{check}[one]", f"{check}[a[b]"):
        assert denial(row, {name: value}, needed=True) is None
        assert denial(row, {}, needed=False) is None
        assert denial(row, {}, needed=True) is not None
        for other in others:
            same = type(other) is type(value) and other == value
            assert (denial(row, {name: other}, needed=False) is None) is same, other
    assert denial(f"x{check}", {name: None}, needed=True) is None
