"""Which actions of a security step are checks, and which inputs keep them from failing on what they find. Pure.

Source: the `action.yml` of each, as of the major versions in use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging_readiness.checkout.shell_failures import Judgement
from packaging_readiness.checkout.workflow_model import Step

_NONZERO = r"0*[1-9]\d{0,2}"
# Inputs with which an action fails on what it finds (name, value), where it does not without them.
SCAN_ACTIONS: Mapping[str, tuple[str, str] | None] = {
    "actions/dependency-review-action": None,
    "anchore/scan-action": None,
    "aquasecurity/trivy-action": ("exit-code", _NONZERO),
    "bridgecrewio/checkov-action": None,
    "docker/scout-action": ("exit-code", "true"),
    "gitleaks/gitleaks-action": None,
    "hadolint/hadolint-action": None,
    "pypa/gh-action-pip-audit": None,
    "trufflesecurity/trufflehog": None,
}
LISTING_ACTIONS = re.compile(r"anchore/sbom-action|github/codeql-action/[\w-]+|ossf/scorecard-action")
"""Actions that report what they find elsewhere and succeed."""
_SOFT_NAME = re.compile(
    r"(soft|no|continue)[-_](on[-_])?(fail|error).*|.*allow[-_]fail.*|warn-only|skip[-_].*check|dry-run"
)
_HARD_NAME = re.compile(r"exit[-_]code|fail.*|vulnerability-check")
# Arguments that are handed on to the tool: those with which it does not fail, or looks for nothing.
_ARGUMENTS = re.compile(r"(.*[-_])?(args|arguments|flags|options)")
_SOFT_ARGUMENT = re.compile(r"(^|\s)--?(no-fail|soft-fail|exit-zero|no-exit|no-error|dry-?run|help|version)")
_LISTS_ONLY = {"aquasecurity/trivy-action": ("format", re.compile(r"cyclonedx|spdx.*|github"))}
_OFF = frozenset(("false", "", "0"))
_NEVER = frozenset(("0", "false", "none", "never", "off", "no"))


def is_scan_action(action: str) -> bool:
    """Whether an action is a well-known one that looks for something and pushes nothing."""
    return action in SCAN_ACTIONS or bool(LISTING_ACTIONS.fullmatch(action))


def judge_action(step: Step, action: str) -> Judgement:
    """Whether an action that is no well-known preparation of a job stops it when it finds something."""
    if LISTING_ACTIONS.fullmatch(action):
        return Judgement(soft=("its action succeeds whatever it finds",))
    needed = SCAN_ACTIONS.get(action)
    given = step.input(needed[0]) if needed is not None else None
    if needed is not None and given is None:
        return Judgement(soft=(f"its action succeeds whatever it finds (no {needed[0]})",))
    soft, unclear = [], []
    for entry in step.with_:
        name, value = entry.name.casefold(), entry.value.strip().casefold()
        told = bool(
            (_SOFT_NAME.fullmatch(name) and value not in _OFF) or (_HARD_NAME.fullmatch(name) and value in _NEVER)
        )
        if entry is given and needed is not None and not re.fullmatch(needed[1], value):
            told = True
        handed_on = _ARGUMENTS.fullmatch(name)
        told = told or bool(handed_on and _SOFT_ARGUMENT.search(value))
        lists, formats = _LISTS_ONLY.get(action, ("", re.compile("")))
        if name == lists and formats.fullmatch(value):
            soft.append(f"its action lists packages and looks for nothing ({entry.name})")
        if "${{" in value and (handed_on or name == lists or _SOFT_NAME.fullmatch(name) or _HARD_NAME.fullmatch(name)):
            unclear.append(f"only the run knows whether its action fails ({entry.name})")
        elif told:
            soft.append(f"its action is told not to fail ({entry.name})")
    if not soft and not unclear and action not in SCAN_ACTIONS and not action.startswith("./"):
        unclear.append(f"its action is not known ({step.uses})")
    return Judgement(tuple(soft), tuple(unclear))
