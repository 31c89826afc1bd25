"""Speed and memory of the secret scan, beside a plain read, ripgrep with one combined pattern, and detect-secrets."""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable
from functools import partial
from importlib import resources
from pathlib import Path

from packaging_readiness.secrets.model import ALL_LAYERS, POLICY_ONLY, Layer
from packaging_readiness.secrets.scan import scan_bytes, scan_files

FILES, MEGABYTES = 10_000, 150
SAMPLE_FILES = 300
LIMITS = {"ripgrep": 8.0, "endless_line": 3.0, "minified_json": 3.0}
MEMORY_MIB = 400.0
BIG = 2 << 30
# What ripgrep would not open would be work for one side only.
_PACKED = (".gz", ".zip", ".whl", ".xz", ".bz2", ".tar", ".egg")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=f"Make a tree of at least {FILES} files and {MEGABYTES} MB out of the standard library and the "
        "installed packages (archives left out) and scan it in one process: policy layer, both layers. Beside it, "
        "alternating in one run: a plain read of every file, and single-threaded ripgrep with one pattern that "
        "combines the rules of the policy layer. detect-secrets is installed into a virtual environment of its own "
        f"and reads a sample of {SAMPLE_FILES} files. Processor time counts, so that a busy machine "
        "changes little; ratios are those of the medians.",
        epilog=f"Limits: both layers at most {LIMITS['ripgrep']} times ripgrep; a 50 MB line and a 5 MB minified JSON "
        f"at most {LIMITS['minified_json']} times the cost of normal text per byte; memory below {MEMORY_MIB:.0f} MiB, "
        "a file of 2 GB included. Exit status: 0 within the limits, 1 not.",
    )
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (default: 3; the median counts)")
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures")
    parser.add_argument("--without", action="append", default=[], choices=["big", "detect-secrets"])
    parser.add_argument("--child", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return _child(Path(options.child))
    with tempfile.TemporaryDirectory(prefix="secrets-benchmark-") as folder:
        figures = _measure(Path(folder), options.rounds, set(options.without))
    missed = [name for name, limit in LIMITS.items() if figures.get(name, 0.0) > limit]
    missed += [name for name in ("memory_mib", "memory_mib_2gb") if figures.get(name, 0.0) > MEMORY_MIB]
    if options.json:
        print(json.dumps(figures | {"missed": missed}, indent=1))
    else:
        for name, value in figures.items():
            limit = LIMITS.get(name, MEMORY_MIB if name.startswith("memory") else None)
            note = f"   (limit {limit:g}{', missed' if name in missed else ''})" if limit else ""
            print(f"{name:28} {value:12.2f}{note}")
    return 1 if missed else 0


def _measure(folder: Path, rounds: int, without: set[str]) -> dict[str, float]:
    root = folder / "tree"
    _say("copying a tree")
    listed, size = _make_tree(root)
    figures: dict[str, float] = {"files": len(listed), "megabytes": size / 1e6}
    contenders: dict[str, Callable[[], object]] = {
        # Nothing is kept: the memory that is measured is the scan's.
        "plain_read": lambda: sum(len((root / name).read_bytes()) for name in listed),
        "policy_layer": lambda: _scan(root, listed, POLICY_ONLY),
        "both_layers": lambda: _scan(root, listed, ALL_LAYERS),
    }
    pattern = folder / "pattern"
    pattern.write_text(combined_pattern())
    if rg := shutil.which("rg"):
        command = [rg, "--threads=1", "--text", "--no-unicode", "-uuu", "--count", f"--file={pattern}", str(root)]
        contenders["ripgrep_1_thread"] = lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    else:
        print("ripgrep is not installed (apt-get install ripgrep): its limit is not judged", file=sys.stderr)
        figures["ripgrep"] = float("inf")
    scan_bytes(b"warm", "up")
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            _say(f"round {number + 1} of {rounds}: {name}")
            seconds[name].append(_timed(contender))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        figures[f"{name}_mb_per_s"] = size / 1e6 / value
    figures["both_to_plain_read"] = medians["both_layers"] / medians["plain_read"]
    if "ripgrep_1_thread" in medians:
        figures["ripgrep"] = medians["both_layers"] / medians["ripgrep_1_thread"]
    figures |= _hostile(root, listed)
    figures["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if "big" not in without:
        _say("a file of 2 GB")
        figures |= _big(folder)
    if "detect-secrets" not in without:
        figures |= _detect_secrets(folder, root, listed)
    _say("")
    return figures


def combined_pattern() -> str:
    """One expression for ripgrep: every token rule, and what makes the policy layer look closer."""
    import yaml

    rows = yaml.safe_load(resources.files("packaging_readiness.secrets").joinpath("rules.yaml").read_bytes())
    parts = [row["pattern"].replace("?P<v>", "?:").replace("?P<user>", "?:") for row in rows["tokens"]]
    return "|".join(f"(?:{part})" for part in [*parts, rows["name_gate"], rows["assignment_gate"]])


def _scan(root: Path, listed: list[str], layers: tuple[Layer, ...]) -> None:
    result = scan_files(root, listed, layers=layers)
    assert result.scanned_files == len(listed)


def _make_tree(root: Path) -> tuple[list[str], int]:
    """Copies until both marks are reached; a second round under another name where one is not enough."""
    places = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    listed: list[str] = []
    size = 0
    for number in range(5):
        for place in places:
            for path in sorted(place.rglob("*")):
                inside = path.relative_to(place)
                if not path.is_file() or path.is_symlink() or path.suffix in _PACKED or "__pycache__" in inside.parts:
                    continue
                if place != places[1] and "site-packages" in inside.parts:
                    continue
                name = f"{number}/{place.name}/{inside.as_posix()}"
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, root / name)
                listed.append(name)
                size += path.stat().st_size
        if len(listed) >= FILES and size >= MEGABYTES * 1_000_000:
            break
    return listed, size


def _hostile(root: Path, listed: list[str]) -> dict[str, float]:
    """Cost per byte of an endless line and of a minified JSON, with normal text of the same size as 1."""
    sources = [name for name in listed if name.endswith((".py", ".md", ".txt", ".cfg", ".json", ".yaml", ".html"))]
    text = b"".join((root / name).read_bytes() for name in sources[: len(sources) // 2])[: 16 << 20]
    row = {"id": 7, "name": "item", "token_count": 3, "tags": ["a", "b"], "price": 1.5, "note": "some text here"}
    rows = [row | {"id": number} | ({} if number % 10 else {"password": None}) for number in range(56_000)]
    minified = json.dumps(rows, separators=(",", ":")).encode()
    cost = {}
    for name, path, data in (
        ("normal_text", "x.txt", text),
        ("endless_line", "x.txt", b"a" * 50_000_000),
        ("minified_json", "x.json", minified),
    ):
        _say(name)
        cost[name] = min(_timed(partial(scan_bytes, data, path)) for _ in range(3)) / len(data)
    return {name: cost[name] / cost["normal_text"] for name in ("endless_line", "minified_json")} | {
        "normal_text_mb_per_s": 1e-6 / cost["normal_text"]
    }


def _big(folder: Path) -> dict[str, float]:
    path = folder / "big.log"
    line = b"2026-02-22 20:01:15 INFO worker token_count=3 user=somebody some words of a usual log\n"
    with path.open("wb") as stream:
        block = line * (8192 // len(line) * 512)
        while stream.tell() < BIG:
            stream.write(block)
    start = _processor_seconds()
    command: list[str | Path] = [sys.executable, __file__, "--child", path]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = _processor_seconds() - start
    path.unlink()
    return {"memory_mib_2gb": float(done.stdout), "big_file_mb_per_s": BIG / 1e6 / seconds}


def _child(path: Path) -> int:
    told = 0

    def progress(_done: int, _listed: int, read: int) -> None:
        nonlocal told
        if read - told >= BIG // 16:
            told = read
            _say(f"a file of 2 GB: {read / 1e6:.0f} of {BIG / 1e6:.0f} MB")

    result = scan_files(path.parent, [path.name], progress=progress)
    assert not result.errors
    assert result.bytes >= BIG
    # Not ru_maxrss: that begins with what the parent process had.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    return 0


def _detect_secrets(folder: Path, root: Path, listed: list[str]) -> dict[str, float]:
    """detect-secrets on a sample of the tree, against both layers on the same files."""
    _say("installing detect-secrets")
    home = folder / "venv"
    venv.create(home, with_pip=True)
    made = subprocess.run([home / "bin" / "pip", "install", "--quiet", "detect-secrets"], check=False)
    if made.returncode:
        print("detect-secrets cannot be installed here: not measured", file=sys.stderr)
        return {}
    sample = listed[:: max(1, len(listed) // SAMPLE_FILES)][:SAMPLE_FILES]
    _say("detect-secrets")
    command = [str(home / "bin" / "detect-secrets"), "--cores", "1", "scan", "--no-verify", "--all-files", *sample]
    theirs = _timed(lambda: subprocess.run(command, cwd=root, check=False, stdout=subprocess.DEVNULL))
    return {"detect_secrets_to_both": theirs / _timed(lambda: _scan(root, sample, ALL_LAYERS))}


def _timed(contender: Callable[[], object]) -> float:
    """Processor seconds, those of ended child processes included: waiting for other programs of the machine is none."""
    start = _processor_seconds()
    contender()
    return _processor_seconds() - start


def _processor_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _say(what: str) -> None:
    if os.isatty(2):
        sys.stderr.write(f"\r\x1b[K{what}")
    elif what:
        sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
