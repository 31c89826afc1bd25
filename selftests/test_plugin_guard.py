"""Nothing that breaks a run down may look like a pass: interruption, crashes, internal errors, lost reports."""

import os
from pathlib import Path

import pytest

from packaging_readiness.plugin.conclusion import without_result
from selftests.miniature import Miniature

FIRST, SECOND = "m1a.strategy.repository-uri-pinned", "m1a.strategy.one-repository"
WORKERS = {"n1": ("-n1",), "n2": ("-n2",)}
on_workers = pytest.mark.parametrize("workers", WORKERS.values(), ids=WORKERS)
TWO = f"""
@check("{FIRST}")
def test_first(record):
    {{body}}

@check("{SECOND}")
def test_second(record):
    pass
"""


def two(miniature: Miniature, body: str) -> None:
    """Two checks, of which the first does `body`."""
    miniature.add("m1a", TWO.format(body=body))


def hook(miniature: Miniature, source: str) -> None:
    """A conftest with something wrong in it."""
    path = miniature.root / "conftest.py"
    path.write_text(f"{path.read_text()}\nimport os\n\n{source}")


def test_a_whole_run_of_everything_passes(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    run = miniature.run(*mode)
    assert run.status == 0, run.text
    assert run.verdict.startswith("M1: PASS (registry authority embedded, clean tree)")
    assert "bundle: runs/dev_substrate/dev_full/m1/" in run.text
    assert set(run.outcomes.values()) == {"pass"}


@pytest.mark.parametrize(
    "body", ["pytest.exit('enough', returncode=0)", "raise KeyboardInterrupt", "raise SystemError('boom')"]
)
def test_a_check_that_ends_the_run_makes_it_red(miniature: Miniature, mode: tuple[str, ...], body: str) -> None:
    miniature.whole()
    source = miniature.root / "tests_m1a" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", f"    {body}\n", 1))
    run = miniature.run(*mode)
    assert run.status != 0
    assert "M1: PASS" not in run.text
    assert run.verdict.startswith("M1: ")


def test_exit_leaves_the_interrupted_check_and_the_rest_without_result(miniature: Miniature) -> None:
    two(miniature, "pytest.exit('enough', returncode=0)")
    run = miniature.run()
    assert run.status == 1
    assert run.outcomes == {FIRST: "not_run"}
    assert "test_second: selected, but the report has no result" in run.text


def test_what_an_interruption_kept_from_running_is_told_in_one_line() -> None:
    told = "interrupted: 2 selected checks without a result; run again"
    assert list(without_result(["t::a", "t::b", "t::c"], ["t::a"], ["b", "c"], interrupted=True)) == [told]
    assert list(without_result(["t::a", "t::b"], ["t::a"], ["b"], interrupted=False)) == [
        "t::b: selected, but the report has no result",
        "b: selected, but no test holds it",
    ]
    assert list(without_result(["t::a"], [], [], interrupted=True)) == ["t::a: selected, but the report has no result"]
    assert not list(without_result(["t::a"], ["t::a"], [], interrupted=True))


def test_a_process_that_ends_at_once_leaves_no_report_behind(miniature: Miniature) -> None:
    """The exit status is the check's own choice here: only the missing report tells, so an old one must be gone."""
    two(miniature, "pass")
    assert miniature.run().report is not None
    two(miniature, "os._exit(0)")
    run = miniature.run("--evidence-out=elsewhere")
    assert run.status == 0
    assert run.report is None
    assert "M1: " not in run.text


@on_workers
def test_a_worker_that_crashes_makes_the_run_red(miniature: Miniature, workers: tuple[str, ...]) -> None:
    two(miniature, "os._exit(0)")
    run = miniature.run("-m", "m1a", *workers)
    assert run.status == 1
    assert "test_first" in run.text
    assert run.verdict.startswith("M1: not decided")


@on_workers
def test_a_worker_that_crashes_leaves_its_checks_without_result(miniature: Miniature, workers: tuple[str, ...]) -> None:
    miniature.whole()
    source = miniature.root / "tests_m1a" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", "    os._exit(0)\n", 1))
    run = miniature.run(*workers)
    assert run.status == 1
    assert "M1: PASS" not in run.text
    assert "test_m1a_strategy_repository_uri_pinned" in run.text


@pytest.mark.parametrize(
    "name",
    ["pytest_runtest_logreport(report)", "pytest_runtest_protocol(item)", "pytest_collection_finish(session)"],
)
def test_an_internal_error_is_never_a_pass(miniature: Miniature, mode: tuple[str, ...], name: str) -> None:
    miniature.whole()
    hook(miniature, f"def {name}:\n    raise RuntimeError('boom')\n")
    run = miniature.run(*mode)
    assert run.status != 0
    assert "M1: PASS" not in run.text
    assert run.verdict.startswith("M1: ")


@on_workers
@pytest.mark.parametrize(
    "name",
    ["pytest_runtest_logreport(report)", "pytest_runtest_protocol(item)", "pytest_sessionstart(session)"],
)
def test_an_internal_error_on_a_worker_is_no_pass(miniature: Miniature, workers: tuple[str, ...], name: str) -> None:
    miniature.whole()
    hook(miniature, f"def {name}:\n    if 'PYTEST_XDIST_WORKER' in os.environ:\n        raise RuntimeError('boom')\n")
    run = miniature.run(*workers)
    assert run.status != 0
    assert "M1: PASS" not in run.text


@pytest.mark.parametrize("value", ["{1}", "object()", "float('nan')", "b'x'"])
def test_what_json_cannot_hold_never_passes_by_the_back_door(
    miniature: Miniature, mode: tuple[str, ...], value: str
) -> None:
    two(miniature, f"record.observation['x'] = {value}")
    run = miniature.run("-m", "m1a", *mode)
    assert run.status == 1
    assert "INTERNALERROR" not in run.text
    assert run.verdict.startswith("M1: not decided")


def test_a_property_that_json_cannot_hold_never_passes(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add("m1a", f"\n@check('{FIRST}')\ndef test_x(record_property):\n    record_property('x', {{1}})\n")
    run = miniature.run("-m", "m1a", *mode)
    assert run.status != 0


def test_a_file_that_cannot_be_collected_makes_the_run_red(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    miniature.add("m1b", "import never_heard_of\n", "test_broken.py")
    run = miniature.run(*mode)
    assert run.status != 0
    assert "M1: PASS" not in run.text


def test_a_file_that_skips_itself_makes_its_own_run_red(miniature: Miniature, mode: tuple[str, ...]) -> None:
    two(miniature, "pass")
    miniature.add("m1a", "pytest.skip('later', allow_module_level=True)\n", "test_skipped.py")
    run = miniature.run("-m", "m1a", *mode)
    assert run.status != 0
    assert "tests_m1a/test_skipped.py" in run.text


def test_a_check_missing_from_its_file_makes_a_whole_run_red(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    source = miniature.root / "tests_m1a" / "test_lane.py"
    source.write_text(source.read_text().replace(f'@check("{FIRST}")\ndef test', "def gone"))
    run = miniature.run(*mode)
    assert run.status == 1
    assert run.verdict.startswith("M1: FAIL")
    assert f"{FIRST}: no result" in run.text


def test_a_lane_without_a_file_makes_a_whole_run_red(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    (miniature.root / "tests_m1d" / "test_lane.py").unlink()
    run = miniature.run(*mode)
    assert run.status == 1
    assert run.verdict.startswith("M1: FAIL")
    assert "M1.D  FAIL" in run.text


def test_without_a_lane_folder_nothing_passes(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    (miniature.root / "tests_m1d" / "test_lane.py").unlink()
    (miniature.root / "tests_m1d").rmdir()
    run = miniature.run(*mode)
    assert run.status != 0
    assert "M1: " not in run.text


def test_stopping_at_the_first_failure_leaves_the_rest_without_result(miniature: Miniature) -> None:
    miniature.whole()
    source = miniature.root / "tests_m1a" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", "    raise CheckFailed('no')\n", 1))
    for option in ("-x", "--maxfail=1"):
        run = miniature.run(option, "--evidence-out", f"out{option}")
        assert run.status != 0
        assert run.outcomes == {FIRST: "fail"}
        assert "M1: PASS" not in run.text
        assert "M1.E  FAIL" in run.text


@pytest.mark.parametrize("place", ["file/report.json", "folder"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_runs(
    miniature: Miniature, mode: tuple[str, ...], place: str
) -> None:
    two(miniature, "open('ran', 'w').close()")
    (miniature.root / "file").write_text("")
    (miniature.root / "folder").mkdir()
    run = miniature.run("-m", "m1a", f"--json-report-file={place}", *mode)
    assert run.status == 4
    assert f"--json-report-file {Path(place).name}: " in run.text
    assert "Traceback" not in run.text
    assert not (miniature.root / "ran").exists()


def test_a_report_that_vanishes_before_it_is_read_is_no_pass(miniature: Miniature, mode: tuple[str, ...]) -> None:
    two(miniature, "os.mkdir('late')")
    run = miniature.run("-m", "m1a", "--json-report-file=late", *mode)
    assert run.status == 1
    assert "late: cannot be read: Is a directory" in run.text
    assert "no fresh report of this run exists; nothing was proved" in run.text


@pytest.mark.parametrize(
    "argument",
    ["--json-report-file=none", "--json-report-file=NONE", "-pno:pytest_jsonreport", "-pno:jsonreport"],
)
def test_a_run_without_a_report_is_refused(miniature: Miniature, argument: str, mode: tuple[str, ...]) -> None:
    two(miniature, "pass")
    run = miniature.run("--check", FIRST, "--check", SECOND, argument, *mode)
    assert (run.status, run.report) == (4, None)
    assert "switched off" in run.text or "leaves no report" in run.text


@pytest.mark.parametrize("name", ["json-report", "pytest-json-report", "pytest_jsonreport.plugin"])
def test_a_name_that_switches_nothing_off_leaves_the_report(miniature: Miniature, name: str) -> None:
    two(miniature, "pass")
    run = miniature.run("--check", FIRST, "--check", SECOND, "-p", f"no:{name}")
    assert (run.status, set(run.outcomes)) == (0, {FIRST, SECOND})


@pytest.mark.parametrize("argument", ["--json-report-summary", "--json-report-omit=metadata", "--tb=no"])
def test_options_of_the_report_cannot_thin_it_out(miniature: Miniature, argument: str, mode: tuple[str, ...]) -> None:
    two(miniature, "pass")
    run = miniature.run("--check", FIRST, "--check", SECOND, argument, *mode)
    assert (run.status, set(run.outcomes)) == (0, {FIRST, SECOND})


def test_only_collecting_neither_writes_nor_deletes(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    (miniature.root / ".report.json").write_text("the report of an earlier run")
    before = files(miniature.root)
    for argument in ("--collect-only", "--co"):
        run = miniature.run(argument, "-p", "no:cacheprovider", *mode)
        assert run.status == 0
        assert files(miniature.root) == before
        assert "M1: " not in run.text


def files(root: Path) -> dict[str, bytes]:
    """What a folder holds, bytecode aside."""
    paths = [Path(folder) / name for folder, _, names in os.walk(root) for name in names]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths if path.suffix != ".pyc"}
