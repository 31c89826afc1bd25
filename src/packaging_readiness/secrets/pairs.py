"""Names and values that were already taken out of their file: ARG, ENV, LABEL, image configuration, workflow env."""

from collections.abc import Mapping

from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.leaves import STRUCTURE_RULES, judge_pair
from packaging_readiness.secrets.model import DEFAULT_SALT, Finding, fingerprint
from packaging_readiness.secrets.selfcheck import ensure_rules_hold


def scan_text_values(values: Mapping[str, str], place: str, salt: bytes = DEFAULT_SALT, line: int = 0) -> list[Finding]:
    """Findings of the policy layer in `values`, each at `place#name`; at most one per name and value.

    A value counts by the name it stands under (`DB_PASSWORD`), or by what it holds itself (a token, a URL with a
    password). References and placeholders are none. `line` is given back as it is.
    """
    ensure_rules_hold()
    found = []
    for name, value in values.items():
        where = f"{place}#{name}" if name.replace("-", "_").replace(".", "_").isidentifier() else place
        rule = judge_pair(name, value)
        if rule is not None:
            mark = fingerprint(value.strip().encode("utf-8", "replace"), salt)
            found.append(Finding(where, line, rule, STRUCTURE_RULES[rule], "policy", mark))
            continue
        hits = sorted(matcher.find(value.encode("utf-8", "replace"), "config"), key=lambda hit: (hit.start, -hit.end))
        found += [Finding(where, line, hit.rule, hit.kind, "policy", fingerprint(hit.value, salt)) for hit in hits[:1]]
    return sorted(found)
