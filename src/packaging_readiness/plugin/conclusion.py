"""From the fresh report to verdict, bundle and exit status."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging_readiness.contract.counted import counted
from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError
from packaging_readiness.evidence.files import bundle_files
from packaging_readiness.evidence.write import bundle_folder, write_bundle
from packaging_readiness.plugin.messages import reference
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate, observed
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.report import Report, read_report
from packaging_readiness.verdict.results import Result

_INTERRUPTED = 2  # pytest.ExitCode
NO_REPORT = "no fresh report of this run exists; nothing was proved"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a run ended. `results` are the selected checks; `verdict` is there when one could be made; `image` is the
    reference of the image that the checks used.
    """

    exit_code: int
    results: Mapping[str, Result] = field(default_factory=dict)
    verdict: Verdict | None = None
    whole: bool = False
    bundle: str | None = None
    problems: tuple[str, ...] = ()
    image: str | None = None


def conclude(
    settings: Settings,
    report_path: Path,
    selected: Sequence[str],
    status: int,
    *,
    whole: bool,
    out: Path | None,
    known: Sequence[str] = (),
    expected: Collection[str] = (),
) -> Conclusion:
    """Decide what the run came to; `known` are problems that no report can tell: with one, nothing is decided.
    `expected` are the rows that the selection holds by the inventory.

    Never raises for what a run can do wrong: that is a red conclusion.
    """
    try:
        report, reported = fresh_report(report_path, settings.nonce)
    except ReadinessError as error:
        return Conclusion(exit_code=status if status > 1 else 1, problems=(*known, str(error), NO_REPORT))
    image = reference(report.image)
    results = {result.id: result for result in report.results}
    interrupted = status == _INTERRUPTED and not known  # pytest calls a file that it cannot collect an interruption
    lacking = [row for row in expected if row not in results]
    problems = [*known, *without_result(selected, reported, lacking, interrupted=interrupted)]
    if known:
        return Conclusion(max(status, 1), results, whole=whole, problems=tuple(problems), image=image)
    if settings.evidence is not None:
        held = not problems and all(result.held for result in results.values())
        return Conclusion(_exit(status, held), results, whole=whole, problems=tuple(problems), image=image)
    try:
        run = merge([report])
        verdict = adjudicate(run) if whole or out is not None else None
        if verdict is not None and verdict.passed and status > 1:  # stopped between its last check and its end
            raise CannotTell("the run", f"did not end well (exit status {status}); nothing was decided", "run it again")
        bundle = _write(verdict, report, out, settings) if verdict is not None and out is not None else None
        settled = verdict.results if verdict is not None else observed(run).results
    except ReadinessError as error:
        return Conclusion(status if status > 1 else 1, results, problems=(*problems, str(error)), image=image)
    results = {row_id: settled[row_id] for row_id in results}
    held = verdict.passed if whole and verdict is not None else all(result.held for result in results.values())
    return Conclusion(_exit(status, held and not problems), results, verdict, whole, bundle, tuple(problems), image)


def without_result(
    selected: Sequence[str], reported: Collection[str], rows: Sequence[str], *, interrupted: bool
) -> Iterator[str]:
    """Tests that were selected and rows of the selection, both without a result in the report."""
    if interrupted and rows:
        yield f"interrupted: {counted(len(rows), 'selected check')} without a result; run again"
        return
    yield from (f"{nodeid}: selected, but the report has no result" for nodeid in selected if nodeid not in reported)
    yield from (f"{row}: selected, but no test holds it" for row in rows)


def fresh_report(path: Path, nonce: str) -> tuple[Report, frozenset[str]]:
    """The report that this very run wrote, and the node ids in it. Raises InputRefused or CannotTell."""
    from packaging_readiness.contract.canonical import read_json

    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotTell(path.name, f"cannot be read: {error.strerror}", "make its folder writable") from None
    try:
        report = read_report(data, path.name)
    except InputRefused as problem:
        raise InputRefused(problem.place, problem.cause, problem.cure or "make room for it, and run again") from None
    if report.header.nonce != nonce:
        raise InputRefused(path.name, "is the report of another run", "remove it and run again")
    tests = read_json(data, path.name).get("tests", [])
    return report, frozenset(str(test.get("nodeid")).split("@")[0] for test in tests)


def _exit(status: int, held: bool) -> int:
    """Interruption and internal errors keep their status; otherwise 0 when everything held, else 1."""
    if status > 1:
        return status
    return 0 if held else 1


def _write(verdict: Verdict, report: Report, out: Path, settings: Settings) -> str:
    folder = bundle_folder(settings.contract, settings.platform_run_id)
    files = bundle_files(verdict, [report])
    if verdict.passed:
        from packaging_readiness.evidence.verify import refuse_incoherent

        refuse_incoherent(files, "run it again; where a time is wrong, set this machine's clock first")
    if settings.sign_key is not None:
        from packaging_readiness.evidence.dsse import sign
        from packaging_readiness.evidence.keys import read_private_key

        files |= sign(files, read_private_key(settings.sign_key))
    return str(write_bundle(files, out, folder))
