"""The bill of materials of one run, package by package: what it names, and when it is complete."""

from typing import Any

import pytest

from packaging_readiness.evidence.sbom import package_url, sbom
from packaging_readiness.verdict.results import Result
from selftests import synthetic
from selftests.synthetic_facts import IMAGE_DIGEST, WRITTEN_AT
from selftests.test_evidence_statement_edges import GOOD, HEX, WITHOUT_IMAGE, handles, run, with_rows

PACKAGES = "m1c.sbom.packages-listed"


def materials(outcome: Any = "pass", **observation: Any) -> dict[str, Any]:
    return sbom(with_rows(Result(PACKAGES, outcome, observation=observation)))


DEB = {"kind": "deb", "name": "libc6", "version": "2"}


@pytest.mark.parametrize(
    ("outcome", "packages", "count", "aggregate"),
    [
        ("pass", [DEB], 1, "complete"),
        ("waived", [DEB, {**DEB, "name": "b"}], 2, "complete"),
        ("fail", [DEB], 1, "unknown"),
        ("pass", [], 0, "unknown"),
        ("pass", None, 0, "unknown"),
        ("pass", {"a": DEB}, 0, "unknown"),
        ("pass", [DEB, "x"], 1, "unknown"),
        ("pass", [DEB, {**DEB, "kind": "rpm2"}], 1, "unknown"),
        ("pass", [DEB, {**DEB, "name": None}], 1, "unknown"),
        ("pass", [DEB, {**DEB, "version": 5}], 1, "unknown"),
        ("pass", [DEB, {**DEB, "architecture": 5}], 1, "unknown"),
        ("pass", [{**DEB, "architecture": None}], 1, "complete"),
        ("pass", [{**DEB, "architecture": ""}], 1, "complete"),
        ("pass", [DEB, DEB], 1, "complete"),
    ],
)
def test_materials_are_complete_when_all_were_listed(outcome: str, packages: Any, count: int, aggregate: str) -> None:
    content = materials(outcome, packages=packages)
    assert (len(content["components"]), content["compositions"][0]["aggregate"]) == (count, aggregate)


@pytest.mark.parametrize("kind", ["deb", "apk", "rpm", "pypi", "generic"])
def test_each_kind_of_package_is_a_component(kind: str) -> None:
    (component,) = materials(packages=[{"kind": kind, "name": "n", "version": "1"}])["components"]
    assert component == {
        "type": "application" if kind == "generic" else "library",
        "bom-ref": f"pkg:{kind}/n@1",
        "name": "n",
        "version": "1",
        "purl": f"pkg:{kind}/n@1",
    }


@pytest.mark.parametrize(
    ("distribution", "purl"),
    [
        ({"name": "debian", "version": "12"}, "pkg:deb/debian/libc6@2?distro=debian-12"),
        ({"name": "debian", "version": 12}, "pkg:deb/debian/libc6@2"),
        ({"name": ["debian"], "version": "12"}, "pkg:deb/libc6@2"),
        (["debian", "12"], "pkg:deb/libc6@2"),
        (None, "pkg:deb/libc6@2"),
    ],
)
def test_a_distribution_that_is_not_known_is_not_named(distribution: Any, purl: str) -> None:
    (component,) = materials(packages=[DEB], distribution=distribution)["components"]
    assert component["purl"] == purl


def test_materials_are_of_the_image() -> None:
    image = materials(packages=[{**DEB, "name": "b"}, DEB])["metadata"]["component"]
    assert (image["name"], image["version"]) == ("fraud-platform-dev-full", IMAGE_DIGEST)
    assert image["hashes"] == [{"alg": "SHA-256", "content": HEX}]
    nothing = sbom(WITHOUT_IMAGE)["metadata"]["component"]
    assert (nothing["version"], nothing["hashes"]) == ("unknown", [])
    assert sbom(handles(ECR_REPO_NAME=None))["metadata"]["component"]["name"] == "image"
    odd = sbom(run(image={**synthetic.IMAGE, "digest": "sha256:a:a"}))["metadata"]["component"]
    assert odd["hashes"][0]["content"] == "a:a"
    listed = materials(packages=[{**DEB, "name": "b"}, DEB])["components"]
    assert [component["name"] for component in listed] == ["b", "libc6"]
    assert sbom(GOOD)["metadata"]["timestamp"] == WRITTEN_AT
    serials = [materials(packages=packages)["serialNumber"] for packages in ([DEB], [DEB, DEB], [])]
    assert (serials[0] == serials[1], serials[0] == serials[2]) == (True, False)


@pytest.mark.parametrize(
    ("package", "distribution", "release", "expected"),
    [
        (("deb", "LibC", "1:2"), "debian", "12", "pkg:deb/debian/libc@1:2?distro=debian-12"),
        (("apk", "Musl", "1"), "alpine", None, "pkg:apk/alpine/musl@1"),
        (("rpm", "Bash", "1:5:2"), "fe dora", "40", "pkg:rpm/fe%20dora/Bash@5:2?distro=fe%20dora-40&epoch=1"),
        (("rpm", "Bash", "5"), None, "40", "pkg:rpm/Bash@5"),
        (("pypi", "-A..B_-c", "1:2"), "debian", "12", "pkg:pypi/-a-b-c@1:2"),
        (("generic", "A/B", "1 2"), "debian", "12", "pkg:generic/A%2FB@1%202"),
    ],
)
def test_the_package_url_of_a_package(
    package: tuple[str, str, str], distribution: str | None, release: str | None, expected: str
) -> None:
    kind, name, version = package
    given = {"kind": kind, "name": name, "version": version, "architecture": "x"}
    assert package_url({**given, "architecture": ""}, distribution, release) == expected
    with_architecture = package_url(given, distribution, release)
    assert ("arch=x" in with_architecture) == (kind in ("deb", "apk", "rpm"))
