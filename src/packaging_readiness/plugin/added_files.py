"""What an image adds to its base, scanned for secrets: files that RUN wrote are in no context."""

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.base import LOCAL_NAME
from packaging_readiness.image.layers import exported_layers, forget, layer_digests
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.secrets.layers import scan_layers
from packaging_readiness.secrets.model import ScanResult


def scan_added_files(image: PackagedImage, platform: Platform, settings: Settings) -> ScanResult:
    """Findings in every file of the layers above the base's. CannotTell: nobody knows which layers those are."""
    first = base_depth(image, platform)
    salt = settings.contract.secrets.fingerprint_salt.encode()
    with exported_layers(image.engine, image.facts, first, settings.cache) as layers:
        result = scan_layers(layers, salt)
    if result.findings or result.errors:
        forget(image.engine, image.facts, settings.cache)
    return result


def base_depth(image: PackagedImage, platform: Platform) -> int:
    """How many of the image's layers are its base's.

    The base is the one that the suite built with; for an image that was given, one that the Dockerfile's final stage
    or the contract names and that is on this machine. Its layers must be the image's lowest ones.
    """
    named = [image.base.reference] if image.base is not None else _named(image, platform)
    if not named:
        return 0  # FROM scratch: everything is added
    own = image.facts.diff_ids
    for reference in named:
        layers = layer_digests(image.engine, reference)
        if layers and own[: len(layers)] == layers:
            return len(layers)
    raise CannotTell(
        "added files",
        "no image on this machine is the base of the image under test: its layers cannot be told from the base's",
        f"fetch the base: {image.engine.name} pull {named[0]}",
    )


def _named(image: PackagedImage, platform: Platform) -> list[str]:
    """References that the base of a given image may have; empty when it is FROM scratch."""
    rules, stages = platform.contract.image, platform.stages
    root = stages.final
    while root.base_stage is not None:
        root = stages.all[root.base_stage]
    if root.base_expanded == "scratch":
        return []
    if rules.base_argument is None or root.base_arg != rules.base_argument:
        return [root.base_expanded or root.base]
    made = image.engine.call("images", "--format", "{{.Repository}}:{{.Tag}}", LOCAL_NAME)
    return [*rules.base_candidates, *made.decode("utf-8", "replace").split()]
