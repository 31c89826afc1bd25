"""Findings that people reviewed and called no secret: matched one by one, and never silently."""

from collections.abc import Sequence

from packaging_readiness.contract.model import AcceptedFinding
from packaging_readiness.secrets.model import Finding


def apply_accepted(
    findings: Sequence[Finding], accepted: Sequence[AcceptedFinding], now: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings that remain, and what is wrong with the list: entries that expired or match nothing."""
    today = now[:10]
    problems: list[str] = []
    remaining = list(findings)
    for entry in accepted:
        matching = [
            f for f in remaining if (f.path, f.rule, f.fingerprint) == (entry.path, entry.rule, entry.fingerprint)
        ]
        if entry.expires < today:
            problems.append(f"accepted finding {entry.path} ({entry.rule}) expired on {entry.expires}")
        elif not matching:
            problems.append(f"accepted finding {entry.path} ({entry.rule}) matches nothing")
        else:
            remaining = [finding for finding in remaining if finding not in matching]
    return tuple(remaining), tuple(problems)
