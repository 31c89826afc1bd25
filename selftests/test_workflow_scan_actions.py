"""Which actions are checks, and which inputs keep them from failing on what they find."""

from __future__ import annotations

import json

import pytest

from packaging_readiness.checkout.shell_failures import Judgement
from packaging_readiness.checkout.workflow_checks import is_scan_action, judge_action
from packaging_readiness.checkout.workflow_push import action_of
from selftests.workflow_samples import one_step

TRIVY, SCOUT, OWN = "aquasecurity/trivy-action", "docker/scout-action", "./.github/actions/scan"
PLAIN = "gitleaks/gitleaks-action"
SCANS = (
    "actions/dependency-review-action",
    "anchore/scan-action",
    "bridgecrewio/checkov-action",
    "gitleaks/gitleaks-action",
    "hadolint/hadolint-action",
    "pypa/gh-action-pip-audit",
    "trufflesecurity/trufflehog",
)
LISTS = (
    "anchore/sbom-action",
    "github/codeql-action/init",
    "github/codeql-action/upload-sarif",
    "ossf/scorecard-action",
)
OTHERS = (
    "",
    "x/scan",
    "anchore/sbom-action/download",
    "github/codeql-action",
    "github/codeql-action/",
    "github/codeql-action/a/b",
    "ossf/scorecard-action-x",
    "gitleaks/gitleaks-action/x",
    "actions/checkout",
)
Inputs = dict[str, str]


def judged(action: str, inputs: Inputs) -> Judgement:
    """What is said of a step with this action and these inputs."""
    step = one_step(f"{{uses: {json.dumps(action + '@v1')}, with: {json.dumps(inputs)}}}").steps[0]
    return judge_action(step, action_of(step))


@pytest.mark.parametrize("action", [*SCANS, TRIVY, SCOUT, *LISTS])
def test_a_well_known_action_looks_for_something(action: str) -> None:
    assert is_scan_action(action) is True


@pytest.mark.parametrize("action", OTHERS)
def test_another_action_is_not_known_to(action: str) -> None:
    assert is_scan_action(action) is False


@pytest.mark.parametrize("action", SCANS)
def test_these_fail_without_being_told(action: str) -> None:
    assert judged(action, {}) == Judgement()


@pytest.mark.parametrize("action", LISTS)
def test_these_succeed_whatever_they_find(action: str) -> None:
    found = judged(action, {"exit-code": "1"})
    assert (len(found.soft), found.unclear) == (1, ())


@pytest.mark.parametrize("action", [each for each in OTHERS if each])
def test_of_another_it_cannot_be_told(action: str) -> None:
    found = judged(action, {"path": "."})
    assert found.soft == ()
    assert len(found.unclear) == 1
    assert action in found.unclear[0]


def test_an_action_of_the_platform_itself_counts_as_a_check() -> None:
    assert judged(OWN, {}) == Judgement()
    assert judged(OWN, {"path": "."}) == Judgement()
    assert judged(OWN, {"soft-fail": "true"}).soft != ()
    assert judged("x/scan./", {}).unclear != ()


@pytest.mark.parametrize(
    ("action", "value", "hard"),
    [
        (TRIVY, "1", True),
        (TRIVY, "01", True),
        (TRIVY, "255", True),
        (TRIVY, " 1 ", True),
        (TRIVY, "0", False),
        (TRIVY, "00", False),
        (TRIVY, "1000", False),
        (TRIVY, "1x", False),
        (TRIVY, "true", False),
        (TRIVY, "", False),
        (SCOUT, "true", True),
        (SCOUT, "True", True),
        (SCOUT, "false", False),
        (SCOUT, "1", False),
        (SCOUT, "trueish", False),
    ],
)
def test_an_input_that_makes_it_fail_has_to_do_so(action: str, value: str, hard: bool) -> None:
    for name in ("exit-code", "EXIT-CODE"):
        found = judged(action, {name: value})
        assert found.guards is hard
        assert found.unclear == ()
        assert all("told" in cause and name in cause for cause in found.soft)


@pytest.mark.parametrize("action", [TRIVY, SCOUT])
def test_without_that_input_it_succeeds(action: str) -> None:
    for inputs in ({}, {"exit_code": "1"}, {"severity": "HIGH"}):
        found = judged(action, inputs)
        assert len(found.soft) == 1
        assert "exit-code" in found.soft[0]


def test_another_input_of_such_an_action_changes_nothing() -> None:
    assert judged(TRIVY, {"exit-code": "1", "severity": "0", "format": "table", "image-ref": "spdx"}) == Judgement()
    assert judged(SCOUT, {"exit-code": "true", "format": "spdx", "command": "cves"}) == Judgement()
    assert judged(PLAIN, {"format": "spdx", "path": "--no-fail", "level": "0"}) == Judgement()


@pytest.mark.parametrize("value", ["cyclonedx", "spdx", "spdx-json", "github", "CycloneDX"])
def test_a_format_that_only_lists_is_soft(value: str) -> None:
    found = judged(TRIVY, {"exit-code": "1", "Format": value})
    assert len(found.soft) == 1
    assert "lists" in found.soft[0]


@pytest.mark.parametrize("value", ["table", "json", "sarif", "githubs", "cyclonedx2", ""])
def test_another_format_is_not(value: str) -> None:
    assert judged(TRIVY, {"exit-code": "1", "format": value}) == Judgement()


@pytest.mark.parametrize(
    ("name", "value", "soft"),
    [
        ("soft-fail", "true", True),
        ("soft_fail", "true", True),
        ("soft-fail-on", "LOW", True),
        ("soft-on-fail", "true", True),
        ("SOFT_FAIL", "TRUE", True),
        ("no-fail", "true", True),
        ("no-error", "1", True),
        ("continue-on-error", "true", True),
        ("continue_on_error", "true", True),
        ("continue-fail", "true", True),
        ("allow-fail", "true", True),
        ("allow_failures", "true", True),
        ("x-allow-failure", "true", True),
        ("warn-only", "true", True),
        ("skip-check", "CKV_1", True),
        ("skip_all_check", "true", True),
        ("dry-run", "true", True),
        ("soft-fail", "false", False),
        ("soft-fail", "False", False),
        ("soft-fail", "", False),
        ("soft-fail", "0", False),
        ("my-soft-fail", "true", False),
        ("softfail", "true", False),
        ("warn-only-x", "true", False),
        ("skip-checks", "true", False),
        ("dry-run-x", "true", False),
        ("exit-code", "0", True),
        ("exit_code", "0", True),
        ("exit-code", "1", False),
        ("exit-codes", "0", False),
        ("fail", "false", True),
        ("fail", "no", True),
        ("fail", "never", True),
        ("fail", "off", True),
        ("fail", "none", True),
        ("fail-build", "false", True),
        ("FAIL-BUILD", "False", True),
        ("failure-threshold", "none", True),
        ("failure-threshold", " none ", True),
        ("failure-threshold", "error", False),
        ("fail", "true", False),
        ("fail", "", False),
        ("my-fail", "false", False),
        ("vulnerability-check", "false", True),
        ("vulnerability-check", "true", False),
        ("vulnerability-checks", "false", False),
        ("args", "--no-fail", True),
        ("args", "-no-fail", True),
        ("args", "scan --soft-fail .", True),
        ("args", "scan --exit-zero", True),
        ("args", "scan --no-exit-codes", True),
        ("args", "scan --no-error", True),
        ("args", "scan --dry-run", True),
        ("args", "scan --dryrun", True),
        ("args", "--help", True),
        ("args", "--version", True),
        ("args", "scan\n--no-fail", True),
        ("extra-args", "--no-fail", True),
        ("extra_args", "--no-fail", True),
        ("_args", "--no-fail", True),
        ("arguments", "--no-fail", True),
        ("flags", "--no-fail", True),
        ("options", "--NO-FAIL", True),
        ("args", "scan .", False),
        ("args", "x--no-fail", False),
        ("args", "no-fail", False),
        ("args", "---no-fail", False),
        ("argsx", "--no-fail", False),
        ("args-file", "--no-fail", False),
        ("xargs", "--no-fail", False),
        ("path", "--no-fail", False),
    ],
)
def test_an_input_that_keeps_it_from_failing_is_soft(name: str, value: str, soft: bool) -> None:
    for action in (PLAIN, OWN):
        found = judged(action, {name: value})
        assert found.unclear == ()
        assert len(found.soft) == int(soft)
        assert all(name in cause for cause in found.soft)


@pytest.mark.parametrize("name", ["soft-fail", "fail", "exit-code", "args", "my-flags", "FAIL-X"])
def test_where_only_the_run_knows_such_an_input_it_is_unclear(name: str) -> None:
    found = judged(PLAIN, {name: "${{ inputs.x }}"})
    assert (found.soft, len(found.unclear)) == ((), 1)
    assert name in found.unclear[0]
    assert "run" in found.unclear[0]


@pytest.mark.parametrize("name", ["path", "my-soft-fail", "warn-only-x", "format", "argsx"])
def test_an_expression_in_another_input_changes_nothing(name: str) -> None:
    assert judged(PLAIN, {name: "${{ inputs.x }}"}) == Judgement()


def test_a_format_that_only_the_run_knows_is_unclear() -> None:
    found = judged(TRIVY, {"exit-code": "1", "format": "${{ inputs.x }}"})
    assert (found.soft, len(found.unclear)) == ((), 1)


def test_each_input_has_its_own_cause() -> None:
    found = judged("x/scan", {"soft-fail": "true", "args": "--no-fail", "fail": "${{ x }}", "path": "."})
    assert (len(found.soft), len(found.unclear)) == (2, 1)
    assert len(judged("x/scan", {"fail": "${{ x }}"}).unclear) == 1
    assert judged("x/scan", {"soft-fail": "true"}).unclear == ()
