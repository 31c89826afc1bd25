"""The image of the entrypoint benchmark: the reference platform whose modules import real, heavy packages."""

import hashlib
import importlib.metadata
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import Engine

PLATFORM = Path(__file__).resolve().parent.parent / "fixtures" / "reference_platform"
IMPORTS = ("boto3", "moto.core.models")
PACKAGES = ("boto3", "moto")
# Bytecode comes with the image, as an installer would have left it: the root is read-only when rows run.
DOCKERFILE = """COPY xargs /usr/bin/xargs
COPY site/ /opt/site/
COPY synthetic/ src/synthetic/
RUN ["python", "-m", "compileall", "-q", "/opt/site", "/app/src"]
ENV PYTHONPATH=/app/src:/opt/site
"""
SYNTHETIC_ROWS = 1000  # a module each: rows with the same command would share one process
SYNTHETIC = "print('usage: synthetic')\n"
FAILS = "import sys\nprint('usage: fails')\nsys.exit(3)\n"


def make_image(engine: Engine, folder: Path, cache: Path, progress: Callable[[str], None]) -> str:
    """Build the image, once for the same packages, and return its reference. `folder` becomes the build context."""
    shutil.copytree(PLATFORM, folder)
    (folder / ".dockerignore").unlink(missing_ok=True)
    shared = folder / "src" / "fraud_detection" / "cli.py"
    text, future = shared.read_text("utf-8"), "from __future__ import annotations\n"
    assert text.count(future) == 1
    shared.write_text(text.replace(future, future + "".join(f"import {name}\n" for name in IMPORTS)), "utf-8")
    (folder / "synthetic").mkdir()
    sources = {"__init__": "", "fails": FAILS} | {f"row_{number}": SYNTHETIC for number in range(SYNTHETIC_ROWS)}
    for name, source in sources.items():
        (folder / "synthetic" / f"{name}.py").write_text(source, "utf-8")
    versions = _copy_packages(folder / "site")
    tool = shutil.which("xargs")
    assert tool is not None, "the benchmark needs xargs"
    shutil.copy(tool, folder / "xargs")
    dockerfile = folder / "Dockerfile"
    recipe, user = dockerfile.read_text("utf-8"), "\nUSER "
    assert recipe.count(user) == 1
    recipe = recipe.replace(user, "\n" + DOCKERFILE + user)
    dockerfile.write_text(recipe, "utf-8")
    base = ensure_base(engine, [], cache, progress)
    key = "\n".join(
        [engine.name, sys.version, recipe, shared.read_text("utf-8"), str(sorted(sources.items())), *versions]
    )
    digest = hashlib.sha256(key.encode()).hexdigest()
    arguments = {"BASE_IMAGE": base.reference}
    return build(engine, folder, "Dockerfile", arguments, digest, cache, progress).facts.reference


def _copy_packages(target: Path) -> list[str]:
    """Copy the packages and all that they require from this environment; returns names and versions."""
    waiting, taken = list(PACKAGES), dict[str, str]()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # required on other systems only
        if name in taken:
            continue
        taken[name] = package.version
        for file in package.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(package.locate_file(file)), target / file)
        required = [entry for entry in package.requires or () if "extra ==" not in entry]
        waiting += [found[0] for entry in required if (found := re.match(r"[\w.-]+", entry))]
    return [f"{name} {version}" for name, version in sorted(taken.items())]


def synthetic_contract(path: Path, rows: int) -> None:
    """A contract with `rows` further entrypoints that do nothing but print their usage, and one that fails."""
    reference, data = load_contract(str(PLATFORM / "packaging-readiness.yaml"))
    assert reference.entrypoints
    entries = [dict(entry) for entry in data["entrypoints"]]
    more = [(f"synthetic-{number}", f"synthetic.row_{number}") for number in range(rows)] + [
        ("fails", "synthetic.fails")
    ]
    handle = entries[0]["handle"]
    entries += [
        {"id": name, "handle": handle, "mode": "synthetic", "module": module, "required": ["--profile"]}
        for name, module in more
    ]
    own = (PLATFORM / "packaging-readiness.yaml").read_text("utf-8")
    path.write_text(own + "entrypoints: " + json.dumps(entries) + "\n", "utf-8")
