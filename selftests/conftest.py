"""Fixtures shared by the self-tests."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the self-tests import `selftests.miniature`

from selftests.miniature import MODES, Miniature

# The Go parser has wheels for x86-64 Linux and macOS only; the lock file names it there and nowhere else.
collect_ignore = [] if find_spec("dockerfile") else ["test_dockerfile_go_parser.py"]


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
    """Options of a serial run, and of a run on two workers."""
    return MODES[request.param]
