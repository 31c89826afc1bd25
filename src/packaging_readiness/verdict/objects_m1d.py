"""Evidence objects of M1.D: policy verdicts, secret sources, context scan. Never a secret's value."""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.parts import active_codes, check_verdict, row_entries, verdict_of

_STATIC = ("m1d.workflow.static-credentials", "m1d.workflow.oidc", "m1d.dockerfile.credential-names")
_DOCKERFILE = ("m1d.dockerfile.credential-names", "m1d.dockerfile.secret-values", "m1d.dockerfile.secret-copies")
_WORKFLOW = (
    "m1d.workflow.static-credentials",
    "m1d.workflow.oidc",
    "m1d.workflow.no-secret-output",
    "m1d.workflow.security-step",
)


def security_secret_injection_checks(ledger: Ledger) -> Mapping[str, Any]:
    """Verdict per policy of the plan, and the blocker codes of the lane."""
    codes = active_codes(ledger, ("M1D",))
    return {
        "static_credential_rejection": check_verdict(ledger, _STATIC),
        "dockerfile_secret_policy": check_verdict(ledger, _DOCKERFILE),
        "workflow_credential_policy": check_verdict(ledger, _WORKFLOW),
        "image_configuration": check_verdict(ledger, ("m1d.image.configuration", "m1d.image.added-files")),
        "workflow_path": ledger.fact("m1d.workflow.security-step", "workflow_path"),
        "blocker_codes": codes or ["none"],
        "verdict": "PASS" if not codes else "FAIL",
    }


def secret_source_contract_receipt(ledger: Ledger) -> Mapping[str, Any]:
    """Backend and path handles; names only."""
    deferral = next((row for row in ledger.contract.deferrals if row.id == "secret-materialisation"), None)
    return {
        "secrets_backend": ledger.fact("m1d.sources.backend", "secrets_backend"),
        "required_secret_path_handles": row_entries(ledger, "m1d.sources.path-pinned"),
        "runtime_materialization": {
            "deferred_until": deferral.until if deferral else None,
            "note": ledger.contract.secrets.deferral_note,
        },
        "verdict": verdict_of(ledger, "secret_source_contract_receipt"),
    }


def build_context_secret_scan(ledger: Ledger) -> Mapping[str, Any]:
    """What was scanned, by which rules, and how many findings; each finding as place, rule and fingerprint."""
    scan, names = "m1d.context.scan", "m1d.context.file-names"
    counted = ledger.fact(scan, "scanned_files")
    findings, named = ledger.fact(scan, "findings"), ledger.fact(names, "secret_files")
    summary = None
    if findings is not None and named is not None:
        summary = {"findings_count": len(findings), "secret_files_count": len(named), "scanned_files": counted}
    return {
        "scanned_roots": ledger.fact(scan, "scanned_roots"),
        "scanned_files": counted,
        "scanned_bytes": ledger.fact(scan, "scanned_bytes"),
        "rule_pack_digest": ledger.fact(scan, "rule_pack_digest"),
        "scanner_engines": ledger.fact(scan, "scanner_engines"),
        "banned_patterns": ledger.fact(names, "banned_patterns"),
        "findings": findings,
        "secret_files": named,
        "findings_summary": summary,
        "verdict": verdict_of(ledger, "build_context_secret_scan"),
    }
