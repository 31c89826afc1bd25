"""The controller of a distributed run: one identity for all workers, one image before they all ask for it."""

from collections.abc import Sequence
from typing import Any

import pytest

from packaging_readiness.plugin.selection import lane_of
from packaging_readiness.plugin.session import SuiteSession


class Distribution:
    """Hooks of pytest-xdist; they are never called in a serial run."""

    def __init__(self, session: SuiteSession) -> None:
        self.session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the identity that the controller fixed."""
        settings = self.session.settings
        node.workerinput["readiness"] = {
            "platform_run_id": settings.platform_run_id,
            "written_at_utc": settings.written_at_utc,
            "nonce": settings.nonce,
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the rows of the image together under the usual way of dealing out."""
        if config.option.dist != "load":
            return None
        from packaging_readiness.plugin.scheduling import RowScheduling

        return RowScheduling(config, log, self.session.settings.rows.values())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ARG002
        """Remember what the workers are to run, and make the image before they all ask for it."""
        session, root = self.session, self.session.config.rootpath
        first = not session.selected
        session.selected = tuple(ids)
        lanes = {lane_of(root / nodeid.split("::")[0], root) for nodeid in ids}
        needing = {row.check.lane for row in session.settings.rows.values() if "image" in row.check.needs}
        if first and lanes & needing and session.config.option.readiness_check is None:
            for line in session.prepare_image():
                session.say(line)
