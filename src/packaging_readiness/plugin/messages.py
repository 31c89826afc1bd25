"""What a failing check tells a tired engineer: expected, found, why it matters, how to mend it, how to reproduce it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging_readiness.contract.inventory import LANE_TITLES, CheckRow
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.advice import advice
from packaging_readiness.verdict.shards import runs_in_container

# What errored checks of a process had for a cause, and the row that told it whole.
Told = dict[tuple[str, ...], str]


def failure(record: Record, settings: Settings, excinfo: Any, told: Told) -> str:
    """The text of one failed or errored check. A cause that kept several from an answer (no engine, an image that does
    not build) is told whole by the first of them and in one line by the others.
    """
    check = record.row.check
    code = record.row.blocker or f"{record.row.severity} advisory"
    word = "FAIL" if record.outcome == "fail" else "ERROR (the suite could not find out)"
    first = first_to_tell(record, told)
    if first != record.row.id:
        return f"{word}  {record.row.id}  [{code}]  {_cause(record)} (see {first})"
    image = reference(record.image)
    lines = [
        f"{word}  {record.row.id}  [{code}]",
        f"  check:    {check.title}  ({LANE_TITLES[check.lane]}, box {check.dod}; {check.source})",
        f"  reason:   {record.reason}",
        *_block("found", record.found),
    ]
    if record.outcome == "error" and excinfo is not None and record.reason.startswith("unexpected-"):
        lines.append(f"  error:    {_where(excinfo)}")
    lines += [
        # What kept a check from an answer has nothing to do with why the check is there.
        *([f"  why:      {check.why}"] if record.outcome == "fail" else []),
        f"  fix:      {record.fix or advice(check, record.outcome, record.reason)}",
        f"  repeat:   {repeat(record.row, image, settings)}",
        *([f"  by hand:  {record.by_hand}"] if record.by_hand else []),
    ]
    return "\n".join(lines)


def first_to_tell(record: Record, told: Told) -> str:
    """The row whose text tells the cause of an error; a row of its own for what failed or broke down in a check."""
    if record.outcome != "error" or record.reason.startswith("unexpected-"):
        return record.row.id
    return told.setdefault((record.reason, record.fix, *record.found), record.row.id)


def _cause(record: Record) -> str:
    return "the image was not built" if record.reason == "build-failed" else "".join(record.found[:1]).rstrip(":")


def reference(image: Mapping[str, Any] | None) -> str | None:
    """By what name a record or a report says that the engine knows the image, if it says so."""
    return str(image["reference"]) if image and "reference" in image else None


def repeat(row: CheckRow, image: str | None, settings: Settings) -> str:
    """The exact command that runs this one check again; a row that ran in an image (`image`: its reference) runs in the
    same one.
    """
    command = ["pytest", "--check", row.id, *settings.options]
    if image is not None and settings.image is None and runs_in_container(row):
        command += ["--image", image]
    return shlex.join(command)


def _block(name: str, lines: tuple[str, ...]) -> list[str]:
    return [f"  {name + ':' if index == 0 else '':9} {line}" for index, line in enumerate(lines)]


def _where(excinfo: Any) -> str:
    """Type and place of an unexpected exception; its text may hold anything and is shown with -vv only."""
    entry = excinfo.traceback[-1]
    name = Path(entry.path).name  # a plain text where the code has no file
    return f"{excinfo.type.__name__} at {name}:{entry.lineno + 1}; see it whole with -vv"
