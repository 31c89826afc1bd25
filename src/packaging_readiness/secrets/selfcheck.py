"""The rule pack proves itself before its first use: every row matches its example and leaves its clean one alone."""

from collections.abc import Iterable
from functools import cache

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.rulepack import Rule, expand_example, load_rules


def rule_pack_faults(rules: Iterable[Rule] | None = None) -> list[str]:
    """One sentence per row (of the pack, or of `rules`) that misses its example or matches its clean one."""
    faults = []
    for rule in load_rules().rules if rules is None else rules:
        if rule.id not in {hit.rule for hit in matcher.find(expand_example(rule.match).encode(), "config")}:
            faults.append(f"rule {rule.id} misses its own example")
        if rule.id in {hit.rule for hit in matcher.find(expand_example(rule.clean).encode(), "config")}:
            faults.append(f"rule {rule.id} matches its clean example")
    return faults


@cache
def ensure_rules_hold() -> None:
    """Raises CannotTell, once per process at the first scan (about 0.1 s), when the pack fails its own examples."""
    faults = rule_pack_faults()
    if faults:
        raise CannotTell("secrets/rules.yaml", "; ".join(faults), "reinstall the package")
