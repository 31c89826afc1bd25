"""`checks` and `explain`: what is checked, and what a blocker code or check means. Needs no "
"engine and no AWS library."""

import argparse
from typing import Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import LANE_TITLES, Check, CheckRow, expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Blocker


def register(commands: Any) -> None:
    """Add both subcommands."""
    checks = commands.add_parser(
        "checks",
        help="list every check of the inventory",
        description="List every check with its lane, Definition-of-Done box, blocker code and number of rows.",
        epilog="Exit status: 0, or 2 when the contract cannot be read.",
    )
    explain = commands.add_parser(
        "explain",
        help="explain a blocker code or a check",
        description="Say what raises a blocker code (e.g. M1A-B4) or what a check proves (e.g. m1b.run.help), why, "
        "and the way out.",
        epilog="Exit status: 0, or 2 when there is no such code or check.",
    )
    explain.add_argument("code", metavar="CODE")
    for parser, function in ((checks, run_checks), (explain, run_explain)):
        parser.add_argument("--contract", metavar="NAME|FILE", default="dev_full", help="default: dev_full")
        parser.add_argument("--json", action="store_true", help="print as JSON")
        parser.set_defaults(run=function)


def run_checks(options: argparse.Namespace) -> int:
    """List the inventory."""
    contract, _ = load_contract(options.contract)
    rows = expand(packaged_checks(), contract)
    if options.json:
        print_json([_row(row) for row in rows])
        return 0
    for check in packaged_checks():
        number = sum(row.check.id == check.id for row in rows)
        times = f" x{number}" if check.rows else ""
        code = (
            check.blocker
            if check.blocker not in (None, "row")
            else check.severity
            if check.blocker is None
            else "by row"
        )
        print_line(f"{LANE_TITLES[check.lane]} box {check.dod}  {code:7}  {check.id}{times}: {check.title}")
    print_line(f"{len(packaged_checks())} checks, {len(rows)} rows")
    return 0


def run_explain(options: argparse.Namespace) -> int:
    """Explain one code or check."""
    contract, _ = load_contract(options.contract)
    rows = expand(packaged_checks(), contract)
    wanted = options.code.strip()
    blocker = next((entry for entry in contract.blockers if entry.id.lower() == wanted.lower()), None)
    if blocker is not None:
        _explain_blocker(blocker, rows, contract, as_json=options.json)
        return 0
    check = next((entry for entry in packaged_checks() if entry.id == wanted.partition("[")[0]), None)
    if check is None or ("[" in wanted and wanted not in {row.id for row in rows}):
        codes = ", ".join(entry.id for entry in contract.blockers)
        raise InputRefused(
            wanted, "is neither a blocker code nor a check", f"codes: {codes}; `checks` lists the checks"
        )
    _explain_check(check, [row for row in rows if row.check.id == check.id], as_json=options.json)
    return 0


def _explain_blocker(blocker: Blocker, rows: tuple[CheckRow, ...], contract: Contract, *, as_json: bool) -> None:
    raising = {row.check.id: row.check for row in rows if row.blocker == blocker.id}
    if as_json:
        print_json(
            {
                "blocker": blocker.id,
                "lane": blocker.lane,
                "severity": blocker.severity,
                "trigger": blocker.trigger,
                "rollup": [LANE_TITLES[lane] for lane in blocker.rollup],
                "checks": [{"id": c.id, "title": c.title, "why": c.why, "fix": c.fix} for c in raising.values()],
            }
        )
        return
    print_line(f"{blocker.id}  {blocker.lane}  {blocker.severity}: {blocker.trigger}")
    if blocker.rollup:
        print_line(f"raised when any check of {', '.join(LANE_TITLES[lane] for lane in blocker.rollup)} does not hold:")
        for check_id in dict.fromkeys(row.check.id for row in rows if row.check.lane in blocker.rollup):
            print_line(f"  {check_id}")
    for check in raising.values():
        print_line()
        _print_check(check)
    print_line()
    adjudicated = all(check.decided_by == "adjudicator" for check in raising.values())
    print_line(f"run its checks alone: pytest --blocker {blocker.id}{' --evidence DIR' if adjudicated else ''}")
    print_line(f"contract: {contract.name}")


def _explain_check(check: Check, rows: list[CheckRow], *, as_json: bool) -> None:
    if as_json:
        print_json({**_row(rows[0]), "id": check.id, "rows": [row.id for row in rows]})
        return
    _print_check(check)
    if check.rows:
        print_line(f"  rows:   {', '.join(row.row.id for row in rows if row.row)}")
    if check.decided_by == "adjudicator":
        print_line("  decided from the results of a whole run")
        print_line(f"  run it: pytest --check {check.id} --evidence DIR")
    else:
        print_line(f"  run it: pytest --check {check.id}")


def _print_check(check: Check) -> None:
    print_line(f"{check.id}: {check.title}")
    print_line(f"  why:    {check.why}")
    print_line(f"  fix:    {check.fix}")
    print_line(f"  source: {check.source} ({LANE_TITLES[check.lane]}, box {check.dod}); feeds {check.evidence}.json")


def _row(row: CheckRow) -> dict[str, Any]:
    check = row.check
    return {
        "id": row.id,
        "lane": LANE_TITLES[check.lane],
        "dod": check.dod,
        "title": check.title,
        "why": check.why,
        "fix": check.fix,
        "blocker": row.blocker,
        "severity": row.severity,
        "evidence": f"{check.evidence}.json",
        "source": check.source,
        "decided_by": check.decided_by,
        "needs": list(check.needs),
    }
