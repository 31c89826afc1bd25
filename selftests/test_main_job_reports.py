"""Reports in: what is missing from them is named, and what does not belong together is refused with nothing written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.load import contract_digest
from selftests import synthetic
from selftests.main_job import Job, bundled, command, unbroken

Content = dict[str, Any]


@pytest.fixture
def good(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return unbroken(tmp_path_factory.getbasetemp())


@pytest.fixture
def report(good: Job) -> Content:
    """The report of the unbroken run, to be changed."""
    content: Content = json.loads(good.report.read_bytes())
    return content


def row_of(test: Content) -> str:
    return str(test["metadata"]["readiness"]["check"])


def halves(report: Content, folder: Path) -> tuple[Path, Path]:
    """The report as two reports of one run: lanes A to C, and D and E."""
    paths = folder / "first.json", folder / "second.json"
    for path, lanes in zip(paths, (("m1a", "m1b", "m1c"), ("m1d", "m1e")), strict=True):
        half = json.loads(json.dumps(report))
        half["tests"] = [test for test in report["tests"] if row_of(test).startswith(lanes)]
        half["readiness"]["nonce"] = path.stem
        path.write_bytes(synthetic.as_bytes(half))
    return paths


def refused(reports: list[Path], folder: Path, *words: str) -> None:
    """`bundle` exits 2, writes nothing, and says these words."""
    before = sorted(path.name for path in folder.iterdir())
    ran = command("bundle", *reports, "--out", folder / "out")
    assert ran.status == 2, ran.text
    for word in words:
        assert word in ran.stderr
    assert "Traceback" not in ran.text
    assert str(folder) not in ran.stderr
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("left_out", ["m1a.reference.mode", "m1b.run.help[ofs]", "m1e.handoff.master-plan"])
def test_result_taken_out_of_a_report_is_named(left_out: str, report: Content, tmp_path: Path) -> None:
    report["tests"] = [test for test in report["tests"] if row_of(test) != left_out]
    (tmp_path / "report.json").write_bytes(synthetic.as_bytes(report))
    job = bundled(tmp_path / "report.json", tmp_path / "out")
    assert job.ran.status == 1
    assert f"not_run  {left_out}" in job.ran.stdout
    assert job.object("check_results")["verdict"] == "FAIL"
    assert any(left_out in note for note in job.object("m1_handoff_readiness_snapshot")["notes"])
    assert command("verify", job.out).status == 1


def test_halves_of_a_run_make_the_whole(report: Content, tmp_path: Path) -> None:
    """The ground that the refusals below stand on: these two reports do belong together."""
    ran = command("bundle", *halves(report, tmp_path), "--out", tmp_path / "out")
    assert ran.status == 0, ran.text


def other_contract(header: Content) -> None:
    header["contract"]["name"] = "another_platform"
    header["identity"]["contract_digest"] = contract_digest(header["contract"])


def set_identity(**values: object) -> Callable[[Content], None]:
    def change(header: Content) -> None:
        header["identity"].update(values)

    return change


INCOHERENT: dict[str, Callable[[Content], None]] = {
    "platform_run_id": set_identity(platform_run_id="platform_20260223T000000Z"),
    "git_sha": set_identity(git_sha="0" * 40),
    "contract_digest": other_contract,
    "suite_digest": set_identity(suite_digest="sha256:" + "0" * 64),
    "git_ref": set_identity(git_ref="another-branch"),
    "dirty": set_identity(dirty=True),
    "aws": set_identity(aws="real"),
    "carried": lambda header: header["identity"]["carried"]["acceptances"].append(
        {"blocker": "M1A-B1", "owner": "somebody", "reason": "some reason"}
    ),
}


@pytest.mark.parametrize("field", INCOHERENT)
def test_reports_of_two_runs_are_refused(field: str, report: Content, tmp_path: Path) -> None:
    first, second = halves(report, tmp_path)
    content = json.loads(second.read_bytes())
    INCOHERENT[field](content["readiness"])
    second.write_text(json.dumps(content))
    refused([first, second], tmp_path, "first.json", "second.json", f": {field} is ")


def test_reports_of_two_images_are_refused(report: Content, tmp_path: Path) -> None:
    """Both halves used the image; the second one claims another digest."""
    first, second = halves(report, tmp_path)
    content = json.loads(second.read_bytes())
    for test in content["tests"]:
        if test["metadata"]["readiness"]["image"]:
            test["metadata"]["readiness"]["image"]["digest"] = "sha256:" + "0" * 64
    second.write_text(json.dumps(content))
    refused([first, second], tmp_path, "first.json", "second.json", "image digest is sha256:")


def test_doubled_report_is_refused(report: Content, good: Job, tmp_path: Path) -> None:
    shutil.copy(good.report, tmp_path / "again.json")
    shutil.copy(good.report, tmp_path / "report.json")
    refused([tmp_path / "report.json", tmp_path / "again.json"], tmp_path, "report.json", "again.json", "twice")
    report["readiness"]["nonce"] = "another"
    (tmp_path / "again.json").write_text(json.dumps(report))
    refused([tmp_path / "report.json", tmp_path / "again.json"], tmp_path, "report.json", "again.json", "both hold")


def doubled_key(text: str) -> str:
    return text.replace('"exitcode"', '"exitcode": 0, "exitcode"', 1)


def internal_error(text: str) -> str:
    return json.dumps({**json.loads(text), "exitcode": 3})


def without_header(text: str) -> str:
    return json.dumps({key: value for key, value in json.loads(text).items() if key != "readiness"})


MALFORMED: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], "is not JSON"),
    "empty": (lambda text: text[:0], "is not JSON"),
    "not a number": (lambda text: text.replace('"exitcode": 0', '"exitcode": NaN', 1), "NaN is not JSON"),
    "doubled key": (doubled_key, "key 'exitcode' stands in one object twice"),
    "internal error": (internal_error, "internal error"),
    "of no run": (without_header, "is not a report of this suite"),
    "nested": (lambda _: "[" * 100_000, "nested"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_report_is_refused(kind: str, good: Job, tmp_path: Path) -> None:
    change, word = MALFORMED[kind]
    before = good.report.read_text()
    after = change(before)
    assert after != before
    (tmp_path / "report.json").write_text(after)
    refused([tmp_path / "report.json"], tmp_path, "report.json", word)
