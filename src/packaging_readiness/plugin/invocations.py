"""Entrypoint rows as commands: exactly what the contract pins, per check, each distinct command once. All pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.image.commands import Command

Kind = Literal["help", "required", "optional", "unknown", "lifecycle"]
UNKNOWN = "--packaging-readiness-unknown"
_PLACEHOLDER = "placeholder"
_EVENT = "/tmp/event.{}.json"
_KINDS: Mapping[str, Kind] = {
    "m1b.run.help": "help",
    "m1b.run.subcommand-help": "help",
    "m1b.contract.required-enforced": "required",
    "m1b.contract.subcommand-required-enforced": "required",
    "m1b.contract.optional-documented": "optional",
    "m1b.contract.subcommand-optional-documented": "optional",
    "m1b.contract.unknown-refused": "unknown",
    "m1b.contract.subcommand-unknown-refused": "unknown",
    "m1b.run.mpr": "lifecycle",
}


def kind_of(row: CheckRow) -> Kind:
    """What the row's command is to prove. Raises KeyError for a check that runs none."""
    return _KINDS[row.check.id]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A program as its users call it: module, subcommand (or none), and the options that the contract documents.

    `asked` is the subcommand that stands in the help contract, which may ask the program itself.
    """

    module: str
    asked: str | None
    subcommand: str | None
    required: tuple[str, ...]
    optional: tuple[str, ...]


def invocation_of(row: CheckRow, contract: Contract) -> Invocation:
    """How the subject of `row` is called. Raises TypeError for a row that runs no command."""
    subject = row.row
    if isinstance(subject, Entrypoint):
        runs_with = subject.subcommand or subject.runs_with
        return Invocation(subject.module, subject.subcommand, runs_with, subject.required, subject.optional)
    if isinstance(subject, Subcommand):
        entrypoint = contract.entrypoint(subject.entrypoint)
        required = subject.required or entrypoint.required
        return Invocation(entrypoint.module, subject.subcommand, subject.subcommand, required, subject.optional)
    raise TypeError(f"{row.id} calls no program")


def listed_options(row: CheckRow, contract: Contract) -> frozenset[str]:
    """Every option that the contract lists for the program of `row`, in whichever of its subcommands."""
    assert isinstance(row.row, Entrypoint | Subcommand)
    program = row.row if isinstance(row.row, Entrypoint) else contract.entrypoint(row.row.entrypoint)
    commands = [entry for entry in contract.subcommands if entry.entrypoint == program.id]
    further = (option for command in commands for option in (*command.required, *command.optional))
    return frozenset((*program.required, *program.optional, *further))


def command_of(row: CheckRow, contract: Contract) -> Command:
    """The command of one row, exactly as the contract pins it. Raises TypeError for a row that runs nothing."""
    timeout = contract.rows.timeout_s
    if isinstance(row.row, MprCase):
        return _lifecycle(row.id, row.row, contract, timeout)
    called, kind = invocation_of(row, contract), kind_of(row)
    program = ("python", "-m", called.module)
    if kind == "unknown":
        before, after = _required_values(row, called, contract)
        argv = (*program, *before, *_word(called.subcommand), *after, UNKNOWN)
    elif kind == "required":
        argv = (*program, *_word(called.asked))
    else:
        argv = (*program, *_word(called.asked if kind == "help" else called.subcommand), "--help")
    return Command(row.id, argv, timeout_s=timeout)


def _word(subcommand: str | None) -> tuple[str, ...]:
    return (subcommand,) if subcommand else ()


def _required_values(row: CheckRow, called: Invocation, contract: Contract) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All required options with their placeholders, before and after the subcommand: a parser tells of an argument
    that it does not know only when nothing that it demands is missing.
    """
    own = contract.entrypoint(row.row.entrypoint).required if isinstance(row.row, Subcommand) else ()
    profile = contract.rows.profile_option
    program = [option for option in dict.fromkeys((*own, *called.required)) if option == profile]
    others = [option for option in called.required if option != profile]
    values = contract.rows.placeholders
    before, after = (
        tuple(part for option in options for part in (option, values.get(option, _PLACEHOLDER)))
        for options in (program, others)
    )
    return before, after


def _lifecycle(row_id: str, case: MprCase, contract: Contract, timeout: float) -> Command:
    rules = contract.rows
    path = _EVENT.format(case.id)
    module = contract.entrypoint(case.entrypoint).module
    argv = ("python", "-m", module, rules.profile_option, rules.profile, case.subcommand, rules.event_option, path)
    return Command(row_id, argv, files={path: json.dumps(dict(case.event), sort_keys=True).encode()}, timeout_s=timeout)


def shared(commands: Mapping[str, Command]) -> dict[str, str]:
    """For each row the row that runs its command: rows whose processes would be the same share the first one's."""
    first: dict[object, str] = {}
    return {row_id: first.setdefault(_process(command), row_id) for row_id, command in commands.items()}


def _process(command: Command) -> object:
    return command.argv, tuple(sorted(command.files.items())), command.stdin, command.timeout_s
