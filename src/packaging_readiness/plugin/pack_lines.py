"""What a run over an existing pack (`--evidence`) comes to, in one line: nothing was run again but the decisions."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from packaging_readiness.plugin.pack import OF_PACK, SHOWN_IN
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.results import Result


def pack_lines(results: Mapping[str, Result], settings: Settings) -> Iterator[tuple[str, dict[str, bool]]]:
    """The closing lines with their colours. The rows that are decided from results stand for the whole pack: one row
    of lanes A to D that does not hold keeps `m1e.no-go[active-blocker]` from holding.
    """
    place = settings.evidence or ""
    given = place if place.startswith("s3://") else PurePath(place).name or place
    decided = [row_id for row_id, row in settings.rows.items() if row.check.decided_by == "adjudicator"]
    missing = [row_id for row_id in decided if row_id not in results]
    red = {row_id: result for row_id, result in results.items() if not result.held}
    shown = results.get(SHOWN_IN)
    of_pack = [note.removeprefix(OF_PACK) for note in (shown.notes if shown else ()) if note.startswith(OF_PACK)]
    about = f"the evidence in {given}" + "".join(f" ({note})" for note in of_pack)
    if missing:
        told = f"{len(missing)} of the {len(decided)} decisions about {about} have no result"
        yield f"M1: not decided; {told}", {"yellow": True}
    elif not red:
        yield f"M1: PASS, by {about}; the results of its checks are its own, nothing was run again", {"green": True}
    elif not of_pack:
        yield f"M1: FAIL, M1E-B3: {about} decides nothing; {SHOWN_IN} says what is needed", {"red": True}
    else:
        codes = sorted({settings.rows[row_id].blocker or "advisory" for row_id in red})
        yield f"M1: FAIL, by {about}; not held here: {', '.join(codes)}", {"red": True}
