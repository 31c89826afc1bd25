"""What a check comes to: each way in which a test can end, serially and on workers, read back from the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.miniature import Miniature, Run


@dataclass(frozen=True)
class Ending:
    """A body of a test, and what the verdict has to make of it."""

    check: str
    body: str
    outcome: str
    reason: str
    arguments: str = "record"
    above: str = ""


ENDINGS: Mapping[str, Ending] = {
    "pass": Ending("m1a.strategy.repository-uri-pinned", "record.observe(x=1)", "pass", ""),
    "failed requirement": Ending(
        "m1a.strategy.one-repository", "record.require(False, 'second-image', 'here:1: two')", "fail", "second-image"
    ),
    "CheckFailed": Ending("m1a.strategy.one-final-stage", "raise CheckFailed('two-stages')", "fail", "two-stages"),
    "assertion": Ending("m1a.strategy.plan-pins-strategy", "assert 1 == 2", "fail", "assertion"),
    "exception": Ending("m1a.strategy.authority-agrees", "1 / 0", "error", "unexpected-ZeroDivisionError"),
    "SystemExit": Ending("m1a.reference.mode", "raise SystemExit(0)", "error", "unexpected-SystemExit"),
    "CannotTell": Ending("m1a.reference.tag-pattern", "raise CannotTell('a', 'b')", "error", "cannot-tell"),
    "InputRefused": Ending("m1a.reference.convenience-tag", "raise InputRefused('a', 'b')", "error", "input-refused"),
    "pytest.fail": Ending("m1a.reference.build-driver", "pytest.fail('x')", "error", "unexpected-Failed"),
    "warning": Ending("m1a.boundary.copy-maps-to-include", "warnings.warn('x')", "error", "unexpected-UserWarning"),
    "returned value": Ending(
        "m1a.boundary.context-within-contract", "return 1", "error", "unexpected-PytestReturnNotNoneWarning"
    ),
    "thread": Ending(
        "m1a.payload.no-broad-copy",
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
        "error",
        "unexpected-PytestUnhandledThreadExceptionWarning",
    ),
    "set": Ending("m1a.payload.default-deny", "record.observe(x={1})", "error", "unexpected-TypeError"),
    "NaN": Ending(
        "m1a.payload.dockerfile-unambiguous", "record.observe(x=float('nan'))", "error", "unexpected-ValueError"
    ),
    "measured set": Ending("m1a.advisory.base-pinned", "record.measure(x={1})", "error", "unexpected-TypeError"),
    "deferral": Ending("m1a.advisory.no-remote-add", "record.defer('run-linkage')", "deferred", "run-linkage"),
    "unknown deferral": Ending(
        "m1a.advisory.non-root-user", "record.defer('never-heard-of')", "fail", "deferral-not-in-contract"
    ),
    "failure after a deferral": Ending(
        "m1d.dockerfile.credential-names", "record.defer('run-linkage'); raise CheckFailed('no')", "fail", "no"
    ),
    "skip": Ending("m1d.dockerfile.secret-values", "pytest.skip('later')", "not_run", "skipped"),
    "skip mark": Ending(
        "m1d.dockerfile.secret-copies", "pass", "not_run", "skipped", above="@pytest.mark.skip(reason='later')\n"
    ),
    "xfail": Ending("m1d.context.file-names", "pytest.xfail('known')", "not_run", "skipped"),
    "xfail mark": Ending(
        "m1d.context.scan", "assert False", "not_run", "skipped", above="@pytest.mark.xfail(reason='known')\n"
    ),
    "xfail mark that passes": Ending(
        "m1d.workflow.oidc", "pass", "error", "outcome-contradicts-record", above="@pytest.mark.xfail(reason='known')\n"
    ),
    "set-up": Ending(
        "m1d.workflow.static-credentials", "pass", "error", "unexpected-RuntimeError", "record, breaks_before"
    ),
    "failed requirement in set-up": Ending(
        "m1d.workflow.no-secret-output", "pass", "error", "unexpected-CheckFailed", "record, fails_before"
    ),
    "tear-down": Ending("m1d.sources.backend", "pass", "error", "unexpected-RuntimeError", "record, breaks_after"),
    "call and tear-down": Ending(
        "m1d.sources.plan-maps-paths", "raise CheckFailed('no')", "error", "unexpected-RuntimeError", "breaks_after"
    ),
    "surrogate in what was found": Ending(
        "m1d.sources.materialisation", "raise CheckFailed('odd', 'a\\ud800\\x1b[31mb\\nc')", "fail", "odd"
    ),
    "no record asked for": Ending("m1d.workflow.security-step", "pass", "pass", "", arguments=""),
}
FIXTURES = """
@pytest.fixture
def breaks_before():
    raise RuntimeError("before")

@pytest.fixture
def fails_before():
    raise CheckFailed("before")

@pytest.fixture
def breaks_after():
    yield
    raise RuntimeError("after")
"""


@pytest.fixture(scope="module")
def run(mode: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory, miniature_cache: Path) -> Run:
    """One run of all the endings."""
    suite = Miniature(tmp_path_factory.mktemp("endings") / "suite", miniature_cache)
    for lane in ("m1a", "m1d"):
        tests = [
            f"\n{e.above}@check({e.check!r})\ndef test_{number}({e.arguments}):\n    {e.body}\n"
            for number, e in enumerate(ENDINGS.values())
            if e.check.startswith(lane)
        ]
        suite.add(lane, FIXTURES + "".join(tests))
    return suite.run(*mode)


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_an_ending_becomes_its_outcome(run: Run, ending: Ending) -> None:
    result = run.results[ending.check]
    assert (result.outcome, result.reason) == (ending.outcome, ending.reason)


def test_every_ending_is_in_the_report_and_the_run_is_red(run: Run) -> None:
    assert len(run.results) == len(ENDINGS)
    assert run.status == 1
    assert run.verdict.startswith("M1: FAIL")
    assert "INTERNALERROR" not in run.text


def test_what_was_found_is_text_of_one_line_without_control_characters(run: Run) -> None:
    assert run.results["m1d.sources.materialisation"].found == ("a  [31mb c",)


def test_a_red_check_says_in_the_summary_what_it_came_to(run: Run) -> None:
    assert "1 deferred" in run.text
    assert "not_run" in run.text
    assert "M1.A  FAIL" in run.text
    assert "M1.D  FAIL" in run.text


def alone(miniature: Miniature, name: str, *arguments: str) -> Run:
    """A run of nothing but one ending."""
    ending = ENDINGS[name]
    test = f"def test_x({ending.arguments}):\n    {ending.body}\n"
    miniature.add(ending.check[:3], f"{FIXTURES}\n{ending.above}@check({ending.check!r})\n{test}")
    return miniature.run("--check", ending.check, *arguments)


@pytest.mark.parametrize("name", ["assertion", "CannotTell", "skip", "xfail", "xfail mark", "thread", "tear-down"])
def test_an_ending_that_does_not_hold_makes_its_own_run_red(miniature: Miniature, name: str) -> None:
    run = alone(miniature, name)
    assert run.status == 1
    assert run.verdict.startswith("M1: not decided")


@pytest.mark.parametrize("name", ["pass", "deferral"])
def test_an_ending_that_holds_makes_its_own_run_green(miniature: Miniature, name: str, mode: tuple[str, ...]) -> None:
    run = alone(miniature, name, *mode)
    assert run.status == 0
    assert run.verdict.startswith("M1: not decided")
