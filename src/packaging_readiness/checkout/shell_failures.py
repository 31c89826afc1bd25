"""Does a script fail when a check in it fails? Pure; nothing is run.

A script guards when it cannot end with success unless a check has passed on the way (`shell_flow`). What is not shown
is either soft, a way on which a failing check is passed over, or unclear, something that is not understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging_readiness.checkout.shell_flow import Walk
from packaging_readiness.checkout.shell_own import inline_role
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_start import Start, start
from packaging_readiness.checkout.shell_tree import parse


@dataclass(frozen=True, slots=True)
class Judgement:
    """Why a step may succeed although its check did not, one cause each; both empty when it cannot.

    `soft`: a failing check is passed over, or there is none. `unclear`: what happens is not understood.
    """

    soft: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def guards(self) -> bool:
        return not self.soft and not self.unclear


def judge_step(script: str, shell: str | None, variables: Mapping[str, str]) -> Judgement:
    """What a failing check does to a step. `shell` is as the workflow has it, `variables` are the known ones."""
    if shell == "python":
        role = inline_role(script)
        if role.kind == "unknown":
            return Judgement(unclear=(f"its script {role.why}",))
        return Judgement() if role.kind == "check" else Judgement(soft=(f"its script {role.why}",))
    begun = start(shell)
    if begun is None:
        return Judgement(unclear=(f"its shell is not understood ({shell})",))
    return _judge(script, begun, variables)


def _judge(script: str, begun: Start, variables: Mapping[str, str]) -> Judgement:
    """What a failing check does to a script that is started in that way."""
    try:
        walk = Walk(parse(script), begun, variables)
        walk.run()
    except Unreadable as error:
        return Judgement(unclear=(f"its script cannot be read ({error})",))
    if walk.guards:
        # A scanner whose failure is thrown away is soft even where another check follows it. Whether a program of the
        # platform looks at what a scanner has listed cannot be told; another scanner needs no list.
        lost = _once(cause for cause in walk.lost if walk.known & set(cause.split()))
        return Judgement(soft=lost, unclear=() if walk.held_scanners else _once(walk.soft_scanners))
    soft, unclear = _once((*walk.soft, *walk.lost)), _once(walk.unclear)
    if not walk.checks and not walk.soft and not unclear:
        soft = ("its script runs no check",)
    return Judgement(soft, unclear) if soft or unclear else Judgement(soft=("its script can end without its check",))


def _once(causes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(causes))
