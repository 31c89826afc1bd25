"""Where a failing check does not fail its script: what the reader says, held against a real bash."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from packaging_readiness.checkout.shell_failures import Judgement, judge_step

DEFAULT, ASKED = "bash -e {0}", "bash --noprofile --norc -eo pipefail {0}"

# Every script runs `./scan`, which fails. (script, shell as the workflow has it)
HARD: list[tuple[str, str | None]] = [
    ("./scan", None),
    ("./scan .\necho done", None),
    ("echo start\n./scan | tee log", "bash"),
    ("set -o pipefail\n./scan | tee log\necho done", None),
    ("set -euo pipefail\n./scan | tee log\necho done", "bash {0}"),
    ("./scan || exit 1\necho done", None),
    ("./scan || exit\necho done", None),
    ("./scan || { echo bad; exit 1; }\necho done", None),
    ("./scan || { echo bad >&2 && exit 3; }\necho done", None),
    ("./scan || (echo bad; exit 1)\necho done", None),
    ("./scan || false\necho done", None),
    ("if ! ./scan; then\n  echo bad\n  exit 1\nfi\necho done", None),
    ("if ./scan; then echo good; else exit 1; fi\necho done", None),
    ("./scan && echo good", None),
    ("true && ./scan\necho done", None),
    ("report=$(./scan)\necho done", None),
    ('report="$(./scan | cat)"\necho done', "bash"),
    ("(cd . && ./scan)\necho done", None),
    ("{ ./scan; }\necho done", None),
    ("for f in a b; do ./scan $f; done\necho done", None),
    ("check() {\n  ./scan\n}\ncheck\necho done", None),
    ("timeout 5 ./scan\necho done", None),
    ("bash -c './scan'\necho done", None),
    ("./scan", "bash {0}"),
    ("rm -f x || true\n./scan\necho done", None),
    ("mkdir -p x; ./scan; echo done", None),
    ("./scan <<EOF\na || true\nEOF\necho done", None),
    ("./scan # || true\necho done", None),
    ("./scan 'a || true'\necho done", None),
    ("./scan; exit $?", None),
    ("trap - EXIT\ntrap 'rm -f x' EXIT\n./scan", None),
    ("end() { exit 3; }\ntrap end EXIT\n./scan", None),
    ("> log\n./scan\nx=1 > log", None),
    ("echo x > log\n./scan\necho done > log", None),
    ("./scan || { echo bad >> ${GITHUB_STEP_SUMMARY:-log} 2> /dev/null; exit 1; }\necho done", None),
    ("./scan | xargs echo", "bash"),
    ("true | xargs -n 1 ./scan\necho done", None),
    ("((./scan); true)\necho done", None),
    ("X=./scan\nexport Y=./scan\n$X\necho done", None),
    ("X=./scan\nf() { $X; }\nf\necho done", None),
    ("((1 + (2 * 3)))\nx=$(((1 + 2) * 3))\n./scan\necho done", None),
    ("for X in true; do echo $X; done\n./scan\necho done", None),
    ("{ ./scan; } > out\necho done", None),
    ("{ ./scan; } > out || exit 1", None),
    ("{ ./scan; } 2> /dev/null >&2\ntrue", None),
    ("{ ./scan; } > $(echo missing/file)\ntrue", None),
    ("f() { ./scan; }\nf > out\ntrue", None),
    ("./scan || exit 1 > out\ntrue", None),
]
SOFT: list[tuple[str, str | None]] = [
    ("./scan || true", None),
    ("./scan || :", None),
    ("./scan || echo bad", None),
    ("./scan \\\n  || true", None),
    ("./scan || { echo bad; }\n", None),
    ("./scan || exit 0\necho done", None),
    ("set +e\n./scan\necho done", None),
    ("set +o errexit\n./scan\necho done", None),
    ("set +eu\n./scan\necho done", None),
    ("./scan | tee log", None),
    ("./scan |& tee log\necho done", None),
    ("./scan &\nwait", None),
    ("! ./scan\necho done", None),
    ("./scan && echo good\necho done", None),
    ("if ./scan; then echo good; fi\necho done", None),
    ("if ! ./scan; then echo bad; fi\necho done", None),
    ("if ./scan; then echo good; else echo bad; fi", None),
    ("while ./scan; do echo x; done\necho done", None),
    ('echo "$(./scan)"', None),
    ("export REPORT=$(./scan)\necho done", None),
    ("cat <(./scan)\necho done", None),
    ("trap 'exit 0' EXIT\n./scan", None),
    ("trap 'exit 0' ERR\n./scan\necho done", None),
    ("exit 0\n./scan", None),
    ("check() { ./scan; }\ncheck || true", None),
    ("./scan\necho done", "bash {0}"),
    ("bash -c './scan || true'\necho done", None),
    ("bash -c './scan; echo done'\necho done", None),
    ("for f in a b; do ./scan $f && echo good; done\necho done", None),
    ("(./scan || true)\necho done", None),
    ("timeout 5 ./scan || true", None),
    ("trap -- 'exit 0' EXIT\n./scan", None),
    ("trap 'exec true' EXIT\n./scan", None),
    ("end() { leave; }\nleave() { exit 0; }\ntrap end EXIT\n./scan", None),
    ("S=set\nif true; then $S +e; fi\n./scan\necho done", None),
    ("echo x > missing/file || exit 0\n./scan", None),
    ("> missing/file || exit 0\n./scan", None),
    ("((x=$(./scan; echo y)); ! ./scan)", None),
    ("if true > missing/file; then ./scan; fi", None),
    ("echo x >&7 || exit 0\n./scan", None),
    ("true | xargs -r bash -c ./scan", None),
    ("true | xargs -I{} ./scan {}", None),
    ("true | xargs -I {} bash -c './scan {}'", None),
    ("true() { ./scan; }\ncommand true", None),
    ("X=./scan\nfor X in true; do $X; done\necho done", None),
    ("X=./scan\nread X <<< true\n$X", None),
    ("if [ -e missing ]; then X=./scan; fi\n$X", None),
    ("[ -e missing ] && X=./scan\n$X", None),
    ("$X\nX=./scan", None),
    ("X=./scan\nbash -c '$X'", None),
    ("f() { X=./scan; }\n$X", None),
    ("X=./scan true\n$X", None),
    ("X=./scan\nprintf -v X true\n$X", None),
    ("bash -e <<E <<F\n./scan\nE\ntrue\nF", None),
    ("bash -e 3<<E\n./scan\nE", None),
    ("bash -e <<E < /dev/null\n./scan\nE", None),
    ("bash -e <<< ./scan <<< true", None),
    *((f"{name}() {{ true; }}\n{name} ./scan", None) for name in ("sudo", "env", "command", "xargs", "nice")),
    ("builtin() { true; }\n./scan || builtin exit 1", None),
    ("{ ./scan || exit 1; true; } > missing/file || exit 0", None),
    ("{ ./scan || exit 1; true; } > $(echo missing/file) || exit 0", None),
    ("if true; then ./scan || exit 1; true; fi < missing/file || exit 0", None),
    ("for i in a; do ./scan || exit 1; true; done > missing/file || exit 0", None),
    ("f() { ./scan || exit 1; true; } > missing/file\nf || exit 0", None),
    ("f() { ./scan || exit 1; true; }\nf > missing/file || exit 0", None),
    ("./scan || { exit 1 > missing/file || true; }", None),
    ("f() { ./scan || return 1 > missing/file || true; }\nf", None),
    ("exec ./scan > missing/file || exit 0", None),
]


def status(script: str, shell: str | None, folder: Path) -> int:
    """How a real bash ends the script when `./scan` fails, started as a workflow would start it."""
    scan = folder / "scan"
    scan.write_text("#!/bin/sh\nexit 1\n")
    scan.chmod(0o755)
    (folder / "script").write_text(script)
    command = {None: DEFAULT, "bash": ASKED}.get(shell, shell) or DEFAULT
    shell_process = subprocess.Popen(
        [str(folder / "script") if word == "{0}" else word for word in command.split()],
        cwd=folder,
        # Functions that call themselves in subshells would fork without end.
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "FUNCNEST": "20"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return shell_process.wait(timeout=20)
    finally:
        with suppress(ProcessLookupError):  # what the script left in the background
            os.killpg(shell_process.pid, signal.SIGKILL)
        shell_process.wait()


@pytest.mark.parametrize(("script", "shell"), HARD)
def test_a_check_that_stops_its_script_is_accepted(script: str, shell: str | None, tmp_path: Path) -> None:
    assert status(script, shell, tmp_path) != 0
    assert judge_step(script, shell, {}) == Judgement()


@pytest.mark.parametrize(("script", "shell"), SOFT)
def test_a_check_that_can_fail_softly_is_reported(script: str, shell: str | None, tmp_path: Path) -> None:
    assert status(script, shell, tmp_path) == 0
    assert not judge_step(script, shell, {}).guards


@pytest.mark.parametrize(
    "script",
    ["echo checked", "true", "# scan", "set -e", "pip install scanner", "mkdir x && cd x", "exit 0", ": ./scan"],
)
def test_a_script_without_a_check_is_no_guard(script: str) -> None:
    assert judge_step(script, None, {}) == Judgement(soft=("its script runs no check",))


@pytest.mark.parametrize(
    "script",
    [
        "grep -rq KEY . && exit 1\necho done",
        "if grep -rq KEY .; then exit 1; fi\necho done",
        "! grep -rq KEY .",
        "[ ! -e .env ]",
        'x=$(grep -rl KEY . || true)\nif [ -n "$x" ]; then exit 1; fi',
    ],
)
def test_a_search_that_stops_when_it_finds_something_is_a_check(script: str) -> None:
    assert judge_step(script, None, {}) == Judgement()


@pytest.mark.parametrize(
    "script",
    ["trivy fs --exit-code 0 .", "trivy fs --exit-code=0 .", "bandit --exit-zero -r src", "checkov -d . --soft-fail"],
)
def test_a_tool_that_is_told_not_to_fail_is_reported(script: str) -> None:
    assert "told not to fail" in judge_step(script, None, {}).soft[0]
    hard = script.replace("0 ", "1 ").replace("--exit-zero", "").replace("--soft-fail", "")
    assert judge_step(hard, None, {}) == Judgement()


def test_a_script_that_cannot_be_read_is_reported() -> None:
    assert "cannot be read" in judge_step("./scan 'never closed", None, {}).unclear[0]


@pytest.mark.parametrize("status", ["²", "1" * 5000, "0x1", "-", "٣"])
def test_a_status_that_is_no_number_is_not_taken_for_a_failure(status: str) -> None:
    assert not judge_step(f"./scan || exit {status}", None, {}).guards
