"""The scan of the build context counts only when every file was read, and when they stayed the same meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.secrets import scan
from packaging_readiness.secrets.model import ScanError, ScanResult
from selftests.in_process import changed_platform, run_lane

ROW = "m1d.context.scan"
SCAN = scan.scan_files
Change = Callable[[Path, ScanResult], ScanResult]


def outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change) -> tuple[str, str, list[str]]:
    """How the row ends when something happens while the files are read."""

    def scanned(root: Path, *given: Any) -> ScanResult:
        return change(root, SCAN(root, *given))

    monkeypatch.setattr(scan, "scan_files", scanned)
    record = run_lane("m1d", changed_platform(tmp_path, lambda _: None))[ROW]
    return record.outcome, record.reason, list(record.found)


def grown(root: Path, result: ScanResult) -> ScanResult:
    (root / "config" / "platform" / "late.yaml").write_text("late: true\n")
    return result


WAYS: dict[str, tuple[Change, str]] = {
    "unread": (lambda _, result: replace(result, errors=(ScanError("a/b", "cannot be read"),)), "a/b: cannot be read"),
    "fewer": (lambda _, result: replace(result, scanned_files=result.scanned_files - 1), "files scanned, "),
    "grown": (grown, "files came or went while it ran"),
}


@pytest.mark.parametrize("way", WAYS)
def test_scan_that_is_not_whole_cannot_tell(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change, said = WAYS[way]
    ended, reason, found = outcome(tmp_path, monkeypatch, change)
    assert (ended, reason) == ("error", "cannot-tell")
    assert any(said in line for line in found)


def test_whole_scan_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(tmp_path, monkeypatch, lambda _, result: result)[0] == "pass"
