"""Programs in a language: what an interpreter is started with, and what stands in the workflow itself."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_own import inline_role, interpreted


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("raise SystemExit(1)", "check"),
        ("assert found", "check"),
        ("try:\n    raise ValueError\nexcept ValueError:\n    pass", "unknown"),
        ("try:\n    assert x\nexcept ValueError:\n    pass", "unknown"),
        ("sys.exit()", "unknown"),
        ("found.check()", "unknown"),
        ("check_all()", "unknown"),
        ("print(check)", "unknown"),
        ("print(raised, braise, asserts, fassert)", "soft"),
        ("print(checked, recheck, checks_all)", "soft"),
        ("print(exit)", "soft"),
        ("print(1)", "soft"),
        ("", "soft"),
    ],
)
def test_a_program_is_a_check_where_it_is_seen_to_fail(program: str, kind: str) -> None:
    assert inline_role(program).kind == kind


def test_an_assertion_that_is_switched_off_is_not_seen_to_fail() -> None:
    assert inline_role("assert found", asserts=True).kind == "check"
    assert inline_role("assert found", asserts=False).kind == "unknown"


PROGRAM = "assert found"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("python scan.py", "check"),
        ("python -u scan.py -", "check"),
        ("python -B -u scan.py", "check"),
        ("python a-", "check"),
        ("python3.12 scan.py", "check"),
        ("pypy3 scan.py", "check"),
        ("python -O scan.py", "check"),
        ("python -bBdEiIOPqRsSuvx scan.py", "check"),
        ("python -W error scan.py", "check"),
        ("python -W error -m pip", "none"),
        ("python -bW error -m pip", "none"),
        ("python -X dev -m pip", "none"),
        ("python -Werror -m pip", "none"),
        ("python -Xdev -m pip", "none"),
        ("python -W", "none"),
        ("python -Wc", "none"),
        ("python -m", "none"),
        ("python -c", "none"),
        ("python -Im", "none"),
        ("python -Ic", "none"),
        ("python", "none"),
        ("python -", "none"),
        ("python -B", "none"),
        ("python -Bz x", "unknown"),
        ("python --x x", "unknown"),
        ("python --check-hash-based-pycs always x", "unknown"),
        ("python --O", "unknown"),
        ("python -mx pytest", "unknown"),
        ("python -cx pytest", "unknown"),
        ("python -y.py", "unknown"),
        ("python -m pytest", "check"),
        ("python -Im pytest -q", "check"),
        ("python -m pytest --co", "unknown"),
        ("python -m pip_audit", "check"),
        ("python -m pip_audit --dry-run", "soft"),
        ("python -m bandit --exit-zero", "soft"),
        ("python -m pre_commit run", "check"),
        ("python -m pre_commit install", "unknown"),
        ("python -m pre_commit", "unknown"),
        ("python -m pip install x", "none"),
        ("python -m venv x", "none"),
        ("python -m json.tool x", "none"),
        ("python -m unittest", "check"),
        ("python -m unittest.mock", "unknown"),
        ("python -m http.server", "unknown"),
        ("python -m json", "unknown"),
        ("python -m doctest x", "unknown"),
        ("python -m own", "check"),
        ("python -m own.json", "check"),
        ("python -m own.scan x", "check"),
        ("node scan.js", "check"),
        ("ruby a- -w", "check"),
        ("perl scan-", "check"),
        ("node", "unknown"),
        ("node -e x", "unknown"),
        ("perl - x", "unknown"),
        ("my-python", "unknown"),
        ("xpypy -m venv", "unknown"),
    ],
)
def test_what_an_interpreter_is_started_with_decides(words: str, kind: str) -> None:
    name, *rest = words.split()
    assert interpreted(name, tuple(rest), ()).kind == kind


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ("", "check"),
        ("-u", "check"),
        ("-O", "unknown"),
        ("-OO", "unknown"),
        ("-BO", "unknown"),
        ("-OB", "unknown"),
        ("-O -B", "unknown"),
        ("-B -O", "unknown"),
        ("-W O", "check"),
        ("-W=O -B", "check"),
        ("-Xfoo", "check"),
        ("-XO_x", "check"),
    ],
)
def test_assertions_count_unless_they_are_switched_off(options: str, kind: str) -> None:
    given = tuple(options.split())
    assert interpreted("python", (*given, "-c", PROGRAM), ()).kind == kind
    assert interpreted("python", (*given, "-Ic", PROGRAM), ()).kind == kind
    assert interpreted("python", (*given, "-"), (PROGRAM,)).kind == kind
    assert interpreted("python", given, (PROGRAM,)).kind == kind


def test_documents_are_one_program_and_come_last() -> None:
    assert interpreted("python", (), ("def f():\n    raise ValueError", "f()")).kind == "check"
    assert interpreted("python", ("-c", "pass"), (PROGRAM,)).kind == "soft"
    assert interpreted("python", ("scan.py",), ("pass",)).kind == "check"
    assert interpreted("python", ("-c", "pass", PROGRAM), ()).kind == "soft"
    assert interpreted("node", (), (PROGRAM,)).kind == "unknown"
