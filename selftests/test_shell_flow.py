"""A script that is said to guard fails in a real bash whenever its check fails, however it is put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.checkout.shell_failures import judge_step
from selftests.test_shell_failures import status

LINES = (
    "./scan",
    "./scan",
    "! ./scan",
    "echo x",
    "true",
    "false",
    "exit",
    "exit 0",
    "exit 1",
    "exit $?",
    "return",
    "return 1",
    "break",
    "set -e",
    "set +e",
    "set -o pipefail",
    "trap 'exit 0' EXIT",
    "trap 'echo x; exit 1' ERR",
    "x=$(./scan)",
    "x=$(./scan; echo y)",
    'export X="$(./scan)"',
    "exec true",
    "exec ./scan",
    "eval ./scan",
    "bash -c './scan; echo x'",
    "bash -ec './scan; echo x'",
    "./scan &",
    "wait",
    "f",
    "g",
    "timeout 5 ./scan",
    "command ./scan",
    "$CALL",
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map("\n".join),
        two.map("; ".join),
        two.map(" && ".join),
        two.map(" || ".join),
        two.map(" | ".join),
        parts.map("{{ {}; }}".format),
        parts.map("({})".format),
        parts.map("f() {{ {}; }}".format),
        parts.map("g() ({})".format),
        parts.map("for i in 1 2; do {}; done".format),
        two.map(lambda pair: f"case x in x) {pair[0]} ;; *) {pair[1]} ;; esac"),
        st.tuples(parts, parts, parts).map(lambda three: f"if {three[0]}; then {three[1]}; else {three[2]}; fi"),
    )


SCRIPTS = st.recursive(st.sampled_from(LINES), _joined, max_leaves=6)


@settings(max_examples=150)
@given(st.lists(SCRIPTS, min_size=1, max_size=3).map("\n".join), st.sampled_from([None, "bash", "bash {0}"]))
def test_whatever_is_said_to_guard_fails_in_a_real_shell(
    tmp_path_factory: pytest.TempPathFactory, script: str, shell: str | None
) -> None:
    if judge_step(script, shell, {}).guards:
        folder: Path = tmp_path_factory.mktemp("run")
        assert status(script, shell, folder) != 0


@given(st.lists(SCRIPTS, min_size=1, max_size=3).map("\n".join))
def test_every_script_is_judged(script: str) -> None:
    judged = judge_step(script, None, {})
    assert judged.guards or judged.soft or judged.unclear
