"""What evidence says of an entrypoint row, times aside."""

from collections.abc import Callable, Mapping

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.image.commands import Completed
from packaging_readiness.plugin.invocations import UNKNOWN, Invocation, Kind, invocation_of, kind_of

# The options that a kind of row is about.
_OPTIONS: Mapping[Kind, Callable[[Invocation], tuple[str, ...]]] = {
    "required": lambda called: called.required,
    "optional": lambda called: called.optional,
    "unknown": lambda _: (UNKNOWN,),
}


def stderr_summary(done: Completed) -> str:
    """The last lines of standard error as evidence keeps them, bounded; empty when nothing was written."""
    lines = [line.rstrip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    text = "\n".join(lines[-8:])[-1000:]
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


def observation(row: CheckRow, contract: Contract, done: Completed, summary: str) -> Mapping[str, object]:
    """What evidence says of the row, times aside."""
    facts: dict[str, object] = {"command": " ".join(done.argv), "exit_code": done.exit_code, "stderr_summary": summary}
    if isinstance(row.row, Entrypoint):
        facts |= {"handle": row.row.handle, "mode": row.row.mode, "module": row.row.module}
    elif isinstance(row.row, Subcommand):
        facts |= {"module": contract.entrypoint(row.row.entrypoint).module, "subcommand": row.row.subcommand}
    elif isinstance(row.row, MprCase):
        facts |= {
            "module": contract.entrypoint(row.row.entrypoint).module,
            "subcommand": row.row.subcommand,
            "event_type": str(row.row.event.get("event_type")),
            "expected_status": row.row.expect,
        }
    kind = kind_of(row)
    if kind in _OPTIONS:
        facts["options"] = list(_OPTIONS[kind](invocation_of(row, contract)))
    return facts
