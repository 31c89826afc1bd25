"""The reports that a command was given: read from their files, told apart by name, and free of secrets."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.verdict.report import Report, read_report
from packaging_readiness.verdict.shared_contract import SharedContract

SIZE_LIMIT = 500_000_000


def read_reports(paths: Sequence[Path]) -> list[Report]:
    """The reports in these files, in their order. Raises CannotTell for what is no readable file, and InputRefused for
    what is no report.
    """
    contract = SharedContract()
    return [read_report(_read(path, shown), shown, contract) for path, shown in _named(paths)]


def _named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each path with the shortest end of it that tells them apart: CI puts many a `report.json` into folders."""
    depth = 1
    while len({path.parts[-depth:] for path in paths}) < len({path.parts for path in paths}):
        depth += 1
    return [(path, "/".join(path.parts[-depth:]) or str(path)) for path in paths]


def _read(path: Path, shown: str) -> bytes:
    try:
        if not path.is_file():
            raise CannotTell(shown, "is no regular file", "name a report that pytest wrote")
        if path.stat().st_size > SIZE_LIMIT:
            raise CannotTell(shown, f"is larger than {SIZE_LIMIT} bytes")
        return path.read_bytes()
    except OSError as error:
        raise CannotTell(shown, f"cannot be read: {error.strerror}", "name a report that pytest wrote") from None


def refuse_secrets(reports: Sequence[Report]) -> None:
    """Raise InputRefused where a report holds what looks like a secret: none goes into a bundle or a message."""
    from packaging_readiness.secrets.redaction import redactions, texts_of

    # What the contract says is searched once, and not again in the ids of a hundred thousand rows.
    contracts = list({id(report.header.contract): report.header.contract for report in reports}.values())
    searched = frozenset(texts_of(contracts))
    if not redactions(chain(searched, texts_of([list(_carried(report, searched)) for report in reports]))):
        return
    for report in reports:
        if redactions(texts_of([report.header.contract, *_carried(report, searched)])):
            cause = "holds what looks like a secret; it is not repeated here"
            raise InputRefused(report.shown, cause, "run the lane again")


def _carried(report: Report, searched: Container[str]) -> Iterator[Any]:
    """Everything of a report, but its contract, that a bundle or a message can repeat."""
    header = report.header
    yield asdict(header.identity)
    yield from (header.nonce, header.invocation, report.image, report.measured)
    for result in report.results:
        if result.id.partition("[")[2].removesuffix("]") not in searched:
            yield result.id
        yield from (result.reason, result.expected, result.deferral)
        yield from (result.found, result.notes, result.observation)
