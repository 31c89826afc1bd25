"""What people are shown of a text that holds a secret: the text, with the rule's name in the secret's place."""

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import redaction
from packaging_readiness.secrets.model import ALL_LAYERS
from packaging_readiness.secrets.redaction import clean, redact, redact_tree, redactions, rules_in, texts_of
from packaging_readiness.secrets.rulepack import expand_example

TOKEN = expand_example("ghp_{alnum:36}")
KEY = expand_example("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n")
SHOWN = "[redacted github-token]"


def test_a_secret_is_replaced_and_everything_else_stays() -> None:
    assert redact(f"a {TOKEN} b {TOKEN}") == (f"a {SHOWN} b {SHOWN}", True)
    assert redact("a b") == ("a b", False)
    assert rules_in(f"a {TOKEN}") == ["github-token"]
    assert rules_in("a token") == []


def test_both_layers_find_a_secret_once() -> None:
    assert redact(f"a {TOKEN} b", ALL_LAYERS) == (f"a {SHOWN} b", True)
    assert redact("a b", ALL_LAYERS) == ("a b", False)


def test_a_private_key_goes_to_its_end_or_to_the_end_of_the_text() -> None:
    whole = f"a\n{KEY}more\n-----END RSA PRIVATE KEY-----\nb\n"
    assert "more" not in clean(whole)
    assert clean(whole).endswith("b\n")
    assert clean(f"a\n{KEY}more\nb\n") == "a\n-----BEGIN RSA PRIVATE KEY-----[redacted private-key]"


def test_what_is_longer_than_the_limit_is_searched_and_cut() -> None:
    text, leaked = redact("x" * 50 + f" {TOKEN}", limit=20)
    assert (text, leaked) == ("x" * 20 + f"\n[{50 + 1 + len(SHOWN) - 20} more bytes]", True)


def test_a_tree_is_redacted_in_keys_and_values_and_left_alone_where_there_is_nothing() -> None:
    tree = {"a": ["b", 1, None, (TOKEN, "c")], TOKEN: {"d": TOKEN}}
    assert redact_tree(tree) == {"a": ["b", 1, None, [SHOWN, "c"]], SHOWN: {"d": SHOWN}}
    harmless = {"a": ["b", 1]}
    assert redact_tree(harmless) is harmless
    assert sorted(texts_of(tree)) == sorted(["a", "b", TOKEN, "c", TOKEN, "d", TOKEN])


def test_only_texts_with_a_secret_have_another_form() -> None:
    assert redactions(["a", TOKEN, "a", "b", f"x/{TOKEN}"]) == {TOKEN: SHOWN, f"x/{TOKEN}": f"x/{SHOWN}"}
    assert redactions([]) == {}


def test_a_text_is_withheld_where_the_rules_cannot_be_relied_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise CannotTell("secret rules", "re2 is not installed", "install it")

    monkeypatch.setattr(redaction, "ensure_rules_hold", broken)
    assert clean(f"a {TOKEN}") == "[withheld: secret rules: re2 is not installed]"
    assert clean("a b") == "a b"
