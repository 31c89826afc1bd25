"""What `bundle` says PASS of, `verify` finds coherent: anything else is refused, and nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.cli import main
from selftests import synthetic

Report = dict[str, Any]


def records(report: Report, prefix: str) -> list[dict[str, Any]]:
    """What the tests of the rows with this prefix recorded."""
    found = [test["metadata"]["readiness"] for test in report["tests"]]
    return [record for record in found if record["check"].startswith(prefix)]


def observed(prefix: str, **facts: object) -> Callable[[Report], None]:
    """Rows with this prefix observed something else; None takes a fact away."""

    def edit(report: Report) -> None:
        rows = records(report, prefix)
        assert rows
        for row in rows:
            kept = {**row["observation"], **facts}
            row["observation"] = {name: value for name, value in kept.items() if value is not None}

    return edit


def all_put_off(report: Report) -> None:
    """Every row is deferred by a deferral that the contract has for one of them."""
    for record in records(report, "m1"):
        record["deferral"] = "run-linkage"


def interrupted(report: Report) -> None:
    """The run says that it was interrupted."""
    report["exitcode"] = 2


FORGED: dict[str, Callable[[Report], None]] = {
    "all-deferred": all_put_off,
    "help-without-exit-code": observed("m1b.run.help[", exit_code=None),
    "refusal-by-a-crash": observed("m1b.contract.unknown-refused[", exit_code=1),
    "corridor-accepts-everything": observed("m1b.run.mpr[", exit_code=0),
    "context-open": observed("m1a.payload.default-deny", default_deny=False),
    "whole-context-copied": observed("m1a.payload.no-broad-copy", broad_ingestions=[{"line": 9, "spelling": "COPY ."}]),
    "secret-file-enters": observed("m1a.payload.exclude-stays-out[", entered=[".env"]),
    "secret-path-unpinned": observed("m1d.sources.path-pinned[", pinned=False),
    "another-repository": observed(
        "m1a.strategy.repository-uri-pinned", ecr_repo_uri="999999999999.dkr.ecr.eu-west-2.amazonaws.com/x"
    ),
    "interrupted": interrupted,
}


def bundle(report: Report, folder: Path) -> int:
    """The exit status of `bundle` on one report."""
    (folder / "report.json").write_bytes(synthetic.as_bytes(report))
    return main(["bundle", str(folder / "report.json"), "--out", str(folder / "out")])


def test_the_run_without_an_edit_passes(tmp_path: Path) -> None:
    assert bundle(synthetic.good_report(), tmp_path) == 0
    assert (tmp_path / "out").is_dir()


@pytest.mark.parametrize("name", FORGED)
def test_what_verifying_would_refuse_is_not_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = synthetic.good_report()
    FORGED[name](report)
    status, told = bundle(report, tmp_path), capsys.readouterr()
    assert (status, "PASS" in told.out, (tmp_path / "out").exists()) == (2, False, False), told
    assert len(told.err.splitlines()) <= 3
