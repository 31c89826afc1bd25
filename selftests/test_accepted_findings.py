"""Findings in the build context that people reviewed: accepted one by one, at their place, until their day."""

from dataclasses import replace as changed
from pathlib import Path

import pytest

from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.tables import AcceptedFinding
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes
from selftests.in_process import changed_platform, run_checks, run_lane
from selftests.platform_edits import append, replace

SCAN = "m1d.context.scan"
TOKEN = expand_example("ghp_{alnum:36}")
PROFILE = "config/platform/profiles/dev_full.yaml"
TODAY, PAST = "2026-02-22", "2026-02-21"


def scanned(root: Path, *accepted: AcceptedFinding) -> Record:
    """The record of the scan of the context under a contract with these entries."""
    contract, _ = load_contract(str(root / CONTRACT))
    return run_lane("m1d", root, changed(contract, accepted_findings=accepted))[SCAN]


def entry(root: Path, **more: str) -> AcceptedFinding:
    """A reviewed entry for the token that `append` planted."""
    contract, _ = load_contract(str(root / CONTRACT))
    salt = contract.secrets.fingerprint_salt.encode()
    found = scan_bytes((root / PROFILE).read_bytes(), PROFILE, salt)[0]
    given = {"path": PROFILE, "rule": found.rule, "fingerprint": found.fingerprint, "expires": TODAY} | more
    return AcceptedFinding(reason="a sample of the documentation", reviewer="somebody", **given)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"expires": PAST}, "cannot-tell"),
        ({"path": "config/platform/profiles/other.yaml"}, "cannot-tell"),
        ({"rule": "gitlab-token"}, "cannot-tell"),
        ({"fingerprint": "0" * 16}, "cannot-tell"),
    ],
    ids=["reviewed", "expired", "other-path", "other-rule", "other-value"],
)
def test_an_accepted_finding_holds_for_this_value_at_this_place_until_its_day(
    tmp_path: Path, more: dict[str, str], reason: str
) -> None:
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    record = scanned(root, entry(root, **more))
    assert record.reason == reason
    assert TOKEN not in repr(record)


def test_an_accepted_finding_accepts_no_second_secret(tmp_path: Path) -> None:
    other = TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b")
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    reviewed = entry(root)
    append(PROFILE, f"more: {other}\n")(root)
    assert scanned(root, reviewed).reason == "secret-in-context"


def test_an_entry_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    reviewed = entry(root)
    replace(PROFILE, (f"\nnote: {TOKEN}\n", "\n"))(root)
    assert scanned(root, reviewed).reason == "cannot-tell"


def test_a_file_that_vanishes_between_listing_and_scan_is_an_error(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, lambda _: None)
    contract, _ = load_contract(str(root / CONTRACT))
    platform = Platform(root, contract)
    assert PROFILE in platform.context.files
    (root / PROFILE).unlink()
    assert run_checks("m1d", platform)[SCAN].reason == "cannot-tell"
