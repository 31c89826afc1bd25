"""The one fact that a row rests on when it holds: what its check observed, and what that must be.

Held against reports when they are merged, and against what a bundle stores when it is verified.
"""

from collections.abc import Mapping
from typing import Any

_ENDED_WELL, _REFUSED = ("exit_code", 0), ("exit_code", 2)
RESTS_ON: Mapping[str, tuple[str, bool | int | list[Any]]] = {
    "m1a.boundary.context-taken": ("untaken_files", 0),
    "m1a.payload.default-deny": ("default_deny", True),
    "m1a.payload.exclude-stays-out": ("entered", []),
    "m1a.payload.no-broad-copy": ("broad_ingestions", []),
    "m1b.contract.optional-documented": _ENDED_WELL,
    "m1b.contract.required-enforced": _REFUSED,
    "m1b.contract.subcommand-optional-documented": _ENDED_WELL,
    "m1b.contract.subcommand-required-enforced": _REFUSED,
    "m1b.contract.subcommand-unknown-refused": _REFUSED,
    "m1b.contract.unknown-refused": _REFUSED,
    "m1b.run.help": _ENDED_WELL,
    "m1b.run.subcommand-help": _ENDED_WELL,
    "m1d.sources.path-pinned": ("pinned", True),
}
"""Name and value of the fact by the id of the check. All rows of a check rest on the same."""


def denial(row_id: str, observation: Mapping[str, Any], *, needed: bool) -> str | None:
    """Why a row that holds does not: its fact is another one or, if it is `needed`, absent. None when nothing is wrong.

    What was observed instead is not repeated.
    """
    rule = RESTS_ON.get(row_id.partition("[")[0])
    if rule is None:
        return None
    name, value = rule
    if name not in observation:
        return f"passes, and its {name} is not there" if needed else None
    found = observation[name]
    same = type(found) is type(value) and found == value
    return None if same else f"passes, and its {name} is not {value!r}"
