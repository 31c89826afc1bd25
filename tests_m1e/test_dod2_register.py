"""M1.E, box 2: the blocker register exists with clear owner and action."""

from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack


@check("m1e.register.cross-lane")
def test_no_blocker_is_carried_silently(pack: Pack, record: Record) -> None:
    """No blocker of lanes A to D is active without recorded acceptance."""
    pack.decide(record)


@check("m1e.register.waivers")
def test_waivers_are_valid(pack: Pack, record: Record) -> None:
    """Every waiver matches a failed advisory and has not expired."""
    pack.decide(record)
