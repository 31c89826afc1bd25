"""Findings as annotations of GitHub Actions: one `::error` per place in a file of the platform.

Source: GitHub Actions documentation, workflow commands (`error` with `file`, `line` and `title`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.counted import counted
from packaging_readiness.contract.shapes import has_shape
from packaging_readiness.render.escape import command_data, command_property
from packaging_readiness.render.view import View

_PLACE = re.compile(r"([^:\s][^:]{0,500}):([1-9][0-9]{0,6})(?=[:,;. ]|$)")


def annotations(view: View) -> list[str]:
    """Workflow commands, hard findings first: a runner shows ten of a step and drops the rest.

    A finding without a place in a file stands in the summary only; a bundle that is not coherent is one error.
    """
    if not view.verification.coherent:
        count = len(view.verification.problems)
        told = f"the bundle is not coherent ({counted(count, 'problem')}), first: {view.verification.problems[0]}"
        return [f"::error title=packaging readiness::{command_data(told)}"]
    return list(dict.fromkeys(line for row in view.not_held for line in _row(row, view)))


def _row(row: Mapping[str, Any], view: View) -> Iterator[str]:
    if row["decided_by"] != "test":
        return
    title = command_property(f"{row['blocker'] or row['severity']} {row['id']}")
    for found in row["found"]:
        place = _PLACE.match(found)
        if place is not None and has_shape(place[1], "path"):
            message = command_data(f"{found[place.end() :].lstrip(':,;. ') or row['reason']} | {view.fix(row)}")
            yield f"::error file={command_property(place[1])},line={place[2]},title={title}::{message}"
