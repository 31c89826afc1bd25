"""What two shells read differently is never read in favour of the script; what they read alike is read as they do."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_commands import script_effect
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_scan import scan

# Each hides a push from one of both readings, in quotes or in a comment.
HIDDEN = [
    "echo <(true)#a; docker push x",
    "echo $'\\''; docker push x; echo $'\\'' # it's",
    "echo $'a\\n\\''; docker push x; echo $'\\'' # it's",
    "echo $(echo $'\\''; docker push x; echo $'\\'' ' ')",
    'echo "${x:-it\'s}"; docker push x; echo "it\'s}"',
    'echo "${x:-${y:-it\'s}}"; docker push x; echo "it\'s}}"',
    "cat <<E\n${x:-it's}\n$(docker push x)\nit's}\nE",
]


@pytest.mark.parametrize("script", HIDDEN)
def test_a_push_that_one_shell_sees_is_not_hidden_by_what_another_one_takes_for_quoted(script: str) -> None:
    assert script_effect(script, {}).kind != "none"


@pytest.mark.parametrize("quoted", ["}", '"', "$x", "`x`", "\\x"])
def test_single_quotes_in_a_quoted_expansion_may_hold_nothing_that_could_end_it(quoted: str) -> None:
    with pytest.raises(Unreadable, match="another shell takes for none"):
        scan(f"\"${{x%'a{quoted}'}}\"")
    assert [token.text for token in scan(f"${{x%'a{quoted}'}}")] == [f"${{x%'a{quoted}'}}"]


@pytest.mark.parametrize("script", ["\"${x%'/a b'}\"", "\"${x:-${y:-'a'}}\"", '"${x%"\'"}"', "\"$(echo '}')\""])
def test_single_quotes_that_all_shells_read_alike_are_read(script: str) -> None:
    assert len(scan(f"echo {script} b")) == 3


@pytest.mark.parametrize("script", ["$'\\''", "a$'\\''", "$'a\\'b'", "$'\\n\\''", "$'\\\\\\''", "${x:-$'\\''}"])
def test_a_quotation_with_an_escaped_quote_is_read_by_no_shell_alike(script: str) -> None:
    with pytest.raises(Unreadable, match="ends elsewhere in another shell"):
        scan(script)


@pytest.mark.parametrize(
    ("script", "text"),
    [("$'\\n'", "$\\n"), ("$'a\\\\'", "$a\\\\"), ("$''", "$"), ("\"$'\\''\"", "$'\\''"), ("$x'\\'", "$x\\")],
)
def test_a_quotation_with_other_escapes_ends_at_its_quote(script: str, text: str) -> None:
    assert [token.text for token in scan(script)] == [text]


@pytest.mark.parametrize("sign", ["<", ">"])
def test_what_follows_a_process_substitution_is_a_part_of_its_word(sign: str) -> None:
    (_, word, end, *_) = scan(f"cat {sign}(a b)#c$(d)'e f' # g\nh")
    assert (word.kind, word.text, word.inner) == ("word", "$()#c$()e f", ["a b", "d"])
    assert (end.kind, end.text) == ("operator", "\n")
