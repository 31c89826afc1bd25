"""M1.C, box 2: evidence paths and the run-linkage contract are explicit."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import EvidencePath
from packaging_readiness.plugin.check import CheckFailed, Record, check
from packaging_readiness.plugin.linkage import mismatches, read_run_json
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.paths import resolved, tokens_of
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.resolution import image_tag
from packaging_readiness.plugin.settings import Settings


@check("m1c.paths.handle")
def test_path_handle_resolves(row: EvidencePath, platform: Platform, contract: Contract, record: Record) -> None:
    """The handle is pinned to the contract's value and carries exactly the contract's tokens."""
    value = platform.handle(row.id)
    place = platform.handle_place(row.id)
    record.require(value is not None, "handle-not-pinned", f"{place}: {row.id} has no value")
    record.observe(handle=row.id, handle_value=value)
    tokens = tokens_of(str(value))
    record.require(
        tokens == set(row.tokens),
        "tokens-differ",
        f"{place}: {row.id} carries {sorted(tokens)}, not {sorted(row.tokens)}",
    )
    pinned = contract.handles.get(row.id, value)
    record.require(value == pinned, "handle-differs", f"{place}: {row.id} is {value!r}, the contract pins {pinned!r}")


@check("m1c.paths.config-digest")
def test_config_digest_stays_out_of_the_image(platform: Platform, contract: Contract, record: Record) -> None:
    """CONFIG_DIGEST_FIELD is the contract's and is no provenance field."""
    field = platform.handle("CONFIG_DIGEST_FIELD")
    place = platform.handle_place("CONFIG_DIGEST_FIELD")
    record.observe(config_digest_field=field)
    wanted = contract.handles["CONFIG_DIGEST_FIELD"]
    record.require(field == wanted, "config-digest-not-canonical", f"{place}: {field!r}, the contract pins {wanted!r}")
    image_fields = {row.id for row in (*contract.provenance_fields, *contract.digest_anchors)}
    record.require(
        field not in image_fields, "config-digest-in-provenance", f"{place}: {field!r} is a provenance field"
    )


@check("m1c.paths.evidence-bucket")
def test_evidence_has_a_canonical_place(
    platform: Platform, contract: Contract, settings: Settings, record: Record
) -> None:
    """The canonical prefix of this run is known; upload is deferred by name until the bucket exists."""
    pattern = platform.handle("EVIDENCE_PHASE_PREFIX_PATTERN")
    bucket = platform.handle("S3_EVIDENCE_BUCKET")
    record.require(
        bool(pattern and bucket), "canonical-place-unknown", f"{platform.handles.path}: bucket or prefix is open"
    )
    prefix = resolved(str(pattern), platform_run_id=settings.platform_run_id, phase_id=contract.phase_id)
    record.observe(evidence_prefix=prefix)
    record.defer("evidence-upload", f"s3://{bucket}/{prefix}: nothing is uploaded by this run")


@check("m1c.linkage.run-json")
def test_run_json_names_the_same_image(
    platform: Platform, settings: Settings, image: PackagedImage, record: Record
) -> None:
    """run.json and the run header repeat tag, digest and commit; while neither exists, that is deferred by name."""
    facts = {"image_tag": image_tag(platform), "image_digest": image.digest, "git_sha": platform.git.sha}
    found = read_run_json(platform, settings)
    if not found:
        record.defer("run-linkage", "neither run.json nor the run header exists")
        return
    record.observe(run_json=sorted(found))
    problems = mismatches(found, facts)
    if problems:
        raise CheckFailed("run-linkage-mismatch", *problems)
