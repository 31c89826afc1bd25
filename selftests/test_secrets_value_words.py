"""Each word, prefix and mark by which a value is told to be a placeholder, a sample or a reference."""

import pytest

from packaging_readiness.secrets.values import (
    is_name_of_many_words,
    is_placeholder,
    is_reference,
    is_sample,
    is_secret_value,
    is_shaped_secret,
)


@pytest.mark.parametrize(
    "words",
    [
        "a an and any as at be by for from go goes here if in is it my new no not of on or our set some the this to",
        "use used value values with you your yours",
        "change changeme changeit me it replace replaceme insert enter put add provide fill specify define choose pick",
        "example examples sample dummy fake mock placeholder todo tbd fixme pin redacted removed hidden masked",
        "sanitized",
        "secret secrets password passwords passwd pass pwd passphrase token tokens key keys api apikey access private",
        "public auth authorization bearer basic credential credentials username user users login account client server",
        "service id name host db database aws azure gcp github gitlab slack oauth jwt refresh session signing string",
        "str text type int integer bool boolean object array list dict number none null nil undefined empty required",
        "optional true false yes off default unset unknown na n field param parameter arg env var variable config",
        "input prompt hash header cookie csrf scope read write admin foo bar baz qux xyz abc xxx old current confirm",
        "repeat",
        "strong weak secure safe super invalid valid wrong bad good test testing inherit always",
        "never auto file path url uri",
        "passwort kennwort bestätigen wiederholen contraseña confirmar mot de passe senha wachtwoord hasło heslo",
        "parola",
    ],
)
def test_each_of_these_words_stands_for_a_value(words: str) -> None:
    assert [word for word in words.split() if not is_placeholder(f"changeme {word}")] == []
    assert {word for word in words.split() if is_placeholder(f"zebra {word}")} <= {"example"}


@pytest.mark.parametrize("value", ["zebra kettle", "hunter2", "changeme-zebra", "zebra-changeme", "letmein", "q7w"])
def test_a_word_that_asks_for_nothing_makes_a_value(value: str) -> None:
    assert not is_placeholder(value)


def test_a_value_with_the_word_example_is_one_whatever_else_stands_there() -> None:
    assert is_placeholder("zebra-Example-7")
    assert not is_placeholder("zebra-examples-7")


@pytest.mark.parametrize("mark", list("\"'`<>[]{}()_*. "))
def test_what_is_put_around_a_value_does_not_count(mark: str) -> None:
    assert is_placeholder(f"{mark}q7{mark}")
    assert is_placeholder(f"\t{mark}q7{mark}\n")
    assert not is_placeholder(f"{mark}q7w{mark}")


@pytest.mark.parametrize(
    ("value", "placeholder"),
    [
        ("", True),
        ("q", True),
        ("q7", True),
        ("q7w", False),
        ("q7q7q7", True),
        ("qQqQ", True),
        ("q7Q7", True),
        ("q7Qw", False),
        ("\tq7\n", True),
    ],
)
def test_two_characters_and_the_same_two_again_are_no_value(value: str, placeholder: bool) -> None:
    assert is_placeholder(value) is placeholder


@pytest.mark.parametrize("mask", ["***", "...", "…", "xxxxx", "XXXXX"])
def test_a_mask_hides_a_part_of_a_token_or_all_of_it(mask: str) -> None:
    assert is_placeholder(f"Xk7!qB{mask}Zt4wV")
    assert not is_shaped_secret(f"Xk7!qB{mask}Zt4wV")


@pytest.mark.parametrize("mask", ["•••", "#####", "_____", "-----"])
def test_other_masks_stand_for_a_whole_value_only(mask: str) -> None:
    assert is_placeholder(f"Xk7!qB{mask}Zt4wV")
    assert is_shaped_secret(f"Xk7!qB{mask}Zt4wV")


@pytest.mark.parametrize("short", ["**", "..", "xxxx", "XXXX", "••", "####", "____", "----"])
def test_less_than_a_mask_hides_nothing(short: str) -> None:
    assert not is_placeholder(f"Xk7!qB{short}Zt4wV")


@pytest.mark.parametrize("run", ["EXAMPLE", "1234567890", "0123456789", "abcdefghij", "ABCDEFGHIJ", "XXXX-XXXX"])
def test_a_documented_sample_is_told_by_this(run: str) -> None:
    assert is_sample(f"Qw7{run}Zt4")
    assert not is_sample(f"Qw7{run[:-1]}Zt4")
    assert not is_shaped_secret(f"Qw7RvN{run}Zt4")


def test_what_has_more_than_six_characters_may_be_a_token() -> None:
    assert not is_shaped_secret("abcdefabcdef")
    assert is_shaped_secret("abcdefgabcdefg")


@pytest.mark.parametrize(
    "prefix",
    [
        *("arn:", "ssm:", "ssm://", "secretsmanager:", "vault:", "vault://", "op://", "sm://", "gcpsm://", "awssm://"),
        *("keyvault:", "azurekeyvault:", "file:", "env:", "env://", "secret:", "secretref:", "ref+", "ENC[", "ENC("),
        *("{cipher}", "projects/", "resolve:", "http://", "https://", "s3://", "data:", "sha256:", "sha384-"),
        *("sha512-", "$ANSIBLE_VAULT", "lambda ", "lambda:", "function ", "function(", "!Ref", "!Sub", "!vault"),
    ],
)
def test_a_value_that_begins_so_names_where_it_comes_from(prefix: str) -> None:
    assert is_reference(f"{prefix}Xk7!q")
    assert is_reference(f"  {prefix.lower()}Xk7!q")
    assert is_reference(f"Xk7!q{prefix}") is (prefix == "{cipher}")


@pytest.mark.parametrize("word", ["lambda", "function"])
def test_a_password_may_begin_with_a_word_of_a_language(word: str) -> None:
    assert not is_reference(f"{word}Xk7!q")
    assert is_reference(f" {word.title()} ")


@pytest.mark.parametrize(
    "mark",
    [
        *("${", "{{", "}}", "$(", "<%", "%>", "#{", "%(", "%s", "@@", "<your", "[your"),
        *("[a-z", "[A-Z", "[0-9", "\\w", "\\d"),
    ],
)
def test_an_expression_that_is_filled_in_later_is_told_by_this(mark: str) -> None:
    assert is_reference(f"Xk7!q{mark}Zt4")
    assert not is_reference(f"Xk7!q{mark[0]}Zt4")


@pytest.mark.parametrize(
    "value",
    [
        *("$NAME", "$a7b", "$_", " $NAME "),
        *("%x%", "%Xk7!q%", "<Xk7!q>", "{Xk7!q}", "[Xk7!q]"),
        *("/etc/app", "./a-b/c", "../a-b/c", "~/a-b/c", "C:\\app\\x", "/etc/a1b2c3d4e5f"),
        *("Xk!{name}w", "Xk!{name}", "Xk!{name}{n!}", "{a.b}Xk!"),
        *('getpass("x1")', "os.getenv(X!)", "environ['X!']", "os.environ['X!'] or x"),
        *("abc.def", "Abc::def", "a::b.c", "abc.a1b2c3d4e"),
    ],
)
def test_this_is_a_variable_a_path_or_an_expression(value: str) -> None:
    assert is_reference(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "$", "$Xk7!q", "!Name9", "$7abc", "NAME"),
        *("%%", "{}", "[]", "<>", "%Xk7!q", "Xk7!q%", "<Xk7!q]", "(Xk7!q)"),
        *("/", "/etc", "//etc/", "Abc/def!ghi", "7:\\app\\x", "C:/app/x", "Cx:\\app\\x", "C:\\", "x/etc/app"),
        *("/etc/a1b2c3d4e5f6", "/a1b2c3d4e5f6/etc"),
        *("Xk!{name", "Xk!{n!me}w", "Xk!name}w"),
        *("get!pass(x)", "getpass(x", "getpass)", ")getpass("),
        *("environ['X1']!", "os.environ['X!", "abc.d]", "a!b[x].c", "a.b[x-y", "]environ[x!"),
        *("abc", "abc.", "abc.d!f", "d!b.name", "7a.bc", "abc.a1b2c3d4e5", "a1b2c3d4e5.abc", "abc::d!f"),
    ],
)
def test_this_is_none_of_them(value: str) -> None:
    assert not is_reference(value)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("auth_key_file_2", True),
        ("auth_qwzx", True),
        ("auth_7x", True),
        ("token2_qw", True),
        ("token007", True),
        ("_token", True),
        ("key_qwz", False),
        ("zebra_kettle", False),
        ("auth-token", False),
        ("7token", False),
        ("token!", False),
        ("", False),
    ],
)
def test_an_identifier_with_a_word_of_names_is_a_name(value: str, name: bool) -> None:
    assert is_name_of_many_words(value) is name


ENDS = "Zq7wK2xLm9Tb" * 86  # 1032 characters


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        (f"{ENDS[:1024]}***{ENDS[:1024]}", True),
        (f"{ENDS[:1022]}***{ENDS[:1030]}", True),
        (f"{ENDS[:1021]}***{ENDS[:1030]}", False),
        (f"{ENDS[:1030]}***{ENDS[:1022]}", True),
        (f"{ENDS[:1030]}***{ENDS[:1021]}", False),
        (f"{ENDS[:1000]}***{ENDS[:1000]}", False),
        (f"***{ENDS}{ENDS}", False),
        (f"{ENDS}{ENDS}***", False),
        ("changeme", False),
    ],
    ids=["between", "cut", "first", "cut-at-the-end", "last", "short", "begins", "ends", "word"],
)
def test_of_an_endless_value_both_ends_count(value: str, secret: bool) -> None:
    # Of each end 1024 characters: a mask between them is not seen, one in them is.
    assert is_secret_value(value, "password", "config") is secret
