"""fixtures/faults is complete and well formed: every check, blocker code and reason has a fault, and each is small."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.reference import CONTRACT
from selftests.fault_expectations import Expected, read_expected
from selftests.fault_recipes import FOLDER, Fault, Step, baselines, names, read_fault
from selftests.fault_registry import MISBEHAVIOURS
from selftests.main_job import SUITE, TEMPLATE

NAMES = names()
LEAST = 120
BYTES, STEPS = 3000, 4
# Reasons that nothing in a platform, an image or a registry can bring about: tests of their own show them.
OUT_OF_REACH = {
    "anchor-malformed": "the suite computes the anchors from the digest that it computed",
    "anchor-differs": "the same",
    "build-time-unknown": "every engine at hand writes the time into the image",
}
SLOW = "program-not-found"  # an image without Python takes a container per row; test_rows_no_program shows it
_WORD = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@cache
def faults() -> Mapping[str, tuple[Fault, Expected]]:
    return {name: (read_fault(name), read_expected(name)) for name in NAMES}


CONTRACT_OF_REFERENCE, _ = load_contract(str(TEMPLATE / CONTRACT))
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT_OF_REFERENCE)}
CHECKS = {check.id: check for check in packaged_checks()}
CODES = {blocker.id for blocker in CONTRACT_OF_REFERENCE.blockers}


def literals(path: Path) -> Iterator[str]:
    """The texts of a module that look like a reason code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
            yield node.value


def reasons_given(path: Path) -> Iterator[str]:
    """The reason codes that a module of the lanes gives: those it hands to `require`, `fail` and the like."""
    places = {"require": 1, "require_image": 1, "fail": 0, "CheckFailed": 0}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = node.args[places[called] :][:1] if called in places else []
            yield from (str(part.value) for part in place if isinstance(part, ast.Constant) and part.value)


def test_there_are_enough_and_each_is_two_files() -> None:
    assert len(NAMES) >= LEAST
    folders = {path.name: sorted(entry.name for entry in path.iterdir()) for path in FOLDER.iterdir() if path.is_dir()}
    assert folders == {name: ["expect.yaml", "fault.yaml"] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_fault_is_one_small_change_and_its_expectation_names_what_exists(name: str) -> None:
    fault, expected = faults()[name]
    assert _WORD.fullmatch(name)
    assert fault.on in baselines()
    assert len(fault.steps) <= STEPS
    assert (FOLDER / name / "fault.yaml").stat().st_size <= BYTES
    changes = (fault.steps, fault.git, fault.registry, fault.image, fault.report, fault.pack, fault.carried)
    assert any(changes), "nothing is changed"
    assert {*expected.active, *filter(None, [expected.blocker])} <= CODES
    assert expected.blocker is None or expected.blocker in expected.active or fault.pack is not None
    stated = expected.stated()
    assert stated, "nothing turns red"
    assert {row for row in stated if not row.endswith("[*]")} <= ROWS.keys()
    assert {row.removesuffix("[*]") for row in stated if row.endswith("[*]")} <= CHECKS.keys()
    assert expected.decided.keys() <= {row.id for row in ROWS.values() if row.check.decided_by == "adjudicator"}


def test_no_fault_stands_there_twice() -> None:
    changes = [repr(replace(fault, name="", wrong="")) for fault, _ in faults().values()]
    assert len(set(changes)) == len(changes)
    titles = [fault.wrong for fault, _ in faults().values()]
    assert len(set(titles)) == len(titles)


def test_every_check_has_a_fault() -> None:
    seen = {row.partition("[")[0] for _, expected in faults().values() for row in expected.stated()}
    assert CHECKS.keys() - seen == set()


def test_every_rule_and_condition_has_a_fault() -> None:
    """Rows that are rules of their own, not entries of one list."""
    seen = {row for _, expected in faults().values() for row in expected.stated()}
    rules = ("m1c.mismatch.rule-covered", "m1e.preconditions", "m1e.no-go", "m1c.paths.handle", "m1b.run.mpr")
    assert {row for row in ROWS if row.partition("[")[0] in rules} - seen == set()


def test_every_blocker_code_has_a_fault_of_its_own() -> None:
    assert CODES - {expected.blocker for _, expected in faults().values()} == set()


def test_every_reason_of_the_lanes_is_seen() -> None:
    given = {reason for path in SUITE.glob("tests_m1?/*.py") for reason in reasons_given(path)}
    seen = {reason for _, expected in faults().values() for reason in expected.reasons()}
    assert given - seen == OUT_OF_REACH.keys()


def test_every_reason_of_an_entrypoint_row_and_of_a_rule_is_seen() -> None:
    source = SUITE / "src" / "packaging_readiness"
    rows = set(re.findall(r'Judgement\(\s*"([a-z-]+)"', (source / "plugin" / "rows.py").read_text()))
    rules = set(re.findall(r'_verdict\(row, "([a-z-]+)"', (source / "verdict" / "rules.py").read_text()))
    seen = {reason for _, expected in faults().values() for reason in expected.reasons()}
    assert (rows | rules) - seen == {SLOW}


def test_expected_reasons_exist() -> None:
    sources = [*SUITE.glob("tests_m1?/*.py"), *(SUITE / "src").rglob("*.py")]
    known = {text for path in sources for text in literals(path)} | {"cannot-tell", "input-refused", "build-failed"}
    assert {reason for _, expected in faults().values() for reason in expected.reasons()} - known == set()


def test_every_misbehaviour_of_the_registry_is_used() -> None:
    assert {fault.registry for fault, _ in faults().values()} - {None} == MISBEHAVIOURS.keys()


@pytest.mark.parametrize(
    "step",
    [{}, {"old": "a", "append": "b"}, {"write": "a", "delete": True}],
    ids=["nothing", "two ways", "written and deleted"],
)
def test_step_that_is_no_single_edit_is_refused(step: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="exactly one of"):
        Step(file="x", **step)  # type: ignore[arg-type]
