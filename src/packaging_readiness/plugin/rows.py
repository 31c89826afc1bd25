"""Entrypoint rows: the judgement of what the process of a row did. All pure."""

import re
from dataclasses import dataclass, replace

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import MprCase
from packaging_readiness.image.commands import Completed
from packaging_readiness.plugin.invocations import UNKNOWN, invocation_of, kind_of, listed_options
from packaging_readiness.plugin.row_options import called_missing, documents, names, refusal, unlisted

_MISSING_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_USAGE = re.compile(r"(?im)^\s*usage:")
_TRACEBACK = "Traceback (most recent call last):"
_ARGPARSE = re.compile(r"(?m)^\S.*: error: ")
_IMPORT = re.compile(r"(?m)^ImportError: (.*)$")
_RUNPY = re.compile(r"(?m)^.*RuntimeWarning: .*found in sys\.modules.*$")
_NOT_FOUND = 127
_USAGE_ERROR = 2
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a row holds: an empty reason, or a reason code and what was found. `notes` never block."""

    reason: str
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(row: CheckRow, contract: Contract, done: Completed) -> Judgement:
    """What the row's process proved."""
    kind = kind_of(row)
    if kind == "lifecycle":
        assert isinstance(row.row, MprCase)
        return _judge_lifecycle(row.row, done)
    if kind == "required":
        return _judge_required(invocation_of(row, contract).required, done)
    if kind == "optional":
        return _judge_optional(invocation_of(row, contract).optional, done)
    if kind == "unknown":
        return _judge_unknown(invocation_of(row, contract).required, done)
    helped = _judge_help(done)
    return helped if helped.reason else replace(helped, notes=(*helped.notes, *_more(row, contract, done)))


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
    told = refusal(_text(done.stderr))
    if UNKNOWN in told:  # a text that also proves the row of the unknown argument proves neither
        return Judgement("fixed-refusal", (f"names {UNKNOWN}, which was not given", *_tail(done)))
    unnamed = [option for option in required if not names(option, told)]
    if unnamed:
        return Judgement("required-not-named", (f"not named as missing: {', '.join(unnamed)}", *_tail(done)))
    return Judgement("", notes=_notes(done))


def _judge_optional(optional: tuple[str, ...], done: Completed) -> Judgement:
    helped = _judge_help(done)
    absent = [option for option in optional if not documents(option, _text(done.stdout))]
    if helped.reason or not absent:
        return helped
    return Judgement("optional-not-documented", (f"not in the help text: {', '.join(absent)}",))


def _judge_unknown(given: tuple[str, ...], done: Completed) -> Judgement:
    broken = _broken(done)
    if broken is not None and broken.reason != "timed-out":  # who still runs has taken the argument
        return broken
    if done.exit_code != _USAGE_ERROR:
        ended = "still ran when its time was up" if done.timed_out else f"exit code {done.exit_code}"
        wanted = f"{ended} with the unknown argument {UNKNOWN}, expected exit code {_USAGE_ERROR}"
        return Judgement("unknown-accepted", (wanted, *_tail(done)))
    stderr = _text(done.stderr)
    lacking = called_missing(stderr, given) if UNKNOWN in stderr else []
    if lacking:
        return Judgement("fixed-refusal", (f"calls missing what was given: {', '.join(lacking)}", *_tail(done)))
    if UNKNOWN in stderr:
        return Judgement("", notes=_notes(done))
    if _ARGPARSE.search(stderr):
        found = "the parser refused the arguments before it came to the unknown one"
        return Judgement("argparse-failure", (found, *_tail(done)))
    return Judgement("unknown-not-named", (f"{UNKNOWN} is not named as unknown", *_tail(done)))


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
        return Judgement("timed-out", ("was killed after the contract's rows.timeout_s", *_tail(done)))
    if done.signal is not None:
        return Judgement("killed-by-signal", (f"ended by signal {done.signal}", *_tail(done)))
    if len(done.stdout) < done.stdout_total or len(done.stderr) < done.stderr_total:
        return Judgement("output-over-bound", ("wrote more than is kept, so not all of it was judged", *_tail(done)))
    missing = _MISSING_MODULE.search(stderr)
    if missing and done.exit_code != 0:
        wanted = done.argv[2] if len(done.argv) > 2 and done.argv[1] == "-m" else ""
        own = wanted == missing[1] or wanted.startswith(missing[1] + ".")
        return Judgement("module-not-found" if own else "import-error", (f"no module named {missing[1]}", *_tail(done)))
    if done.exit_code == _NOT_FOUND:
        return Judgement("program-not-found", (f"{done.argv[0]} is not in the image", *_tail(done)))
    if done.exit_code not in (0, None) and _TRACEBACK in stderr:
        failed = _IMPORT.search(stderr)
        found = failed[1] if failed else f"exit code {done.exit_code} with a traceback"
        return Judgement("import-error" if failed else "traceback", (found, *_tail(done)))
    if done.exit_code == _USAGE_ERROR and done.argv[-1] == "--help" and _ARGPARSE.search(stderr):
        return Judgement(
            "argparse-failure", (f"the parser refused the arguments (exit code {_USAGE_ERROR})", *_tail(done))
        )
    return None


def _more(row: CheckRow, contract: Contract, done: Completed) -> tuple[str, ...]:
    """A note on options that the program's help offers and the contract lists for none of its invocations."""
    more = unlisted(_text(done.stdout), listed_options(row, contract))
    shown = ", ".join(more[:_SHOWN]) + (f" and {len(more) - _SHOWN} more" if len(more) > _SHOWN else "")
    return (f"the help offers what the contract does not list: {shown}",) if more else ()


def _notes(done: Completed) -> tuple[str, ...]:
    return ("runpy warns that the module was imported twice",) if _RUNPY.search(_text(done.stderr)) else ()


def _tail(done: Completed) -> tuple[str, ...]:
    stderr = [line for line in _text(done.stderr).splitlines() if line.strip()]
    return tuple(f"stderr: {line}" for line in stderr[-5:])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
