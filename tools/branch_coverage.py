"""Branch coverage of the rooms that read and decide, by the tests that run them in one process.

What these tests cannot reach without an engine, a server or a second process is named in EXCLUDED, with the reason.
Arguments go to pytest. Exit status: 0 every room reaches the limit; 1 one does not, or a test failed.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/packaging_readiness/"
ROOMS = ("contract", "checkout", "secrets", "verdict", "evidence")
LIMIT_PERCENT = 95.0
# Tests by the names of their files; those that start an engine or a whole run are left out.
TESTS = (
    *("contract_*", "shapes"),
    *("context_[bdhr]*", "copies_*", "dockerfile_*", "documents_*", "git_*", "shell_*", "workflow_[dhpqrs]*", "m1a_*"),
    *("secrets_[fisv]*", "secrets_corpus", "m1d_*", "faults_in_process"),
    *("coherence", "determinism_bundle", "merge_*", "rows_judgement", "adjudication*", "wrong_reports*", "note_drift"),
    *("verdict_*", "evidence_*", "dsse", "sbom", "statements", "verify_*", "publish_*"),
)
EXCLUDED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Covered:
    """Branches of a file or room: how many there are, how many were taken, and which were not (line → line)."""

    name: str
    branches: int
    taken: int
    missing: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        """Share of branches taken; all of none is all."""
        return 100.0 * self.taken / self.branches if self.branches else 100.0


def files_of(report: Mapping[str, Any]) -> list[Covered]:
    """What `coverage json` says of each file that counts, by its path in the package."""
    found = []
    for path, entry in report["files"].items():
        name = path.partition(PACKAGE)[2]
        if name.partition("/")[0] in ROOMS and name not in EXCLUDED:
            summary = entry["summary"]
            missing = tuple(f"{start}→{'exit' if end < 0 else end}" for start, end in entry["missing_branches"])
            found.append(Covered(name, summary["num_branches"], summary["covered_branches"], missing))
    return found


def room(name: str, files: Iterable[Covered]) -> Covered:
    """The sum over a room's files."""
    mine = [each for each in files if each.name.startswith(f"{name}/")]
    return Covered(name, sum(each.branches for each in mine), sum(each.taken for each in mine))


def measured(arguments: list[str], folder: Path) -> tuple[int, dict[str, Any]]:
    """Exit status of the tests, and coverage's report."""
    tests = sorted({str(path) for name in TESTS for path in (ROOT / "selftests").glob(f"test_{name}.py")})
    coverage = [sys.executable, "-m", "coverage"]
    data = f"--data-file={folder / 'data'}"
    run = [*coverage, "run", data, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, *arguments]
    status = subprocess.run(run, cwd=ROOT, check=False).returncode
    subprocess.run([*coverage, "json", data, "-q", "-o", str(folder / "report.json")], cwd=ROOT, check=True)
    report: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
    return status, report


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="branch-coverage.") as folder:
        status, report = measured(sys.argv[1:], Path(folder))
    if status != 0:
        print("branch_coverage: a test failed, or none ran", file=sys.stderr)
        return 1
    files = files_of(report)
    for each in sorted(files, key=lambda each: each.percent):
        if each.percent < LIMIT_PERCENT:
            print(f"  {each.percent:5.1f} %  {each.name}: not taken: {', '.join(each.missing)}")
    for path, reason in EXCLUDED.items():
        print(f"  not counted: {path}: {reason}")
    rooms = [room(name, files) for name in ROOMS]
    for each in rooms:
        print(f"{each.percent:5.1f} % of {each.branches} branches: {each.name}")
    low = [each.name for each in rooms if each.branches == 0 or each.percent < LIMIT_PERCENT]
    if low:
        print(f"branch_coverage: below {LIMIT_PERCENT:g} %: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
