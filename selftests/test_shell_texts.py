"""A script or a program that stands in a variable is read whole, not as the first of its words."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_commands import program_effect, script_effect
from packaging_readiness.checkout.shell_failures import judge_step
from packaging_readiness.checkout.shell_words import expanded


@pytest.mark.parametrize(
    ("script", "variables", "kind"),
    [
        ("X=docker; trap '$X push x' EXIT", {}, "pushes"),
        ('T=trap; X=docker; $T "$X push x" EXIT', {}, "pushes"),
        ("sh -c '$X push x'", {"X": "docker"}, "pushes"),
        ("S='bash -c'; X=docker; $S \"$X push x\"", {}, "pushes"),
        ("S='bash -c'; X=docker; sudo $S \"$X push x\"", {}, "pushes"),
        ("find . -exec sh -c '$X push x' \\;", {"X": "docker"}, "pushes"),
        ('/bin/bash -c "$X"', {"X": "true\ndocker push x"}, "pushes"),
        ('eval "$X"', {"X": "true\ndocker push x"}, "pushes"),
        ('python -c "$X"', {"X": "print(1); import requests"}, "unclear"),
        ('/usr/bin/python3.12 -c "$X"', {"X": "print(1); import requests"}, "unclear"),
        ('bash -c "$X"', {"X": "docker build ."}, "none"),
        ('python -c "$X"', {"X": "import json; print(1)"}, "none"),
        ('python -c "$X"', {"X": "print(1, 2)"}, "none"),
        ('python -c "$X"', {}, "unclear"),
        ("python -c '${{ inputs.x }}'", {}, "unclear"),
        ("python - <<E\n$X\nE", {}, "unclear"),
        ("python -c 'print(\"$ 5\")'", {}, "none"),
        ("docker $X", {"X": "push x"}, "pushes"),
    ],
)
def test_a_text_in_a_variable_is_read_whole(script: str, variables: dict[str, str], kind: str) -> None:
    assert script_effect(script, variables).kind == kind


@pytest.mark.parametrize("sign", ["$a", "${a}", "$(a)", "$1", "$@", "$*", "$_"])
def test_a_program_that_the_shell_completes_is_unclear(sign: str) -> None:
    assert script_effect(f"python -c 'print({sign})'", {}).kind == "unclear"


@pytest.mark.parametrize(
    ("words", "divided"),
    [
        (("a", "$X", "b"), ("a", "c", "d", "b")),
        (("$X", "$X"), ("c", "d", "c", "d")),
        (("bash", "$X"), ("bash", "c  d")),
        (("$B", "-c", "$X"), ("bash", "-e", "-c", "c  d")),
        (("A=1", "sudo", "$B", "$X"), ("A=1", "sudo", "bash", "-e", "c  d")),
        (("A=$X", "$B"), ("A=c  d", "bash", "-e")),
        (("find", "$X", "-exec", "/bin/sh", "$X"), ("find", "c  d", "-exec", "/bin/sh", "c  d")),
        (("eval", "$X"), ("eval", "c  d")),
        (("trap", "$X"), ("trap", "c  d")),
        (("node20", "$X"), ("node20", "c  d")),
        (("sudo", "$X"), ("sudo", "c", "d")),
        (("pythonx", "$X"), ("pythonx", "c", "d")),
        ((), ()),
        (("sudo", "A=bash"), ("sudo", "A=bash")),
        (("bash", "a b"), ("bash", "a b")),
        (("$E", "a"), ("", "a")),
    ],
)
def test_words_are_divided_where_they_are_no_text(words: tuple[str, ...], divided: tuple[str, ...]) -> None:
    assert expanded(words, {"X": "c  d", "B": "bash -e", "E": ""}) == divided


@pytest.mark.parametrize(
    ("script", "variables"),
    [
        ("X='true; exit 0'\ntrap \"$X\" EXIT\n./scan", {}),
        ('python -c "$X"', {"X": "raise SystemExit(0)"}),
        ('bash -c "$X"', {"X": "./scan || true"}),
    ],
)
def test_a_text_in_a_variable_that_succeeds_is_no_guard(script: str, variables: dict[str, str]) -> None:
    assert not judge_step(script, None, variables).guards


@pytest.mark.parametrize(
    "program", ["import json; import requests", "import json\nimport requests", "import a;", "x; import json"]
)
def test_every_import_of_a_line_is_read(program: str) -> None:
    assert program_effect(program).kind == "unclear"
