"""Evidence objects of lanes A to D, each a plain JSON value made of observed facts and of the contract only.

A fact that was not observed stands as null: an object never claims what did not happen.
"""

from collections.abc import Callable, Mapping
from typing import Any

from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.objects_m1c import (
    image_digest_manifest,
    packaging_provenance,
    provenance_consistency_checks,
    release_metadata_receipt,
)
from packaging_readiness.verdict.objects_m1d import (
    build_context_secret_scan,
    secret_source_contract_receipt,
    security_secret_injection_checks,
)
from packaging_readiness.verdict.parts import head, row_entries, verdict_of

Build = Callable[[Ledger], Mapping[str, Any]]


def draft_objects(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """The objects of lanes A to D by name, from what is known so far."""
    return {name: {**head(ledger, name), **build(ledger)} for name, build in _BUILDERS.items()}


def _image_contract_manifest(ledger: Ledger) -> Mapping[str, Any]:
    contract, fact = ledger.contract, ledger.fact
    return {
        "image_strategy": fact("m1a.strategy.plan-pins-strategy", "image_strategy"),
        "ecr_repo_uri": fact("m1a.strategy.repository-uri-pinned", "ecr_repo_uri"),
        "image_tag_pattern": fact("m1a.reference.tag-pattern", "image_tag_pattern"),
        "convenience_tag": fact("m1a.reference.convenience-tag", "convenience_tag"),
        "image_reference_mode": fact("m1a.reference.mode", "image_reference_mode"),
        "build_driver": fact("m1a.reference.build-driver", "build_driver"),
        "dockerfile_path": contract.image.dockerfile,
        "build_context_path": contract.image.context,
        "final_stage": fact("m1a.strategy.one-final-stage", "final_stage"),
        "stages": fact("m1a.strategy.one-final-stage", "stages"),
        "includes": [{"path": row.id, "recursive": row.recursive, "copied": row.copied} for row in contract.includes],
        "excludes": [{"surface": row.id} for row in contract.excludes],
        "copied_files": fact("m1a.boundary.copy-maps-to-include", "copied_files"),
        "copied_tree_digest": fact("m1a.boundary.copy-maps-to-include", "copied_tree_digest"),
        "learning_modules": row_entries(ledger, "m1a.boundary.learning-module"),
        "image": dict(ledger.image) if ledger.image else None,
        "verdict": verdict_of(ledger, "image_contract_manifest"),
    }


def _build_context_allowlist_check(ledger: Ledger) -> Mapping[str, Any]:
    within = "m1a.boundary.context-within-contract"
    return {
        "ignore_file": ledger.fact(within, "ignore_file"),
        "context_files": ledger.fact(within, "context_files"),
        "context_bytes": ledger.fact(within, "context_bytes"),
        "context_tree_digest": ledger.fact(within, "context_tree_digest"),
        "files": ledger.fact(within, "files"),
        "includes": row_entries(ledger, "m1a.boundary.include-in-context"),
        "copied_includes": row_entries(ledger, "m1a.boundary.include-copied"),
        "copies": ledger.fact("m1a.boundary.copy-maps-to-include", "copies"),
        "untaken_files": ledger.fact("m1a.boundary.context-taken", "untaken_files"),
        "verdict": verdict_of(ledger, "build_context_allowlist_check"),
    }


def _dockerignore_conformance_receipt(ledger: Ledger) -> Mapping[str, Any]:
    return {
        "ignore_file": ledger.fact("m1a.payload.default-deny", "ignore_file"),
        "ignore_file_digest": ledger.fact("m1a.payload.default-deny", "ignore_file_digest"),
        "default_deny": ledger.fact("m1a.payload.default-deny", "default_deny"),
        "context_files": ledger.fact("m1a.payload.default-deny", "context_files"),
        "context_tree_digest": ledger.fact("m1a.payload.default-deny", "context_tree_digest"),
        "broad_ingestions": ledger.fact("m1a.payload.no-broad-copy", "broad_ingestions"),
        "engine_differences": ledger.fact("m1a.advisory.engines-agree", "engine_differences"),
        "excludes": row_entries(ledger, "m1a.payload.exclude-stays-out"),
        "verdict": verdict_of(ledger, "dockerignore_conformance_receipt"),
    }


def _m1b_entrypoint_validation(ledger: Ledger) -> Mapping[str, Any]:
    return {
        "rows": row_entries(ledger, "m1b.run.help"),
        "required_arguments": row_entries(ledger, "m1b.contract.required-enforced"),
        "optional_arguments": row_entries(ledger, "m1b.contract.optional-documented"),
        "unknown_arguments": row_entries(ledger, "m1b.contract.unknown-refused"),
        "handles": row_entries(ledger, "m1b.matrix.handle-mapped"),
        "image_digest": ledger.image["digest"] if ledger.image else None,
        "overall": verdict_of(ledger, "m1b_entrypoint_validation"),
    }


def _m1b_subcommand_validation(ledger: Ledger) -> Mapping[str, Any]:
    return {
        "rows": row_entries(ledger, "m1b.run.subcommand-help"),
        "required_arguments": row_entries(ledger, "m1b.contract.subcommand-required-enforced"),
        "optional_arguments": row_entries(ledger, "m1b.contract.subcommand-optional-documented"),
        "unknown_arguments": row_entries(ledger, "m1b.contract.subcommand-unknown-refused"),
        "image_digest": ledger.image["digest"] if ledger.image else None,
        "overall": verdict_of(ledger, "m1b_subcommand_validation"),
    }


def _m1b_mpr_command_checks(ledger: Ledger) -> Mapping[str, Any]:
    return {
        "rows": row_entries(ledger, "m1b.run.mpr"),
        "image_digest": ledger.image["digest"] if ledger.image else None,
        "overall": verdict_of(ledger, "m1b_mpr_command_checks"),
    }


_BUILDERS: Mapping[str, Build] = {
    "image_contract_manifest": _image_contract_manifest,
    "build_context_allowlist_check": _build_context_allowlist_check,
    "dockerignore_conformance_receipt": _dockerignore_conformance_receipt,
    "m1b_entrypoint_validation": _m1b_entrypoint_validation,
    "m1b_subcommand_validation": _m1b_subcommand_validation,
    "m1b_mpr_command_checks": _m1b_mpr_command_checks,
    "packaging_provenance": packaging_provenance,
    "image_digest_manifest": image_digest_manifest,
    "release_metadata_receipt": release_metadata_receipt,
    "provenance_consistency_checks": provenance_consistency_checks,
    "security_secret_injection_checks": security_secret_injection_checks,
    "secret_source_contract_receipt": secret_source_contract_receipt,
    "build_context_secret_scan": build_context_secret_scan,
}
