"""What a failing check tells: what, expected, found, why, how to mend it, and the command that repeats it."""

import shlex

import pytest

from packaging_readiness.contract.inventory import packaged_checks
from selftests.miniature import Miniature, Run

FIRST, ROWS = "m1a.strategy.repository-uri-pinned", "m1a.boundary.learning-module"
CHECKS = {check.id: check for check in packaged_checks()}
# Made up, and put together here so that no scanner takes them for real.
KEY_ID = "AKIA" + "Q3WZ7RT5YUIO2PAS"
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


def failing(miniature: Miniature, body: str, *arguments: str, check: str = FIRST) -> Run:
    """A run of one check with `body`."""
    row = "row, record" if check == ROWS else "record"
    miniature.add("m1a", f"\n@check('{check}')\ndef test_x({row}):\n    {body}\n")
    return miniature.run("-m", "m1a", *arguments)


def told(run: Run, word: str) -> str:
    """What stands behind `word` in the one failure of the run."""
    (line,) = (line for line in run.text.splitlines() if line.startswith(f"  {word}"))
    return line.removeprefix(f"  {word}").strip()


def test_a_failure_says_everything_in_order(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise CheckFailed('two-images', 'here:1: one', 'there:2: two')", *mode)
    check = CHECKS[FIRST]
    lines = run.text.splitlines()
    start = lines.index(f"FAIL  {FIRST}  [M1-B1]")
    assert lines[start + 1 : start + 8] == [
        f"  check:    {check.title}  (M1.A, box 1; {check.source})",
        "  reason:   two-images",
        "  found:    here:1: one",
        "            there:2: two",
        f"  why:      {check.why}",
        f"  fix:      {check.fix}",
        f"  repeat:   pytest --check {FIRST}",
    ]
    assert "Traceback" not in run.text
    assert "test_added.py:8" not in run.text


def test_an_error_is_told_apart_from_a_failure(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise CannotTell('image', 'no engine', 'install one')", *mode)
    assert f"ERROR (the suite could not find out)  {FIRST}  [M1-B1]" in run.text
    assert told(run, "found:") == "image: no engine"
    assert told(run, "fix:") == "install one"


@pytest.mark.parametrize("how", ["skip", "xfail"])
def test_a_secret_in_the_reason_of_a_skip_stands_nowhere(miniature: Miniature, how: str) -> None:
    run = failing(miniature, f"pytest.{how}('why: {TOKEN}')", "-vv", "-rsx")
    assert TOKEN not in run.text
    assert "[redacted " in run.text


@pytest.mark.parametrize("where", ["setup", "call"])
def test_no_traceback_is_rendered_that_nobody_sees(miniature: Miniature, where: str) -> None:
    broken = "raise CannotTell('image', 'no engine', 'install one')"
    unrendered = "import _pytest._code.code\ndef never(*_, **__):\n    raise AssertionError('rendered')\n"
    fixture = f"\n@pytest.fixture\ndef needed():\n    {broken if where == 'setup' else 'pass'}\n"
    text = f"\n@check('{FIRST}')\ndef test_x(record, needed):\n    {broken}\n"
    miniature.add("m1a", f"{unrendered}_pytest._code.code.ExceptionInfo.getrepr = never\n{fixture}{text}")
    run = miniature.run("-m", "m1a")
    assert told(run, "found:") == "image: no engine"
    assert "INTERNALERROR" not in run.text


def test_a_cause_that_checks_share_is_told_once(miniature: Miniature) -> None:
    """The engine's words stand in one place; each other check names it, and keeps its own record."""
    error = r"BuildFailed('Dockerfile', 'does not build:\nSTEP 1\nError: no', 'mend it')"
    body = f"from packaging_readiness.image.build import BuildFailed; raise {error}"
    run = failing(miniature, body, "-v", check=ROWS)
    first, *others = (line for line in run.text.splitlines() if line.startswith("ERROR ("))
    assert first == f"ERROR (the suite could not find out)  {ROWS}[ofs]  [M1A-B3]"
    assert others == [
        f"ERROR (the suite could not find out)  {ROWS}[{name}]  [M1A-B3]  the image was not built (see {ROWS}[ofs])"
        for name in ("mf", "mpr")
    ]
    assert run.text.count("Error: no") == 2  # in the failure, and in the summary by reason
    assert run.text.count("STEP 1") == 1
    assert {len(result.found) for result in run.results.values()} == {3}


def test_an_engine_that_is_missing_is_told_once(miniature: Miniature) -> None:
    run = failing(miniature, "raise CannotTell('podman', 'is not installed', 'install it')", "-v", check=ROWS)
    lines = [line for line in run.text.splitlines() if line.startswith("ERROR (")]
    assert [line.partition("]  [M1A-B3]")[2] for line in lines] == [
        "",
        f"  podman: is not installed (see {ROWS}[ofs])",
        f"  podman: is not installed (see {ROWS}[ofs])",
    ]
    assert run.text.count("  fix:      install it") == 1


def test_what_says_nothing_new_is_counted_and_not_listed(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise CannotTell('podman', 'is not installed', 'install it')", *mode, check=ROWS)
    told_by_worker = [line for line in run.text.splitlines() if line.startswith("ERROR (")]
    assert len(told_by_worker) in ((1, 2) if mode else (1,))
    assert "(see " not in run.text
    assert " 3 failed" in run.text
    assert f"{ROWS}[ofs], {ROWS}[mf], {ROWS}[mpr]" in run.text
    assert miniature.run("-m", "m1a", "-ra", *mode).text.count("\nFAILED ") == 3


def test_the_count_of_a_run_in_which_all_held_is_not_red(miniature: Miniature) -> None:
    run = failing(miniature, "pass", "--color=yes")
    last = run.text.splitlines()[-1]
    assert "1 passed" in last
    assert "\x1b[32m" in last
    assert "\x1b[31m" not in last


@pytest.mark.parametrize("body", ["raise RuntimeError('x')", "raise CheckFailed('no', 'same')", "assert False"])
def test_what_failed_or_broke_down_is_told_whole_each_time(miniature: Miniature, body: str) -> None:
    run = failing(miniature, body, check=ROWS)
    assert run.text.count("  repeat:   ") == 3
    assert "(see " not in run.text


def test_causes_that_differ_are_told_each(miniature: Miniature) -> None:
    body = "raise CannotTell(row.id, 'is not there', 'restore it')"
    assert failing(miniature, body, check=ROWS).text.count("  repeat:   ") == 3


def test_an_unexpected_error_names_type_and_place_but_not_its_text(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise RuntimeError('what it said')", *mode)
    assert told(run, "error:") == "RuntimeError at test_added.py:8; see it whole with -vv"
    assert "what it said" not in run.text


def test_very_verbose_shows_the_original(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise RuntimeError('what it said')", "-vv", *mode)
    assert "RuntimeError: what it said" in run.text
    assert "test_added.py:8: RuntimeError" in run.text


@pytest.mark.parametrize("check", [FIRST, ROWS])
def test_the_repeat_command_repeats_the_failure(miniature: Miniature, mode: tuple[str, ...], check: str) -> None:
    body = "raise CheckFailed('no')" if check == FIRST else "assert row.id != 'mf'"
    given = ("--contract", "fixtures/reference_platform/packaging-readiness.yaml", "--engine=podman", "--aws=embedded")
    run = failing(miniature, body, *given, *mode, check=check)
    row_id = check if check == FIRST else f"{check}[mf]"
    program, *arguments = shlex.split(told(run, "repeat:"))
    again = miniature.run(*arguments)
    assert program == "pytest"
    assert (again.status, again.outcomes) == (1, {row_id: "fail"})
    assert told(again, "repeat:") == told(run, "repeat:")


def test_the_repeat_command_names_the_platform_so_that_pytest_keeps_its_root(miniature: Miniature) -> None:
    platform = miniature.root.parent / "a platform"
    (platform / ".git").mkdir(parents=True)
    (platform / "pytest.ini").write_text("[pytest]\n")
    contract = "fixtures/reference_platform/packaging-readiness.yaml"
    run = failing(miniature, "raise CheckFailed('no')", f"--platform-root={platform}", f"--contract={contract}")
    _, *arguments = shlex.split(told(run, "repeat:"))
    again = miniature.run(*arguments)
    assert f"FAIL  {FIRST}  [M1-B1]" in again.text


def test_what_was_found_is_bounded(miniature: Miniature, mode: tuple[str, ...]) -> None:
    run = failing(miniature, "raise CheckFailed('many', *(f'{n}:' + 'x' * 5000 for n in range(500)))", *mode)
    found = run.results[FIRST].found
    assert len(found) == 51
    assert found[-1] == "and 450 more"
    assert max(map(len, found)) <= 600
    assert len(run.text) < 60_000


@pytest.mark.parametrize(
    "body",
    [
        "raise CheckFailed('leak', 'Dockerfile:3: SECRET')",
        "assert not 'SECRET', 'SECRET'",
        "raise CannotTell('x', 'said SECRET', 'hide SECRET')",
        "raise RuntimeError('SECRET')",
        "record.note('SECRET'); record.defer('never', 'SECRET')",
    ],
)
@pytest.mark.parametrize("secret", [f"aws_access_key_id={KEY_ID}", TOKEN])
def test_a_secret_in_a_failure_stands_nowhere(miniature: Miniature, body: str, secret: str) -> None:
    run = failing(miniature, body.replace("SECRET", secret), "--evidence-out=out")
    value = secret.rpartition("=")[2]
    assert run.status == 1
    assert value not in run.text
    assert value not in run.report_path.read_text()
    assert not any(value in path.read_text() for path in (miniature.root / "out").rglob("*.json"))


def test_a_secret_in_a_failure_stands_nowhere_on_workers_either(miniature: Miniature) -> None:
    run = failing(miniature, f"raise CheckFailed('leak', 'Dockerfile:3: {TOKEN}')", "-n2")
    assert TOKEN not in run.text + run.report_path.read_text()
    assert "[redacted " in told(run, "found:")
