"""Which commands of a security step are checks, and which of those can fail when they find something. Pure.

A well-known scanner is judged by its own rules (`shell_scanners`). A program of the platform itself counts as a check
(`shell_own`): what it looks for is the platform's to decide and to review, that its failure stops the push is what a
workflow can show. Of a tool that is not listed it cannot be told whether it is a check.
"""

from __future__ import annotations

import re

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Part, simple_commands
from packaging_readiness.checkout.shell_own import interpreted, own_role
from packaging_readiness.checkout.shell_roles import NONE, Role
from packaging_readiness.checkout.shell_scanners import is_scanner, scans
from packaging_readiness.checkout.shell_words import bare, is_unexpanded, tool_name

_TELLS = frozenset(("--version", "--help"))
_DIFF_FAILS = frozenset(("--exit-code", "--quiet", "--check"))
_OF_SYSTEM = re.compile(r"/(usr/(local/)?)?s?bin/")
_SEARCHES = tools.named("grep egrep fgrep rg diff cmp")
_PREPARES = tools.named("install get add download fetch update upgrade init setup clean login logout config i ci sync")
_TESTS = frozenset(("test", "[", "[[", "(("))
# Options of `docker run` before the image, that take a value in the next word, and that take none.
_RUN_WITH_VALUE = tools.named("-v --volume -w --workdir -e --env --env-file -u --user --network --mount --platform")
_RUN_ALONE = tools.named("--rm -i -t -it -ti --interactive --tty --init --read-only")


def role_of(words: tuple[str, ...], documents: tuple[str, ...] = (), *, of_search: bool = False) -> Role:
    """The role of a command without assignments and wrappers. `of_search`: it is given what a search has found."""
    head, rest = words[0], words[1:]
    if is_unexpanded(head) or head.startswith("-"):
        return Role("unclear", f"runs {head}, which only the run knows")
    name = head.rpartition("/")[2]
    if _TELLS & set(rest) or {"-V", "-h", "version", "help"} & set(rest[:1]):
        return NONE
    if tool_name(head) is None:  # the platform's own, or a scanner that it brings along
        brought = scans(name, rest) if is_scanner(name) else NONE
        return brought if brought.kind == "soft" else Role("check")
    if tools.INTERPRETERS.fullmatch(name):
        return interpreted(name, rest, documents)
    if name in tools.ENGINES:
        return _engine(rest)
    if tools.RUNNERS.get(name) == next(iter(rest), ""):
        return role_of(rest[1:], documents) if len(rest) > 1 else NONE
    if name in ("uvx", "npx") and rest:
        return role_of(rest, documents)
    if is_scanner(name):
        return scans(name, rest)
    if name == "git" and rest[:1] == ("diff",) and not _DIFF_FAILS & set(rest):
        return NONE
    if name in ("find", "fd"):
        return Role("unknown", f"runs {name} with -exec") if {"-exec", "+"} <= set(rest) else NONE
    own = own_role(name, rest)
    if own is not None:
        return own
    if name in _SEARCHES or (name == "git" and rest[:1] in (("grep",), ("diff",))):
        return Role("search")
    if name in _TESTS:
        return Role("search") if of_search or re.search(r" ! -[defs] ", f" {' '.join(rest)}") else NONE
    if name == "jq" and {"-e", "--exit-status"} & set(rest):
        return Role("search")
    if name in ("sha256sum", "sha512sum") and {"-c", "--check"} & set(rest):
        return Role("check")
    if name == "cosign" and rest and rest[0].startswith("verify"):
        return Role("check")
    if rest and rest[0] in _PREPARES:
        return NONE
    known = name in tools.HARMLESS or name in tools.HARMLESS_PARTS or name in tools.PUSHING_PARTS
    if known or name in ("curl", "aws", "xargs"):
        return NONE
    if name.endswith((".py", ".sh")) or ("/" in head and not _OF_SYSTEM.match(head)):  # the platform's own
        return Role("check")
    return Role("unknown", f"runs {name}, of which it is not known whether it checks anything")


def searches(part: Part) -> bool:
    """Whether a substitution's output is what a search or a check has found."""
    for words in (bare(command.words) for command in simple_commands(part)):
        if words and (words[0] in ("find", "fd") or words[:2] == ("git", "ls-files")):
            return True
        if words and role_of(words).kind in ("check", "search"):
            return True
    return False


def _engine(rest: tuple[str, ...]) -> Role:
    """`docker scout cves --exit-code`, or a scanner that an engine runs from its image."""
    if rest[:1] == ("scout",):
        told = re.search(r" (--exit-code|-e) ", f" {' '.join(rest)} ")
        soft = Role("soft", "runs docker scout, which succeeds whatever it finds (no --exit-code)", known=True)
        return (Role("check", known=True) if told else soft) if rest[1:2] == ("cves",) else NONE
    if rest[:1] != ("run",):
        return NONE
    i = 1
    while i < len(rest) and rest[i].startswith("-"):
        plain = rest[i] in _RUN_ALONE or ("=" in rest[i] and rest[i].partition("=")[0] in _RUN_WITH_VALUE)
        if not plain and rest[i] not in _RUN_WITH_VALUE:
            return Role("unclear", f"runs a container with {rest[i].partition('=')[0]}")
        i += 1 if plain else 2
    image = rest[i].partition("@")[0].rpartition("/")[2].partition(":")[0] if i < len(rest) else ""
    if is_scanner(image):
        more = rest[i + 1 :]
        return scans(image, more[1:] if more[:1] == (image,) else more)
    return Role("unclear", "runs a container of which it is not known what it checks")
