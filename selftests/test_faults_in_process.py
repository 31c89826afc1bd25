"""Every fault in the files of a platform turns exactly its rows red, as far as a checkout alone shows it.

`tools/run_faults.py` runs all five lanes on every fault; these are the same faults and expectations in milliseconds.
"""

from pathlib import Path

import pytest

from packaging_readiness.contract.lanes import LANES
from packaging_readiness.secrets.rulepack import expand_example
from selftests.fault_expectations import differences, read_expected
from selftests.fault_recipes import Fault, apply, baselines, names, read_fault
from selftests.in_process import changed_platform, run_lane

IN_PLATFORM = [name for name in names() if read_fault(name).in_platform]
GENERATED = tuple(expand_example(form) for form in ("ghp_{alnum:36}", "{pw:14}", "{b64:40}"))


def broken(fault: Fault, folder: Path) -> Path:
    """A checkout with the fault; no git repository."""
    return changed_platform(folder, lambda root: apply((*baselines()[fault.on].steps, *fault.steps), root))


@pytest.mark.parametrize("name", IN_PLATFORM)
def test_fault_turns_exactly_its_rows_red(name: str, tmp_path: Path) -> None:
    fault, expected = read_fault(name), read_expected(name)
    root = broken(fault, tmp_path)
    records = {row: record for lane in LANES for row, record in run_lane(lane, root).items()}
    found = {row: (record.outcome, record.reason) for row, record in records.items() if record.outcome != "pass"}
    assert [one.text for one in differences(expected.red(records), found)] == []
    seen = [row for row in records if row in found]
    said = "\n".join(text for row in seen for text in records[row].found)
    advice = "\n".join(records[row].fix for row in seen)
    if expected.seen_in(records):
        assert [text for text in expected.says if text not in said] == []
    assert [text for text in expected.advises if text not in advice] == []
    assert [text for text in GENERATED if text in said + advice] == []


@pytest.mark.parametrize("on", sorted(baselines()))
def test_platform_without_a_fault_is_green(on: str, tmp_path: Path) -> None:
    root = broken(Fault(wrong="nothing", on=on), tmp_path)
    found = {row: r.reason for lane in LANES for row, r in run_lane(lane, root).items() if r.outcome != "pass"}
    assert found == {}
