"""The jobs of .github/workflows/packaging-readiness.yml on one machine: a process and a directory for each.

Runs every lane on its own, M1.B in three shards, merges the reports, verifies the bundle, and compares it with the
bundle of one single run: all objects must be the same bytes, the run record (times, options) aside. Arguments go to
pytest, for example --platform-root DIR. Exit status: that of the merged bundle; 1 when the two bundles differ.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST, RECORD = "bundle_manifest.json", "run_record.json"
EVIDENCE = "ci-evidence"
TAIL_LINES = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One job of the matrix. `shard` is K/N, or empty for a whole lane."""

    name: str
    lane: str
    shard: str = ""


PARTS = (
    Part("m1a", "m1a"),
    Part("m1b-1", "m1b", "1/3"),
    Part("m1b-2", "m1b", "2/3"),
    Part("m1b-3", "m1b", "3/3"),
    Part("m1c", "m1c"),
    Part("m1d", "m1d"),
    Part("m1e", "m1e"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """What all jobs share: run id, time (UTC), options for pytest, and the directory below which all is written."""

    run_id: str
    written_at: str
    options: tuple[str, ...] = ()
    base: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """The two options that make the jobs speak of one run."""
        return f"--platform-run-id={self.run_id}", f"--written-at={self.written_at}"

    def part(self, part: Part) -> list[str]:
        """The command of one job."""
        shard = [f"--shard={part.shard}"] if part.shard else []
        report = f"--json-report-file={self.base}{self.report(part)}"
        return ["python", "-m", "pytest", "-m", part.lane, *shard, *self.options, *self.identity, report]

    def report(self, part: Part) -> str:
        """Where the job writes its report, below `base`."""
        return f"ci-reports/{part.name}/{part.name}.json"

    def merge(self, reports: Sequence[str]) -> list[list[str]]:
        """The commands of the job that decides."""
        out = f"{self.base}{EVIDENCE}"
        return [["packaging-readiness", "bundle", *reports, "--out", out], ["packaging-readiness", "verify", out]]

    def single(self) -> list[str]:
        """The same run in one process."""
        where = (f"--json-report-file={self.base}single/report.json", f"--evidence-out={self.base}single/out")
        return ["python", "-m", "pytest", *self.options, *self.identity, *where]


def differences(one: Path, other: Path) -> list[str]:
    """Names of objects that differ between two bundles, the run record and its entry in the manifest aside."""
    mine, theirs = ({path.name: path.read_bytes() for path in root.rglob("*.json")} for root in (one, other))
    names = sorted(mine.keys() | theirs.keys())
    found = [name for name in names if name not in (MANIFEST, RECORD) and mine.get(name) != theirs.get(name)]
    if not mine or not theirs or _listed(mine.get(MANIFEST)) != _listed(theirs.get(MANIFEST)):
        found.append(MANIFEST)
    return found


def _listed(manifest: bytes | None) -> object:
    if manifest is None:
        return None
    content = json.loads(manifest)
    return content | {"objects": [entry for entry in content["objects"] if entry["name"] != RECORD]}


def execute(command: Sequence[str], log: Path) -> int:
    """Run one command at the suite's root, its output in `log`; say how it ended, and the end of a red one's output."""
    program = Path(sys.executable) if command[0] == "python" else Path(sys.executable).parent / command[0]
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("wb") as stream:
        arguments = [str(program), *command[1:]]
        status = subprocess.run(arguments, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT, check=False).returncode
    print(f"{log.stem:8} exit {status}  {time.monotonic() - started:5.1f} s", flush=True)
    if status != 0:
        print("\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:]), flush=True)
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    parser.add_argument("--written-at", default=now, help="time of the run, UTC (default: now)")
    parser.add_argument("--platform-run-id", help="default: platform_<UTC>")
    parser.add_argument("--out", type=Path, help="new directory (default: runs/matrix/<run id>)")
    given, options = parser.parse_known_args()
    run_id = given.platform_run_id or "platform_" + given.written_at.replace("-", "").replace(":", "")
    out = (given.out or ROOT / "runs" / "matrix" / run_id).absolute()
    if out.exists() and any(out.iterdir()):
        print(
            f"run_matrix: {out.name} already exists; evidence is never overwritten, name another --out", file=sys.stderr
        )
        return 2
    run = Run(run_id, given.written_at, tuple(options), f"{out}{os.sep}")
    logs = out / "logs"
    for part in PARTS:
        execute(run.part(part), logs / f"{part.name}.txt")
    reports = [str(out / run.report(part)) for part in PARTS if (out / run.report(part)).is_file()]
    bundle, verify = run.merge(reports)
    status = execute(bundle, logs / "bundle.txt")
    verified = execute(verify, logs / "verify.txt")
    execute(run.single(), logs / "single.txt")
    differing = differences(out / EVIDENCE, out / "single" / "out")
    if differing:
        print(f"run_matrix: the merged bundle is not that of a single run: {', '.join(differing)}", file=sys.stderr)
        return 1
    print(f"the merged bundle is that of a single run\nbundle: {os.path.relpath(out / EVIDENCE)}")
    return status or verified


if __name__ == "__main__":
    sys.exit(main())
