"""A workflow of three jobs, and ways to read it changed: shared by the tests of the workflow readers."""

from pathlib import Path

from packaging_readiness.checkout.workflow import read_workflow
from packaging_readiness.checkout.workflow_model import Step, Workflow

SAMPLE = (Path(__file__).parent / "data" / "documents" / "workflow.yml").read_text(encoding="utf-8")
PATH = ".github/workflows/package.yml"


def read(text: str) -> Workflow:
    """The workflow in `text`."""
    return read_workflow(text.encode(), PATH)


def changed(old: str, new: str) -> Workflow:
    """The sample with one text replaced, which must stand in it."""
    assert old in SAMPLE
    return read(SAMPLE.replace(old, new, 1))


def one_step(body: str) -> Workflow:
    """A workflow of one step: the YAML of its first key, further ones indented by eight."""
    return read(f"on: push\njobs:\n  a:\n    steps:\n      - {body}\n")


def job_of(*steps: str, top: str = "") -> Workflow:
    """A workflow of one job of these steps, each a YAML mapping on one line or with its own indentation of eight."""
    return read("on: push\n" + top + "jobs:\n  a:\n    steps:\n" + "".join(f"      - {step}\n" for step in steps))


def named(workflow: Workflow, name: str) -> Step:
    """The step of that name."""
    return next(step for step in workflow.steps if step.name == name)
