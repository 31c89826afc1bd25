"""Build plan of milestone M1: what the plan pins and which of its boxes are ticked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout import plan_lists as lists
from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document, Heading, Item, code_spans, names_section, under
from packaging_readiness.checkout.plan_blockers import Blocker, blockers_of
from packaging_readiness.checkout.plan_matrix import MatrixRow, matrix_of
from packaging_readiness.contract.errors import InputRefused

_LANE = re.compile(r"M1\.([A-Z])(?:[ :.-]|$)")


@dataclass(frozen=True, slots=True)
class Checkbox:
    """One task-list box. `lane` is `M1.A` ... for a Definition-of-Done box, empty for the completion checklist."""

    lane: str
    text: str
    checked: bool
    line: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane heading. `verdict` is None where the plan states none."""

    name: str
    title: str
    dod: tuple[Checkbox, ...]
    verdict: lists.Statement | None
    line: int


@dataclass(frozen=True, slots=True)
class Plan:
    path: str
    lanes: tuple[Lane, ...]
    completion: tuple[Checkbox, ...]
    matrix: tuple[MatrixRow, ...]
    blockers: tuple[Blocker, ...]
    include: tuple[lists.IncludePath, ...]
    exclude: tuple[lists.Exclude, ...]
    provenance: tuple[lists.ProvenanceField, ...]
    digest_anchors: tuple[lists.ProvenanceField, ...]
    evidence: tuple[lists.EvidenceObject, ...]
    blocker_fields: tuple[str, ...]
    """Fields every row of the blocker register must bear."""
    secret_paths: tuple[lists.Statement, ...]
    preconditions: tuple[lists.Statement, ...]
    no_go: tuple[lists.Statement, ...]
    pins: tuple[lists.Pin, ...]
    image_strategies: tuple[lists.Statement, ...]
    """The quoted strategy of every strategy statement: one when the plan is unambiguous."""

    @property
    def dod(self) -> tuple[Checkbox, ...]:
        return tuple(box for lane in self.lanes for box in lane.dod)

    @property
    def checkboxes(self) -> tuple[Checkbox, ...]:
        return self.dod + self.completion

    def blocker(self, code: str) -> Blocker | None:
        return next((blocker for blocker in self.blockers if blocker.code == code), None)

    def pinned(self, key: str) -> tuple[lists.Pin, ...]:
        """Every pin of `key`; several values mean that the plan contradicts itself."""
        return tuple(pin for pin in self.pins if pin.key == key)


def read_plan(text: str, path: str) -> Plan:
    """Reads the plan. What it does not pin comes back empty, for the checks to judge.

    Raises InputRefused (`path:line`): malformed table row, checkbox, path or field; a lane or list that stands
    twice; a document without any M1.x lane heading.
    """
    document = read_markdown(text, path)
    lanes = _lanes(document)
    items = {name: _items(document, heading) for name, heading in lanes.items()}
    a, c, d, e = (items.get(f"M1.{letter}", ()) for letter in "ACDE")
    matrix_tables = tuple(t for t in document.tables if "M1.B" in lanes and under(t.trail, lanes["M1.B"]))
    return Plan(
        path=path,
        lanes=tuple(_lane(document, name, heading, items[name]) for name, heading in lanes.items()),
        completion=_boxes("", tuple(i for i in document.items if names_section(i.trail, "completion checklist"))),
        matrix=matrix_of(document, matrix_tables),
        blockers=blockers_of(document),
        include=lists.include_set(document, a),
        exclude=lists.exclude_set(document, a),
        provenance=lists.provenance_fields(document, c, "p(-1) provenance required fields"),
        digest_anchors=lists.provenance_fields(document, c, "digest integrity anchors"),
        evidence=lists.evidence_objects(document, tuple(items.items())),
        blocker_fields=lists.fields_under(document, e, "required blocker fields"),
        secret_paths=lists.secret_paths(document, d),
        preconditions=lists.statements(document, e, "build-go preconditions"),
        no_go=lists.statements(document, e, "no-go conditions"),
        pins=lists.pins(document),
        image_strategies=_strategies(document, a),
    )


def _lanes(document: Document) -> dict[str, Heading]:
    lanes: dict[str, Heading] = {}
    for heading in document.headings:
        if match := _LANE.match(heading.title):
            name = f"M1.{match[1]}"
            if name in lanes:
                cause = f"a second heading of lane {name} beside line {lanes[name].line}"
                raise document.refuse(heading.line, cause, "keep one")
            lanes[name] = heading
    if not lanes:
        cause = "no heading of a lane M1.A, M1.B, ...: this is not the M1 build plan"
        raise InputRefused(document.path, cause, "give the path of the M1 build plan")
    return lanes


def _items(document: Document, heading: Heading) -> tuple[Item, ...]:
    return tuple(item for item in document.items if under(item.trail, heading))


def _lane(document: Document, name: str, heading: Heading, items: tuple[Item, ...]) -> Lane:
    for item in items:
        if item.checked is not None and not _is_dod(item):
            raise document.refuse(item.line, "checkbox outside the lane's DoD list", "move it below 'DoD:'")
    title = heading.title.removeprefix(name).strip(" :.-")
    verdicts = [item for item in items if item.label.casefold() == f"{name} verdict".casefold()]
    verdict = next(
        (lists.Statement(s, i.line) for i in verdicts for s in lists.spans_of(i)[:1] if s in _VERDICTS), None
    )
    return Lane(name, title, _boxes(name, items), verdict, heading.line)


_VERDICTS = ("PASS", "FAIL")


def _is_dod(item: Item) -> bool:
    return item.label.casefold() in ("dod", "definition of done")


def _boxes(lane: str, items: tuple[Item, ...]) -> tuple[Checkbox, ...]:
    return tuple(Checkbox(lane, i.text, i.checked, i.line) for i in items if i.checked is not None)


def _strategies(document: Document, items: tuple[Item, ...]) -> tuple[lists.Statement, ...]:
    found: list[lists.Statement] = []
    for item in items:
        if "image strategy contract" in item.label.casefold() and item.text.startswith("Strategy "):
            spans = code_spans(item.text)
            if not spans:
                raise document.refuse(item.line, "image strategy is not quoted", "write it as a `code span`")
            found.append(lists.Statement(spans[0].text, item.line))
    return tuple(found)
