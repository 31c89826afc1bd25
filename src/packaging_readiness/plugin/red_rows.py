"""What is red, first: the checks that do not hold by reason, each reason with its cure and one command to repeat it."""

from collections.abc import Iterator, Mapping, Sequence

from packaging_readiness.contract.counted import counted
from packaging_readiness.plugin.likeness import unlike, unused_contract
from packaging_readiness.plugin.messages import repeat
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.advice import advice
from packaging_readiness.verdict.results import Result

_REASONS = 8
_NAMED = 3
_WIDTH = 300
_SEVERITIES = ("S1", "S2", "S3")


def red_lines(
    results: Mapping[str, Result], settings: Settings, image: str | None
) -> Iterator[tuple[str, dict[str, bool]]]:
    """Lines on the checks that do not hold, with their colours; reasons of hard ones first, then those with most rows.

    What was decided from results is left out where a check is red: it follows from that. `image` is the reference of
    the image that the checks used.
    """
    hints = (
        unlike(settings.platform_root, settings.contract),
        unused_contract(settings.platform_root, settings.options),
    )
    yield from ((hint, {"red": True}) for hint in hints if hint is not None)
    yield from ((line, {}) for line in _lines(results, settings, image))


def _lines(results: Mapping[str, Result], settings: Settings, image: str | None) -> Iterator[str]:
    # In the order of the inventory: workers end in any order.
    red = [results[row_id] for row_id in settings.rows if row_id in results and not results[row_id].held]
    seen = [result for result in red if settings.rows[result.id].check.decided_by == "test"]
    groups = sorted(_by_reason(seen or red, settings).items(), key=lambda group: (group[0][0], -len(group[1])))
    if not groups:
        return
    yield f"{counted(len(seen or red), 'check')} {'does' if len(seen or red) == 1 else 'do'} not hold:"
    for (_, reason, fix, _), rows in groups[:_REASONS]:
        yield from _group(reason, fix, rows, settings, image)
    if rest := [result for _, rows in groups[_REASONS:] for result in rows]:
        more = counted(len(groups) - _REASONS, "more reason")
        yield f"  and {more} ({counted(len(rest), 'check')}), told above"


def _by_reason(red: list[Result], settings: Settings) -> dict[tuple[int, str, str, str], list[Result]]:
    """Results by severity, reason code and cure; of errors only those with one cause are of one group."""
    groups: dict[tuple[int, str, str, str], list[Result]] = {}
    for result in red:
        row = settings.rows[result.id]
        cause = "".join(result.found[:1]) if result.outcome == "error" else ""
        fix = advice(row.check, result.outcome, result.reason)
        groups.setdefault((_SEVERITIES.index(row.severity), result.reason, fix, cause), []).append(result)
    return groups


def _group(reason: str, fix: str, rows: list[Result], settings: Settings, image: str | None) -> Iterator[str]:
    first = rows[0]
    codes = sorted({settings.rows[result.id].blocker or "advisory" for result in rows})
    named = ", ".join(result.id for result in rows[:_NAMED])
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    yield f"  {reason or first.outcome}  [{', '.join(codes)}]  {named}{more}"
    if first.found:
        yield f"    found:   {_shown(first.found)}"
    yield f"    fix:     {fix}"
    yield f"    repeat:  {repeat(settings.rows[first.id], image, settings)}"


def _shown(found: Sequence[str]) -> str:
    """The first line, and the last of the words of another program that it announces: there they say what is wrong."""
    text = f"{found[0]} {found[-1]}" if found[0].endswith(":") and len(found) > 1 else found[0]
    return text if len(text) <= _WIDTH else text[: _WIDTH - 2] + " …"
