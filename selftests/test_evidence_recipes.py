"""Each broken evidence pack is rejected with the code of its fault; the good packs and their copies are not."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from packaging_readiness.evidence.problems import CODES
from packaging_readiness.evidence.verify import verify
from selftests.evidence_recipes import Recipe, cook, derive, key_files, pack, recipes, reseal, written
from selftests.main_job import command

RECIPES = recipes()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.group}/{recipe.name}")
def test_fault_is_rejected_with_its_own_code(recipe: Recipe, tmp_path: Path) -> None:
    folder = cook(recipe, tmp_path)
    trusted = [key_files(tmp_path)["own.pub"]] if recipe.group == "signature" else []
    found = verify(folder, trusted_keys=trusted)
    codes = {problem.code for problem in found.problems}
    assert recipe.code in codes, sorted(map(str, found.problems))
    assert codes <= CODES.keys()


@pytest.mark.parametrize("name", ["missing_object_fail", "waiver_expired_fail", "tag_moved_fail"])
def test_command_names_the_code_and_fails(name: str, tmp_path: Path) -> None:
    recipe = next(recipe for recipe in RECIPES if recipe.name == name)
    folder = cook(recipe, tmp_path)
    ran = command("verify", folder, "--json")
    outcome = json.loads(ran.stdout)
    assert (ran.status, outcome["coherent"]) == (1, False)
    assert recipe.code in {problem["code"] for problem in outcome["problems"]}
    text = command("verify", folder)
    assert (text.status, f"{recipe.code}: " in text.stdout, "NOT coherent" in text.stdout) == (1, True, True)


def test_signed_pack_holds_under_its_key(tmp_path: Path) -> None:
    recipe = Recipe("signed", "signature", "", "good", ({"sign": "own"},), "none")
    folder = cook(recipe, tmp_path)
    keys = key_files(tmp_path)
    found = verify(folder, trusted_keys=[keys["own.pub"]])
    assert (found.problems, found.signed, found.notes) == ((), "verified", ())
    assert verify(folder, trusted_keys=[keys["other.pub"], keys["own.pub"]]).coherent
    unchecked = verify(folder)
    assert (unchecked.problems, unchecked.signed) == ((), "not checked")
    ran = command("verify", folder, "--trusted-key", keys["own.pub"])
    assert (ran.status, "proves coherence only" in ran.stdout) == (0, False)


@pytest.mark.parametrize("base", ["good", "waived", "failed"])
def test_pack_without_a_fault_and_its_copy_are_coherent(base: str, tmp_path: Path) -> None:
    folder = written(pack(base), tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    wanted = "FAIL" if base == "failed" else "PASS"
    for root in (folder, tmp_path / "one", tmp_path / "copy"):
        found = verify(root)
        assert (found.problems, found.verdict) == ((), wanted)
        assert command("verify", root).status == (1 if base == "failed" else 0)


@pytest.mark.parametrize("base", ["good", "waived", "failed"])
def test_sealing_and_deriving_a_good_pack_changes_no_byte(base: str) -> None:
    """A recipe's fault is its own steps, and nothing that the sealing did."""
    files = dict(pack(base))
    derive(files)
    reseal(files)
    assert files == pack(base)


def test_recipes_are_named_for_failing_and_each_name_stands_once() -> None:
    names = [recipe.name for recipe in RECIPES]
    assert len(names) >= 90
    assert all(name.endswith("_fail") for name in names)
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert {recipe.seal for recipe in RECIPES} == {"none", "manifest", "derive"}


def test_every_code_has_a_recipe() -> None:
    """Codes that need something else than an edited folder have tests of their own."""
    elsewhere = {"claim-missing", "contract-not-pinned", "unreadable", "results-contradict", "result-edited"}
    assert CODES.keys() - {recipe.code for recipe in RECIPES} - elsewhere == set()
