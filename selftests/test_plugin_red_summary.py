"""A red run leads with what is red: by reason, with cure and command, bounded; a green one is as short as before."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.likeness import unlike, unused_contract
from packaging_readiness.plugin.reference import commit_copy
from packaging_readiness.plugin.summary import problem_lines
from selftests.main_job import TEMPLATE
from selftests.miniature import Miniature, Run

CONTRACT, _ = load_contract("dev_full")
CHECKS = {check.id: check for check in packaged_checks()}
FIRST, ROWS, INCLUDES = (
    "m1a.strategy.repository-uri-pinned",
    "m1a.boundary.learning-module",
    "m1a.boundary.include-exists",
)


def section(run: Run) -> list[str]:
    """The lines of the suite's own summary."""
    lines = run.text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip("= ") == "packaging readiness")
    return lines[start + 1 :]


def test_red_rows_are_told_first_by_reason_with_cure_and_command(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add(
        "m1a",
        f"""
@check("{FIRST}")
def test_first(record):
    raise CheckFailed("two-images", "here:1: one", "there:2: two")

@check("{INCLUDES}")
def test_includes(row, record):
    raise CheckFailed("gone", f"{{row.id}}: gone")

@check("{ROWS}")
def test_rows(row, record):
    pass
""",
    )
    lines = section(miniature.run("-m", "m1a", *mode))
    end = next(n for n, line in enumerate(lines) if line.startswith("M1.A  FAIL"))
    paths = [include.id for include in CONTRACT.includes]
    named = ", ".join(f"{INCLUDES}[{path}]" for path in paths[:3])
    assert lines[:end] == [
        f"{len(paths) + 1} checks do not hold:",
        f"  gone  [{CHECKS[INCLUDES].blocker}]  {named} and {len(paths) - 3} more",
        f"    found:   {paths[0]}: gone",
        f"    fix:     {CHECKS[INCLUDES].fix}",
        f"    repeat:  {shlex.join(['pytest', '--check', f'{INCLUDES}[{paths[0]}]'])}",
        f"  two-images  [M1-B1]  {FIRST}",
        "    found:   here:1: one",
        f"    fix:     {CHECKS[FIRST].fix}",
        f"    repeat:  pytest --check {FIRST}",
    ]


def test_reasons_without_end_are_bounded_and_the_rest_is_counted(miniature: Miniature) -> None:
    miniature.add(
        "m1a", f"@check('{INCLUDES}')\ndef test_x(row):\n    raise CheckFailed(f'gone-{{abs(hash(row))}}', '')"
    )
    lines = section(miniature.run("-m", "m1a"))
    assert sum(line.startswith("    repeat:  ") for line in lines) == 8
    rest = len(CONTRACT.includes) - 8
    assert f"  and {rest} more reasons ({rest} checks), told above" in lines


def test_errors_of_different_causes_are_not_one_group(miniature: Miniature) -> None:
    body = "raise CannotTell('engine', 'is not there' if row.id == 'ofs' else 'is not started')"
    miniature.add("m1a", f"@check('{ROWS}')\ndef test_x(row):\n    {body}")
    lines = section(miniature.run("-m", "m1a"))
    assert [line for line in lines if line.startswith("    found:")] == [
        "    found:   engine: is not started",
        "    found:   engine: is not there",
    ]


def test_decided_rows_of_a_red_run_are_the_red_ones_and_the_held_ones_in_one_line(miniature: Miniature) -> None:
    miniature.whole()
    green = section(miniature.run("--evidence-out=green"))
    every = [line.split()[1] for line in green if line.startswith("  pass     ")]
    assert len(every) == len(
        [check for check in CHECKS.values() if check.decided_by == "adjudicator" and not check.rows]
    ) + sum(len(rows) for rows in (CONTRACT.mismatch_rules, CONTRACT.preconditions, CONTRACT.no_go))
    assert not any("do not hold" in line for line in green)
    source = miniature.root / "tests_m1c" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", "    raise CheckFailed('no')\n", 1))
    red = section(miniature.run("--evidence-out=red"))
    (held,) = (line for line in red if line.startswith("  held     "))
    failed = [line.split()[1] for line in red if line.startswith("  fail     ")]
    assert failed
    assert sorted([*failed, *held.removeprefix("  held     ").split(", ")]) == sorted(every)
    found = " " * 11
    told = [second for first, second in pairwise(red) if first.startswith(found) and second.startswith(found)]
    assert told
    assert all(re.fullmatch(r" {11}and \d+ more", line) for line in told)  # one each: they follow from what is red


def test_nothing_stands_after_the_verdict_but_the_count(miniature: Miniature, mode: tuple[str, ...]) -> None:
    """pytest's own list of what failed would push the verdict off the screen; who asks for it gets it."""
    miniature.add("m1a", f"@check('{INCLUDES}')\ndef test_x(row):\n    assert False")
    run = miniature.run("-m", "m1a", *mode)
    assert run.text.splitlines()[-2].startswith("M1: not decided")
    assert "short test summary" not in run.text
    assert "short test summary" in miniature.run("-m", "m1a", "-rf", *mode).text


def test_problems_without_end_are_bounded() -> None:
    every = [f"row {number}: is wrong in way {number}" for number in range(12)]
    assert list(problem_lines(every)) == [*(f"problem: {each}" for each in every[:10]), "and 2 more problems"]
    assert list(problem_lines(every[:11]))[-1] == "and 1 more problem"
    assert list(problem_lines([*every[:10], "there: is wrong in way 3"]))[3] == f"problem: {every[3]} (and of 1 more)"


def test_a_problem_of_many_checks_is_one_line(miniature: Miniature) -> None:
    miniature.whole()
    miniature.add("m1b", "import never_heard_of\n", "test_broken.py")
    lines = section(miniature.run())
    assert lines[0] == "problem: tests_m1b/test_broken.py: could not be collected"
    (rest,) = (line for line in lines if "no test holds it" in line)
    assert re.fullmatch(r"problem: m1a\.\S+: selected, but no test holds it \(and of \d+ more\)", rest)


def test_a_platform_of_another_contract_is_told_in_one_sentence_first(miniature: Miniature) -> None:
    (miniature.root / "shop").mkdir()
    (miniature.root / "shop" / "Dockerfile").write_text("FROM scratch\n")
    commit_copy(miniature.root / "shop", miniature.root / "other")
    miniature.add("m1a", f"@check('{FIRST}')\ndef test_x(record):\n    raise CheckFailed('no')")
    run = miniature.run("-m", "m1a", "--platform-root=other")
    assert section(run)[0] == unlike(miniature.root / "other", CONTRACT)
    assert "does not look like" not in miniature.run("-m", "m1a").text


def test_contract_of_a_platform_that_is_not_used_is_named(tmp_path: Path) -> None:
    given = ("--platform-root", str(tmp_path))
    assert unused_contract(tmp_path, given) is None
    (tmp_path / "packaging-readiness.yaml").touch()
    told = unused_contract(tmp_path, given)
    assert told == f"{tmp_path.name} has a packaging-readiness.yaml, which is not used: name it with --contract"
    assert unused_contract(tmp_path, (*given, "--contract", "dev_full")) is None
    assert unused_contract(tmp_path, ()) is None


def test_a_lane_of_which_a_part_ran_has_not_passed(miniature: Miniature) -> None:
    miniature.whole()
    lines = section(miniature.run("--check", FIRST))
    total = sum(row.check.lane == "m1a" for row in expand(packaged_checks(), CONTRACT))
    assert f"M1.A  held (1 of {total} checks)" in lines
    assert not any("PASS" in line for line in lines)


def test_what_any_project_has_makes_no_platform(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    (root / "src" / "shop").mkdir(parents=True)
    for name in ("pyproject.toml", "Dockerfile", "src/shop/cli.py"):
        (root / name).touch()
    assert unlike(root, CONTRACT) == (
        "this does not look like a platform of contract dev_full: shop has none of its 21 entrypoint modules and none "
        "of its 5 documents; name its own contract with --contract FILE"
    )


@pytest.mark.parametrize(
    "path",
    [
        CONTRACT.documents.plan,
        CONTRACT.documents.registry,
        "src/fraud_detection/case_mgmt/worker.py",
        "fraud_detection/case_mgmt/worker.py",
        "src/fraud_detection/case_mgmt/worker/__main__.py",
    ],
)
def test_one_module_or_document_makes_it_a_red_platform_of_this_contract(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert unlike(tmp_path, CONTRACT) is None


def test_reference_platform_is_one() -> None:
    assert unlike(TEMPLATE, CONTRACT) is None
