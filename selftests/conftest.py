"""Fixtures shared by the self-tests."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the self-tests import `selftests.miniature`

from selftests import broken_disks, engines, oci_registry
from selftests.miniature import MODES, Miniature

# The Go parser has wheels for x86-64 Linux and macOS only; the lock file names it there and nowhere else.
collect_ignore = [] if find_spec("dockerfile") else ["test_dockerfile_go_parser.py"]
# Debian's docker-registry: `bootstrap.py tests` puts it beside the interpreter where the machine has none.
if oci_registry.program() is None:
    collect_ignore.append("test_registry_process.py")
if not broken_disks.POSSIBLE:
    collect_ignore.append("test_run_faults_mounts.py")


def pytest_report_header() -> list[str]:
    """Say which engines, which registry and which disks the tests run on."""
    return [engines.header(), oci_registry.header(), broken_disks.header()]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal the tests out by file."""
    from selftests.scheduling import FileScheduling

    return FileScheduling(config, log)


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
