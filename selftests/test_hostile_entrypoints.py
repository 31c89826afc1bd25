"""Entrypoints that misbehave, through the real suite: each gets its own result, and nobody else's changes."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.commands import Command
from packaging_readiness.image.engine import detect
from packaging_readiness.image.settle import Settled, run_settled
from packaging_readiness.plugin.reference import CONTRACT
from selftests.hostile_modules import DOUBLED, QUICK, SLOW, Hostile, secret
from selftests.main_job import Job, commit, fresh_platform, main_job, on_platform

KEPT_GOOD = ("ofs", "mf", "mpr")


def hostile_platform(root: Path, modules: Mapping[str, Hostile], timeout_s: int) -> dict[str, str]:
    """A checkout in which some entrypoints misbehave; returns the entrypoint of each module."""
    fresh_platform(root)
    pinned, _ = load_contract(str(root / CONTRACT))
    ids = [entry.id for entry in pinned.entrypoints if entry.id not in KEPT_GOOD]
    assert len(modules) <= len(ids)
    taken = dict(zip(modules, ids, strict=False))
    for name, entrypoint in taken.items():
        path = root / "src" / f"{pinned.entrypoint(entrypoint).module.replace('.', '/')}.py"
        assert path.is_file()
        if name == DOUBLED:
            with (path.parent / "__init__.py").open("a", encoding="utf-8") as package:
                package.write(f"\nfrom . import {path.stem}  # noqa\n")
        path.write_text(f"# {os.getpid()}\n{modules[name].text}")  # an image of this run's own
    with (root / CONTRACT).open("a", encoding="utf-8") as contract:
        contract.write(f"rows:\n  timeout_s: {timeout_s}\n")
    commit(root)
    return taken


def rows_of(job: Job) -> dict[str, dict[str, Any]]:
    """Results of the rows that ran, by row id."""
    results = json.loads((job.bundle / "check_results.json").read_bytes())["results"]
    return {row["id"]: row for row in results if row["id"].startswith(("m1b.run.help[", "m1b.run.mpr["))}


def run_hostile(folder: Path, modules: Mapping[str, Hostile], timeout_s: int) -> tuple[Job, dict[str, str]]:
    root = folder / "platform"
    taken = hostile_platform(root, modules, timeout_s)
    checks = ("--check", "m1b.run.help", "--check", "m1b.run.mpr")
    return main_job(folder, *checks, *on_platform(root)), taken


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Job, dict[str, str]]]:
    """The quick ones, once: two seconds for each row."""
    folder = tmp_path_factory.mktemp("hostile")
    job, taken = run_hostile(folder, QUICK, 2)
    yield folder, job, taken
    remove_image(job)


def image_of(job: Job) -> str:
    """The reference of the hostile image."""
    return str(json.loads((job.bundle / "check_results.json").read_bytes())["image"]["reference"])


def remove_image(job: Job) -> None:
    detect().attempt("rmi", "--force", image_of(job))


@pytest.mark.parametrize("name", QUICK)
def test_hostile_entrypoint_gets_the_result_that_is_its_own(name: str, ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, taken = ran
    row = rows_of(job)[f"m1b.run.help[{taken[name]}]"]
    expected = QUICK[name].expected
    assert (row["outcome"], row["reason"]) == ("fail" if expected else "pass", expected), row


def test_rows_beside_hostile_ones_pass(ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, taken = ran
    others = {row_id: row for row_id, row in rows_of(job).items() if row_id[13:-1] not in taken.values()}
    assert len(others) == 21 - len(taken) + 3
    assert {row["outcome"] for row in others.values()} == {"pass"}, others
    assert job.ran.status == 1


def test_a_row_that_was_run_again_says_so(ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, taken = ran
    rows = rows_of(job)
    for name in ("loops", "stops"):
        notes = rows[f"m1b.run.help[{taken[name]}]"]["notes"]
        assert notes == ["run again alone, because a row in the same container broke its bounds"]


def test_planted_secret_is_in_nothing_that_was_written(ran: tuple[Path, Job, dict[str, str]]) -> None:
    folder, job, _ = ran
    assert b"usage: x" not in (job.ran.text + repr(job.report.read_bytes())).encode()
    looked_at = [path for path in folder.rglob("*") if path.is_file() and folder / "platform" not in path.parents]
    assert {job.report, job.bundle / "check_results.json", job.bundle / "run_record.json"} <= set(looked_at)
    planted = secret()
    for said in (planted, planted[:20], planted[-20:]):
        assert said not in job.ran.text
        assert [path for path in looked_at if said.encode() in path.read_bytes()] == []
    source = (folder / "platform" / "src").rglob("*.py")
    assert any(planted in path.read_text() for path in source), "the secret was planted"


def test_nothing_of_a_hostile_row_is_left_on_the_host(ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, _ = ran
    left = detect().call("ps", "--all", "--quiet", f"--filter=ancestor={image_of(job)}")
    assert left == b""
    assert not any(Path(path).exists() for path in ("/planted", "/etc/planted", "/app/planted", "/tmp/planted"))
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    assert not any(line.split()[1].endswith(f":{18080:04X}") and line.split()[3] == "0A" for line in listening)


def test_flood_and_litter_cost_only_themselves_and_a_warning_of_runpy_is_a_note(tmp_path: Path) -> None:
    job, taken = run_hostile(tmp_path, SLOW, 60)
    try:
        rows = rows_of(job)
        for name, module in SLOW.items():
            row = rows.pop(f"m1b.run.help[{taken[name]}]")
            assert ("runpy warns that the module was imported twice" in row["notes"]) == (name == DOUBLED)
            assert (row["outcome"], row["reason"]) == ("fail" if module.expected else "pass", module.expected), row
        assert {row["outcome"] for row in rows.values()} == {"pass"}
        assert job.report.stat().st_size < 2 * 1024 * 1024
    finally:
        remove_image(job)


def test_hanging_row_delays_nobody_while_another_slot_is_free(ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, taken = ran
    settled = settle(job, [taken["loops"], *KEPT_GOOD])
    assert [entry.result.id for entry in settled][-1] == taken["loops"]
    assert [entry.result.container for entry in settled[:-1]] == [1] * len(KEPT_GOOD)


def test_rows_behind_two_hanging_ones_wait_for_one_timeout(ran: tuple[Path, Job, dict[str, str]]) -> None:
    _, job, taken = ran
    settled = settle(job, [taken["loops"], taken["stops"], *KEPT_GOOD])
    assert {entry.result.id for entry in settled[: len(KEPT_GOOD)]} == set(KEPT_GOOD)
    assert [entry.result.container for entry in settled[: len(KEPT_GOOD)]] == [2] * len(KEPT_GOOD), (
        "both hung at the same time"
    )
    for entry in settled[len(KEPT_GOOD) :]:
        assert entry.result.timed_out
        assert entry.first is not None
        assert (entry.first.container, entry.first.signal) == (1, signal.SIGKILL)


def settle(job: Job, entrypoints: list[str]) -> list[Settled]:
    """Help of these entrypoints in the hostile image, two at a time, in the order in which they are final."""
    contract, _ = load_contract("dev_full")
    commands = [
        Command(name, ("python", "-m", contract.entrypoint(name).module, "--help"), timeout_s=2.0)
        for name in entrypoints
    ]
    settled = run_settled(
        detect(),
        image_of(job),
        commands,
        passed=lambda done: done.exit_code == 0,
        parallel=2,
        run_id=f"selftest-hostile-{os.getpid()}",
    )
    return list(settled)
