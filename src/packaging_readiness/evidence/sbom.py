"""The software bill of materials of the image: CycloneDX 1.6, made of what one check observed and of nothing else.

The same results give the same bytes: components are sorted, the time is that of the run, and the serial number is
derived from the content. Sources: CycloneDX 1.6 JSON reference; package URL specification and its type definitions.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence.subjects import image_purl
from packaging_readiness.verdict.adjudicate import Verdict

NAME = "sbom.cdx.json"
CHECK = "m1c.sbom.packages-listed"
_IMAGE = "image"
_KINDS = ("deb", "apk", "rpm", "pypi", "generic")
_SERIALS = "https://packaging-readiness.invalid/sbom/"


def sbom(verdict: Verdict) -> dict[str, Any]:
    """The bill of materials. Packages that were not listed leave it without components, and it says `unknown`."""
    listed = verdict.results[CHECK]
    packages, whole = _packages(listed.observation)
    distribution = listed.observation.get("distribution")
    components = {component["purl"]: component for component in _components(packages, distribution)}
    content: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": verdict.run.identity.written_at_utc,
            "lifecycles": [{"phase": "post-build"}],
            "tools": {
                "components": [
                    {
                        "type": "application",
                        "name": "packaging-readiness",
                        "version": verdict.run.identity.suite_version,
                    }
                ]
            },
            "component": _image(verdict),
        },
        "components": [components[purl] for purl in sorted(components)],
        "compositions": [{"aggregate": "complete" if listed.held and whole else "unknown", "assemblies": [_IMAGE]}],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, _SERIALS + sha256(canonical_json(content)))
    return {**content, "serialNumber": serial.urn}


def _image(verdict: Verdict) -> dict[str, Any]:
    digest = verdict.run.image["digest"] if verdict.run.image else None
    return {
        "type": "container",
        "bom-ref": _IMAGE,
        "name": verdict.run.contract.handles.get("ECR_REPO_NAME", _IMAGE),
        "version": digest or "unknown",
        "hashes": [{"alg": "SHA-256", "content": digest.partition(":")[2]}] if digest else [],
        "purl": image_purl(verdict.run.contract, digest),
    }


def _packages(observation: Mapping[str, Any]) -> tuple[list[Mapping[str, str]], bool]:
    """The packages that are of their form, and whether all are: results may come from a stranger's bundle."""
    entries = observation.get("packages")
    found = entries if isinstance(entries, list) else []
    good = [entry for entry in found if isinstance(entry, Mapping) and _well_formed(entry)]
    return good, bool(good) and len(good) == len(found)


def _well_formed(entry: Mapping[str, Any]) -> bool:
    texts = (entry.get("name"), entry.get("version"), entry.get("architecture") or "")
    return entry.get("kind") in _KINDS and all(isinstance(text, str) for text in texts)


def _components(packages: Sequence[Mapping[str, str]], distribution: Any) -> Iterator[dict[str, Any]]:
    known = distribution if isinstance(distribution, Mapping) else {}
    name, release = (value if isinstance(value, str) else None for value in map(known.get, ("name", "version")))
    for package in packages:
        purl = package_url(package, name, release)
        yield {
            "type": "application" if package["kind"] == "generic" else "library",
            "bom-ref": purl,
            "name": package["name"],
            "version": package["version"],
            "purl": purl,
        }


def package_url(package: Mapping[str, str], distribution: str | None, release: str | None) -> str:
    """The package URL of one observed package, in canonical form; `distribution` is the id of its os-release."""
    kind, name, version = package["kind"], package["name"], package["version"]
    qualifiers: dict[str, str] = {}
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    if kind in ("deb", "apk", "rpm"):
        name = name.lower() if kind != "rpm" else name
        if package.get("architecture"):
            qualifiers["arch"] = package["architecture"]
        if distribution and release:
            qualifiers["distro"] = f"{distribution}-{release}"
    if kind == "rpm" and ":" in version:
        qualifiers["epoch"], _, version = version.partition(":")
    namespace = f"{quote(distribution, safe='')}/" if distribution and kind in ("deb", "apk", "rpm") else ""
    tail = "&".join(f"{key}={quote(value, safe=':')}" for key, value in sorted(qualifiers.items()))
    return f"pkg:{kind}/{namespace}{quote(name, safe='')}@{quote(version, safe=':')}" + (f"?{tail}" if tail else "")
