"""Put a bundle on disk whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.evidence.unfinished import unfinished

ANOTHER_DIR = "name another --evidence-out (or --out) directory, or remove this one"


def bundle_folder(contract: Contract, platform_run_id: str) -> str:
    """Where the objects lie below the output directory: `evidence/runs/{platform_run_id}/P(-1)`."""
    return f"evidence/runs/{platform_run_id}/{contract.phase_id}"


def refuse_existing(out: Path) -> None:
    """Raise InputRefused unless `out` is absent or an empty directory: evidence is never overwritten or mixed."""
    try:
        taken = out.exists() and (not out.is_dir() or any(out.iterdir()))
    except OSError as error:
        raise CannotTell(str(out), f"cannot be looked into: {error.strerror}", ANOTHER_DIR) from None
    if taken:
        raise InputRefused(str(out), "already exists and is not empty; evidence is never overwritten", ANOTHER_DIR)


def write_bundle(files: Mapping[str, bytes], out: Path, folder: str) -> Path:
    """Write `files` to `out/folder` by an unfinished folder beside `out` and one rename; return the folder.

    Raises InputRefused when `out` is taken, CannotTell when the disk refuses: then nothing of it is left behind. What
    a killed process leaves behind is removed by the next one that writes there.
    """
    refuse_existing(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with unfinished(out) as making:
            target = making / folder
            target.mkdir(parents=True)
            for name, data in files.items():
                _write(target / name, data)
            making.rename(out)  # also onto an empty directory
    except OSError as error:
        raise CannotTell(str(out), f"the bundle cannot be written: {error.strerror}", ANOTHER_DIR) from None
    return out / folder


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o644)
