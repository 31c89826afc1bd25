"""Findings that people reviewed and called no secret: matched one by one, and never silently."""

from collections.abc import Sequence

from packaging_readiness.contract.tables import AcceptedFinding
from packaging_readiness.secrets.model import Finding

IN_IMAGE = "image:/"
"""How the path of an entry for a file in the image begins (`secrets.layers.PREFIX`)."""


def apply_accepted_in_image(
    findings: Sequence[Finding], accepted: Sequence[AcceptedFinding], now: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """As `apply_accepted`, for the files of the image: entries of the context hold for the same value there, too."""
    own = [entry for entry in accepted if entry.path.startswith(IN_IMAGE)]
    current = [entry for entry in accepted if entry not in own and entry.expires >= now[:10]]
    copied = {(entry.rule, entry.fingerprint) for entry in current}
    return apply_accepted([f for f in findings if (f.rule, f.fingerprint) not in copied], own, now)


def apply_accepted_in_context(
    findings: Sequence[Finding], accepted: Sequence[AcceptedFinding], now: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """As `apply_accepted`, for the files of the context."""
    return apply_accepted(findings, [entry for entry in accepted if not entry.path.startswith(IN_IMAGE)], now)


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
