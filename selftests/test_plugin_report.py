"""What stands in the report, and what a run prints around it: identity at the top, the verdict at the end."""

import json
import re

import pytest

from packaging_readiness import __version__
from selftests.miniature import Miniature

FIRST, SECOND = "m1a.strategy.repository-uri-pinned", "m1a.strategy.one-repository"
NOISY = f"""
@check("{FIRST}")
def test_first(record):
    print("printed by a check")
    record.observe(b=2, a=1)
    record.measure(seconds=0.5)

@check("{SECOND}")
def test_second(record):
    raise RuntimeError("text of an exception")
"""
GIVEN = ("--platform-run-id=platform_x", "--written-at=2026-02-22T19:48:49Z")


def test_a_report_carries_identity_contract_and_nonce(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add("m1a", NOISY)
    reports = [miniature.run("-m", "m1a", *GIVEN, *mode).report for _ in range(2)]
    headers = [report["readiness"] for report in reports if report is not None]
    identity = headers[0]["identity"]
    assert identity == headers[1]["identity"]
    assert identity["platform_run_id"] == "platform_x"
    assert identity["suite_version"] == __version__
    assert re.fullmatch(r"[0-9a-f]{40}", identity["git_sha"])
    assert headers[0]["contract"]["name"] == "reference_platform"
    assert re.fullmatch(r"[0-9a-f]{32}", headers[0]["nonce"])
    assert headers[0]["nonce"] != headers[1]["nonce"]


def test_a_report_holds_nothing_of_the_machine(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add("m1a", NOISY)
    miniature.environment["MARK_OF_THE_MACHINE"] = "mark-of-the-machine"
    out = miniature.root / "out"
    run = miniature.run("-m", "m1a", f"--evidence-out={out}", "--rootdir", str(miniature.root), *mode)
    text = run.report_path.read_text()
    assert str(miniature.root.parent) not in text
    assert "mark-of-the-machine" not in text
    for word in ("longrepr", "crash", "traceback", "printed by a check", "text of an exception"):
        assert word not in text
    assert run.report is not None
    assert set(run.report) == {"created", "duration", "exitcode", "summary", "tests", "readiness"}
    assert {key for test in run.report["tests"] for key in test} == {
        "nodeid",
        "outcome",
        "metadata",
        "setup",
        "call",
        "teardown",
    }


def test_observations_reach_the_report(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add("m1a", NOISY)
    run = miniature.run("-m", "m1a", *mode)
    assert run.results[FIRST].observation == {"a": 1, "b": 2}


def test_the_order_of_tests_changes_no_byte_of_the_evidence(miniature: Miniature) -> None:
    miniature.whole()
    bundles = []
    for number, arguments in enumerate([(), ("-n1",), ("-n2",), tuple(f"tests_m1{lane}" for lane in "edcba")]):
        run = miniature.run(*GIVEN, f"--evidence-out=out{number}", *arguments)
        assert run.status == 0
        objects = {path.name: path.read_bytes() for path in (miniature.root / f"out{number}").rglob("*.json")}
        record, manifest = objects.pop("run_record.json"), objects.pop("bundle_manifest.json")
        assert record
        rest = [entry for entry in json.loads(manifest)["objects"] if entry["name"] != "run_record.json"]
        bundles.append((objects, rest))
    assert all(bundle == bundles[0] for bundle in bundles[1:])
    assert len(bundles[0][0]) > 20


def test_the_run_header_stands_above_the_first_check(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.add("m1a", NOISY)
    lines = miniature.run("-m", "m1a", *GIVEN, *mode).text.splitlines()
    top = next(n for n, line in enumerate(lines) if line.startswith(f"packaging readiness {__version__}: "))
    assert re.search(r": reference platform at [0-9a-f]{12} on main; contract reference_platform \(", lines[top])
    assert lines[top + 1].startswith("run platform_x; image: ")
    assert lines[top + 1].endswith("engine: auto; aws: embedded")
    assert top < next(n for n, line in enumerate(lines) if line.startswith(("collected", "created", "2 workers")))


def test_a_given_image_and_platform_are_named(miniature: Miniature) -> None:
    miniature.add("m1a", NOISY)
    (miniature.root / "platform" / ".git").mkdir(parents=True)
    run = miniature.run("-m", "m1a", "--image=registry.invalid/x@sha256:1", "--platform-root=platform")
    assert "image: registry.invalid/x@sha256:1; engine: auto; aws: real" in run.text
    assert "contract dev_full (" in run.text


def test_the_verdict_stands_at_the_end_lane_by_lane(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    source = miniature.root / "tests_m1c" / "test_lane.py"
    source.write_text(source.read_text().replace("    pass\n", "    raise CheckFailed('no')\n", 1))
    run = miniature.run(*mode)
    lines = run.text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip("= ") == "packaging readiness")
    first = next(n for n, line in enumerate(lines) if line.startswith("M1.A  "))
    lanes = [line.split()[:2] for line in lines[first : first + 5]]
    assert "checks do not hold:" in lines[start + 1]
    assert lanes == [["M1.A", "PASS"], ["M1.B", "PASS"], ["M1.C", "FAIL"], ["M1.D", "PASS"], ["M1.E", "FAIL"]]
    assert "decided from the results:" in lines
    assert "  fail     m1e.no-go[active-blocker]" in lines
    assert run.status == 1
    assert re.fullmatch(r"M1: FAIL \(.*\); active blockers: .*M1-B3.*", run.verdict)


@pytest.mark.parametrize("quiet", ["-q", "-qq", "--no-summary", "--tb=no", "-rN"])
def test_no_way_of_being_quiet_hides_the_verdict(miniature: Miniature, quiet: str) -> None:
    miniature.whole()
    assert miniature.run(quiet).verdict.startswith("M1: PASS")
    (miniature.root / "tests_m1e" / "test_lane.py").unlink()
    again = miniature.run(quiet, "--evidence-out=again")  # by default a folder named by the second
    assert again.verdict.startswith("M1: FAIL")


def test_a_pack_is_adjudicated_without_running_anything_again(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    assert miniature.run(*GIVEN, "--evidence-out=out").status == 0
    run = miniature.run("--evidence=out", *mode)
    assert run.status == 0, run.text
    assert set(run.outcomes.values()) == {"pass"}
    assert "m1e.no-go[active-blocker]" in run.outcomes
    assert FIRST not in run.outcomes


def test_a_pack_with_a_hole_is_red(miniature: Miniature, mode: tuple[str, ...]) -> None:
    miniature.whole()
    assert miniature.run(*GIVEN, "--evidence-out=out").status == 0
    (hole,) = (miniature.root / "out").rglob("packaging_provenance.json")
    hole.unlink()
    run = miniature.run("--evidence=out", *mode)
    assert run.status == 1
    assert "packaging_provenance.json" in run.text
