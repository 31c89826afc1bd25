"""The words of a simple command: what starts it, what it is called, and which variables have a known value. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import AndOr, Block, Command, simple_commands

ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL | re.ASCII)
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_UNEXPANDED = re.compile(r"[$*?{}\\]")
_USED = re.compile(r"\$\{?[!#]?(\w+)")
_STATUS = re.compile(r"[0-9]{1,9}")
_SETS = tools.named("read mapfile readarray printf getopts let unset local declare typeset")
"""Builtins that give variables other values without an assignment."""
_WORKSPACE = ("$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE", "$PWD", "${{")


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without assignments and without commands that only start another one (sudo, timeout, env)."""
    return words[_start(words) :]


def wrappers(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that `bare` takes off, assignments excepted."""
    return tuple(word for word in words[: _start(words)] if not ASSIGNMENT.fullmatch(word))


def _start(words: tuple[str, ...]) -> int:
    start, with_value = 0, None
    while start < len(words):
        word = words[start]
        if word in tools.WRAPPERS or ASSIGNMENT.fullmatch(word):
            with_value = tools.WRAPPERS.get(word, with_value)
            start += 1
        elif with_value is not None and word in with_value:
            start += 2
        elif with_value is not None and (word.startswith("-") or _DURATION.fullmatch(word)):
            start += 1
        else:
            break
    return start


def known_variables(tree: Block, variables: Mapping[str, str]) -> dict[str, str]:
    """Variables that have one literal value wherever the script uses them; `variables` are those of its environment.

    One that the script sets has no value where it is used before, or set only under a condition.
    """
    known = dict(variables)
    doubtful: set[str] = set()
    certain = set(variables)
    for one in tree.lists:
        commands = tuple(simple_commands(Block((one,))))
        used = {name for command in commands for word in command.words for name in _USED.findall(word)}
        doubtful |= used - certain
        if _is_plain(one):
            certain |= {match[1] for match in map(ASSIGNMENT.fullmatch, commands[0].words) if match is not None}
    for command in simple_commands(tree):
        words = bare(command.words)
        if words and words[0] in _SETS:
            # With an option the name may be that of another variable, or the value another one than is written.
            plain = not any(word.startswith("-") for word in words)
            doubtful.update(word if plain else word.partition("=")[0] for word in words)
        for match in map(ASSIGNMENT.fullmatch, command.words):
            if match is not None:
                name, added, value = match.groups()
                if added or "$" in value or known.setdefault(name, value) != value:
                    doubtful.add(name)
    return {name: value for name, value in known.items() if name in certain and name not in doubtful}


def _is_plain(one: AndOr) -> bool:
    """Whether a list of the script is an assignment and nothing else: it is made whenever the script gets there."""
    parts = one.items[0][1].parts
    if len(one.items) > 1 or len(parts) > 1 or one.background or not isinstance(parts[0], Command):
        return False
    return bare(parts[0].words)[:1] in ((), ("export",), ("readonly",), ("declare",), ("typeset",))


def exit_status(word: str) -> int | None:
    """The status that `exit` or `return` leaves with, None where `word` does not say it in so many digits."""
    return int(word) % 256 if _STATUS.fullmatch(word) else None


def expanded(words: tuple[str, ...], variables: Mapping[str, str]) -> tuple[str, ...]:
    """The words with known variables replaced; a word that holds one is divided at blanks, as the shell does.

    Quotes are gone by now: a script or a program that a word may hold is not divided, for half of it says less.
    """
    divided = _divided(words, variables)
    if not any(map(_takes_text, divided)):
        return divided
    head = next(i for i in range(1, len(words) + 1) if bare(_divided(words[:i], variables)) or i == len(words))
    return (*_divided(words[:head], variables), *(_replaced(word, variables) for word in words[head:]))


def _divided(words: tuple[str, ...], variables: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        text = _replaced(word, variables)
        found += [text] if text == word or ASSIGNMENT.fullmatch(word) else text.split() or [""]
    return tuple(found)


def _replaced(word: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda m: variables.get(m[1] or m[2], m[0]), word)


def _takes_text(word: str) -> bool:
    name = word.rpartition("/")[2]
    return name in tools.SHELLS or name in ("eval", "trap") or bool(tools.INTERPRETERS.fullmatch(name))


def starts_shell(words: tuple[str, ...]) -> bool:
    """Whether a word could be a shell, which knows its environment only and may expand the words behind it itself."""
    return any(word.rpartition("/")[2] in tools.SHELLS for word in words)


def is_unexpanded(word: str) -> bool:
    """Whether only the run knows the name of the program that a word starts."""
    return bool(_UNEXPANDED.search(word.rpartition("/")[2])) or not word.rpartition("/")[2]


def tool_name(word: str) -> str | None:
    """The name of a program, or None for one of the platform's own or one that only the run knows."""
    folder, _, name = word.rpartition("/")
    own = folder != "" and not folder.startswith(("/", "~", "$"))
    return None if own or folder.startswith(_WORKSPACE) or is_unexpanded(word) else name
