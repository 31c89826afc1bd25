"""A command whose program is not in the image: the reason that no fault of `fixtures/faults` shows, because an image
without Python takes a container for each row.
"""

import pytest

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.commands import Completed
from packaging_readiness.plugin.invocations import command_of
from packaging_readiness.plugin.rows import judge

CONTRACT, _ = load_contract("dev_full")
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT) if row.check.needs and row.check.lane == "m1b"}


@pytest.mark.parametrize(
    "row_id",
    [
        "m1b.run.help[sr]",
        "m1b.contract.required-enforced[sr]",
        "m1b.contract.unknown-refused[sr]",
        "m1b.run.mpr[promote-valid]",
    ],
)
def test_program_that_is_not_in_the_image_is_told(row_id: str) -> None:
    command = command_of(ROWS[row_id], CONTRACT)
    done = Completed(row_id, command.argv, 127, None, False, b"", 0, b"", 0, 0.1, 1)
    judgement = judge(ROWS[row_id], CONTRACT, done)
    assert (judgement.reason, judgement.found[0]) == ("program-not-found", "python is not in the image")
