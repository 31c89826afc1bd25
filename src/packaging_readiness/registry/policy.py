"""Reads IAM policy documents and matches their patterns. Pure; source: IAM JSON policy reference.

Matching has three outcomes: True, False, and None where the answer depends on something outside the document (a
policy variable, a wildcard whose reach across ARN segments is not documented). Callers treat None as what is worse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from packaging_readiness.contract.errors import InputRefused

_ACTION = re.compile(r"\*(?::\*)?|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_STATEMENT_KEYS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})
_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_VERSIONS = ("2012-10-17", "2008-10-17")
_ARN_SEGMENTS = 6


@dataclass(frozen=True, slots=True)
class Patterns:
    """`Action`/`Resource`, or with `negated` their `Not…` forms."""

    values: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `place` names it for people, for example `policy 1, statement 2 (EcrPush)`."""

    place: str
    effect: Literal["Allow", "Deny"]
    actions: Patterns
    resources: Patterns
    conditional: bool


def read_statements(documents: Sequence[Mapping[str, object]]) -> tuple[Statement, ...]:
    """Read identity policy documents. Raises InputRefused for whatever IAM would not accept or we would misread."""
    return tuple(
        _statement(raw, f"policy {number}, statement {index}")
        for number, document in enumerate(documents, 1)
        for index, raw in enumerate(_raw_statements(document, f"policy {number}"), 1)
    )


def action_matches(patterns: Patterns, action: str) -> bool:
    """Names of services and actions are case-insensitive."""
    found = any(glob(pattern.lower(), action.lower()) for pattern in patterns.values)
    return found is not patterns.negated


def resource_matches(patterns: Patterns, arn: str) -> bool | None:
    """True, False, or None where the document alone cannot tell."""
    outcomes = [_arn_matches(pattern, arn) for pattern in patterns.values]
    found = True if True in outcomes else (None if None in outcomes else False)
    return found if found is None else found is not patterns.negated


def glob(pattern: str, text: str, *, by_segment: bool = False) -> bool:
    """`*` any characters, `?` exactly one; linear in both lengths per star, whatever the pattern.

    With `by_segment` a `*` stays within its colon-separated segment unless it is the segment's last character.
    """
    ends = {0}  # how much of text the pattern so far can have consumed
    for position, wanted in enumerate(pattern):
        if wanted == "*":
            bounded = by_segment and pattern[position + 1 : position + 2] not in ("", ":")
            ends = _star(ends, text, bounded)
        else:
            ends = {end + 1 for end in ends if end < len(text) and wanted in ("?", text[end])}
    return len(text) in ends


def _star(starts: set[int], text: str, bounded: bool) -> set[int]:
    if not bounded:
        return set(range(min(starts), len(text) + 1)) if starts else set()
    ends: set[int] = set()
    for start in starts:
        colon = text.find(":", start)
        ends.update(range(start, (colon if colon >= 0 else len(text)) + 1))
    return ends


def _arn_matches(pattern: str, arn: str) -> bool | None:
    if pattern == "*":
        return True
    if "${" in pattern:
        # The longest and the shortest value of a variable are unknown: it may stand for anything.
        return None if glob(re.sub(r"\$\{[^}]*\}?", "*", pattern), arn) else False
    if glob(pattern, arn, by_segment=True):
        return True
    segments = pattern.split(":")
    completed = ":".join(segments + ["*"] * (_ARN_SEGMENTS - len(segments)))
    return None if glob(pattern, arn) or glob(completed, arn) else False


def _raw_statements(document: object, place: str) -> list[object]:
    if not isinstance(document, Mapping) or not set(document) <= _DOCUMENT_KEYS:
        raise _refused(place, f"an IAM policy document has the keys {sorted(_DOCUMENT_KEYS)} and no others")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _refused(place, f"Version is none of {_VERSIONS}")
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        return [statements]
    if not isinstance(statements, list) or not statements:
        raise _refused(place, "Statement is neither a statement nor a list of statements")
    return statements


def _statement(raw: object, place: str) -> Statement:
    if not isinstance(raw, Mapping):
        raise _refused(place, "not an object")
    sid = raw.get("Sid", "")
    if not isinstance(sid, str) or not re.fullmatch(r"[A-Za-z0-9]*", sid):
        raise _refused(place, "Sid is not made of letters and digits")
    place = f"{place} ({sid[:64]})" if sid else place
    if not set(raw) <= _STATEMENT_KEYS:
        # Principal included: it makes the document a resource policy, which says nothing about this role's own.
        raise _refused(place, f"a role's statement has the keys {sorted(_STATEMENT_KEYS)} and no others")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise _refused(place, "Effect is neither Allow nor Deny")
    actions = _patterns(raw, "Action", place)
    for value in actions.values:
        if not _ACTION.fullmatch(value):
            raise _refused(place, f"{value[:80]!r} is not service:action")
    resources = _patterns(raw, "Resource", place)
    for value in resources.values:
        if value != "*" and not value.startswith("arn:"):
            raise _refused(place, f"{value[:80]!r} is neither an ARN nor *")
    condition = raw.get("Condition", {})
    if not isinstance(condition, Mapping):
        raise _refused(place, "Condition is not an object")
    return Statement(place, cast(Literal["Allow", "Deny"], effect), actions, resources, bool(condition))


def _patterns(raw: Mapping[str, object], key: str, place: str) -> Patterns:
    present = [name for name in (key, f"Not{key}") if name in raw]
    if len(present) != 1:
        raise _refused(place, f"exactly one of {key} and Not{key} is required")
    value = raw[present[0]]
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(item, str) for item in values):
        raise _refused(place, f"{present[0]} is neither text nor a list of texts")
    return Patterns(tuple(values), negated=present[0] != key)


def _refused(place: str, cause: str) -> InputRefused:
    return InputRefused(place, cause, "give the role's policy documents as `aws iam get-role-policy` prints them")
