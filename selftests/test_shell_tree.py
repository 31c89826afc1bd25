"""A script's tree: what belongs to which list, pipeline, branch, loop and function."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packaging_readiness.checkout.shell_nodes import (
    AndOr,
    Block,
    Case,
    Command,
    Function,
    If,
    Loop,
    Part,
    Pipeline,
    Subshell,
    functions,
    simple_commands,
)
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_tree import parse


def show(part: Part | AndOr | Pipeline) -> str:
    """The tree in one line; `>` is a redirection that may fail, `<<` a document, `[...]` a substitution."""
    match part:
        case Command():
            return " ".join(_pieces(part))
        case Block():
            return "{" + "; ".join(map(show, part.lists)) + "}"
        case AndOr():
            return "".join(f" {joint} " * bool(joint) + show(one) for joint, one in part.items) + " &" * part.background
        case Pipeline():
            return "! " * part.negated + " | ".join(map(show, part.parts))
        case Subshell():
            return f"sub{show(part.body)}"
        case If():
            return "if" + "".join(map(show, (block for pair in part.branches for block in pair))) + show(part.otherwise)
        case Case():
            return "case" + "".join(map(show, (part.subject, *part.branches)))
        case Loop():
            return ("loop" if part.runs else "perhaps") + show(part.condition) + show(part.body)
        case Function():
            return f"{part.name}()={show(part.body)}"


def _pieces(command: Command) -> Iterator[str]:
    yield from command.words
    yield from (f"<<{text}" for text in command.documents)
    yield from (f"[{show(block)}]" for block in command.inner)
    yield from ">" * command.redirected


TREES = [
    ("", "{}"),
    ("\n;\n", "{}"),
    ("a b", "{a b}"),
    ("a; b\nc;\n\nd", "{a; b; c; d}"),
    ("a & b", "{a &; b}"),
    ("a &\nb&", "{a &; b &}"),
    ("a && b || c\nd", "{a && b || c; d}"),
    ("a &&\n\nb ||\nc", "{a && b || c}"),
    ("a && b &", "{a && b &}"),
    ("a | b |& c", "{a | b | c}"),
    ("a |\n\nb", "{a | b}"),
    ("a | b && c | d", "{a | b && c | d}"),
    ("! a", "{! a}"),
    ("! ! a", "{a}"),
    ("time a", "{a}"),
    ("time ! a | b", "{! a | b}"),
    ("! time a", "{! a}"),
    ("a ! b", "{a ! b}"),
    ("a && ! b", "{a && ! b}"),
    ("(a; b)", "{sub{a; b}}"),
    ("(a) | (b)", "{sub{a} | sub{b}}"),
    ("{ a; b; }", "{{a; b}}"),
    ("{ a; } && b", "{{a} && b}"),
    ("{ a; }; b", "{{a}; b}"),
    ("if a; then b; fi", "{if{a}{b}{}}"),
    ("if a; b; then c; d; fi; e", "{if{a; b}{c; d}{}; e}"),
    ("if a; then b; else c; fi", "{if{a}{b}{c}}"),
    ("if a\nthen b\nelif c\nthen d\nelif e; then f\nelse g\nfi", "{if{a}{b}{c}{d}{e}{f}{g}}"),
    ("while a; do b; done; c", "{perhaps{a}{b}; c}"),
    ("until a; do b; done", "{perhaps{a}{b}}"),
    ("for x in a; do b; done", "{loop{; x=$}{b}}"),
    ("for x in '*' /a/b.c; do b; done", "{loop{; x=$}{b}}"),
    ("for x in *; do b; done", "{perhaps{; x=$}{b}}"),
    ("for x in $a {1..3} a?; do b; done", "{perhaps{; x=$}{b}}"),
    ("for x in; do b; done", "{perhaps{; x=$}{b}}"),
    ("for x in ''; do b; done", "{perhaps{; x=$}{b}}"),
    ("for f() a; do b; done", "{perhaps{; }{b}}"),
    ("for x; do b; done", "{perhaps{; x=$}{b}}"),
    ("for x\ndo b; done", "{perhaps{; x=$}{b}}"),
    ("for x on a; do b; done", "{perhaps{; x=$}{b}}"),
    ("for x in a\n\ndo b; done", "{loop{; x=$}{b}}"),
    ("for 1x in a; do b; done", "{loop{; }{b}}"),
    ("for x in $(a); do b; done", "{perhaps{[{a}]; x=$}{b}}"),
    ("select x in a; do b; done", "{perhaps{; x=$}{b}}"),
    ("case a in esac", "{case{}}"),
    ("case a in b) c ;; d|e) f ;; esac", "{case{}{c}{f}}"),
    ("case a\n\nin\n(b) c\n;;\n(d|e|f)\ng\nesac; h", "{case{}{c}{g}; h}"),
    ("case a in b) c ;& d) e ;;& f) ;; esac", "{case{}{c}{e}{}}"),
    ("case $(a) in $(b) | $(c)) d;; $(e)) f; esac", "{case{[{a}] [{b}] [{c}] [{e}]}{d}{f}}"),
    ("f() a b", "{f()=a b}"),
    ("f() { a; }; b", "{f()={a}; b}"),
    ("f()\n\n(a)", "{f()=sub{a}}"),
    ("f() g() a", "{f()=g()=a}"),
    ("function f { a; }", "{f()={a}}"),
    ("function f() { a; }", "{f()={a}}"),
    ("function f ()\n\n{ a; }", "{f()={a}}"),
    ("a $(b) `c` <(d)", "{a $() $() $() [{b}] [{c}] [{d}]}"),
    ("a $(b $(c))", "{a $() [{b $() [{c}]}]}"),
    ("a <<E b\nc\nE", "{a b <<c}"),
    ("a <<E\n$(c)\nE", "{a <<$(c) [{c}]}"),
    ("a <<<b", "{a <<b}"),
    ("> a", "{>}"),
    ("a > b", "{a >}"),
    ("a > $(b)", "{a [{b}] >}"),
    ("a < b c", "{a c >}"),
    *(
        (f"a > {sure}", "{a}")
        for sure in ("/dev/null", "/dev/stdout", "/dev/stderr", "$GITHUB_ENV", "${GITHUB_OUTPUT}")
    ),
    *((f"a >&{sure}", "{a}") for sure in "-012"),
    *(
        (f"a > {odd}", "{a >}")
        for odd in ("3", "10", "-1", "/dev/tty", "/dev/null/x", "$GITHUB", "x/dev/null", "$GITHUB_A/b")
    ),
    ("a > b 2>&1", "{a >}"),
    ("{ a; } 2>&1 > /dev/null", "{{a}}"),
    ("{ a; } > b", "{if{>}{{a}}{false}}"),
    ("{ a; } > $(b) 2>&1", "{if{[{b}] >}{{a}}{false}}"),
    ("(a) < b | c", "{if{>}{sub{a}}{false} | c}"),
    ("if a; then b; fi <<< $(c)", "{{[{c}]; if{a}{b}{}}}"),
    ("while a; do b; done < <(c)", "{if{[{c}] >}{perhaps{a}{b}}{false}}"),
    ("while a; do b; done <<E\nc\nE\nd", "{perhaps{a}{b}; d}"),
    ("case a in esac > b", "{if{>}{case{}}{false}}"),
    ("f() { a; } > b", "{f()=if{>}{{a}}{false}}"),
    ("{ a; } b", "{{a}; b}"),
    ("{ a; } if b; then c; fi", "{{a}; if{b}{c}{}}"),
    ("a then if { }", "{a then if { }}"),
]


@pytest.mark.parametrize(("script", "tree"), TREES)
def test_each_part_stands_where_it_belongs(script: str, tree: str) -> None:
    assert show(parse(script)) == tree


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("&& a", "a command is missing"),
        ("a &&", "a command is missing"),
        ("a |", "a command is missing"),
        ("a || ; b", "a command is missing"),
        ("!", "a command is missing"),
        (")", "a command is missing"),
        ("a )", "a command is missing"),
        ("a;;", "a command is missing"),
        ("( a", "[)] is missing"),
        ("{ a", "} is missing"),
        ("if a", "then is missing"),
        ("if a; then b", "elif is missing"),
        ("if a; then b; else c", "fi is missing"),
        ("while a", "do is missing"),
        ("while a; do b", "done is missing"),
        ("for x in a; b; done", "do is missing"),
        ("for", "a command is missing"),
        ("for; do a; done", "a command is missing"),
        ("case", "a word is missing"),
        ("case ;", "a word is missing"),
        ("case a b) c;; esac", "in is missing"),
        ("case a in b c;; esac", "[)] is missing"),
        ("case a in b) c;;", "a word is missing"),
        ("case a in b) c", "esac is missing"),
        ("case a in b|) c;; esac", "a word is missing"),
        ("function", "a word is missing"),
        ("function f(a) b", "[)] is missing"),
        ("f(a) b", "[)] is missing"),
        ("f()", "a command is missing"),
        ("f g() a", "no function"),
        *((f"{word} a", f"{word} stands where") for word in ("then", "else", "elif", "fi", "do", "done", "esac", "in")),
        ("} a", "} stands where"),
        ("a && fi", "fi stands where"),
        ("if a; do b; fi", "do stands where"),
        ("a $(b &&)", "a command is missing"),
    ],
)
def test_what_the_grammar_does_not_know_is_not_read(script: str, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        parse(script)


def wrapped(depth: int, opens: str, closes: str) -> str:
    return opens * depth + "a" + closes * depth


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("{ ", "; }"), ("(", " )"), ("$(", ")"), ("f() ", ""), ("if ", "; then b; fi"), ("do=$(", ")")],
)
@pytest.mark.parametrize("before", ["", "{ a; }; f() a; $(a); (b)\n"])
def test_blocks_may_be_nested_forty_deep(opens: str, closes: str, before: str) -> None:
    spaced = opens.replace("(", "( ") if opens == "(" else opens
    assert parse(before + wrapped(39, spaced, closes)).lists
    with pytest.raises(Unreadable, match="too deeply"):
        parse(before + wrapped(40, spaced, closes))


def test_the_depth_of_what_a_script_stands_in_counts() -> None:
    assert show(parse("a", 39)) == "{a}"
    assert show(parse("$(a)", 38)) == "{$() [{a}]}"
    for script, depth in (("a", 40), ("$(a)", 39), ("{ a; }", 39)):
        with pytest.raises(Unreadable, match="too deeply"):
            parse(script, depth)


WHOLE = [
    ("a; b && c | d", "a b c d", ""),
    ("(a); { b; }", "a b", ""),
    ("if a; then b; elif c; then d; else e; fi", "a b c d e", ""),
    ("while a; do b; done", "a b", ""),
    ("for x in $(a); do b; done", "a x=$ b", ""),
    ("case $(a) in $(b)) c;; d) e;; esac", "a b c e", ""),
    ("a $(b $(c))", "a b c", ""),
    ("f() { a; g() { b; }; }; f() (c)", "a b c", "f g f"),
    ("(f() { a; })", "a", "f"),
    ("{ f() { a; }; } | g() b", "a b", "f g"),
    ("if f() a; then g() b; elif h() c; then i() d; else j() e; fi", "a b c d e", "f g h i j"),
    ("while f() a; do g() b; done", "a b", "f g"),
    ("case a in b) f() c;; d) g() e;; esac", "c e", "f g"),
    ("a $(f() b) `g() c`", "a b c", "f g"),
    ("a && f() b || g() c", "a b c", "f g"),
]


@pytest.mark.parametrize(("script", "commands", "names"), WHOLE)
def test_every_command_and_function_of_a_script_is_listed(script: str, commands: str, names: str) -> None:
    tree = parse(script)
    assert [one.words[0] for one in simple_commands(tree) if one.words] == commands.split()
    assert list(functions(tree)) == names.split()
