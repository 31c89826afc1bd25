"""Commands of a shell script whose failure would not fail the script. Pure; nothing is run.

Source: POSIX.1-2017, XCU 2.9 and `set` (option -e); GitHub Actions, `jobs.<id>.steps[*].shell`: a script runs under
`bash -e`, with pipefail only where `shell: bash` is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging_readiness.checkout.shell_commands import bare
from packaging_readiness.checkout.shell_nodes import (
    AndOr,
    Block,
    Command,
    Function,
    If,
    Loop,
    Part,
    simple_commands,
)
from packaging_readiness.checkout.shell_scan import Unreadable
from packaging_readiness.checkout.shell_tools import CHECKS_NOTHING, SHELLS
from packaging_readiness.checkout.shell_tree import parse

_EXITS_WELL = re.compile(r"\bexit\s+0\b")
_SOFT_OPTION = re.compile(r" --(exit-zero|soft-fail|no-fail|exit-code[= ]0) ")
_BAD_ENDS = (("exit",), ("return",), ("false",))
Lost = Iterator[tuple[tuple[str, ...], str]]


def soft_places(script: str, shell: str | None) -> tuple[str, ...]:
    """Why a failing check in `script` might not fail it, one cause each. `shell` is as the workflow has it, or None."""
    errexit, pipefail = _options(shell)
    try:
        tree = parse(script)
    except Unreadable as error:
        return (f"its script cannot be read ({error})",)
    commands = [bare(command.words) for command in simple_commands(tree)]
    checks = [words for words in commands if _checks(words)]
    if not checks:
        return ("its script runs no check",)
    found = []
    if len(tree.lists) > 1 and not _stops_at_failure(commands, errexit):
        found.append("a failing command does not stop its script (set +e, or a shell without -e)")
    if any(_ends_well(words) for words in commands):
        found.append("its script can end early with exit 0")
    found += [f"{words[0]} is told not to fail" for words in checks if _SOFT_OPTION.search(" ".join(words) + " ")]
    pipefail = pipefail or any(words[:1] == ("set",) and "pipefail" in words for words in commands)
    found += [f"a failure of {words[0]} {why}" for words, why in _Walk(pipefail).block(tree, "", last=True)]
    for words in checks:
        if words[0] in SHELLS and words[-2:-1] == ("-c",):
            found += soft_places(words[-1], "bash {0}")
    return tuple(dict.fromkeys(found))


def _stops_at_failure(commands: Iterable[tuple[str, ...]], errexit: bool) -> bool:
    settings = [" ".join(words[1:]) for words in commands if words[:1] == ("set",)]
    if any(re.search(r"(^| )\+\w*e|\+o errexit", setting) for setting in settings):
        return False
    return errexit or any(re.search(r"(^| )-\w*e|-o errexit", setting) for setting in settings)


def _ends_well(words: tuple[str, ...]) -> bool:
    return words[:2] == ("exit", "0") or (words[:1] == ("trap",) and bool(_EXITS_WELL.search(" ".join(words))))


def _options(shell: str | None) -> tuple[bool, bool]:
    """Whether the shell stops at a failing command, and at a failing part of a pipeline."""
    if shell is None or shell == "sh":
        return True, False
    if shell == "bash":
        return True, True
    words = shell.split()
    return any(re.fullmatch(r"-\w*e\w*", word) for word in words), "pipefail" in words


def _checks(words: tuple[str, ...]) -> bool:
    if not words or words[0].rpartition("/")[2] in CHECKS_NOTHING:
        return False
    if re.fullmatch(r"python[0-9.]*", words[0].rpartition("/")[2]) and words[1:2] == ("-m",):
        return words[2:3] not in (("venv",), ("pip",))
    return words[:1] not in _BAD_ENDS


class _Walk:
    """Walks a script and yields the checks whose failure is lost, with where it is lost."""

    def __init__(self, pipefail: bool) -> None:
        self.pipefail = pipefail

    def block(self, block: Block, lost: str, *, last: bool) -> Lost:
        for index, one in enumerate(block.lists):
            yield from self._list(one, lost, last=last and index == len(block.lists) - 1)

    def _list(self, one: AndOr, lost: str, *, last: bool) -> Lost:
        for index, (_, pipeline) in enumerate(one.items):
            later = one.items[index + 1 :]
            why = lost or ("is lost in the background (&)" if one.background else "")
            if not why and later and not _ends_badly(later[-1][1].parts[-1]):
                if any(joint == "||" and not _ends_badly(other.parts[-1]) for joint, other in later):
                    why = "is passed over (||)"
                elif not last and all(joint == "&&" for joint, _ in later):
                    why = "is passed over (&&, and more lines follow)"
            if not why and pipeline.negated and (later or not last):
                why = "is turned round (!), which stops no script"
            for place, part in enumerate(pipeline.parts):
                in_pipe = place < len(pipeline.parts) - 1 and not self.pipefail
                why_here = why or ("is lost in a pipeline without pipefail" if in_pipe else "")
                yield from self._part(part, why_here, last=last)

    def _part(self, part: Part, lost: str, *, last: bool) -> Lost:
        match part:
            case Command():
                words = bare(part.words)
                if lost and _checks(words):
                    yield words, lost
                inner_lost = lost or ("is lost in a substitution" if words and not _checks(words) else "")
                for block in part.inner:
                    yield from self.block(block, inner_lost, last=True)
            case Block():
                yield from self.block(part, lost, last=last)
            case If():
                decides = _ends_badly(part.otherwise) or any(_ends_badly(branch) for _, branch in part.branches)
                for condition, branch in part.branches:
                    if lost or not decides:
                        yield from self.block(condition, lost or "is passed over (if)", last=True)
                    yield from self.block(branch, lost, last=last)
                yield from self.block(part.otherwise, lost, last=last)
            case Loop():
                yield from self.block(part.condition, lost or "is passed over (while)", last=False)
                yield from self.block(part.body, lost, last=False)
            case Function():
                yield from self._part(part.body, lost, last=True)


def _ends_badly(part: Part) -> bool:
    """Whether `part` ends the script with a status that is not 0, once it is reached."""
    if isinstance(part, Block):
        ends = [one.items[-1][1].parts[-1] for one in part.lists if all(joint != "||" for joint, _ in one.items)]
        return any(_ends_badly(end) for end in ends)
    return isinstance(part, Command) and part.words[:1] in _BAD_ENDS and part.words[1:2] != ("0",)
