"""Fixtures shared by the self-tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the self-tests import `selftests.miniature`

from selftests.miniature import MODES, Miniature


@pytest.fixture(scope="session")
def miniature_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all miniatures keep the one reference platform that they check."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def miniature(tmp_path: Path, miniature_cache: Path) -> Miniature:
    """A suite without a test."""
    return Miniature(tmp_path / "suite", miniature_cache)


@pytest.fixture(scope="session", params=tuple(MODES))
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Options of a serial run, and of runs on one and on two workers."""
    return MODES[request.param]
