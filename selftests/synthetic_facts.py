"""Facts that the checks of a passing run record: values only, made up but of the real shapes."""

import hashlib
from collections.abc import Callable
from typing import Any

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand

RUN_ID = "platform_20260222T194849Z"
WRITTEN_AT = "2026-02-22T19:48:49Z"
GIT_SHA = "5f4e3d2c1b0a99887766554433221100ffeeddcc"
IMAGE_DIGEST = "sha256:" + "2f" * 32
TREE_DIGEST = "sha256:" + "7a" * 32


def observation(row: CheckRow, contract: Contract) -> dict[str, Any]:
    """What the check behind `row` records when it holds."""
    subject, check = row.row, row.check.id
    by_row: dict[str, Callable[[], dict[str, Any]]] = {
        "m1a.boundary.include-exists": lambda: {"path": _subject(row), "recursive": False},
        "m1a.boundary.include-in-context": lambda: {
            "path": _subject(row),
            "files_count": 1,
            "tree_digest": TREE_DIGEST,
        },
        "m1a.boundary.include-copied": lambda: {"path": _subject(row), "files_count": 1},
        "m1a.boundary.learning-module": lambda: {"module_path": "src/a/worker.py", "handle": _handle(row)},
        "m1a.boundary.learning-handle": lambda: {"handle": _handle(row)},
        "m1a.payload.exclude-stays-out": lambda: {"surface": _subject(row), "probes": [".env"], "entered": []},
        "m1b.matrix.handle-mapped": lambda: {"handle": _subject(row), "files_count": 1},
        "m1b.contract.plan-row": lambda: {"handle": _handle(row), "options": ["--profile"], "mapping_status": "READY"},
        "m1c.provenance.field": lambda: {_subject(row): _provenance(contract)[_subject(row)]},
        "m1c.provenance.anchor": lambda: {_subject(row): _provenance(contract)[_subject(row)]},
        "m1c.paths.handle": lambda: {"handle": _subject(row), "handle_value": contract.handles[_subject(row)]},
        "m1d.sources.path-pinned": lambda: {"secret_path": _subject(row), "pinned": True},
    }
    if check in by_row:
        return by_row[check]()
    if isinstance(subject, Entrypoint | Subcommand | MprCase):
        return _run(row, subject, contract)
    return _single(contract).get(check, {})


def _subject(row: CheckRow) -> str:
    assert row.row is not None
    return row.row.id


def _handle(row: CheckRow) -> str:
    assert isinstance(row.row, Entrypoint)
    return row.row.handle


def _run(row: CheckRow, subject: Entrypoint | Subcommand | MprCase, contract: Contract) -> dict[str, Any]:
    entrypoint = subject if isinstance(subject, Entrypoint) else contract.entrypoint(subject.entrypoint)
    enforced = row.check.id.endswith("required-enforced")
    refused = row.check.id.endswith("unknown-refused")
    told = "--profile is required" if enforced else "unrecognized arguments: --unknown"
    facts: dict[str, Any] = {
        "command": f"python -m {entrypoint.module}" + ("" if enforced else " --unknown" if refused else " --help"),
        "exit_code": 2 if enforced or refused else 0,
        "stderr_summary": f"usage: worker\nworker: error: {told}" if enforced or refused else "",
        "module": entrypoint.module,
    }
    if isinstance(subject, Entrypoint):
        facts |= {"handle": subject.handle, "mode": subject.mode}
    else:
        facts |= {"subcommand": subject.subcommand}
    if isinstance(subject, MprCase):
        facts |= {"event_type": subject.event["event_type"], "expected_status": subject.expect}
        facts["exit_code"] = 0 if subject.expect == "PASS" else 1
    if enforced or refused:
        facts |= {"options": list(entrypoint.required) if enforced else ["--unknown"]}
    if row.check.id.endswith("optional-documented") and not isinstance(subject, MprCase):
        facts |= {"options": list(subject.optional)}
    return facts


def _provenance(contract: Contract) -> dict[str, str]:
    return {
        "phase_id": contract.phase_id,
        "platform_run_id": RUN_ID,
        "written_at_utc": WRITTEN_AT,
        "image_tag": f"git-{GIT_SHA}",
        "image_digest": IMAGE_DIGEST,
        "git_sha": GIT_SHA,
        "build_driver": "github_actions",
        "image_reference_mode": contract.handles["IMAGE_REFERENCE_MODE"],
        "ecr_repo_uri": contract.handles["ECR_REPO_URI"],
        "dockerfile_path": contract.image.dockerfile,
        "build_context_path": contract.image.context,
        "build_completed_at_utc": "2026-02-22T19:40:00Z",
        "build_actor": "release-bot",
        "oci_digest_algo": "sha256",
        "oci_digest_value": IMAGE_DIGEST,
    }


def _single(contract: Contract) -> dict[str, dict[str, Any]]:
    """Facts of the checks without rows; a check that is not here records none."""
    tag, handles, workflow = f"git-{GIT_SHA}", contract.handles, contract.workflow.path
    dockerfile = {"path": "Dockerfile", "sha256": "sha256:" + hashlib.sha256(b"").hexdigest(), "size": 2275}
    return {
        "m1a.strategy.repository-uri-pinned": {"ecr_repo_uri": handles["ECR_REPO_URI"]},
        "m1a.strategy.one-repository": {"handles_compared": 2},
        "m1a.strategy.one-final-stage": {
            "final_stage": "runtime",
            "stages": [{"index": 0, "name": "runtime", "base": "${BASE_IMAGE}", "line": 3}],
        },
        "m1a.strategy.plan-pins-strategy": {"image_strategy": contract.image.strategy},
        "m1a.strategy.authority-agrees": {"handles_compared": 6},
        "m1a.reference.tag-pattern": {"image_tag_pattern": handles["IMAGE_TAG_GIT_SHA_PATTERN"]},
        "m1a.reference.convenience-tag": {"convenience_tag": handles["IMAGE_TAG_DEV_FULL_LATEST"]},
        "m1a.reference.mode": {"image_reference_mode": handles["IMAGE_REFERENCE_MODE"]},
        "m1a.reference.build-driver": {"build_driver": handles["IMAGE_BUILD_DRIVER"]},
        "m1a.boundary.copy-maps-to-include": {
            "copies": [{"line": 8, "stage": "runtime", "source": "pyproject.toml"}],
            "copied_files": [{"path": "pyproject.toml", "sha256": TREE_DIGEST, "image_paths": ["app/pyproject.toml"]}],
            "copied_tree_digest": TREE_DIGEST,
        },
        "m1a.boundary.context-within-contract": {
            "ignore_file": ".dockerignore",
            "context_files": 1,
            "context_bytes": 2275,
            "context_tree_digest": TREE_DIGEST,
            "files": [dockerfile],
        },
        "m1a.boundary.context-taken": {"untaken_files": 0},
        "m1a.advisory.engines-agree": {"engine_differences": []},
        "m1a.payload.no-broad-copy": {"broad_ingestions": []},
        "m1a.payload.default-deny": {
            "ignore_file": ".dockerignore",
            "default_deny": True,
            "ignore_file_digest": "sha256:" + "3c" * 32,
            "context_files": 1,
            "context_tree_digest": TREE_DIGEST,
        },
        "m1a.payload.dockerfile-unambiguous": {"handles_compared": 19},
        "m1b.matrix.registry-covered": {"handles_compared": 15},
        "m1b.matrix.plan-covered": {"handles_compared": 21},
        "m1c.provenance.clean-tree": {"git_sha": GIT_SHA, "dirty_tree": False},
        "m1c.paths.config-digest": {"config_digest_field": handles["CONFIG_DIGEST_FIELD"]},
        "m1c.paths.evidence-bucket": {"evidence_prefix": f"evidence/runs/{RUN_ID}/P(-1)/"},
        "m1c.provenance.build-record": {"facts_source": "ci-environment", "workflow_path": workflow},
        "m1c.sbom.packages-listed": {
            "distribution": {"name": "debian", "version": "12", "codename": "bookworm"},
            "databases": ["var/lib/dpkg/status"],
            "packages": [
                {"kind": "deb", "name": "libc6", "version": "2.36-9+deb12u14", "architecture": "amd64"},
                {"kind": "generic", "name": "python", "version": "3.11.2"},
                {"kind": "pypi", "name": "PyYAML", "version": "6.0.2"},
            ],
        },
        "m1c.mismatch.tag-to-digest": _resolution(tag, handles["ECR_REPO_URI"]),
        "m1c.mismatch.tag-resolved-again": _resolution(tag, handles["ECR_REPO_URI"]),
        "m1c.mismatch.tag-carries-git-sha": {"image_tag": tag, "git_sha": GIT_SHA},
        "m1c.mismatch.digest-format": {"image_digest": IMAGE_DIGEST},
        "m1c.mismatch.mutable-tag": {
            "image_tag": tag,
            "convenience_tag": handles["IMAGE_TAG_DEV_FULL_LATEST"],
        },
        "m1c.push.role-permission": {
            "role_arn": contract.push.role_arn,
            "permission_source": "iam-policy-simulation",
        },
        "m1d.context.file-names": {"secret_files": [], "banned_patterns": ["*.pem", ".env"]},
        "m1d.context.scan": {
            "scanned_roots": ["."],
            "scanned_files": 1,
            "scanned_bytes": 2275,
            "rule_pack_digest": "sha256:" + "9d" * 32,
            "scanner_engines": [{"name": "policy rules (re2)"}, {"name": "kingfisher", "engine_version": "1.5.0"}],
            "findings": [],
        },
        "m1d.sources.backend": {"secrets_backend": handles["SECRETS_BACKEND"]},
        "m1d.sources.plan-maps-paths": {"handles_compared": 12},
        "m1d.workflow.security-step": {"workflow_path": workflow},
        "m1e.workflow.dispatchable": {"workflow_path": workflow},
        "m1e.workflow.on-default-branch": {"default_branch": "main"},
        "m1e.workflow.unambiguous": {"candidates": [workflow]},
        "m1e.workflow.ref-targetable": {"branch": "main"},
        "m1e.handoff.master-plan": {"m1_status": "ACTIVE", "m2_status": "NOT_STARTED"},
    }


def _resolution(tag: str, uri: str) -> dict[str, Any]:
    return {
        "authority": "ecr",
        "image_tag": tag,
        "registry_digest": IMAGE_DIGEST,
        "recomputed_digest": IMAGE_DIGEST,
        "manifest_media_type": "application/vnd.oci.image.manifest.v1+json",
        "manifest_bytes": 2724,
        "tag_mutability": "IMMUTABLE",
        "pushed_at_utc": "2026-02-22T19:41:00Z",
        "ecr_repo_uri": uri,
    }
