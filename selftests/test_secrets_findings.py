"""What a finding says and what it leaves out; extracted names and values, each with at most one finding."""

import dataclasses
import hashlib
import hmac
from dataclasses import replace

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import selfcheck
from packaging_readiness.secrets.model import (
    ALL_LAYERS,
    DEFAULT_SALT,
    FINGERPRINT_HEX_DIGITS,
    POLICY_ONLY,
    Finding,
    ScanError,
    ScanResult,
    fingerprint,
)
from packaging_readiness.secrets.pairs import scan_text_values
from packaging_readiness.secrets.rulepack import expand_example, load_rules

PASSWORD = expand_example("{pw:14}")
TOKEN, OTHER = expand_example("glpat-{alnum:20} ghp_{alnum:36}").split()
SEEN = Finding("a.env", 3, "key-and-value", "password", "policy", "0123456789abcdef")


def test_a_fingerprint_is_sixteen_digits_of_a_keyed_hash() -> None:
    assert fingerprint(b"value", b"salt") == hmac.new(b"salt", b"value", hashlib.sha256).hexdigest()[:16]
    assert len(fingerprint(b"", b"salt")) == FINGERPRINT_HEX_DIGITS == 16
    assert len({fingerprint(*each) for each in ((b"a", b"s"), (b"b", b"s"), (b"a", b"t"))}) == 3
    assert DEFAULT_SALT == b"packaging-readiness/secret-fingerprint/v1"


def test_the_layers_are_policy_and_breadth() -> None:
    assert ALL_LAYERS == ("policy", "breadth")
    assert POLICY_ONLY == ("policy",)


def test_a_finding_is_shown_with_place_rule_kind_layer_and_fingerprint() -> None:
    assert SEEN.label == "key-and-value (password, policy, 0123456789abcdef)"
    assert str(SEEN) == f"a.env:3: {SEEN.label}"
    assert SEEN.to_dict() == {
        "path": "a.env",
        "line": 3,
        "rule": "key-and-value",
        "kind": "password",
        "layer": "policy",
        "fingerprint": "0123456789abcdef",
    }


def test_a_result_comes_to_plain_values() -> None:
    error = ScanError("b", "gone")
    assert ScanResult(2, 7, (SEEN,), (error,)).to_dict() == {
        "scanned_files": 2,
        "bytes": 7,
        "findings": [SEEN.to_dict()],
        "errors": [{"path": "b", "cause": "gone"}],
    }


@pytest.mark.parametrize("kept", [SEEN, ScanError("b", "gone"), ScanResult(0, 0, (), ())])
def test_what_was_seen_cannot_be_changed(kept: Finding | ScanError | ScanResult) -> None:
    name = dataclasses.fields(kept)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(kept, name, "x")
    assert not hasattr(kept, "__dict__")


def test_findings_and_errors_are_ordered_by_place() -> None:
    later = replace(SEEN, line=12)
    assert sorted([later, SEEN, replace(SEEN, path="a")])[1:] == [SEEN, later]
    assert sorted([ScanError("b", "x"), ScanError("a", "y")])[0].path == "a"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("DB_PASSWORD", "x#DB_PASSWORD"),
        ("db-password", "x#db-password"),
        ("db.user.password", "x#db.user.password"),
        ("db password", "x"),
        ("7_password", "x"),
        ("a/password", "x"),
    ],
)
def test_a_finding_stands_at_its_name_if_that_is_one(name: str, place: str) -> None:
    assert [finding.path for finding in scan_text_values({name: PASSWORD}, "x")] == [place]


def test_a_value_counts_by_its_name_or_else_by_what_it_holds() -> None:
    named, held = scan_text_values({"X": f"{OTHER} {TOKEN}", "A_PASSWORD": f" {PASSWORD} "}, "x", b"salt", 7)
    mark = fingerprint(PASSWORD.encode(), b"salt")
    assert named == Finding("x#A_PASSWORD", 7, "key-and-value", "password", "policy", mark)
    mark = fingerprint(OTHER.encode(), b"salt")
    assert held == Finding("x#X", 7, "github-token", "vendor_token", "policy", mark)
    (plain,) = scan_text_values({"A_PASSWORD": PASSWORD}, "x")
    assert (plain.line, plain.fingerprint) == (0, fingerprint(PASSWORD.encode(), DEFAULT_SALT))


def test_a_value_of_two_secrets_has_one_finding_and_a_name_with_a_secret_no_second() -> None:
    assert len(scan_text_values({"X": f"{TOKEN} {OTHER}"}, "x")) == 1
    assert len(scan_text_values({"API_TOKEN": f"{TOKEN}"}, "x")) == 1
    assert scan_text_values({"X": "words", "API_TOKEN": "$TOKEN", "DB_PASSWORD": "changeme"}, "x") == []
    assert scan_text_values({}, "x") == []


def test_nothing_is_told_by_rules_that_miss_their_own_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = load_rules()
    nowhere = replace(pack.tokens[0], match="nothing to find here")
    monkeypatch.setattr(selfcheck, "load_rules", lambda: replace(pack, tokens=(nowhere,), assignments=()))
    selfcheck._prove.cache_clear()
    try:
        with pytest.raises(CannotTell, match="misses its own example"):
            scan_text_values({"X": "words"}, "x")
    finally:
        selfcheck._prove.cache_clear()


def test_a_value_that_is_no_unicode_text_is_read_as_well() -> None:
    found = scan_text_values({"X": f"\udcff {OTHER}", "DB_PASSWORD": f"{PASSWORD}\udcff"}, "x")
    assert [finding.rule for finding in found] == ["key-and-value", "github-token"]
