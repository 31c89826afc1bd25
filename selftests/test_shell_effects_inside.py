"""How far shells, blocks and options are followed, and what is said of it."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_failures import judge_step


def shells(depth: int) -> str:
    """`./scan` in `depth` documents, each read by a shell that stops at a failure."""
    script = "./scan"
    for number in range(depth):
        script = f"bash -e <<'E{number}'\n{script}\nE{number}"
    return script


def test_shells_are_followed_five_deep() -> None:
    assert judge_step(shells(5), None, {}).guards
    assert not judge_step(shells(6), None, {}).guards


def test_blocks_around_a_shell_and_in_it_are_counted_together() -> None:
    def around(depth: int, script: str) -> str:
        return "{ " * depth + script + "; }" * depth

    assert judge_step(around(20, f"bash -ec '{around(35, './scan')}'"), None, {}).guards
    assert not judge_step(around(30, f"bash -ec '{around(35, './scan')}'"), None, {}).guards


def test_twenty_thousand_commands_are_followed() -> None:
    lines = ["a() {", *[":"] * 99, "}", *["a"] * 199, *[":"] * 99, "./scan"]
    assert judge_step("\n".join(lines), None, {}).guards
    assert not judge_step("\n".join([":", *lines]), None, {}).guards


def test_a_shell_in_a_script_says_what_is_unclear_and_soft_in_it() -> None:
    assert judge_step("bash -c sometool", None, {}).unclear[0].startswith("its script runs sometool")
    soft = " ".join(judge_step("bash -c 'trivy fs .; ./scan || true'\n./scan || true", None, {}).soft)
    assert "its script runs trivy" in soft
    assert soft.count("a failure of scan") == 1


@pytest.mark.parametrize(
    ("script", "guards"),
    [
        ("set -e\n./scan\ntrue", True),
        ("if rm x; then set -e; fi\n./scan\ntrue", False),
        ("(set -e)\n./scan\ntrue", False),
        ("set -e -o nounset\n./scan\ntrue", True),
    ],
)
def test_options_count_where_they_are_set_on_every_way(script: str, guards: bool) -> None:
    assert judge_step(script, "bash {0}", {}).guards is guards


def test_a_file_that_a_shell_runs_is_called_by_its_name() -> None:
    assert "failure of scan.sh" in judge_step("bash -e scan.sh || true", None, {}).soft[0]


def test_what_ends_with_a_failure_is_no_end_of_the_script() -> None:
    assert not [cause for cause in judge_step("./scan || true\nrm x || exec false", None, {}).soft if "exec" in cause]


def test_a_shell_knows_of_the_environment_only() -> None:
    assert judge_step("bash -c '$X'", None, {"X": "./scan"}).guards
    assert not judge_step("X=./scan\nbash -c '$X'", None, {}).guards
