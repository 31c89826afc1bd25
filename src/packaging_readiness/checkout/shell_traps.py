"""What a trap may do at a script's end without changing how it ends. Pure.

Source: POSIX.1-2017, XCU `trap`: the script ends as it would have, unless the action itself ends it otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Part, simple_commands
from packaging_readiness.checkout.shell_scan import Unreadable
from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.checkout.shell_words import bare

MAX_DEPTH = 5


def is_tame(action: str, functions: Mapping[str, Part | None], named: Collection[str]) -> bool:
    """Whether a trap's action leaves the script's end as it is, or makes it a failure.

    `functions` are those defined so far, None for one that is not understood; `named` are all of the script.
    """
    try:
        return action in ("", "-") or _all_tame(parse(action), functions, named, 0)
    except Unreadable:
        return False


def _all_tame(part: Part, functions: Mapping[str, Part | None], named: Collection[str], depth: int) -> bool:
    for words in (bare(command.words) for command in simple_commands(part)):
        if not words:
            continue
        if words[0] in named:
            body = functions.get(words[0])
            if body is None or depth > MAX_DEPTH or not _all_tame(body, functions, named, depth + 1):
                return False
        elif words[0] == "exit":
            if len(words) != 2 or not words[1].isdecimal() or int(words[1]) % 256 == 0:
                return False
        elif words[0] in tools.CONTROL or "$" in words[0]:
            return False
    return True
