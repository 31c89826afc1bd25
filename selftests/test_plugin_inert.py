"""Other people's tests: with the plugin installed nothing changes for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from selftests.miniature import MODES, Miniature

ENDS = {
    "passing": ("def test_a(): pass\n", 0),
    "failing": ("def test_a(): assert 0\n", 1),
    "empty": ("", 5),
    "interrupted": ("import pytest\ndef test_a(): pytest.exit('x', returncode=7)\n", 7),
    "skipped": ("import pytest\ndef test_a(): pytest.skip('x')\n", 0),
    "broken": ("import never_heard_of\n", 2),
}
OURS = ("packaging readiness", "M1: ", "problem: ")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody else's project."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pytest.ini").write_text("[pytest]\n")
    return root


def pytest_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of pytest in `root`."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", ENDS)
def test_another_project_ends_as_it_would_without_the_plugin(project: Path, mode: tuple[str, ...], name: str) -> None:
    source, status = ENDS[name]
    (project / "test_a.py").write_text(source)
    done = pytest_in(project, *mode)
    if not mode:
        assert done.returncode == status
    assert done.returncode == pytest_in(project, "-p", "no:packaging_readiness", *mode).returncode
    assert not any(word in done.stdout + done.stderr for word in OURS)
    assert sorted(path.name for path in project.iterdir() if path.name != "__pycache__") == ["pytest.ini", "test_a.py"]


@pytest.mark.parametrize("option", ["--check=never", "--blocker=never", "--platform-root=nowhere", "--aws=real"])
def test_an_option_of_the_suite_without_the_suite_is_refused(project: Path, option: str) -> None:
    (project / "test_a.py").write_text("def test_a(): open('ran', 'w').close()\n")
    done = pytest_in(project, option)
    assert done.returncode == 4
    assert f"{option.partition('=')[0]} is about the suite's lanes, and this run holds none" in done.stderr
    assert not (project / "ran").exists()


def test_a_platform_without_tests_is_told_where_its_checks_are(project: Path) -> None:
    """Whoever starts pytest beside the platform's contract finds no test there, and a word on what to do."""
    (project / "packaging-readiness.yaml").touch()
    told = "packaging readiness: to check this platform, run in the root of the suite: pytest --platform-root DIR"
    done = pytest_in(project)
    assert (done.returncode, told in done.stdout) == (5, True)
    (project / "test_a.py").write_text("def test_a(): pass\n")
    done = pytest_in(project)
    assert (done.returncode, told in done.stdout) == (0, False)


def test_fixture_names_of_the_suite_are_free_in_another_project(project: Path) -> None:
    (project / "test_a.py").write_text("def test_a(record): pass\n")
    done = pytest_in(project)
    assert "fixture 'record' not found" in done.stdout


def test_a_folder_that_only_looks_like_a_lane_is_not_the_suite(project: Path) -> None:
    (project / "tests_m1a").mkdir()
    (project / "tests_m1a" / "test_a.py").write_text("def test_a(): pass\n")
    done = pytest_in(project)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)
    assert not any(word in done.stdout for word in OURS)


def test_tests_beside_the_lanes_run_as_they_would_without_them(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    (miniature.root / "selftests").mkdir()
    (miniature.root / "selftests" / "test_a.py").write_text("def test_a(): pass\n")
    run = miniature.run("selftests", *mode)
    assert (run.status, run.report) == (0, None)
    assert not any(word in run.text for word in OURS)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES, scope="function")
def test_lanes_mixed_with_other_tests_are_never_green(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    (miniature.root / "selftests").mkdir()
    (miniature.root / "selftests" / "test_a.py").write_text("def test_a(): pass\n")
    run = miniature.run(".", *mode)
    assert run.status != 0
    assert "M1: PASS" not in run.text


def test_without_the_plugin_the_lanes_cannot_pass(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    run = miniature.run("-p", "no:packaging_readiness", *mode)
    assert run.status != 0
    assert run.report is None


def test_help_and_markers_need_nothing(project: Path) -> None:
    told = pytest_in(project, "--help").stdout
    for option in ("--platform-root", "--contract", "--evidence-out", "--blocker", "--check", "--waivers"):
        assert f"{option}=" in told
    assert "@pytest.mark.m1e: lane M1.E, transition" in pytest_in(project, "--markers").stdout
