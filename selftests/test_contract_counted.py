"""Numbers of things in sentences."""

import pytest

from packaging_readiness.contract.counted import counted


@pytest.mark.parametrize(("number", "told"), [(0, "0 checks"), (1, "1 check"), (2, "2 checks"), (21, "21 checks")])
def test_one_thing_has_no_plural(number: int, told: str) -> None:
    assert counted(number, "check") == told
