"""Listing and explaining need neither an engine nor an AWS library; running without them is an error, never a pass."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from selftests.main_job import Ran, environment, run

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ImportError(name + " is blocked by this test")
        return None

sys.meta_path.insert(0, Blocked())
"""
LIBRARIES = ("boto3", "botocore", "moto")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with git, without engines, in which the AWS libraries cannot be imported."""
    folder = tmp_path_factory.mktemp("bare")
    programs = folder / "bin"
    programs.mkdir()
    git = shutil.which("git")
    assert git is not None
    (programs / "git").symlink_to(git)
    (folder / "sitecustomize.py").write_text(BLOCKED.format(names=LIBRARIES))
    env = environment(PATH=str(programs), PYTHONPATH=str(folder))
    probe = run([sys.executable, "-c", "import boto3"], env)
    assert "is blocked by this test" in probe.stderr
    return env


def cli(env: dict[str, str], *arguments: str) -> Ran:
    return run([sys.executable, "-m", "packaging_readiness.cli", *arguments], env)


def pytest_in(env: dict[str, str], *arguments: str) -> Ran:
    return run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments], env)


def test_collection_lists_every_check(bare: dict[str, str]) -> None:
    ran = pytest_in(bare, "--co", "-q")
    assert ran.status == 0, ran.text
    assert "293/325 tests collected (32 deselected)" in ran.stdout


def test_explain_and_checks(bare: dict[str, str]) -> None:
    explained = cli(bare, "explain", "M1A-B4")
    assert (explained.status, explained.stdout.startswith("M1A-B4  M1.A  S1: ")) == (0, True)
    listed = cli(bare, "checks", "--json")
    assert listed.status == 0
    assert len(json.loads(listed.stdout)) == 325


def test_checks_of_files_run(bare: dict[str, str], tmp_path: Path) -> None:
    ran = pytest_in(bare, "-m", "m1a", f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 0, ran.text
    assert "M1.A  held (87 of 88 checks)" in ran.stdout


def test_what_cannot_be_found_out_is_an_error(bare: dict[str, str], tmp_path: Path) -> None:
    arguments = ("--check", "m1b.run.help[sr]", "--check", "m1c.mismatch.tag-to-digest")
    ran = pytest_in(bare, *arguments, f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 1, ran.text
    assert "ERROR (the suite could not find out)  m1b.run.help[sr]" in ran.stdout
    assert "apt-get install" in ran.stdout
    tests = json.loads((tmp_path / "report.json").read_bytes())["tests"]
    assert {test["metadata"]["readiness"]["outcome"] for test in tests} == {"error"}
