"""Run process: the phase map and each phase's gate. P(-1) is the gate of packaging."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document, Heading, Item, Table, under
from packaging_readiness.contract.errors import InputRefused

PACKAGING = "P(-1)"
HEADER = ("phase", "name", "primary runtime", "closure anchor")

_PHASE = re.compile(r"P(?:\(-1\)|[0-9]+)")
_GATE = re.compile(r"(P(?:\(-1\)|[0-9]+)) +([A-Z][A-Z0-9_]*)")
_PART = re.compile(r"(Entry gate|PASS gate|Commit evidence|Blockers): *(.*)")
_BLOCKER = re.compile(r"`([A-Z][A-Z0-9.-]*)` \(([^()]+)\)")
_BLOCKERS = re.compile(rf"{_BLOCKER.pattern}(?:, {_BLOCKER.pattern})*\.?")


@dataclass(frozen=True, slots=True)
class MapRow:
    phase: str
    name: str
    runtime: str
    closure_anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class RunBlocker:
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one phase, its texts without closing punctuation."""

    phase: str
    name: str
    entry_gate: str
    pass_gate: tuple[str, ...]
    commit_evidence: tuple[str, ...]
    blockers: tuple[RunBlocker, ...]
    line: int


@dataclass(frozen=True, slots=True)
class RunProcess:
    path: str
    phase_map: tuple[MapRow, ...]
    gates: tuple[Gate, ...]

    def gate(self, phase: str) -> Gate | None:
        return next((gate for gate in self.gates if gate.phase == phase), None)

    @property
    def packaging(self) -> Gate | None:
        """The gate of P(-1)."""
        return self.gate(PACKAGING)


def read_run_process(text: str, path: str) -> RunProcess:
    """Reads the run process. Raises InputRefused: no phase map or two, a malformed row, a gate that lacks a part,
    stands twice or names its blockers in another form than `CODE` (reason)."""
    document = read_markdown(text, path)
    tables = [table for table in document.tables if tuple(c.casefold() for c in table.header) == HEADER]
    if not tables:
        raise InputRefused(path, "no phase map", "the table's columns are: " + " | ".join(HEADER))
    if len(tables) > 1:
        cause = f"a second phase map beside that of line {tables[0].line}"
        raise document.refuse(tables[1].line, cause, "keep one")
    return RunProcess(path, _map(document, tables[0]), _gates(document))


def _map(document: Document, table: Table) -> tuple[MapRow, ...]:
    found: dict[str, MapRow] = {}
    for row in table.rows:
        phase, name, runtime, anchor = row.cells
        if not all(row.cells) or not _PHASE.fullmatch(phase):
            raise document.refuse(row.line, "malformed phase map row", "write | P(-1) | NAME | runtime | anchor |")
        if phase in found:
            raise document.refuse(row.line, f"repeats the phase of line {found[phase].line}", "keep one")
        found[phase] = MapRow(phase, name, runtime, anchor, row.line)
    return tuple(found.values())


def _gates(document: Document) -> tuple[Gate, ...]:
    found: dict[str, Gate] = {}
    for heading in document.headings:
        match = _GATE.fullmatch(heading.title)
        if match is None:
            continue
        if match[1] in found:
            cause = f"a second gate of {match[1]} beside line {found[match[1]].line}"
            raise document.refuse(heading.line, cause, "keep one")
        found[match[1]] = _gate(document, heading, match[1], match[2])
    return tuple(found.values())


def _gate(document: Document, heading: Heading, phase: str, name: str) -> Gate:
    parts: dict[str, tuple[Item, str]] = {}
    for item in document.items:
        match = _PART.match(item.text) if under(item.trail, heading) and not item.parent else None
        if match is None:
            continue
        if match[1] in parts:
            raise document.refuse(item.line, f"a second '{match[1]}' in the gate of {phase}", "keep one")
        parts[match[1]] = (item, match[2])
    for part in ("Entry gate", "PASS gate", "Commit evidence", "Blockers"):
        if part not in parts:
            raise document.refuse(heading.line, f"the gate of {phase} has no '{part}'", f"add * {part}: ...")
    checks = tuple(_plain(child.text) for child in document.children(parts["PASS gate"][0]))
    if not checks or not all(checks):
        raise document.refuse(parts["PASS gate"][0].line, f"the PASS gate of {phase} is empty", "list its checks")
    return Gate(
        phase=phase,
        name=name,
        entry_gate=_filled(document, *parts["Entry gate"]),
        pass_gate=checks,
        commit_evidence=tuple(_filled(document, *parts["Commit evidence"]).split(" + ")),
        blockers=_blockers(document, *parts["Blockers"]),
        line=heading.line,
    )


def _filled(document: Document, item: Item, text: str) -> str:
    if not _plain(text):
        raise document.refuse(item.line, "a part of the gate is empty", "write it on the same line")
    return _plain(text)


def _plain(text: str) -> str:
    return text.rstrip(".,").strip()


def _blockers(document: Document, item: Item, text: str) -> tuple[RunBlocker, ...]:
    if not _BLOCKERS.fullmatch(text):
        raise document.refuse(item.line, "malformed blockers", "write `CODE` (reason), `CODE` (reason).")
    return tuple(RunBlocker(match[1], match[2]) for match in _BLOCKER.finditer(text))
