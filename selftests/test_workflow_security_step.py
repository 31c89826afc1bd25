"""The security step: it guards every push, and whatever could push and cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from packaging_readiness.checkout.workflow import read_workflow
from packaging_readiness.checkout.workflow_model import Workflow
from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps
from packaging_readiness.plugin.workflow_secrets import oidc_gaps
from selftests.breaks import WORKFLOW
from selftests.main_job import SUITE, fresh_platform, on_platform, pytest_run
from selftests.platform_edits import replace
from selftests.workflow_samples import SAMPLE, changed, job_of, read

NAMED = "(?i)security"
REFERENCE = SUITE / "fixtures" / "reference_platform" / WORKFLOW
CHECK = "{name: security checks, run: ./scan .}"
PUSH = "{run: docker push x}"


def gaps(workflow: Workflow) -> list[str]:
    return security_step_gaps(workflow, NAMED)


def unclear(workflow: Workflow) -> str:
    """What cannot be told; empty when all can."""
    try:
        refuse_unclear_steps(workflow, NAMED)
    except CannotTell as error:
        return str(error)
    return ""


def test_the_reference_platform_and_the_sample_are_guarded() -> None:
    for workflow in (read_workflow(REFERENCE.read_bytes(), WORKFLOW), read(SAMPLE)):
        assert gaps(workflow) == []
        assert unclear(workflow) == ""


@pytest.mark.parametrize(
    ("steps", "gap"),
    [
        ((PUSH,), "no step's name matches"),
        ((CHECK,), "no step is seen to push"),
        ((CHECK, "{run: make push}"), "no step is seen to push"),
        ((PUSH, CHECK), "does not run before"),
        (("{name: security, run: ./scan || true}", PUSH), "passed over"),
        (('{name: security, run: "set +e\\n./scan\\necho done"}', PUSH), "set +e"),
        (("{name: security, run: echo fine}", PUSH), "runs no check"),
        (("{name: security, run: './scan | tee log'}", PUSH), "pipefail"),
        (("{name: security, continue-on-error: true, run: ./scan}", PUSH), "continue-on-error"),
        (("{name: security, if: inputs.scan, run: ./scan}", PUSH), "only under a condition"),
        ((CHECK, "{if: always(), run: docker push x}"), "even after a failure"),
        ((CHECK, "{if: success() || true, run: docker push x}"), "even after a failure"),
        ((CHECK, "{if: '!success()', run: docker push x}"), "even after a failure"),
        ((CHECK, "{if: success() || failure(), run: docker push x}"), "even after a failure"),
        (("{name: set security credentials, uses: aws-actions/configure-aws-credentials@v4}", PUSH), "runs no check"),
        (("{name: security, uses: actions/checkout@v4}", PUSH), "runs no check"),
        (("{name: security, uses: a/b@v1, with: {soft_fail: true}}", PUSH), "told not to fail"),
        (("{name: security, uses: a/b@v1, with: {fail-on-severity: none}}", PUSH), "told not to fail"),
        (("{name: security, uses: aquasecurity/trivy-action@0.30.0}", PUSH), "no exit-code"),
        (("{name: security, uses: aquasecurity/trivy-action@0.30.0, with: {exit-code: 0}}", PUSH), "told not to fail"),
    ],
)
def test_a_push_that_the_security_step_does_not_guard_is_a_gap(steps: tuple[str, ...], gap: str) -> None:
    (found,) = gaps(job_of(*steps))
    assert gap in found
    assert found.startswith(".github/workflows/package.yml")


@pytest.mark.parametrize(
    "check",
    [
        CHECK,
        "{id: security, run: python tools/security.py}",
        "{name: Security, run: make security}",
        "{name: security, shell: python, run: 'import sys, tools; sys.exit(tools.main())'}",
        "{name: security, if: success(), run: ./scan}",
        "{name: security, uses: ./.github/actions/security}",
        "{name: security, uses: aquasecurity/trivy-action@0.30.0, with: {exit-code: 1}}",
    ],
)
def test_a_security_step_that_stops_the_job_is_accepted(check: str) -> None:
    workflow = job_of("{uses: actions/checkout@v4}", check, PUSH, "{run: make report}")
    assert (gaps(workflow), unclear(workflow)) == ([], "")


def test_one_security_step_that_guards_is_enough() -> None:
    assert gaps(job_of("{name: security tools, run: pip install scan}", CHECK, PUSH)) == []


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        ("{run: make push}", "make"),
        ("{run: ./tools/publish.sh}", "./tools/publish.sh"),
        ('{run: "eval \\"$COMMAND\\""}', "eval"),
        ("{uses: somebody/push@v1}", "somebody/push@v1"),
        ("{uses: ./.github/actions/publish}", "./.github/actions/publish"),
        ("{shell: pwsh, run: echo x}", "shell pwsh"),
    ],
)
def test_a_step_that_cannot_be_read_must_stand_after_the_security_step(step: str, cause: str) -> None:
    early = job_of(step, CHECK, PUSH)
    assert gaps(early) == []
    assert cause in unclear(early)
    assert "after the security step" in unclear(early)
    assert unclear(job_of(CHECK, step, PUSH)) == ""


def test_a_step_that_cannot_be_read_and_runs_after_a_failure_is_not_guarded() -> None:
    assert "make" in unclear(job_of(CHECK, PUSH, "{if: always(), run: make report}"))
    assert unclear(job_of(CHECK, PUSH, "{if: always(), uses: actions/upload-artifact@v4}")) == ""


def test_a_soft_security_step_guards_nothing_that_cannot_be_read() -> None:
    assert "make" in unclear(job_of("{name: security, run: ./scan || true}", "{run: make push}", CHECK, PUSH))


@pytest.mark.parametrize(("needs", "told"), [("", False), ("    needs: check\n", True), ("    needs: build\n", True)])
def test_a_reusable_workflow_must_need_the_security_step(needs: str, told: bool) -> None:
    call = f"  other:\n{needs}    uses: ./.github/workflows/publish.yml\n  report:\n"
    workflow = changed("  report:\n", call)
    assert gaps(workflow) == []
    assert (unclear(workflow) == "") is told


def test_a_reusable_workflow_that_runs_after_a_failure_is_not_guarded() -> None:
    call = "  other:\n    needs: check\n    if: always()\n    uses: ./.github/workflows/publish.yml\n  report:\n"
    assert "publish.yml" in unclear(changed("  report:\n", call))


def test_pull_requests_of_strangers_get_no_token() -> None:
    steps = "{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: r}}", PUSH
    top = "permissions: {id-token: write}\n"
    assert oidc_gaps(job_of(*steps, top=top), {"id-token": "write"}) == []
    text = SAMPLE.replace("  workflow_dispatch:\n", "  pull_request_target:\n  workflow_dispatch:\n")
    (found,) = oidc_gaps(read(text), {"id-token": "write"})
    assert ":3: pull_request_target" in found


@pytest.mark.parametrize(
    ("old", "new", "outcome", "reason"),
    [
        ("", "", "pass", ""),
        ("-secrets .", "-secrets . || true", "fail", "security-step-gap"),
        ("      - name: Run the sec", "      - run: make push\n      - name: Run the sec", "error", "cannot-tell"),
    ],
    ids=["guarded", "soft", "unclear"],
)
def test_the_check_fails_for_a_gap_and_cannot_tell_what_it_cannot_read(
    old: str, new: str, outcome: str, reason: str, tmp_path: Path
) -> None:
    root = fresh_platform(tmp_path / "platform")
    if old:
        replace(WORKFLOW, (old, new))(root)
    report = tmp_path / "report.json"
    chosen = ("--check", "m1d.workflow.security-step", f"--json-report-file={report}")
    ran = pytest_run(*on_platform(root), *chosen)
    (test,) = json.loads(report.read_bytes())["tests"]
    record = test["metadata"]["readiness"]
    assert (record["outcome"], record["reason"]) == (outcome, reason), ran.text
    assert ran.status == (0 if outcome == "pass" else 1)
