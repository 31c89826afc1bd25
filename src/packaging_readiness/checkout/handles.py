"""Handles registry and design authority: `KEY = value` lines, bare handles, open handles, secret paths.

Source: handles registry (sections 6.4, 11.3, 14) and design authority of the platform. A handle line is a list item
that begins with a code span holding `KEY = value` or `KEY`; what follows the span is its note. Values: JSON string,
number, true/false, list, object, or an unquoted word (`7d`), read as a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging_readiness.checkout.handle_values import OPEN, Json, is_open, read_value
from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document, Heading, Item, Span, code_spans, names_section
from packaging_readiness.contract.errors import InputRefused

OPEN_SECTION = "open materialization"
ENTRYPOINT_PREFIX = "ENTRYPOINT_"

_ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_-]*)\s*=(.*)")
_BARE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")
_SECRET_PATH = re.compile(r"(?:/[A-Za-z0-9_.-]+)+")
_UNQUOTED_HANDLE = re.compile(r"[A-Z][A-Z0-9_]{2,} *=|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")


@dataclass(frozen=True, slots=True)
class Handle:
    """One mention of a handle. `value` is None for a bare mention; `note` is what follows the code span."""

    key: str
    value: Json | None
    line: int
    section: str
    section_title: str
    note: str
    raw: str


@dataclass(frozen=True, slots=True)
class Named:
    """A name (open handle, secret path or placeholder) and the line that lists it."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class OpenHandle:
    """A handle that is not materialised: line of its TO_PIN value, line of its listing as open; 0 where absent."""

    key: str
    to_pin_line: int
    listed_line: int
    disagreement: str
    """Empty when value and listing agree; otherwise what contradicts what."""


@dataclass(frozen=True, slots=True)
class HandlesRegistry:
    path: str
    handles: tuple[Handle, ...]
    """All mentions, bare ones included, in line order."""
    open_listed: tuple[Named, ...]
    """What the section of open materialization handles lists."""
    secret_paths: tuple[Named, ...]
    placeholders: tuple[Named, ...]

    def find(self, key: str) -> Handle | None:
        """The mention that bears a value, else the first bare one, else None."""
        mentions = [handle for handle in self.handles if handle.key == key]
        valued = [handle for handle in mentions if handle.value is not None]
        return next(iter(valued or mentions), None)

    def value(self, key: str) -> Json:
        """The value pinned for `key`. Raises InputRefused when the key is absent or bears no value."""
        handle = self.find(key)
        if handle is None:
            raise InputRefused(self.path, f"handle {key} is not in the registry", f'add * `{key} = "..."`')
        if handle.value is None:
            cause = f"handle {key} is named here but has no value"
            raise InputRefused(f"{self.path}:{handle.line}", cause, f'pin it: * `{key} = "..."`')
        return handle.value

    @property
    def entrypoints(self) -> tuple[Handle, ...]:
        """First mention of each ENTRYPOINT_* handle, in line order."""
        first: dict[str, Handle] = {}
        for handle in self.handles:
            if handle.key.startswith(ENTRYPOINT_PREFIX):
                first.setdefault(handle.key, handle)
        return tuple(first.values())

    @property
    def open_handles(self) -> tuple[OpenHandle, ...]:
        """Every handle whose value holds TO_PIN or that is listed as open, each with both facts, by first line."""
        to_pin = {h.key: h.line for h in reversed(self.handles) if is_open(h.value)}
        listed = {named.name: named.line for named in reversed(self.open_listed)}
        lines = {key: min(filter(None, (to_pin.get(key), listed.get(key)))) for key in {**to_pin, **listed}}
        return tuple(
            OpenHandle(
                key,
                to_pin.get(key, 0),
                listed.get(key, 0),
                self._disagreement(key, key in to_pin, key in listed),
            )
            for key in sorted(lines, key=lambda key: lines[key])
        )

    def _disagreement(self, key: str, to_pin: bool, listed: bool) -> str:
        if to_pin:
            return "" if listed else f"value is {OPEN} but the handle is not listed as open"
        handle = self.find(key)
        if handle is None:
            return "listed as open but declared nowhere"
        return "" if handle.value is None else f"listed as open but line {handle.line} pins a value"


def read_handles(text: str, path: str) -> HandlesRegistry:
    """Reads a handles registry or design authority. Raises InputRefused (`path:line`) on a malformed handle line,
    on two values for one key, and when the document holds no handle at all."""
    document = read_markdown(text, path)
    handles: list[Handle] = []
    listed: list[Named] = []
    secrets: list[Named] = []
    placeholders: list[Named] = []
    for item in document.items:
        spans, note = _leading_spans(document, item)
        for span in spans:
            if span.text.startswith("/") and _lists_secret_paths(item.trail):
                secrets.append(Named(_secret_path(document, item, span), item.line))
            elif _PLACEHOLDER.fullmatch(span.text):
                placeholders.append(Named(span.text, item.line))
            elif _BARE.fullmatch(span.text) and names_section(item.trail, OPEN_SECTION):
                listed.append(Named(span.text, item.line))
            elif (handle := _handle(document, item, span, note)) is not None:
                handles.append(handle)
    if not handles:
        raise InputRefused(path, "no handle lines found", 'a handle line reads * `KEY = "value"`')
    _refuse_second_values(document, handles)
    return HandlesRegistry(path, tuple(handles), tuple(listed), tuple(secrets), tuple(placeholders))


def _leading_spans(document: Document, item: Item) -> tuple[tuple[Span, ...], str]:
    """The code spans an item begins with (`A = 1`, `B = 2` share one item), and the rest of its text.

    A name that runs on into a sentence (`TO_PIN` fields are ...) is prose about the name, not a handle line.
    """
    text = item.text
    if _UNQUOTED_HANDLE.match(text):
        raise document.refuse(item.line, "handle without backticks", 'write * `KEY = "value"`')
    if not text.startswith("`"):
        return (), ""
    leading: list[Span] = []
    for span in code_spans(text):
        expected = text[leading[-1].end : span.start] if leading else text[: span.start]
        if expected.strip() != ("," if leading else ""):
            break
        leading.append(span)
    if not leading:
        raise document.refuse(item.line, "code span is never closed", "close it with a backtick")
    note = text[leading[-1].end :].strip()
    spans = tuple(span for span in leading if not (note[:1].isalpha() and _BARE.fullmatch(span.text)))
    return spans, note.removeprefix("->").strip()


def _lists_secret_paths(trail: tuple[Heading, ...]) -> bool:
    return names_section(trail, "secret path") or names_section(trail, "secret-path")


def _secret_path(document: Document, item: Item, span: Span) -> str:
    if not _SECRET_PATH.fullmatch(span.text):
        raise document.refuse(item.line, "malformed secret path", "write it as /part/part, without spaces")
    return span.text


def _handle(document: Document, item: Item, span: Span, note: str) -> Handle | None:
    match = _ASSIGNMENT.match(span.text)
    if match is None and not _BARE.fullmatch(span.text):
        return None
    heading = item.heading
    return Handle(
        key=match[1] if match else span.text,
        value=read_value(document, item.line, match[1], match[2].strip()) if match else None,
        line=item.line,
        section=heading.number if heading else "",
        section_title=heading.title if heading else "",
        note=note,
        raw=item.raw,
    )


def _refuse_second_values(document: Document, handles: list[Handle]) -> None:
    for key, (first, second) in _contradictions(handles):
        cause = f"{key} has another value here than on line {first.line}"
        raise document.refuse(second.line, cause, "keep one of the two values")


def _contradictions(handles: list[Handle]) -> Iterator[tuple[str, tuple[Handle, Handle]]]:
    seen: dict[str, Handle] = {}
    for handle in handles:
        if handle.value is None:
            continue
        first = seen.setdefault(handle.key, handle)
        # Compared as JSON text because 1 == True == 1.0 in Python.
        if json.dumps(first.value, sort_keys=True) != json.dumps(handle.value, sort_keys=True):
            yield handle.key, (first, handle)
