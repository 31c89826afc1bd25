"""The packages of the image under test, as evidence states them."""

from typing import Any

from packaging_readiness.contract.shapes import has_shape
from packaging_readiness.image.packages import Packages, Unnamed, image_packages
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.packaged import PackagedImage


def listed_packages(image: PackagedImage, run_id: str) -> Packages:
    """The packages of the image. Fails the check for one without name or version; raises CannotTell."""
    try:
        packages = image_packages(image.engine, image.facts.image_id, run_id)
    except Unnamed as unnamed:
        raise CheckFailed("package-unnamed", str(unnamed)) from None
    strange = [
        f"{package.kind} package {package.name!r}: version {package.version!r}"
        for package in packages.listed
        if not has_shape(package.name, "text") or not has_shape(package.version, "version")
    ]
    if strange:
        raise CheckFailed("package-malformed", *strange)
    return packages


def packages_facts(packages: Packages) -> dict[str, Any]:
    """What evidence says of them."""
    distribution = {"name": packages.distribution, "version": packages.release, "codename": packages.codename}
    return {
        "distribution": {name: value for name, value in distribution.items() if value is not None},
        "databases": list(packages.databases),
        "packages": [
            {"kind": package.kind, "name": package.name, "version": package.version}
            | ({"architecture": package.architecture} if package.architecture else {})
            for package in packages.listed
        ],
    }
