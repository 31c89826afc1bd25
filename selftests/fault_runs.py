"""All five lanes on one fault: the main job in a process that was forked after the imports, so that they cost nothing.

What a real run reuses is reused: the base image, the engine's layer cache, an image whose content has not changed.
Beyond that, what runs inside one image is run once (fault_sharing).
"""

import gc
import importlib
import json
import os
import pkgutil
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from selftests.fault_expectations import Difference, Expected, Red, code_differences, differences, unsaid
from selftests.fault_images import image_options
from selftests.fault_recipes import Fault, broken_platform
from selftests.fault_sharing import export_once, share_rows, use_compiled_base
from selftests.main_job import FIXED, FOLDER, SUITE, environment, on_platform

_NEEDED = (
    *("boto3", "botocore.client", "moto", "moto.ecr.responses", "moto.iam.access_control", "moto.s3.models"),
    *("pytest_jsonreport.plugin", "xdist.plugin", "hypothesis.core", "hypothesis.strategies", "hypothesis.statistics"),
    *("dockerfile_parse", "e2b_dockerfile_utils", "re2", "rfc8785", "tomllib"),
)
_SENT_INTO_CONTAINERS = ("packaging_readiness.image.driver", "packaging_readiness.image.package_probe")
HELD = ("pass", "deferred", "waived")
REPORT, OUT, LOG = "report.json", "out", "log.txt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to: the rows that did not hold, the active codes, the findings, and how long it took (s).

    `rows` are all rows of the run; `problem` says why there is nothing to compare, where that is so.
    """

    red: Red
    rows: tuple[str, ...]
    active: tuple[str, ...]
    said: str
    seconds: float
    problem: str = ""

    def differences(self, expected: Expected) -> list[Difference]:
        """Where the run is otherwise than expected."""
        if self.problem:
            return [Difference(True, self.problem)]
        found = differences(expected.red(self.rows), self.red)
        return [*found, *code_differences(expected.active, self.active), *unsaid(expected.says, self.said)]


def warm_up() -> None:
    """Import and load what the lanes will need, so that a forked process has it. Starts no thread."""
    import packaging_readiness

    for module in pkgutil.walk_packages(packaging_readiness.__path__, "packaging_readiness."):
        if module.name not in _SENT_INTO_CONTAINERS:
            importlib.import_module(module.name)
    for name in (*_NEEDED, "selftests.fault_registry"):
        importlib.import_module(name)
    from packaging_readiness.secrets import breadth, selfcheck

    list(breadth.find(b"load the rules"))
    selfcheck.ensure_rules_hold()
    use_compiled_base()
    gc.collect()
    gc.freeze()  # so that forked processes share what they only read


def run_fault(fault: Fault, folder: Path, shared: Path) -> Outcome:
    """Run one fault in this process, which is not of use for anything after that. `shared` is the folder in which the
    baselines lie, by name, and what runs of the same image share.
    """
    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    os.chdir(SUITE)
    share_rows(shared / "rows")
    export_once(folder / "exports")
    _write_into(folder / LOG)
    if fault.report is not None:
        outcome = _rebundled(fault, folder, shared / fault.on)
    elif fault.pack is not None:
        outcome = _adjudicated(fault, folder, shared / fault.on)
    else:
        outcome = _whole(fault, folder)
    shutil.rmtree(folder / "exports", ignore_errors=True)  # tens of megabytes each
    return replace(outcome, seconds=time.monotonic() - started)


def _whole(fault: Fault, folder: Path) -> Outcome:
    """The main job on a platform with the fault."""
    root = folder / "platform"
    broken_platform(fault, root)
    if fault.registry is not None:
        from selftests.fault_registry import misbehave

        misbehave(fault.registry)
    options = image_options(fault, root, folder)
    if fault.carried:
        (folder / "carried.yaml").write_text(yaml.safe_dump(dict(fault.carried)))
        options += ["--waivers", str(folder / "carried.yaml")]
    _pytest(root, folder, "--evidence-out", str(folder / OUT), *options)
    return _of_bundle(folder / OUT)


def _rebundled(fault: Fault, folder: Path, unbroken: Path) -> Outcome:
    """The report of an unbroken run, changed and bundled."""
    from packaging_readiness.cli import main
    from selftests.synthetic import as_bytes

    change = fault.report
    assert change is not None
    report = json.loads((unbroken / REPORT).read_bytes())
    (test,) = [test for test in report["tests"] if test["metadata"]["readiness"]["check"] == change.row]
    if change.drop:
        report["tests"].remove(test)
    test["metadata"]["readiness"]["observation"].update(change.observe)
    (folder / REPORT).write_bytes(as_bytes(report))
    _ended(main(["bundle", str(folder / REPORT), "--out", str(folder / OUT)]))
    return _of_bundle(folder / OUT)


def _adjudicated(fault: Fault, folder: Path, unbroken: Path) -> Outcome:
    """The bundle of an unbroken run, changed and adjudicated again."""
    from packaging_readiness.verdict.report import read_report
    from selftests.evidence_recipes import reseal

    change = fault.pack
    assert change is not None
    shutil.copytree(unbroken / OUT, folder / "pack")
    path = folder / "pack" / FOLDER / f"{change.object}.json"
    if change.delete:
        path.unlink()
    else:
        text = path.read_text()
        assert change.old is not None
        assert change.old in text, f"{change.object}.json does not hold {change.old!r}"
        path.write_text(text.replace(change.old, change.new))
    if change.sealed:
        files = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
        reseal(files)
        (path.parent / "bundle_manifest.json").write_bytes(files["bundle_manifest.json"])
    _pytest(unbroken / "platform", folder, "--evidence", str(folder / "pack"))
    results = read_report((folder / REPORT).read_bytes(), REPORT).results
    red = {result.id: (result.outcome, result.reason) for result in results if result.outcome not in HELD}
    said = "\n".join(line for result in results for line in result.found)
    return Outcome(red, tuple(result.id for result in results), (), said, 0)


def _pytest(root: Path, folder: Path, *options: str) -> None:
    import pytest

    given = [*map(str, on_platform(root)), *FIXED, f"--json-report-file={folder / REPORT}", *options]
    sys.stdout.write(f"pytest {' '.join(given)}\n")
    imported = "ignore::pytest.PytestAssertRewriteWarning"  # before pytest could rewrite it; it is not to be rewritten
    status = pytest.main(["-c", str(SUITE / "pyproject.toml"), "-W", imported, "-p", "no:cacheprovider", "-q", *given])
    _ended(status)


def _ended(status: int) -> None:
    """Note an exit status at the end of the log."""
    sys.stdout.write(f"exit status {int(status)}\n")


def _of_bundle(out: Path) -> Outcome:
    """What a bundle says."""
    path = out / FOLDER / "check_results.json"
    if not path.is_file():
        return Outcome({}, (), (), "", 0, "the run wrote no bundle; its output is in the log")
    results = json.loads(path.read_bytes())["results"]
    register = json.loads((path.parent / "m1_closure_blocker_register.json").read_bytes())
    red = {row["id"]: (row["outcome"], row["reason"]) for row in results if row["outcome"] not in HELD}
    active = tuple(entry["blocker_id"] for entry in register["blockers"] if entry["resolution_status"] == "OPEN")
    said = "\n".join(line for row in results for line in row["found"])
    return Outcome(red, tuple(row["id"] for row in results), active, said, 0)


def _write_into(log: Path) -> None:
    """Send what this process and its children write to a file, from now on."""
    stream = log.open("w", buffering=1)
    os.dup2(stream.fileno(), 1)
    os.dup2(stream.fileno(), 2)
    sys.stdout, sys.stderr = stream, stream


_ENVIRONMENT: Mapping[str, str] = environment()
