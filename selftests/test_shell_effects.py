"""What a single command does to what holds after it: each builtin, each way to start a program, each option of these.

`./scan` is the platform's check, `gitleaks` and `trivy` are well-known scanners.
"""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_failures import judge_step

GUARDS = [
    # Assignments and substitutions.
    "x=$(true) y=$(./scan)",
    "x=1 || exit 0\n./scan",
    "X=./scan\n$X",
    "gitleaks detect\necho $(true)",
    "x=$(grep -rl KEY . || true)\nif [ -n $x ]; then exit 1; fi",
    "x=$(grep -rl KEY . || true)\nif [ -n ${x} ]; then exit 1; fi",
    "if [ -n $(grep -rl KEY . || true) ]; then exit 1; fi",
    "if [ $(date) != $(find . -name x) ]; then exit 1; fi",
    "python -c pass\n./scan",
    "./scan || true\n./scan",
    "x=$(true) || exit 0\n./scan",
    "[ -n $(gitleaks detect) ]\ngitleaks detect",
    "test $(gitleaks detect)\ngitleaks detect",
    "[[ $(gitleaks detect) ]]\ngitleaks detect",
    "((x = $(gitleaks detect)))\ngitleaks detect",
    # What only starts a program.
    *(f"{name} ./scan" for name in ("sudo", "nice", "ionice", "stdbuf", "xargs", "env", "exec", "command", "nohup")),
    *(f"{name} ./scan" for name in ("time", "chronic", "doas", "sudo nice", "timeout 5")),
    *(f"sudo -{letter} ./scan" for letter in "EHnPsi"),
    *(f"xargs -{letter} ./scan" for letter in "0tp"),
    *(f"sudo {option} x ./scan" for option in ("-u", "-g", "--user", "--group")),
    *(f"sudo {option} ./scan" for option in ("--user=x", "--group=x", "-ux", "--", "--set-home", "--non-interactive")),
    *(f"timeout {option} 5 ./scan" for option in ("-k 5", "-k5s", "--foreground", "--kill-after=5", "--verbose")),
    *(f"xargs {option} ./scan" for option in ("-n1", "-P4", "-L1", "-d x", "--null", "--max-args=1", "--max-procs=12")),
    *(f"nice {option} ./scan" for option in ("-5", "-n 5", "-n5")),
    "sudo --preserve-env ./scan",
    "sudo -b rm x\n./scan",
    "command -v x\n./scan",
    "command -p ./scan",
    "./scan || command exit 1\ntrue",
    "./scan || builtin exit 1\ntrue",
    # Programs.
    "./scan || exec false",
    "exec ./scan || exit 0",
    "true || exit 0\n./scan",
    ": || exit 0\n./scan",
    "/bin/echo x || exit 0\n./scan",
    "false && exit 0\n./scan",
    "sometool\n./scan",
    "gitleaks detect\nsyft x",
    "bash -c 'gitleaks detect'\nsyft x",
    "if git ls-files | xargs grep -q KEY; then exit 1; fi",
    # Shells.
    "bash -ec './scan\ntrue'",
    "bash -e -c './scan\ntrue'",
    "bash -c './scan' || exit 1",
    "bash -o pipefail -c './scan | cat'",
    "bash +x -ec './scan; true'",
    "bash -o pipefail <<E\n./scan | cat\nE",
    "bash -o errexit <<E\n./scan\ntrue\nE",
    "bash -e +u <<E\n./scan\ntrue\nE",
    "bash -e script",
    "bash -eo pipefail script",
    # Functions.
    "f() { ./scan; }\nf\nf",
    "f() { true; }\nfor i in a; do f; ./scan; done",
    "f() { return 0; }\nf || exit 0\n./scan",
    "f() { return 1; }\nf && exit 0\n./scan",
    "f() { ./scan || return; }\nf",
    "f() { ./scan || return $?; }\nf",
    "f() { ./scan; return $?; }\nf",
    "f() { ./scan || return 1; return 0; }\nf",
    "f() { g; }\ng() { ./scan; }\nf",
    # Builtins.
    "for i in a; do ./scan; done",
    "set -x\n./scan",
    "set -- a b\n./scan",
    "trap 'rm x' EXIT\n./scan",
    "trap 'rm x' EXIT ERR\n./scan",
    "source x/bin/activate\n./scan",
    ". x/bin/activate\n./scan",
    *(f"shopt -{flag} {name}\n./scan" for flag in "su" for name in ("nullglob", "failglob", "globstar", "dotglob")),
    *(f"shopt -s {name}\n./scan" for name in ("extglob", "nocasematch", "nocaseglob", "inherit_errexit")),
    "unset X Y\n./scan",
    "unset -v X\n./scan",
    "hash x\n./scan",
    "wait\n./scan",
    "wait 1 2\n./scan",
    # Ends.
    "./scan || exit 2\ntrue",
    "./scan || exit\ntrue",
    "./scan || exit $?\ntrue",
    "./scan\nexit",
    "./scan\nexit 0",
    "./scan\nexit $X",
]
SOFT = [
    "x=$(./scan) y=$(true)",
    "x=1 > missing/file || exit 0\n./scan",
    "x=$(rm y) || exit 0\n./scan",
    "rm x || exit 0\n./scan",
    "echo x > a || exit 0\n./scan",
    "true > a || exit 0\n./scan",
    "command -v x || exit 0\n./scan",
    "command -V x || exit 0\n./scan",
    "exec true\n./scan",
    "x=$(./scan; echo y)",
    "if rm x; then exec rm y; fi\n./scan",
    "(exec ./scan) || exit 0",
    "(./scan || exit 1) || exit 0",
    "if [ -n x ]; then exit 1; fi",
    "exec rm x\n./scan",
    "trivy fs .",
    "syft x",
    "echo $(gitleaks detect)\ngitleaks detect",
    "echo $(gitleaks detect)\n./scan",
    "bash -c 'gitleaks detect || true'\n./scan",
    "bash -c 'gitleaks detect\ntrue'\n./scan",
    "bash -c './scan\ntrue'",
    "bash <<E\n./scan\ntrue\nE",
    "bash -ec 'gitleaks detect' || true\n./scan",
    "f() { return; }\nf || exit 0\n./scan",
    "f() { ./scan || return 0; }\nf",
    "f() { return 0; }\nf && exit 0\n./scan",
    "set +e\n./scan\ntrue",
    "source x/bin/activate || exit 0\n./scan",
    "shopt -s nullglob || exit 0\n./scan",
    "unset X || exit 0\n./scan",
    "wait || exit 0\n./scan",
    "set -x && exit 0\n./scan",
    "exit\n./scan",
    "exit 0\n./scan",
    "exit 256\n./scan",
    "exit $?\n./scan",
    "./scan || exit 1 2\ntrue",
    "./scan || exit 0",
    "for i in a; do ./scan || continue; done",
    "for i in a; do break; ./scan; done",
]
UNCLEAR = [
    *(f"{name} ./scan" for name in ("setsid", "unbuffer", "sudo setsid", "$X", "sudo $X")),
    *(f"sudo {option} ./scan" for option in ("-b", "-S", "-e", "-x", "--background", "--stdin", "--useradd")),
    *(f"env {option} ./scan" for option in ("-S", "--split-string=x", "--ignore")),
    *(
        f"xargs {option} ./scan"
        for option in ("-r", "--no-run-if-empty", "-I{}", "-i", "-I {}", "--replace", "--replace=x")
    ),
    *(f"xargs {option} ./scan" for option in ("--max-args=x", "--max-lines=1", "-n1x", "--exit", "-iX")),
    "timeout --preserve-status 5 ./scan",
    "timeout -k5x 5 ./scan",
    "sudo -ks ./scan",
    "sudo -V ./scan",
    "time -v ./scan",
    "sudo -b bash -c ./scan",
    "sudo -b bash -ec ./scan",
    "if git ls-files | xargs -r grep -q KEY; then exit 1; fi",
    "sudo exec ./scan",
    "f() { ./scan; }\nsudo f",
    "f() { ./scan; }\ncommand f",
    "f() { ./scan; }\nf() { ./scan; }\nf",
    "f\nf() { ./scan; }",
    "f() { f; ./scan; }\nf",
    "f() { break; }\nfor i in a; do f; ./scan; done",
    "f() { true; }\nfor i in a; do f; break; done\n$X",
    "sudo exit 1 || true\n./scan",
    "sometool",
    "bash -c sometool",
    "bash -c 'trivy fs .'\n./scan",
    "trivy fs .\n./scan",
    "bash -c ./scan\nsyft x",
    "bash -nc ./scan",
    "bash -e",
    "bash -n script",
    "bash script a",
    "bash -c ./scan a",
    "bash xc ./scan",
    "bash -cx ./scan",
    "bash -n <<E\n./scan\nE",
    "bash",
    "return 1\n./scan",
    "break\n./scan",
    "continue\n./scan",
    "set -n\n./scan",
    "set -o x\n./scan",
    "trap 'exit 0' EXIT\n./scan",
    "trap 'rm x'\n./scan",
    "source x/bin/activate y\n./scan",
    "source x\n./scan",
    ". x\n./scan",
    "shopt -s lastpipe\n./scan",
    "shopt -p nullglob\n./scan",
    "shopt -s nullglob lastpipe\n./scan",
    "unset -f x\n./scan",
    "unset -v -f x\n./scan",
    "hash -r\n./scan",
    *(f"{word} x\n./scan" for word in ("eval", "alias", "unalias", "enable", "suspend", "coproc", "fc")),
    "./scan || exit $X\ntrue",
    "exit $X\n./scan",
    "exit $X 1\n./scan",
    "exit 1 $X\n./scan",
]


@pytest.mark.parametrize("script", GUARDS)
def test_a_script_that_cannot_succeed_without_its_check_guards(script: str) -> None:
    assert judge_step(script, None, {}).guards


@pytest.mark.parametrize("script", SOFT)
def test_a_script_that_can_pass_its_check_over_is_soft(script: str) -> None:
    judged = judge_step(script, None, {})
    assert judged.soft
    assert not judged.unclear


@pytest.mark.parametrize("script", UNCLEAR)
def test_a_script_with_something_that_is_not_understood_is_unclear(script: str) -> None:
    judged = judge_step(script, None, {})
    assert judged.unclear
