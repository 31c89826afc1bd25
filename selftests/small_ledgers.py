"""Ledgers of a few rows, for rules and objects by themselves: every row, result and table that matters stands in the
test that needs it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging_readiness.contract.inventory import Check, CheckRow
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Blocker, Condition, EvidenceObject, Row
from packaging_readiness.verdict.header import Carried, Identity
from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.results import Outcome, Result
from packaging_readiness.verdict.rules import decide
from selftests.synthetic_facts import GIT_SHA, RUN_ID, WRITTEN_AT

Held = tuple[CheckRow, Result | None]
TITLE, FIX = "It holds", "Mend it."
IDENTITY = Identity(
    platform_run_id=RUN_ID,
    written_at_utc=WRITTEN_AT,
    suite_version="0.1.0",
    suite_digest="sha256:" + "11" * 32,
    contract_digest="sha256:" + "22" * 32,
    git_sha=GIT_SHA,
    git_ref="main",
    dirty=False,
    aws="embedded",
    workflow_run_id="77",
    workflow_run_url="https://github.com/example/platform/actions/runs/77",
    carried=Carried(),
)
# One code of each lane, and two of the phase: one that sums up lane B, and one that sums up all of them.
BLOCKERS = (
    Blocker("M1-B1", "m1", "S2", "t", ("m1b",)),
    Blocker("M1-B5", "m1", "S1", "t", ("m1a", "m1b", "m1c", "m1d", "m1e")),
    *(Blocker(f"M1{letter}-B1", f"m1{letter.lower()}", "S1" if letter != "B" else "S2", "t") for letter in "ABCDE"),
)
CONTRACT: Contract = replace(
    load_contract("dev_full")[0],
    blockers=BLOCKERS,
    mismatch_rules=(Condition("any", "t", ("m1c.no.such",)),),
    evidence_objects=(EvidenceObject("any", "m1e", ()),),
    deferrals=(),
    follow_ups=(),
)


def row(row_id: str, of: Row | None = None, **check: Any) -> CheckRow:
    """The row `m1a.x.y` or `m1a.x.y[of]` of the inventory; by itself it raises the first code of its lane."""
    check_id, lane = row_id.partition("[")[0], row_id.partition(".")[0]
    blocker = check.pop("blocker", f"{lane.upper()}-B1")
    severity = "S3" if blocker is None else check.pop("severity", "S1")
    stated: dict[str, Any] = {"dod": 1, "title": TITLE, "why": "w", "fix": FIX, "evidence": "none", "source": "s"}
    made = Check(**{**stated, "id": check_id, "lane": lane, "blocker": blocker, "severity": severity, **check})
    return CheckRow(row_id, made, of, blocker, severity)


def held(
    row_id: str,
    outcome: Outcome = "pass",
    reason: str = "",
    of: Row | None = None,
    check: Mapping[str, Any] | None = None,
    **result: Any,
) -> Held:
    """A row of a test, and its result."""
    return row(row_id, of, **(check or {})), Result(row_id, outcome, reason, **result)


def seen(row_id: str, **observation: Any) -> Held:
    """A row that passed, and what it observed."""
    return held(row_id, observation=observation)


def ledger(
    *rows: Held,
    contract: Contract = CONTRACT,
    carried: Carried = IDENTITY.carried,
    image: Mapping[str, Any] | None = None,
    **identity: Any,
) -> Ledger:
    """The ledger that has these rows, and the results of those that have one."""
    results = {row.id: result for row, result in rows if result is not None}
    who = replace(IDENTITY, carried=carried, **identity)
    return Ledger(who, contract, tuple(row for row, _ in rows), image, results)


def active(*codes: str) -> list[Held]:
    """A failed row for each of these codes."""
    lanes = {"M1-B1": "m1b", "M1-B5": "m1a"}
    return [
        held(
            f"{lanes.get(code, code[:3].lower())}.raises.{code.lower()}",
            "fail",
            "made-to-fail",
            check={"blocker": code},
        )
        for code in codes
    ]


def decided(check: str, *rows: Held, **more: Any) -> Result:
    """The result of a row that has no row of the contract."""
    return decide(row(check, decided_by="adjudicator"), ledger(*rows, **more))


def of_condition(check: str, condition: Condition, *rows: Held, **more: Any) -> Result:
    """The result of the row of a condition."""
    return decide(row(f"{check}[{condition.id}]", condition, decided_by="adjudicator"), ledger(*rows, **more))


def passed(row_id: str, **more: Any) -> Result:
    """What a rule says that holds."""
    return Result(row_id, "pass", expected=TITLE, **more)


def failed(row_id: str, reason: str, *found: str, **more: Any) -> Result:
    """What a rule says that does not hold."""
    return Result(row_id, "fail", reason, TITLE, found, **more)
