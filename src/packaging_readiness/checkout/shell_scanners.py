"""Well-known scanners, and how each is made to fail on what it finds. Pure.

Many succeed whatever they find unless they are told otherwise. Sources: the tools' own documentation of their exit
status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging_readiness.checkout.shell_roles import NONE, Role
from packaging_readiness.checkout.shell_tools import named

_CODE = r"[= ]0*(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]) "
_FAILING_CODE = rf" --exit-code{_CODE}"
_OTHER_CODE = rf" --exit-code(?!{_CODE})"
# Options with which a tool says something about itself, and looks for nothing.
_TELLS = frozenset(("--version", "-V", "--help", "-h"))
# Names under which further options are handed on: `--exit-code 0` could be among them.
_MORE = re.compile(
    r"\$(\w*(FLAG|ARG|OPT|EXTRA|PARAM)\w*|\{\w*(FLAG|ARG|OPT|EXTRA|PARAM)\w*.*\}|[@*]|\{.*\[[@*]\]\})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scanner:
    """How a tool is made to fail on what it finds.

    `parts` are the first arguments with which it scans at all, divided by blanks (empty: all); `needs` and `spoils` are
    looked for in its arguments, each with a blank on both sides.
    """

    parts: str = ""
    needs: str = ""
    spoils: str = ""


SCANNERS: Mapping[str, Scanner] = {
    "actionlint": Scanner(spoils=" -init-config "),
    "bandit": Scanner(spoils=" --exit-z"),
    "checkov": Scanner(spoils=" (--soft|-s |--list |-l |--support )"),
    "conftest": Scanner("test verify", spoils=" --no-fail"),
    "detect-secrets-hook": Scanner(),
    "dockle": Scanner(needs=_FAILING_CODE, spoils=_OTHER_CODE),
    "gitleaks": Scanner("detect protect git dir directory file stdin", spoils=_OTHER_CODE),
    "govulncheck": Scanner(spoils=" -(json|format|mode)"),
    "grype": Scanner(needs=" (--fail-on|-f)[= ]?(negligible|low|medium|high|critical) "),
    "hadolint": Scanner(spoils=" (--no-fail|--failure-threshold[= ]none|-t ?none)"),
    "mypy": Scanner(),
    "osv-scanner": Scanner(),
    "packaging-readiness": Scanner("scan-secrets context dockerfile verify"),
    "pip-audit": Scanner(spoils=" --dry-run"),
    "ruff": Scanner("check", spoils=" (--exit-z|-e |--show-|--add-noqa|--fix-only|--watch|-w )"),
    "safety": Scanner("check scan", spoils=" --continue-on-error"),
    "semgrep": Scanner("ci scan", needs="^ ci | --error ", spoils=" (--no-error|--dryrun|--suppress-errors)"),
    "shellcheck": Scanner(),
    "snyk": Scanner("test", spoils=" --fail-on="),
    "trivy": Scanner(
        "image i filesystem fs rootfs repository repo config conf sbom vm kubernetes k8s",
        needs=_FAILING_CODE,
        # A format of these lists packages and switches the scan off.
        spoils=rf"{_OTHER_CODE}| (--format|-f)[= ]?(cyclonedx|spdx|github)| --download-| --reset | --clear-cache | -v ",
    ),
    "trufflehog": Scanner("git github gitlab filesystem docker s3", needs=" --fail "),
    "zizmor": Scanner(spoils=" --no-exit"),
}
NEVER_FAIL = frozenset(("detect-secrets", "syft"))
"""Scanners that list what they find and succeed."""
NOT_KNOWN = frozenset(("kingfisher",))
"""Scanners of which it is not established here whether they fail on what they find."""


def is_scanner(name: str) -> bool:
    """Whether a tool of that name is a well-known scanner."""
    return name in SCANNERS or name in NEVER_FAIL or name in NOT_KNOWN


def scans(name: str, rest: tuple[str, ...]) -> Role:
    """The role of a scanner, `name`, with these arguments."""
    if name in NOT_KNOWN:
        return Role("unclear", f"runs {name}, of which it is not known whether it fails on what it finds")
    if name in NEVER_FAIL:
        return Role("soft", f"runs {name}, which succeeds whatever it finds", known=True)
    if _TELLS & set(rest):
        return NONE
    rule, text = SCANNERS[name], f" {' '.join(rest)} "
    if rule.parts and not named(rule.parts) & set(rest):
        return NONE
    if rule.spoils and re.search(rule.spoils, text):
        return Role("soft", f"runs {name}, which is told not to fail, or not to scan", known=True)
    if not re.search(rule.needs, text):
        return Role("soft", f"runs {name}, which succeeds whatever it finds unless it is told otherwise", known=True)
    loose = next((word for word in rest if _MORE.fullmatch(word)), "")
    if loose:
        return Role("unclear", f"runs {name} with {loose}, which only the run knows")
    return Role("check", known=True)
