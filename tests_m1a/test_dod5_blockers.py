"""M1.A, box 5: the blocker set is empty or carried as no-go. Decided from results; a test only over a given pack."""

from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack


@check("m1a.blockers.resolved")
def test_blockers_are_resolved(pack: Pack, record: Record) -> None:
    """No check of M1.A is red."""
    pack.decide(record)
