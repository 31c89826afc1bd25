"""M1.A, box 1: image strategy is explicit and authority-aligned."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform

IMAGE_WORDS = ("IMAGE", "ECR", "CONTAINER")


@check("m1a.strategy.repository-uri-pinned")
def test_repository_uri_is_pinned(platform: Platform, contract: Contract, record: Record) -> None:
    """ECR_REPO_URI has the contract's value."""
    uri, place = platform.handle("ECR_REPO_URI"), platform.handle_place("ECR_REPO_URI")
    record.require(uri is not None, "repository-unresolved", f"{place}: ECR_REPO_URI has no value")
    wanted = contract.handles.get("ECR_REPO_URI")
    record.require(uri == wanted, "handle-differs", f"{place}: ECR_REPO_URI is {uri!r}, the contract pins {wanted!r}")
    record.observe(ecr_repo_uri=uri)


@check("m1a.strategy.one-repository")
def test_one_image_repository(platform: Platform, contract: Contract, record: Record) -> None:
    """The registry has the repository handles of the contract, and no handle of a second image."""
    pinned = contract.image.repository_handles
    missing = [key for key in pinned if platform.handles.find(key) is None]
    other = [
        f"{platform.handle_place(key)}: {key} is {platform.handle(key)!r}, the contract pins {contract.handles[key]!r}"
        for key in pinned
        if key != "ECR_REPO_URI" and key in contract.handles and platform.handle(key) != contract.handles[key]
    ]
    second = [
        handle
        for handle in platform.handles.handles
        if handle.key not in pinned and handle.key.startswith("ECR_") and "REPO" in handle.key
    ]
    record.observe(handles_compared=len(pinned))
    record.require(not missing, "repository-handle-missing", *(f"{key} is not in the registry" for key in missing))
    record.require(not other, "handle-differs", *other)
    places = [f"{platform.handles.path}:{handle.line}: {handle.key} is a second image handle" for handle in second]
    record.require(not second, "second-image-handle", *places)


@check("m1a.strategy.one-final-stage")
def test_one_final_stage(platform: Platform, record: Record) -> None:
    """Every stage of the Dockerfile goes into the last one."""
    stages = platform.stages
    record.observe(
        final_stage=stages.final.name or str(stages.final.index),
        stages=[{"index": s.index, "name": s.name or str(s.index), "base": s.base, "line": s.line} for s in stages.all],
    )
    path = platform.dockerfile.path
    unrelated = [
        f"{path}:{stage.line}: stage {stage.name or stage.index} is not in the final image"
        for stage in stages.unrelated()
    ]
    record.require(not unrelated, "second-image-in-dockerfile", *unrelated)


@check("m1a.strategy.plan-pins-strategy")
def test_plan_pins_the_strategy(platform: Platform, contract: Contract, record: Record) -> None:
    """The plan names the contract's strategy, and no other."""
    stated = platform.plan.image_strategies
    texts = sorted({statement.text for statement in stated})
    record.observe(image_strategy=texts[0] if len(texts) == 1 else None)
    record.require(bool(stated), "strategy-not-stated", f"{platform.plan.path}: no image strategy is stated")
    found = [f"{platform.plan.path}:{s.line}: {s.text!r}" for s in stated if s.text != contract.image.strategy]
    record.require(not found, "strategy-differs", *found, f"the contract pins {contract.image.strategy!r}")


@check("m1a.strategy.authority-agrees")
def test_design_authority_and_registry_agree(platform: Platform, record: Record) -> None:
    """An image handle that the design authority pins has the registry's value."""
    pinned = [handle for handle in platform.authority.handles if handle.key.startswith(IMAGE_WORDS)]
    both = [(handle, platform.handles.find(handle.key)) for handle in pinned]
    compared = [(mine, theirs) for mine, theirs in both if mine.value is not None and theirs is not None]
    record.observe(handles_compared=len(compared))
    differing = [
        f"{mine.key}: {platform.authority.path}:{mine.line} and {platform.handles.path}:{theirs.line} differ"
        for mine, theirs in compared
        if mine.value != theirs.value
    ]
    record.require(not differing, "authority-differs", *differing)
    images = [
        f"{platform.authority.path}:{mine.line}: {mine.key} is an image handle that the registry does not know"
        for mine, theirs in both
        if theirs is None
    ]
    record.require(not images, "authority-pins-another-image", *images)
