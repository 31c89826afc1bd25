"""Evidence objects of M1.C: provenance, digest, release receipt, consistency."""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.parts import row_entries, verdict_of

_RESOLVED = "m1c.mismatch.tag-to-digest"
_RELEASE_METADATA = (
    "image_digest_manifest.json",
    "provenance_consistency_checks.json",
    "sbom.cdx.json",
    "slsa_provenance.json",
    "test_result.json",
    "verification_summary.json",
)


def packaging_provenance(ledger: Ledger) -> Mapping[str, Any]:
    """The 13 provenance fields and 2 digest anchors, as the checkout, the engine and the build told them."""
    fields = {row.id: ledger.provenance(row.id) for row in _fields(ledger)}
    anchors = {
        row.id: ledger.fact(f"m1c.provenance.anchor[{row.id}]", row.id) for row in ledger.contract.digest_anchors
    }
    return {
        **fields,
        **anchors,
        "git_ref": ledger.identity.git_ref,
        "dirty_tree": ledger.identity.dirty,
        "suite_version": ledger.identity.suite_version,
        "suite_digest": ledger.identity.suite_digest,
        "contract_digest": ledger.identity.contract_digest,
        "registry_authority": ledger.fact(_RESOLVED, "authority"),
        "image": dict(ledger.image) if ledger.image else None,
    }


def _fields(ledger: Ledger) -> list[Any]:
    """Fields other than those that every object's head already states."""
    stated = {"phase_id", "platform_run_id", "written_at_utc", "git_sha"}
    return [row for row in ledger.contract.provenance_fields if row.id not in stated]


def image_digest_manifest(ledger: Ledger) -> Mapping[str, Any]:
    """The digest as the registry resolved it from the tag, recomputed from the manifest's bytes.

    Where the tag names an index, `image_digest` is that of the platform's own manifest, `registry_digest` the index's.
    """
    registry = ledger.fact(_RESOLVED, "registry_digest")
    digest = ledger.fact(_RESOLVED, "platform_digest") or registry
    return {
        "image_tag": ledger.fact(_RESOLVED, "image_tag"),
        "image_digest": digest,
        "oci_digest_algo": digest.split(":")[0] if isinstance(digest, str) else None,
        "oci_digest_value": digest,
        "registry_digest": registry,
        "recomputed_digest": ledger.fact(_RESOLVED, "recomputed_digest"),
        "manifest_media_type": ledger.fact(_RESOLVED, "manifest_media_type"),
        "manifest_bytes": ledger.fact(_RESOLVED, "manifest_bytes"),
        "tag_mutability": ledger.fact(_RESOLVED, "tag_mutability"),
        "ecr_repo_uri": ledger.fact(_RESOLVED, "ecr_repo_uri"),
        "registry_authority": ledger.fact(_RESOLVED, "authority"),
    }


def release_metadata_receipt(ledger: Ledger) -> Mapping[str, Any]:
    """Where provenance and release metadata of this image stand, and what about them is deferred.

    The digests of SBOM and statements are added when their bytes exist: they follow from the results, this one's own
    check included.
    """
    fact = ledger.fact
    digest = ledger.provenance("image_digest")
    return {
        "image_tag": ledger.provenance("image_tag"),
        "image_digest": digest,
        "provenance_ref": "packaging_provenance.json" if digest else None,
        "release_metadata_refs": list(_RELEASE_METADATA) if digest else [],
        "evidence_prefix": fact("m1c.paths.evidence-bucket", "evidence_prefix"),
        "evidence_paths": row_entries(ledger, "m1c.paths.handle"),
        "config_digest_field": fact("m1c.paths.config-digest", "config_digest_field"),
        "push_role": fact("m1c.push.role-permission", "role_arn"),
        "push_permission_source": fact("m1c.push.role-permission", "permission_source"),
        "deferrals": _deferrals(ledger, ("evidence-upload", "run-linkage")),
        "follow_ups": [{"id": row.id, "until": row.until, "reason": row.reason} for row in ledger.contract.follow_ups],
    }


def _deferrals(ledger: Ledger, names: tuple[str, ...]) -> list[dict[str, Any]]:
    used = {result.deferral for result in ledger.results.values()}
    return [
        {"id": row.id, "until": row.until, "reason": row.reason}
        for row in ledger.contract.deferrals
        if row.id in names and row.id in used
    ]


def provenance_consistency_checks(ledger: Ledger) -> Mapping[str, Any]:
    """One row per rule of the mismatch policy, with the checks behind it."""
    rules = {rule.id: rule for rule in ledger.contract.mismatch_rules}
    rows = [
        {
            "id": entry["id"],
            "title": rules[entry["id"]].title,
            "checks_named": list(rules[entry["id"]].checks),
            "status": entry["rule_status"],
            "reason_codes": entry["reason_codes"],
        }
        for entry in row_entries(ledger, "m1c.mismatch.rule-covered")
    ]
    return {"rows": rows, "verdict": verdict_of(ledger, "provenance_consistency_checks")}
