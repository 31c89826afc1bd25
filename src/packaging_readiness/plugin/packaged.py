"""The image under test: found or built once per run."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.image.base import BaseImage, ensure_base
from packaging_readiness.image.build import BuildFailed, build
from packaging_readiness.image.commands import DEFAULT_LIMITS
from packaging_readiness.image.container import hardening
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.facts import ImageFacts, inspect
from packaging_readiness.plugin.failed_step import at_its_line
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.remembered import Remembered
from packaging_readiness.plugin.settings import Settings


@dataclass(frozen=True, slots=True)
class PackagedImage:
    """An image, its engine, and where it came from. `base` is known only for an image that the suite built.

    `pulled_digest` is the digest under which the platform's repository holds an image that was pulled from there: an
    engine that unpacks layers exports such an image as other bytes than it was pulled as.
    """

    engine: Engine
    facts: ImageFacts
    built_by_suite: bool
    base: BaseImage | None
    pulled_digest: str | None = None

    @property
    def digest(self) -> str:
        """The digest that names the image: the repository's where it came from there, else that of the export."""
        return self.pulled_digest or self.facts.digest

    def summary(self) -> dict[str, Any]:
        """What evidence says of the image; equal in every process of a run."""
        base = self.base
        return {
            "digest": self.digest,
            "reference": self.facts.reference,
            **self._exported(),
            "architecture": self.facts.architecture,
            "os": self.facts.os,
            "user": self.facts.user or "root",
            "engine": self.engine.name,
            "engine_version": self.engine.version,
            "origin": "built-by-suite" if self.built_by_suite else "given",
            "base": base.reference if base else None,
            "base_digest": base.digest if base else None,
            "source": f"{base.origin}: {base.source}" if base else None,
            "hardening": hardening(self.engine, DEFAULT_LIMITS),
        }

    def _exported(self) -> dict[str, Any]:
        """What is known of the manifest that the digest is of, where that is the exported one."""
        if self.digest != self.facts.digest:
            return {}
        return {"media_type": self.facts.media_type, "manifest_bytes": self.facts.manifest_size}


class ImageSource:
    """Finds or builds the image on first use; an error is remembered, so that it is not waited for twice."""

    def __init__(self, settings: Settings, platform: Platform, progress: Callable[[str], None]) -> None:
        self._settings = settings
        self._platform = platform
        self._progress = progress
        self._lock = threading.Lock()
        self._image: PackagedImage | None = None
        self._error: Remembered | None = None

    def get(self) -> PackagedImage:
        """The image. Raises CannotTell or BuildFailed, each time the same."""
        with self._lock:
            if self._error is not None:
                raise self._error.again()
            if self._image is None:
                try:
                    self._image = self._obtain()
                except ReadinessError as error:
                    self._error = Remembered.of(error)
                    raise
            return self._image

    def _obtain(self) -> PackagedImage:
        settings = self._settings
        engine = detect(settings.engine)
        if settings.image is not None:
            facts = inspect(engine, settings.image, settings.cache)
            # The embedded registry holds what the engine exports, whatever the image was pulled as.
            uri = settings.contract.handles.get("ECR_REPO_URI") if settings.aws == "real" else None
            return PackagedImage(engine, facts, False, None, pulled_digest(facts.reference, facts.repo_digests, uri))
        rules = settings.contract.image
        arguments: dict[str, str] = {}
        base: BaseImage | None = None
        if rules.base_argument is not None:
            base = ensure_base(engine, rules.base_candidates, settings.cache, self._progress)
            arguments[rules.base_argument] = base.reference
        key = content_key(self._platform, arguments, engine.name)
        dockerfile, context = _dockerfile_below_context(self._platform), self._platform.context_root
        try:
            built = build(engine, context, dockerfile, arguments, key, settings.cache, self._progress)
        except BuildFailed as error:
            raise at_its_line(error, self._platform) from None
        return PackagedImage(engine, built.facts, True, base)


def pulled_digest(reference: str, known: Sequence[str], repository: str | None) -> str | None:
    """The digest under which `repository` holds an image that was pulled from there, or None for any other image.

    `known` are the engine's digest references of the image. Raises CannotTell when there are several, as after a pull
    by way of an index, and `reference` names none of them.
    """
    digests = sorted({name.partition("@")[2] for name in known if name.partition("@")[0] == repository})
    asked = reference.partition("@")[2]
    if asked in digests:
        return asked
    if len(digests) > 1:
        cure = f"name the platform's own manifest: --image {repository}@sha256:..."
        raise CannotTell("--image", f"the engine knows {reference} by {len(digests)} digests of one repository", cure)
    return digests[0] if digests else None


def _dockerfile_below_context(platform: Platform) -> str:
    path = platform.root / platform.contract.image.dockerfile
    return os.path.relpath(path, platform.context_root)


def content_key(platform: Platform, arguments: Mapping[str, str], engine: str) -> str:
    """Digest of all that goes into a build: Dockerfile, every file of the context with its mode, arguments, engine."""
    total = hashlib.sha256(engine.encode())
    total.update(platform.read(platform.contract.image.dockerfile))
    for name, value in sorted(arguments.items()):
        total.update(f"\0{name}={value}".encode())
    for relative, digest in platform.context_digests.items():
        try:
            mode = (platform.context_root / relative).lstat().st_mode
        except OSError as error:
            raise CannotTell(relative, f"cannot be read: {error.strerror}", "mend its permissions") from None
        total.update(f"\0{relative}\0{mode:o}\0{digest}\0".encode())
    return total.hexdigest()
