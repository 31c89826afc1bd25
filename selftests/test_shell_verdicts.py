"""What a failing check does to a step: each command line of these is judged by what a shell would make of it."""

import pytest

from packaging_readiness.checkout.shell_failures import judge_step

# Script, its shell as the workflow has it, and what is said of it.
Rows = list[tuple[str, str | None, str]]
GUARDS: Rows = [
    ("bash -c 'gitleaks detect'", None, ""),
    ("bash -ec 'trivy fs --exit-code 1 .'", None, ""),
    ("bash <<'EOF'\ngitleaks detect\nEOF\n", None, ""),
    ("bash -e ./scan.sh", None, ""),
    ("sh ./scan.sh", None, ""),
    ('bash -c "bash -c \\"bash -c \'gitleaks detect\'\\""', None, ""),
    ("command -v gitleaks\ngitleaks detect", None, ""),
    ("exec gitleaks detect", None, ""),
    ("f() { gitleaks detect; }\nf", None, ""),
    ("f() { gitleaks detect || return 1; }\nf", None, ""),
    ("function g { gitleaks detect; }\ng", None, ""),
    ("function g() { gitleaks detect; }\ng", None, ""),
    ("set +e\ngitleaks detect", None, ""),
    ("trap 'rm -f x' EXIT\ngitleaks detect", None, ""),
    ("source .venv/bin/activate\ngitleaks detect", None, ""),
    ("shopt -s nullglob\ngitleaks detect", None, ""),
    ("wait\ngitleaks detect", None, ""),
    ("x=$(gitleaks detect)", None, ""),
    ("gitleaks detect; exit $?", None, ""),
    ("jq -e .x report.json && exit 1 || exit 0", None, ""),
    ("sha256sum -c sums", None, ""),
    ("cosign verify x", None, ""),
    ("python -m venv x\ngitleaks detect", None, ""),
    ("python -m pip_audit", None, ""),
    ("python -m mychecks", None, ""),
    ("npm ci\nnpm audit", None, ""),
    ("ruby check.rb", None, ""),
    ("try:\n    raise ValueError\nfinally:\n    pass\n", "python", ""),
    ("def f():\n    f()\n    assert x\nf()", "python", ""),
    ("raise SystemExit(3)", "python", ""),
    ("gitleaks detect", "bash --noprofile --norc -eo pipefail {0}", ""),
    ("gitleaks detect", "bash --noprofile {0}", ""),
    ("( gitleaks detect ) > out", None, ""),
    ("( gitleaks detect ) > $(date)", None, ""),
    ("docker scout cves --exit-code x\n", None, ""),
    ("docker run --rm aquasec/trivy image --exit-code 1 x", None, ""),
    ("f() { return 0; }\nf || exit 0\ngitleaks detect", None, ""),
    ("true && gitleaks detect && echo done", None, ""),
    ("set -e -- +e\ngitleaks detect\necho done", "bash {0}", ""),
]
SOFT: Rows = [
    ("bash -c 'gitleaks detect || true'", None, "its script runs no check"),
    ("f() { return 0; gitleaks detect; }\nf", None, "its script runs no check"),
    ("f() { gitleaks detect || return 0; }\nf", None, "its script can end without its check"),
    (
        "true && gitleaks detect && echo a && echo b\necho c",
        None,
        "a failure of gitleaks is passed over (&&, and more lines follow)",
    ),
    (
        "set -- -e\ngitleaks detect\necho done",
        "bash {0}",
        "a failure of gitleaks does not stop its script (set +e, a shell without -e, or a condition)",
    ),
    (
        "set +e -- -e\ngitleaks detect\necho done",
        None,
        "a failure of gitleaks does not stop its script (set +e, a shell without -e, or a condition)",
    ),
    (
        "(set +e; gitleaks detect; true)",
        None,
        "a failure of gitleaks does not stop its script (set +e, a shell without -e, or a condition)",
    ),
    (
        "for f in a b; do gitleaks detect || break; done",
        None,
        "a failure of gitleaks is passed over (a loop that may go through nothing)",
    ),
    ("python -B", None, "its script runs no check"),
    ("npm ci", None, "its script runs no check"),
    ("def f():\n    g()\ndef g():\n    f()\nf()\n", "python", "its script has an inline program that never fails"),
    (
        "echo a; echo a; echo a; gitleaks detect > $(gitleaks detect)",
        None,
        "a failure of gitleaks is lost in a substitution",
    ),
    ("docker scout cves x\n", None, "its script runs docker scout, which succeeds whatever it finds (no --exit-code)"),
    ("docker scout quickview", None, "its script runs no check"),
    ("docker ps", None, "its script runs no check"),
    ("builtin exit 0\ngitleaks detect", None, "its script runs no check"),
    ("command exit 1", None, "its script runs no check"),
]
UNCLEAR: Rows = [
    ("bash --weird ./scan.sh", None, "its script starts bash in a way that is not understood"),
    ("bash", None, "its script starts bash in a way that is not understood"),
    ("sudo --background gitleaks detect", None, "its script starts gitleaks with --background"),
    ("timeout --preserve-status 5 gitleaks detect", None, "its script starts gitleaks with --preserve-status"),
    ("sudo exec gitleaks detect", None, "its script starts exec by sudo"),
    ("f() { gitleaks detect; }\nsudo f", None, "its script starts f by sudo"),
    ("return 0\ngitleaks detect", None, "its script uses return outside of a function"),
    ("set -o weird\ngitleaks detect", None, "its script uses set with options that are not understood"),
    ("source ./x\ngitleaks detect", None, "its script uses source"),
    ("unset A\nhash -r\ngitleaks detect", None, "its script uses hash"),
    ("unset -f gitleaks\ngitleaks detect", None, "its script uses unset"),
    ("exit $CODE\ngitleaks detect", None, "its script ends with exit $CODE, which only the run knows"),
    ("python --weird x", None, "its script runs python with --weird"),
    ("python -m http.server", None, "its script runs http.server, of which it is not known whether it checks anything"),
    ("perl -e 1", None, "its script has an inline program of perl"),
    (
        "import sys\ndef f():\n    pass\nf()\nf()\nsys.exit(1,2)\n",
        "python",
        "its script has an inline program that is not seen to fail",
    ),
    (
        "for i in x:\n    try:\n        raise ValueError\n    finally:\n        break\n",
        "python",
        "its script has an inline program that is not seen to fail",
    ),
    ("raise SystemExit(1, 2)", "python", "its script has an inline program that is not seen to fail"),
    ("gitleaks detect", "pwsh", "its shell is not understood (pwsh)"),
    ("gitleaks detect", "bash weird {0}", "its shell is not understood (bash weird {0})"),
    ("gitleaks detect |", None, "its script cannot be read (a command is missing)"),
    ("done\ngitleaks detect", None, "its script cannot be read (done stands where a command should)"),
    ("case x in a) gitleaks detect", None, "its script cannot be read (esac is missing)"),
    ("if true; then", None, "its script cannot be read (elif is missing)"),
    ("function 'a b", None, "its script cannot be read (' is missing)"),
    ("echo a ( b", None, "its script cannot be read () is missing)"),
    ("( " * 40 + "gitleaks detect" + " )" * 40, None, "its script cannot be read (nested too deeply)"),
    ("docker run --weird aquasec/trivy image x", None, "its script runs a container with --weird"),
    ("docker run --rm alpine ls", None, "its script runs a container of which it is not known what it checks"),
]


def ids(rows: Rows) -> list[str]:
    """Numbers, because scripts make no names."""
    return [str(number) for number in range(len(rows))]


@pytest.mark.parametrize(("script", "shell", "told"), GUARDS, ids=ids(GUARDS))
def test_a_check_that_fails_stops_the_step(script: str, shell: str | None, told: str) -> None:
    judged = judge_step(script, shell, {})
    assert judged.guards
    assert not told


@pytest.mark.parametrize(("script", "shell", "told"), SOFT, ids=ids(SOFT))
def test_a_step_that_succeeds_whatever_its_check_finds_is_soft(script: str, shell: str | None, told: str) -> None:
    judged = judge_step(script, shell, {})
    assert judged.soft[:1] == (told,)


@pytest.mark.parametrize(("script", "shell", "told"), UNCLEAR, ids=ids(UNCLEAR))
def test_what_is_not_understood_is_said_to_be_unclear(script: str, shell: str | None, told: str) -> None:
    judged = judge_step(script, shell, {})
    assert not judged.soft
    assert judged.unclear[:1] == (told,)
