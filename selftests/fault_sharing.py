"""What makes many faults affordable: what runs inside an image is run once, and starts quickly.

Another run of the same programs in the same image with the same input tells nothing new about the checks. The base
image holds the standard library compiled, as an installed Python would have it: rows spend most of their time on that.
"""

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_COMPILE = """chroot "$1" python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3*/
"""


def use_compiled_base() -> None:
    """Let the base image that this process makes, or finds, be one with a compiled standard library."""
    from packaging_readiness.image import base

    vars(base)["FINISH"] += _COMPILE


def export_once(folder: Path) -> None:
    """Let this process have the engine export an image once: what is exported is the same each time."""
    from packaging_readiness.image.engine import Engine

    call = Engine.call
    folder.mkdir(parents=True, exist_ok=True)

    def shared(engine: Engine, *arguments: str, **more: Any) -> bytes:
        if arguments[0] != "save" or engine.name != "podman":
            return call(engine, *arguments, **more)
        target, kept = arguments[arguments.index("--output") + 1], folder / arguments[-1].removeprefix("sha256:")
        if not kept.exists():
            part = kept.with_name("part")
            shutil.rmtree(part, ignore_errors=True)
            call(engine, *(str(part) if each == target else each for each in arguments), **more)
            part.rename(kept)
        shutil.copytree(kept, target)
        return b""

    Engine.call = shared  # type: ignore[method-assign, assignment]


def share_rows(folder: Path) -> None:
    """Let what runs inside the image be run once among all processes that share `folder`, for each image."""
    from packaging_readiness.image.packages import image_packages
    from packaging_readiness.image.settle import run_settled
    from packaging_readiness.plugin import packages, row_runs

    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, object] = {}

    def described(engine: Any, image: str) -> object:
        if image not in known:
            known[image] = _content(engine, image)
        return known[image]

    def settled(engine: Any, image: str, commands: Any, **more: Any) -> Iterator[Any]:
        rules = [(command.id, command.argv, sorted(command.files.items()), command.timeout_s) for command in commands]
        key = ("rows", described(engine, image), rules)
        yield from _once(folder, key, lambda: list(run_settled(engine, image, commands, **more)))

    def packages_of(engine: Any, image_id: str, run_id: str) -> Any:
        key = ("packages", described(engine, image_id))
        return _once(folder, key, lambda: image_packages(engine, image_id, run_id))

    vars(row_runs)["run_settled"], vars(packages)["image_packages"] = settled, packages_of


def _content(engine: Any, image: str) -> object:
    """All of an image that its programs can tell: two images may differ in their history alone."""
    described = json.loads(engine.call("image", "inspect", image))[0]
    config = described["Config"]
    return described["RootFS"], [config.get(name) for name in ("Env", "User", "WorkingDir", "Entrypoint", "Cmd")]


def _once(folder: Path, key: object, make: Callable[[], Any]) -> Any:
    path = folder / hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    if path.is_file():
        return pickle.loads(path.read_bytes())
    made = make()
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(pickle.dumps(made))
    part.rename(path)
    return made
