"""A disk that is full or read-only: no verdict, no half of anything, the place named, and the next run works.

Such disks are mounted in a namespace of the run's own; where that is not possible this file is left out.
"""

import sys
from pathlib import Path

import pytest

from selftests import synthetic
from selftests.broken_disks import FULL, READ_ONLY, Disk
from selftests.main_job import environment
from selftests.miniature import Miniature
from selftests.test_run_faults_disk import CLI, PYTEST, run, told

SAID = {FULL: "No space left on device", READ_ONLY: "Read-only file system"}
on_disks = pytest.mark.parametrize("options", [FULL, READ_ONLY], ids=["full", "read-only"])


@pytest.fixture
def suite(miniature: Miniature) -> Miniature:
    miniature.whole()
    return miniature


def works(suite: Miniature, *arguments: str) -> None:
    """The same run without the fault."""
    ran = run([*PYTEST, *arguments], suite.root, suite.environment)
    assert ran.status == 0, ran.text
    assert "M1: PASS" in ran.stdout


def test_report_that_cannot_be_written_decides_nothing(suite: Miniature) -> None:
    place = Disk(suite.root / "disk", FULL)
    arguments = ("--json-report-file=disk/report.json", "--evidence-out=out")
    ran = run(place.command(*PYTEST, *arguments), suite.root, suite.environment)
    told(ran, 1, "report.json", "No space left on device", "no fresh report of this run exists")
    assert not (suite.root / "out").exists()
    works(suite, *arguments)


def test_report_that_may_not_be_written_stops_the_run_before_its_first_check(suite: Miniature) -> None:
    place = Disk(suite.root / "disk", READ_ONLY)
    ran = run(place.command(*PYTEST, "--json-report-file=disk/report.json"), suite.root, suite.environment)
    assert ran.status == 4, ran.text
    assert "--json-report-file report.json: Read-only file system; name a file" in ran.text
    assert "Traceback" not in ran.text


def test_bundle_that_cannot_be_written_is_no_bundle(suite: Miniature) -> None:
    place = Disk(suite.root / "disk", FULL)
    arguments = ("--json-report-file=report.json", "--evidence-out=disk/out")
    ran = run(place.command(*PYTEST, *arguments), suite.root, suite.environment)
    told(ran, 1, "the bundle cannot be written: No space left on device", "name another --evidence-out")
    assert place.found == []
    works(suite, *arguments)


def test_temporary_files_that_have_no_place_never_make_half_a_run(suite: Miniature) -> None:
    """pytest keeps what checks print in temporary files: the run says what is wrong, or does without them."""
    place = Disk(suite.root / "disk", FULL)
    fill = "import os, sys, pytest; open(os.environ['TMPDIR'] + '/full', 'wb').write(bytes(60_000))"
    command = (sys.executable, "-c", f"{fill}; sys.exit(pytest.main(sys.argv[1:]))", "-p", "no:cacheprovider")
    env = suite.environment | {"TMPDIR": str(place.folder)}
    ran = run(place.command(*command, "--evidence-out=out"), suite.root, env)
    assert (ran.status == 0) == ("M1: PASS" in ran.text) == (suite.root / "out").exists()


@on_disks
def test_cache_that_cannot_be_written_stops_the_run_before_its_first_check(suite: Miniature, options: str) -> None:
    place = Disk(suite.root / "disk", options)
    env = suite.environment | {"XDG_CACHE_HOME": str(place.folder)}
    ran = run(place.command(*PYTEST, "--evidence-out=out"), suite.root, env)
    why = {FULL: "not every file could be written"}.get(options, SAID[options])
    told(ran, 4, f"reference platform: cannot be materialised: {why}", "XDG_CACHE_HOME")
    assert not (suite.root / "out").exists()


@on_disks
def test_bundle_command_writes_all_or_nothing(tmp_path: Path, options: str) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(synthetic.as_bytes(synthetic.good_report()))
    place = Disk(tmp_path / "disk", options)
    command = (*CLI, "bundle", str(report), "--out", str(place.folder / "out"))
    ran = run(place.command(*command), tmp_path, environment())
    told(ran, 2, f"the bundle cannot be written: {SAID[options]}")
    assert place.found == []
    assert run(list(command), tmp_path, environment()).status == 0
