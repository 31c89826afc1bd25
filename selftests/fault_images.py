"""An image that somebody else built of a faulty checkout, and the facts of its build, as the main job's options."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selftests.fault_recipes import Fault, ImageFault, baselines, git
from selftests.main_job import WRITTEN_AT


def image_options(fault: Fault, root: Path, folder: Path) -> list[str]:
    """`--image` and `--build-facts` for an image that somebody else built of this checkout."""
    made = fault.image or baselines()[fault.on].image
    if made is None:
        return []
    from packaging_readiness.contract.load import load_contract
    from packaging_readiness.image.engine import detect
    from packaging_readiness.plugin.packaged import ImageSource
    from packaging_readiness.plugin.platform import Platform
    from packaging_readiness.plugin.reference import CONTRACT, cache_dir
    from packaging_readiness.secrets.rulepack import expand_example

    contract, _ = load_contract(str(root / CONTRACT))
    settings: Any = _Building("auto", None, contract, "embedded", cache_dir())
    image = ImageSource(settings, Platform(root, contract), print).get()
    name, digest = image.facts.reference, image.digest
    if made.instructions:
        from packaging_readiness.image.facts import inspect

        name = f"localhost/packaging-readiness-fault:{hashlib.sha256(fault.name.encode()).hexdigest()[:16]}"
        text = f"FROM {image.facts.reference}\n{expand_example(made.instructions)}"
        (folder / "Dockerfile").write_text(text)
        engine = detect("auto")
        build = ("build", "--pull=never", "--network=host", f"--tag={name}", f"--file={folder / 'Dockerfile'}")
        engine.call(*build, str(folder), timeout_s=300)
        digest = inspect(engine, name, cache_dir()).digest
    return ["--image", name, *_facts(made, digest, git(root, "rev-parse", "HEAD").strip(), folder)]


def _facts(made: ImageFault, digest: str, commit: str, folder: Path) -> list[str]:
    if made.facts is None:
        return []
    facts = {
        "build_driver": "local_engine",
        "build_actor": "release-bot",
        "build_completed_at_utc": WRITTEN_AT,
        "git_sha": commit,
        "image_digest": digest,
    }
    (folder / "facts.json").write_text(json.dumps(facts | dict(made.facts)))
    return ["--build-facts", str(folder / "facts.json")]


@dataclass(frozen=True, slots=True)
class _Building:
    """The settings that making an image needs."""

    engine: str
    image: None
    contract: Any
    aws: str
    cache: Path
