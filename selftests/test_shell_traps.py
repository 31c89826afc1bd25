"""What a trap may do without changing how its script ends, and what is said of a whole step."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_failures import Judgement, judge_step
from packaging_readiness.checkout.shell_nodes import Function, Part
from packaging_readiness.checkout.shell_tools import named
from packaging_readiness.checkout.shell_traps import is_tame
from packaging_readiness.checkout.shell_tree import parse


def body(script: str) -> Part:
    """What the function `f` of a script does."""
    part = parse(f"f() {{ {script}; }}").lists[0].items[0][1].parts[0]
    assert isinstance(part, Function)
    return part.body


FUNCTIONS: dict[str, Part | None] = {
    "clean": body("rm -f x"),
    "fail": body("rm -f x; exit 3"),
    "leave": body("rm -f x; exit 0"),
    "again": body("rm x; again"),
    "both": body("clean; clean; leave"),
    "calls": body("echo x; leave"),
    "doubtful": None,
}
NAMED = (*FUNCTIONS, "later")


@pytest.mark.parametrize(
    "action",
    [
        "-",
        "",
        "rm -f x",
        "rm -f x; echo done",
        "echo exit",
        "sudo rm x",
        "exit 1",
        "exit 255",
        "exit 257",
        "echo x; exit 3",
        "X=1",
        "> log",
        "clean",
        "clean; clean",
        "fail",
        "again",
        "sudo clean",
        "echo $x",
        "echo set",
        "kill 0",
        "kill -",
        "if clean; then exit 1; fi",
    ],
)
def test_an_action_that_leaves_the_end_as_it_is_is_tame(action: str) -> None:
    assert is_tame(action, FUNCTIONS, NAMED) is True


@pytest.mark.parametrize(
    "action",
    [
        "--",
        "-p",
        "-l x",
        "exit",
        "exit 0",
        "exit 256",
        "exit $?",
        "exit 1 2",
        "exit x",
        "rm x; exit 0",
        "exit 0; rm x",
        "set +e",
        "trap - EXIT",
        "eval x",
        "return 1",
        "$CALL",
        "x$CALL y",
        "exec true",
        "exec",
        "sudo exec true",
        "X=1 exec true",
        "doubtful",
        "later",
        "leave",
        "calls",
        "both",
        "echo x; leave",
        "clean; leave",
        "if clean; then exit; fi",
        "rm 'x",
        "rm x |",
        "echo $(exit 0)",
    ],
)
def test_an_action_that_could_end_it_otherwise_is_not(action: str) -> None:
    assert is_tame(action, FUNCTIONS, NAMED) is False


def test_names_are_divided_by_any_blanks() -> None:
    assert named(" a  b\nc a ") == {"a", "b", "c"}
    assert named("") == frozenset()


def test_a_judgement_guards_where_nothing_is_soft_or_unclear() -> None:
    assert Judgement().guards
    assert not Judgement(soft=("x",)).guards
    assert not Judgement(unclear=("x",)).guards
    assert not Judgement(("x",), ("y",)).guards


@pytest.mark.parametrize(
    ("program", "soft", "unclear"),
    [
        ("raise SystemExit(1)", 0, 0),
        ("print(1)", 1, 0),
        ("sys.exit()", 0, 1),
        ("./scan", 1, 0),
    ],
)
def test_a_program_in_python_is_judged_by_its_own_words(program: str, soft: int, unclear: int) -> None:
    judged = judge_step(program, "python", {})
    assert (len(judged.soft), len(judged.unclear)) == (soft, unclear)


@pytest.mark.parametrize("shell", ["pwsh", "python3", "bash", "sh", None])
def test_only_python_is_read_as_python(shell: str | None) -> None:
    assert not judge_step("raise SystemExit(1)", shell, {}).guards


@pytest.mark.parametrize(
    ("script", "soft", "unclear"),
    [
        ("gitleaks detect || true\nmypy src || true\n./scan", 2, 0),
        ("gitleaks detect || true\ngitleaks detect || true\n./scan", 1, 0),
        ("./other || true\n./scan", 0, 0),
        ("./other || true\ngitleaks detect", 0, 0),
        ("trivy image x\n./scan", 0, 1),
        ("trivy image x\nmypy src", 0, 0),
        ("trivy image x\ntrivy image x\n./scan", 0, 1),
        ("trivy image x\nsyft x\n./scan", 0, 2),
        ("trivy image x", 1, 0),
        ("trivy image x\nchecker", 1, 1),
        ("checker", 0, 1),
        ("echo x", 1, 0),
        ("grep -q x y || true", 1, 0),
        ("syft x\ngrep -q x y || true", 1, 0),
        ("grep -q x y || checker", 0, 1),
        ("./scan 'x", 0, 1),
    ],
)
def test_each_cause_is_told_once(script: str, soft: int, unclear: int) -> None:
    judged = judge_step(script, None, {})
    assert (len(judged.soft), len(judged.unclear)) == (soft, unclear)
