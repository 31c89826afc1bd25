"""Reports that do not make one run: each way to hand them in is refused, or ends in FAIL, for a reason of its own."""

import json
import os
from pathlib import Path

import pytest

from selftests import wrong_reports as wr
from selftests.incomplete_reports import INCOMPLETE
from selftests.main_job import FOLDER, Ran, command
from selftests.synthetic import as_bytes
from selftests.wrong_files import BROKEN, HEADERS
from selftests.wrong_results import DENIED, EDITED
from selftests.wrong_runs import MIXED, TWICE

REFUSED: wr.Refusals = {**MIXED, **TWICE, **BROKEN, **HEADERS, **EDITED, **DENIED}


def test_there_are_many_ways_each_with_its_own_words() -> None:
    words = {words.removeprefix("are not of one run: ") for _, _, words in REFUSED.values()}
    assert len(words) >= 60
    assert len(REFUSED) + len(INCOMPLETE) >= 90


def handed_in(files: wr.Files, folder: Path) -> Ran:
    """`bundle` on the reports, in the order of the dictionary."""
    return command("bundle", *wr.written(files, folder), "--out", folder / "out")


def test_the_good_set_passes(tmp_path: Path) -> None:
    ran = handed_in(wr.good_set(), tmp_path)
    assert (ran.status, "M1: PASS" in ran.stdout) == (0, True), ran.text


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_reports_are_refused(name: str, tmp_path: Path) -> None:
    wrong, named, words = REFUSED[name]
    files = wr.good_set()
    wrong(files)
    ran = handed_in(files, tmp_path)
    assert ran.status == 2, ran.text
    assert words in ran.stderr
    for file in named:
        assert file in ran.stderr
    assert (ran.stdout, (tmp_path / "out").exists()) == ("", False)
    assert "Traceback" not in ran.text
    assert str(tmp_path) not in ran.text


@pytest.mark.parametrize("name", INCOMPLETE)
def test_incomplete_reports_end_in_fail(name: str, tmp_path: Path) -> None:
    wrong, rows = INCOMPLETE[name]
    files = wr.good_set()
    wrong(files)
    ran = handed_in(files, tmp_path)
    assert ran.status == 1, ran.text
    assert "M1: FAIL" in ran.stdout
    results = json.loads((tmp_path / "out" / FOLDER / "check_results.json").read_bytes())
    assert results["verdict"] == "FAIL"
    said = {row["id"]: f"{row['outcome']} {row['reason']}" for row in results["results"]}
    assert {row_id: said[row_id] for row_id in rows} == rows
    for row_id, words in rows.items():
        assert f"  {words.split()[0]:8} {row_id}" in ran.stdout.splitlines()


@pytest.mark.parametrize("kind", ["missing", "folder", "link-to-nowhere", "pipe"])
def test_a_path_that_is_no_file_is_refused(kind: str, tmp_path: Path) -> None:
    """Such is what a run leaves that was killed before its end: the report is written last."""
    paths = wr.written(wr.good_set(), tmp_path)
    paths[2].unlink()
    if kind == "folder":
        paths[2].mkdir()
    elif kind == "link-to-nowhere":
        paths[2].symlink_to("nowhere.json")
    elif kind == "pipe":
        os.mkfifo(paths[2])
    ran = command("bundle", *paths, "--out", tmp_path / "out")
    assert ran.status == 2, ran.text
    assert "m1b-2.json: is no regular file" in ran.stderr


def test_an_honest_report_of_the_same_tests_is_no_wrong_report(tmp_path: Path) -> None:
    """The ground that the edits above stand on: read and written again, nothing is refused."""
    files = {name: as_bytes(json.loads(data)) for name, data in wr.good_set().items()}
    assert files == wr.good_set()
    edited = wr.good_set()
    wr.report("m1a.json", lambda content: content.update(duration=1.5))(edited)
    assert handed_in(edited, tmp_path).status == 0
