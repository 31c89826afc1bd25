"""What a run selects, and that a selection is never more than a selection: it decides nothing about M1."""

import pytest

from selftests.miniature import MODES, SERIAL, Miniature

FIRST, SECOND = "m1a.strategy.repository-uri-pinned", "m1a.strategy.one-repository"
LEARNING = "m1a.boundary.learning-module"
few_modes = pytest.mark.parametrize("mode", [SERIAL, MODES["n2"]], ids=["serial", "n2"], scope="function")


@pytest.fixture
def suite(miniature: Miniature) -> Miniature:
    """A suite with every check of the inventory."""
    miniature.whole()
    return miniature


@pytest.mark.parametrize("lane", ["m1a", "m1c", "m1e"])
def test_a_marker_selects_a_lane(suite: Miniature, mode: tuple[str, ...], lane: str) -> None:
    run = suite.run("-m", lane, *mode)
    assert run.status == 0
    assert {row_id[:3] for row_id in run.results} == {lane}
    assert run.verdict.startswith("M1: not decided; ")


def test_a_selected_run_writes_no_bundle_by_itself(suite: Miniature) -> None:
    assert suite.run("-m", "m1a").status == 0
    assert not (suite.root / "runs").exists()


def test_a_bundle_of_a_selected_run_is_never_a_pass(suite: Miniature, mode: tuple[str, ...]) -> None:
    run = suite.run("-m", "m1a", "--evidence-out=out", *mode)
    assert run.status == 0
    (stored,) = (suite.root / "out").rglob("check_results.json")
    assert '"verdict":"FAIL"' in stored.read_text().replace(" ", "")
    assert "M1: PASS" not in run.text


@few_modes
@pytest.mark.parametrize("expression", ["m1a or m1bb", "m1f", "m1b and slow"])
def test_an_unknown_marker_is_an_error(suite: Miniature, mode: tuple[str, ...], expression: str) -> None:
    run = suite.run("-m", expression, *mode)
    assert run.status not in (0, 1)
    assert run.report is None or not run.report["tests"]


@pytest.mark.parametrize(
    ("code", "lanes", "more"),
    [("M1A-B3", {"m1a"}, False), ("M1-B3", {"m1c"}, True), ("M1-B5", {"m1a", "m1e"}, True), ("M1-B1", {"m1a"}, False)],
)
def test_a_blocker_selects_what_raises_it(suite: Miniature, code: str, lanes: set[str], more: bool) -> None:
    run = suite.run("--blocker", code)
    assert run.status == 0
    assert {row_id[:3] for row_id in run.results} == lanes
    assert (len(run.results) > 10) == more


def test_a_blocker_that_is_active_makes_its_selection_red(suite: Miniature, mode: tuple[str, ...]) -> None:
    source = suite.root / "tests_m1a" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", "    raise CheckFailed('no')\n", 1))
    red = suite.run("--blocker", "M1-B1", *mode)
    assert red.status == 1
    assert "active: M1-B1" in red.text
    assert suite.run("--blocker", "M1A-B4", *mode).status == 0


def test_a_check_is_selected_by_id_with_or_without_its_row(suite: Miniature, mode: tuple[str, ...]) -> None:
    one = suite.run("--check", f"{LEARNING}[ofs]", *mode)
    assert (one.status, set(one.results)) == (0, {f"{LEARNING}[ofs]"})
    every = suite.run("--check", LEARNING, "--check", FIRST, *mode)
    assert set(every.results) == {FIRST, *(f"{LEARNING}[{row}]" for row in ("ofs", "mf", "mpr"))}


@few_modes
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--blocker=M1A-B9",), "--blocker M1A-B9: no such code; the contract has M1-B1, M1-B2"),
        (("--blocker=m1a-b4",), "no such code"),
        (("--check=m1a.never",), "--check m1a.never: no such check"),
        ((f"--check={LEARNING}[never]",), "no such check"),
        ((f"--check={FIRST}", "--check=x"), "--check x: no such check"),
        (("--check=m1e.no-go",), "about results"),
        (("--blocker=M1E-B1",), "about results"),
        (("--check=m1a.blockers.resolved", "-m", "m1a"), "about results"),
        ((f"--check={FIRST}", "-m", "m1b"), "the selection holds no check"),
        (("-k", "never_heard_of"), "the selection holds no check"),
    ],
)
def test_a_selection_of_nothing_is_wrong_usage(
    suite: Miniature, mode: tuple[str, ...], arguments: tuple[str, ...], told: str
) -> None:
    run = suite.run(*arguments, *mode)
    assert run.status == 4, run.text
    assert told in run.text
    assert run.report is None or not run.report["tests"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-k", "repository"),
        ("--deselect", "tests_m1b"),
        ("tests_m1a", "tests_m1b"),
        ("tests_m1a/test_lane.py::test_m1a_strategy_one_repository",),
        ("--ignore=tests_m1b/test_lane.py",),
        ("--ignore-glob=*m1b*",),
        ("-o", "testpaths=tests_m1a"),
        ("-o", "python_files=nothing_*.py"),
    ],
    ids=" ".join,
)
@few_modes
def test_a_part_of_the_suite_is_never_a_pass(
    suite: Miniature, arguments: tuple[str, ...], mode: tuple[str, ...]
) -> None:
    run = suite.run(*arguments, *mode)
    assert "M1: PASS" not in run.text
    if run.status == 0:
        assert run.verdict.startswith("M1: not decided; ")


def test_last_failed_is_never_a_pass(suite: Miniature) -> None:
    source = suite.root / "tests_m1a" / "test_lane.py"
    good = source.read_text()
    source.write_text(good.replace("    pass\n", "    raise CheckFailed('no')\n", 1))
    assert suite.run().status == 1
    source.write_text(good)
    run = suite.run("--lf")
    assert (run.status, list(run.results)) == (0, [FIRST])
    assert run.verdict.startswith("M1: not decided; ")


def test_all_five_folders_by_name_are_the_whole_suite(suite: Miniature) -> None:
    run = suite.run(*(f"tests_m1{lane}" for lane in "ecdba"))
    assert run.status == 0
    assert run.verdict.startswith("M1: PASS")


@pytest.mark.parametrize(
    ("lane", "source", "told"),
    [
        ("m1a", "def test_x(): pass", "tests_m1a/test_added.py::test_x: is in a lane's folder but is no check"),
        ("m1a", "@check('m1a.never')\ndef test_x(): pass", "test_x: is in a lane's folder but is no check"),
        ("m1b", f"@check('{FIRST}')\ndef test_x(): pass", f"check {FIRST} belongs into tests_m1a/"),
        ("m1c", "class TestX:\n    def test_y(self): pass", "test_y: is in a lane's folder but is no check"),
    ],
)
@few_modes
def test_a_test_that_is_no_check_is_refused_by_name(
    suite: Miniature, mode: tuple[str, ...], lane: str, source: str, told: str
) -> None:
    suite.add(lane, source)
    run = suite.run(*mode)
    assert run.status != 0
    assert told in run.text
    assert "M1: PASS" not in run.text


def test_a_check_with_two_tests_is_refused(suite: Miniature, mode: tuple[str, ...]) -> None:
    suite.add("m1a", f"@check('{FIRST}')\ndef test_again(record): pass")
    run = suite.run(*mode)
    assert run.status not in (0, 2)
    assert FIRST in run.text
    assert "M1: PASS" not in run.text


def test_a_check_parametrised_by_hand_is_refused(suite: Miniature, mode: tuple[str, ...]) -> None:
    source = suite.root / "tests_m1a" / "test_lane.py"
    source.write_text(
        source.read_text().replace(
            f'@check("{FIRST}")\ndef test_m1a_strategy_repository_uri_pinned(replay)',
            f'@check("{FIRST}")\n@pytest.mark.parametrize("n", [1, 2])\ndef test_x(n, replay)',
        )
    )
    run = suite.run(*mode)
    assert run.status not in (0, 2)
    assert "M1: PASS" not in run.text


def test_a_check_parametrised_over_nothing_is_no_pass(suite: Miniature, mode: tuple[str, ...]) -> None:
    suite.add("m1a", f"@check('{FIRST}')\n@pytest.mark.parametrize('n', [])\ndef test_again(n, record): pass")
    run = suite.run("-m", "m1a", *mode)
    assert run.status != 0
    assert "M1: PASS" not in run.text
