"""Cost of resolving a build context, beside a bare walk, the docker SDK's matcher and pathspec."""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging_readiness.checkout.context import resolve_context

FILES = 100_000
LIMITS = {"deny_list": 1.5, "default_deny": 1.0}
MEMORY_MIB = 200.0
# As real projects write them: what a person lists to leave out, and what a person lists to let in.
DENY_LIST = """\
.git
**/__pycache__
**/*.pyc
**/.pytest_cache
.venv
node_modules
**/*.log
.env
.env.*
docs/*/module_0
runs/**
**/.DS_Store
*.md
!README.md
build
dist
"""
DEFAULT_DENY = """\
**
!pyproject.toml
!src
!config/package_0
!lib/package_1/module_1
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Make a tree of 100,000 files in a temporary directory and resolve the build context over it: for "
        "an ignore file that lists what stays out (deny-list) and for one that denies everything but a few literal "
        "paths (default-deny). Measured beside a bare os.scandir walk of the same tree, alternating in one run; the "
        "ratios of the medians count. Sizes of files are not counted. Peak memory is that of Python objects.",
        epilog=f"Limits: deny-list at most {LIMITS['deny_list']} walks, default-deny below {LIMITS['default_deny']}, "
        f"memory below {MEMORY_MIB:.0f} MiB. Exit status: 0 within the limits, 1 not.",
    )
    parser.add_argument("--files", type=int, default=FILES, help=f"files in the tree (default: {FILES})")
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each (default: 7; the median counts)")
    parser.add_argument("--json", action="store_true", help="print one JSON object of named ratios")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "tree")
        made = _make_tree(root, options.files)
        contenders, missing = _contenders(root, Path(folder))
        seconds: dict[str, list[float]] = {name: [] for name in contenders}
        kept: dict[str, int] = {}
        # The slow ones come last and once: they would push the tree out of the processor's caches for the others.
        quick = [name for name in contenders if name not in _SLOW] * (options.rounds + 1)
        for name in (*quick, *(name for name in contenders if name in _SLOW)):
            start = time.perf_counter()
            kept[name] = contenders[name]()
            seconds[name].append(time.perf_counter() - start)
        peak = {name: _peak(contenders[name]) for name in LIMITS}
    medians = {name: statistics.median(values[1:] or values) for name, values in seconds.items()}
    ratios = {name: round(medians[name] / medians["walk"], 3) for name in contenders if name != "walk"}
    held = ratios["deny_list"] <= LIMITS["deny_list"] and ratios["default_deny"] < LIMITS["default_deny"]
    held = held and max(peak.values()) < MEMORY_MIB
    if options.json:
        named: dict[str, Any] = {f"{name}_to_walk": ratio for name, ratio in ratios.items()}
        named |= {f"{name}_peak_mib": value for name, value in peak.items()}
        named |= {f"{name}_to_walk": None for name in missing}
        print(json.dumps({**named, "limits": {**LIMITS, "peak_mib": MEMORY_MIB}, "files": made}))
        return 0 if held else 1
    print(f"{made} files, {options.rounds} rounds")
    print(f"{'what':44} {'median':>8} {'to walk':>8} {'limit':>7} {'peak MiB':>9} {'kept':>8}")
    for name, label in _LABELS.items():
        if name in missing:
            print(f"{label:44} not installed")
            continue
        ratio = f"{ratios[name]:.2f}" if name in ratios else "1.00"
        limit = f"{LIMITS[name]:.2f}" if name in LIMITS else ""
        memory = f"{peak[name]:.0f}" if name in peak else ""
        print(f"{label:44} {medians[name]:7.3f}s {ratio:>8} {limit:>7} {memory:>9} {kept[name]:8}")
    return 0 if held else 1


_LABELS = {
    "walk": "bare os.scandir walk",
    "deny_list": "context, deny-list",
    "default_deny": "context, literal default-deny",
    "docker_deny_list": "docker SDK, deny-list",
    "docker_default_deny": "docker SDK, default-deny",
    "pathspec_deny_list": "pathspec (another language), deny-list",
    "pathspec_default_deny": "pathspec (another language), default-deny",
}
_SLOW = frozenset(name for name in _LABELS if name.startswith(("docker", "pathspec")))


def _make_tree(root: Path, files: int) -> int:
    """About `files` files: packages of modules, with caches, logs and data beside them."""
    top = ("src", "config", "data", "docs", "lib", "tests")
    made = 0
    package = 0
    while made < files:
        for part in top:
            for module in range(4):
                folder = root / part / f"package_{package}" / f"module_{module}"
                (folder / "__pycache__").mkdir(parents=True)
                names = [*(f"part_{at}.py" for at in range(16)), "data.json", "run.log", "notes.md"]
                names += [f"__pycache__/part_{at}.pyc" for at in range(6)]
                for name in names[: files - made]:
                    os.close(os.open(f"{folder}/{name}", os.O_CREAT | os.O_WRONLY))
                made += len(names[: files - made])
        package += 1
    return made


def _contenders(root: Path, scratch: Path) -> tuple[dict[str, Callable[[], int]], list[str]]:
    found: dict[str, Callable[[], int]] = {"walk": lambda: _bare_walk(root)}
    missing: list[str] = []
    texts = {"deny_list": DENY_LIST, "default_deny": DEFAULT_DENY}
    for name, text in texts.items():
        dockerfile = scratch / f"{name}.Dockerfile"
        dockerfile.with_name(dockerfile.name + ".dockerignore").write_text(text, encoding="utf-8")

        def resolve(path: Path = dockerfile) -> int:
            return len(resolve_context(root, path, sizes=False).files)

        found[name] = resolve
    for package, other in (("docker", _docker), ("pathspec", _pathspec)):
        for name, text in texts.items():
            if find_spec(package) is None:
                missing.append(f"{package}_{name}")
            else:
                found[f"{package}_{name}"] = partial(other, root, text.splitlines())
    return found, missing


def _bare_walk(root: Path) -> int:
    count = 0
    stack = [str(root)]
    while stack:
        folder = stack.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    count += 1
    return count


def _docker(root: Path, lines: Iterable[str]) -> int:
    from docker.utils.build import exclude_paths  # type: ignore[import-untyped, import-not-found, unused-ignore]

    return len([path for path in exclude_paths(str(root), list(lines)) if not Path(root, path).is_dir()])


def _pathspec(root: Path, lines: Iterable[str]) -> int:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(lines)
    return sum(1 for _ in spec.match_tree_files(str(root), negate=True))


def _peak(run: Callable[[], int]) -> float:
    """Peak of what Python allocated, in MiB."""
    tracemalloc.start()
    try:
        run()
        return round(tracemalloc.get_traced_memory()[1] / 2**20, 1)
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    sys.exit(main())
