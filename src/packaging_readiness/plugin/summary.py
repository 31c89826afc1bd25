"""The run header at the top and the verdict at the bottom of a terminal run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from packaging_readiness import __version__
from packaging_readiness.contract.counted import counted
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.contract.lanes import LANES, Lane
from packaging_readiness.plugin.likeness import unused_contract
from packaging_readiness.plugin.settings import Settings

if TYPE_CHECKING:
    from packaging_readiness.plugin.conclusion import Conclusion
    from packaging_readiness.plugin.platform import Platform
    from packaging_readiness.verdict.results import Result

Line = tuple[str, dict[str, bool]]
GREEN, RED, YELLOW = {"green": True}, {"red": True}, {"yellow": True}
_FOUND_SHOWN = 5
_PROBLEMS_SHOWN = 10


def header_lines(settings: Settings, platform: "Platform") -> list[str]:
    """What this run is about, before anything runs."""
    try:
        git = platform.git
        commit = f"{git.sha[:12]} on {git.branch or 'a detached head'}{', dirty' if git.dirty else ''}"
    except ReadinessError as error:
        commit = f"unknown ({error.cause})"
    source = "reference platform" if settings.reference else settings.platform_root.name
    image = settings.image or "built from the Dockerfile when a check needs it"
    part = f"; shard: {settings.shard.index} of {settings.shard.of}" if settings.shard is not None else ""
    contract = f"{settings.contract.name} ({settings.contract_digest[7:19]})"
    return [
        f"packaging readiness {__version__}: {source} at {commit}; contract {contract}",
        f"run {settings.platform_run_id}; image: {image}; engine: {settings.engine}; aws: {settings.aws}{part}",
        *filter(None, [unused_contract(settings.platform_root, settings.options)]),
        *_key_lines(settings),
    ]


def _key_lines(settings: Settings) -> list[str]:
    if settings.sign_key is None:
        return []
    from packaging_readiness.evidence.keys import read_private_key

    key = read_private_key(settings.sign_key)
    return [f"signing with key {key.id[:16]}" + (f"; note: {key.note}" if key.note else "")]


def summary_lines(conclusion: "Conclusion", settings: Settings) -> Iterator[Line]:
    """Verdict per lane with its active blockers, adjudicated rows by name, and the verdict of M1."""
    verdict = conclusion.verdict
    results = verdict.results if verdict is not None and conclusion.whole else conclusion.results
    if any(not result.held for result in results.values()):
        from packaging_readiness.plugin.red_rows import red_lines

        yield from red_lines(results, settings, conclusion.image)
    for lane in LANES:
        mine = {row_id: result for row_id, result in results.items() if settings.rows[row_id].check.lane == lane}
        if mine:
            yield _lane_line(lane, mine, settings)
    if conclusion.whole and verdict is not None:
        yield from _adjudicated(results, settings)
    yield from ((line, RED) for line in problem_lines(conclusion.problems))
    yield from _closing(conclusion, settings)
    if conclusion.bundle is not None:
        if settings.sign_key is None:
            yield "unsigned: proves coherence, not authorship (--sign-key FILE signs)", {}
        yield f"bundle: {conclusion.bundle}", {}


def problem_lines(problems: Sequence[str]) -> Iterator[str]:
    """Each problem in a line; what is wrong in many places is told of the first of them, and the others are counted."""
    places: dict[str, list[str]] = {}
    for problem in problems:
        place, _, wrong = problem.partition(": ")
        places.setdefault(wrong or place, []).append(problem)
    told = [f"{first} (and of {len(others)} more)" if others else first for first, *others in places.values()]
    yield from (f"problem: {each}" for each in told[:_PROBLEMS_SHOWN])
    if len(told) > _PROBLEMS_SHOWN:
        yield f"and {counted(len(told) - _PROBLEMS_SHOWN, 'more problem')}"


def _lane_line(lane: Lane, results: "dict[str, Result]", settings: Settings) -> Line:
    red = {row_id: result for row_id, result in results.items() if not result.held}
    total = sum(row.check.lane == lane for row in settings.rows.values())
    whole = len(results) == total
    counts = [counted(total, "check") if whole else f"{len(results)} of {counted(total, 'check')}"]
    for outcome in ("deferred", "waived", "fail", "error", "not_run"):
        number = sum(result.outcome == outcome for result in results.values())
        if number:
            counts.append(f"{number} {outcome}")
    # A part is no verdict.
    held = f"shard {settings.shard.shown} held" if settings.shard is not None else "PASS" if whole else "held"
    if not red:
        return f"{LANE_TITLES[lane]}  {held} ({', '.join(counts)})", GREEN
    failed = {settings.rows[row_id].blocker or "advisory" for row_id, result in red.items() if result.outcome == "fail"}
    unknown = {settings.rows[row_id].blocker or "advisory" for row_id in red} - failed
    word = "FAIL" if failed else "ERROR" if any(result.outcome == "error" for result in red.values()) else "NOT RUN"
    # A code behind errors only: nobody saw the platform break the contract, and nobody saw it keep it.
    parts = {"active": failed, "not proved": unknown}
    told = [f"{name}: {', '.join(sorted(codes))}" for name, codes in parts.items() if codes]
    return f"{LANE_TITLES[lane]}  {word} ({', '.join(counts)}); {'; '.join(told)}", RED


def _adjudicated(results: "Mapping[str, Result]", settings: Settings) -> Iterator[Line]:
    decided = [result for result in results.values() if settings.rows[result.id].check.decided_by == "adjudicator"]
    red = [result for result in decided if not result.held]
    # Where a test is red, most of the rest follows from it.
    shown = 1 if sum(not result.held for result in results.values()) > len(red) else _FOUND_SHOWN
    yield "decided from the results:", {}
    for result in red or decided:
        yield f"  {result.outcome:8} {result.id}", GREEN if result.held else RED
        if not result.held:
            yield from ((f"           {found}", {}) for found in result.found[:shown])
            if len(result.found) > shown:
                yield f"           and {len(result.found) - shown} more", {}
    if red and (held := [result.id for result in decided if result.held]):
        yield f"  held     {', '.join(held)}", GREEN


def _closing(conclusion: "Conclusion", settings: Settings) -> Iterator[Line]:
    verdict = conclusion.verdict
    if settings.evidence is not None:
        from packaging_readiness.plugin.pack_lines import pack_lines

        yield from pack_lines(conclusion.results, settings)
    elif conclusion.whole and verdict is not None:
        codes = [state.code for state in verdict.blockers if state.active]
        authority = verdict.objects["packaging_provenance"].get("registry_authority") or "none"
        told = f"registry authority {authority}, {'dirty' if verdict.run.identity.dirty else 'clean'} tree"
        if verdict.passed:
            yield f"M1: PASS ({told})", GREEN
        else:
            yield f"M1: FAIL ({told}); active blockers: {', '.join(codes) or 'none'}", RED
    else:
        missing = [row_id for row_id in settings.rows if row_id not in conclusion.results]
        lanes = sorted({f"M1.{row_id[2].upper()}" for row_id in missing})
        part = f"shard {settings.shard.shown} alone decides nothing; " if settings.shard is not None else ""
        told = f"{counted(len(missing), 'check')} {'has' if len(missing) == 1 else 'have'} no result"
        yield f"M1: not decided; {part}{told} ({', '.join(lanes) or 'none'})", YELLOW
