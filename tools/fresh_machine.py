"""The README's set-up commands on fresh machines: Debian with Python and git, and nothing else.

A machine is a minimal Debian root with a clone of this repository (what is committed, nothing else). In it run the
commands of the README's section "Start", read from there, with an empty environment. Whatever they need and do not
install themselves is missing there, and the run is red.

    bookworm   Debian 12 with its Python 3.11
    trixie     Debian 13 with its Python 3.13
    py312      Debian 12 with a copy of this machine's Python 3.12 in front (Debian has none)

Needs root, mmdebstrap and the right to mount; a machine that cannot be made is reported as not run, by name. Mounts and
processes live in namespaces of their own and end with this program, also after Ctrl-C or SIGKILL (after SIGKILL a
folder fresh-machine.* stays behind).

Exit status: 0 every machine that could be made held, and at least one was made; 1 a command failed; 2 nothing ran, or a
machine that was asked for by name did not run; 130 interrupted.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.namespaces import CERTIFICATES, apart, inside, mounted_below, run  # noqa: E402

CLONE = "/srv/packaging-readiness"
NETWORK_FILES = {"/etc/resolv.conf": "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt": CERTIFICATES}
START = re.compile(r"^## Start$(.*?)^## ", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^```sh\n(python3 [^\n]*)\n```$", re.MULTILINE)
QUICK = "test_cli or test_contract_files or test_merge_shards"
ABSENT = ("podman", "docker", "runc", "crun", "mmdebstrap", "pip", "pip3", "uv")
BARE = """import importlib.metadata, shutil, sys
tools = [name for name in sys.argv[1:] if shutil.which(name)]
packages = sorted(package.name for package in importlib.metadata.distributions())
print(sys.version.split()[0])
sys.exit(f"this is no fresh machine: {tools + packages}" if tools or packages else 0)
"""


class NotRun(Exception):
    """A machine could not be made here; the text says why."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A Debian release, and the version of this machine's Python that is put in front of Debian's, if any."""

    name: str
    release: str
    python: str = ""


MACHINES = (Machine("bookworm", "bookworm"), Machine("trixie", "trixie"), Machine("py312", "bookworm", "3.12"))


def commands(readme: str) -> tuple[str, ...]:
    """The set-up commands of the README, in order: the blocks of one line in section "Start" that call python3."""
    section = START.search(readme)
    return tuple(COMMAND.findall(section.group(1))) if section else ()


def say(text: str) -> None:
    print(f"fresh: {text}", flush=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is removed in the end, unless something is still mounted in it."""
    folder = Path(tempfile.mkdtemp(prefix="fresh-machine."))
    folder.chmod(0o755)  # apt fetches as a user of its own
    try:
        yield folder
    finally:
        if mounted_below(folder):
            say(f"something is mounted in {folder}: not removed")
        else:
            say("taking the machine away")
            shutil.rmtree(folder)


def make(machine: Machine, root: Path) -> str:
    """Make the machine and return its Python's version. NotRun: it cannot be made, or is not bare."""
    if os.geteuid() != 0:
        raise NotRun("needs root")
    missing = [tool for tool in ("mmdebstrap", "setpriv", "unshare", "git") if shutil.which(tool) is None]
    if missing:
        raise NotRun(f"needs {', '.join(missing)}")
    prefix = interpreter(machine.python) if machine.python else None
    debian = ("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--include=python3,git", machine.release)
    step(apart(*debian, str(root), *mirrors(machine.release)))
    for path, there in NETWORK_FILES.items():
        if Path(path).exists():
            shutil.copy(path, f"{root}{there}")
    if prefix:
        put_in_front(prefix, machine.python, root)
    step(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), f"{root}{CLONE}"])
    return step(inside(root, CLONE, "python3", "-c", BARE, *ABSENT))[-1]


def step(command: Sequence[str]) -> list[str]:
    """Output of one step of making a machine. NotRun: it failed."""
    status, lines = run(command)
    if status != 0:
        raise NotRun(f"exit status {status}: {' / '.join(lines[-3:])}")
    return lines


def mirrors(release: str) -> list[str]:
    """This machine's own list of Debian mirrors where it is of that release: it is known to be reachable."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    return [str(sources)] if sources.is_file() and release in sources.read_text().split() else []


def interpreter(version: str) -> Path:
    """Where this machine's Python of a version is installed. NotRun: it has none that can be copied."""
    found = [shutil.which(f"python{version}") or ""]
    for place in (f".pyenv/versions/{version}.*", f".local/share/uv/python/cpython-{version}.*"):
        found += sorted(str(path) for path in Path.home().glob(f"{place}/bin/python{version}"))
    for program in filter(None, found):
        status, lines = run([program, "-c", "import sys; print(sys.base_prefix)"])
        if status == 0 and lines[-1] != "/usr":
            return Path(lines[-1])
    raise NotRun(f"there is no Python {version} here that could be copied")


def put_in_front(prefix: Path, version: str, root: Path) -> None:
    """Copy an interpreter and its standard library, without installed packages, and call it python3."""
    target = Path(f"{root}{prefix}")
    shutil.copytree(prefix, target, symlinks=True, ignore=shutil.ignore_patterns("site-packages", "test", "*.a"))
    (target / "lib" / f"python{version}" / "site-packages").mkdir()
    (root / "usr/local/bin/python3").symlink_to(prefix / "bin" / f"python{version}")


def try_out(machine: Machine, quick: bool) -> bool:
    """Make the machine and run the commands on it, until one fails. NotRun: it cannot be made."""
    with scratch() as folder:
        root, begun = folder / "root", time.monotonic()
        say(f"{machine.name}: making the machine")
        version = make(machine, root)
        say(f"{machine.name}: Python {version}, git, nothing else ({time.monotonic() - begun:.0f} s)")
        for number, command in enumerate(commands((ROOT / "README.md").read_text(encoding="utf-8"))):
            begun = time.monotonic()
            told = f"{command} -k '{QUICK}'" if quick and number else command
            say(f"{machine.name}: {told}")
            status, lines = run(inside(root, CLONE, "sh", "-c", told), shown=True)
            say(f"{machine.name}: exit status {status} after {time.monotonic() - begun:.0f} s")
            if status != 0 or not (number or names_bundle(lines, Path(f"{root}{CLONE}"))):
                return False
    return True


def names_bundle(lines: Sequence[str], clone: Path) -> bool:
    """Whether the last line says where the bundle lies, and it lies there: an exit status alone is not believed."""
    name = lines[-1].removeprefix("bundle: ") if lines else ""
    if name and name != lines[-1] and (clone / name).is_dir():
        return True
    say("the last line does not say where the bundle lies")
    return False


def verdict(results: Sequence[str], *, named: bool) -> int:
    """Exit status: see the top of this file. `named`: the machines were asked for by name."""
    if "FAILED" in results:
        return 1
    held = results.count("held")
    return 2 if held == 0 or (named and held < len(results)) else 0


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """End like Ctrl-C, so that everything is taken away."""
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [machine.name for machine in MACHINES]
    parser.add_argument("machines", nargs="*", metavar="MACHINE", help=f"{', '.join(names)}; default: all")
    parser.add_argument("--quick", action="store_true", help=f"of the tests only these: {QUICK}")
    arguments = parser.parse_args()
    if unknown := set(arguments.machines) - set(names):
        parser.error(f"no such machine: {', '.join(sorted(unknown))}")
    # SIGINT as well: what a shell runs in the background begins with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    results: dict[str, str] = {}
    for machine in MACHINES:
        if arguments.machines and machine.name not in arguments.machines:
            continue
        try:
            results[machine.name] = "held" if try_out(machine, arguments.quick) else "FAILED"
        except NotRun as reason:
            results[machine.name] = f"not run ({reason})"
        except KeyboardInterrupt:
            say(f"interrupted on {machine.name}; nothing is left of it")
            return 130
    for name, result in results.items():
        say(f"{name}: {result}")
    return verdict(list(results.values()), named=bool(arguments.machines))


if __name__ == "__main__":
    sys.exit(main())
