"""Rules of the closing lane, each by itself on a ledger of a few rows: conditions, what is carried, and the gate."""

import pytest

from packaging_readiness.contract.tables import Condition
from packaging_readiness.verdict.header import Acceptance, Carried, Waiver
from packaging_readiness.verdict.results import Result
from packaging_readiness.verdict.rules import in_order
from selftests.small_ledgers import TITLE, Held, active, decided, failed, held, of_condition, passed, row, seen

TAG = "m1c.mismatch.tag-to-digest"
BOTH = Condition("both", "Both hold", ("m1a.x.one", "m1a.x.two"), ("M1B-B1", "M1D-B1"))


@pytest.mark.parametrize("check", ["m1e.preconditions", "m1e.no-go"])
@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([held("m1a.x.one"), held("m1a.x.two", "deferred")], ()),
        ([held("m1a.x.one"), held("m1a.x.two"), *active("M1C-B1")], ()),
        ([held("m1a.x.one", "fail"), held("m1a.x.two"), *active("M1D-B1")], ("m1a.x.one: fail", "M1D-B1 is active")),
        ([held("m1a.x.one")], ("m1a.x.two: no such check",)),
    ],
    ids=["holds", "another code", "red", "unknown"],
)
def test_condition_is_about_its_checks_and_its_codes(check: str, rows: list[Held], found: tuple[str, ...]) -> None:
    facts = {"condition": "Both hold"}
    made = failed(f"{check}[both]", "not-proved", *found, observation=facts)
    assert of_condition(check, BOTH, *rows) == (made if found else passed(f"{check}[both]", observation=facts))


def test_codes_of_other_lanes_are_carried_only_when_accepted() -> None:
    name = "m1e.register.cross-lane"
    rows = [*active("M1B-B1", "M1E-B1"), held("m1b.x.two", "error"), held("m1d.x.one", "waived")]
    found = (
        "M1-B1 (S2): raised by m1b.raises.m1b-b1 and 1 more",
        "M1B-B1 (S2): raised by m1b.raises.m1b-b1 and 1 more",
    )
    assert decided(name, *rows) == failed(name, "carried-without-acceptance", *found)
    assert decided(name, *rows[:2]).found[1] == "M1B-B1 (S2): raised by m1b.raises.m1b-b1"
    accepted = Acceptance("M1B-B1", "somebody", "for now")
    assert decided(name, *rows, carried=Carried(acceptances=(accepted,))).found == found[:1]
    assert decided(name, *active("M1E-B1")) == passed(name)


def waiver(check: str, expires: str) -> Waiver:
    return Waiver(check, "somebody", "for now", expires)


@pytest.mark.parametrize(
    ("carried", "found"),
    [
        (Carried((waiver("m1a.x.one", "2026-02-22"),)), ()),
        (Carried((waiver("m1a.x.one", "2026-02-21"),)), ("m1a.x.one: expired on 2026-02-21",)),
        (Carried((waiver("m1a.x.two", "2026-02-22"),)), ("m1a.x.two: waives nothing",)),
        (Carried((waiver("m1a.x.two", "2026-02-23"),)), ("m1a.x.two: waives nothing",)),
        (Carried((waiver("m1a.x.two", "2026-02-21"),)), ("m1a.x.two: expired on 2026-02-21",)),
        (Carried((), (Acceptance("M1A-B1", "o", "r"),)), ()),
        (Carried((), (Acceptance("M1A-B9", "o", "r"),)), ("M1A-B9: no such blocker",)),
    ],
)
def test_what_is_carried_is_in_force_and_about_something(carried: Carried, found: tuple[str, ...]) -> None:
    name = "m1e.register.waivers"
    result = decided(name, held("m1a.x.one", "waived"), held("m1a.x.two", "fail"), carried=carried)
    expected = Result(name, "error", "waiver-unmatched-or-expired", TITLE, found)
    assert result == (expected if found else passed(name))


def test_inventory_is_complete_when_every_row_has_a_result() -> None:
    name = "m1e.closure.inventory-complete"
    rows = [held("m1a.x.one", "error"), held("m1b.x.one", "fail")]
    assert decided(name, *rows) == passed(name)
    assert decided(name, *rows, held("m1c.x.one", "not_run")) == failed(name, "results-missing", "m1c.x.one: no result")


@pytest.mark.parametrize(
    ("authority", "driver", "found"),
    [
        ("ecr", "github_actions", []),
        ("embedded", "github_actions", ["registry_authority: the contract demands ecr, this run had embedded"]),
        ("ecr", None, ["build_driver: the contract demands github_actions, this run had none"]),
    ],
)
def test_closing_needs_the_authority_that_the_contract_demands(
    authority: str, driver: str | None, found: list[str]
) -> None:
    name = "m1e.closure.authority"
    rows = [seen(TAG, authority=authority), seen("m1c.provenance.field[build_driver]", build_driver=driver)]
    wanted = {"registry_authority": "ecr", "build_driver": "github_actions"}
    facts = {"registry_authority": authority, "build_driver": driver, "demanded": wanted}
    made = failed(name, "authority-insufficient", *found, observation=facts)
    assert decided(name, *rows) == (made if found else passed(name, observation=facts))


def test_gate_is_clear_when_the_plan_is_done_only_after_the_blockers() -> None:
    name, plan = "m1e.handoff.gate", "m1e.handoff.master-plan"
    done, open_ = seen(plan, m1_status="DONE"), seen(plan, m1_status="ACTIVE")
    assert decided(name, done) == passed(name)
    assert decided(name, open_, *active("M1A-B1")) == passed(name)
    result = decided(name, done, *active("M1A-B1"))
    assert (result.outcome, result.reason) == ("fail", "gate-ambiguous")
    assert [line.split()[-3] for line in result.found] == ["M1-B5", "M1A-B1"]
    unknown = decided(name)
    assert (unknown.outcome, unknown.reason, len(unknown.found)) == ("fail", "gate-ambiguous", 1)


def test_rows_are_decided_in_the_order_of_the_rules() -> None:
    names = ("m1e.handoff.gate", "m1a.x.one", "m1c.mismatch.objects-agree", "m1a.blockers.resolved")
    rows = [row(name, decided_by="test" if ".x." in name else "adjudicator") for name in names]
    assert [each.id for each in in_order(rows)] == [names[3], names[2], names[0]]
    with pytest.raises(KeyError):
        in_order([row("m1a.x.one", decided_by="adjudicator")])
