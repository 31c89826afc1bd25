"""All tests of the suite itself and its linters. Arguments go to pytest. Ends with pytest's own closing line."""

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
    status = subprocess.run(
        [sys.executable, "-m", "pytest", "selftests", *sys.argv[1:]], cwd=ROOT, check=False
    ).returncode
    if status == 5:
        print("run_tests: no test ran", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
