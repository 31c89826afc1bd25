"""What is taken out of a text: the secrets alone, wherever they begin and end, and whichever text they are in."""

import pytest

from packaging_readiness.secrets.model import ALL_LAYERS, POLICY_ONLY
from packaging_readiness.secrets.redaction import clean, redact, redactions, rules_in
from packaging_readiness.secrets.rulepack import expand_example

TOKEN = expand_example("ghp_{alnum:36}")
KEY_ID = expand_example("AKIA{upper:16}")
HASH = "$2b$12$" + expand_example("{alnum:53}")
STRONG = "kR7#pq92Lm!x"
# Known to the other engine only.
OTHER = expand_example("duffel_live_{alnum:43}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TOKEN, "[redacted github-token]"),
        (f"{TOKEN}\n{TOKEN}", "[redacted github-token]\n[redacted github-token]"),
        (f"a {TOKEN} b {KEY_ID} c", "a [redacted github-token] b [redacted aws-access-key-id] c"),
        (f"{TOKEN}{HASH}", "[redacted github-token][redacted password-hash]"),
        (f"https://svc:{TOKEN}@host/x y", "https://svc:[redacted github-token]@host/x y"),
        (f"https://svc:{STRONG}-{KEY_ID}@host/x y", "https://svc:[redacted url-password]@host/x y"),
        (f'x = "{KEY_ID}"; DB_PASSWORD="{KEY_ID}/{STRONG}/{KEY_ID}"; y',
         'x = "[redacted aws-access-key-id]"; DB_PASSWORD="[redacted assigned-quoted]"; y'),
        (f"\u00e9 {TOKEN} \u00e9", "\u00e9 [redacted github-token] \u00e9"),
        (OTHER, OTHER),
    ],
    ids=range(9),
)  # fmt: skip
def test_everything_around_a_secret_stays(text: str, shown: str) -> None:
    assert redact(text) == (shown, shown != text)
    assert clean(f"x {text}\ny") == f"x {shown}\ny"


def test_the_other_engine_is_asked_where_its_layer_is_named() -> None:
    text = f"a {OTHER} b {TOKEN}"
    assert redact(text, POLICY_ONLY)[0] == f"a {OTHER} b [redacted github-token]"
    shown, leaked = redact(text, ALL_LAYERS)
    assert leaked
    assert (OTHER in shown, shown.startswith("a [redacted ")) == (False, True)
    assert redact(f"a {OTHER}", ["breadth"])[1]


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc\n[1 more bytes]"),
        ("a\u00e9", 2, "a\n[1 more bytes]"),
        ("", 0, ""),
        (f"{TOKEN} x", 23, "[redacted github-token]\n[2 more bytes]"),
    ],
    ids=range(5),
)
def test_no_more_bytes_are_given_back_than_asked_for(text: str, limit: int, shown: str) -> None:
    assert redact(text, limit=limit)[0] == shown


def test_a_mebibyte_is_given_back_unless_told_otherwise() -> None:
    text = "word " * 209_715 + "a"
    assert redact(text) == (text, False)
    assert redact(text + "b") == (f"{text}\n[1 more bytes]", False)


def test_a_key_that_is_cut_goes_to_the_next_end_line() -> None:
    key = expand_example("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n")
    end = "-----END RSA PRIVATE KEY-----"
    shown = "-----BEGIN RSA PRIVATE KEY-----[redacted private-key]"
    assert clean(f"{key}a-b\nrest\n{end}\nwords\n{end}\n") == f"{shown}{end}\nwords\n{end}\n"
    assert clean(f"{end}\n{key}a-b\nrest\n") == f"{end}\n{shown}"
    assert "rest" in clean(f"{TOKEN}\nrest\n{end}\n")


NUMBERS = [f"n{number}" for number in range(60)]


@pytest.mark.parametrize("at", [0, 1, 30, 59, 60])
@pytest.mark.parametrize("text", [TOKEN, f"a {TOKEN}", f"DB_PASSWORD={STRONG}"], ids=["token", "behind", "password"])
def test_a_secret_is_found_in_the_text_that_it_is_in(text: str, at: int) -> None:
    among = [*NUMBERS[:at], text, *NUMBERS[at:]]
    assert redactions(among) == {text: redact(text)[0]}
    assert redactions([*among, f"x {text}", *among]) == {each: redact(each)[0] for each in (text, f"x {text}")}


def test_texts_between_the_two_ends_of_a_key_are_looked_at_one_by_one() -> None:
    key = expand_example("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n")
    texts = [*NUMBERS, key, f"a {TOKEN}", "words", f"b {TOKEN}", f"c {TOKEN}", "-----END RSA PRIVATE KEY-----", "d"]
    shown = redactions(texts)
    assert shown.pop(key).endswith("-----[redacted private-key]")
    assert shown == {f"{each} {TOKEN}": f"{each} [redacted github-token]" for each in "abc"}


def test_parts_of_a_secret_in_two_texts_are_none() -> None:
    assert redactions(["<password x", f">{STRONG}</password>"]) == {}
    assert redactions(["DB_PASSWORD=", STRONG, "password:", f'"{STRONG}"']) == {}
    assert rules_in(f"<password x>{STRONG}</password>") == ["xml-element"]
