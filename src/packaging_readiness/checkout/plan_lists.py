"""Lists of the build plan: image boundary, provenance, evidence, secret paths, pins, conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout.markdown_blocks import Document, Item, code_spans, iter_lines

_PIN = re.compile(r"([A-Z][A-Z0-9_]*) ?= ?(?:\"([^\"]*)\"|([A-Za-z0-9_.:/-]+))")
_FIELD = re.compile(r"([a-z][a-z0-9_]*)(?: = (?:\"([^\"]*)\"|([a-z][a-z0-9_]*)))?")
_HANDLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_OBJECT = re.compile(r"[a-z0-9_]+\.json")
_PATH = re.compile(r"(?!/)[A-Za-z0-9_./-]+")
_OBJECT_LIST = re.compile(r"(?:mandatory|required) .*(?:evidence objects|artifacts)\b|emit conformance artifact")


@dataclass(frozen=True, slots=True)
class IncludePath:
    path: str
    recursive: bool
    line: int


@dataclass(frozen=True, slots=True)
class Exclude:
    """One bullet as written, and the path patterns it quotes."""

    text: str
    patterns: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ProvenanceField:
    """A required field: `literal` it must equal, other field it must equal (`same_as`), handle it is aligned to."""

    name: str
    literal: str | None
    same_as: str | None
    handle: str | None
    line: int


@dataclass(frozen=True, slots=True)
class EvidenceObject:
    name: str
    lane: str
    minimum_fields: tuple[str, ...]
    must_include: tuple[str, ...]
    """What the object must state, as written, where the plan names no fields."""
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    line: int
    parts: tuple[str, ...] = ()
    """Sub-items as written."""


@dataclass(frozen=True, slots=True)
class Pin:
    key: str
    value: str
    line: int


def spans_of(item: Item) -> tuple[str, ...]:
    return tuple(span.text for span in code_spans(item.text))


def lists_under(document: Document, items: tuple[Item, ...], words: str) -> tuple[Item, ...]:
    """Children of the one item whose text begins with `words` (case aside); empty when there is no such item."""
    heads = [item for item in items if item.text.casefold().replace("`", "").startswith(words)]
    heads = [head for head in heads if document.children(head)]
    if len(heads) > 1:
        cause = f"a second list '{words}' beside that of line {heads[0].line}"
        raise document.refuse(heads[1].line, cause, "keep one list")
    return document.children(heads[0]) if heads else ()


def first_span(document: Document, item: Item, what: str) -> str:
    spans = code_spans(item.text)
    if not spans or spans[0].start:
        raise document.refuse(item.line, f"malformed {what}", "begin the item with a `code span`")
    return spans[0].text


def include_set(document: Document, items: tuple[Item, ...]) -> tuple[IncludePath, ...]:
    found: dict[str, IncludePath] = {}
    for item in lists_under(document, items, "required include set"):
        path = first_span(document, item, "include path")
        if not _PATH.fullmatch(path) or ".." in path.split("/"):
            raise document.refuse(item.line, "malformed include path", "write a path relative to the repository")
        if path in found:
            raise document.refuse(item.line, f"repeats the include path of line {found[path].line}", "keep one")
        found[path] = IncludePath(path, "(recursive)" in item.text, item.line)
    return tuple(found.values())


def exclude_set(document: Document, items: tuple[Item, ...]) -> tuple[Exclude, ...]:
    bullets = lists_under(document, items, "explicit exclude set")
    return tuple(Exclude(item.text, spans_of(item), item.line) for item in bullets)


def provenance_fields(document: Document, items: tuple[Item, ...], words: str) -> tuple[ProvenanceField, ...]:
    found: dict[str, ProvenanceField] = {}
    for item in lists_under(document, items, words):
        match = _FIELD.fullmatch(first_span(document, item, "provenance field"))
        if match is None:
            raise document.refuse(item.line, "malformed provenance field", 'write `name` or `name = "value"`')
        if match[1] in found:
            raise document.refuse(item.line, f"repeats the field of line {found[match[1]].line}", "keep one")
        handle = next(filter(_HANDLE.fullmatch, spans_of(item)[1:]), None)
        found[match[1]] = ProvenanceField(match[1], match[2], match[3], handle, item.line)
    return tuple(found.values())


def secret_paths(document: Document, items: tuple[Item, ...]) -> tuple[Statement, ...]:
    bullets = lists_under(document, items, "required secret path handles")
    return tuple(Statement(first_span(document, item, "secret path"), item.line) for item in bullets)


def fields_under(document: Document, items: tuple[Item, ...], words: str) -> tuple[str, ...]:
    return tuple(
        name for item in lists_under(document, items, words) for name in spans_of(item) if _FIELD.fullmatch(name)
    )


def evidence_objects(document: Document, lanes: tuple[tuple[str, tuple[Item, ...]], ...]) -> tuple[EvidenceObject, ...]:
    """Objects in order of first naming: items of an evidence contract, and lists of mandatory or required objects."""
    found: dict[str, tuple[str, Item]] = {}
    details: dict[str, list[tuple[bool, Item]]] = {}
    for lane, items in lanes:
        by_line = {item.line: item for item in items}
        for item in items:
            spans = code_spans(item.text)
            if not spans or spans[0].start or not _OBJECT.fullmatch(spans[0].text):
                continue
            name, parent = spans[0].text, by_line.get(item.parent)
            if parent is not None and _OBJECT_LIST.match(parent.text.casefold().replace("`", "")):
                found.setdefault(name, (lane, item))
            elif parent is None and "evidence contract" in item.label.casefold():
                found.setdefault(name, (lane, item))
                if item.text.endswith(":"):
                    details.setdefault(name, []).append(("minimum fields" in item.text, item))
    return tuple(_evidence(document, name, lane, item, details.get(name, [])) for name, (lane, item) in found.items())


def _evidence(document: Document, name: str, lane: str, item: Item, details: list[tuple[bool, Item]]) -> EvidenceObject:
    fields: list[str] = []
    texts: list[str] = []
    for names_fields, head in details:
        for child in document.children(head):
            if names_fields:
                fields += [span for span in spans_of(child) if _FIELD.fullmatch(span)]
            else:
                texts.append(child.text.rstrip(".,"))
    return EvidenceObject(name, lane, tuple(fields), tuple(texts), item.line)


def statements(document: Document, items: tuple[Item, ...], words: str) -> tuple[Statement, ...]:
    """Top items of the list whose lead-in line holds `words`."""
    parts: dict[int, list[str]] = {}
    for item in document.items:  # once for all: a list can have thousands of items
        parts.setdefault(item.parent, []).append(item.text)
    return tuple(
        Statement(item.text, item.line, tuple(parts.get(item.line, ())))
        for item in items
        if not item.parent and words in item.label.casefold()
    )


def pins(document: Document) -> tuple[Pin, ...]:
    """Every `KEY = "value"` or `KEY=value` code span of the plan's text."""
    found: list[Pin] = []
    for line, _, text in iter_lines(document):
        for span in code_spans(text):
            if match := _PIN.fullmatch(span.text):
                found.append(Pin(match[1], match[2] if match[2] is not None else match[3], line))
    return tuple(found)
