"""The rule pack proves itself before its first use: every row matches its example and leaves its clean one alone."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from threading import Lock, Thread

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.rulepack import Rule, expand_example, load_rules


def rule_pack_faults(rules: Iterable[Rule] | None = None) -> list[str]:
    """One sentence per row (of the pack, or of `rules`) that misses its example or matches its clean one."""
    faults = []
    for rule in load_rules().rules if rules is None else rules:
        if not matcher.matches(rule, expand_example(rule.match).encode()):
            faults.append(f"rule {rule.id} misses its own example")
        if matcher.matches(rule, expand_example(rule.clean).encode()):
            faults.append(f"rule {rule.id} matches its clean example")
    return faults


_PROVING = Lock()


def ensure_rules_hold() -> None:
    """Raises CannotTell when the pack fails its own examples, which is tried at the first scan of a process (0.1 s)."""
    with _PROVING:
        _prove()


def prove_rules_early() -> Thread:
    """Begin what `ensure_rules_hold` does, beside the caller; what comes out of it is for those who call that.

    The thread must have ended when the process does: ended inside of re2, it would take the process with it.
    """

    def work() -> None:
        with suppress(Exception):
            ensure_rules_hold()

    proving = Thread(target=work, name="secret rules")
    proving.start()
    return proving


@cache
def _prove() -> None:
    faults = rule_pack_faults()
    if faults:
        raise CannotTell("secrets/rules.yaml", "; ".join(faults), "reinstall the package")
