"""What people decided to carry: an accepted blocker is recorded and stays no-go, an advisory can be waived, no more."""

from dataclasses import replace

import pytest

from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.header import Acceptance, Carried, Waiver
from selftests.adjudication_table import changed

ADVISORY = "m1a.advisory.base-pinned"
DAY = "2026-02-22"  # of the good run


def carrying(verdict: Verdict, *, accept: str = "", waive: str = "", until: str = "2026-03-31") -> Verdict:
    """The same run, adjudicated with an acceptance or a waiver on record."""
    accepted = tuple(Acceptance(code, "release lead", "mended next week") for code in accept.split())
    waived = tuple(Waiver(row, "release lead", "pinned next month", until) for row in waive.split())
    identity = replace(verdict.run.identity, carried=Carried(waived, accepted))
    return adjudicate(replace(verdict.run, identity=identity))


def codes(verdict: Verdict) -> dict[str, str]:
    """Status of every active code in the register."""
    entries = verdict.objects["m1_closure_blocker_register"]["blockers"]
    return {e["blocker_id"]: e["resolution_status"] for e in entries if e["resolution_status"] in ("OPEN", "ACCEPTED")}


def test_an_accepted_blocker_is_not_carried_silently_and_still_no_go() -> None:
    red = changed("m1a.payload.default-deny fails")
    assert codes(red) == {"M1-B5": "OPEN", "M1A-B4": "OPEN", "M1E-B4": "OPEN"}
    accepted = carrying(red, accept="M1A-B4")
    assert codes(accepted) == {"M1-B5": "OPEN", "M1A-B4": "ACCEPTED"}
    assert accepted.passed is False
    assert accepted.objects["m1_build_go_transition_receipt"]["transition_verdict"] == "FAIL"
    assert accepted.objects["m1_handoff_readiness_snapshot"]["m2_entry_gate_ready"] is False
    assert accepted.objects["m1_closure_blocker_register"]["severity_counts"] == {"S1": 1, "S2": 1, "S3": 0}


def test_acceptance_of_one_blocker_leaves_the_other_carried_silently() -> None:
    red = changed("m1a.payload.default-deny fails", "m1b.run.help[sr] fails")
    assert codes(carrying(red, accept="M1A-B4"))["M1E-B4"] == "OPEN"
    assert "M1E-B4" not in codes(carrying(red, accept="M1A-B4 M1-B2"))


def test_accepting_a_security_blocker_leaves_its_no_go_condition() -> None:
    red = carrying(changed("m1d.context.scan fails"), accept="M1D-B1 M1D-B5 M1-B4")
    assert red.results["m1e.register.cross-lane"].held
    assert not red.results["m1e.no-go[security-failure]"].held
    assert codes(red)["M1E-B4"] == "OPEN"


def test_acceptance_of_a_code_that_nobody_knows_is_an_error() -> None:
    red = carrying(changed(), accept="M1Z-B9")
    assert red.results["m1e.register.waivers"].outcome == "error"
    assert codes(red) == {"M1-B5": "OPEN", "M1E-B4": "OPEN"}


def test_acceptance_of_a_blocker_that_is_not_active_changes_nothing() -> None:
    assert carrying(changed(), accept="M1A-B4").passed


def test_a_waived_advisory_lets_the_run_pass_and_is_recorded() -> None:
    red = changed(f"{ADVISORY} fails")
    assert not red.passed
    waived = carrying(red, waive=ADVISORY)
    assert waived.passed
    register = waived.objects["m1_closure_blocker_register"]
    assert {entry["check"]: entry["status"] for entry in register["advisories"]}[ADVISORY] == "WAIVED"
    assert (register["severity_counts"]["S3"], register["waivers"][0]["check"]) == (0, ADVISORY)


@pytest.mark.parametrize(
    ("change", "waive", "until"),
    [
        (f"{ADVISORY} fails", ADVISORY, "2026-02-21"),
        (f"{ADVISORY} errors", ADVISORY, "2026-03-31"),
        (f"{ADVISORY} has no result", ADVISORY, "2026-03-31"),
        ("m1a.payload.default-deny fails", "m1a.payload.default-deny", "2026-03-31"),
        ("m1e.workflow.dispatchable fails", "m1e.workflow.dispatchable", "2026-03-31"),
        ("m1d.context.scan fails", "m1e.no-go[security-failure]", "2026-03-31"),
    ],
    ids=["expired", "could-not-tell", "no-result", "S1", "S2", "decided-row"],
)
def test_a_waiver_that_cannot_waive_is_told_and_lets_nothing_pass(change: str, waive: str, until: str) -> None:
    verdict = carrying(changed(change), waive=waive, until=until)
    assert not verdict.passed
    assert verdict.results["m1e.register.waivers"].outcome == "error"
    assert verdict.results[change.split(" ")[0]].outcome != "waived"


@pytest.mark.parametrize(("until", "passes"), [(DAY, True), ("2026-02-21", False)])
def test_a_waiver_holds_to_the_end_of_its_day(until: str, passes: bool) -> None:
    assert carrying(changed(f"{ADVISORY} fails"), waive=ADVISORY, until=until).passed is passes


def test_a_waiver_that_waives_nothing_is_told() -> None:
    verdict = carrying(changed(), waive=ADVISORY)
    assert verdict.results["m1e.register.waivers"].outcome == "error"
