"""The mutation tool: which mutants and tests it takes, and what it reports."""

import ast
from pathlib import Path

import pytest

from selftests.mutation_samples import written
from tools import mutants
from tools.branch_coverage import ROOMS
from tools.mutation.explained import Explanation, explained, read_explanations, unmatched
from tools.mutation.find import mutants_of
from tools.mutation.model import Mutant
from tools.mutation.readers import Readers
from tools.mutation.report import by_room, survivors
from tools.mutation.sample import PER_MODULE, drawn, near_tests
from tools.mutation.trials import Outcome, in_turns


def test_readers_of_a_value_are_found_across_modules() -> None:
    first = "A = 1\nB = A + 1\ndef f():\n    return A\n"
    second = "from packaging_readiness.first import B as C\nD = (C,)\ndef g():\n    return 0\ndef h():\n    return D\n"
    trees = {"src/packaging_readiness/first.py": ast.parse(first), "second.py": ast.parse(second)}
    readers = Readers(trees)
    assert readers.lines("src/packaging_readiness/first.py", "A") == {
        "src/packaging_readiness/first.py": {4},
        "second.py": {6},
    }
    assert readers.lines("second.py", "C") == {}


def test_values_read_by_way_of_their_module_have_readers() -> None:
    second = (
        "from packaging_readiness import first\nD = first.A\ndef g():\n    return D\ndef h():\n    return first.A\n"
    )
    trees = {"src/packaging_readiness/first.py": ast.parse("A = 1\n"), "second.py": ast.parse(second)}
    assert Readers(trees).lines("src/packaging_readiness/first.py", "A") == {"second.py": {4, 6}}


def outcomes(folder: Path, *endings: str) -> list[Outcome]:
    path = written(folder, "A = (1, 2)\nB = (3, 4)\nC = (5, 6)\n")
    found: list[Mutant] = mutants_of(path, "src/contract/sample.py")
    return [Outcome(mutant, ending) for mutant, ending in zip(found, endings, strict=False)]


def test_explained_mutants_do_not_count_and_timeouts_do(tmp_path: Path) -> None:
    some = outcomes(tmp_path, "killed", "timeout", "survived", "not covered", "explained")
    contract, other = by_room(some, ["contract", "verdict"])
    assert (contract.total, contract.dead, contract.percent) == (4, 2, 50.0)
    assert (other.total, other.percent) == (0, 0.0)
    assert [line.split(": ")[:2] for line in survivors(some)] == [
        ["src/contract/sample.py:1", "survived"],
        ["src/contract/sample.py:1", "not covered"],
    ]


def test_survivor_with_a_reason_is_explained_and_a_reason_without_a_survivor_is_told(tmp_path: Path) -> None:
    some = outcomes(tmp_path, "killed", "survived", "not covered")
    changes = [each.mutant.change for each in some]
    entries = [Explanation("src/contract/sample.py", "A", change, "nobody can see it") for change in changes[:2]]
    assert [each.ending for each in explained(some, entries)] == ["killed", "explained", "not covered"]
    stale = [f"src/contract/sample.py: A: no survivor is {changes[0]}"]
    assert unmatched(explained(some, entries), entries, files=["src/contract/sample.py"]) == stale
    assert unmatched(some, entries, files=["src/contract/other.py"]) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("- {file: a, scope: b, change: c, why: ' '}", ValueError),
        ("- {file: a, scope: b, change: c}", TypeError),
        ("[{file: a, scope: b, change: c, why: d}, {file: a, scope: b, change: c, why: e}]", ValueError),
    ],
    ids=["no reason", "no field for it", "twice"],
)
def test_explanation_without_a_reason_of_its_own_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    (tmp_path / "explained.yaml").write_text(text)
    with pytest.raises(error):
        read_explanations(tmp_path / "explained.yaml")


def test_explanations_at_hand_are_well_formed() -> None:
    read_explanations(Path(mutants.EXPLAINED))


def test_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    text = "".join(f"A{number} = {number}\n" for number in range(9))
    all_of_them = [each for name in "abc" for each in mutants_of(written(tmp_path, text), f"{name}.py")]
    first = drawn(all_of_them, 12, seed=7)
    assert first == drawn(all_of_them, 12, seed=7)
    assert first != drawn(all_of_them, 12, seed=8)
    assert len(first) == len(set(first)) == 12
    assert max(sum(each.file == name for each in first) for name in ("a.py", "b.py", "c.py")) == PER_MODULE
    assert len(drawn(all_of_them, 99, seed=7)) == 3 * PER_MODULE


def test_tests_of_a_sample_import_its_modules_or_who_imports_them() -> None:
    tests = {"test_a": {"a"}, "test_top": {"top"}, "test_other": {"other"}}
    sources = {"top": {"middle"}, "middle": {"low"}, "low": set(), "a": {"low"}, "lonely": {"lonely"}}
    assert near_tests({"a"}, tests, sources) == {"test_a"}
    assert near_tests({"middle"}, tests, sources) == {"test_top"}
    assert near_tests({"low", "other"}, tests, sources) == {"test_a", "test_other"}
    assert near_tests({"lonely"}, tests, sources) == set()


def test_every_room_is_mutated_and_tested() -> None:
    for room in ROOMS:
        found = mutants.all_mutants([room], "*/[rs][eot]*.py")
        assert found
        assert all(each.file.startswith(f"src/packaging_readiness/{room}/") for each in found)
    assert len({(each.file, each.line, each.operator) for each in found}) == len(found)
    assert Path(__file__).parent / "test_coherence.py" in mutants.all_tests()


def test_each_line_is_changed_once_before_any_is_changed_again(tmp_path: Path) -> None:
    text = "".join(f"A{number} = ({number}, {number + 1}, {number + 2})\n" for number in range(5))
    found = mutants.mixed([each for name in "ab" for each in mutants_of(written(tmp_path, text, name), f"{name}.py")])
    lines = [(each.file, each.line) for each in found]
    assert len(set(lines[:10])) == len(set(lines)) == 10
    assert len(set(lines[10:20])) == 10
    assert {file for file, _ in lines[:4]} == {"a.py", "b.py"}


def test_tests_that_differ_around_a_change_come_first() -> None:
    common, rare = frozenset({1, 2}), frozenset({1, 3})
    paths = {0: common, 1: common, 2: common, 3: rare, 4: rare}
    assert in_turns([0, 1, 2, 3, 4, 5], paths) == [5, 3, 0, 4, 1, 2]
