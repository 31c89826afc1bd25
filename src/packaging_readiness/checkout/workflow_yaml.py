"""YAML as GitHub Actions reads it, with line numbers: every scalar stays the text that was written.

Keeping text avoids YAML 1.1's second meanings (`on` is true, `no` is false). Built from parser events, not from
composed nodes: the C composer recurses without a limit and takes the interpreter down on deeply nested input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from packaging_readiness.contract.errors import InputRefused

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 20_000
"""Nodes of the document with every alias written out."""

_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE_TAG = "tag:yaml.org,2002:"
_OTHER_BREAKS = "\x85\u2028\u2029"
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int
    plain: bool
    """Written without quotes or block indicator."""
    block: bool
    """Written as a block (`|` or `>`): its text begins on the line after `line`."""

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULL


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[tuple[Scalar, Node], ...]
    line: int

    def get(self, key: str) -> Node | None:
        return next((node for name, node in self.entries if name.text == key), None)

    def line_of(self, key: str) -> int:
        return next((name.line for name, _ in self.entries if name.text == key), self.line)


Node = Scalar | Sequence | Mapping


def refused(path: str, line: int, cause: str, cure: str = "") -> InputRefused:
    return InputRefused(f"{path}:{line}", cause, cure)


def read_yaml(data: bytes, path: str) -> Node:
    """The one document in `data`. Raises InputRefused (`path:line`): not UTF-8, too big, too deep, aliases that
    explode or refer to themselves, merge keys, duplicate or non-scalar keys, tags, several documents."""
    if len(data) > MAX_BYTES:
        raise InputRefused(path, f"longer than {MAX_BYTES} bytes", "a workflow is a small file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refused(path, line, "not UTF-8 text", "save the file as UTF-8") from error
    if strange := _STRANGE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        cause = "a Unicode line separator: a line break in YAML 1.1, text in YAML 1.2"
        if strange[0] not in _OTHER_BREAKS:
            cause = "a control character, which YAML does not allow"
        raise refused(path, line, cause, "use ordinary text and line breaks")
    builder = _Builder(path)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or "a character YAML does not allow"
        raise refused(path, line, f"not valid YAML: {problem}", "mend the syntax") from None
    if builder.root is None:
        raise InputRefused(path, "holds no document", "write a workflow")
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


@dataclass(slots=True)
class _Frame:
    """A collection being read: its finished children so far, and the weight of all it holds."""

    line: int
    anchor: str | None
    mapping: bool
    children: list[Node] = field(default_factory=list)
    weight: int = 1


@dataclass(slots=True)
class _Builder:
    path: str
    root: Node | None = None
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise refused(self.path, line, "a second document", "keep one workflow per file")
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                cause = "an alias of an anchor that is not defined above, or that holds the alias itself"
                raise refused(self.path, line, cause, "write the value out")
            self._add(*self.anchors[event.anchor], line)
        elif isinstance(event, yaml.ScalarEvent):
            self._check_tag(event.tag, line)
            plain, block = event.style in (None, ""), event.style in ("|", ">")
            self._finish(Scalar(event.value, line, plain, block), event.anchor, 1, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check_tag(event.tag, line)
            if len(self.stack) >= MAX_DEPTH:
                raise refused(self.path, line, f"nested deeper than {MAX_DEPTH} levels", "flatten the file")
            self.stack.append(_Frame(line, event.anchor, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self.stack.pop()
            node = self._mapping(frame) if frame.mapping else Sequence(tuple(frame.children), frame.line)
            self._finish(node, frame.anchor, frame.weight, frame.line)

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None:
            shown = re.sub(r"[^\w:!,./-]", "?", tag.removeprefix(_CORE_TAG))[:40]
            raise refused(self.path, line, f"an explicit tag ({shown})", "write the plain value")

    def _finish(self, node: Node, anchor: str | None, weight: int, line: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (node, weight)
        self._add(node, weight, line)

    def _add(self, node: Node, weight: int, line: int) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if frame.mapping and len(frame.children) % 2 == 0:
            self._check_key(node, line)
        frame.children.append(node)
        frame.weight += weight
        if frame.weight > MAX_NODES:
            raise refused(self.path, line, f"more than {MAX_NODES} values with aliases written out", "use fewer")

    def _check_key(self, node: Node, line: int) -> None:
        if not isinstance(node, Scalar):
            raise refused(self.path, line, "a key that is not a plain word", "write key: value")
        if node.text == "<<" and node.plain:
            raise refused(self.path, line, "a merge key, which GitHub Actions does not know", "write the keys out")

    def _mapping(self, frame: _Frame) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(frame.children[::2], frame.children[1::2], strict=True):
            assert isinstance(key, Scalar)
            if key.text in entries:
                cause = f"a key that stands on line {entries[key.text][0].line} already"
                raise refused(self.path, key.line, cause, "keep one of the two")
            entries[key.text] = (key, value)
        return Mapping(tuple(entries.values()), frame.line)
