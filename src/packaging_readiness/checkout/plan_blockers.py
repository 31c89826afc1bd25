"""Blocker codes of the build plan: every mention, and the status that follows from the formal ones.

Formal statements are the blocker taxonomy (plan section 6: a code without a closing word is open) and the lists
titled "blocker adjudication". A list titled "blocker adjudication contract" defines, it does not adjudicate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.checkout.markdown_blocks import Document, Item, code_spans, iter_lines, names_section

Status = Literal["OPEN", "CLOSED"]
Kind = Literal["taxonomy", "adjudication", "definition", "mention"]

_CODE = re.compile(r"\bM1[A-Z]?-B[1-9][0-9]*\b")
_DATED = r"`?(CLOSED|OPEN|ACTIVE)`?(?: *\([^()]*\))?\.?$"
_ADJUDICATED = re.compile(r": *" + _DATED)
_TAXONOMY = re.compile(r" - *" + _DATED)
_VERB = re.compile(r"(?:is|are|remains?)\b|\(")
_SENTENCE = re.compile(r"is (?:now )?(closed|open|active)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BlockerMention:
    """One line that names the code. `status` is None where the line makes no formal statement."""

    line: int
    kind: Kind
    status: Status | None
    text: str


@dataclass(frozen=True, slots=True)
class Blocker:
    code: str
    text: str
    """What the code means, as first defined; empty when the plan never defines it."""
    mentions: tuple[BlockerMention, ...]

    @property
    def statements(self) -> tuple[BlockerMention, ...]:
        return tuple(mention for mention in self.mentions if mention.status is not None)

    @property
    def status(self) -> Status:
        """CLOSED only when formal statements exist and all of them say so."""
        said = {mention.status for mention in self.statements}
        return "CLOSED" if said == {"CLOSED"} else "OPEN"

    @property
    def contradictory(self) -> bool:
        return len({mention.status for mention in self.statements}) > 1


def blockers_of(document: Document) -> tuple[Blocker, ...]:
    """All codes in order of first appearance."""
    items = {item.line: item for item in document.items}
    mentions: dict[str, list[BlockerMention]] = {}
    texts: dict[tuple[str, bool], str] = {}
    for line, _, text in iter_lines(document):
        subject, rest = _subject(items.get(line))
        for code in dict.fromkeys(_CODE.findall(text)):
            kind: Kind = _kind(items[line], rest) if code == subject else "mention"
            mentions.setdefault(code, []).append(BlockerMention(line, kind, _status(kind, rest), text))
            if kind != "mention":
                texts.setdefault((code, kind == "adjudication"), _meaning(kind, rest))
    # An adjudication often shortens the wording: it speaks only where no definition does.
    meanings = {code: texts.get((code, False)) or texts.get((code, True), "") for code in mentions}
    return tuple(Blocker(code, meanings[code], tuple(found)) for code, found in mentions.items())


def _subject(item: Item | None) -> tuple[str, str]:
    """What an item is about (its leading code span), a code or anything else, and the text after it."""
    if item is None:
        return "", ""
    spans = code_spans(item.text)
    if not spans or spans[0].start:
        return "", ""
    return spans[0].text, item.text[spans[0].end :].strip()


def _kind(item: Item, rest: str) -> Kind:
    if names_section(item.trail, "blocker taxonomy"):
        return "taxonomy"
    label = item.label.casefold()
    if "blocker adjudication" in label and "contract" not in label:
        return "adjudication"
    defines = rest.startswith(":") or ("blocker" in label and not _VERB.match(rest))
    return "definition" if defines else "mention"


def _status(kind: Kind, rest: str) -> Status | None:
    if kind == "taxonomy":
        match = _TAXONOMY.search(rest)
    elif kind == "adjudication":
        match = _ADJUDICATED.search(rest) or _SENTENCE.match(rest)
    else:
        return None
    # A formal line without a recognisable closing word leaves the blocker open.
    return "CLOSED" if match and match[1].upper() == "CLOSED" else "OPEN"


def _meaning(kind: Kind, rest: str) -> str:
    ending = _TAXONOMY if kind == "taxonomy" else _ADJUDICATED
    return ending.sub("", rest).removeprefix(":").strip().rstrip(".,")
