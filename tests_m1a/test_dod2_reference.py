"""M1.A, box 2: immutable tag and digest posture is explicit."""

import re

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform

TOKEN = "{git_sha}"


def pinned(platform: Platform, contract: Contract, record: Record, key: str) -> str:
    """The registry's value of a handle. Fails the check unless it is the contract's."""
    value = platform.handle(key)
    place = platform.handle_place(key)
    record.require(value is not None, "handle-not-pinned", f"{place}: {key} has no value")
    wanted = contract.handles[key]
    record.require(value == wanted, "handle-differs", f"{place}: {key} is {value!r}, the contract pins {wanted!r}")
    return str(value)


@check("m1a.reference.tag-pattern")
def test_tag_pattern_carries_the_commit(platform: Platform, contract: Contract, record: Record) -> None:
    """IMAGE_TAG_GIT_SHA_PATTERN holds {git_sha} once."""
    pattern = pinned(platform, contract, record, "IMAGE_TAG_GIT_SHA_PATTERN")
    record.observe(image_tag_pattern=pattern)
    place = platform.handle_place("IMAGE_TAG_GIT_SHA_PATTERN")
    record.require(pattern.count(TOKEN) == 1, "tag-pattern-without-sha", f"{place}: {pattern!r} lacks {TOKEN}")


@check("m1a.reference.convenience-tag")
def test_convenience_tag_is_never_authoritative(platform: Platform, contract: Contract, record: Record) -> None:
    """The convenience tag cannot be produced by the tag pattern."""
    tag = pinned(platform, contract, record, "IMAGE_TAG_DEV_FULL_LATEST")
    record.observe(convenience_tag=tag)
    pattern = platform.handle("IMAGE_TAG_GIT_SHA_PATTERN") or ""
    shape = re.escape(pattern).replace(re.escape(TOKEN), "[0-9a-f]+")
    place = platform.handle_place("IMAGE_TAG_DEV_FULL_LATEST")
    found = f"{place}: {tag!r} looks like a tag of {pattern!r}"
    record.require(re.fullmatch(shape, tag) is None, "convenience-tag-authoritative", found)


@check("m1a.reference.mode")
def test_reference_mode_is_immutable_first(platform: Platform, contract: Contract, record: Record) -> None:
    """IMAGE_REFERENCE_MODE is the contract's."""
    record.observe(image_reference_mode=pinned(platform, contract, record, "IMAGE_REFERENCE_MODE"))


@check("m1a.reference.build-driver")
def test_build_driver_is_pinned(platform: Platform, contract: Contract, record: Record) -> None:
    """IMAGE_BUILD_DRIVER is the contract's."""
    record.observe(build_driver=pinned(platform, contract, record, "IMAGE_BUILD_DRIVER"))
