"""`note`: the closure note and the log entry follow from the bundle alone, and say no more than it proves."""

import json
import re
from pathlib import Path

import pytest

from selftests import synthetic
from selftests.evidence_recipes import WAIVER, pack, written
from selftests.main_job import command
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST, RUN_ID


def test_note_of_a_passing_bundle_names_what_closes_the_phase(tmp_path: Path) -> None:
    ran = command("note", written(pack("good"), tmp_path))
    assert ran.status == 0
    text = ran.stdout
    assert text.startswith("## M1 closure note (2026-02-22)\n")
    for wanted in (RUN_ID, GIT_SHA, IMAGE_DIGEST, "verdict `PASS`", "actions/runs/22283456789", "none is active"):
        assert wanted in text
    assert "   - M1.E: complete" in text
    assert "`m1c.linkage.run-json` deferred as `run-linkage`" in text
    assert "user confirmation: `pending`" in text
    assert "M2 stays `NOT_STARTED`" in text
    assert "## 2026-02-22T19:48:49Z M1 (P(-1)) adjudicated: PASS" in text


def test_note_of_a_failing_bundle_claims_no_closure(tmp_path: Path) -> None:
    text = command("note", written(pack("failed"), tmp_path)).stdout
    assert text.startswith("## M1 adjudication note: M1 stays open (2026-02-22)\n")
    assert "`M1C-B5` (S1, M1.C, OPEN): raised by `m1c.push.role-permission`" in text
    assert "   - M1.C: not complete" in text
    assert "M2 entry gate: `not ready`" in text
    assert "adjudicated: FAIL" in text
    assert "next: mend the blockers" in text


def test_note_is_plain_markdown_that_reads_as_it_stands(tmp_path: Path) -> None:
    """Every check's advice is shown as it was written, with no character spelled as an entity."""
    report = synthetic.fail_every_row(synthetic.good_report())
    folder = written(synthetic.bundle(report), tmp_path)
    text = command("note", folder).stdout
    assert not re.search(r"&#?\w+;|<code>", text)
    register = json.loads((folder / "m1_closure_blocker_register.json").read_bytes())["blockers"]
    told = [entry["resolution_action"] for entry in register if entry["raised_by"]]
    assert len(told) > 20
    assert [action for action in told if action not in text] == []


def test_waiver_is_named_with_its_owner_and_cannot_be_markup(tmp_path: Path) -> None:
    report = synthetic.fail_row(synthetic.good_report(), WAIVER["check"])
    hostile = WAIVER | {"reason": "[click](https://evil.example) <b> `x`"}
    report["readiness"]["identity"]["carried"]["waivers"] = [hostile]
    text = command("note", written(synthetic.bundle(report), tmp_path)).stdout
    told = "`` [click](https://evil.example) <b> `x` ``"  # a code span with a longer fence than any inside
    assert f"`m1a.advisory.base-pinned` waived by `release lead` until 2026-03-31: {told}" in text


@pytest.mark.parametrize(("part", "title"), [("closure", "## M1 closure note"), ("log", "## 2026-02-22T19:48:49Z M1")])
def test_one_part_alone(part: str, title: str, tmp_path: Path) -> None:
    ran = command("note", written(pack("good"), tmp_path), "--part", part)
    assert ran.stdout.startswith(title)
    assert ran.stdout.count("\n## ") == 0


def test_same_bundle_gives_the_same_note_wherever_it_lies(tmp_path: Path) -> None:
    one = command("note", written(pack("good"), tmp_path / "one"))
    assert one.stdout == command("note", written(pack("good"), tmp_path / "other")).stdout


def test_incoherent_bundle_is_refused(tmp_path: Path) -> None:
    folder = written(pack("good"), tmp_path)
    (folder / "packaging_provenance.json").write_bytes(b"{}")
    ran = command("note", folder)
    assert (ran.status, ran.stdout) == (2, "")
    assert "is not coherent" in ran.stderr
    assert "fix: look at it with: packaging-readiness verify" in ran.stderr
