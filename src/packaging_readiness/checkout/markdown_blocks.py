"""Values of a planning document: headings, list items, tables, text lines, code spans; each with its line number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging_readiness.contract.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Heading:
    line: int
    level: int
    number: str
    """Section number as written (`11.3`), empty when the heading bears none."""
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One list item. `parent` is the line of the enclosing item (0: none), `label` the lead-in line above the list."""

    line: int
    trail: tuple[Heading, ...]
    label: str
    parent: int
    ordinal: int | None
    checked: bool | None
    text: str
    raw: str

    @property
    def heading(self) -> Heading | None:
        return self.trail[-1] if self.trail else None


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    line: int
    trail: tuple[Heading, ...]
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Text:
    line: int
    trail: tuple[Heading, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A code span: `text` without its backticks, and where it stands in the line it was read from."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    path: str
    headings: tuple[Heading, ...]
    items: tuple[Item, ...]
    tables: tuple[Table, ...]
    texts: tuple[Text, ...]

    def children(self, item: Item) -> tuple[Item, ...]:
        return tuple(other for other in self.items if other.parent == item.line)

    def refuse(self, line: int, cause: str, cure: str = "") -> InputRefused:
        return refused(self.path, line, cause, cure)


def refused(path: str, line: int, cause: str, cure: str = "") -> InputRefused:
    return InputRefused(f"{path}:{line}", cause, cure)


def code_spans(text: str) -> tuple[Span, ...]:
    """Code spans of one line: a run of backticks closed by the next run of the same length."""
    runs = list(re.finditer(r"`+", text))
    spans: list[Span] = []
    i = 0
    while i < len(runs):
        opening = runs[i]
        width = len(opening.group())
        closing = next((j for j in range(i + 1, len(runs)) if len(runs[j].group()) == width), None)
        if closing is None:
            i += 1
            continue
        inner = text[opening.end() : runs[closing].start()]
        spans.append(Span(opening.start(), runs[closing].end(), inner.strip(" ")))
        i = closing + 1
    return tuple(spans)


def under(trail: tuple[Heading, ...], heading: Heading) -> bool:
    return any(other.line == heading.line for other in trail)


def names_section(trail: tuple[Heading, ...], words: str) -> bool:
    """Whether an enclosing heading's title holds `words`, case aside."""
    return any(words in heading.title.casefold() for heading in trail)


def iter_lines(document: Document) -> Iterator[tuple[int, tuple[Heading, ...], str]]:
    """Every piece of running text: items, text lines and table cells, in line order."""
    pieces = [(i.line, i.trail, i.text) for i in document.items]
    pieces += [(t.line, t.trail, t.text) for t in document.texts]
    pieces += [(r.line, t.trail, " | ".join(r.cells)) for t in document.tables for r in t.rows]
    return iter(sorted(pieces, key=lambda piece: piece[0]))
