"""`tox -e matrix`: separate processes give the bundle of a single run, and the tool says where they do not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from selftests.main_job import RUN_ID, SUITE, WRITTEN_AT, command, environment
from tools.run_matrix import MANIFEST, PARTS, RECORD, Run, differences

TOOL = SUITE / "tools" / "run_matrix.py"


def tool(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """The tool in a process of its own, with time for eight runs on a busy machine."""
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, arguments)],
        cwd=SUITE,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_lanes_and_shards_merge_into_the_bundle_of_a_single_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = tool("--platform-run-id", RUN_ID, "--written-at", WRITTEN_AT, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines() if " exit 0 " in line] == [
        *(part.name for part in PARTS),
        "bundle",
        "verify",
        "single",
    ]
    assert "the merged bundle is that of a single run" in done.stdout
    assert {path.parent.name for path in out.glob("ci-reports/*/*.json")} == {part.name for part in PARTS}
    (record,) = (out / "ci-evidence").rglob(RECORD)
    assert len(json.loads(record.read_bytes())["reports"]) == len(PARTS)
    assert command("verify", out / "ci-evidence").status == 0
    again = tool("--out", out)
    assert again.returncode == 2
    assert "evidence is never overwritten" in again.stderr


def bundle(root: Path, **objects: bytes) -> Path:
    """A folder that looks like a bundle: objects, run record, manifest."""
    root.mkdir()
    files = {"contract.json": b"{}", RECORD: root.name.encode()} | {
        f"{name}.json": data for name, data in objects.items()
    }
    for name, data in files.items():
        (root / name).write_bytes(data)
    entries = [{"name": name, "size": len(data)} for name, data in sorted(files.items())]
    entries = [entry | {"size": 0 if entry["name"] != RECORD else len(root.name)} for entry in entries]
    (root / MANIFEST).write_text(json.dumps({"objects": entries}))
    return root


def test_only_the_run_record_may_differ(tmp_path: Path) -> None:
    one = bundle(tmp_path / "one", a=b"1")
    assert differences(one, bundle(tmp_path / "other", a=b"1")) == []
    assert differences(one, bundle(tmp_path / "edited", a=b"2")) == ["a.json"]
    assert differences(one, bundle(tmp_path / "fewer")) == ["a.json", MANIFEST]


@pytest.mark.parametrize("absent", ["one", "other"])
def test_no_bundle_is_not_the_same_bundle(absent: str, tmp_path: Path) -> None:
    there = bundle(tmp_path / "there", a=b"1")
    (tmp_path / "empty").mkdir()
    pair = (tmp_path / "empty", there) if absent == "one" else (there, tmp_path / "empty")
    assert MANIFEST in differences(*pair)
    assert differences(tmp_path / "empty", tmp_path / "empty") == [MANIFEST]


def test_every_part_has_a_process_and_a_report_of_its_own() -> None:
    run = Run(RUN_ID, WRITTEN_AT, ("--aws=embedded",), "base/")
    commands = [run.part(part) for part in PARTS]
    assert len({tuple(words) for words in commands}) == len(PARTS)
    assert {words[-1] for words in commands} == {
        f"--json-report-file=base/ci-reports/{part.name}/{part.name}.json" for part in PARTS
    }
    assert {part.lane for part in PARTS} == {"m1a", "m1b", "m1c", "m1d", "m1e"}
    assert sorted(part.shard for part in PARTS if part.lane == "m1b") == ["1/3", "2/3", "3/3"]
    assert all("--aws=embedded" in words for words in [*commands, run.single()])
