"""The ledger of a run: what it begins with, and what it says of the results so far."""

from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.tables import Deferral
from packaging_readiness.verdict.adjudicate import observed
from packaging_readiness.verdict.header import Acceptance, Carried, Waiver
from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.merge import MergedRun
from packaging_readiness.verdict.results import Result
from selftests.small_ledgers import CONTRACT, IDENTITY, active, held, ledger, row, seen


def run(*results: Result, rows: Any = (), **contract: Any) -> MergedRun:
    made = replace(CONTRACT, **contract)
    return MergedRun(IDENTITY, made, {}, rows, None, {result.id: result for result in results})


def test_ledger_begins_with_every_row_of_a_test_and_what_evidence_may_hold() -> None:
    rows = (row("m1a.x.one"), row("m1a.x.two"), row("m1a.x.three", decided_by="adjudicator"), row("m1a.x.four"))
    kept = Result("m1a.x.one", "pass", observation={"exit_code": 0}, withheld=("old: gone",))
    odd = Result("m1a.x.two", "pass", observation={"exit_code": 0, "made_up": 1}, withheld=("old: gone",))
    made = Ledger.of(run(kept, odd, rows=rows)).results
    assert list(made) == ["m1a.x.one", "m1a.x.two", "m1a.x.four"]
    assert made["m1a.x.one"] == kept
    assert made["m1a.x.two"].observation == {"exit_code": 0}
    assert [line.partition(":")[0] for line in made["m1a.x.two"].withheld] == ["made_up"]
    assert (made["m1a.x.four"].outcome, made["m1a.x.four"].reason) == ("not_run", "no-result")


@pytest.mark.parametrize(("deferral", "outcome"), [("later", "deferred"), ("never", "error"), (None, "pass")])
def test_row_is_put_off_only_as_the_contract_says(deferral: str | None, outcome: Any) -> None:
    given = Result("m1a.x.one", "deferred" if deferral else "pass", deferral or "", deferral=deferral)
    made = Ledger.of(run(given, rows=(row("m1a.x.one"),), deferrals=(Deferral("later", "M2", "r"),)))
    result = made.results["m1a.x.one"]
    reason = "deferral-not-in-contract" if deferral == "never" else given.reason
    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.deferral == ("later" if deferral == "later" else None)


def test_facts_and_states_are_those_of_the_results_so_far() -> None:
    rows = [
        seen("m1c.provenance.field[image_tag]", image_tag="a"),
        (row("m1c.x.two"), None),
        held("m1c.x.three", "fail"),
    ]
    made = ledger(*rows, *active("M1B-B1"), carried=Carried((), (Acceptance("M1B-B1", "somebody", "r"),)))
    assert (made.provenance("image_tag"), made.provenance("image_digest")) == ("a", None)
    assert (made.fact("m1c.x.two", "a"), made.fact("m1c.x.three", "a")) == (None, None)
    assert made.of_check("m1c.x.two") == made.of_check("m1c.x.none") == []
    assert [each.id for each, _ in made.lane("m1c")] == ["m1c.provenance.field[image_tag]", "m1c.x.three"]
    assert made.not_held(("m1c.x.three", "m1c.provenance.field", "m1c.x.two")) == ("m1c.x.three",)
    raised = {state.code: (state.raised_by, state.accepted_by) for state in made.blockers() if state.active}
    assert raised == {
        "M1-B1": (("m1b.raises.m1b-b1",), None),
        "M1-B5": (("m1c.x.three", "m1b.raises.m1b-b1"), None),
        "M1B-B1": (("m1b.raises.m1b-b1",), "somebody"),
        "M1C-B1": (("m1c.x.three",), None),
    }
    assert made.active(("M1C-B1", "M1A-B1", "M1B-B1")) == ("M1B-B1", "M1C-B1")


@pytest.mark.parametrize("expires", ["2026-02-21", "2026-02-22", "2026-02-23"])
@pytest.mark.parametrize("outcome", ["pass", "fail", "error", "not_run"])
@pytest.mark.parametrize("blocker", [None, "M1A-B1"], ids=["advisory", "blocker"])
@pytest.mark.parametrize("check", ["m1a.x.one", "m1a.x.two"])
def test_waiver_turns_a_failed_advisory_until_its_last_day(
    expires: str, outcome: Any, blocker: str | None, check: str
) -> None:
    carried = Carried((Waiver(check, "somebody", "for now", expires),))
    made = run(Result("m1a.x.one", outcome, "why"), rows=(row("m1a.x.one", blocker=blocker),))
    result = observed(replace(made, identity=replace(IDENTITY, carried=carried))).results["m1a.x.one"]
    waived = (expires, outcome, blocker, check) in {
        ("2026-02-22", "fail", None, "m1a.x.one"),
        ("2026-02-23", "fail", None, "m1a.x.one"),
    }
    assert (result.outcome, result.reason) == ("waived" if waived else outcome, "why")
