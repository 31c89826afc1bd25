#!/usr/bin/env python3
"""Set everything up on a fresh Debian or Ubuntu machine with only Python and git, then run.

    python3 bootstrap.py m1       the main job on the reference platform; prints where the bundle lies
    python3 bootstrap.py tests    all tests of the suite itself, and its linters

What follows the job's name is handed to pytest. Needs root (or sudo's password) only where packages are missing.
Uses nothing but the standard library, because nothing else is there yet.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
ENGINE = ("podman", "runc", "mmdebstrap")
REGISTRY = "docker-registry"
JOBS = {"m1": "run_m1.py", "tests": "run_tests.py"}
MINIMUM = (3, 11)


def say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


def run(*command: str) -> None:
    """Run a command that must succeed; its output is the user's to see."""
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"bootstrap: `{' '.join(command)}` did not succeed: {error}") from None


def install(*packages: str) -> None:
    """Install Debian packages, or say what to install where that is not possible."""
    say(f"installing {', '.join(packages)}")
    if shutil.which("apt-get") is None:
        raise SystemExit(f"bootstrap: no apt-get here; install {', '.join(packages)} and run again")
    prefix = () if os.geteuid() == 0 else ("sudo",)
    run(*prefix, "apt-get", "update", "-qq")
    environment = (*prefix, "env", "DEBIAN_FRONTEND=noninteractive")
    run(*environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def ensure_engine() -> None:
    """podman, runc and mmdebstrap, unless docker with a daemon is there."""
    missing = [tool for tool in ENGINE if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None]
    if missing and not docker_answers():
        install(*missing)


def docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def ensure_registry() -> None:
    """Debian's docker-registry for the suite's own tests: its program alone, because the package starts a service."""
    if shutil.which(REGISTRY) or (VENV / "bin" / REGISTRY).exists() or shutil.which("apt-get") is None:
        return
    say(f"fetching {REGISTRY}")
    run(*(() if os.geteuid() == 0 else ("sudo",)), "apt-get", "update", "-qq")
    with tempfile.TemporaryDirectory() as scratch:
        fetch = f"apt-get -o APT::Sandbox::User=root download -qq {REGISTRY} && dpkg-deb --extract {REGISTRY}_*.deb ."
        run("sh", "-c", f"cd {scratch} && {fetch}")
        shutil.copy(f"{scratch}/usr/bin/{REGISTRY}", VENV / "bin" / REGISTRY)


def ensure_venv() -> Path:
    """A virtual environment with exactly the locked packages and this project; made again when the lock changes."""
    python = VENV / "bin" / "python"
    stamp = VENV / ".locked"
    wanted = hashlib.sha256(
        LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    ).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    try:
        import ensurepip  # noqa: F401 - Debian ships it apart from Python
    except ImportError:
        install(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
        os.execv(sys.executable, [sys.executable, *sys.argv])
    say("making .venv from requirements.lock")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"bootstrap: .venv could not be made: {error}") from None
    pip = (str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--require-hashes", "--requirement", str(LOCK))
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted)
    return python


def main() -> int:
    if sys.version_info < MINIMUM:
        raise SystemExit(
            f"bootstrap: Python {MINIMUM[0]}.{MINIMUM[1]} or newer is needed, this is {sys.version.split()[0]}"
        )
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in JOBS:
        print(__doc__)
        if arguments[:1] in (["-h"], ["--help"]):
            return 0
        say(f"there is no job called {arguments[0]!r}" if arguments else "name a job")
        return 2
    if shutil.which("git") is None:
        install("git")
    ensure_engine()
    python = ensure_venv()
    if arguments[0] == "tests":
        ensure_registry()
    # An installed package has its bytecode; give the editable one the same, whatever PYTHONDONTWRITEBYTECODE says.
    run(str(python), "-m", "compileall", "-q", str(ROOT / "src"))
    os.chdir(ROOT)
    os.environ["PATH"] = f"{VENV / 'bin'}:{os.environ['PATH']}:/usr/sbin:/sbin"
    return os.execv(python, [str(python), str(ROOT / "tools" / JOBS[arguments[0]]), *arguments[1:]])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("interrupted; what is not complete is made again by the next start")
        sys.exit(2)
