"""Values of a workflow: what permissions grant, and what its parts are called."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.workflow_model import Permissions
from selftests.workflow_samples import one_step, read


def test_what_permissions_grant() -> None:
    scopes = ("contents", "id-token", "packages")
    granted = {
        "write-all": Permissions("write-all", (), 1),
        "read-all": Permissions("read-all", (), 1),
        "none": Permissions("", (), 1),
        "some": Permissions("", (("contents", "read"), ("id-token", "write")), 1),
    }
    assert {name: [each.of(scope) for scope in scopes] for name, each in granted.items()} == {
        "write-all": ["write", "write", "write"],
        "read-all": ["read", "none", "read"],
        "none": ["none", "none", "none"],
        "some": ["read", "write", "none"],
    }


def test_a_workflow_answers_by_name() -> None:
    workflow = read("on: [push, workflow_dispatch]\njobs:\n  a: {steps: [{run: x}]}\n  b: {steps: [{run: y}]}\n")
    assert workflow.dispatchable
    assert [event.name for event in workflow.events] == ["push", "workflow_dispatch"]
    assert workflow.job("b") is workflow.jobs[1]
    assert workflow.job("c") is None
    assert [step.run for step in workflow.steps] == ["x", "y"]
    assert not read("on: [push]\njobs: {a: {steps: [{run: x}]}}\n").dispatchable
    assert workflow.environments() == ()


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("{run: x}", "step 1"),
        ("{uses: x/y@v1}", "x/y@v1"),
        ("{uses: x/y@v1, id: i}", "i"),
        ("{uses: x/y@v1, id: i, name: n}", "n"),
    ],
)
def test_a_step_is_called_by_the_first_of_its_names(step: str, label: str) -> None:
    assert one_step(step).steps[0].label == label
