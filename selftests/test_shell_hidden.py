"""A command that a shell runs is not hidden by what only looks like a quotation, a comment, a document or a test."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_commands import NONE, script_effect
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_scan import scan

# In each of these bash, dash or both run `docker push x`.
RUN = [
    'echo $((docker push x "$(echo "(" c)"); (echo "$(echo ")" c)"))',
    "cat <<E\n$\\\n(docker push x)\nE",
    'echo "$\\\n(docker push x)"',
    "cat <\\\n<E\necho it's\nE\ndocker push x # it's",
    "cat <<\\\nE\n$(docker push x)\nE",
    "cat <<$(x)\n$(docker push x)\n$(x)\n$()\n",
    "cat <<`x`\n$(docker push x)\n`x`\n$()\n",
    "cat <<$'E'\nE\ndocker push x\n$E\n",
    'cat <<$"E"\nE\ndocker push x\n$E\n',
    "cat <<E\na\\\nE\necho it's\nE\ndocker push x # it's",
    "cat <<-E\n\ta\\\n\tE\necho it's\nE\ndocker push x # it's",
    "cat <<E\nE\\\n\ndocker push x\nE\n",
    "cat <<-E\n\t\\\n\tE\ndocker push x\nE",
    'echo `echo "\\$(docker push x)"`',
    'echo "`echo \\"it\'s\\"; docker push x # it\'s`"',
    "echo `echo 'a`; docker push x; echo `b'`",
    "cat <<E\n`echo \\\"it's\\\"; docker push x # it's`\nE",
    'cat <<E\n`echo \\"it; docker push x; echo s\\"`\nE',
    'echo "${x:-`echo \\"it; docker push x; echo s\\"`}"',
    "[[ -e <(docker push x) ]]",
    "[[ -e a<(docker push x) ]]",
    "[[ -e a>(docker push x) ]]",
    "[[ -n a && # it's ]]\n-n b ]]; docker push x # it's ]]",
    "[[ a \\\n]]; docker push x # ]]",
    "[[ a ]]\\\n;docker push x # ]]",
    "echo if [[ ; docker push x # ]]",
    "'time' [[ ; docker push x # ]]",
    "\\[[ ; docker push x # ]]",
]


@pytest.mark.parametrize("script", RUN)
def test_a_command_that_a_shell_runs_is_not_hidden(script: str) -> None:
    assert script_effect(script, {}) != NONE


@pytest.mark.parametrize(
    ("script", "inner"),
    [
        ('`echo \\$x \\`y\\` \\\\ \\" \\a`', 'echo $x `y` \\ \\" \\a'),
        ('"`echo \\$x \\`y\\` \\\\ \\" \\a`"', 'echo $x `y` \\ " \\a'),
        ('"${x:-`a \\$x`}"', "a $x"),
        ('${x:-`a \\"`}', 'a \\"'),
        ("`a 'b`", "a 'b"),
        ("``", ""),
        ("`a\n\\`b`", "a\n`b"),
    ],
)
def test_backticks_end_at_the_next_one_and_lose_the_backslashes_of_their_own(script: str, inner: str) -> None:
    (word,) = scan(script)
    assert word.inner == [inner]


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("`a", "` is missing"),
        ("`a\\`", "` is missing"),
        ("cat < ", "nothing follows"),
        ("cat <; x", "nothing follows"),
        ("cat <<\nE\n", "nothing follows"),
        ("cat << <(x)\n", "nothing follows"),
        ("cat <<< <(x)\n", "nothing follows"),
        ("cat <\\\n;", "nothing follows"),
        ("$\\\n{x}", "in the next"),
        ('cat <<E\n`\\"`\nE', "none in another shell"),
        ('"${x-`\\"`}"', "none in another shell"),
        ("cat <<\\$E\n$E\n", "not plain"),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(script: str, cause: str) -> None:
    with pytest.raises(Unreadable, match=cause):
        scan(script)


@pytest.mark.parametrize(
    "script",
    [
        "while read a; do echo $a; done < <(git log)",
        "date > >(cat)",
        "date >> >(cat)",
        "cat <<'E'\na\\\nE\n",
        "[[ a ]]#b ]]",
    ],
)
def test_what_is_plain_is_read(script: str) -> None:
    assert script_effect(script, {}) == NONE


@pytest.mark.parametrize(
    ("script", "inner"),
    [
        ("$((1))", []),
        ("$((1 + (2)))", []),
        ("$(('(' + ')'))", []),
        ("$(($(a)))", ["a"]),
        ("$((a) )", ["(a) "]),
        ("$((a); (b))", ["(a); (b)"]),
        ("$(a (b))", ["a (b)"]),
        ("$('(' (b ')'))", ["'(' (b ')')"]),
        ('$((a "$(b "(" c)" ) d)', ['(a "$(b "(" c)" ) d']),
    ],
)
def test_arithmetic_is_what_one_pair_of_parentheses_holds(script: str, inner: list[str]) -> None:
    (word,) = scan(script)
    assert (word.text, word.inner) == ("$()", inner)
