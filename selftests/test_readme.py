"""The README's commands, executed as they stand, in the order in which they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_readiness.plugin.reference import commit_copy

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SET_UP = ("python3 bootstrap.py m1", "python3 bootstrap.py tests")
HERE = {". .venv/bin/activate", "export PLATFORM=../my-platform"}


def blocks() -> list[list[str]]:
    text = (ROOT / "README.md").read_text()
    return [[line.split("  #")[0].rstrip() for line in block.splitlines() if line] for block in BLOCK.findall(text)]


def daily() -> list[list[str]]:
    """All blocks but the two set-up commands, which make the environment that these tests run in."""
    return [block for block in blocks() if block[0] not in SET_UP]


def test_set_up_commands_are_what_ci_runs() -> None:
    assert [block for block in blocks() if block[0] in SET_UP] == [[SET_UP[0]], [SET_UP[1]]]
    ci = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in ci if line.startswith("python3 bootstrap.py")] == list(SET_UP)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite, so that what the commands write stays out of the project."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("pyproject.toml", "conftest.py", "fixtures", *(f"tests_m1{lane}" for lane in "abcde")):
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    return folder


@pytest.fixture(scope="module")
def my_platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("mine") / "platform"
    commit_copy(ROOT / "fixtures" / "reference_platform", target)
    return target


@pytest.mark.parametrize("block", daily(), ids=lambda block: block[-1][:40])
def test_commands_succeed(block: list[str], checkout: Path, my_platform: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PLATFORM": str(my_platform),
    }
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    script = "set -e\n" + "\n".join(line for line in block if line not in HERE)
    done = subprocess.run(
        ["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}\n{done.stderr[-2000:]}"
