"""Blocker codes at their edges: what is a code, which lines speak formally, what they say and what the code means."""

import pytest

from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.plan_blockers import Blocker, BlockerMention, blockers_of


def blockers(source: str) -> tuple[Blocker, ...]:
    return blockers_of(read_markdown(source, "plan.md"))


def only(source: str) -> Blocker:
    (found,) = blockers(source)
    return found


def kinds(source: str) -> list[tuple[str, str | None]]:
    return [(mention.kind, mention.status) for mention in only(source).mentions]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("M1-B1, M1-B10 and M1A-B2", ["M1-B1", "M1-B10", "M1A-B2"]),
        ("M1-B2 and M1-B2", ["M1-B2"]),
        ("XM1-B1 M1-B1x M1-B0 M1AB-B1 M1-B M1-B* M2-B1 m1-b1 M1a-B1", []),
    ],
)
def test_codes_are_whole_words(text: str, codes: list[str]) -> None:
    assert [found.code for found in blockers(f"{text}\n")] == codes
    assert [len(found.mentions) for found in blockers(f"{text}\n")] == [1] * len(codes)


@pytest.mark.parametrize(
    ("rest", "status", "meaning"),
    [
        (": lost - `CLOSED`.", "CLOSED", "lost"),
        (": lost - CLOSED (2026-01-01).", "CLOSED", "lost"),
        (": lost -   `CLOSED` (a).", "CLOSED", "lost"),
        (": lost - `OPEN`.", "OPEN", "lost"),
        (": lost - `ACTIVE`", "OPEN", "lost"),
        (": lost.", "OPEN", "lost"),
        (": lost: CLOSED.", "OPEN", "lost: CLOSED"),
        (": lost - CLOSED now", "OPEN", "lost - CLOSED now"),
        (" is closed", "OPEN", "is closed"),
    ],
)
def test_the_taxonomy_closes_with_a_dash_and_a_word(rest: str, status: str, meaning: str) -> None:
    found = only(f"## 6) Blocker Taxonomy (M1)\n- `M1-B1`{rest}\n")
    assert [(one.kind, one.status) for one in found.mentions] == [("taxonomy", status)]
    assert (found.status, found.text) == (status, meaning)


@pytest.mark.parametrize(
    ("rest", "status", "meaning"),
    [
        (" strategy: CLOSED.", "CLOSED", "strategy"),
        (":   `CLOSED` (2026).", "CLOSED", ""),
        (" strategy: OPEN.", "OPEN", "strategy"),
        (" strategy:REOPENED", "OPEN", "strategy:REOPENED"),
        (" is closed by a repository.", "CLOSED", "is closed by a repository"),
        (" IS NOW Closed, finally", "CLOSED", "IS NOW Closed, finally"),
        (" is now open", "OPEN", "is now open"),
        (" is active", "OPEN", "is active"),
        (" which is closed", "OPEN", "which is closed"),
        (" is closedown", "OPEN", "is closedown"),
        (" is not closed", "OPEN", "is not closed"),
        (" lost - CLOSED", "OPEN", "lost - CLOSED"),
    ],
)
def test_an_adjudication_closes_with_a_colon_or_a_sentence(rest: str, status: str, meaning: str) -> None:
    found = only(f"M1.A Blocker Adjudication (closure):\n1. `M1A-B1`{rest}\n")
    assert [(one.kind, one.status) for one in found.mentions] == [("adjudication", status)]
    assert (found.status, found.text) == (status, meaning)


@pytest.mark.parametrize(
    ("label", "rest", "kind"),
    [
        ("Notes", ": lost", "definition"),
        ("Notes", " lost", "mention"),
        ("Notes", " lost:", "mention"),
        ("M1.A closure Blockers", " this is lost", "definition"),
        ("M1.A closure blockers", ": is lost", "definition"),
        ("M1.A closure blockers", " is lost", "mention"),
        ("M1.A closure blockers", " are lost", "mention"),
        ("M1.A closure blockers", " remain lost", "mention"),
        ("M1.A closure blockers", " remains lost", "mention"),
        ("M1.A closure blockers", " (lost)", "mention"),
        ("M1.A closure blockers", " island lost (x)", "definition"),
        ("M1.A blocker adjudication contract", ": CLOSED", "definition"),
        ("M1.A blocker adjudication contract", " is closed", "mention"),
    ],
)
def test_other_lists_define_or_mention(label: str, rest: str, kind: str) -> None:
    assert kinds(f"{label}:\n- `M1-B1`{rest}\n") == [(kind, None)]


@pytest.mark.parametrize(
    "item", ["see `M1-B1`: lost - CLOSED", "`M1-B1 x`: lost", "M1-B1: lost", "`x` `M1-B1`: lost", "`M1-B*` M1-B1: x"]
)
def test_an_item_is_about_the_code_that_it_begins_with(item: str) -> None:
    assert kinds(f"## Blocker taxonomy\n- {item}\n") == [("mention", None)]


def test_a_code_inside_an_item_about_another_is_mentioned() -> None:
    first, second = blockers("## Blocker taxonomy\n- `M1-B1`: like `M1-B2` - CLOSED.\n")
    assert (first.status, first.text) == ("CLOSED", "like `M1-B2`")
    assert second.mentions == (BlockerMention(2, "mention", None, "`M1-B1`: like `M1-B2` - CLOSED."),)
    assert (second.status, second.text, second.statements) == ("OPEN", "", ())


def test_a_definition_gives_the_meaning_and_the_first_one_does() -> None:
    adjudged = "M1.A blocker adjudication:\n1. `M1-B1` short: CLOSED.\n"
    mentioned = "Remarks:\n- `M1-B1` is gone.\n"
    defined = "M1.A blockers:\n- `M1-B1`: in full,\n- `M1-B1`: again.\n"
    assert only(f"{adjudged}\n{mentioned}").text == "short"
    assert only(f"{adjudged}\n{mentioned}\n{defined}").text == "in full"
    assert only(f"{mentioned}\n{defined}\n{adjudged}").text == "in full"
    assert only(mentioned).text == ""


def test_formal_lines_that_differ_contradict_each_other() -> None:
    closed = "M1.A blocker adjudication:\n1. `M1-B1`: CLOSED.\n2. `M1-B1` is closed.\n"
    assert (only(closed).status, only(closed).contradictory, len(only(closed).statements)) == ("CLOSED", False, 2)
    both = only(f"{closed}\n## Blocker taxonomy\n- `M1-B1`: lost.\n")
    assert (both.status, both.contradictory) == ("OPEN", True)
    said = only("`M1-B1` is closed.\n")
    assert (said.status, said.contradictory, said.statements) == ("OPEN", False, ())
