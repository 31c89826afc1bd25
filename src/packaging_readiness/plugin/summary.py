"""The run header at the top and the verdict at the bottom of a terminal run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging_readiness import __version__
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.contract.model import LANES, Lane
from packaging_readiness.plugin.settings import Settings

if TYPE_CHECKING:
    from packaging_readiness.plugin.conclusion import Conclusion
    from packaging_readiness.plugin.platform import Platform
    from packaging_readiness.verdict.results import Result

Line = tuple[str, dict[str, bool]]
GREEN, RED, YELLOW = {"green": True}, {"red": True}, {"yellow": True}
_MISSING_SHOWN = 5


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
    for lane in LANES:
        mine = {row_id: result for row_id, result in results.items() if settings.rows[row_id].check.lane == lane}
        if mine:
            yield _lane_line(lane, mine, settings)
    if conclusion.whole and verdict is not None:
        yield from _adjudicated(results, settings)
    for problem in conclusion.problems:
        yield f"problem: {problem}", RED
    yield from _closing(conclusion, settings)
    if conclusion.bundle is not None:
        if settings.sign_key is None:
            yield "unsigned: proves coherence, not authorship (--sign-key FILE signs)", {}
        yield f"bundle: {conclusion.bundle}", {}


def _lane_line(lane: Lane, results: "dict[str, Result]", settings: Settings) -> Line:
    red = {row_id: result for row_id, result in results.items() if not result.held}
    counts = [f"{len(results)} checks"]
    for outcome in ("deferred", "waived", "fail", "error", "not_run"):
        number = sum(result.outcome == outcome for result in results.values())
        if number:
            counts.append(f"{number} {outcome}")
    codes = sorted({settings.rows[row_id].blocker or "advisory" for row_id in red})
    held = "PASS" if settings.shard is None else f"shard {settings.shard.shown} held"  # a part is no verdict
    text = f"{LANE_TITLES[lane]}  {'FAIL' if red else held}  {', '.join(counts)}"
    return (f"{text}  active: {', '.join(codes)}", RED) if red else (text, GREEN)


def _adjudicated(results: object, settings: Settings) -> Iterator[Line]:
    assert isinstance(results, dict)
    yield "decided from the results:", {}
    for row_id, result in results.items():
        if settings.rows[row_id].check.decided_by == "adjudicator":
            yield f"  {result.outcome:8} {row_id}", GREEN if result.held else RED
            if not result.held:
                for found in result.found[:_MISSING_SHOWN]:
                    yield f"           {found}", {}
                if len(result.found) > _MISSING_SHOWN:
                    yield f"           and {len(result.found) - _MISSING_SHOWN} more", {}


def _closing(conclusion: "Conclusion", settings: Settings) -> Iterator[Line]:
    verdict = conclusion.verdict
    if conclusion.whole and verdict is not None:
        codes = [state.code for state in verdict.blockers if state.active]
        authority = verdict.objects["packaging_provenance"].get("registry_authority") or "no registry"
        told = f"registry authority {authority}, {'dirty' if verdict.run.identity.dirty else 'clean'} tree"
        if verdict.passed:
            yield f"M1: PASS ({told})", GREEN
        else:
            yield f"M1: FAIL ({told}); active blockers: {', '.join(codes) or 'none'}", RED
    else:
        missing = [row_id for row_id in settings.rows if row_id not in conclusion.results]
        lanes = sorted({f"M1.{row_id[2].upper()}" for row_id in missing})
        part = f"shard {settings.shard.shown} alone decides nothing; " if settings.shard is not None else ""
        yield f"M1: not decided; {part}{len(missing)} checks have no result ({', '.join(lanes) or 'none'})", YELLOW
