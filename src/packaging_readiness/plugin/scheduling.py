"""How pytest-xdist deals out checks: all rows that run in the image go to one worker, everything else one by one.

The rows share one container whose processes already use every core, so a second container would only do the same
work twice. pytest-xdist's own groups cannot be relied on here: from pytest 9.2 on, 3.8 no longer carries the group's
name in the node id.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.plugin.selection import box_of, lane_of
from packaging_readiness.verdict.shards import runs_in_container

_ONE_CONTAINER = "entrypoint-rows"


class RowScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Load scheduling in which the boxes whose checks run in the image are one unit of work."""

    def __init__(self, config: pytest.Config, log: Any, rows: Iterable[CheckRow]) -> None:
        super().__init__(config, log)
        self._boxes = {(row.check.lane, row.check.dod) for row in rows if runs_in_container(row)}

    def _split_scope(self, nodeid: str) -> str:
        path = self.config.rootpath / nodeid.partition("::")[0]
        return _ONE_CONTAINER if (lane_of(path, self.config.rootpath), box_of(path)) in self._boxes else nodeid
