"""The rule pack: how a row of its file becomes a rule, its generated examples, and its proof before the first use."""

import base64
import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import rulepack, selfcheck
from packaging_readiness.secrets.rulepack import any_of, expand_example, load_gates, load_rules
from packaging_readiness.secrets.scan import scan_stream
from packaging_readiness.secrets.selfcheck import ensure_rules_hold, prove_rules_early, rule_pack_faults


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("{alnum:36}", r"[a-km-zA-HJ-NP-Z2-9]{36}"),
        ("{b64:40}", r"[a-zA-Z0-9+/]{40}"),
        ("{hex:32}", r"[0-9a-f]{32}"),
        ("{upper:16}", r"[A-Z2-7]{16}"),
        ("{digit:12}", r"[0-9]{12}"),
        ("{pw:12}", r"[a-hj-km-np-zA-HJ-NP-Z2-9]{10}7x"),
        ("{hex:1}", r"[0-9a-f]"),
        ("{hex:31}", r"[0-9a-f]{31}"),
        ("{hex:33}", r"[0-9a-f]{33}"),
        ("{hex:65}", r"[0-9a-f]{65}"),
        ("{hex:96}", r"[0-9a-f]{96}"),
        ("a {hex:2} b {digit:3} } c", r"a [0-9a-f]{2} b [0-9]{3} \} c"),
        ("{other:3} {hex}", r"\{other:3\} \{hex\}"),
        ("nothing", "nothing"),
    ],
)
def test_a_generated_example_has_the_characters_and_the_length_that_it_names(example: str, form: str) -> None:
    made = expand_example(example)
    assert re.fullmatch(form, made)
    assert expand_example(example) == made


def test_generated_values_are_alike_in_every_run_and_differ_within_a_text() -> None:
    assert expand_example("{digit:6} {digit:6} {digit:6}") == "949979 268449 463700"
    assert len(set(expand_example("{hex:32} {hex:32} {hex:32}").split())) == 3
    login = base64.b64decode(expand_example("{userpass:14}")).decode()
    assert login == "svc:" + expand_example("{pw:14}")


@pytest.fixture
def row() -> dict[str, Any]:
    """A row of the rule file."""
    return {
        "id": "some-rule",
        "kind": "password",
        "pattern": r"\b%KEY%=(?P<user>a*):(?:(?P<v1>b+)|(?P<v2>c+))",
        "keywords": ["one", "two"],
        "filter": "key",
        "match": "x",
        "clean": "y",
    }


def pack_of(monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]) -> rulepack.RulePack:
    """A pack in which this row is the only one of each family."""
    load_gates()  # those of the real pack, which are kept
    rows = {"tokens": [row], "assignments": [row], "name_gate": "n", "assignment_gate": "a"}
    monkeypatch.setattr(rulepack, "_data", lambda: (rows, "digest"))
    return load_rules.__wrapped__()


def test_a_row_becomes_a_rule(monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]) -> None:
    token, rule = pack_of(monkeypatch, row).rules
    assert (rule.id, rule.kind, rule.family, rule.filter) == ("some-rule", "password", "assignments", "key")
    assert (rule.key, rule.user, rule.values, rule.keywords) == (1, 2, (3, 4), (b"one", b"two"))
    assert (rule.match, rule.clean, rule.config_only, token.family) == ("x", "y", False, "tokens")


def test_a_row_without_groups_stands_for_all_that_it_matches(
    monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]
) -> None:
    _, rule = pack_of(monkeypatch, row | {"pattern": "abc", "context": "config"}).rules
    assert (rule.key, rule.user, rule.values, rule.config_only) == (0, 0, (0,), True)
    _, rule = pack_of(monkeypatch, row | {"pattern": "(?P<rev>a)(?P<v>b)", "context": "any"}).rules
    assert (rule.values, rule.config_only) == ((2,), False)


def test_an_underscore_sets_a_token_apart_and_is_a_letter_elsewhere(
    monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]
) -> None:
    token, rule = pack_of(monkeypatch, row | {"pattern": r"\babc\b"}).rules
    for text, as_token, as_rule in ((b"x abc y", True, True), (b"x_abc_y", True, False), (b"xabcy", False, False)):
        assert (bool(token.pattern.search(text)), bool(rule.pattern.search(text))) == (as_token, as_rule)


def test_bytes_are_matched_one_by_one(monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]) -> None:
    _, rule = pack_of(monkeypatch, row | {"pattern": "a[^b]c"}).rules
    assert rule.pattern.search(b"a\xffc")
    assert not rule.pattern.search("a\u00e9c".encode())


def test_the_gates_have_no_groups_but_the_one_of_base64() -> None:
    gates = load_gates.__wrapped__()
    assert [each.groups for each in (gates.tokens, gates.names, gates.assignments, gates.base64_run)] == [0, 0, 0, 1]


def test_any_of_some_words_finds_the_first() -> None:
    found = any_of(frozenset({b"b.", b"c"}))
    assert [found.search(text).span() for text in (b"abxb.c", b"ac b.")] == [(3, 5), (1, 2)]
    assert found.search(b"bx") is None


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load_gates()
    monkeypatch.setitem(sys.modules, "re2", None)
    for load in (load_rules.__wrapped__, load_gates.__wrapped__):
        with pytest.raises(CannotTell, match="secret rules: re2 is not installed"):
            load()


@pytest.mark.parametrize("broken", [{"pattern": "("}, {"keywords": None}], ids=["open", "no-words"])
def test_a_pack_that_cannot_be_used_is_told_and_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch, row: dict[str, Any], capfd: pytest.CaptureFixture[str], broken: dict[str, Any]
) -> None:
    with pytest.raises(CannotTell, match=r"secrets/rules\.yaml: unusable rule pack") as told:
        pack_of(monkeypatch, row | broken)
    assert told.value.place == "secrets/rules.yaml"
    assert capfd.readouterr() == ("", "")


def test_a_row_without_a_pattern_is_told_by_the_gates_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulepack, "_data", lambda: ({"tokens": [{}]}, ""))
    for load in (load_rules.__wrapped__, load_gates.__wrapped__):
        with pytest.raises(CannotTell, match="unusable rule pack"):
            load()


def test_only_the_rules_that_are_asked_for_are_proved() -> None:
    github = next(rule for rule in load_rules().rules if rule.id == "github-token")
    assert rule_pack_faults([]) == []
    assert rule_pack_faults([github]) == []
    assert len(rule_pack_faults([replace(github, match="x", clean=github.match), github])) == 2


@pytest.fixture
def unproved() -> Iterator[None]:
    """As in a process that has not scanned anything."""
    selfcheck._prove.cache_clear()
    yield
    selfcheck._prove.cache_clear()


@pytest.mark.usefixtures("unproved")
def test_the_pack_is_proved_once_and_early_where_somebody_wants_that() -> None:
    thread = prove_rules_early()
    thread.join()
    assert thread.name == "secret rules"
    assert selfcheck._prove.cache_info().currsize == 1
    ensure_rules_hold()
    assert (selfcheck._prove.cache_info().hits, selfcheck._prove.cache_info().misses) == (1, 1)


def _faulty() -> list[str]:
    return ["rule a misses", "rule b matches"]


@pytest.mark.usefixtures("unproved")
def test_a_pack_that_fails_its_examples_scans_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "rule_pack_faults", _faulty)
    prove_rules_early().join()
    uses: tuple[Callable[[], object], ...] = (ensure_rules_hold, lambda: scan_stream(io.BytesIO(b""), "x"))
    for use in uses:
        with pytest.raises(CannotTell, match="rule a misses; rule b matches"):
            use()
