"""Checks of M1.C seen red: a tag that changed during the run, packages that nobody knows, a grant that depends."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import detect
from selftests import synthetic
from selftests.main_job import commit, fresh_platform, on_platform, pytest_run
from selftests.synthetic_facts import IMAGE_DIGEST

KEY = f"selftest-checks-{os.getpid()}"
FIRST, AGAIN, UNMOVED = (f"m1c.mismatch.tag-{name}" for name in ("to-digest", "resolved-again", "unmoved"))
COVERED = "m1c.mismatch.rule-covered[tag-to-digest]"
OTHER = "sha256:" + "0" * 64


def test_tag_that_stayed_is_unmoved() -> None:
    results = synthetic.adjudicated(synthetic.good_report()).results
    assert (results[UNMOVED].outcome, results[COVERED].outcome) == ("pass", "pass")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("registry_digest", OTHER, "tag-moved"),
        ("recomputed_digest", OTHER, "tag-moved"),
        ("platform_digest", OTHER, "platform-moved"),
        ("pushed_at_utc", "2026-02-22T19:45:00Z", "pushed-again"),
        ("tag_mutability", "MUTABLE", "mutability-changed"),
        ("image_tag", "git-2", "tag-differs"),
        ("manifest_bytes", 2725, "tag-differs"),
    ],
)
@pytest.mark.parametrize("row", [FIRST, AGAIN], ids=["start", "end"])
def test_whatever_changed_within_a_run_has_its_code(row: str, field: str, value: Any, code: str) -> None:
    report = synthetic.good_report()
    if "digest" in field:  # the look itself fails then; a look that passes with another digest would be refused
        report = synthetic.fail_row(report, row)
    verdict = synthetic.adjudicated(synthetic.observe(report, row, **{field: value}))
    result = verdict.results[UNMOVED]
    assert (result.outcome, result.reason) == ("fail", code)
    assert all(entry.startswith(f"{field}: ") for entry in result.found)
    assert verdict.results[COVERED].outcome == "fail"
    assert {state.code for state in verdict.blockers if state.active} >= {"M1C-B3", "M1-B3"}


@pytest.mark.parametrize("row", [FIRST, AGAIN], ids=["start", "end"])
def test_tag_that_was_looked_at_only_once_is_not_proved_unmoved(row: str) -> None:
    for spoil in (synthetic.drop_row, synthetic.error_row):
        result = synthetic.adjudicated(spoil(synthetic.good_report(), row)).results[UNMOVED]
        assert (result.outcome, result.reason) == ("fail", "not-resolved-twice")


def test_moved_tag_fails_the_second_look_with_a_code_of_its_own() -> None:
    from packaging_readiness.plugin.check import CheckFailed
    from packaging_readiness.plugin.resolution import Resolved
    from packaging_readiness.registry.model import Resolution, parse_repo_uri

    repo = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
    image = Resolution("git-1", OTHER, OTHER, "type", 1, "IMMUTABLE", None, None)
    index = Resolution("git-1", OTHER, OTHER, "type", 1, "IMMUTABLE", None, IMAGE_DIGEST)
    Resolved("embedded", repo, index).require_image(IMAGE_DIGEST, "tag-moved")
    with pytest.raises(CheckFailed) as moved:
        Resolved("embedded", repo, image).require_image(IMAGE_DIGEST, "tag-moved")
    assert moved.value.reason == "tag-moved"
    assert OTHER in moved.value.found[0]


# --- real runs ---


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_platform(tmp_path_factory.mktemp("platform") / "checkout")


@pytest.fixture(scope="module")
def image_without_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image whose package database is there and empty."""
    engine, folder, context = detect(), tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("context")
    remove = "import shutil; shutil.rmtree('/var/lib/dpkg/status.d')"
    lines = ("ARG BASE_IMAGE", "FROM ${BASE_IMAGE}", "COPY key.txt /key.txt", f'RUN python3 -c "{remove}"')
    (context / "Dockerfile").write_text("\n".join(lines) + "\n")
    (context / "key.txt").write_text(KEY)
    base = ensure_base(engine, [], folder, print)
    built = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, KEY, folder, print)
    yield built.facts.reference
    engine.attempt("rmi", "--force", built.facts.reference)


def one_check(check: str, folder: Path, platform: Path, *more: str) -> dict[str, Any]:
    """What one check recorded; it must not hold."""
    report = folder / "report.json"
    ran = pytest_run("--check", check, f"--json-report-file={report}", *on_platform(platform), *more)
    assert ran.status == 1, ran.text
    (test,) = json.loads(report.read_bytes())["tests"]
    record: dict[str, Any] = test["metadata"]["readiness"]
    return record


def test_image_whose_packages_nobody_knows_fails(platform: Path, image_without_packages: str, tmp_path: Path) -> None:
    record = one_check("m1c.sbom.packages-listed", tmp_path, platform, "--image", image_without_packages)
    assert (record["outcome"], record["reason"]) == ("fail", "system-packages-unknown")


def test_grant_that_depends_on_a_condition_cannot_be_told(platform: Path, tmp_path: Path) -> None:
    """Not a fail: nobody can say here that the role may not push."""
    path = platform / "infra" / "iam" / "packaging_role.policy.json"
    policy = json.loads(path.read_bytes())
    for statement in policy["Statement"]:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": "platform"}}
    path.write_text(json.dumps(policy))
    commit(platform)
    record = one_check("m1c.push.role-permission", tmp_path, platform)
    assert (record["outcome"], record["reason"]) == ("error", "cannot-tell")
    assert "ecr:PutImage" in " ".join(record["found"])
