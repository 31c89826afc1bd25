"""Completeness of M1.B: registry handles, contract rows and evidence rows are one to one; one hole is M1-B2."""

from collections import Counter
from pathlib import Path

import pytest

from packaging_readiness.contract.load import load_contract
from selftests.breaks import PLAN, REGISTRY
from selftests.in_process import changed_platform, red, run_lane
from selftests.platform_edits import Change, append, replace
from selftests.synthetic import adjudicated, drop_row, fail_row, good_report, objects

CONTRACT, _ = load_contract("dev_full")
GROUPED = ("ENTRYPOINT_RTDL_CORE_WORKER", "ENTRYPOINT_DECISION_LANE_WORKER")
CHECKS = {
    "m1b_entrypoint_validation": ("entrypoints", "m1b.run.help"),
    "m1b_subcommand_validation": ("subcommands", "m1b.run.subcommand-help"),
    "m1b_mpr_command_checks": ("mpr_cases", "m1b.run.mpr"),
}


def unchanged(root: Path) -> None:
    """No change."""


def test_conforming_platform_is_complete(tmp_path: Path) -> None:
    assert red(run_lane("m1b", changed_platform(tmp_path, unchanged))) == {}


CSFB = "`python -m fraud_detection.context_store_flow_binding.intake`"
HOLES: dict[str, tuple[Change, dict[str, str]]] = {
    "handle not in the registry": (
        replace(REGISTRY, ("* `ENTRYPOINT_WSP`", "* `ENTRYPOINT_WORLD_STREAMER`")),
        {
            "m1b.matrix.handle-mapped[ENTRYPOINT_WSP]": "handle-not-mapped",
            "m1b.matrix.registry-covered": "handle-without-row",
        },
    ),
    "grouped handle not in the registry": (
        replace(REGISTRY, ("* `ENTRYPOINT_RTDL_CORE_WORKER", "* `RTDL_CORE_WORKER")),
        {"m1b.matrix.handle-mapped[ENTRYPOINT_RTDL_CORE_WORKER]": "handle-not-mapped"},
    ),
    "worker of a grouped handle that the plan calls by another module": (
        replace(PLAN, (CSFB, CSFB.replace("intake`", "other`"))),
        {"m1b.matrix.plan-covered": "matrix-differs", "m1b.contract.plan-row[csfb]": "row-not-in-plan"},
    ),
    "subcommand that only the contract has": (
        replace(PLAN, ("`promote --event-path <json>`", "`publish --event-path <json>`")),
        {"m1b.contract.plan-row[mpr]": "arguments-differ"},
    ),
    "argument of a subcommand that the contract does not demand": (
        replace(PLAN, ("`promote --event-path <json>`", "`promote --event-path <json> --reason <text>`")),
        {"m1b.contract.plan-row[mpr]": "arguments-differ"},
    ),
    "program that the plan runs with another subcommand": (
        replace(PLAN, ("scenario_runner.cli run`", "scenario_runner.cli start`")),
        {"m1b.contract.plan-row[sr]": "arguments-differ"},
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_hole_in_the_matrix_is_red(tmp_path: Path, hole: str) -> None:
    change, expected = HOLES[hole]
    assert red(run_lane("m1b", changed_platform(tmp_path, change))) == expected


def test_two_rows_of_the_contract_for_one_module_are_red(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, unchanged)
    row = CONTRACT.entrypoint("cm")
    rest = f"handle: {row.handle}, mode: {row.mode}, module: {row.module}, required: [--profile], optional: [--once]"
    twice = "".join(f"  - {{id: {name}, {rest}}}\n" for name in ("cm", "cm-again"))
    append("packaging-readiness.yaml", f"subcommands: []\nmpr_cases: []\nentrypoints:\n{twice}")(root)
    record = run_lane("m1b", root)["m1b.matrix.plan-covered"]
    assert record.reason == "matrix-differs"
    assert "the contract has 2 rows for fraud_detection.case_mgmt.worker" in record.found


def test_grouped_handles_have_a_row_for_each_worker() -> None:
    workers = Counter(row.handle for row in CONTRACT.entrypoints)
    assert {handle: workers[handle] for handle in GROUPED} == dict.fromkeys(GROUPED, 4)
    evidence = objects(good_report())["m1b_entrypoint_validation"]["rows"]
    assert Counter(row["handle"] for row in evidence) == workers


@pytest.mark.parametrize("name", CHECKS)
def test_evidence_has_each_row_of_the_contract_once(name: str) -> None:
    table, _ = CHECKS[name]
    rows = objects(good_report())[name]["rows"]
    assert [row["id"] for row in rows] == [row.id for row in getattr(CONTRACT, table)]


ROWS = [f"{check}[{row.id}]" for table, check in CHECKS.values() for row in getattr(CONTRACT, table)]
SAMPLE = [row for row in ROWS if any(name in row for name in ("csfb", "[dl]", "sr", "mpr-run", "promote-valid"))]


@pytest.mark.parametrize("row_id", SAMPLE)
def test_one_missing_row_leaves_the_blocker_active(row_id: str) -> None:
    verdict = adjudicated(drop_row(good_report(), row_id))
    state = next(state for state in verdict.blockers if state.code == "M1-B2")
    assert (verdict.passed, state.active, state.raised_by) == (False, True, (row_id,))
    assert verdict.results[row_id].outcome == "not_run"


@pytest.mark.parametrize(
    "row_id",
    [
        "m1b.contract.optional-documented[cm]",
        "m1b.contract.subcommand-optional-documented[ofs-run]",
        "m1b.contract.unknown-refused[sr]",
        "m1b.contract.subcommand-unknown-refused[mpr-promote]",
    ],
)
def test_each_new_proof_raises_the_blocker(row_id: str) -> None:
    made = objects(fail_row(good_report(), row_id))
    register = {entry["blocker_id"]: entry for entry in made["m1_closure_blocker_register"]["blockers"]}
    assert register["M1-B2"]["raised_by"] == [row_id]
    name = "m1b_subcommand_validation" if "subcommand" in row_id else "m1b_entrypoint_validation"
    assert made[name]["overall"] == "FAIL"
