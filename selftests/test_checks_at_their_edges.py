"""Checks of the plan's and the Dockerfile's words at their edges, each on a checkout with one word changed."""

from pathlib import Path

import pytest

from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.breaks import MASTER_PLAN, REGISTRY
from selftests.in_process import changed_platform, red, run_checks
from selftests.platform_edits import Change, both, replace

DIGEST = "sha256:" + "0123456789abcdef" * 4
BASE = "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n"


def reason(folder: Path, check: str, change: Change) -> str:
    """The reason code of the only row of a check on the changed platform; empty where it holds."""
    root = changed_platform(folder, change)
    platform = Platform(root, load_contract(str(root / CONTRACT))[0])
    records = run_checks(check.partition(".")[0], platform, {check})
    assert list(records) == [check]
    return red(records).get(check, "")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (BASE, ""),
        (f"FROM python@{DIGEST}\n", ""),
        (f"ARG OTHER=python@{DIGEST}\nFROM ${{OTHER}}\n", ""),
        ("FROM python:3.11\n", "base-not-pinned"),
        ("ARG OTHER=python:3.11\nFROM ${OTHER}\n", "base-not-pinned"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}-slim\n", "base-not-pinned"),
        ("ARG OTHER\nFROM ${OTHER}\n", "base-not-pinned"),
    ],
)
def test_base_is_pinned_or_supplied_whole(tmp_path: Path, base: str, expected: str) -> None:
    assert reason(tmp_path, "m1a.advisory.base-pinned", replace("Dockerfile", (BASE, base))) == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("USER 10001:10001", ""),
        ("USER 10001", ""),
        ("USER app:0", ""),
        ("USER root", "runs-as-root"),
        ("USER root:app", "runs-as-root"),
        ("USER 0:10001", "runs-as-root"),
        ("USER +0", "runs-as-root"),
        ("USER 00", "runs-as-root"),
        ("ARG WHO\nUSER $WHO", "runs-as-root"),
        ("RUN true", "runs-as-root"),
    ],
)
def test_user_of_the_image_is_named_and_not_root(tmp_path: Path, user: str, expected: str) -> None:
    change = replace("Dockerfile", ("USER 10001:10001", user))
    assert reason(tmp_path, "m1a.advisory.non-root-user", change) == expected


def test_engines_agree_where_there_is_no_ignore_file(tmp_path: Path) -> None:
    assert reason(tmp_path, "m1a.advisory.engines-agree", lambda root: (root / ".dockerignore").unlink()) == ""


@pytest.mark.parametrize(
    ("m1", "m2", "expected"),
    [
        ("ACTIVE", "NOT_STARTED", ""),
        ("DONE", "NOT_STARTED", ""),
        ("DONE", "ACTIVE", ""),
        ("ACTIVE", "ACTIVE", "m2-ran-ahead"),
        ("NOT_STARTED", "NOT_STARTED", "m1-not-active"),
    ],
)
def test_m2_waits_for_m1(tmp_path: Path, m1: str, m2: str, expected: str) -> None:
    edits = []
    for title, row, old, new in (
        ("## M1 - Packaging readiness", "| M1 | P(-1) | Packaging readiness |", "ACTIVE", m1),
        ("## M2 - Substrate readiness", "| M2 | P0 | Substrate readiness |", "NOT_STARTED", m2),
    ):
        edits += [(f"{row} {old} |", f"{row} {new} |")]
        edits += [(f"{title}\nStatus: `{old}`", f"{title}\nStatus: `{new}`")]
    change = replace(MASTER_PLAN, *edits)
    assert reason(tmp_path, "m1e.handoff.master-plan", change) == expected


def test_name_of_the_repository_is_compared_as_its_address_is_elsewhere(tmp_path: Path) -> None:
    check = "m1a.strategy.one-repository"
    name = replace(REGISTRY, ('`ECR_REPO_NAME = "reference-platform"`', '`ECR_REPO_NAME = "another"`'))
    address = "000000000000.dkr.ecr.eu-west-2.amazonaws.com"
    moved = replace(REGISTRY, (address, address.replace("0" * 12, "1" * 12)))
    assert reason(tmp_path / "name", check, name) == "handle-differs"
    assert reason(tmp_path / "address", check, moved) == ""
    assert reason(tmp_path / "both", check, both(name, moved)) == "handle-differs"


def test_name_of_the_repository_that_the_contract_leaves_open_is_not_compared(tmp_path: Path) -> None:
    name = replace(REGISTRY, ('`ECR_REPO_NAME = "reference-platform"`', '`ECR_REPO_NAME = "another"`'))
    open_ = replace("packaging-readiness.yaml", ("  ECR_REPO_NAME: reference-platform\n", "  ECR_REPO_NAME: another\n"))
    assert reason(tmp_path, "m1a.strategy.one-repository", both(name, open_)) == ""
