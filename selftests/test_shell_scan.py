"""Every sign of a script ends up in the token where a shell has it: blanks, quotes, redirections, documents, depths."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_scan import scan


def read(script: str) -> list[tuple[str, ...]]:
    """Each token as the first letter of its kind, its text, and the scripts in it."""
    return [(token.kind[0], token.text, *token.inner) for token in scan(script)]


def words(text: str) -> list[tuple[str, ...]]:
    return [("w", word) for word in text.split()]


END = ("o", "\n")
Rows = list[tuple[str, list[tuple[str, ...]]]]
PLAIN: Rows = [
    ("", []),
    ("a", [("w", "a")]),
    (" a\tb  ", words("a b")),
    ("a \\\nb", words("a b")),
    ("a\n\nb", [("w", "a"), END, END, ("w", "b")]),
    ("# a\nb", [END, ("w", "b")]),
    ("a #b c", words("a")),
    ("a#b", words("a#b")),
    ("a;#b\nc", [("w", "a"), ("o", ";"), END, ("w", "c")]),
    (
        "a && b||c;d&e|f|&g",
        [
            *(("w", "a"), ("o", "&&"), ("w", "b"), ("o", "||"), ("w", "c"), ("o", ";"), ("w", "d")),
            *(("o", "&"), ("w", "e"), ("o", "|"), ("w", "f"), ("o", "|&"), ("w", "g")),
        ],
    ),
    ("a;;b;&c;;&", [("w", "a"), ("o", ";;"), ("w", "b"), ("o", ";&"), ("w", "c"), ("o", ";;&")]),
    ("(a)", [("o", "("), ("w", "a"), ("o", ")")]),
]
QUOTED: Rows = [
    ("'a b'c\"d e\"f", [("w", "a bcd ef")]),
    ("''", [("w", "")]),
    ('""', [("w", "")]),
    ("'a\\'", [("w", "a\\")]),
    ("'$(a)`b`'", [("w", "$(a)`b`")]),
    ("\\a\\ b\\'", [("w", "a b'")]),
    ("a\\\nb", [("w", "ab")]),
    ("a\\\nbc d", words("abc d")),
    ("a\\", [("w", "a")]),
    ('"\\$\\`\\"\\\\"', [("w", '$`"\\')]),
    ('"\\a\\\'"', [("w", "\\a\\'")]),
    ('"a\\\nb" c', words("ab c")),
    ("\"a'b\"c'\"'", [("w", "a'bc\"")]),
    ('"\'" a', words("' a")),
]
EXPANDED: Rows = [
    ("$a $1 $ b", words("$a $1 $ b")),
    ("${a}b ${a b}", [("w", "${a}b"), ("w", "${a b}")]),
    ("${a:-$(b)}c", [("w", "${a:-$(b)}c", "b")]),
    ("${a:-'}'\"}\"\\}}b", [("w", "${a:-'}'\"}\"\\}}b")]),
    ('${a:-"$(b)"}', [("w", '${a:-"$(b)"}', "b")]),
    ("${a:-${b:-`c`}}", [("w", "${a:-${b:-`c`}}", "c")]),
    ("${a:-(}b", [("w", "${a:-(}b")]),
    ("${ a; }", [("w", "${ a; }", " a; ")]),
    ("${|a; }", [("w", "${|a; }", "a; ")]),
    ("${\ta; }", [("w", "${\ta; }", "\ta; ")]),
    ("${\na; }", [("w", "${\na; }", "\na; ")]),
    ("${ |a; }", [("w", "${ |a; }", " |a; ")]),
    ("${a|}", [("w", "${a|}")]),
    ("${{ a }}b", [("w", "${{ a }}b")]),
    ("${{ a }}$(b)", [("w", "${{ a }}$()", "b")]),
    ("${a:-${{ b }}'}'}c", [("w", "${a:-${{ b }}'}'}c")]),
    ("\"${{ 'a' }}b\" c", [("w", "${{ 'a' }}b"), ("w", "c")]),
    ("$(a b)c", [("w", "$()c", "a b")]),
    ("$(a '' b)c", [("w", "$()c", "a '' b")]),
    ("$(a)$(b)", [("w", "$()$()", "a", "b")]),
    ('"$(a "b")"', [("w", "$()", 'a "b"')]),
    ("$(a (b) c)d", [("w", "$()d", "a (b) c")]),
    ("$(a '(' \")\" \\( `)`)d", [("w", "$()d", "a '(' \")\" \\( `)`")]),
    ("$(a $(b) ${c:-)})d", [("w", "$()d", "a $(b) ${c:-)}")]),
    ("$((a + $(b)))", [("w", "$()", "b")]),
    ("`a`b", [("w", "$()b", "a")]),
    ('a`b`"`c`"', [("w", "a$()$()", "b", "c")]),
    ("<(a b) c", [("w", "$()", "a b"), ("w", "c")]),
    ("a >(b (c))", [("w", "a"), ("w", "$()", "b (c)")]),
]
REDIRECTED: Rows = [
    ("a 2>b", [("w", "a"), ("r", "b")]),
    ("2>b a", [("r", "b"), ("w", "a")]),
    ("a 2 >b", [("w", "a"), ("w", "2"), ("r", "b")]),
    ("a b2>c", [("w", "a"), ("w", "b2"), ("r", "c")]),
    ("a2>&1", [("w", "a2"), ("r", "1")]),
    ("a '2'>b", [("w", "a"), ("w", "2"), ("r", "b")]),
    ("a &>b c", [("w", "a"), ("r", "b"), ("w", "c")]),
    ("a &>>b", [("w", "a"), ("r", "b")]),
    ("> b", [("r", "b")]),
    (">b<c", [("r", "b"), ("r", "c")]),
    (">$(a) b", [("r", "$()", "a"), ("w", "b")]),
    (">'a b'", [("r", "a b")]),
    ("a <<<b c", [("w", "a"), ("d", "b"), ("w", "c")]),
    ('a <<< "$(b)"', [("w", "a"), ("d", "$()", "b")]),
]
DOCUMENTS: Rows = [
    ("a <<E b\nc d\n\ne\nE\nf", [("w", "a"), ("d", "c d\n\ne"), ("w", "b"), END, ("w", "f")]),
    ("a <<E\nE", [("w", "a"), ("d", ""), END]),
    ("a << E\nb\nE\n", [("w", "a"), ("d", "b"), END]),
    ("a <<E\n\tE\n E\nE \nE\n", [("w", "a"), ("d", "\tE\n E\nE "), END]),
    ("a <<-E\n\tb\n\t\tE\n", [("w", "a"), ("d", "\tb"), END]),
    ("a <<-E\n E\nE\n", [("w", "a"), ("d", " E"), END]),
    ("a <<E\n$(b) `c` ${d:-$(e)}\nE\n", [("w", "a"), ("d", "$(b) `c` ${d:-$(e)}", "b", "c", "e"), END]),
    ('a <<E\n\\$(b) "$(c)\nE\n', [("w", "a"), ("d", '\\$(b) "$(c)', "c"), END]),
    ("a <<'E'\n$(b\nE\n", [("w", "a"), ("d", "$(b"), END]),
    ('a <<"E"\n$(b\nE\n', [("w", "a"), ("d", "$(b"), END]),
    ("a <<\\E\n$(b\nE\n", [("w", "a"), ("d", "$(b"), END]),
    ("a <<E\\\nF\n$(b)\nEF\n", [("w", "a"), ("d", "$(b)", "b"), END]),
    (
        "a <<E; b <<'F'\nb\nE\n$(c\nF\nd",
        [("w", "a"), ("d", "b"), ("o", ";"), ("w", "b"), ("d", "$(c"), END, ("w", "d")],
    ),
    ("a <b <<E\nE\n", [("w", "a"), ("r", "b"), ("d", ""), END]),
    ("a <b <c", [("w", "a"), ("r", "b"), ("r", "c")]),
    ("a <<E 3<b >c 2>d <(e)\nE\n", [("w", "a"), ("d", ""), ("r", "b"), ("r", "c"), ("r", "d"), ("w", "$()", "e"), END]),
    ("a <<<b\n<c", [("w", "a"), ("d", "b"), END, ("r", "c")]),
    ("a <<E\nb\nE\nc <<F\nd\nF\n", [("w", "a"), ("d", "b"), END, ("w", "c"), ("d", "d"), END]),
    ("a 0<<E\nE\n", [("w", "a"), ("d", ""), END]),
    ("a <<E\nb\\\\\nE\n", [("w", "a"), ("d", "b\\\\"), END]),
    ("a <<E\nb\\\nE\nE\n", [("w", "a"), ("d", "b\\\nE"), END]),
    ("a <<E\nb\\\nc\\\nE\nE\n", [("w", "a"), ("d", "b\\\nc\\\nE"), END]),
    ("a <<E\nb\\\nc\nE\n", [("w", "a"), ("d", "b\\\nc"), END]),
    ("a <<E\nb\\\\\\\nE\nE\n", [("w", "a"), ("d", "b\\\\\\\nE"), END]),
    ("a <<E\nb\\\\\\\\\nE\n", [("w", "a"), ("d", "b\\\\\\\\"), END]),
    ("a <<''\nb\n\n", [("w", "a"), ("d", "b"), END]),
    ("a <<'E'\nb\\\nE\n", [("w", "a"), ("d", "b\\"), END]),
]
TESTS: Rows = [
    ("[[ a && (b|c) ]];d", [*words("[[ a && (b|c) ]]"), ("o", ";"), ("w", "d")]),
    ("[[ a\n\t  || b ]]\n", [*words("[[ a || b ]]"), END]),
    ("[[ $(a) == 'b c' ]]", [("w", "[["), ("w", "$()", "a"), ("w", "=="), ("w", "b c"), ("w", "]]")]),
    ("<(a); [[ b ]]", [("w", "$()", "a"), ("o", ";"), *words("[[ b ]]")]),
    ("[[ ]]x ]] ]]", words("[[ ]]x ]] ]]")),
    ("[[ a # b ]]\n]]", words("[[ a ]]")),
    ("[[ a#b ]]", words("[[ a#b ]]")),
    ("[[ \\\na ]]", words("[[ a ]]")),
    ("[[ a \\\n ]]", words("[[ a ]]")),
    ("[[ a ]]\\\n;b", [*words("[[ a ]]"), ("o", ";"), ("w", "b")]),
    *((f"[[ a ]]{sign}b", [*words("[[ a ]]"), ("o", sign), ("w", "b")]) for sign in (*"\n;&|()", "&&", "||")),
    *((f"[[ a ]]{sign}b", [*words("[[ a ]]"), ("r", "b")]) for sign in "<>"),
    *((f"[[ a ]]{sign}b", words("[[ a ]] b")) for sign in " \t"),
    ("[[a ;b", [("w", "[[a"), ("o", ";"), ("w", "b")]),
    ("a [[ ;b", [("w", "a"), ("w", "[["), ("o", ";"), ("w", "b")]),
    ("'[[' ;b", [("w", "[["), ("o", ";"), ("w", "b")]),
    *(
        (f"{key} [[ ;b ]]", [("w", key), *words("[[ ;b ]]")])
        for key in ("if", "then", "else", "elif", "do", "while", "until", "!", "{", "time")
    ),
    *(
        (f"a{sign} [[ ;b ]]", [("w", "a"), ("o", sign), *words("[[ ;b ]]")])
        for sign in (";", "&&", "||", "|", "(", "\n")
    ),
    ("! time [[ ;b ]]", words("! time [[ ;b ]]")),
    ("a if [[ ;b", [*words("a if [["), ("o", ";"), ("w", "b")]),
    ("'if' [[ ;b", [*words("if [["), ("o", ";"), ("w", "b")]),
    ("if a [[ ;b", [*words("if a [["), ("o", ";"), ("w", "b")]),
    ("if >a [[ ;b", [("w", "if"), ("r", "a"), ("w", "[["), ("o", ";"), ("w", "b")]),
    ("if ((a)) [[ ;b", [*words("if (( [["), ("o", ";"), ("w", "b")]),
    ("((a > $(b) && (c)))&&d", [("w", "((", "b"), ("o", "&&"), ("w", "d")]),
    ("((a) || b)", [("o", "("), ("o", "("), ("w", "a"), ("o", ")"), ("o", "||"), ("w", "b"), ("o", ")")]),
    ("((a) )", [("o", "("), ("o", "("), ("w", "a"), ("o", ")"), ("o", ")")]),
    ("a((b))", [("w", "a"), ("o", "("), ("o", "("), ("w", "b"), ("o", ")"), ("o", ")")]),
    ("(a)((b))", [("o", "("), ("w", "a"), ("o", ")"), ("w", "((")]),
]


@pytest.mark.parametrize(("script", "tokens"), [*PLAIN, *QUOTED, *EXPANDED, *REDIRECTED, *DOCUMENTS, *TESTS])
def test_a_script_is_divided_as_a_shell_divides_it(script: str, tokens: list[tuple[str, ...]]) -> None:
    assert read(script) == tokens


@pytest.mark.parametrize("sign", ["<", ">", "<>", "<&", ">&", ">>", ">|"])
def test_a_redirection_takes_the_word_behind_it(sign: str) -> None:
    assert read(f"a {sign}b c") == [("w", "a"), ("r", "b"), ("w", "c")]
    assert read(f"a{sign} \t b") == [("w", "a"), ("r", "b")]


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("'a", "' is missing"),
        ('"a', "never closed"),
        ('"a\\"', "never closed"),
        ("$(a", "never closed"),
        ("${a", "never closed"),
        ("$(a '", "' is missing"),
        ("$(a \\)", "never closed"),
        ("${{ a }", "}} is missing"),
        ("<(a", "never closed"),
        ("((a", "never closed"),
        ("[[ a", "never closed"),
        ("[[", "never closed"),
        ("[[ a ]]b", "never closed"),
        ("[[ a\n", "never closed"),
        ("a <<E", "never begins"),
        ("a <<E b", "never begins"),
        ("a <<E\n", "never ends"),
        ("a <<E\nb", "never ends"),
        ("a <<''\nb\n", "never ends"),
        ("a <<E\n\\\nE\n", "goes over two"),
        ("a <<EF\nE\\\nF\n", "goes over two"),
        ("a <<E\nb\n", "never ends"),
        ("a <<E\n\tE\n", "never ends"),
        ("a <<E\n$(b\nE\n", "never closed"),
        *((f"a 3{sign}E\nE\n", "no input") for sign in ("<<", "<<-", "<<<")),
        *((f"a <<E {sign}F\nE\nF\n", "another input") for sign in ("<<", "<<-", "<<<", "<", "<>", "<&", "0<")),
        ("a <<<b c <d", "another input"),
        ("a <<-E <b\nE\n", "another input"),
    ],
)
def test_what_never_closes_is_not_read(script: str, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        scan(script)


def nested(depth: int, opens: str, closes: str) -> str:
    return opens * depth + "a" + closes * depth


@pytest.mark.parametrize(("opens", "closes"), [("$(", ")"), ("${a:-", "}"), ("((", "))"), ('"$(', ')"')])
@pytest.mark.parametrize("before", ["", "$(a);", "${a} $(b);"])
def test_expansions_may_be_nested_in_each_other_forty_times(opens: str, closes: str, before: str) -> None:
    most = 20 if opens == "((" else 40
    assert scan(before + nested(most, opens, closes))
    with pytest.raises(Unreadable, match="too deeply"):
        scan(before + nested(most + 1, opens, closes))
