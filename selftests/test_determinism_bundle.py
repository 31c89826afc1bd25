"""The same reports give the same bytes: in any order, on any machine, under any settings and any supported Python."""

import copy
import functools
import json
import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract.lanes import LANES
from selftests import synthetic
from selftests.main_job import SUITE, environment, run

_VERSIONS = ("3.11", "3.12", "3.13")
COMMAND: Sequence[str | Path] = (sys.executable, "-m", "packaging_readiness.cli", "bundle")
WITHOUT_SEARCH = """
import sys
from pathlib import Path
from packaging_readiness.commands.report_files import read_reports
from packaging_readiness.evidence.files import bundle_files
from packaging_readiness.evidence.write import bundle_folder, write_bundle
from packaging_readiness.verdict.adjudicate import adjudicate
from packaging_readiness.verdict.merge import merge
*paths, _, out = sys.argv[1:]
reports = read_reports([Path(path) for path in paths])
verdict = adjudicate(merge(reports))
folder = bundle_folder(verdict.run.contract, verdict.run.identity.platform_run_id)
write_bundle(bundle_files(verdict, reports), Path(out), folder)
sys.exit(0 if verdict.passed else 1)
"""


@functools.cache
def parts() -> tuple[bytes, ...]:
    """One run as five reports, one per lane, and none of them whole: a check failed, one could not tell."""
    whole = synthetic.fail_row(synthetic.good_report(), "m1a.payload.default-deny")
    whole = synthetic.error_row(whole, "m1d.context.scan")
    reports = []
    for number, lane in enumerate(LANES):
        report = copy.deepcopy(whole)
        report["tests"] = [test for test in whole["tests"] if _check(test).startswith(f"{lane}.")]
        report["readiness"]["nonce"] = f"{number}" * 32
        report["readiness"]["invocation"] = {"arguments": ["-m", lane]}
        reports.append(synthetic.as_bytes(report))
    return tuple(reports)


def _check(test: Mapping[str, Any]) -> str:
    return str(test["metadata"]["readiness"]["check"])


@functools.cache
def expected() -> Mapping[str, bytes]:
    """The bundle of the reports in the order of their lanes, made in this process."""
    return synthetic.bundle(*(json.loads(part) for part in parts()))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("reports")
    for lane, data in zip(LANES, parts(), strict=True):
        (folder / f"{lane}.json").write_bytes(data)
    return [folder / f"{lane}.json" for lane in LANES]


def bundled(
    command: Sequence[str | Path],
    reports: Sequence[Path],
    folder: Path,
    umask: int = -1,
    variables: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The bundle as another process writes it, run in a directory of its own."""
    folder.mkdir()
    out = folder / "out"
    command = [*command, *reports, "--out", out]
    ran = run(command, environment(**(variables or {})), cwd=folder, umask=umask)
    assert ran.status == 1, ran.text
    written = [path for path in out.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o644}
    return {path.name: path.read_bytes() for path in written}


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(len(LANES))))
def test_order_of_the_reports_changes_nothing(order: list[int]) -> None:
    given_reports = [json.loads(parts()[index]) for index in order]
    assert synthetic.bundle(*given_reports) == expected()


SETTINGS: Mapping[str, Mapping[str, str]] = {
    "as-it-is": {},
    "time-zone": {"TZ": "Asia/Kathmandu"},
    "locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "turkish": {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "hash-seed": {"PYTHONHASHSEED": "4242"},
    "epoch": {"SOURCE_DATE_EPOCH": "1"},
    "optimised": {"PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    "ci": {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "1", "GITHUB_ACTOR": "somebody", "CI": "true"},
    "home": {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent", "TMPDIR": "/tmp", "USER": "nobody"},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_the_machine_change_nothing(name: str, reports: list[Path], tmp_path: Path) -> None:
    turned = reports[::-1] if len(name) % 2 else reports[2:] + reports[:2]
    assert bundled(COMMAND, turned, tmp_path / "run", variables=SETTINGS[name]) == expected()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o027], ids=oct)
def test_umask_changes_nothing(umask: int, reports: list[Path], tmp_path: Path) -> None:
    assert bundled(COMMAND, reports, tmp_path / "run", umask) == expected()


def pythons() -> dict[str, Path]:
    """Interpreters of the supported versions: this one, and what pyenv has beside it."""
    mine = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {mine: Path(sys.executable)}
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in _VERSIONS:
        for python in sorted(root.glob(f"versions/{version}.*/bin/python")):
            found.setdefault(version, python)
    return found


@pytest.mark.parametrize("version", sorted(pythons()))
def test_version_of_python_changes_nothing(version: str, reports: list[Path], tmp_path: Path) -> None:
    """Other versions borrow this one's libraries, of which only those in pure Python run there: what `bundle` does
    after its search for secrets, which is no part of the bytes.
    """
    borrowed = os.pathsep.join([str(SUITE / "src"), sysconfig.get_paths()["purelib"]])
    program: Sequence[str | Path] = (pythons()[version], "-c", WITHOUT_SEARCH)
    assert bundled(program, reports, tmp_path / "run", variables={"PYTHONPATH": borrowed}) == expected()


def test_another_report_does_change_the_bytes(reports: list[Path], tmp_path: Path) -> None:
    """The comparison can fail: one lane left out gives another bundle."""
    assert bundled(COMMAND, reports[1:], tmp_path / "run") != expected()
