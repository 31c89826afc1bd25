"""Credential policy of the packaging workflow: static keys, OIDC, and what is printed."""

import re
from collections.abc import Mapping

from packaging_readiness.checkout.workflow_model import Entry, Step, Workflow
from packaging_readiness.checkout.workflow_push import push_steps
from packaging_readiness.checkout.workflow_queries import (
    credentials_steps,
    runs_before,
    static_credentials,
)
from packaging_readiness.secrets.names import credential_name
from packaging_readiness.secrets.pairs import scan_text_values

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_UNTRUSTED = re.compile(r"\b(github\.(event|head_ref|ref_name|actor)\b|inputs\.)")
_SECRET = re.compile(r"\bsecrets\b")
_PRINTS = re.compile(r"\b(echo|printf|cat|tee|print|Write-Host|env|printenv)\b|>")
_TRACES = re.compile(r"(?m)^\s*set\s+-\w*x|\bbash\s+-\w*x")


def static_places(workflow: Workflow, salt: bytes) -> list[str]:
    """`path:line: what in place`: static credentials by name, and findings in values and scripts."""
    found = {f"{workflow.path}:{c.line}: {c.name} in {c.place}" for c in static_credentials(workflow)}
    for place, entries in _all_entries(workflow):
        for entry in entries:
            if entry.name.upper().startswith("AWS_") and credential_name(entry.name):
                found.add(f"{workflow.path}:{entry.line}: {entry.name} in {place}")
            for finding in scan_text_values({entry.name: entry.value}, place, salt, line=entry.line):
                found.add(f"{workflow.path}:{entry.line}: {finding.label} in {place}")
    for step in workflow.steps:
        if step.run is not None:
            for finding in scan_text_values({"run": step.run}, step.label, salt, line=step.run_line):
                found.add(f"{workflow.path}:{step.run_line}: {finding.label} in step {step.label!r}")
    return sorted(found)


def _all_entries(workflow: Workflow) -> list[tuple[str, tuple[Entry, ...]]]:
    return [*workflow.environments(), *((f"with of step {step.label!r}", step.with_) for step in workflow.steps)]


def oidc_gaps(workflow: Workflow, permissions: Mapping[str, str]) -> list[str]:
    """Why the workflow does not push with a role assumed by OIDC, and nothing else. Empty when it does."""
    path = workflow.path
    found = [
        f"{path}:{event.line}: {event.name} hands the workflow's token to code that nobody has reviewed"
        for event in workflow.events
        if event.name == "pull_request_target"
    ]
    steps = credentials_steps(workflow)
    for entry in steps:
        place = f"{path}:{entry.step.line}"
        if not entry.role:
            found.append(f"{place}: the credentials step names no role-to-assume")
        found += [f"{place}: the credentials step is given {name}" for name in entry.static_inputs]
    for push in push_steps(workflow):
        job = workflow.job(push.job)
        granted = workflow.permissions_of(job) if job is not None else None
        for scope, needed in permissions.items():
            has = granted.of(scope) if granted is not None else "the repository's default"
            if has != needed and not (needed == "read" and has == "write"):
                found.append(f"{path}:{push.line}: job {push.job} has {scope}: {has}, {needed} is needed")
            if needed == "read" and has == "write":
                found.append(f"{path}:{push.line}: job {push.job} has {scope}: write, read is enough")
        before = [entry for entry in steps if entry.step.job == push.job and runs_before(workflow, entry.step, push)]
        if not before:
            found.append(f"{path}:{push.line}: step {push.label!r} pushes before a role is assumed")
    return found


def secret_outputs(workflow: Workflow) -> list[str]:
    """Steps that expand a secret or untrusted text inside a script, print a secret, or trace their commands."""
    found = []
    for step in workflow.steps:
        if step.run is None:
            found += _stored(workflow, step)
            continue
        place = f"{workflow.path}:{step.run_line}: step {step.label!r}"
        for expression in _EXPRESSION.findall(step.run):
            if _SECRET.search(expression):
                found.append(f"{place} expands a secret inside the script")
            elif _UNTRUSTED.search(expression):
                found.append(f"{place} expands untrusted {expression.strip()} inside the script; pass it by env")
        secret_names = {entry.name for entry in step.env if _SECRET.search(entry.value) or credential_name(entry.name)}
        for number, text in enumerate(step.run.splitlines()):
            if _PRINTS.search(text) and any(re.search(rf"\$\{{?{re.escape(name)}\b", text) for name in secret_names):
                found.append(f"{workflow.path}:{step.run_line + number}: step {step.label!r} prints or stores a secret")
        if secret_names and _TRACES.search(step.run):
            found.append(f"{place} traces commands that hold a secret (set -x)")
    return sorted(set(found))


def _stored(workflow: Workflow, step: Step) -> list[str]:
    """An artifact upload that names a secret."""
    if step.uses is None or "upload-artifact" not in step.uses:
        return []
    return [
        f"{workflow.path}:{entry.line}: step {step.label!r} stores a secret in an artifact"
        for entry in step.with_
        if _SECRET.search(entry.value)
    ]
