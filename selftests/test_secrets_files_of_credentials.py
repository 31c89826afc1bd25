"""Plain files whose own name announces a credential, and their values; texts that a structure holds."""

import pytest

from packaging_readiness.secrets.leaves import Leaf, named_by_file, texts
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.structure import Mapping, Node, Scalar

STRONG, OTHER = expand_example("{pw:14} {pw:15}").split()


@pytest.mark.parametrize(
    "word", ["passwd", "password", "passwords", "secret", "secrets", "credentials", "htpasswd", "creds"]
)
def test_a_file_is_told_by_this_word_anywhere_in_its_name(word: str) -> None:
    for path in (f"{word}_of_day", f"a/.{word}_of_day.txt", f"Old-{word.upper()}-2024.TXT"):
        assert list(named_by_file(path, STRONG)) == [Leaf("file-of-credentials", STRONG, 1)]


@pytest.mark.parametrize(
    "suffix",
    [
        *("txt", "key", "token", "secret", "secrets", "client", "passwd", "pass", "pwd", "cred", "creds"),
        *("credentials", "users", "TXT"),
    ],
)
def test_a_file_of_this_suffix_is_plain(suffix: str) -> None:
    assert list(named_by_file(f"password_of_day.{suffix}", STRONG)) == [Leaf("file-of-credentials", STRONG, 1)]


@pytest.mark.parametrize(
    "path",
    [
        *("master.key", "master_key", "master_key.txt", "api-token", "db_pass", "tls.pass", "_sasl_passwd"),
        *(".password", "._password", "password.old.txt", "d.txt/jwt"),
    ],
)
def test_a_file_of_this_name_holds_credentials(path: str) -> None:
    assert list(named_by_file(path, STRONG)) == [Leaf("file-of-credentials", STRONG, 1)]


@pytest.mark.parametrize(
    "path", ["password.py", "passwords.json", "readme.txt", "readme", "zebra.key", "password/readme.txt", "txt", ""]
)
def test_a_file_of_another_name_does_not(path: str) -> None:
    assert list(named_by_file(path, STRONG)) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"\n  svc {STRONG}  \n\n{OTHER}\n", [(STRONG, 2), (OTHER, 4)]),
        (f"{OTHER} {STRONG}", [(STRONG, 1)]),
        (f"{STRONG} word", [(STRONG, 1)]),
        (f"svc:x:{STRONG}", [(STRONG, 1)]),
        (f"'{STRONG}' \"word\"", [(STRONG, 1)]),
        (f'"{STRONG}"', [(STRONG, 1)]),
        ("a b c d e f g " + STRONG, [(STRONG, 1)]),
        ("a b c d e f g h " + STRONG, []),
        (f"#{STRONG}", []),
        (f"# {STRONG}", []),
        (f" # {STRONG}", [(STRONG, 1)]),
        (f"{STRONG} #", [(STRONG, 1)]),
        ("kettle7", []),
        ("Example-Pass1", []),
        ("${Db_Pass1}", []),
        ("", []),
    ],
)
def test_of_each_line_the_last_strong_word_is_the_value(text: str, values: list[tuple[str, int]]) -> None:
    assert [(leaf.value, leaf.line) for leaf in named_by_file("passwords", text)] == values


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ('say "x"', ['say "x"']),
        ("a\nb", ["a\nb"]),
        ("plain", []),
        (Scalar('say "x"\n', 3), []),
        (None, []),
        (Mapping([("a", '"1"'), ("b", Mapping([("c", "2\n")]))]), ['"1"', "2\n"]),
        (["a\n", "b"], ["a\nb\n"]),
        (["a"], ["a\n"]),
        ([], []),
        (["a\n", None, "b"], ["a\n"]),
        (["a\n", Scalar("b\n", 1)], ["a\n"]),
        ([Scalar("a", 1), Scalar("b", 2)], []),
        ([["a", "b"], Mapping([("c", '"1"')])], ['"1"', "a\nb\n"]),
    ],
)
def test_texts_that_escapes_hide_are_given_back(root: Node, expected: list[str]) -> None:
    assert sorted(texts(root)) == expected
