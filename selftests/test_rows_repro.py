"""A failing row tells how to see it again: alone under pytest in the same image, and without pytest at all."""

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.breaks import BROKEN_CM
from selftests.main_job import Ran, commit, environment, fresh_platform, on_platform, pytest_run, run
from selftests.platform_edits import both, replace

PACKAGE = "src/fraud_detection"
SWALLOWS = """    made = cli.parser("label_store.worker", __doc__ or "", once=True)
    made.parse_known_args()
    return 0
"""
FAULTS = both(
    replace(
        f"{PACKAGE}/case_mgmt/worker.py",
        ("from fraud_detection import cli", "import case_store_client\n\nfrom fraud_detection import cli"),
    ),
    replace(
        f"{PACKAGE}/label_store/worker.py",
        ('    return cli.worker("label_store.worker", __doc__ or "")\n', SWALLOWS),
    ),
    replace(
        f"{PACKAGE}/degrade_ladder/worker.py",
        (
            'cli.worker("degrade_ladder.worker", __doc__ or "")',
            'cli.run(cli.parser("degrade_ladder.worker", __doc__ or ""), cli.idle)',
        ),
    ),
    replace(f"{PACKAGE}/learning_registry/events.py", ('if event["event_type"] != expected:', "if not expected:")),
)
RED = dict.fromkeys(BROKEN_CM, "import-error") | {
    "m1b.contract.unknown-refused[ls]": "unknown-accepted",
    "m1b.contract.optional-documented[dl]": "optional-not-documented",
    "m1b.run.mpr[promote-wrong-event-type]": "event-accepted",
}


@dataclass(frozen=True)
class Failure:
    """What a failing row prints: its reason, and the two lines to paste."""

    reason: str
    repeat: str
    by_hand: str


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the lane prints on a platform with one fault of each kind."""
    folder = tmp_path_factory.mktemp("repro")
    root = fresh_platform(folder / "platform")
    FAULTS(root)
    commit(root)
    ran = pytest_run("-m", "m1b", f"--json-report-file={folder / 'report.json'}", *on_platform(root))
    assert ran.status == 1, ran.text
    return ran.stdout


@pytest.fixture(scope="module")
def failures(terminal: str) -> dict[str, Failure]:
    """The failures that it tells, by row."""
    blocks = re.split(r"(?m)^FAIL  ", terminal)[1:]
    return {
        block.split()[0]: Failure(*(said(block, name) for name in ("reason", "repeat", "by hand"))) for block in blocks
    }


def said(block: str, name: str) -> str:
    found = re.search(rf"(?m)^  {name}: +(.*)$", block)
    assert found is not None, block
    return found[1]


def paste(line: str) -> Ran:
    """The line as a shell takes it, in the suite's root with its environment active."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return run(["sh", "-c", line], environment(PATH=programs))


def test_each_fault_is_told_by_its_reason(failures: dict[str, Failure]) -> None:
    assert {row_id: failure.reason for row_id, failure in failures.items()} == RED


def test_closing_list_repeats_as_the_rows_do(terminal: str, failures: dict[str, Failure]) -> None:
    lines = re.findall(r"(?m)^    repeat: +(.*)$", terminal.rpartition(" not hold:")[2])
    assert lines
    assert {*lines} <= {failure.repeat for failure in failures.values()}


@pytest.mark.parametrize("row_id", ["m1b.run.help[cm]", "m1b.run.mpr[promote-wrong-event-type]"])
def test_pytest_line_shows_the_same_failure_alone_in_the_same_image(
    failures: dict[str, Failure], row_id: str, tmp_path: Path
) -> None:
    failure = failures[row_id]
    assert " --image localhost/packaging-readiness:" in failure.repeat
    ran = paste(f"{failure.repeat} --json-report-file={shlex.quote(str(tmp_path / 'report.json'))}")
    assert ran.status == 1, ran.text
    assert "1 failed" in ran.stdout
    assert "(given, " in ran.stdout
    assert "building" not in ran.text
    (block,) = re.split(r"(?m)^FAIL  ", ran.stdout)[1:]
    again = Failure(*(said(block, name) for name in ("reason", "repeat", "by hand")))
    assert again == failure


SHOWN = {
    "m1b.run.help[cm]": (1, "No module named 'case_store_client'"),
    "m1b.contract.required-enforced[cm]": (1, "No module named 'case_store_client'"),
    "m1b.contract.unknown-refused[ls]": (0, ""),
    "m1b.contract.optional-documented[dl]": (0, "usage: python -m fraud_detection.degrade_ladder.worker"),
    "m1b.run.mpr[promote-wrong-event-type]": (0, '"status": "VALIDATED"'),
}


@pytest.mark.parametrize("row_id", SHOWN)
def test_engine_line_shows_the_same_failure_without_pytest(failures: dict[str, Failure], row_id: str) -> None:
    status, text = SHOWN[row_id]
    ran = paste(failures[row_id].by_hand)
    assert ran.status == status, ran.text
    assert text in ran.text
    assert "--once" not in ran.text or "[dl]" not in row_id
    assert "pytest" not in failures[row_id].by_hand
