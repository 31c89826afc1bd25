"""M1.C, box 1: the provenance field set is complete."""

from packaging_readiness.checkout.git import unlike_commit
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.shapes import has_shape
from packaging_readiness.contract.tables import ProvenanceField
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.packages import listed_packages, packages_facts
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.provenance import aligned_handle, build_record, digests_of, provenance_fact
from packaging_readiness.plugin.settings import Settings

UNKNOWN = "say with --build-facts FILE when and by whom the image was built, or run in the CI job that built it"


@check("m1c.provenance.field")
def test_field(
    row: ProvenanceField,
    settings: Settings,
    platform: Platform,
    contract: Contract,
    image: PackagedImage,
    record: Record,
) -> None:
    """The field's fact is known, of its shape, and equal to the handle it is aligned to, in registry and contract."""
    value = provenance_fact(row.id, settings, platform, image)
    record.require(value is not None, "fact-unknown", f"{row.id}: nobody who knows it could be asked", fix=UNKNOWN)
    record.require(has_shape(value, row.shape), "fact-malformed", f"{row.id}: {value!r} is not of shape {row.shape}")
    record.observe(**{row.id: value})
    if row.handle is not None:
        pinned, place = aligned_handle(row, platform)
        record.require(
            pinned == value, "fact-unlike-handle", f"{place}: {row.handle} is {pinned!r}, this run had {value!r}"
        )
        wanted = contract.handles.get(row.handle, value)
        record.require(
            value == wanted, "fact-unlike-contract", f"{row.handle}: {value!r}, the contract pins {wanted!r}"
        )


@check("m1c.provenance.anchor")
def test_digest_anchor(
    row: ProvenanceField, settings: Settings, platform: Platform, image: PackagedImage, record: Record
) -> None:
    """The digest anchors name sha256 and the value recomputed from the exported manifest."""
    value = provenance_fact(row.id, settings, platform, image)
    record.require(has_shape(value, row.shape), "anchor-malformed", f"{row.id}: {value!r} is not of shape {row.shape}")
    record.observe(**{row.id: value})
    expected = {"oci_digest_algo": "sha256", "oci_digest_value": image.digest}[row.id]
    record.require(value == expected, "anchor-differs", f"{row.id}: {value!r}, expected {expected!r}")


@check("m1c.provenance.clean-tree")
def test_tree_is_clean(platform: Platform, record: Record) -> None:
    """The checkout has no change that its commit lacks, and every file that a check reads is the commit's own."""
    git = platform.git
    record.observe(git_sha=git.sha, dirty_tree=git.dirty)
    found = f"{git.changed_count} changed, {git.untracked_count} untracked, {git.hidden_count} hidden from git"
    record.require(not git.dirty, "tree-dirty", found, *git.dirty_paths)
    strangers = unlike_commit(platform.root, platform.files_read)
    record.require(not strangers, "context-unlike-commit", *(f"{path}: is not as in {git.sha}" for path in strangers))


@check("m1c.provenance.build-record")
def test_record_of_the_build_is_this_images(
    settings: Settings, platform: Platform, image: PackagedImage, record: Record
) -> None:
    """Build facts are about this commit and this image, and the build had ended when the evidence was written."""
    built = build_record(settings, image)
    record.observe(facts_source=built.source, workflow_path=built.workflow_path)
    commit, digests = platform.git.sha, {image.digest, *digests_of(image.facts.repo_digests)}
    found = f"the build facts are of commit {built.git_sha}, the checkout is {commit}"
    record.require(built.git_sha in (None, commit), "build-of-another-commit", found)
    found = f"the build facts are of {built.image_digest}, the image is {', '.join(sorted(digests))}"
    record.require(built.image_digest in (None, *digests), "build-of-another-image", found)
    ended = built.completed_at_utc
    record.require(ended is not None, "build-time-unknown", "nobody says when the build ended")
    if not image.built_by_suite:  # else the build is part of the run, whose time was fixed before it
        found = f"written at {settings.written_at_utc}, the build ended at {ended}"
        record.require(str(ended) <= settings.written_at_utc, "written-before-build", found)


@check("m1c.sbom.packages-listed")
def test_packages_are_listed(settings: Settings, image: PackagedImage, record: Record) -> None:
    """The image's own databases name its system packages and Python packages, each with a version."""
    packages = listed_packages(image, settings.platform_run_id)
    record.observe(**packages_facts(packages))
    found = "no dpkg, apk or rpm database in the image lists a package"
    record.require(bool(packages.of_the_system), "system-packages-unknown", found)


@check("m1c.provenance.release-metadata")
def test_release_metadata_is_referenced(pack: Pack, record: Record) -> None:
    """The release receipt refers to provenance and release metadata."""
    pack.decide(record)
