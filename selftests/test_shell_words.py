"""The words of a command: what only starts it, what it is called, and which variables have a known value."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.checkout.shell_words import (
    bare,
    exit_status,
    expanded,
    is_unexpanded,
    known_variables,
    starts_shell,
    tool_name,
    wrappers,
)


@pytest.mark.parametrize(
    ("command", "starts", "rest"),
    [
        ("", "", ""),
        ("a b", "", "a b"),
        ("A=1 b=2 _c+=3 a", "", "a"),
        ("A=1", "", ""),
        ("sudo", "sudo", ""),
        ("sudo a b", "sudo", "a b"),
        ("sudo -E -u x --prompt y a -u b", "sudo -E -u x --prompt y", "a -u b"),
        ("A=1 sudo B=2 a", "sudo", "a"),
        ("doas -u x a", "doas -u x", "a"),
        ("timeout 5 a", "timeout 5", "a"),
        ("timeout 1.5m a 5", "timeout 1.5m", "a 5"),
        ("timeout -k 5 --signal x 10d a", "timeout -k 5 --signal x 10d", "a"),
        ("timeout 5x a", "timeout", "5x a"),
        ("timeout 5.s a", "timeout", "5.s a"),
        ("timeout .5 a", "timeout", ".5 a"),
        ("timeout 5h 5 a", "timeout 5h 5", "a"),
        ("nice -n 5 a", "nice -n 5", "a"),
        ("env -u X A=1 -i a", "env -u X -i", "a"),
        ("xargs -n 1 -I {} a {}", "xargs -n 1 -I {}", "a {}"),
        ("exec -a x b", "exec -a x", "b"),
        ("sudo timeout -u x a", "sudo timeout -u", "x a"),
        ("sudo -u x env -u y a", "sudo -u x env -u y", "a"),
        ("sudo A=1 -u x a", "sudo -u x", "a"),
        ("command -v a", "command -v", "a"),
        ("nohup nohup a", "nohup nohup", "a"),
        ("-u a", "", "-u a"),
        ("5 a", "", "5 a"),
        ("1A=2 a", "", "1A=2 a"),
        ("Ä=2 a", "", "Ä=2 a"),
        ("AÄ=2 a", "", "AÄ=2 a"),
        ("A-=2 a", "", "A-=2 a"),
        ("A++=2 a", "", "A++=2 a"),
        ("=2 a", "", "=2 a"),
        ("sudo x A=1", "sudo", "x A=1"),
        ("sudo A=1x sudoer", "sudo", "sudoer"),
    ],
)
def test_what_only_starts_a_command_is_taken_off(command: str, starts: str, rest: str) -> None:
    words = tuple(command.split())
    assert bare(words) == tuple(rest.split())
    assert wrappers(words) == tuple(starts.split())


def test_an_assignment_may_hold_lines_and_blanks() -> None:
    assert bare(("A=1\n2", "B=\n", "a")) == ("a",)
    assert wrappers(("sudo", "A=1\n2", "a")) == ("sudo",)
    assert bare(("A", "=1")) == ("A", "=1")


@pytest.mark.parametrize(
    ("script", "given", "known"),
    [
        ("", {}, {}),
        ("", {"X": "a"}, {"X": "a"}),
        ("X=a", {}, {"X": "a"}),
        ("X=a Y=b\n$X $Y", {}, {"X": "a", "Y": "b"}),
        ("X=a; X=a", {}, {"X": "a"}),
        ("X=a; X=b", {}, {}),
        ("X=a", {"X": "b"}, {}),
        ("X=a", {"X": "a"}, {"X": "a"}),
        ("X+=a", {}, {}),
        ("X+=a", {"X": "b"}, {}),
        ("X=$Y", {}, {}),
        ("X=$(a)", {}, {}),
        ("X=", {}, {"X": ""}),
        ("X=a=b", {}, {"X": "a=b"}),
        ("export X=a", {}, {"X": "a"}),
        ("readonly X=a", {}, {"X": "a"}),
        ("declare X=a", {}, {"X": "a"}),
        ("typeset X=a", {}, {"X": "a"}),
        ("declare -n X=a", {}, {}),
        ("declare -n Y=a X=b", {}, {}),
        ("X=a; echo -n X=a", {}, {"X": "a"}),
        ("X=a b", {}, {}),
        ("local X=a", {}, {}),
        ("X=a; export X", {}, {"X": "a"}),
        ("X=a; read X", {}, {}),
        ("X=a; sudo read X", {}, {}),
        *((f"X=a; {setter} X", {}, {}) for setter in ("mapfile", "readarray", "getopts", "let", "unset", "local")),
        ("X=a; declare X; typeset Y", {}, {}),
        ("X=a; printf -v X b", {}, {}),
        ("X=a; echo X", {}, {"X": "a"}),
        ("unset X", {"X": "a", "Y": "b"}, {"Y": "b"}),
        ("$X; X=a", {}, {}),
        ("${X}; X=a", {}, {}),
        ("${#X}; X=a", {}, {}),
        ("${!X}; X=a", {}, {}),
        ("$Y; X=a", {}, {"X": "a"}),
        ("$X", {"X": "a"}, {"X": "a"}),
        ("a && X=a", {}, {}),
        ("X=a && b", {}, {}),
        ("X=a | b", {}, {}),
        ("X=a & b", {}, {}),
        ("{ X=a; }", {}, {}),
        ("(X=a)", {}, {}),
        ("if a; then X=a; fi", {}, {}),
        ("X=a; f() { X=b; }", {}, {}),
        ("X=a; f() { $X; }", {}, {"X": "a"}),
        ("f() { $X; }; X=a", {}, {}),
        ("for X in a; do b; done", {"X": "c"}, {}),
        ("X=a; b $(X=c)", {}, {}),
        ("X=a\nX=a\nY=$X", {}, {"X": "a"}),
    ],
)
def test_a_variable_is_known_where_it_has_one_value_everywhere(
    script: str, given: dict[str, str], known: dict[str, str]
) -> None:
    assert known_variables(parse(script), given) == known


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("0", 0), ("1", 1), ("255", 255), ("256", 0), ("257", 1), ("999999999", 255), ("007", 7)),
        *(("", None), ("1000000000", None), ("-1", None), ("1a", None), ("$?", None), ("1 ", None), ("²", None)),
    ],
)
def test_a_status_is_what_its_digits_say(word: str, status: int | None) -> None:
    assert exit_status(word) == status


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("$X", ("a", "b")),
        ("${X}", ("a", "b")),
        ("-$X-", ("-a", "b-")),
        ("$XY", ("$XY",)),
        ("${X", ("${X",)),
        ("${}X", ("${}X",)),
        ("$X$Y$Z", ("a", "bc$Z")),
        ("${X}Y", ("a", "bY")),
        ("A=$X", ("A=a b",)),
        ("$N", ("",)),
        ("$N$N", ("",)),
        ("a b", ("a b",)),
        ("X", ("X",)),
    ],
)
def test_a_variable_in_a_word_is_replaced(word: str, texts: tuple[str, ...]) -> None:
    assert expanded((word, "z"), {"X": "a b", "Y": "c", "N": ""}) == (*texts, "z")


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        *((f"a {shell} b", True) for shell in ("sh", "bash", "dash", "zsh", "ksh", "/bin/sh", "x/bash", "$X/sh")),
        *((word, False) for word in ("", "a b", "bashful", "sh/a", "fish", "a.sh")),
    ],
)
def test_a_shell_among_the_words_is_seen(words: str, starts: bool) -> None:
    assert starts_shell(tuple(words.split())) is starts


@pytest.mark.parametrize(
    ("word", "unexpanded", "name"),
    [
        ("a", False, "a"),
        ("/usr/bin/a", False, "a"),
        ("/a", False, "a"),
        ("~/a", False, "a"),
        ("$X/a", False, "a"),
        ("/a*/b", False, "b"),
        ("./a", False, None),
        ("x/a", False, None),
        ("../a", False, None),
        ("$PWD/a", False, None),
        ("$GITHUB_WORKSPACE/a", False, None),
        ("${GITHUB_WORKSPACE}/a", False, None),
        ("${GITHUB_WORKSPACE:-x}/a", False, None),
        ("${{ x }}/a", False, None),
        ("", True, None),
        ("a/", True, None),
        ("/", True, None),
        *((f"/a/b{sign}c", True, None) for sign in "$*?{}\\"),
        *((f"{sign}", True, None) for sign in "$*?{}\\"),
        ("[", False, "["),
        ("a-b.c+", False, "a-b.c+"),
    ],
)
def test_a_program_is_called_as_the_last_part_of_its_path(word: str, unexpanded: bool, name: str | None) -> None:
    assert is_unexpanded(word) is unexpanded
    assert tool_name(word) == name
