"""What holds where the ways through a script meet: each script with all that is said of it, cause by cause."""

from __future__ import annotations

import shlex

import pytest

from packaging_readiness.checkout.shell_failures import judge_step

# How a shell is started: -e alone, -e and pipefail, neither.
E, EP, BARE = None, "bash", "bash {0}"
# The key word of each cause.
AND, OR, IF, CASE, LOOP = "(&&", "(||)", "(if)", "(case)", "(a loop"
PIPE, TURNED, NO_STOP, INNER = "pipefail", "turned round", "does not stop", "substitution"
NO_CHECK, WITHOUT, EARLY, CALLS = "runs no check", "without its check", "end early", "calls f"

GUARDS = [
    ("./scan | tee log", EP),
    ("tee log | ./scan", E),
    ("set -o pipefail\n./scan | cat", E),
    ("./scan | ./other", E),
    ("true | { ./scan; echo done; }", E),
    ("exit 1 | ./scan", EP),
    ("if false | true; then exit 0; fi\n./scan", EP),
    ("if true | false; then exit 0; fi\n./scan", E),
    ("if true | exit 1; then exit 0; fi\n./scan", E),
    ("set -e\n./scan\necho done", BARE),
    ("set -u\n./scan\necho done", E),
    ("true && true\nset -e\n./scan\necho done", BARE),
    ("{ true; }\nset -e\n./scan\necho done", BARE),
    ("true | cat\nset -e\n./scan\necho done", BARE),
    ("(true)\nset -e\n./scan\necho done", BARE),
    ("false || true\n./scan", E),
    ("false || ./scan", E),
    ("./scan || exit", E),
    ("./scan || exit $?", E),
    ("mypy src\nif gitleaks detect; then true; else exit 1; fi", E),
    ("if { gitleaks detect || exit 1; }; then exit 3; fi\necho done", E),
    ("if true; then ./scan; elif exit 0; then true; fi", E),
    ("if false; then exit 0; fi\n./scan", E),
    ("if ./scan; then true; elif ./other; then exit 1; else exit 1; fi", E),
    ("if (case $(date) in a) ;; esac); then ./scan; fi", E),
    ("if (while test -e x; do rm x; done; true); then ./scan; fi", E),
    ("for f in a b; do ./scan; done\necho done", E),
    ("for f in a b; do if test -e x; then continue; fi; done\n./scan", E),
    ('x=$(grep -rl KEY . || true)\nif [ -n "$x" ]; then exit 1; fi', E),
    ('x=$(date)$(grep -rl KEY . || true)\nif [ -n "$x" ]; then exit 1; fi', E),
    ("grep -q needed x\necho done", E),
    ("if grep -q KEY x; then exit 1; fi", E),
    ("f() { ./scan; }\nf || exit 1", E),
    ("f() { true; }\nif f; then ./scan; fi", E),
    ("{ true; }\n" * 70 + "./scan", E),
    ("if true; then ./scan; fi\n./scan", E),
    ("mypy src\ntrivy image x", E),
]
SOFT: list[tuple[str, str | None, list[str]]] = [
    ("./scan | tee log", E, [PIPE]),
    ("./scan | cat\nset +o pipefail", EP, [PIPE]),
    ("set -e\n./scan | cat\nset +o pipefail", EP, [PIPE]),
    ("gitleaks detect | mypy src", E, ["gitleaks is lost in a pipeline"]),
    ("gitleaks detect\nmypy src | cat", E, ["mypy is lost in a pipeline"]),
    ("if false | true; then exit 0; fi\n./scan", E, [EARLY]),
    ("if false | true | true; then exit 0; fi\n./scan", E, [EARLY]),
    ("if exit | true; then exit 0; fi\n./scan", EP, [EARLY, EARLY]),
    ("if ./scan | true; then echo x; fi\necho done", EP, [IF]),
    ("if true | { ./scan; echo x; }; then exit 0; fi", E, [NO_STOP, EARLY]),
    ("if false | grep -q KEY x; then exit 1; fi", EP, [WITHOUT]),
    ("mypy src\n{ gitleaks detect; true; } &", E, ["gitleaks does not stop"]),
    ("./scan\nset +e", E, [NO_STOP]),
    ("./scan\necho done", BARE, [NO_STOP]),
    ("true && set -e\n./scan\necho done", BARE, [NO_STOP]),
    ("if true; then set -e; fi\n./scan\necho done", BARE, [NO_STOP]),
    ("set -e | cat\n./scan\necho done", BARE, [NO_STOP]),
    ("(set -e)\n./scan\necho done", BARE, [NO_STOP]),
    ("set -e & true\n./scan\necho done", BARE, [NO_STOP]),
    ("true && ! gitleaks detect\necho done", E, [TURNED]),
    ("! ./scan || exit 1", BARE, [WITHOUT]),
    ("! date && gitleaks detect\necho done", E, [AND]),
    ("! gitleaks detect\necho done", E, [TURNED]),
    ("./scan && true\necho done", E, [AND]),
    ("date || ./scan && true\necho done", E, [WITHOUT]),
    ("if true; then gitleaks detect && true; fi\necho done", E, ["gitleaks is passed over"]),
    ("if ./scan; true; then exit 0; fi\n", E, [NO_STOP, EARLY]),
    ("mypy src\ngitleaks detect &\nwait", E, ["gitleaks is lost in the background"]),
    ("gitleaks detect || true\nmypy src", E, ["gitleaks is passed over (||)"]),
    ("mypy src\ngitleaks detect || true", E, ["gitleaks is passed over (||)"]),
    ("mypy src\nif gitleaks detect; then true; fi", E, ["gitleaks is passed over (if)"]),
    ("mypy src\ncase x in a) gitleaks detect ;; esac", E, ["gitleaks is passed over (case)"]),
    ("mypy src\nfor f in $(ls); do gitleaks detect; done", E, ["gitleaks is passed over (a loop"]),
    ("mypy src\nwhile gitleaks detect; do true; done", E, ["gitleaks is passed over (a loop"]),
    ("mypy src\nwhile ! gitleaks detect; do true; done", E, ["gitleaks is passed over (a loop"]),
    ("case $(gitleaks detect; echo x) in a) ;; esac\nmypy src", E, [NO_STOP]),
    ("while test -e x; do ./scan; done\necho done", E, [LOOP]),
    ("for f in a b; do break; ./scan; done\nmypy src || true", E, [OR]),
    ("if true && ./scan; then echo good; fi\necho done", E, [IF]),
    ("if date; then true && exit; fi\n./scan", E, [EARLY]),
    ("if date; then exit; fi\n./scan", E, [EARLY]),
    ("./scan || exit 0", E, [EARLY]),
    ("exit 1 && ./scan", E, [NO_CHECK]),
    ("exit 1\n./scan", E, [NO_CHECK]),
    ("./scan || true\necho done", E, [OR]),
    ("grep -q KEY x || true", E, [WITHOUT]),
    ('x=$(date)\nif [ -n "$x" ]; then exit 1; fi', E, [NO_CHECK]),
    ('x=$(grep -rl KEY . || true) y=1\nif [ -n "$y" ]; then exit 1; fi', E, [WITHOUT]),
    ('export x=$(grep -rl KEY . || true)\nif [ -n "$y" ]; then exit 1; fi', E, [WITHOUT]),
    ("if ./scan; then $X; fi\necho done", E, [IF]),
    ("echo $(./scan)\ngitleaks detect | cat", E, [INNER, PIPE]),
]
UNCLEAR = [
    ("if true; then f() { ./scan; }; fi\nf", E, [CALLS]),
    ("true && f() { ./scan; }\nf", E, [CALLS]),
    ("f() { ./scan; }\nf() { ./scan; }\nf", E, [CALLS]),
    ("f() { ./scan; }\nf\nf() { true; }", E, [CALLS]),
    ("f\nf() { ./scan; }", E, [CALLS]),
    ("trivy image x\n./scan", E, ["trivy"]),
    ("trivy image x\ntrivy image x\n./scan", E, ["trivy"]),
    ("$X\n./scan", E, ["$X"]),
    ("checker\nchecker", E, ["checker"]),
]


def told(causes: tuple[str, ...], words: list[str]) -> bool:
    """Whether each cause has its key word, and none is left."""
    return len(causes) == len(words) and all(word in cause for cause, word in zip(causes, words, strict=True))


@pytest.mark.parametrize(("script", "shell"), GUARDS, ids=map(str, range(len(GUARDS))))
def test_a_check_that_holds_on_all_ways_guards(script: str, shell: str | None) -> None:
    judged = judge_step(script, shell, {})
    assert (judged.guards, judged.soft, judged.unclear) == (True, (), ())


@pytest.mark.parametrize(("script", "shell", "soft"), SOFT, ids=map(str, range(len(SOFT))))
def test_where_a_failure_is_lost_it_is_said_once_and_nothing_else(
    script: str, shell: str | None, soft: list[str]
) -> None:
    judged = judge_step(script, shell, {})
    assert not judged.guards
    assert told(judged.soft, soft), judged.soft
    assert judged.unclear == ()


@pytest.mark.parametrize(("script", "shell", "unclear"), UNCLEAR, ids=map(str, range(len(UNCLEAR))))
def test_what_only_the_run_knows_is_no_guard(script: str, shell: str | None, unclear: list[str]) -> None:
    judged = judge_step(script, shell, {})
    assert not judged.guards
    assert told(judged.unclear, unclear), judged.unclear
    assert judged.soft == ()


def nested_calls(count: int) -> str:
    """Functions, each of which calls the one before."""
    bodies = ["./scan", *(f"f{number}" for number in range(count - 1))]
    return "".join(f"f{number}() {{ {body}; }}\n" for number, body in enumerate(bodies)) + f"f{count - 1}\n"


def nested_shells(count: int) -> str:
    """Shells that start one another."""
    script = "./scan"
    for _ in range(count):
        script = f"bash -c {shlex.quote(script)}"
    return script


def test_calls_are_followed_up_to_a_depth() -> None:
    assert judge_step(nested_calls(59), None, {}).guards
    assert told(judge_step(nested_calls(60), None, {}).unclear, ["nested too deeply"])
    assert told(judge_step("{ true; }\n" * 70 + nested_calls(60), None, {}).unclear, ["nested too deeply"])


def test_shells_are_followed_up_to_a_depth() -> None:
    assert judge_step(nested_shells(5), None, {}).guards
    assert told(judge_step(nested_shells(6), None, {}).unclear, ["starts bash"])


def test_a_shell_knows_its_environment_and_no_other_variable() -> None:
    assert judge_step("bash -c '$X'", None, {"X": "./scan"}).guards
    assert not judge_step("X=./scan\nbash -c '$X'", None, {}).guards
    assert judge_step("X=./scan\n$X", None, {}).guards
