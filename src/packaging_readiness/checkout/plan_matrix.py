"""The entrypoint matrix of the build plan (lane M1.B): one row per runtime mode."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout.markdown_blocks import Document, Row, Span, Table, code_spans

HEADER = (
    "handle key",
    "runtime mode",
    "deterministic invocation contract",
    "required args contract",
    "mapping status",
)

_HANDLE = re.compile(r"ENTRYPOINT(?:_[A-Z0-9]+)+")
_COMMAND = re.compile(
    r"python -m (?P<module>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"(?: (?P<subcommand>[a-z][a-z0-9-]*))?"
)
_OPTION = re.compile(r"--[a-z][a-z0-9-]*")
_SUBCOMMAND = re.compile(r"[a-z][a-z0-9-]*")
_METAVAR = re.compile(r"<[^<>]+>")
_STATUS = re.compile(r"[A-Z][A-Z_]*")
_OPTIONAL_GROUP = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Usage:
    """A further subcommand that the required-arguments cell names, with its required options."""

    subcommand: str
    required_options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row. `required_args` is the cell as written; the tuples are what it means."""

    handle: str
    mode: str
    command: str
    module: str
    subcommand: str | None
    required_args: str
    required_options: tuple[str, ...]
    optional_options: tuple[str, ...]
    further_usages: tuple[Usage, ...]
    status: str
    line: int


def matrix_of(document: Document, tables: tuple[Table, ...]) -> tuple[MatrixRow, ...]:
    """The rows of the one table whose first column is the handle key; empty when there is none.

    Raises InputRefused (`path:line`) on a second matrix, another header, a malformed or a repeated row.
    """
    matrices = [table for table in tables if table.header[0].casefold() == HEADER[0]]
    if not matrices:
        return ()
    if len(matrices) > 1:
        cause = f"a second entrypoint matrix beside that of line {matrices[0].line}"
        raise document.refuse(matrices[1].line, cause, "keep one matrix")
    table = matrices[0]
    if tuple(name.casefold() for name in table.header) != HEADER:
        raise document.refuse(table.line, "entrypoint matrix with other columns", "use: " + " | ".join(HEADER))
    rows = tuple(_row(document, row) for row in table.rows)
    first: dict[tuple[str, str | None], MatrixRow] = {}
    for row in rows:
        same = first.setdefault((row.module, row.subcommand), row)
        if same is not row:
            raise document.refuse(row.line, f"repeats the invocation of line {same.line}", "keep one row")
    return rows


def _row(document: Document, row: Row) -> MatrixRow:
    handle, mode, command, args, status = row.cells
    handle_name = _only_span(document, row, handle, "handle key")
    if not _HANDLE.fullmatch(handle_name):
        raise document.refuse(row.line, "malformed handle key", "write `ENTRYPOINT_NAME`")
    invocation = _only_span(document, row, command, "invocation")
    match = _COMMAND.fullmatch(invocation)
    if match is None:
        raise document.refuse(row.line, "malformed invocation", "write `python -m module [subcommand]`")
    if not mode:
        raise document.refuse(row.line, "empty runtime mode", "name the runtime mode")
    plain_status = status.strip("`")
    if not _STATUS.fullmatch(plain_status):
        raise document.refuse(row.line, "malformed mapping status", "write one word such as READY or BLOCKED")
    required, optional, further = _arguments(document, row, args)
    if match["subcommand"] and required.subcommand:
        raise document.refuse(row.line, "subcommand in two cells", "name it once")
    return MatrixRow(
        handle=handle_name,
        mode=mode,
        command=invocation,
        module=match["module"],
        subcommand=match["subcommand"] or required.subcommand or None,
        required_args=args,
        required_options=required.required_options,
        optional_options=optional,
        further_usages=further,
        status=plain_status,
        line=row.line,
    )


def _only_span(document: Document, row: Row, cell: str, what: str) -> str:
    spans = code_spans(cell)
    if len(spans) != 1 or cell != cell[spans[0].start : spans[0].end]:
        raise document.refuse(row.line, f"malformed {what}", "write it as one `code span`")
    return spans[0].text


def _arguments(document: Document, row: Row, cell: str) -> tuple[Usage, tuple[str, ...], tuple[Usage, ...]]:
    """Required usage (first code span), optional options (code spans in parentheses that say so), further usages.

    A code span outside such parentheses that begins with an option could be required or not: it is refused.
    """
    spans = code_spans(cell)
    if not spans:
        if cell.casefold() in ("none", "-"):
            return Usage("", ()), (), ()
        raise document.refuse(row.line, "malformed required arguments", "write them as one `code span`, or none")
    groups = [m for m in _OPTIONAL_GROUP.finditer(cell) if not _inside(m.start(), spans)]
    required = _usage(document, row, spans[0])
    optional: list[str] = []
    further: list[Usage] = []
    for span in spans[1:]:
        group = next((m for m in groups if m.start() < span.start and span.end < m.end()), None)
        if group is not None and "optional" in group.group().casefold() and _OPTION.fullmatch(span.text):
            optional.append(span.text)
            continue
        usage = _usage(document, row, span)
        if group is not None or not usage.subcommand:
            cause = "an option of which it is not said whether it is required"
            raise document.refuse(row.line, cause, "put optional ones into (`--option` optional)")
        further.append(usage)
    if "(" in cell[: spans[0].start]:
        raise document.refuse(row.line, "required arguments inside parentheses", "write them first, as a `code span`")
    return required, tuple(optional), tuple(further)


def _inside(position: int, spans: tuple[Span, ...]) -> bool:
    return any(span.start <= position < span.end for span in spans)


def _usage(document: Document, row: Row, span: Span) -> Usage:
    """Options, each with its `<value>` or none, and at most one bare word: the subcommand."""
    options: list[str] = []
    words: list[str] = []
    previous = ""
    for token in span.text.split():
        if _OPTION.fullmatch(token):
            options.append(token)
        elif _SUBCOMMAND.fullmatch(token) and not words:
            words.append(token)
        elif not (_METAVAR.fullmatch(token) and _OPTION.fullmatch(previous)):
            cure = "write `--option <value> ... [subcommand]`"
            raise document.refuse(row.line, "malformed arguments", cure)
        previous = token
    if len(set(options)) != len(options):
        raise document.refuse(row.line, "an option named twice", "name it once")
    return Usage("".join(words), tuple(options))
