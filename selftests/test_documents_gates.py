"""Master plan and run process at their edges: rows, status lines, sub-phases, and the parts of a gate."""

import pytest

from packaging_readiness.checkout.master_plan import Disagreement, MasterPlan, read_master_plan
from packaging_readiness.checkout.run_process import Gate, RunBlocker, RunProcess, read_run_process
from packaging_readiness.contract.errors import InputRefused

PHASES = "| Plan Phase | Canonical phase_id | Name | Status |\n| - | - | - | - |\n"
MAP = "| Phase | Name | Primary runtime | Closure anchor |\n| - | - | - | - |\n"
OTHER = "| Other | Plan Phase |\n| - | - |\n| a | b |\n\n"
PARTS = ("* Entry gate: known.", "* PASS gate:\n  - built.", "* Commit evidence: a + b.", "* Blockers: `B-1` (no).")


def master(after: str, rows: str = "| M0 | P | Start | DONE |\n") -> MasterPlan:
    return read_master_plan(f"{PHASES}{rows}\n{after}", "m.md")


def process(after: str, rows: str = "| P0 | A | b | c |\n") -> RunProcess:
    return read_run_process(f"{MAP}{rows}\n{after}", "p.md")


def gate(*parts: str) -> Gate:
    (found,) = process("### P7 READY_2\n" + "\n".join(parts)).gates
    return found


def refused_master(after: str, rows: str = "| M0 | P | Start | DONE |\n") -> tuple[str, str]:
    with pytest.raises(InputRefused) as caught:
        master(after, rows)
    return caught.value.place, caught.value.cause


def refused_process(after: str, rows: str = "| P0 | A | b | c |\n") -> tuple[str, str]:
    with pytest.raises(InputRefused) as caught:
        process(after, rows)
    return caught.value.place, caught.value.cause


@pytest.mark.parametrize("status", ["NOT_STARTED", "ACTIVE", "DONE", "BLOCKED"])
def test_each_status_may_stand_in_row_and_detail(status: str) -> None:
    found = master(f"## M12: Name.\nStatus:   `{status}`\u00a0\n", f"| M12 | P | Name | `{status}` |\n")
    assert [(one.plan_phase, one.canonical_id, one.name, one.status, one.line) for one in found.phases] == [
        ("M12", "P", "Name", status, 3)
    ]
    assert [(one.plan_phase, one.title, one.status, one.line, one.status_line) for one in found.details] == [
        ("M12", "Name", status, 5, 6)
    ]
    assert found.disagreements == ()


@pytest.mark.parametrize("cell", ["done", "DONE.", "NOT STARTED", "", "DONE ACTIVE"])
def test_another_status_is_refused(cell: str) -> None:
    assert refused_master("", f"| M0 | P | Start | {cell} |\n") == ("m.md:3", "unknown phase status")
    assert refused_master(f"## M1 - x\nStatus: {cell}\n") == ("m.md:6", "unknown phase status")


@pytest.mark.parametrize(
    "row", ["| M | P | a | DONE |", "| M1 x | P | a | DONE |", "| M1.A | P | a | DONE |", "| M1 | | a | DONE |"]
)
def test_another_phase_row_is_refused(row: str) -> None:
    assert refused_master("", row + "\n") == ("m.md:3", "malformed phase row")
    assert refused_master("", "| M1 | P | | DONE |\n") == ("m.md:3", "malformed phase row")


@pytest.mark.parametrize(
    ("heading", "detail"),
    [
        ("M1 - Packaging", ("M1", "Packaging")),
        ("M1", ("M1", "")),
        ("M10.", ("M10", "")),
        ("M - x", None),
        ("M1x", None),
        ("On M1", None),
        ("m1", None),
    ],
)
def test_a_detail_begins_with_its_phase(heading: str, detail: tuple[str, str] | None) -> None:
    details = master(f"## {heading}\n").details
    assert [(one.plan_phase, one.title) for one in details] == ([] if detail is None else [detail])
    assert [(one.status, one.status_line) for one in details] == ([] if detail is None else [(None, 0)])


def test_a_status_line_stands_below_its_own_heading_and_begins_its_line() -> None:
    text = (
        "# M1 - a\nThe Status: is below.\n\n## Part\nStatus:DONE\n\n# M2 - b\nNo Status: yet.\n\n# Else\nStatus: gone\n"
    )
    found = master(text).details
    assert [(one.plan_phase, one.status, one.status_line) for one in found] == [("M1", "DONE", 9), ("M2", None, 0)]
    place, cause = refused_master("# M1 - a\nStatus: DONE\n\n## Part\nStatus: DONE\n")
    assert place == "m.md:9"
    assert "line 6" in cause


def test_what_only_one_of_table_and_detail_knows_is_a_disagreement() -> None:
    found = master("## M1 - a\nStatus: DONE\n\n## M2 - b\n\n## M0 - c\n")
    assert found.disagreements == (Disagreement("M0", "DONE", None, 3, 10), Disagreement("M1", None, "DONE", 0, 6))


def test_the_phase_table_is_the_one_that_begins_with_the_plan_phase() -> None:
    shouted = PHASES.replace("Plan Phase | Canonical", "PLAN PHASE | CANONICAL")
    found = read_master_plan(f"{OTHER}{shouted}| M1 | P | a | DONE |\n| M2 | P | a | DONE |\n", "m.md")
    assert [one.line for one in found.phases] == [7, 8]
    second = found.phase("M2")
    assert second is not None
    assert second.line == 8
    assert refused_master(PHASES)[0] == "m.md:5"
    with pytest.raises(InputRefused) as caught:
        read_master_plan(OTHER, "m.md")
    assert (caught.value.place, caught.value.cause) == ("m.md", "no phase table")


@pytest.mark.parametrize("old", ["Canonical phase_id", "Name", "Status"])
@pytest.mark.parametrize("new", ["Else", ""])
def test_a_phase_table_with_other_columns_is_refused(old: str, new: str) -> None:
    with pytest.raises(InputRefused, match=r"^m\.md:1: phase table with other columns"):
        read_master_plan(PHASES.replace(old, new), "m.md")


def test_sub_phases_are_the_boxes_of_their_list() -> None:
    text = (
        "M1 Sub-Phase Progress:\n- [x] `M1.A`  image.\n- note `M1.C`\n- [ ] `M12.Z`\n\nSub-phase progress x:\n- [ ] x\n"
    )
    found = master(text)
    assert [(one.code, one.text, one.checked, one.line) for one in found.sub_phases] == [
        ("M1.A", "image.", True, 6),
        ("M12.Z", "", False, 8),
    ]
    assert [one.code for one in found.sub_phases_of("M1")] == ["M1.A"]


@pytest.mark.parametrize("text", ["M1.A", "`M1.AB`", "`M.A`", "`M1.a`", "`M1`", "see `M1.A`", "`xM1.A`", "`M1.A x`"])
def test_another_sub_phase_is_refused(text: str) -> None:
    assert refused_master(f"M1 sub-phase progress:\n- [ ] {text}\n") == ("m.md:6", "malformed sub-phase")


@pytest.mark.parametrize("phase", ["P(-1)", "P0", "P12"])
def test_each_phase_may_stand_in_the_map(phase: str) -> None:
    found = process("", f"| {phase} | A | b | c |\n").phase_map
    assert [(one.phase, one.name, one.runtime, one.closure_anchor, one.line) for one in found] == [
        (phase, "A", "b", "c", 3)
    ]


@pytest.mark.parametrize(
    "row",
    [
        "| P | A | b | c |",
        "| P(-2) | A | b | c |",
        "| P0x | A | b | c |",
        "| xP0 | A | b | c |",
        "| P0 | | b | c |",
        "| P0 | A | | c |",
        "| P0 | A | b | |",
    ],
)
def test_another_row_of_the_map_is_refused(row: str) -> None:
    assert refused_process("", row + "\n") == ("p.md:3", "malformed phase map row")


def test_the_phase_map_has_just_its_columns() -> None:
    found = read_run_process(f"{OTHER}{MAP.upper()}| P0 | A | b | c |\n", "p.md")
    assert ([one.line for one in found.phase_map], found.gates, found.packaging) == ([7], (), None)
    place, cause = refused_process(MAP)
    assert place == "p.md:5"
    assert "line 1" in cause
    for old in ("Phase", "Name", "Primary runtime", "Closure anchor"):
        with pytest.raises(InputRefused, match=r"^p\.md: no phase map"):
            read_run_process(MAP.replace(f"| {old} |", "| Else |"), "p.md")


@pytest.mark.parametrize("heading", ["P A", "P0 ready", "P0 READY now", "P0", "The P0 READY", "P(-1)READY", "xP0 A"])
def test_another_heading_is_no_gate(heading: str) -> None:
    assert process(f"### {heading}\n").gates == ()


def test_a_gate_is_found_by_its_phase() -> None:
    found = process("\n\n".join("\n".join((f"### {name}", *PARTS)) for name in ("P0 A", "P(-1)  B", "P10 C_D")))
    assert [(one.phase, one.name) for one in found.gates] == [("P0", "A"), ("P(-1)", "B"), ("P10", "C_D")]
    assert [one and one.name for one in (found.packaging, found.gate("P10"), found.gate("P1"))] == ["B", "C_D", None]
    assert refused_process("\n".join(("### P0 A", *PARTS, "### P0 B", *PARTS)))[0] == "p.md:11"


def test_a_gate_has_four_parts_and_may_have_more_items() -> None:
    found = gate(*PARTS, "* The Entry gate: is above.", "* Entry gates: x", "* Remark", "  - Entry gate: y")
    assert (found.entry_gate, found.pass_gate, found.commit_evidence) == ("known", ("built",), ("a", "b"))
    assert (found.blockers, found.line) == ((RunBlocker("B-1", "no"),), 5)


def test_the_parts_bear_no_punctuation_at_their_ends() -> None:
    found = gate("* Entry gate:known ., ", "* PASS gate: all of\n  - a .\n  - b,", "* Commit evidence: c.", PARTS[3])
    assert (found.entry_gate, found.pass_gate, found.commit_evidence) == ("known", ("a", "b"), ("c",))


@pytest.mark.parametrize("at", range(4))
def test_a_gate_without_one_of_its_parts_is_refused(at: int) -> None:
    place, cause = refused_process("\n".join(["### P0 A", *(part for part in PARTS if part != PARTS[at])]))
    assert place == "p.md:5"
    assert PARTS[at][2:].partition(":")[0] in cause
    place, cause = refused_process("\n".join(["### P0 A", *PARTS, PARTS[at]]))
    assert place == "p.md:11"
    assert PARTS[at][2:].partition(":")[0] in cause


@pytest.mark.parametrize("checks", ["", "  - .\n", "  - a.\n  - ,\n"])
def test_a_gate_with_an_empty_check_is_refused(checks: str) -> None:
    text = f"### P0 A\n{PARTS[0]}\n* PASS gate:\n{checks}{PARTS[2]}\n{PARTS[3]}\n"
    assert refused_process(text) == ("p.md:7", "the PASS gate of P0 is empty")


@pytest.mark.parametrize(
    ("text", "blockers"),
    [
        ("`B` (x)", [("B", "x")]),
        ("`RUN-1.2` (a b), `C3` (d).", [("RUN-1.2", "a b"), ("C3", "d")]),
        ("`B` (x), `C` (y), `D` (z)", [("B", "x"), ("C", "y"), ("D", "z")]),
        ("`B` (x) `C` (y)", None),
        ("`B` (x), and more", None),
        ("see `B` (x)", None),
        ("`b` (x)", None),
        ("`1B` (x)", None),
        ("`B` ()", None),
        ("`B`(x)", None),
        ("`B` (x)..", None),
        ("none", None),
    ],
)
def test_blockers_are_codes_with_reasons(text: str, blockers: list[tuple[str, str]] | None) -> None:
    parts = (*PARTS[:3], f"* Blockers: {text}")
    if blockers is None:
        assert refused_process("\n".join(["### P0 A", *parts])) == ("p.md:10", "malformed blockers")
    else:
        assert [(one.code, one.reason) for one in gate(*parts).blockers] == blockers
