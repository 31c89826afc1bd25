"""All tests of the suite itself and its linters, on all cores unless -n says otherwise. Arguments go to pytest."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)


def main() -> int:
    bin_dir = Path(sys.executable).parent
    for name, *arguments in LINTERS:
        print(f"{name} {' '.join(arguments)}".rstrip(), flush=True)
        if subprocess.run([str(bin_dir / name), *arguments], cwd=ROOT, check=False).returncode != 0:
            print(f"run_tests: {name} found something", file=sys.stderr)
            return 1
    arguments = sys.argv[1:]
    if not any(argument.startswith("-n") for argument in arguments):
        arguments += ["-n", str(os.cpu_count() or 1)]
    command = [sys.executable, "-m", "pytest", "selftests", "-q", "--durations=15", *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status == 5:
        print("run_tests: no test ran", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
