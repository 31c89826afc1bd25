"""Fixtures of the lanes. Each is made on first use; what a selected check does not need is never made."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.recording import RECORD
from packaging_readiness.plugin.selection import ROW
from packaging_readiness.plugin.session import SuiteSession
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.shards import runs_in_container

if TYPE_CHECKING:
    from packaging_readiness.plugin.pack import Pack
    from packaging_readiness.plugin.packaged import PackagedImage
    from packaging_readiness.plugin.platform import Platform
    from packaging_readiness.plugin.resolution import TagResolver
    from packaging_readiness.plugin.row_runs import RowRuns


@pytest.fixture(scope="session")
def suite(request: pytest.FixtureRequest) -> SuiteSession:
    """The session object of this process."""
    plugin = request.config.pluginmanager.get_plugin(SuiteSession.NAME)
    assert isinstance(plugin, SuiteSession)
    return plugin


@pytest.fixture(scope="session")
def settings(suite: SuiteSession) -> Settings:
    """Resolved options of the run."""
    return suite.settings


@pytest.fixture(scope="session")
def contract(suite: SuiteSession) -> Contract:
    """The contract of the run."""
    return suite.settings.contract


@pytest.fixture(scope="session")
def platform(suite: SuiteSession) -> "Platform":
    """The checkout under test."""
    return suite.platform


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """The record of the running check."""
    running: Record = request.node.stash[RECORD]
    return running


@pytest.fixture
def image(suite: SuiteSession, record: Record) -> "PackagedImage":
    """The image under test, found or built; noted in the record of every check that uses it."""
    packaged = suite.image.get()
    record.image = packaged.summary()
    return packaged


@pytest.fixture(scope="session")
def row_runs(request: pytest.FixtureRequest, suite: SuiteSession) -> Iterator["RowRuns"]:
    """All selected rows that run in the image, started side by side when the first is asked for."""
    from packaging_readiness.plugin.invocations import command_of
    from packaging_readiness.plugin.row_runs import RowRuns
    from packaging_readiness.plugin.rows import judge

    contract = suite.settings.contract
    selected = [item.stash[ROW] for item in request.session.items if ROW in item.stash]
    by_id = {row.id: row for row in selected if runs_in_container(row)}
    commands = {row_id: command_of(row, contract) for row_id, row in by_id.items()}
    runs = RowRuns(
        suite.image,
        commands,
        lambda row_id, done: not judge(by_id[row_id], contract, done).reason,
        suite.settings.platform_run_id,
    )
    yield runs
    runs.stop()
    suite.before_exit("the container is gone", runs.join)


@pytest.fixture
def resolver(suite: SuiteSession, image: "PackagedImage") -> "TagResolver":
    """Resolves the immutable tag in the registry, recomputing the digest from the manifest's bytes."""
    from packaging_readiness.plugin.resolution import TagResolver

    return TagResolver(suite.settings, suite.platform, image)


@pytest.fixture(scope="session")
def pack(suite: SuiteSession) -> "Pack":
    """The existing evidence pack that `--evidence` names, adjudicated."""
    from packaging_readiness.plugin.pack import read_pack

    assert suite.settings.evidence is not None, "checks about results run only with --evidence"
    return read_pack(suite.settings.evidence, suite.settings)
