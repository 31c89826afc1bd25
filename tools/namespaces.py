"""Commands in mount and process namespaces of their own: what they mount or start ends with the program that asked."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "/etc/machine-certificates.crt"  # in the root; /etc/ssl is the packages' own
NETWORK = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL")
# runc wants a root that is a mount. The shell stays: it is process 1 of the namespace, and takes in the orphans that
# an engine leaves.
ENTER = """set -e
mount --make-rprivate /
mount --bind "$0" "$0"
cd "$0"
mount -t proc proc proc
mount -t sysfs sys sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for node in null zero full random urandom tty; do touch dev/$node; mount --bind /dev/$node dev/$node; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 pts dev/pts
mount -t tmpfs shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
chroot . "$@"
"""


def apart(*command: str) -> list[str]:
    """`command` in namespaces of its own. The kernel ends it when this program ends, however it ends."""
    spaces = ("--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "--mount-proc")
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *spaces, "--", *command]


def inside(root: Path, folder: str, *command: str) -> list[str]:
    """`command` in the folder `folder` of the system in `root`: of this machine it has the way to the network only."""
    variables = {name: os.environ[name] for name in NETWORK if name in os.environ}
    if Path(f"{root}{CERTIFICATES}").exists():
        variables["PIP_CERT"] = CERTIFICATES
    base = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb", **variables}
    assignments = (f"{name}={value}" for name, value in base.items())
    return apart("sh", "-c", ENTER, str(root), "env", "-i", "-C", folder, *assignments, *command)


def run(command: Sequence[str], shown: bool = False) -> tuple[int, list[str]]:
    """Exit status and lines of output (both streams). What `apart` began has ended when this returns or raises."""
    lines: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip("\n"))
                if shown:
                    print(f"    | {lines[-1]}", flush=True)
            return process.wait(), lines
        finally:
            # Ending the first process of the namespace ends all; its parent returns when the last of them is gone.
            while process.poll() is None:
                for child in children(process.pid):
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The direct children of a process; none when it is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def mounted_below(folder: Path) -> bool:
    """Whether anything is mounted in `folder`, as this program sees it."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(folder in Path(line.split()[4]).parents for line in mounts)
