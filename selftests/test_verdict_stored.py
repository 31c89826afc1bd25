"""The way back from a stored run, and the advice for a red row."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.verdict.advice import advice
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.stored import stored_run
from selftests import synthetic

CONTRACT, CONTRACT_DATA = load_contract("dev_full")
ROWS = expand(packaged_checks(), CONTRACT)
(CHECK,) = (check for check in packaged_checks() if check.id == "m1b.run.help")
SPECIAL = (
    *("module-not-found", "import-error", "program-not-found", "timed-out", "killed-by-signal", "output-over-bound"),
    *("traceback", "argparse-failure", "fixed-refusal", "secret-in-output", "secret-in-record", "build-failed"),
    *("handle-differs", "role-differs", "workflow-missing", "default-branch-differs"),
)


@pytest.fixture(scope="module")
def kept() -> Mapping[str, Any]:
    """`check_results.json` of the good run."""
    results: dict[str, Any] = synthetic.objects(synthetic.good_report())["check_results"]
    return results


def changed(kept: Mapping[str, Any], results: list[Any]) -> dict[str, Any]:
    return {**copy.deepcopy(dict(kept)), "results": results}


def test_stored_run_is_the_one_that_was_merged(kept: Mapping[str, Any]) -> None:
    run = stored_run(kept, CONTRACT, CONTRACT_DATA, ROWS)
    merged = merge(synthetic.read(synthetic.good_report()))
    assert run.results == merged.results
    assert (run.identity, run.image) == (merged.identity, merged.image)


def test_waived_row_comes_back_as_the_failure_that_it_was(kept: Mapping[str, Any]) -> None:
    results = copy.deepcopy(kept["results"])
    (entry,) = (each for each in results if each["id"] == "m1a.advisory.base-pinned")
    entry.update(outcome="waived", reason="base-by-tag", found=["it is a tag"])
    run = stored_run(changed(kept, results), CONTRACT, CONTRACT_DATA, ROWS)
    assert run.results["m1a.advisory.base-pinned"].outcome == "fail"


def test_row_that_the_inventory_lacks_is_refused(kept: Mapping[str, Any]) -> None:
    results = [*kept["results"], {**kept["results"][0], "id": "m1a.no.such"}]
    with pytest.raises(InputRefused) as refused:
        stored_run(changed(kept, results), CONTRACT, CONTRACT_DATA, ROWS)
    assert refused.value.cause == "'m1a.no.such' is not in the inventory"


def test_row_that_stands_there_twice_is_refused(kept: Mapping[str, Any]) -> None:
    with pytest.raises(InputRefused) as refused:
        stored_run(changed(kept, [*kept["results"], kept["results"][0]]), CONTRACT, CONTRACT_DATA, ROWS)
    assert refused.value.cause == f"{kept['results'][0]['id']!r} stands there twice"


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, " (and 1 more)"), (4, " (and 3 more)")])
def test_rows_that_are_missing_are_counted(kept: Mapping[str, Any], count: int, more: str) -> None:
    with pytest.raises(InputRefused) as refused:
        stored_run(changed(kept, kept["results"][count:]), CONTRACT, CONTRACT_DATA, ROWS)
    assert refused.value.cause == f"{kept['results'][0]['id']!r} is missing{more}"


def test_stored_run_that_contradicts_itself_is_refused(kept: Mapping[str, Any]) -> None:
    results = copy.deepcopy(kept["results"])
    (entry,) = (each for each in results if each["id"] == "m1b.run.help[sr]")
    entry["observation"]["exit_code"] = 1
    with pytest.raises(InputRefused, match="passes, and"):
        stored_run(changed(kept, results), CONTRACT, CONTRACT_DATA, ROWS)


@pytest.mark.parametrize("reason", SPECIAL)
def test_reason_that_calls_for_something_else_has_its_own_advice(reason: str) -> None:
    told = {advice(CHECK, outcome, reason) for outcome in ("fail", "error")}
    assert len(told) == 1
    assert told != {CHECK.fix}
    assert told != {advice(CHECK, "error", "cannot-tell")}


def test_advice_of_different_reasons_differs() -> None:
    told = {advice(CHECK, "fail", reason) for reason in SPECIAL}
    assert len(told) == len(SPECIAL)


def test_other_reasons_have_the_advice_of_the_check_or_of_the_outcome() -> None:
    assert advice(CHECK, "fail", "usage-missing") == CHECK.fix
    assert advice(CHECK, "error", "cannot-tell").startswith("Mend what kept the suite from finding out")
    assert advice(CHECK, "not_run", "no-result").startswith("Run it, and hand in the report")
