"""Tables as trees: CSV, Markdown tables and SQL inserts, where a column's name announces what its cells hold."""

import csv
import re
from collections.abc import Iterator, Sequence

from packaging_readiness.secrets.names import credential_strength
from packaging_readiness.secrets.structure import Mapping, Node, Scalar
from packaging_readiness.secrets.values import is_strong

MAX_INSERT = 1 << 16
_INSERT = re.compile(r"\binsert\s+into\s+[^\s(]{1,200}\s*\(([^()]{1,2000})\)\s*values\s*\(", re.IGNORECASE)
# Possessive throughout: what a part took it never gives back, so that no text is tried in more than one way.
_LITERAL = re.compile(
    r"\s*+(?:[EN]?'((?:[^'\\]|''|\\.)*+)'|[^,'()]*+(?:\([^()]*+\)[^,'()]*+)*+)\s*+([,)])", re.IGNORECASE
)


def read_csv(text: str) -> Iterator[Node]:
    """One mapping per row below the header. Raises ValueError where no column's name announces a credential."""
    lines = text.splitlines()
    header = lines[0] if lines else ""
    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    if not _announcing(names):
        raise ValueError
    rows = csv.reader(lines[1:], delimiter=delimiter)
    try:
        yield [_row(names, row, rows.line_num + 1) for row in rows]
    except csv.Error as error:
        raise ValueError from error


def read_markdown(text: str) -> Iterator[Node]:
    """The rows of tables with such a column. Tables describe options as well: only strong values are given back."""
    found: list[Node] = []
    names: list[str] = []
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if "|" not in line:
            names = []
        elif index and "---" in line and not line.strip(" \t:|-"):
            names = _cells(lines[index - 1])
        elif _announcing(names):
            cells = [cell if is_strong(cell) else "" for cell in _cells(line)]
            found.append(_row(names, cells, index + 1))
    yield found


def read_inserts(text: str) -> Iterator[Node]:
    """The first row of each `INSERT INTO table (columns) VALUES (...)`, and those that follow it."""
    found: list[Node] = []
    for match in _INSERT.finditer(text):
        names = [name.strip().strip("`\"[]' ") for name in match.group(1).split(",")]
        if _announcing(names):
            line = text.count("\n", 0, match.end()) + 1
            at = match.end()
            while at >= 0 and at - match.end() < MAX_INSERT:
                values, at = _values(text, at, len(names))
                found.append(_row(names, values, line))
                at = _next_row(text, at)
    yield found


def _values(text: str, at: int, most: int) -> tuple[list[str], int]:
    """The values of a row, no more than it has columns, and where they end."""
    values: list[str] = []
    while len(values) < most and (match := _LITERAL.match(text, at)) is not None:
        values.append(match.group(1) or "")
        at = match.end()
        if match.group(2) == ")":
            break
    return values, at


def _next_row(text: str, at: int) -> int:
    following = re.compile(r"\s*,\s*\(").match(text, at)
    return following.end() if following else -1


def _announcing(names: Sequence[str]) -> bool:
    return len(names) > 1 and any(credential_strength(name) for name in names)


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`*") for cell in line.strip().strip("|").split("|")]


def _row(names: Sequence[str], cells: Sequence[str], line: int) -> Mapping:
    return Mapping([(name, Scalar(cell, line)) for name, cell in zip(names, cells, strict=False)])
