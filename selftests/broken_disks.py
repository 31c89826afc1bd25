"""Commands whose disk is full, or may only be read, or which may not write large files: also where they run as root.

Disks of their own need a mount namespace, which root has, and others where the kernel lets them; `POSSIBLE` says so.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_UNSHARE = [shutil.which("unshare") or "unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--"]
# Mounts, runs the command, and tells what is on the disk afterwards: it is gone with the namespace.
_MOUNTED = f"""
import json, os, subprocess, sys
folder, options, *command = sys.argv[1:]
subprocess.run([{shutil.which("mount") or "mount"!r}, "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
status = subprocess.run(command).returncode
found = sorted(name for _, folders, files in os.walk(folder) for name in folders + files)
with open(folder + ".found", "w") as stream:
    json.dump(found, stream)
sys.exit(status if status >= 0 else 128 - status)
"""
_LIMITED = """
import os, resource, sys
limit, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
os.execv(command[0], command)
"""
FULL, READ_ONLY = "size=64k", "size=64k,ro"


def _possible() -> bool:
    try:
        return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


POSSIBLE = _possible()


def header() -> str:
    """Whether the tests of such disks run."""
    none = "none can be mounted here: test_run_faults_mounts.py is left out"
    return f"broken disks: {'mounted, full and read-only' if POSSIBLE else none}"


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder that is a disk of 64 KiB for the time of one command, which can write to it or only read."""

    folder: Path
    options: str

    def command(self, *command: str) -> list[str]:
        """The same command with that disk."""
        self.folder.mkdir(exist_ok=True)
        return [*_UNSHARE, sys.executable, "-c", _MOUNTED, str(self.folder), self.options, *command]

    @property
    def found(self) -> list[str]:
        """Names of what was on the disk when the command had ended."""
        names: list[str] = json.loads(Path(f"{self.folder}.found").read_bytes())
        return names


def limited(size: int, *command: str) -> list[str]:
    """The same command, which can write no file larger than `size` bytes (EFBIG instead of ENOSPC)."""
    return [sys.executable, "-c", _LIMITED, str(size), *command]
