"""The bill of materials: valid by the published schema, reproducible, and never more than was observed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from packaging_readiness.evidence.sbom import package_url, sbom
from selftests import synthetic
from selftests.synthetic_facts import IMAGE_DIGEST, WRITTEN_AT

CHECK = "m1c.sbom.packages-listed"
VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
PACKAGE = {"kind": "deb", "name": "libc6", "version": "2.36-9+deb12u14", "architecture": "amd64"}


def made(report: Mapping[str, Any]) -> dict[str, Any]:
    return sbom(synthetic.adjudicated(report))


def with_packages(packages: Any) -> dict[str, Any]:
    return made(synthetic.observe(synthetic.good_report(), CHECK, packages=packages))


def problems(content: Mapping[str, Any]) -> object:
    return VALIDATOR.validate_str(json.dumps(content))


@pytest.mark.parametrize(
    "report",
    [
        synthetic.good_report(),
        synthetic.empty_report(),
        synthetic.error_row(synthetic.good_report(), CHECK),
        synthetic.error_every_row(synthetic.good_report()),
    ],
    ids=["good", "empty", "packages unknown", "all unknown"],
)
def test_bill_of_materials_is_valid_by_the_published_schema(report: dict[str, Any]) -> None:
    assert problems(made(report)) is None


def test_the_published_schema_can_refuse() -> None:
    content = made(synthetic.good_report())
    assert problems({**content, "serialNumber": "urn:uuid:1"}) is not None
    assert problems({**content, "components": [{"name": "a component without a type"}]}) is not None


def test_it_names_the_image_and_every_package() -> None:
    content = made(synthetic.good_report())
    image = content["metadata"]["component"]
    assert image["version"] == f"sha256:{image['hashes'][0]['content']}" == IMAGE_DIGEST
    assert content["metadata"]["timestamp"] == WRITTEN_AT
    assert [component["purl"] for component in content["components"]] == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12",
        "pkg:generic/python@3.11.2",
        "pkg:pypi/pyyaml@6.0.2",
    ]
    assert content["compositions"] == [{"aggregate": "complete", "assemblies": ["image"]}]


def test_what_was_not_listed_is_not_claimed_to_be_complete() -> None:
    content = made(synthetic.error_row(synthetic.good_report(), CHECK))
    assert content["components"] == []
    assert content["compositions"][0]["aggregate"] == "unknown"
    assert made(synthetic.empty_report())["metadata"]["component"]["hashes"] == []


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "deb"},
        {**PACKAGE, "kind": "word"},
        {**PACKAGE, "name": ["a", "b"]},
        {**PACKAGE, "version": None},
        {**PACKAGE, "architecture": ["amd64"]},
    ],
    ids=["no name", "unknown kind", "name is a list", "no version", "architecture is a list"],
)
def test_entry_of_another_form_makes_it_incomplete_and_breaks_nothing(entry: dict[str, Any]) -> None:
    content = with_packages([PACKAGE, entry])
    assert len(content["components"]) == 1
    assert content["compositions"][0]["aggregate"] == "unknown"
    assert with_packages(entry)["components"] == []


def test_serial_number_follows_the_content() -> None:
    report = synthetic.good_report()
    one, same = made(report), made(report)
    assert one == same
    other = with_packages([{**PACKAGE, "version": "2.36-9+deb12u15"}])
    assert other["serialNumber"] != one["serialNumber"]


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_of_observations_do_not_matter(random: Any) -> None:
    packages = synthetic.objects(synthetic.good_report())["check_results"]
    (listed,) = [row["observation"]["packages"] for row in packages["results"] if row["id"] == CHECK]
    shuffled = [*listed, *listed]
    random.shuffle(shuffled)
    assert with_packages(shuffled) == made(synthetic.good_report())


NAMES = st.from_regex(r"[a-z0-9][a-z0-9+.-]{1,20}", fullmatch=True)
VERSIONS = st.from_regex(r"([0-9]:)?[0-9][A-Za-z0-9.+~_-]{0,20}", fullmatch=True)


@given(st.sampled_from(["deb", "apk", "rpm", "pypi", "generic"]), NAMES, VERSIONS, st.sampled_from(["amd64", None]))
def test_package_url_says_what_was_observed_in_canonical_form(
    kind: str, name: str, version: str, architecture: str | None
) -> None:
    package = {"kind": kind, "name": name, "version": version}
    if architecture:
        package["architecture"] = architecture
    purl = package_url(package, "debian", "12")
    read = PackageURL.from_string(purl)
    assert read.to_string().lower() == purl.lower()  # the library writes %2b where the specification writes %2B
    assert read.type == kind
    epoch, colon, rest = version.partition(":")
    assert read.version == (rest if kind == "rpm" and colon else version)
    qualifiers = dict(read.qualifiers)
    assert qualifiers.get("epoch") == (epoch if kind == "rpm" and colon else None)
    assert qualifiers.get("arch") == (architecture if kind in ("deb", "apk", "rpm") else None)


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ({"kind": "pypi", "name": "Zope.Interface__x", "version": "1!2.0"}, "pkg:pypi/zope-interface-x@1%212.0"),
        ({"kind": "apk", "name": "musl", "version": "1.2.4-r2", "architecture": "x86_64"},
         "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1"),
        ({"kind": "rpm", "name": "bash", "version": "1:5.2-3.el9", "architecture": "x86_64"},
         "pkg:rpm/alpine/bash@5.2-3.el9?arch=x86_64&distro=alpine-3.19.1&epoch=1"),
        ({"kind": "deb", "name": "libc6", "version": "1:2~a", "architecture": None},
         "pkg:deb/alpine/libc6@1:2~a?distro=alpine-3.19.1"),
    ],
)  # fmt: skip
def test_package_urls_by_type(package: dict[str, str], expected: str) -> None:
    assert package_url(package, "alpine", "3.19.1") == expected


def test_image_is_named_by_a_canonical_package_url() -> None:
    for report in (synthetic.good_report(), synthetic.empty_report()):
        purl = made(report)["metadata"]["component"]["purl"]
        assert PackageURL.from_string(purl).to_string() == purl
