"""The words of a simple command: what starts it, what it is called, and which variables have a known value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Command

ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL | re.ASCII)
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_UNEXPANDED = re.compile(r"[$*?{}\\]")
_WORKSPACE = ("$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE", "$PWD", "${{")


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without assignments and without commands that only start another one (sudo, timeout, env)."""
    return words[_start(words) :]


def wrappers(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that `bare` takes off, assignments excepted."""
    return tuple(word for word in words[: _start(words)] if not ASSIGNMENT.fullmatch(word))


def _start(words: tuple[str, ...]) -> int:
    start, wrapped = 0, False
    while start < len(words):
        word = words[start]
        if word in tools.WRAPPERS or ASSIGNMENT.fullmatch(word):
            wrapped |= word in tools.WRAPPERS
            start += 1
        elif wrapped and word in tools.WRAPPER_OPTIONS_WITH_VALUE:
            start += 2
        elif wrapped and (word.startswith("-") or _DURATION.fullmatch(word)):
            start += 1
        else:
            break
    return start


def known_variables(commands: Iterable[Command], variables: Mapping[str, str]) -> dict[str, str]:
    """Variables that have one literal value throughout the script; `variables` are those of its environment."""
    known = dict(variables)
    doubtful = set()
    for command in commands:
        for match in map(ASSIGNMENT.fullmatch, command.words):
            if match is not None:
                name, added, value = match.groups()
                if added or "$" in value or known.setdefault(name, value) != value:
                    doubtful.add(name)
    return {name: value for name, value in known.items() if name not in doubtful}


def expanded(words: tuple[str, ...], variables: Mapping[str, str]) -> tuple[str, ...]:
    """The words with known variables replaced; a word that holds one is divided at blanks, as the shell does."""
    found: list[str] = []
    for word in words:
        text = _VARIABLE.sub(lambda m: variables.get(m[1] or m[2], m[0]), word)
        found += [text] if text == word or ASSIGNMENT.fullmatch(word) else text.split() or [""]
    return tuple(found)


def is_unexpanded(word: str) -> bool:
    """Whether only the run knows the name of the program that a word starts."""
    return bool(_UNEXPANDED.search(word.rpartition("/")[2])) or not word.rpartition("/")[2]


def tool_name(word: str) -> str | None:
    """The name of a program, or None for one of the platform's own or one that only the run knows."""
    folder, slash, name = word.rpartition("/")
    own = slash and folder != "" and not folder.startswith(("/", "~", "$"))
    return None if own or folder.startswith(_WORKSPACE) or is_unexpanded(word) else name
