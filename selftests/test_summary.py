"""`summary`: what a bundle says, for a step summary and as annotations; foreign text can be no markup, no command."""

import html
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.render.escape import code, command_data, command_property, inline, span, visible
from packaging_readiness.render.summary import summary
from packaging_readiness.render.view import read_view
from selftests import synthetic
from selftests.evidence_recipes import pack, written
from selftests.main_job import command

HOSTILE = (
    "Dockerfile:7: ::error file=x::gotcha ##[add-mask]y | cell | <img src=x onerror=alert(1)> [a](https://evil.example)"
    " `tick` *b* _i_ @team #1 www.evil.example </pre></code> %0A::set-env $1$ ~~s~~ \u202etxt"
)
COMMAND = re.compile(r"::error file=([^,:]+),line=(\d+),title=([^,:]+)::(.*)")


CHECKS = {check.id: check for check in packaged_checks()}


def records(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What the tests of a report recorded."""
    return [test["metadata"]["readiness"] for test in report["tests"]]


def is_of(test: dict[str, Any], row_id: str) -> bool:
    return bool(test["metadata"]["readiness"]["check"] == row_id)


def bundle_of(report: dict[str, Any], root: Path) -> Path:
    return written(synthetic.bundle(report), root)


def failed(row_id: str, *found: str) -> dict[str, Any]:
    """A report in which one row fails, and says this of it."""
    report = synthetic.fail_row(synthetic.good_report(), row_id)
    for test in report["tests"]:
        if test["metadata"]["readiness"]["check"] == row_id:
            test["metadata"]["readiness"]["found"] = list(found)
    return report


def test_passing_bundle_says_pass_lanes_and_what_is_deferred(tmp_path: Path) -> None:
    ran = command("summary", written(pack("good"), tmp_path))
    assert ran.status == 0
    assert ran.stdout.startswith("## M1: PASS\n")
    assert re.search(r"^\| M1\.B \| PASS \| \d+ \| \d+ pass \|$", ran.stdout, re.MULTILINE)
    assert "<code>evidence-upload</code>" in ran.stdout
    assert "Active blockers" not in ran.stdout
    assert "repeat" not in ran.stdout
    assert command("summary", tmp_path, "--format", "annotations").stdout == ""


def test_failing_bundle_names_blockers_findings_and_commands(tmp_path: Path) -> None:
    report = failed("m1a.payload.default-deny", ".dockerignore:1: does not start with *")
    report["readiness"]["invocation"] = {"arguments": ["-q", "--engine=podman", "--contract", "dev_full"]}
    ran = command("summary", bundle_of(report, tmp_path))
    assert ran.status == 0
    assert ran.stdout.startswith("## M1: FAIL\n")
    assert "| M1A-B4 | S1 | M1.A | OPEN | <code>m1a.payload.default-deny</code> |" in ran.stdout
    assert "  - <code>.dockerignore&#58;1&#58; does not start with &#42;</code>" in ran.stdout
    fix = CHECKS["m1a.payload.default-deny"].fix
    repeat = "pytest --check m1a.payload.default-deny --contract dev_full --engine podman"
    assert f"  - fix: {fix}\n  - repeat: `{repeat}`\n" in ran.stdout


def test_each_row_has_its_own_cure_and_command_whatever_its_blocker(tmp_path: Path) -> None:
    """Rows of one blocker code are mended in different ways, and of one check by their reasons."""
    red = {
        "m1b.run.help[sr]": ("import-error", "Copy or install the missing package into the image."),
        "m1b.run.help[cm]": ("no-usage-text", CHECKS["m1b.run.help"].fix),
        "m1b.contract.required-enforced[cm]": ("required-not-named", CHECKS["m1b.contract.required-enforced"].fix),
    }
    report = synthetic.good_report()
    for row_id, (reason, _) in red.items():
        report = synthetic.fail_row(report, row_id)
        (record,) = (r for r in records(report) if r["check"] == row_id)
        record["reason"] = reason
    text = command("summary", bundle_of(report, tmp_path)).stdout
    for row_id, (_, fix) in red.items():
        assert f"  - fix: {fix}\n  - repeat: `{shlex.join(['pytest', '--check', row_id])}`\n" in text


def test_a_cause_that_rows_share_is_told_once(tmp_path: Path) -> None:
    report = synthetic.good_report()
    rows = ["m1b.run.help[cm]", "m1b.run.help[sr]"]
    for row_id in rows:
        report = synthetic.fail_row(report, row_id)
    for record in records(report):
        if record["check"] in rows:
            record["found"] = ["Dockerfile: does not build", "Error: no such file"]
    text = command("summary", bundle_of(report, tmp_path)).stdout
    assert text.count("does not build") == 1
    assert len(re.findall(r"^  - found: as for <code>m1b.run.help&#91;\w+&#93;</code>$", text, re.MULTILINE)) == 1
    assert all(f"repeat: `{shlex.join(['pytest', '--check', row_id])}`" in text for row_id in rows)


def test_advice_on_what_was_not_found_out_does_not_blame_the_platform(tmp_path: Path) -> None:
    report = synthetic.good_report()
    report["tests"] = [test for test in report["tests"] if not is_of(test, "m1a.payload.default-deny")]
    for test in report["tests"]:
        if is_of(test, "m1b.run.help[cm]"):
            test["metadata"]["readiness"] |= {"outcome": "error", "reason": "cannot-tell", "found": ["no engine"]}
            test["setup"]["outcome"] = test["outcome"] = "failed"
    text = command("summary", bundle_of(report, tmp_path)).stdout
    for row_id, told in (
        ("m1b.run.help[cm]", "Mend what kept the suite from finding out, and run it again."),
        ("m1a.payload.default-deny", "Run it, and hand in the report that holds its result."),
    ):
        assert f"  - fix: {told}\n  - repeat: `{shlex.join(['pytest', '--check', row_id])}`\n" in text


def test_findings_with_a_place_are_annotated_hard_ones_first(tmp_path: Path) -> None:
    advisory = failed("m1a.advisory.base-pinned", "Dockerfile:3: FROM debian is not pinned")
    both = synthetic.fail_row(advisory, "m1a.payload.default-deny")
    for test in both["tests"]:
        if test["metadata"]["readiness"]["check"] == "m1a.payload.default-deny":
            test["metadata"]["readiness"]["found"] = ["a dir/x,y.txt:12, line 3 says more", "no place here"]
    ran = command("summary", bundle_of(both, tmp_path), "--format", "annotations")
    lines = ran.stdout.splitlines()
    assert ran.status == 0
    assert len(lines) == 2
    assert lines[0].startswith("::error file=a dir/x%2Cy.txt,line=12,title=M1A-B4 m1a.payload.default-deny::line 3")
    assert lines[1].startswith("::error file=Dockerfile,line=3,title=S3 m1a.advisory.base-pinned::FROM debian is not")


@pytest.mark.parametrize(
    "place", ["/etc/passwd:1: x", "../outside:1: x", "sha256:0: x", "a:b: c", "https://a.example/:1"]
)
def test_what_is_no_place_in_the_platform_is_not_annotated(place: str, tmp_path: Path) -> None:
    folder = bundle_of(failed("m1a.payload.default-deny", place), tmp_path)
    assert command("summary", folder, "--format", "annotations").stdout == ""


def test_hostile_finding_is_shown_and_obeyed_by_nobody(tmp_path: Path) -> None:
    folder = bundle_of(failed("m1a.payload.default-deny", HOSTILE), tmp_path)
    text = command("summary", folder).stdout
    shown = next(line for line in text.splitlines() if "gotcha" in line)
    assert html.unescape(re.sub(r"</?code>", "", shown)).removeprefix("  - ") == visible(HOSTILE)
    for harmful in (
        "<img",
        "[a](",
        "`tick`",
        "@team",
        "##[",
        "www.evil",
        "::error",
        "| cell",
        "\u202e",
        "https://evil",
    ):
        assert harmful not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    annotated = command("summary", folder, "--format", "annotations").stdout.splitlines()
    assert len(annotated) == 1
    match = COMMAND.fullmatch(annotated[0])
    assert match is not None
    assert match[1] == "Dockerfile"
    assert "%250A" in match[4]


def test_incoherent_bundle_is_told_as_that_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    folder = written(pack("good"), tmp_path)
    results = json.loads((folder / "check_results.json").read_bytes())
    results["verdict"] = "<b>PASS</b>"
    (folder / "check_results.json").write_text(json.dumps(results))
    ran = command("summary", folder)
    assert ran.status == 1
    assert ran.stdout.startswith("## M1: not decided\n")
    assert "size-differs" in ran.stdout
    assert "<b>" not in ran.stdout
    annotated = command("summary", folder, "--format", "annotations")
    assert (annotated.status, annotated.stdout.count("::error title=packaging readiness::")) == (1, 1)


def test_no_bundle_is_an_error(tmp_path: Path) -> None:
    ran = command("summary", tmp_path)
    assert (ran.status, ran.stdout) == (2, "")
    assert "holds no bundle" in ran.stderr


def test_summary_of_a_bundle_where_nothing_holds_stays_below_the_limit_of_a_step(tmp_path: Path) -> None:
    report = synthetic.fail_every_row(synthetic.good_report())
    for test in report["tests"]:
        test["metadata"]["readiness"]["found"] = ["<" * 600] * 51
    text = summary(read_view(bundle_of(report, tmp_path)))
    assert len(text.encode()) < 1024 * 1024
    assert "more rows, in <code>check&#95;results.json</code>" in text


@settings(deadline=None)
@given(st.text())
def test_escaped_text_says_the_same_and_holds_no_markup(text: str) -> None:
    quoted = inline(text)
    assert html.unescape(quoted) == visible(text)
    assert not re.search(r"[<>\[\]()`*_|#:@$\\!~{}\"'\n\r]", re.sub(r"&#\d+;", "", quoted))
    assert code(text) == f"<code>{quoted}</code>"


@settings(deadline=None)
@given(st.text() | st.text(alphabet="` a#["))
def test_code_span_ends_where_it_should(text: str) -> None:
    shown = span(text)
    if shown.startswith("<code>"):
        assert shown == code(text, 600)
        return
    match = re.fullmatch(r"(`+)(.*?)\1", shown, re.DOTALL)
    assert match is not None
    assert match[1] not in match[2]
    assert match[2] in (visible(text, 600), f" {visible(text, 600)} ")
    assert "##[" not in shown


@settings(deadline=None)
@given(st.text())
def test_workflow_command_keeps_its_text_in_one_line(text: str) -> None:
    data, value = command_data(text), command_property(text)
    assert not re.search(r"[\r\n]", data + value)
    assert not re.search(r"[:,]", value)
    undone = value.replace("%2C", ",").replace("%3A", ":")
    assert undone == data
    assert data.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") == visible(text)
