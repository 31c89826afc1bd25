"""The reference platform as a git repository of its own, made once per content and then reused."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell

CONTRACT = "packaging-readiness.yaml"
_WHEN = "2026-02-22T00:00:00Z"
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Reference Platform",
    "GIT_AUTHOR_EMAIL": "reference-platform@example.invalid",
    "GIT_AUTHOR_DATE": _WHEN,
    "GIT_COMMITTER_NAME": "Reference Platform",
    "GIT_COMMITTER_EMAIL": "reference-platform@example.invalid",
    "GIT_COMMITTER_DATE": _WHEN,
}
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache")


def cache_dir() -> Path:
    """Where this suite keeps what it can make again: `$XDG_CACHE_HOME/packaging-readiness`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "packaging-readiness"


def materialise(template: Path, cache: Path) -> Path:
    """A git checkout of `template`: branch main, one commit with fixed author and date. Returns its root.

    The same content gives the same commit everywhere. Raises CannotTell when git or the disk refuses.
    """
    root = cache / "reference" / _digest(template)
    if (root / ".git").is_dir():
        return root
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with (root.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (root / ".git").is_dir():
                _make(template, root)
    except OSError as error:
        why = error.strerror or "not every file could be written"  # copytree gathers errors, and names none
        cure = "make room for it, or name another cache directory in XDG_CACHE_HOME"
        raise CannotTell("reference platform", f"cannot be materialised: {why}", cure) from None
    return root


def commit_copy(template: Path, target: Path) -> None:
    """Copy `template` to `target` and commit it there, with the fixed identity."""
    shutil.copytree(template, target, ignore=_LEFT_BEHIND, symlinks=True)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    _git(target, "init", "--quiet", "--initial-branch=main")
    _git(target, "add", "--all")
    _git(target, "commit", "--quiet", "--no-gpg-sign", "--message=Reference platform")


def _make(template: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".making.", dir=root.parent) as making:
        commit_copy(template, Path(making) / "platform")
        (Path(making) / "platform").rename(root)


def _git(root: Path, *arguments: str) -> None:
    quiet = ["-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "core.excludesFile=/dev/null"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {**_IDENTITY, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    command = ["git", *quiet, *arguments]
    try:
        subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        raise CannotTell("git", "is not installed", "install git") from None
    except subprocess.CalledProcessError as error:
        detail = error.stderr.decode(errors="replace").strip().splitlines()
        raise CannotTell(f"git {arguments[0]}", (detail or ["failed"])[-1]) from None
    except subprocess.TimeoutExpired:
        raise CannotTell(f"git {arguments[0]}", "took more than 60 seconds") from None


def _digest(template: Path) -> str:
    """Digest of names and bytes: content decides, not times."""
    total = hashlib.sha256()
    for folder, folders, names in os.walk(template):
        folders[:] = sorted(
            name for name in folders if not name.startswith((".mypy", ".ruff", ".pytest", "__pycache__"))
        )
        for name in sorted(names):
            path = Path(folder) / name
            data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            relative = path.relative_to(template).as_posix().encode()
            total.update(b"%d %s %d " % (len(relative), relative, len(data)) + data)
    return total.hexdigest()[:24]
