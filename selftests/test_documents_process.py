"""Master plan and run process: statuses, gates, and where two places of one document disagree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.master_plan import Disagreement, read_master_plan
from packaging_readiness.checkout.run_process import RunBlocker, read_run_process
from packaging_readiness.contract.errors import InputRefused

DOCUMENTS = Path(__file__).parent / "data" / "documents"
MASTER = (DOCUMENTS / "master_plan.md").read_text(encoding="utf-8")
PROCESS = (DOCUMENTS / "run_process.md").read_text(encoding="utf-8")


def test_master_plan_phases_and_sub_phases_are_read() -> None:
    master = read_master_plan(MASTER, "master.md")
    assert [(p.plan_phase, p.canonical_id, p.name, p.status, p.line) for p in master.phases] == [
        ("M0", "pre-P(-1)", "Start", "DONE", 7),
        ("M1", "P(-1)", "Packaging", "DONE", 8),
        ("M2", "P0", "Substrate", "NOT_STARTED", 9),
        ("M3", "P1", "Runs", "NOT_STARTED", 10),
    ]
    assert [(s.code, s.text, s.checked) for s in master.sub_phases_of("M1")] == [
        ("M1.A", "image.", True),
        ("M1.E", "handoff.", False),
    ]
    assert [s.code for s in master.sub_phases] == ["M0.A", "M1.A", "M1.E"]
    found = master.phase("M1")
    assert found is not None
    assert found.status == "DONE"
    assert master.phase("M9") is None


def test_table_and_detail_that_differ_are_exposed() -> None:
    master = read_master_plan(MASTER, "master.md")
    assert master.disagreements == (
        Disagreement("M1", "DONE", "ACTIVE", 8, 19),
        Disagreement("M2", "NOT_STARTED", None, 9, 28),
        Disagreement("M3", "NOT_STARTED", None, 10, 0),
    )
    agreed = MASTER.replace("| Packaging | DONE |", "| Packaging | ACTIVE |")
    assert [d.plan_phase for d in read_master_plan(agreed, "master.md").disagreements] == ["M2", "M3"]


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("| Start | DONE |", "| Start | FINISHED |", "unknown phase status"),
        ("Status: `DONE`", "Status: done", "unknown phase status"),
        ("Status: `DONE`", "Status: `DONE`\nStatus: `ACTIVE`", "second status line"),
        ("| M0 | pre-P(-1) |", "| M0 | |", "malformed phase row"),
        ("| M2 | P0 |", "| M1 | P0 |", "repeats the phase of line 8"),
        ("## M2 - Substrate", "## M1 - Substrate", "second heading of phase M1"),
        ("| Canonical phase_id |", "| Id |", "other columns"),
        ("- [x] `M1.A` image.", "- [x] image.", "malformed sub-phase"),
        ("- [ ] `M1.E` handoff.", "- [ ] `M1.A` handoff.", "repeats the sub-phase"),
        ("- [ ] `M1.E` handoff.", "- [] `M1.E` handoff.", "malformed checkbox"),
        ("| Plan Phase |", "| Stage |", "no phase table"),
    ],
)
def test_a_malformed_master_plan_is_refused(old: str, new: str, cause: str) -> None:
    assert old in MASTER
    with pytest.raises(InputRefused, match=cause):
        read_master_plan(MASTER.replace(old, new, 1), "master.md")


def test_run_process_map_and_gates_are_read() -> None:
    process = read_run_process(PROCESS, "process.md")
    assert [(r.phase, r.name, r.runtime, r.closure_anchor) for r in process.phase_map] == [
        ("P(-1)", "PACKAGING_READY", "local engine", "digest"),
        ("P0", "SUBSTRATE_READY", "stacks", "handles"),
    ]
    gate = process.packaging
    assert gate is not None
    assert (gate.name, gate.entry_gate, gate.line) == ("PACKAGING_READY", "revision known", 14)
    assert gate.pass_gate == ("image built", "digest recorded")
    assert gate.commit_evidence == ("digest manifest", "receipt")
    assert gate.blockers == (RunBlocker("RUN-BP1", "no build"), RunBlocker("RUN-BP2", "no digest"))
    later = process.gate("P0")
    assert later is not None
    assert later.blockers == (RunBlocker("RUN-B0.1", "stack failure"),)


def test_a_check_that_starts_like_a_part_is_still_a_check() -> None:
    more = PROCESS.replace("  2. digest recorded.\n", "  2. digest recorded.\n  3. Blockers: all closed.\n")
    gate = read_run_process(more, "process.md").packaging
    assert gate is not None
    assert gate.pass_gate[2:] == ("Blockers: all closed",)


def test_a_missing_packaging_gate_is_none() -> None:
    assert read_run_process(PROCESS.replace("### P(-1) PACK", "### Px PACK"), "process.md").packaging is None


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("* Entry gate: revision known.\n", "", "has no 'Entry gate'"),
        ("* Entry gate: revision known.", "* Entry gate:", "part of the gate is empty"),
        ("  1. image built,\n  2. digest recorded.\n", "", "PASS gate of P\\(-1\\) is empty"),
        ("`RUN-BP1` (no build), ", "`RUN-BP1`, ", "malformed blockers"),
        ("`RUN-BP2` (no digest).", "RUN-BP2 (no digest).", "malformed blockers"),
        ("* Commit evidence: snapshot.", "* Commit evidence: snapshot.\n* Blockers: `B` (x).", "second 'Blockers'"),
        ("### P0 SUBSTRATE_READY", "### P(-1) SUBSTRATE_READY", "has no|second gate"),
        ("| P0 | SUBSTRATE_READY |", "| P(-1) | SUBSTRATE_READY |", "repeats the phase of line 7"),
        ("| P0 | SUBSTRATE_READY |", "| P0 | |", "malformed phase map row"),
        ("| Phase | Name |", "| Stage | Name |", "no phase map"),
    ],
)
def test_a_malformed_run_process_is_refused(old: str, new: str, cause: str) -> None:
    assert old in PROCESS
    with pytest.raises(InputRefused, match=cause):
        read_run_process(PROCESS.replace(old, new, 1), "process.md")


@pytest.mark.parametrize(("sample", "reader"), [(MASTER, read_master_plan), (PROCESS, read_run_process)])
@given(data=st.data())
def test_any_text_gives_a_value_or_a_refusal(
    sample: str, reader: Callable[[str, str], object], data: st.DataObject
) -> None:
    lines = sample.split("\n")
    kept = data.draw(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(lines)), max_size=20))
    cut = data.draw(st.integers(0, len(lines)))
    place = "doc.md"
    try:
        reader("\n".join([*lines[:cut], *kept]), "doc.md")
    except InputRefused as error:
        place = error.place
    assert place.startswith("doc.md")
