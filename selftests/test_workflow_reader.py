"""Workflow reader: what GitHub would run, with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from packaging_readiness.checkout.workflow import find_workflows
from packaging_readiness.checkout.workflow_model import Workflow
from selftests.workflow_samples import PATH, SAMPLE, changed, named, read


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return read(SAMPLE)


def test_events_and_inputs_are_read(workflow: Workflow) -> None:
    assert (workflow.name, workflow.path, workflow.dispatchable) == ("package", PATH, True)
    assert [(event.name, event.line) for event in workflow.events] == [("workflow_dispatch", 3)]
    first, second = workflow.inputs
    assert (first.name, first.description, first.required, first.default) == ("profile", "which profile", True, "dev")
    assert (first.type, first.options, first.line) == ("choice", ("dev", "prod"), 5)
    assert (second.name, second.required, second.default, second.type) == ("note", False, None, "string")


@pytest.mark.parametrize("on", ["on: push", '"on": push', "on: [push]", "on:\n  push:", "on:\n- push"])
def test_on_is_the_word_and_not_a_truth_value(on: str) -> None:
    workflow = read(f"{on}\njobs: {{a: {{steps: [{{run: x}}]}}}}\n")
    assert [event.name for event in workflow.events] == ["push"]
    assert not workflow.dispatchable


def test_permissions_of_each_level(workflow: Workflow) -> None:
    assert workflow.permissions is not None
    assert (workflow.permissions.of("contents"), workflow.permissions.of("id-token")) == ("read", "none")
    check, build, report = workflow.jobs
    for job, contents, token in ((check, "read", "none"), (build, "read", "write"), (report, "read", "none")):
        granted = workflow.permissions_of(job)
        assert granted is not None
        assert (granted.of("contents"), granted.of("id-token")) == (contents, token)
    everything = changed("    permissions: read-all\n", "    permissions: write-all\n").jobs[0].permissions
    assert everything is not None
    assert everything.of("id-token") == "write"
    nothing = changed("    permissions: read-all\n", "    permissions: {}\n").jobs[0].permissions
    assert nothing is not None
    assert nothing.of("contents") == "none"
    assert changed("permissions:\n  contents: read\n", "").permissions is None


def test_env_blocks_of_all_levels_keep_text_and_lines(workflow: Workflow) -> None:
    found = [(place, e.name, e.value, e.line) for place, env in workflow.environments() for e in env]
    assert found == [
        ("workflow", "REGION", "eu-west-2", 15),
        ("workflow", "ENABLED", "on", 16),
        ("job check", "LEVEL", "1", 22),
        ("containers of job build", "INSIDE", "yes", 39),
        ("job build, step 2", "TAG", "git-abc", 50),
    ]


def test_services_env_is_not_overlooked() -> None:
    text = "on: push\njobs:\n  a:\n    services:\n      db: {env: {KEY: v}}\n    steps: [{run: x}]\n"
    assert read(text).environments()[0][1][0].name == "KEY"


def test_steps_know_their_job_order_and_lines(workflow: Workflow) -> None:
    assert [(step.job, step.index, step.label, step.line) for step in workflow.steps] == [
        ("check", 0, "actions/checkout@v4", 24),
        ("check", 1, "security", 25),
        ("build", 0, "credentials", 41),
        ("build", 1, "push", 46),
        ("report", 0, "step 1", 57),
    ]
    security = named(workflow, "security")
    assert (security.id, security.run_line) == ("security", 28)
    assert security.run == "python tools/security.py\necho done\n"
    push = named(workflow, "push")
    assert (push.if_, push.continue_on_error, push.run_line) == ("success()", "false", 51)
    role = named(workflow, "credentials").input("Role-To-Assume")
    assert role is not None
    assert (role.value, role.line) == ("${{ vars.ROLE }}", 44)
    assert workflow.jobs[2].needs == ("build", "check")
    assert workflow.jobs[2].if_ == "always()"


def test_a_call_of_a_reusable_workflow_has_no_steps() -> None:
    job = read("on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n").jobs[0]
    assert (job.uses, job.steps) == ("./.github/workflows/b.yml", ())


@pytest.mark.parametrize(
    ("top", "job", "step", "shell"),
    [
        ("", "", "", None),
        ("defaults: {run: {shell: bash}}\n", "", "", "bash"),
        ("defaults: {run: {shell: bash}}\n", "    defaults: {run: {shell: sh}}\n", "", "sh"),
        ("defaults: {run: {shell: bash}}\n", "    defaults: {run: {shell: sh}}\n", ", shell: python", "python"),
        ("defaults: {run: {working-directory: a}}\n", "", "", None),
    ],
)
def test_a_step_has_the_shell_of_the_nearest_default(top: str, job: str, step: str, shell: str | None) -> None:
    text = f"on: push\n{top}jobs:\n  a:\n{job}    steps:\n      - {{run: x{step}}}\n"
    assert read(text).steps[0].shell == shell


def test_harmless_aliases_are_followed() -> None:
    workflow = read("on: push\nenv: &e {A: b}\njobs:\n  a:\n    env: *e\n    steps: [{run: x}]\n")
    assert [entry.value for entry in workflow.jobs[0].env] == ["b"]


def test_workflow_files_are_found_sorted(tmp_path: Path) -> None:
    assert find_workflows(tmp_path) == ()
    folder = tmp_path / ".github" / "workflows"
    (folder / "sub.yml").mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "c.yml.bak", "README.md"):
        (folder / name).write_text("on: push\n", encoding="utf-8")
    assert [path.name for path in find_workflows(tmp_path)] == ["a.yml", "b.yaml"]
