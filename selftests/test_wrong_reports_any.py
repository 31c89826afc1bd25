"""Any subset, order, split or cut of the reports: PASS comes from the complete set only, always in the same bytes."""

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.evidence.files import bundle_files
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.report import Report, read_report
from selftests import wrong_reports as wr
from selftests.synthetic import adjudicated, good_report, read

GOOD: Mapping[str, Report] = {name: read_report(data, name) for name, data in wr.good_set().items()}
NAMES = tuple(GOOD)
(WHOLE,) = read(good_report())
RESULTS = WHOLE.results


def decided(reports: Iterable[Report]) -> Verdict:
    """The verdict of the reports together."""
    return adjudicate(merge(list(reports)))


def bundle(reports: list[Report]) -> dict[str, bytes]:
    """The files of the bundle of the reports together."""
    return bundle_files(decided(reports), reports)


@functools.cache
def whole_bundle() -> Mapping[str, bytes]:
    """The bundle of the seven reports in the order of their lanes."""
    return bundle(list(GOOD.values()))


@settings(deadline=None, max_examples=30)
@given(st.permutations(NAMES))
def test_any_order_of_the_complete_set_gives_the_same_bytes(names: list[str]) -> None:
    assert bundle([GOOD[name] for name in names]) == whole_bundle()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
def test_pass_comes_from_the_complete_set_only(names: list[str]) -> None:
    verdict = decided(GOOD[name] for name in names)
    assert verdict.passed == (set(names) == set(NAMES))
    missing = {result.id for name in set(NAMES) - set(names) for result in GOOD[name].results}
    assert {row for row, result in verdict.results.items() if result.outcome == "not_run"} == missing
    handoff = verdict.objects["m1_handoff_readiness_snapshot"]
    assert {row for row in missing if any(f"not held: {row} (" in note for note in handoff["notes"])} == missing


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(NAMES), min_size=2).filter(lambda names: len(set(names)) < len(names)))
def test_any_set_with_a_report_twice_is_refused(names: list[str]) -> None:
    with pytest.raises(InputRefused, match="are the same report twice"):
        decided(GOOD[name] for name in names)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_split_of_the_checks_passes_when_each_is_there_once(data: st.DataObject) -> None:
    """Rows dealt out to any number of reports; some are lost, or handed in twice."""
    count = data.draw(st.integers(1, 6), label="reports")
    lost = data.draw(st.sets(st.integers(0, len(RESULTS) - 1), max_size=3), label="lost")
    twice = data.draw(st.sets(st.integers(0, len(RESULTS) - 1), max_size=1), label="twice")
    step = data.draw(st.integers(1, 97), label="deal")
    dealt: list[list[int]] = [[] for _ in range(count)]
    for index in range(len(RESULTS)):
        if index not in lost:
            dealt[index * step % count].append(index)
        if index in twice:
            dealt[(index * step + 1) % count].append(index)
    reports = [part(number, indices) for number, indices in enumerate(dealt)]
    if twice - lost:
        with pytest.raises(InputRefused, match=r"both hold m1|twice"):
            decided(reports)
        return
    assert decided(reports).passed == (not lost - twice)


def part(number: int, indices: list[int]) -> Report:
    """A report of some results of the good run."""
    counted = {"passed": len(indices), "total": len(indices)}
    return replace(
        WHOLE,
        shown=f"{number}.json",
        digest=f"{number}",
        header=replace(WHOLE.header, nonce=f"{number}"),
        account=replace(WHOLE.account, stated=counted, counted=counted),
        results=tuple(RESULTS[index] for index in indices),
    )


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(NAMES), st.data())
def test_a_report_cut_anywhere_is_refused(name: str, data: st.DataObject) -> None:
    """A run killed while its report was written, or a copy that broke off."""
    whole = wr.good_set()[name]
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(InputRefused, match=r"is not JSON"):
        read_report(whole[:length], name)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, len(RESULTS) - 1), st.integers(0, 3))
def test_a_run_stopped_at_any_check_never_passes(checks: int, phases: int) -> None:
    """Ctrl-C: the report has the checks that were done, and of the next one the phases that were."""
    report = good_report()
    report.update(tests=report["tests"][: checks + 1], exitcode=2)
    stopped = report["tests"][-1]
    for phase in ("setup", "call", "teardown")[phases:]:
        del stopped[phase]
    done = checks + (phases == 3)
    verdict = adjudicated(report)
    assert verdict.passed == (done == len(RESULTS))
    reported = {row.id for row in verdict.run.rows if row.check.decided_by == "test"}
    left = {row_id for row_id in reported if verdict.results[row_id].outcome == "not_run"}
    assert left == {result.id for result in RESULTS[done:]}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(NAMES), st.data())
def test_an_outcome_edited_anywhere_is_seen(name: str, data: st.DataObject) -> None:
    """Any one outcome of the file changed to any other: refused, or not PASS."""
    content = json.loads(wr.good_set()[name])
    test = data.draw(st.sampled_from(content["tests"]))
    place = data.draw(st.sampled_from([test, test["setup"], test["call"], test["teardown"]]))
    place["outcome"] = data.draw(st.sampled_from(["failed", "error", "skipped", "xfailed", "PASSED", "", None]))
    others = [report for other, report in GOOD.items() if other != name]
    try:
        verdict = decided([*others, read_report(json.dumps(content).encode(), name)])
    except InputRefused:
        return
    assert not verdict.passed
