"""Many reports, one run: coherent sets are merged, everything else is refused with the reports and the field named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import CheckRow, expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, contract_from_data
from packaging_readiness.contract.model import Contract
from packaging_readiness.verdict.accounts import refuse_false_accounts
from packaging_readiness.verdict.coherence import refuse_contradictions
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.report import Report
from packaging_readiness.verdict.results import Result
from packaging_readiness.verdict.shards import refuse_mixed

ONE_RUN = "merge only reports of one run: same --platform-run-id, contract, commit, image and suite"
_SAME = (
    "platform_run_id",
    "suite_version",
    "suite_digest",
    "contract_digest",
    "git_sha",
    "git_ref",
    "dirty",
    "aws",
    "workflow_run_id",
    "workflow_run_url",
    "carried",
)


@dataclass(frozen=True, slots=True)
class MergedRun:
    """All that is known of one run: identity, contract, image (or none), and the results that were reported."""

    identity: Identity
    contract: Contract
    contract_data: Mapping[str, Any]
    rows: tuple[CheckRow, ...]
    image: Mapping[str, Any] | None
    results: Mapping[str, Result]


def merge(reports: Sequence[Report]) -> MergedRun:
    """One run out of `reports`, in any order. Raises InputRefused for reports that do not belong together."""
    if not reports:
        raise InputRefused("", "no report was given", "name at least one report")
    ordered = sorted(reports, key=lambda report: report.digest)
    first = ordered[0]
    for other in ordered[1:]:
        _same_run(first, other)
    _refuse_doubled(ordered)
    _refuse_false_contracts(ordered)
    data = first.header.contract
    contract = contract_from_data(data, first.shown)
    rows = expand(packaged_checks(), contract)
    refuse_false_accounts(ordered)
    image = _one_image(ordered)
    by_id = {row.id: row for row in rows}
    _refuse_unknown(ordered, by_id)
    refuse_mixed(ordered, by_id, contract)
    results, origin = _one_result_each(ordered)
    refuse_contradictions(origin, first.header.identity, image, results)
    latest = max(report.header.identity.written_at_utc for report in ordered)
    return MergedRun(
        identity=replace(first.header.identity, written_at_utc=latest),
        contract=contract,
        contract_data=data,
        rows=rows,
        image=image,
        results=results,
    )


def _same_run(first: Report, other: Report) -> None:
    pair = f"{first.shown}, {other.shown}"
    for name in _SAME:
        mine, theirs = getattr(first.header.identity, name), getattr(other.header.identity, name)
        if mine != theirs:
            raise InputRefused(pair, f"are not of one run: {name} is {mine!r} and {theirs!r}", ONE_RUN)


def _refuse_doubled(reports: Sequence[Report]) -> None:
    seen: dict[str, str] = {}
    for report in reports:
        if report.header.nonce in seen:
            raise InputRefused(f"{seen[report.header.nonce]}, {report.shown}", "are the same report twice", ONE_RUN)
        seen[report.header.nonce] = report.shown


def _refuse_false_contracts(reports: Sequence[Report]) -> None:
    proved: Mapping[str, Any] | None = None
    for report in reports:
        if report.header.contract is proved:  # many reports share one, and it is large
            continue
        proved = report.header.contract
        if contract_digest(proved) != report.header.identity.contract_digest:
            raise InputRefused(report.shown, "the contract in it is not the one its header names", ONE_RUN)


def _one_image(reports: Sequence[Report]) -> Mapping[str, Any] | None:
    used = [report for report in reports if report.image is not None]
    for other in used[1:]:
        if other.image != used[0].image:
            mine, theirs = dict(used[0].image or {}), dict(other.image or {})
            unlike = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
            what = f"image.{unlike[0]} differs"
            if "digest" in unlike:
                what = f"image digest is {mine['digest']} and {theirs['digest']}"
            raise InputRefused(f"{used[0].shown}, {other.shown}", f"are not of one image: {what}", ONE_RUN)
    return used[0].image if used else None


def _refuse_unknown(reports: Sequence[Report], rows: Mapping[str, CheckRow]) -> None:
    for report in reports:
        for result in report.results:
            row = rows.get(result.id)
            if row is None:
                raise InputRefused(report.shown, f"check {result.id!r} is not in the inventory", ONE_RUN)
            if row.check.decided_by == "adjudicator":
                raise InputRefused(report.shown, f"{result.id} is decided from results, not reported", ONE_RUN)


def _one_result_each(reports: Sequence[Report]) -> tuple[dict[str, Result], dict[str, str]]:
    """The result of each row, and the report that it is from."""
    results: dict[str, Result] = {}
    origin: dict[str, str] = {}
    for report in reports:
        for result in report.results:
            if origin.get(result.id) == report.shown:
                raise InputRefused(report.shown, f"holds {result.id} twice", ONE_RUN)
            if result.id in results:
                raise InputRefused(f"{origin[result.id]}, {report.shown}", f"both hold {result.id}", ONE_RUN)
            results[result.id] = result
            origin[result.id] = report.shown
    return results, origin
