"""Whether a checkout can be a platform of the contract at all: eighty failures say less than one sentence."""

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path, PurePosixPath

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.reference import CONTRACT


def unused_contract(root: Path, options: Sequence[str]) -> str | None:
    """One sentence when the checkout has a contract of its own and `options`, the run's, name none; else None."""
    if "--contract" in options or "--platform-root" not in options or not (root / CONTRACT).is_file():
        return None
    return f"{root.name} has a {CONTRACT}, which is not used: name it with --contract"


def unlike(root: Path, contract: Contract) -> str | None:
    """One sentence when the checkout has no module and no document of the contract; None when it has one of them.

    A manifest or a Dockerfile, which any project may have, counts for nothing.
    """
    documents = astuple(contract.documents)
    places = {root, root / "src", *(root / PurePosixPath(entry.id).parent for entry in contract.includes)}
    modules = [PurePosixPath(*entry.module.split(".")) for entry in contract.entrypoints]
    if any((root / path).exists() for path in documents):
        return None
    if any((place / f"{module}.py").exists() or (place / module).is_dir() for place in places for module in modules):
        return None
    return (
        f"this does not look like a platform of contract {contract.name}: {root.name} has none of its {len(modules)} "
        f"entrypoint modules and none of its {len(documents)} documents; name its own contract with --contract FILE"
    )
