"""Which values look generated, which look chosen as a password, and which are secrets under a name of some strength."""

import base64

import pytest

from packaging_readiness.secrets.names import Strength
from packaging_readiness.secrets.values import (
    Context,
    entropy,
    has_mixture,
    is_secret_value,
    is_strong,
    is_user_and_password,
    looks_random,
)


@pytest.mark.parametrize(
    ("value", "bits"),
    [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("aabbccdd", 2.0), ("aabb1234", 2.5), ("abcdefgh", 3.0)],
)
def test_entropy_is_that_of_the_characters(value: str, bits: float) -> None:
    assert entropy(value) == pytest.approx(bits)


@pytest.mark.parametrize(
    ("value", "mixture"),
    [("abc1", True), ("abc!", True), ("a1!", True), ("abc", False), ("123", False), ("!?!", False), ("12!", False)]
    + [(f"ab{char}cd", False) for char in "_-./: "]
    + [(f"ab{char}cd", True) for char in "7,;=@#+\t"],
)
def test_letters_with_digits_or_with_signs_are_a_mixture(value: str, mixture: bool) -> None:
    assert has_mixture(value) is mixture


@pytest.mark.parametrize(
    ("value", "strong"),
    [
        ("Abcd12", True),
        ("Abc12", False),
        ("AB12!?", True),
        ("ab12!?", True),
        ("abCD!?", True),
        ("abCDef", False),
        ("ab12cd", False),
        ("a1b2c3d4e5f6", True),
        ("", False),
    ]
    + [(f"Abcd{char}ef", False) for char in "_-./: ,"]
    + [(f"Abcd{char}ef", True) for char in "!;=@#+"],
)
def test_three_kinds_of_characters_make_a_strong_password(value: str, strong: bool) -> None:
    assert is_strong(value) is strong


@pytest.mark.parametrize(
    ("value", "random"),
    [
        # Long enough, no blank.
        ("a1b2c3d4", True),
        ("a1b2c3d", False),
        ("a1b2 c3d4", False),
        ("a1b2c3d4\n", False),
        # Entropy: 2.5 bits, and 3 bits from 16 characters on.
        ("aabb1234", True),
        ("aabb1233", False),
        ("abc123abc123abc", True),
        ("abc123abc123abc1", False),
        ("abcd1234abcd1234", True),
        # Lower case alone, upper case alone: three digits, an eighth of all.
        ("qwzxrtvb123", True),
        ("qwzxrtvb12", False),
        ("qwzxrtvb1kplmns2gfhj3ycd", True),
        ("qwzxrtvb1kplmns2gfhj3ycde", False),
        ("QWZXRTVB1KPLMNS2GFHJ3YCD", True),
        # One letter in the other case changes nothing; two do.
        ("Kwyz123abcdefghi", True),
        ("KWyz123abcdefghi", False),
        ("kWYZ123ABCDEFGHI", True),
        ("kzWY123ABCDEFGHI", False),
        # Both cases: four digits, a sixth of all.
        ("KWyz1234abcdefghijklmnop", True),
        ("KWyz1234abcdefghijklmnopq", False),
        ("KWyz123abcdefghij", False),
        # Both cases, a long value: two digits and a fifth in upper case.
        ("ABCDEabcdefghijklmnop12qr", True),
        ("ABCDEabcdefghijklmnop12qrs", False),
        ("ABCDEabcdefghijklmnop1qr", False),
        ("ABCDEabcdefghijklmnop12q", True),
        ("ABCDEabcdefghijklmnop12", False),
        # Letters alone: every fourth begins a word, among twenty or more.
        ("aBcdeFghijKlmnopqrsT", False),
        ("aBcdeFghijKlmnoPqrsT", True),
        ("aBcdeFghijKlmnoPqrs", False),
        ("aBcDeFgHiJkLmNoPqRs", False),
        ("aBcDeFgH", False),
        ("ab-cd-ef-gh-ij-kl-mn", False),
        ("AB-CD-EF-GH-IJ-KL-MN", False),
        # Digits alone.
        ("4821907365918274", True),
        ("482190736591827", False),
    ],
)
def test_this_looks_generated_or_does_not(value: str, random: bool) -> None:
    assert looks_random(value) is random


@pytest.mark.parametrize(
    ("value", "random"),
    [
        ("configuration1_aBcDefgh", True),
        ("configuration1_aBcDefg", False),
        ("Configuration1_aBcdefgh", False),
        ("configuration1aBcDefgh", False),
        ("Acd1ef2gh3ijklmP", True),
        ("Acd1ef2gh3ijklP", False),
        ("Ac1de2fg3hijkPlmnopq", False),
        ("Ac1de2fg3hijkPlmnop", True),
        ("ACD1EF2GH3IJKLmp", True),
    ],
)
def test_what_changes_all_the_time_looks_generated_with_few_digits(value: str, random: bool) -> None:
    assert looks_random(value) is random


@pytest.mark.parametrize(("value", "least", "random"), [("a1b2c3d4e5", 10, True), ("a1b2c3d4e5", 11, False)])
def test_how_long_it_must_be_may_be_told(value: str, least: int, random: bool) -> None:
    assert looks_random(value, least=least) is random


RANDOM_16, RANDOM_15 = "a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h"


@pytest.mark.parametrize(
    ("value", "strength", "context", "secret"),
    [
        (RANDOM_16, "password", "code", True),
        (RANDOM_16, "secret", "code", True),
        (RANDOM_16, "reference", "config", True),
        (RANDOM_15, "reference", "config", False),
        (RANDOM_15, "secret", "prose", True),
        ("changeme", "password", "config", False),
        ("$NAME", "password", "config", False),
        ("Qw7EXAMPLErv4k", "password", "config", True),
        ("Qw7EXAMPLErv4k", "secret", "config", False),
        ("hunt3r", "secret", "config", True),
        ("hunt3", "secret", "config", False),
        ("hunt3r", "secret", "code", False),
        ("hunter", "secret", "config", False),
        ("hunt3r", "reference", "config", False),
        # A password of one word.
        ("q7wz", "password", "config", True),
        ("q7w", "password", "config", False),
        ("hunter", "password", "config", True),
        ("hunter", "password", "code", False),
        ("hunter2", "password", "code", True),
        ("hunter2", "password", "prose", True),
        ("3.14159", "password", "config", False),
        ("3.1-2+4,5", "password", "config", False),
        ("314159", "password", "config", True),
        (".31415", "password", "config", True),
        ("3.14a59", "password", "config", True),
        ("a.31415", "password", "config", True),
        ("zq!" * 85 + "z", "password", "config", True),
        ("zq!" * 85 + "zq", "password", "config", False),
        (RANDOM_16 * 17, "password", "config", True),
        # A password of several words: only in settings, not a sentence, six words and 64 characters at most.
        ("zebra kettle 9", "password", "config", True),
        ("zebra 9", "password", "code", False),
        ("zebra kettle 9", "password", "prose", False),
        ("zebra kettle", "password", "config", False),
        ("a zebra kettle of 9 b", "password", "config", True),
        ("a zebra kettle of 9 b c", "password", "config", False),
        ("zebra 9" + "k" * 57, "password", "config", True),
        ("zebra 9" + "k" * 58, "password", "config", False),
        ("zebra kettle 9?", "password", "config", False),
        ("zebra kettle 9.", "password", "config", False),
        ("zebra kettle 9:", "password", "config", False),
        ("zebra kettle 9…", "password", "config", False),
        ("zebra kettle 9. ", "password", "config", False),
        ("zebra kettle .9", "password", "config", True),
        ("zebra kettle 9!", "password", "config", True),
    ],
)
def test_a_value_is_a_secret_under_a_name_of_this_strength(
    value: str, strength: Strength, context: Context, secret: bool
) -> None:
    assert is_secret_value(value, strength, context) is secret


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("svc:hunter2x", True),
        ("svc:hunter2", True),
        ("svc:hunter", True),
        ("svc:hunter2:changeme", True),
        ("svc hunter2x", False),
        (":hunter2x", False),
        ("svc:", False),
        ("svc:changeme", False),
        ("svc:${PASSWORD}", False),
        ("svc:hunter2\x01", False),
    ],
)
def test_base64_of_a_user_and_a_password_is_a_login(text: str, login: bool) -> None:
    encoded = base64.b64encode(text.encode()).decode()
    assert is_user_and_password(encoded) is login
    assert is_user_and_password(encoded.rstrip("=")) is login


def test_what_is_no_base64_of_a_text_is_no_login() -> None:
    encoded = base64.b64encode(b"svc:hunter2xy").decode()
    assert not is_user_and_password(encoded[:4] + "!" + encoded[4:])
    assert not is_user_and_password(base64.b64encode(b"svc:hunter\xff").decode())
    assert not is_user_and_password("svc:hunter2")
