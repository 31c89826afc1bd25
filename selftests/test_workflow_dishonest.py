"""Workflows whose push nothing guards, or of which that cannot be told: none of them is taken for guarded."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.workflow_model import Workflow
from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps
from selftests.dishonest_jobs import CHECK, JOBS, PUSH, PUSHED
from selftests.dishonest_scripts import SCAN, SCRIPTS
from selftests.security_commands import CHECKS, NO_CHECKS
from selftests.workflow_samples import job_of, read

PARALLEL = "on: push\njobs:\n  check:\n    steps:\n      - {check}\n  push:\n{needs}    steps:\n      - {push}\n"


def verdict(workflow: Workflow) -> str:
    """red, cannot tell or green, as the check ends."""
    if security_step_gaps(workflow, "security"):
        return "red"
    try:
        refuse_unclear_steps(workflow, "security")
    except CannotTell:
        return "cannot tell"
    return "green"


def script(text: str, more: str = "") -> Workflow:
    """A security step with this script, and a push after it."""
    lines = "".join(f"          {line}\n" for line in text.split("\n"))
    keys = "".join(f"        {line}\n" for line in more.split("\n") if line)
    step = f"      - name: security\n{keys}        run: |\n{lines}"
    return read(f"on: push\njobs:\n  a:\n    steps:\n{step}      - {PUSH}\n")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_security_step_that_may_succeed_is_not_taken_for_a_guard(name: str) -> None:
    assert verdict(script(SCAN)) == "green"
    assert verdict(script(*SCRIPTS[name])) != "green"


@pytest.mark.parametrize("text", NO_CHECKS)
def test_what_is_not_known_to_be_a_check_is_not_taken_for_one(text: str) -> None:
    assert verdict(script(text)) != "green"


@pytest.mark.parametrize("text", CHECKS)
def test_what_is_known_to_be_a_check_is_taken_for_one(text: str) -> None:
    assert verdict(script(text)) == "green"


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_may_push_unguarded_is_not_taken_for_guarded(name: str) -> None:
    assert verdict(job_of(*PUSHED)) == "green"
    assert verdict(job_of(*JOBS[name])) != "green"


@pytest.mark.parametrize(
    ("needs", "outcome"),
    [
        ("    needs: check\n", "green"),
        ("", "red"),
        ("    needs: check\n    if: always()\n", "red"),
        ("    needs: check\n    if: always() && needs.check.result != 'cancelled'\n", "red"),
        ("    needs: check\n    if: success() && github.ref == 'x'\n", "green"),
    ],
)
def test_a_job_of_its_own_guards_only_what_needs_it(needs: str, outcome: str) -> None:
    text = PARALLEL.replace("{check}", CHECK).replace("{needs}", needs).replace("{push}", PUSH)
    assert verdict(read(text)) == outcome


def test_a_push_in_an_earlier_job_is_seen() -> None:
    text = PARALLEL.replace("{check}", PUSH).replace("{needs}", "    needs: check\n").replace("{push}", CHECK)
    assert verdict(read(text)) == "red"


@pytest.mark.parametrize(("written", "outcome"), [("OTHER", "green"), ("TOOL", "cannot tell")])
def test_a_variable_that_a_script_sets_anew_is_not_known(written: str, outcome: str) -> None:
    steps = (f"{{run: 'echo {written}=docker >> $GITHUB_ENV'}}", "{run: $TOOL push x}", CHECK, PUSH)
    assert verdict(job_of(*steps, top="env: {TOOL: echo}\n")) == outcome


@pytest.mark.parametrize("place", ["workflow", "job", "containers"])
def test_a_hook_in_any_environment_cannot_be_told(place: str) -> None:
    hook = {"workflow": "", "job": "", "containers": ""} | {place: "env: {BASH_ENV: x}"}
    steps = f"    steps:\n      - {CHECK}\n      - {PUSH}\n"
    job = f"    {hook['job']}\n    container: {{image: b, {hook['containers']}}}\n{steps}"
    assert verdict(read(f"on: push\n{hook['workflow']}\njobs:\n  a:\n{job}")) == "cannot tell"
