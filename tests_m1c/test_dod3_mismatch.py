"""M1.C, box 3: the mismatch policy is fail-closed."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Condition
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.push_permission import push_decisions, refuse_undecided
from packaging_readiness.plugin.resolution import TagResolver, image_tag, resolution_facts
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.registry.resolve import check_digest, check_tag


@check("m1c.mismatch.tag-to-digest")
def test_tag_resolves_to_the_digest(image: PackagedImage, resolver: TagResolver, record: Record) -> None:
    """The immutable tag resolves in the registry to the recorded digest, recomputed from the manifest's bytes."""
    resolved = resolver.resolve()
    record.observe(**resolution_facts(resolved))
    resolved.require_image(image.digest, "tag-digest-mismatch")


@check("m1c.mismatch.tag-resolved-again")
def test_tag_still_resolves_to_the_digest(image: PackagedImage, resolver: TagResolver, record: Record) -> None:
    """When all other checks are done, the tag is resolved once more, and resolves to the same image."""
    resolved = resolver.resolve()
    record.observe(**resolution_facts(resolved))
    resolved.require_image(image.digest, "tag-moved")


@check("m1c.mismatch.tag-unmoved")
def test_tag_is_unmoved(pack: Pack, record: Record) -> None:
    """What the tag stood for, and how it is kept, was the same at the start and at the end."""
    pack.decide(record)


@check("m1c.mismatch.tag-carries-git-sha")
def test_tag_carries_the_commit(platform: Platform, record: Record) -> None:
    """The sha in the immutable tag is the commit of the checkout."""
    tag = image_tag(platform)
    record.observe(image_tag=tag, git_sha=platform.git.sha)
    reason = check_tag(
        tag,
        pattern=platform.contract.handles["IMAGE_TAG_GIT_SHA_PATTERN"],
        git_sha=platform.git.sha,
        convenience_tag=platform.contract.handles["IMAGE_TAG_DEV_FULL_LATEST"],
    )
    record.require(reason is None, reason or "", f"{tag}: commit is {platform.git.sha}")


@check("m1c.mismatch.digest-format")
def test_digest_is_well_formed(image: PackagedImage, record: Record) -> None:
    """The digest is sha256 and 64 lower-case hexadecimal digits."""
    reason = check_digest(image.digest)
    record.observe(image_digest=image.digest)
    record.require(reason is None, reason or "", f"digest is {image.digest!r}")


@check("m1c.mismatch.mutable-tag")
def test_convenience_tag_is_not_evidence(platform: Platform, record: Record) -> None:
    """The tag that this run records is not the convenience tag."""
    tag, convenience = image_tag(platform), platform.handle("IMAGE_TAG_DEV_FULL_LATEST")
    record.observe(image_tag=tag, convenience_tag=convenience)
    place = platform.handle_place("IMAGE_TAG_DEV_FULL_LATEST")
    record.require(convenience is not None, "convenience-tag-unknown", f"{place}: IMAGE_TAG_DEV_FULL_LATEST is open")
    record.require(tag != convenience and tag != "latest", "mutable-tag-as-evidence", f"{place}: {tag!r} moves")


@check("m1c.mismatch.objects-present")
def test_objects_are_present(pack: Pack, record: Record) -> None:
    """The mandatory provenance objects have all their fields."""
    pack.decide(record)


@check("m1c.mismatch.objects-agree")
def test_objects_agree(pack: Pack, record: Record) -> None:
    """The provenance objects name one image of one commit in one run."""
    pack.decide(record)


@check("m1c.mismatch.rule-covered")
def test_rule_is_covered(row: Condition, pack: Pack, record: Record) -> None:
    """Each mismatch rule has checks, and they held."""
    pack.decide(record)


@check("m1c.consistency.complete")
def test_consistency_object_is_complete(pack: Pack, record: Record) -> None:
    """The consistency object has a row with a reason code for each rule."""
    pack.decide(record)


@check("m1c.push.role-permission")
def test_role_may_push(platform: Platform, contract: Contract, settings: Settings, record: Record) -> None:
    """The managed workflow's role, which the registry names where it pins it, is allowed every action of a push."""
    handle, role = contract.push.role_handle, contract.push.role_arn
    found = f"{platform.handle_place(handle)}: {handle} is another role than the contract's {role}"
    record.require(platform.handle(handle) in (None, role), "role-differs", found)
    source, decisions = push_decisions(platform, contract, settings)
    record.observe(role_arn=role, permission_source=source)
    missing = [f"{d.action} on {d.resource}: {d.outcome}" for d in decisions if d.outcome in ("denied", "not_granted")]
    record.require(not missing, "push-action-missing", *missing)
    refuse_undecided(decisions)
    covered = {decision.action for decision in decisions}
    unasked = [a for a in (*contract.push.repository_actions, *contract.push.account_actions) if a not in covered]
    record.require(not unasked, "push-action-unasked", *(f"{action}: not evaluated" for action in unasked))
