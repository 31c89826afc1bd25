"""What a trap may do at a script's end without changing how it ends. Pure.

Source: POSIX.1-2017, XCU `trap`: the script ends as it would have, unless the action itself ends it otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Part, simple_commands
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.checkout.shell_words import bare, exit_status, wrappers


def is_tame(action: str, functions: Mapping[str, Part | None], named: Collection[str]) -> bool:
    """Whether a trap's action leaves the script's end as it is, or makes it a failure.

    `functions` are those defined so far, None for one that is not understood; `named` are all of the script.
    """
    if action.startswith("-"):
        return action == "-"  # any other one is an option, and the action comes after it
    try:
        todo: list[Part] = [parse(action)]
    except Unreadable:
        return False
    called: set[str] = set()
    while todo:
        for command in simple_commands(todo.pop()):
            words = bare(command.words)
            if "exec" in wrappers(command.words):
                return False
            if words and words[0] in named:
                body = functions.get(words[0])
                if body is None:
                    return False
                todo += [body] if words[0] not in called else []
                called.add(words[0])
            elif words and not _is_tame(words):
                return False
    return True


def _is_tame(words: tuple[str, ...]) -> bool:
    if words[0] == "exit":
        return len(words) == 2 and bool(exit_status(words[1]))
    return words[0] not in tools.CONTROL and "$" not in words[0]
