"""Programs that do what the platform's own files say, and programs in a language that stand in the workflow. Pure.

What they look for is the platform's to decide and to review: each counts as a check, unless it is told to run nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_python import can_fail
from packaging_readiness.checkout.shell_roles import NONE, Role
from packaging_readiness.checkout.shell_scanners import is_scanner, scans

_MAKE = re.compile(r"-[skBwj]+\d*|--(silent|keep-going|jobs|always-make|no-print-directory)(=\d+)?|-C|-f|[^-$].*")
_MAKE_CHANGED = re.compile(r"(MAKEFLAGS|GNUMAKEFLAGS|SHELL|\.SHELLFLAGS)\W?=.*")
# Options, or first words, with which one of these runs nothing, or does not fail.
_SPOILS: Mapping[str, str] = {
    "pytest": r" (--co|--collect-only|-h|-V|--fixtures\S*|--funcargs|--markers|--setup-(only|plan)|--cache-show"
    r"|--suppress-no-test-exit-code|-o|--override-ini)[ =]",
    "tox": r"^ (config|list|l|legacy|devenv|d|depends|de|exec|e|quickstart|q|schema) "
    r"| (-l|-a|-h|-n|--notest|--list\S*|--showconfig) ",
    "nox": r" (-l|-h|--list\S*|--install-only|--usage) ",
    "pre-commit": r"^ (?!run |-)| (-h|-V) ",
    "prek": r"^ (?!run |-)| (-h|-V|--dry-run|--list) ",
    "npm": r" --if-present | --ignore-scripts ",
}
_FAILS_INLINE = re.compile(r"\b(raise|assert)\b|exit\(|\bcheck(_\w+)?\b")
_PACKAGES = frozenset(("npm", "yarn", "pnpm"))
_OFF = r" --(audit-level[= ]none|groups?[= ]|dry-run|fix|ignore)| (fix|signatures) "


def own_role(name: str, rest: tuple[str, ...]) -> Role | None:
    """The role of a program of these, None for another one."""
    text = f" {' '.join(rest)} "
    if name in ("make", "gmake"):
        odd = next((word for word in rest if not _MAKE.fullmatch(word) or _MAKE_CHANGED.fullmatch(word)), "")
        return Role("unknown", f"runs make with {odd}, which may check nothing") if odd else Role("check")
    if name in _PACKAGES and rest[:1] == ("audit",):
        return Role("soft", f"runs {name} audit, which is told not to fail") if re.search(_OFF, text) else Role("check")
    if name in _PACKAGES and rest[:1] not in (("run",), ("test",)):
        return None
    if name in _SPOILS or name in _PACKAGES:
        spoilt = re.search(_SPOILS[name if name in _SPOILS else "npm"], text)
        if spoilt is None:
            return Role("check")
        told = spoilt[0].strip() or next(iter(rest), "nothing")
        return Role("unknown", f"runs {name} with {told}, which may check nothing")
    return None


def inline_role(program: str, *, asserts: bool = True) -> Role:
    """The role of a Python program that stands in the workflow. `asserts`: assertions are not switched off."""
    if can_fail(program, asserts=asserts):
        return Role("check")
    if _FAILS_INLINE.search(program):
        return Role("unknown", "has an inline program that is not seen to fail")
    return Role("soft", "has an inline program that never fails")


def interpreted(name: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Role:
    """The role of what an interpreter is started with: a file, a module, or a program on its command line or input."""
    if not name.startswith(("python", "pypy")):
        own = rest and not rest[0].startswith("-")
        return Role("check") if own else Role("unknown", f"has an inline program of {name}")
    asserts, words = True, list(rest)
    while words:
        word = words.pop(0)
        if word == "-" or not word.startswith("-"):
            return Role("check") if word != "-" else _documents(documents, asserts)
        asserts = asserts and not re.fullmatch(r"-[A-Za-z]*O[A-Za-z]*", word)
        if re.fullmatch(r"-[A-Za-z]*[WX]", word):
            words = words[1:]
        elif re.fullmatch(r"-[A-Za-z]*c", word):
            return inline_role(words[0], asserts=asserts) if words else NONE
        elif re.fullmatch(r"-[A-Za-z]*m", word):
            return _module(words[0], tuple(words[1:])) if words else NONE
        elif not re.fullmatch(r"-[bBdEiIOPqRsSuvx]+|-[WX].+", word):
            return Role("unknown", f"runs {name} with {word}")
    return _documents(documents, asserts)


def _documents(documents: tuple[str, ...], asserts: bool) -> Role:
    return inline_role("\n".join(documents), asserts=asserts) if documents else NONE


def _module(module: str, rest: tuple[str, ...]) -> Role:
    if module in tools.INTERPRETER_MODULES:
        return NONE
    name = module.replace("_", "-")
    if is_scanner(name):
        return scans(name, rest)
    own = own_role(name, rest)
    if own is not None:
        return own
    if module.partition(".")[0] in sys.stdlib_module_names and module != "unittest":
        return Role("unknown", f"runs {module}, of which it is not known whether it checks anything")
    return Role("check")
