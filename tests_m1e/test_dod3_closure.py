"""M1.E, box 3: the closure evidence contract is explicit."""

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.prose import statements


@check("m1e.handoff.master-plan")
def test_master_plan_has_not_run_ahead(platform: Platform, record: Record) -> None:
    """M1 is ACTIVE or DONE in the master plan, M2 is NOT_STARTED unless M1 is DONE, and table and text agree."""
    plan = platform.master_plan
    try:
        record.observe(rows=statements(platform))
    except ReadinessError as error:  # the checks that read the plan are red for it
        record.note(f"the plan's prose was not compared: {error.place}: {error.cause}")
    m1, m2 = plan.phase("M1"), plan.phase("M2")
    if m1 is None or m2 is None:
        record.fail("phase-missing", (f"{plan.path}: M1 or M2 is not in the phase table",))
    record.observe(m1_status=m1.status, m2_status=m2.status)
    mine = [d for d in plan.disagreements if d.plan_phase in ("M1", "M2")]
    found = [
        f"{plan.path}:{d.table_line}: {d.plan_phase} is {d.table_status}, line {d.detail_line} says {d.detail_status}"
        for d in mine
    ]
    record.require(not found, "master-plan-contradicts-itself", *found)
    record.require(m1.status in ("ACTIVE", "DONE"), "m1-not-active", f"{plan.path}:{m1.line}: M1 is {m1.status}")
    ahead = m2.status != "NOT_STARTED" and m1.status != "DONE"
    record.require(not ahead, "m2-ran-ahead", f"{plan.path}:{m2.line}: M2 is {m2.status} while M1 is {m1.status}")


@check("m1e.closure.inventory-complete")
def test_every_check_has_a_result(pack: Pack, record: Record) -> None:
    """Every row of the inventory has a result."""
    pack.decide(record)


@check("m1e.closure.objects-present")
def test_every_object_is_whole(pack: Pack, record: Record) -> None:
    """Every object of the bundle is present, coherent, and has its minimum fields."""
    pack.decide(record)


@check("m1e.closure.authority")
def test_authority_is_sufficient(pack: Pack, record: Record) -> None:
    """Registry authority and build driver are those that the contract demands."""
    pack.decide(record)


@check("m1e.handoff.gate")
def test_gate_agrees_with_the_register(pack: Pack, record: Record) -> None:
    """The master plan's status of M1 does not contradict the register."""
    pack.decide(record)
