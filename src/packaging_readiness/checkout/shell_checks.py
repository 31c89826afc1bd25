"""Which commands of a security step are checks, and which of those can fail when they find something. Pure.

A well-known scanner is judged by its own rules: many succeed whatever they find unless they are told otherwise. A
program of the platform itself counts as a check: what it looks for is the platform's to decide and to review, that its
failure stops the push is what a workflow can show. Sources: the tools' own documentation of their exit status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Part, simple_commands
from packaging_readiness.checkout.shell_words import bare, is_unexpanded, tool_name

_CODE = r"[= ]0*(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]) "
_FAILING_CODE = rf" --exit-code{_CODE}"
_OTHER_CODE = rf" --exit-code(?!{_CODE})"
_TELLS = frozenset(("--version", "-V", "--help", "-h", "version", "help"))
_FAILS_INLINE = re.compile(r"\b(raise|assert)\b|exit\((?!\s*(0|None|False)?\s*\))|check=True|\bcheck_(call|output)\b")


@dataclass(frozen=True, slots=True)
class Scanner:
    """How a tool is made to fail on what it finds.

    `parts` are the first arguments with which it scans at all (empty: all); `needs` and `spoils` are looked for in its
    arguments, each with a blank on both sides.
    """

    parts: frozenset[str] = frozenset()
    needs: str = ""
    spoils: str = ""


def _scanner(parts: str = "", needs: str = "", spoils: str = "") -> Scanner:
    return Scanner(tools.named(parts), needs, spoils)


SCANNERS: Mapping[str, Scanner] = {
    "actionlint": _scanner(),
    "bandit": _scanner(spoils=" --exit-z"),
    "checkov": _scanner(spoils=" (--soft|-s )"),
    "conftest": _scanner("test verify", spoils=" --no-fail"),
    "detect-secrets-hook": _scanner(),
    "dockle": _scanner(needs=_FAILING_CODE, spoils=_OTHER_CODE),
    "gitleaks": _scanner("detect protect git dir directory file stdin", spoils=_OTHER_CODE),
    "govulncheck": _scanner(spoils=" -(json|format|mode)"),
    "grype": _scanner(needs=" (--fail-on|-f)[= ]?(negligible|low|medium|high|critical) "),
    "hadolint": _scanner(spoils=" (--no-fail|--failure-threshold[= ]none|-t ?none)"),
    "mypy": _scanner(),
    "osv-scanner": _scanner(),
    "packaging-readiness": _scanner("scan-secrets context dockerfile verify"),
    "pip-audit": _scanner(spoils=" --dry-run"),
    "ruff": _scanner("check", spoils=" (--exit-z|-e )"),
    "safety": _scanner("check scan", spoils=" --continue-on-error"),
    "semgrep": _scanner("ci scan", needs="^ ci | --error ", spoils=" (--no-error|--dryrun|--suppress-errors)"),
    "shellcheck": _scanner(),
    "snyk": _scanner("test container iac code", spoils=" --fail-on="),
    "trivy": _scanner(
        "image i filesystem fs rootfs repository repo config conf sbom vm kubernetes k8s",
        needs=_FAILING_CODE,
        spoils=_OTHER_CODE,
    ),
    "trufflehog": _scanner("git github gitlab filesystem docker s3", needs=" --fail "),
    "zizmor": _scanner(spoils=" --no-exit"),
}
NEVER_FAIL = frozenset(("detect-secrets", "syft"))
"""Scanners that list what they find and succeed."""
NOT_KNOWN = frozenset(("kingfisher",))
"""Scanners of which it is not established here whether they fail on what they find."""
_SEARCHES = tools.named("grep egrep fgrep rg diff cmp")
_PREPARES = tools.named("install get add download fetch update upgrade init setup clean login logout config i ci sync")
_TESTS = frozenset(("test", "[", "[[", "(("))
# Options of `docker run` before the image, that take a value in the next word, and that take none.
_RUN_WITH_VALUE = tools.named("-v --volume -w --workdir -e --env --env-file -u --user --network --mount --platform")
_RUN_ALONE = tools.named("--rm -i -t -it -ti --interactive --tty --init --read-only")


@dataclass(frozen=True, slots=True)
class Role:
    """What a command is to a security step.

    `check`: it fails when it finds something. `search`: one of its two ends means that it found something. `soft`: a
    check that cannot fail. `unclear`: it may be anything. `none`: no check. `why` completes "its script ...".
    """

    kind: Literal["check", "search", "soft", "unclear", "none"]
    why: str = ""
    known: bool = False
    """Whether the tool is a well-known scanner, whose failure is a finding and nothing else."""


NONE = Role("none")


def role_of(words: tuple[str, ...], documents: tuple[str, ...] = (), *, of_search: bool = False) -> Role:
    """The role of a command without assignments and wrappers. `of_search`: it is given what a search has found."""
    head, rest = words[0], words[1:]
    if is_unexpanded(head) or head.startswith("-"):
        return Role("unclear", f"runs {head}, which only the run knows")
    name = head.rpartition("/")[2]
    if _TELLS & set(rest[:1]):
        return NONE
    if tool_name(head) is None:  # the platform's own
        return Role("check")
    if tools.INTERPRETERS.fullmatch(name):
        return _interpreter(rest, documents)
    if name in tools.ENGINES:
        return _engine(rest)
    if tools.RUNNERS.get(name) == next(iter(rest), ""):
        return role_of(rest[1:], documents) if len(rest) > 1 else NONE
    if name in ("uvx", "npx") and rest:
        return role_of(rest, documents)
    if name in SCANNERS or name in NEVER_FAIL or name in NOT_KNOWN:
        return _scans(name, rest)
    if name in _SEARCHES or (name == "git" and rest[:1] in (("grep",), ("diff",))):
        return Role("search")
    if name in _TESTS:
        return Role("search") if of_search or re.search(r" ! -[defs] ", f" {' '.join(rest)}") else NONE
    if name == "jq" and {"-e", "--exit-status"} & set(rest):
        return Role("search")
    if name in ("sha256sum", "sha512sum") and {"-c", "--check"} & set(rest):
        return Role("check")
    if name == "cosign" and rest[:1] and rest[0].startswith("verify"):
        return Role("check")
    if name in ("npm", "yarn", "pnpm") and rest[:1] == ("audit",):
        return Role("check")
    if rest[:1] and rest[0] in _PREPARES:
        return NONE
    known = name in tools.HARMLESS or name in tools.HARMLESS_PARTS or name in tools.PUSHING_PARTS
    return NONE if known or name in ("curl", "aws", "xargs") else Role("check")


def searches(part: Part) -> bool:
    """Whether a substitution's output is what a search or a check has found."""
    for words in (bare(command.words) for command in simple_commands(part)):
        if words and (words[0] in ("find", "fd") or words[:2] == ("git", "ls-files")):
            return True
        if words and role_of(words).kind in ("check", "search"):
            return True
    return False


def inline_role(program: str) -> Role:
    """The role of a program of another language that stands in the workflow."""
    if _FAILS_INLINE.search(program):
        return Role("check")
    return Role("soft", "has an inline program that never fails")


def _scans(name: str, rest: tuple[str, ...]) -> Role:
    if name in NOT_KNOWN:
        return Role("unclear", f"runs {name}, of which it is not known whether it fails on what it finds")
    if name in NEVER_FAIL:
        return Role("soft", f"runs {name}, which succeeds whatever it finds", known=True)
    rule, text = SCANNERS[name], f" {' '.join(rest)} "
    if rule.parts and not rule.parts & set(rest):
        return NONE
    if rule.spoils and re.search(rule.spoils, text):
        return Role("soft", f"runs {name}, which is told not to fail", known=True)
    if rule.needs and not re.search(rule.needs, text):
        return Role("soft", f"runs {name}, which succeeds whatever it finds unless it is told otherwise", known=True)
    return Role("check", known=True)


def _interpreter(rest: tuple[str, ...], documents: tuple[str, ...]) -> Role:
    for i, word in enumerate(rest):
        if word in ("-m", "-c", "-e") and i + 1 < len(rest):
            module = rest[i + 1]
            if word != "-m":
                return inline_role(module)
            if module in tools.INTERPRETER_MODULES:
                return NONE
            name = module.replace("_", "-")
            return _scans(name, rest[i + 2 :]) if name in SCANNERS or name in NEVER_FAIL else Role("check")
        if not word.startswith("-"):
            return Role("check")
    return inline_role("\n".join(documents)) if documents else NONE


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
    if image in SCANNERS or image in NEVER_FAIL or image in NOT_KNOWN:
        more = rest[i + 1 :]
        return _scans(image, more[1:] if more[:1] == (image,) else more)
    return Role("unclear", "runs a container of which it is not known what it checks")
