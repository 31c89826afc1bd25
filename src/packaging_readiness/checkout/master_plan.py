"""Master plan: the phase table, the status line of each phase's detail, and the ticked sub-phases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document, Heading, Table, code_spans, under
from packaging_readiness.contract.errors import InputRefused

STATUSES = ("NOT_STARTED", "ACTIVE", "DONE", "BLOCKED")
HEADER = ("plan phase", "canonical phase_id", "name", "status")

_PHASE = re.compile(r"(M[0-9]+)\b")
_STATUS_LINE = re.compile(r"Status: *(.*)")
_SUBPHASE = re.compile(r"M[0-9]+\.[A-Z]")


@dataclass(frozen=True, slots=True)
class Phase:
    """One row of the phase table."""

    plan_phase: str
    canonical_id: str
    name: str
    status: str
    line: int


@dataclass(frozen=True, slots=True)
class PhaseDetail:
    """The heading of a phase and its `Status:` line (`status` None, `status_line` 0 where it has none)."""

    plan_phase: str
    title: str
    status: str | None
    line: int
    status_line: int


@dataclass(frozen=True, slots=True)
class SubPhase:
    code: str
    text: str
    checked: bool
    line: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Table and detail differ for a phase; None where one of them says nothing."""

    plan_phase: str
    table_status: str | None
    detail_status: str | None
    table_line: int
    detail_line: int


@dataclass(frozen=True, slots=True)
class MasterPlan:
    path: str
    phases: tuple[Phase, ...]
    details: tuple[PhaseDetail, ...]
    sub_phases: tuple[SubPhase, ...]

    def phase(self, plan_phase: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.plan_phase == plan_phase), None)

    def sub_phases_of(self, plan_phase: str) -> tuple[SubPhase, ...]:
        return tuple(sub for sub in self.sub_phases if sub.code.split(".")[0] == plan_phase)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        table = {phase.plan_phase: phase for phase in self.phases}
        detail = {one.plan_phase: one for one in self.details}
        found = []
        for name in {**table, **detail}:
            row, text = table.get(name), detail.get(name)
            statuses = (row.status if row else None, text.status if text else None)
            if statuses[0] != statuses[1]:
                lines = (row.line if row else 0, (text.status_line or text.line) if text else 0)
                found.append(Disagreement(name, *statuses, *lines))
        return tuple(found)


def read_master_plan(text: str, path: str) -> MasterPlan:
    """Reads the master plan. Raises InputRefused: no phase table or two, malformed row, unknown status, a phase
    that stands twice."""
    document = read_markdown(text, path)
    tables = [table for table in document.tables if table.header[0].casefold() == HEADER[0]]
    if not tables:
        raise InputRefused(path, "no phase table", "the table's columns are: " + " | ".join(HEADER))
    if len(tables) > 1:
        cause = f"a second phase table beside that of line {tables[0].line}"
        raise document.refuse(tables[1].line, cause, "keep one")
    return MasterPlan(path, _phases(document, tables[0]), _details(document), _sub_phases(document))


def _phases(document: Document, table: Table) -> tuple[Phase, ...]:
    if tuple(name.casefold() for name in table.header) != HEADER:
        raise document.refuse(table.line, "phase table with other columns", "use: " + " | ".join(HEADER))
    found: dict[str, Phase] = {}
    for row in table.rows:
        name, canonical, title, status = row.cells
        match = _PHASE.fullmatch(name)
        if match is None or not canonical or not title:
            raise document.refuse(row.line, "malformed phase row", "write | M1 | P(-1) | Name | STATUS |")
        if name in found:
            raise document.refuse(row.line, f"repeats the phase of line {found[name].line}", "keep one row")
        found[name] = Phase(name, canonical, title, _status(document, row.line, status), row.line)
    return tuple(found.values())


def _details(document: Document) -> tuple[PhaseDetail, ...]:
    found: dict[str, PhaseDetail] = {}
    for heading in document.headings:
        match = _PHASE.match(heading.title)
        if match is None:
            continue
        if match[1] in found:
            cause = f"a second heading of phase {match[1]} beside line {found[match[1]].line}"
            raise document.refuse(heading.line, cause, "keep one")
        found[match[1]] = _detail(document, heading, match[1])
    return tuple(found.values())


def _detail(document: Document, heading: Heading, name: str) -> PhaseDetail:
    lines = [
        (text.line, match[1])
        for text in document.texts
        if under(text.trail, heading) and (match := _STATUS_LINE.match(text.text))
    ]
    if len(lines) > 1:
        raise document.refuse(lines[1][0], f"a second status line beside line {lines[0][0]}", "keep one")
    title = heading.title.removeprefix(name).strip(" -:.")
    if not lines:
        return PhaseDetail(name, title, None, heading.line, 0)
    line, written = lines[0]
    return PhaseDetail(name, title, _status(document, line, written), heading.line, line)


def _status(document: Document, line: int, written: str) -> str:
    status = written.strip().strip("`")
    if status not in STATUSES:
        raise document.refuse(line, "unknown phase status", "use one of " + ", ".join(STATUSES))
    return status


def _sub_phases(document: Document) -> tuple[SubPhase, ...]:
    found: dict[str, SubPhase] = {}
    for item in document.items:
        if item.checked is None or not item.label.casefold().endswith("sub-phase progress"):
            continue
        spans = code_spans(item.text)
        if not spans or spans[0].start or not _SUBPHASE.fullmatch(spans[0].text):
            raise document.refuse(item.line, "malformed sub-phase", "write - [ ] `M1.A` text")
        code = spans[0].text
        if code in found:
            raise document.refuse(item.line, f"repeats the sub-phase of line {found[code].line}", "keep one")
        found[code] = SubPhase(code, item.text[spans[0].end :].strip(), item.checked, item.line)
    return tuple(found.values())
