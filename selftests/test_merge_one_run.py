"""What reports must have in common to be of one run: each field alone, on reports made without a file."""

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.load import contract_digest, load_contract
from packaging_readiness.verdict.accounts import Account, refuse_false_accounts
from packaging_readiness.verdict.header import Carried, RunHeader, Shard, Waiver
from packaging_readiness.verdict.merge import MergedRun, merge
from packaging_readiness.verdict.report import Report
from packaging_readiness.verdict.results import Result, refuse_image
from selftests.small_ledgers import IDENTITY

DIGEST, OTHER = "sha256:" + "2f" * 32, "sha256:" + "5e" * 32
ONE, TWO, HELP = "m1a.strategy.one-repository", "m1a.reference.mode", "m1b.run.help[sr]"
NOON_S = 1771789729.0  # 2026-02-22T19:48:49Z


@functools.cache
def contract() -> Mapping[str, Any]:
    return load_contract("dev_full")[1]


@functools.cache
def its_digest() -> str:
    return contract_digest(contract())


def report(name: str, *rows: str, shard: Shard | None = None, **changes: Any) -> Report:
    """A report that says of these rows that they passed; `changes` are of the identity, or of the report itself."""
    of_report = {key: changes.pop(key) for key in ("image", "account", "exit_code") if key in changes}
    identity = replace(IDENTITY, contract_digest=its_digest(), workflow_run_id=None)
    header = RunHeader(1, replace(identity, **changes), contract(), f"nonce of {name}", {}, shard)
    results = tuple(Result(row, "pass") for row in rows)
    passed = {"passed": len(rows)} if rows else {}
    account = Account(NOON_S, {**passed, "total": len(rows)}, {**passed, "total": len(rows)})
    made = Report(name, name, header, 0, account, results, None, {}, {})
    return replace(made, **of_report)


def refusal(*reports: Report) -> tuple[str, str]:
    with pytest.raises(InputRefused) as refused:
        merge(reports)
    return refused.value.place, refused.value.cause


def test_reports_of_one_run_are_merged_in_any_order() -> None:
    first, second = report("a", ONE), report("b", HELP, written_at_utc="2026-02-22T19:48:48Z")
    for reports in ((first, second), (second, first)):
        run = merge(reports)
        assert sorted(run.results) == [ONE, HELP]
        assert run.identity.written_at_utc == "2026-02-22T19:48:49Z"
        assert (run.contract.name, run.contract_data, run.image) == ("dev_full", contract(), None)
    assert isinstance(run, MergedRun)
    assert len(run.rows) > len(run.results)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform_run_id", "another_run"),
        ("suite_version", "0.2.0"),
        ("suite_digest", OTHER),
        ("contract_digest", OTHER),
        ("git_sha", "0" * 40),
        ("git_ref", None),
        ("dirty", True),
        ("aws", "real"),
        ("workflow_run_id", "78"),
        ("workflow_run_url", None),
        ("carried", Carried((Waiver("m1a.x.one", "o", "r", "2027-01-01"),))),
    ],
)
def test_reports_of_one_run_have_the_same(name: str, value: Any) -> None:
    place, cause = refusal(report("b", ONE, **{name: value}), report("a", TWO))
    assert place == "a, b"
    assert cause.startswith(f"are not of one run: {name} is ")


def test_every_report_is_held_against_the_first() -> None:
    given = (report("a", ONE), report("b", TWO), report("c", HELP, git_ref="other"))
    assert refusal(*given)[0] == "a, c"


def test_contract_is_the_one_that_the_header_names() -> None:
    wrong = report("a", ONE, contract_digest=OTHER)
    assert refusal(wrong) == ("a", "the contract in it is not the one its header names")
    other = {**contract(), "environment": "other"}
    good, bad = report("a", ONE), report("b", TWO)
    assert refusal(good, replace(bad, header=replace(bad.header, contract=other)))[0] == "b"


@pytest.mark.parametrize(
    ("rows", "place", "cause"),
    [
        (((ONE,), (TWO, ONE)), "a, b", f"both hold {ONE}"),
        (((ONE, ONE), (TWO,)), "a", f"holds {ONE} twice"),
        (((ONE, TWO, ONE), ()), "a", f"holds {ONE} twice"),
        ((("m1a.no.such",), ()), "a", "check 'm1a.no.such' is not in the inventory"),
        (((), ("m1a.blockers.resolved",)), "b", "m1a.blockers.resolved is decided from results, not reported"),
    ],
)
def test_each_row_is_reported_once_and_by_a_test(rows: Any, place: str, cause: str) -> None:
    assert refusal(report("a", *rows[0]), report("b", *rows[1])) == (place, cause)


def test_report_that_is_given_twice_is_refused() -> None:
    first, again = report("a", ONE), report("b", TWO)
    again = replace(again, header=replace(again.header, nonce=first.header.nonce))
    assert refusal(first, report("0", HELP), again) == ("a, b", "are the same report twice")


IMAGE = {"digest": DIGEST, "user": "1"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({**IMAGE, "digest": OTHER}, f"image digest is {DIGEST} and {OTHER}"),
        ({"digest": OTHER}, f"image digest is {DIGEST} and {OTHER}"),
        ({**IMAGE, "user": "2"}, "image.user differs"),
        ({"digest": DIGEST}, "image.user differs"),
        ({**IMAGE, "os": "linux"}, "image.os differs"),
        ({**IMAGE, "user": "2", "architecture": "amd64"}, "image.architecture differs"),
    ],
)
def test_reports_of_one_run_used_one_image(other: Mapping[str, Any], told: str) -> None:
    reports = (report("a", ONE), report("b", TWO, image=IMAGE), report("c", HELP, image=other))
    assert refusal(*reports) == ("b, c", f"are not of one image: {told}")


def test_image_of_the_run_is_that_of_the_reports_that_used_one() -> None:
    assert merge((report("a", ONE), report("b", TWO, image=IMAGE), report("c", HELP, image=dict(IMAGE)))).image == IMAGE
    assert merge((report("a", ONE, image=IMAGE), report("b", TWO))).image == IMAGE


def test_parts_of_two_splits_and_contradictions_are_refused() -> None:
    mixed = (report("a", ONE, shard=Shard(1, 2)), report("b", shard=Shard(2, 3)))
    assert refusal(*mixed)[1].startswith("are of different splits")
    clean = report("b", "m1c.provenance.clean-tree", dirty=True)
    assert refusal(report("a", ONE, dirty=True), clean)[0] == "b"


def test_account_that_denies_its_report_is_refused_by_the_name_of_the_report() -> None:
    account = Account(NOON_S, {"passed": 2, "total": 1}, {"passed": 1, "total": 1})
    place, cause = refusal(report("a", ONE), report("b", TWO, account=account))
    assert place == "b"
    assert cause.startswith("summary.'passed'")


def told_by(stated: Mapping[str, Any], counted: Mapping[str, int], exit_code: int = 0, created: float = NOON_S) -> str:
    """The first word of what an account denies; empty where it denies nothing."""
    given = {"total": sum(counted.values()), **counted}
    account = Account(created, {"total": given["total"], **stated}, given)
    try:
        refuse_false_accounts([report("a", account=account, exit_code=exit_code)])
    except InputRefused as refused:
        return refused.cause.partition(":")[0]
    return ""


@pytest.mark.parametrize(
    ("stated", "counted", "exit_code", "told"),
    [
        ({"passed": 1}, {"passed": 1}, 0, ""),
        ({"passed": 1, "xfailed": 0}, {"passed": 1}, 0, ""),
        ({"passed": 1, "xfailed": 1}, {"passed": 1}, 0, "summary.'xfailed'"),
        ({}, {"skipped": 1}, 0, "summary.'skipped'"),
        ({"passed": 1}, {"passed": 1, "failed": 1}, 1, "summary.'failed'"),
        ({"passed": "1"}, {"passed": 1}, 0, "summary.'passed'"),
        ({"passed": 2, "total": 1}, {"passed": 2}, 0, "summary.'total'"),
        ({"a" * 30: 1}, {}, 0, f"summary.'{'a' * 20}'"),
        ({"failed": 1}, {"failed": 1}, 0, "exitcode"),
        ({"error": 1}, {"error": 1}, 0, "exitcode"),
        ({"failed": 1}, {"failed": 1}, 1, ""),
        ({"error": 1}, {"error": 1}, 1, ""),
        ({"failed": 1}, {"failed": 1}, 2, ""),
        ({"passed": 1}, {"passed": 1}, 1, "exitcode"),
        ({}, {}, 1, "exitcode"),
        ({"passed": 1}, {"passed": 1}, 2, ""),
        ({"passed": 1}, {"passed": 1}, 5, "exitcode"),
        ({}, {}, 5, ""),
        ({}, {}, 0, ""),
    ],
)
def test_account_agrees_with_its_tests(
    stated: Mapping[str, Any], counted: Mapping[str, int], exit_code: int, told: str
) -> None:
    assert told_by(stated, counted, exit_code) == told


def test_account_is_not_older_than_its_header() -> None:
    assert told_by({}, {}, created=NOON_S) == ""
    assert told_by({}, {}, created=NOON_S + 1) == ""
    assert told_by({}, {}, created=NOON_S - 0.001) == "created"


def test_image_holds_only_what_evidence_may_hold() -> None:
    refuse_image({**IMAGE, "base": None, "hardening": ["--read-only"]})
    for image, place in (({**IMAGE, "made_up": 1}, "made_up"), ({**IMAGE, "manifest_bytes": -1}, "manifest_bytes")):
        with pytest.raises(ValueError, match=rf"^image\.{place}: "):
            refuse_image(image)
