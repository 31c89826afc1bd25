"""What a machine can say about the code without running it. Every tool runs, also after one has found something.

`hygiene.py NAME...` runs only these; settings are in pyproject.toml. Exit status: 0 nothing was found; 1 something was,
or a tool did not start; 2 wrong usage.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TOOLS: dict[str, tuple[str, ...]] = {
    "ruff": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "layers": ("lint-imports",),
    "dependencies": ("deptry", "."),
    "spelling": ("codespell",),
    "unused": ("vulture",),
}


def clean(name: str) -> bool:
    """Run one tool; whether it found nothing."""
    program, *arguments = TOOLS[name]
    print(f"hygiene: {' '.join(TOOLS[name])}", flush=True)
    begun = time.monotonic()
    try:
        status = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, check=False).returncode
    except OSError as error:
        print(f"hygiene: {program} did not start: {error.strerror}; set up with requirements.lock", file=sys.stderr)
        return False
    print(f"hygiene: {name}: exit status {status} after {time.monotonic() - begun:.0f} s", flush=True)
    return status == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TOOLS)}; default: all")
    names = parser.parse_args().names or list(TOOLS)
    if unknown := set(names) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    found = [name for name in names if not clean(name)]
    print(f"hygiene: {len(names) - len(found)} clean, {len(found)} not{': ' if found else ''}{', '.join(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
