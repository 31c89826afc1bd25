"""Blocks of a planning document: headings, list items, tables and text lines, each with its line number.

A small subset of CommonMark plus GitHub's tables and task lists. Fenced and indented code and HTML comments are not
content. What a reader could take in two ways (a fence that never closes, a table row with a wrong number of cells,
a damaged checkbox) is refused with `path:line`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging_readiness.checkout.markdown_blocks import Document, Heading, Item, Row, Table, Text, refused
from packaging_readiness.contract.errors import CannotTell, InputRefused

MAX_DOCUMENT_BYTES = 1024 * 1024

_FENCE = re.compile(r" *(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?: (.*))?")
_NUMBERED = re.compile(r"([0-9]+(?:\.[0-9]+)*)[.)]? +(.+)")
_BREAK = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_ITEM = re.compile(r"( *)([-*+]|[0-9]{1,9}[.)])(?:( +)(.*))?")
_DELIMITER = re.compile(r":?-+:?")
_BOX = re.compile(r"\[([^\]]*)\](.*)")
_LOOSE_BOX = re.compile(r"(?:[-*+])?\[[ xX]?\](?![(:\[])")


def load_text(root: Path, path: str) -> str:
    """The UTF-8 text of `path` under `root`.

    Raises CannotTell (absent, unreadable) and InputRefused (not UTF-8, too big).
    """
    try:
        with (root / path).open("rb") as stream:
            data = stream.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a usable file name"
        raise CannotTell(path, f"cannot be read: {reason}", "restore the document in the checkout") from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise InputRefused(path, f"longer than {MAX_DOCUMENT_BYTES} bytes", "this is not a planning document")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refused(path, line, "not UTF-8 text", "save the document as UTF-8") from error


def read_markdown(text: str, path: str) -> Document:
    """The blocks of a document in order. Raises InputRefused with `path:line`."""
    reader = _Reader(path)
    lines = text.removeprefix("\ufeff").split("\n")
    for number, line in enumerate(lines, 1):
        reader.take(number, line.removesuffix("\r"))
    return reader.finish()


@dataclass(slots=True)
class _Open:
    """A list item that may still get children: column of its marker, column of its content, line."""

    indent: int
    content: int
    line: int


@dataclass(slots=True)
class _Reader:
    path: str
    trail: tuple[Heading, ...] = ()
    label: str = ""
    stack: list[_Open] = field(default_factory=list)
    current: Item | None = None
    fence: tuple[str, int, int] | None = None
    comment: int = 0
    rows: list[Row] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    tails: dict[int, list[str]] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def take(self, number: int, raw: str) -> None:
        line = raw.expandtabs(4)
        indent = len(line) - len(line.lstrip(" "))
        stripped = line.strip(" ")
        if self.fence is not None:
            self._inside_fence(number, stripped, indent)
        elif self.comment:
            if "-->" in stripped:
                self.comment = 0
        elif not stripped:
            self._close_table()
            self.current = None
        elif stripped.startswith("|") and self.current is None:
            self.rows.append(Row(number, self._cells(number, stripped)))
        elif not self._takes_structure(number, line, raw, indent):
            if self.rows:
                raise refused(self.path, number, "text inside a table", "begin and end every table row with |")
            self._take_text(number, stripped, indent)

    def _takes_structure(self, number: int, line: str, raw: str, indent: int) -> bool:
        if (match := _FENCE.match(line)) and not (match[1][0] == "`" and "`" in match[2]):
            self._close_table()
            self.current = None
            column = self.stack[-1].content if self.stack and indent >= self.stack[-1].content else 0
            self.fence = (match[1], number, column)
        elif line.lstrip(" ").startswith("<!--"):
            self._close_table()
            self.current = None
            self.comment = 0 if "-->" in line else number
        elif match := _HEADING.fullmatch(line):
            self._close_table()
            self._take_heading(number, len(match[1]), match[2] or "")
        elif _BREAK.fullmatch(line):
            self._close_table()
            self.current, self.label = None, ""
            self.stack.clear()
        elif match := _ITEM.fullmatch(line):
            self._close_table()
            self._take_item(number, match, raw, indent)
        else:
            return False
        return True

    def _inside_fence(self, number: int, stripped: str, indent: int) -> None:
        assert self.fence is not None
        mark, opened, column = self.fence
        if set(stripped) == set(mark) and len(stripped) >= len(mark):
            self.fence = None
        elif stripped and indent < column:
            cause = f"code fence of line {opened} is not closed inside its list item"
            raise refused(self.path, number, cause, "close the fence")

    def _take_heading(self, number: int, level: int, text: str) -> None:
        text = text.strip(" ")
        bare = text.rstrip("#")
        if not bare or bare.endswith(" "):
            text = bare.strip(" ")
        match = _NUMBERED.match(text)
        heading = Heading(number, level, match[1] if match else "", (match[2] if match else text).strip())
        self.trail = (*(h for h in self.trail if h.level < level), heading)
        self.headings.append(heading)
        self.current, self.label = None, ""
        self.stack.clear()

    def _take_item(self, number: int, match: re.Match[str], raw: str, indent: int) -> None:
        marker, gap, text = match[2], len(match[3] or " "), (match[4] or "").strip()
        while self.stack and indent < self.stack[-1].indent + 2:
            self.stack.pop()
        parent = self.stack[-1] if self.stack else None
        if indent - (parent.content if parent else 0) >= 4:
            # Indented code, or the running text of the item above: never an item of its own.
            self._continue_item(match[0].strip())
            return
        checked, text = self._checkbox(number, text)
        ordinal = int(marker[:-1]) if marker[:-1] else None
        self._store(
            Item(
                number,
                self.trail,
                self.label,
                parent.line if parent else 0,
                ordinal,
                checked,
                text,
                raw.strip(),
            )
        )
        self.stack.append(_Open(indent, indent + len(marker) + (gap if gap <= 4 else 1), number))

    def _checkbox(self, number: int, text: str) -> tuple[bool | None, str]:
        match = _BOX.match(text)
        if match is None or match[2][:1] in ("(", ":", "["):
            return None, text
        state, rest = match[1], match[2]
        if state in (" ", "x", "X") and rest[:1] == " ":
            return state != " ", rest.strip()
        if len(state.strip()) > 1:
            return None, text
        raise refused(self.path, number, "malformed checkbox", "write '- [ ] text' or '- [x] text'")

    def _take_text(self, number: int, stripped: str, indent: int) -> None:
        if self.current is not None:
            self._continue_item(stripped)
            return
        if _LOOSE_BOX.match(stripped):
            raise refused(self.path, number, "checkbox outside a list", "write '- [ ] text' or '- [x] text'")
        while self.stack and indent < self.stack[-1].indent + 2:
            self.stack.pop()
        if not self.stack:
            self.label = stripped.removesuffix(":").strip() if stripped.endswith(":") else ""
        self.texts.append(Text(number, self.trail, stripped))

    def _continue_item(self, text: str) -> None:
        if self.current is not None:
            self.tails.setdefault(self.current.line, []).append(text)

    def _store(self, item: Item) -> None:
        self.current = item
        self.items.append(item)

    def _whole(self, item: Item) -> Item:
        """The item with the running text of its following lines."""
        tail = self.tails.get(item.line)
        return replace(item, text=" ".join([item.text, *tail]).strip()) if tail else item

    def _cells(self, number: int, stripped: str) -> tuple[str, ...]:
        parts = re.split(r"(?<!\\)\|", stripped)
        if len(parts) < 3 or parts[-1].strip():
            raise refused(self.path, number, "malformed table row", "begin and end every table row with |")
        return tuple(part.replace("\\|", "|").strip() for part in parts[1:-1])

    def _close_table(self) -> None:
        if not self.rows:
            return
        rows, self.rows = self.rows, []
        header = rows[0]
        if len(rows) < 2 or not all(_DELIMITER.fullmatch(cell) for cell in rows[1].cells):
            cure = "put a row of | --- | below the header"
            raise refused(self.path, header.line, "table without its delimiter row", cure)
        for row in rows[1:]:
            if len(row.cells) != len(header.cells):
                cause = f"table row has {len(row.cells)} cells, its header {len(header.cells)}"
                raise refused(self.path, row.line, cause, "give the row one cell per column; write \\| for a bar")
        self.tables.append(Table(header.line, self.trail, header.cells, tuple(rows[2:])))

    def finish(self) -> Document:
        self._close_table()
        if self.fence is not None:
            raise refused(self.path, self.fence[1], "code fence is never closed", "close the fence")
        if self.comment:
            raise refused(self.path, self.comment, "HTML comment is never closed", "close the comment with -->")
        lists = tuple(self.headings), tuple(map(self._whole, self.items)), tuple(self.tables), tuple(self.texts)
        return Document(self.path, *lists)
