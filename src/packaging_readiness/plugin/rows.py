"""Entrypoint rows: the command that the contract pins, and the judgement of what its process did. All pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract, Entrypoint, MprCase, Subcommand
from packaging_readiness.image.commands import Command, Completed

_MISSING_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_USAGE = re.compile(r"(?im)^\s*usage:")
_TRACEBACK = "Traceback (most recent call last):"
_ARGPARSE = re.compile(r"(?m)^\S.*: error: ")
_RUNPY = re.compile(r"(?m)^.*RuntimeWarning: .*found in sys\.modules.*$")
_EVENT = "/tmp/event.{}.json"
_NOT_FOUND = 127
_USAGE_ERROR = 2


# What to do, by reason code, where it is something else than the check's own advice.
FIXES = {
    "module-not-found": "Copy the module into the image, or correct the module in the contract and the plan.",
    "import-error": "Copy or install the missing package into the image.",
    "program-not-found": "Give the image a `python`, as the commands of the matrix demand.",
    "timed-out": "Do no work before the arguments are read; help must not wait for anything.",
    "killed-by-signal": "Find what ended the process: its memory, its limits, or a crash of an extension module.",
    "traceback": "Mend the exception that the program ends with.",
    "argparse-failure": "Bring the program's parser and the contract's command to the same arguments.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a row holds: an empty reason, or a reason code and what was found. `notes` never block."""

    reason: str
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def command_of(row: CheckRow, contract: Contract) -> Command:
    """The command of one row, exactly as the contract pins it. Raises TypeError for a row that runs nothing."""
    timeout = contract.rows.timeout_s
    subject = row.row
    if isinstance(subject, MprCase):
        return _lifecycle(row.id, subject, contract, timeout)
    if isinstance(subject, Subcommand):
        entrypoint, subcommand = contract.entrypoint(subject.entrypoint), subject.subcommand
    elif isinstance(subject, Entrypoint):
        entrypoint, subcommand = subject, subject.subcommand or ""
    else:
        raise TypeError(f"{row.id} runs no command")
    argv = ["python", "-m", entrypoint.module, *([subcommand] if subcommand else [])]
    if not row.check.id.endswith("required-enforced"):
        argv.append("--help")
    return Command(row.id, tuple(argv), timeout_s=timeout)


def _lifecycle(row_id: str, case: MprCase, contract: Contract, timeout: float) -> Command:
    rules = contract.rows
    path = _EVENT.format(case.id)
    module = contract.entrypoint(case.entrypoint).module
    argv = ("python", "-m", module, rules.profile_option, rules.profile, case.subcommand, rules.event_option, path)
    return Command(row_id, argv, files={path: json.dumps(dict(case.event), sort_keys=True).encode()}, timeout_s=timeout)


def judge(row: CheckRow, contract: Contract, done: Completed) -> Judgement:
    """What the row's process proved."""
    if row.check.id == "m1b.run.mpr":
        assert isinstance(row.row, MprCase)
        return _judge_lifecycle(row.row, done)
    if row.check.id.endswith("required-enforced"):
        return _judge_required(required_options(row, contract), done)
    return _judge_help(done)


def required_options(row: CheckRow, contract: Contract) -> tuple[str, ...]:
    """The options that the command without arguments must name as missing."""
    if isinstance(row.row, Subcommand):
        return row.row.required or contract.entrypoint(row.row.entrypoint).required
    assert isinstance(row.row, Entrypoint)
    return row.row.required


def _judge_help(done: Completed) -> Judgement:
    broken = _broken(done)
    if broken is not None:
        return broken
    if done.exit_code != 0:
        return Judgement("exit-code", (f"exit code {done.exit_code}, expected 0", *_tail(done)))
    if _TRACEBACK in _text(done.stderr) + _text(done.stdout):
        return Judgement("traceback", ("a traceback was printed although the exit code is 0", *_tail(done)))
    if not _USAGE.search(_text(done.stdout)):
        return Judgement("no-usage-text", ("standard output holds no usage text", *_tail(done)))
    return Judgement("", notes=_notes(done))


def _judge_required(required: tuple[str, ...], done: Completed) -> Judgement:
    broken = _broken(done)
    if broken is not None:
        return broken
    if done.exit_code != _USAGE_ERROR:
        wanted = f"exit code {done.exit_code} without its required arguments, expected {_USAGE_ERROR}"
        return Judgement("required-not-enforced", (wanted, *_tail(done)))
    stderr = _text(done.stderr)
    unnamed = [option for option in required if not re.search(re.escape(option) + r"(?![\w-])", stderr)]
    if unnamed:
        return Judgement("required-not-named", (f"not named as missing: {', '.join(unnamed)}", *_tail(done)))
    return Judgement("", notes=_notes(done))


def _judge_lifecycle(case: MprCase, done: Completed) -> Judgement:
    broken = _broken(done)
    if broken is not None:
        return broken
    if _TRACEBACK in _text(done.stderr):
        return Judgement("traceback", ("the program ended with a traceback", *_tail(done)))
    if done.exit_code == _USAGE_ERROR:
        return Judgement("argparse-failure", (f"the arguments were refused (exit code {_USAGE_ERROR})", *_tail(done)))
    if (done.exit_code == 0) != (case.expect == "PASS"):
        event = str(case.event.get("event_type"))
        found = f"{case.subcommand} on event type {event}: exit code {done.exit_code}, expected {case.expect}"
        return Judgement("event-accepted" if done.exit_code == 0 else "event-refused", (found, *_tail(done)))
    return Judgement("", notes=_notes(done))


def _broken(done: Completed) -> Judgement | None:
    """What ends every kind of row the same way: time, signal, nothing to run."""
    stderr = _text(done.stderr)
    if done.timed_out:
        return Judgement("timed-out", ("did not end in time and was killed", *_tail(done)))
    if done.signal is not None:
        return Judgement("killed-by-signal", (f"ended by signal {done.signal}", *_tail(done)))
    missing = _MISSING_MODULE.search(stderr)
    if missing and done.exit_code != 0:
        wanted = done.argv[2] if len(done.argv) > 2 and done.argv[1] == "-m" else ""
        own = wanted == missing[1] or wanted.startswith(missing[1] + ".")
        return Judgement("module-not-found" if own else "import-error", (f"no module named {missing[1]}", *_tail(done)))
    if done.exit_code == _NOT_FOUND:
        return Judgement("program-not-found", (f"{done.argv[0]} is not in the image", *_tail(done)))
    if done.exit_code not in (0, None) and _TRACEBACK in stderr:
        reason = "import-error" if "ImportError" in stderr else "traceback"
        return Judgement(reason, (f"exit code {done.exit_code} with a traceback", *_tail(done)))
    if done.exit_code == _USAGE_ERROR and done.argv[-1] == "--help" and _ARGPARSE.search(stderr):
        return Judgement(
            "argparse-failure", (f"the parser refused the arguments (exit code {_USAGE_ERROR})", *_tail(done))
        )
    return None


def _notes(done: Completed) -> tuple[str, ...]:
    return ("runpy warns that the module was imported twice",) if _RUNPY.search(_text(done.stderr)) else ()


def _tail(done: Completed) -> tuple[str, ...]:
    stderr = [line for line in _text(done.stderr).splitlines() if line.strip()]
    return tuple(f"stderr: {line}" for line in stderr[-5:])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def stderr_summary(done: Completed) -> str:
    """The last lines of standard error as evidence keeps them, bounded; empty when nothing was written."""
    lines = [line.rstrip() for line in _text(done.stderr).splitlines() if line.strip()]
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
    if row.check.id.endswith("required-enforced"):
        facts["options"] = list(required_options(row, contract))
    return facts
