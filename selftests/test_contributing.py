"""CONTRIBUTING.md holds: its example is done in a copy of the suite, and what is missing fails in the words it says."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.hygiene import TOOLS

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^ +```(yaml|python)\n(.*?)^ +```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"^\| ([^|`]+) \| `([^|`]+)` \| `([^|`]+)` \|$", re.MULTILINE)
CHECK, FAULT = "m1a.advisory.no-maintainer", "maintainer-named"
INVENTORY = "src/packaging_readiness/contract/checks.yaml"
LANE, OTHER_BOX = "tests_m1a/test_dod4_payload.py", "tests_m1a/test_dod5_blockers.py"
DOCKERFILE = "fixtures/reference_platform/Dockerfile"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "data")
ROW, TEST, STEPS, EXPECTED = (textwrap.dedent(text) for _, text in BLOCK.findall(TEXT))
IMPORTS = """from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform


"""


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n\n" + text, encoding="utf-8")


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A copy of the suite with the example's row, test and bad fixture; the reference platform is good already."""
    for name in ("src", "fixtures", "selftests", *(f"tests_m1{lane}" for lane in "abcde")):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path)
    append(tmp_path / INVENTORY, ROW)
    append(tmp_path / LANE, TEST)
    fault = tmp_path / "fixtures" / "faults" / FAULT
    fault.mkdir()
    (fault / "fault.yaml").write_text(STEPS, encoding="utf-8")
    (fault / "expect.yaml").write_text(EXPECTED, encoding="utf-8")
    return tmp_path


def ran(suite: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and output of pytest in the copy, with the copy's own package."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    variables["PYTHONPATH"] = str(suite / "src")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    done = subprocess.run(command, cwd=suite, env=variables, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def selftest(suite: Path, path: str) -> tuple[int, str]:
    """The self-test of a file, as far as it is about the example: its check, its fault, the platform without one."""
    return ran(suite, path, "-k", f"{FAULT} or without_a_fault or every_check")


def test_example_holds(suite: Path) -> None:
    status, output = ran(suite, "--check", CHECK)
    assert (status, "1 passed" in output) == (0, True), output
    for path in ("selftests/test_faults_in_process.py", "selftests/test_faults_inventory.py"):
        status, output = selftest(suite, path)
        assert (status, "failed" in output) == (0, False), output


def without_row(suite: Path) -> None:
    shutil.copy(ROOT / INVENTORY, suite / INVENTORY)


def without_test(suite: Path) -> None:
    shutil.copy(ROOT / LANE, suite / LANE)


def in_another_file(suite: Path) -> None:
    without_test(suite)
    (suite / OTHER_BOX).write_text(IMPORTS + TEST, encoding="utf-8")


def without_good_fixture(suite: Path) -> None:
    append(suite / DOCKERFILE, "MAINTAINER somebody\n")


def without_bad_fixture(suite: Path) -> None:
    shutil.rmtree(suite / "fixtures" / "faults" / FAULT)


def blind(suite: Path) -> None:
    path = suite / LANE
    path.write_text(path.read_text(encoding="utf-8").replace('"MAINTAINER"', '"NO SUCH"'), encoding="utf-8")


SPOILED: dict[str, Callable[[Path], None]] = {
    "the row": without_row,
    "the test": without_test,
    "the test, in the right file": in_another_file,
    "the good fixture": without_good_fixture,
    "the bad fixture": without_bad_fixture,
    "a check that sees the bad fixture": blind,
}


def test_every_row_of_the_table_is_tried() -> None:
    assert [missing for missing, _, _ in TABLE.findall(TEXT)] == list(SPOILED)


@pytest.mark.parametrize(("missing", "command", "words"), TABLE.findall(TEXT), ids=list(SPOILED))
def test_what_is_missing_fails_in_these_words(missing: str, command: str, words: str, suite: Path) -> None:
    SPOILED[missing](suite)
    status, output = ran(suite, "-m", "m1a") if command == "pytest" else selftest(suite, command)
    assert status in (1, 4)
    assert words in output


def test_an_advisory_that_nobody_named_fails_by_the_test_that_is_named(suite: Path) -> None:
    (name,) = re.findall(r"`(test_only_\w+)`", TEXT)
    status, output = ran(suite, "selftests/test_contract_pins.py", "-k", name)
    assert (status, f"Extra items in the left set:\nE         '{CHECK}'" in output) == (1, True), output


def test_everything_named_is_there() -> None:
    environments = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"tox -e (\w+)", TEXT) if f"[testenv:{name}]" not in environments] == []
    named = set(re.findall(r"`([^`\s]+/[^`\s]*)`", TEXT))
    assert len(named) > 10
    bases = (ROOT, ROOT / "src" / "packaging_readiness")
    assert [path for path in named if not any((base / path).exists() for base in bases)] == []
    assert set(re.findall(r"hygiene\.py (\w+)", TEXT)) <= set(TOOLS)
