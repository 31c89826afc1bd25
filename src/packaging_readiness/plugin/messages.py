"""What a failing check tells a tired engineer: expected, found, why it matters, how to mend it, how to reproduce it."""

import shlex
from typing import Any

from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.shards import runs_in_container


def failure(record: Record, settings: Settings, excinfo: Any) -> str:
    """The text of one failed or errored check."""
    check = record.row.check
    code = record.row.blocker or f"{record.row.severity} advisory"
    word = "FAIL" if record.outcome == "fail" else "ERROR (the suite could not find out)"
    lines = [
        f"{word}  {record.row.id}  [{code}]",
        f"  check:    {check.title}  ({LANE_TITLES[check.lane]}, box {check.dod}; {check.source})",
        f"  reason:   {record.reason}",
        *_block("found", record.found),
    ]
    if record.outcome == "error" and excinfo is not None and record.reason.startswith("unexpected-"):
        lines.append(f"  error:    {_where(excinfo)}")
    lines += [
        f"  why:      {check.why}",
        f"  fix:      {record.fix or check.fix}",
        f"  repeat:   {repeat(record, settings)}",
        *([f"  by hand:  {record.by_hand}"] if record.by_hand else []),
    ]
    return "\n".join(lines)


def repeat(record: Record, settings: Settings) -> str:
    """The exact command that runs this one check again; a row that ran in an image runs in the same one."""
    command = ["pytest", "--check", record.row.id, *settings.options]
    if record.image is not None and settings.image is None and runs_in_container(record.row):
        command += ["--image", str(record.image["reference"])]
    return shlex.join(command)


def _block(name: str, lines: tuple[str, ...]) -> list[str]:
    return [f"  {name + ':' if index == 0 else '':9} {line}" for index, line in enumerate(lines)]


def _where(excinfo: Any) -> str:
    """Type and place of an unexpected exception; its text may hold anything and is shown with -vv only."""
    entry = excinfo.traceback[-1]
    return f"{excinfo.type.__name__} at {entry.path.name}:{entry.lineno + 1}; see it whole with -vv"
