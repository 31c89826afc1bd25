"""The fault runner tells a fault that nobody saw, and whatever else turned red; it never takes silence for success."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from packaging_readiness.contract.errors import InputRefused
from selftests.fault_expectations import Difference, Expected, code_differences, differences, unsaid
from selftests.fault_recipes import Fault, Misfit, Step, apply, baselines, read_fault
from selftests.fault_runs import Outcome
from selftests.main_job import SUITE, environment, run

ROW, OTHER = "m1a.reference.mode", "m1a.reference.tag-pattern"
ROWS = (ROW, OTHER, "m1b.run.help[sr]", "m1b.run.help[mf]")
EXPECTED = Expected(fail={ROW: "handle-differs"}, active=("M1A-B1", "M1-B5"), says=("mutable",))
EXACT = Outcome({ROW: ("fail", "handle-differs")}, ROWS, ("M1-B5", "M1A-B1"), "it is mutable", 1.0)


def told(outcome: Outcome, expected: Expected = EXPECTED) -> list[tuple[bool, str]]:
    return [(one.missed, one.text) for one in outcome.differences(expected)]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_faults", SUITE / "tools" / "run_faults.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_faults"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_exact_fault_has_no_difference() -> None:
    assert told(EXACT) == []


def test_row_that_had_to_be_red_is_missed() -> None:
    found = list(differences({ROW: ("fail", "handle-differs")}, {}))
    assert found == [Difference(True, f"{ROW}: fail handle-differs")]


def test_row_that_is_red_for_another_reason_is_missed() -> None:
    found = list(differences({ROW: ("fail", "handle-differs")}, {ROW: ("error", "cannot-tell")}))
    assert found == [Difference(True, f"{ROW}: fail handle-differs, and it was error cannot-tell")]


def test_row_beyond_the_expectation_is_collateral() -> None:
    found = list(differences({}, {OTHER: ("fail", "handle-differs")}))
    assert found == [Difference(False, f"{OTHER}: fail handle-differs")]


def test_codes_are_compared_both_ways() -> None:
    found = list(code_differences(("M1-B1", "M1-B2"), ("M1-B2", "M1-B3")))
    assert found == [Difference(True, "M1-B1 is not active"), Difference(False, "M1-B3 is active")]


def test_what_had_to_be_said_and_was_not_is_missed() -> None:
    assert list(unsaid(("one", "two"), "only one")) == [Difference(True, "nothing says 'two'")]


@pytest.mark.parametrize("problem", ["the run wrote no bundle", "the run ended without a word"])
def test_run_without_results_is_never_exact(problem: str) -> None:
    assert told(Outcome({}, (), (), "", 0, problem), Expected()) == [(True, problem)]


def test_star_stands_for_the_rows_that_are_not_named() -> None:
    expected = Expected(fail={"m1b.run.help[sr]": "exit-code"}, error={"m1b.run.help[*]": "cannot-tell"})
    assert expected.red(ROWS) == {
        "m1b.run.help[sr]": ("fail", "exit-code"),
        "m1b.run.help[mf]": ("error", "cannot-tell"),
    }


def test_without_an_image_every_check_that_needs_one_could_not_tell() -> None:
    expected = Expected(no_image="build-failed")
    assert expected.red((*ROWS, "m1c.mismatch.digest-format")) == dict.fromkeys(
        ("m1b.run.help[sr]", "m1b.run.help[mf]", "m1c.mismatch.digest-format"), ("error", "build-failed")
    )


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        (Step("a.txt", old="two"), "stands there 0 times"),
        (Step("a.txt", old="one"), "stands there 2 times"),
        (Step("b.txt", old="x"), "is not there"),
        (Step("b.txt", delete=True), "is not there"),
        (Step("a.txt", write="x"), "is there already"),
    ],
    ids=["text gone", "text twice", "file gone", "nothing to delete", "file there"],
)
def test_step_that_no_longer_fits_is_refused(step: Step, cause: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one or one\n")
    with pytest.raises(Misfit, match=cause):
        apply((step,), tmp_path)


NEVER_FITS = """
import json, pathlib, sys
sys.path.insert(0, ".")
from selftests.fault_pool import run_all
from selftests.fault_recipes import Fault, Step
faults = [Fault("never fits", steps=(Step("no.txt", old="x"),), name=name) for name in ("one", "two")]
outcomes = run_all(faults, pathlib.Path(sys.argv[1]), 2)
print(json.dumps({fault.name: outcome.problem for fault, outcome in outcomes}))
"""


def test_fault_that_cannot_be_made_is_told_and_stops_no_other(tmp_path: Path) -> None:
    ran = run([sys.executable, "-c", NEVER_FITS, tmp_path])  # forked from a process that has one thread
    problem = "the fault could not be made: Misfit: no.txt: is not there"
    assert (ran.status, json.loads(ran.stdout)) == (0, {"one": problem, "two": problem})


def test_fault_file_with_an_unknown_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fixtures" / "faults"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "fault.yaml").write_text("wrong: something\nstep: []\n")
    monkeypatch.setattr("selftests.fault_recipes.FOLDER", folder)
    monkeypatch.setattr("selftests.fault_recipes.SUITE", tmp_path)
    with pytest.raises(InputRefused, match=r"fixtures/faults/x/fault.yaml:2: step: unknown key 'step'"):
        read_fault("x")


def test_every_baseline_says_what_it_is() -> None:
    assert all(baseline.title for baseline in baselines().values())


@pytest.mark.parametrize(
    ("outcome", "line", "status"),
    [
        (EXACT, "1 faults, 1 exact, 0 missed, 0 collateral", 0),
        (Outcome({}, ROWS, EXACT.active, "mutable", 1.0), "1 faults, 0 exact, 1 missed, 0 collateral", 1),
        (
            Outcome({**EXACT.red, OTHER: ("fail", "x")}, ROWS, EXACT.active, "mutable", 1.0),
            "1 faults, 0 exact, 0 missed, 1 collateral",
            1,
        ),
    ],
    ids=["exact", "missed", "collateral"],
)
def test_last_line_counts(
    outcome: Outcome, line: str, status: int, tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = tool.Tally(1)
    tally.add(Fault("wrong", name="a-fault"), outcome, outcome.differences(EXPECTED))
    assert (tally.line(), int(bool(tally.differing))) == (line, status)
    assert json.loads(tally.as_json())["summary"] == line
    assert ("a-fault: " in capsys.readouterr().err) == bool(status)


def test_unknown_name_could_not_be_told() -> None:
    ran = run([sys.executable, SUITE / "tools" / "run_faults.py", "no-such-fault"], environment())
    assert (ran.status, ran.stdout) == (2, "")
    assert "no fault is called no-such-fault" in ran.stderr


def test_list_names_every_fault_and_runs_none() -> None:
    ran = run([sys.executable, SUITE / "tools" / "run_faults.py", "--list", "copy-*"], environment())
    assert ran.status == 0
    assert "copy-dot: one COPY takes the whole context" in ran.stdout.splitlines()


def test_faults_are_exact_end_to_end(tmp_path: Path) -> None:
    """One fault of the registry and one of the report, after the platform without a fault."""
    keep = tmp_path / "kept"
    chosen = ("tag-moved-after-build", "row-without-result")
    ran = run([sys.executable, SUITE / "tools" / "run_faults.py", "-j1", "--keep", keep, *chosen], environment())
    assert ran.status == 0, ran.text
    assert ran.stdout == "2 faults, 2 exact, 0 missed, 0 collateral\n"
    assert (keep / "tag-moved-after-build" / "report.json").is_file()
