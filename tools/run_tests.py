"""All tests of the suite itself and its linters, on all cores unless -n says otherwise. Arguments go to pytest."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    if subprocess.run([sys.executable, ROOT / "tools" / "hygiene.py"], check=False).returncode != 0:
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
