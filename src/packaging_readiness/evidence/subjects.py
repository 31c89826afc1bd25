"""How statements name things: the image, the commit, and other objects of the bundle, each by its digest."""

from typing import Any
from urllib.parse import quote

from packaging_readiness.contract.model import Contract
from packaging_readiness.verdict.adjudicate import Verdict


def digest_set(digest: str) -> dict[str, str]:
    """`sha256:<hex>` as in-toto writes it (DigestSet)."""
    algorithm, _, value = digest.partition(":")
    return {algorithm: value}


def resource(name: str, digest: str) -> dict[str, Any]:
    """A resource descriptor of something that has a sha256 (in-toto, ResourceDescriptor)."""
    return {"name": name, "digest": digest_set(digest)}


def commit(verdict: Verdict) -> dict[str, Any]:
    """The commit that was checked."""
    return {"name": "source", "digest": {"gitCommit": verdict.run.identity.git_sha}}


def image_digest(verdict: Verdict) -> str | None:
    """The digest of the image that the checks ran in, or None where no check had one."""
    return verdict.run.image["digest"] if verdict.run.image else None


def subjects(verdict: Verdict) -> list[dict[str, Any]]:
    """What a run is about: the image, where there was one, and the commit."""
    digest = image_digest(verdict)
    image = [resource(verdict.run.contract.handles.get("ECR_REPO_URI", "image"), digest)] if digest else []
    return [*image, commit(verdict)]


def image_purl(contract: Contract, digest: str | None) -> str:
    """The package URL of the image (type `oci`); without version where its digest is not known."""
    name = contract.handles.get("ECR_REPO_NAME", "image").rpartition("/")[2].lower()
    uri = contract.handles.get("ECR_REPO_URI")
    version = f"@{quote(digest, safe=':')}" if digest else ""
    return f"pkg:oci/{quote(name, safe='')}{version}" + (f"?repository_url={quote(uri, safe=':/')}" if uri else "")
