"""The mutation tool: what it changes, what it leaves alone, and that a change is really in force."""

import ast
import importlib.util
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import mutants
from tools.branch_coverage import ROOMS
from tools.mutation.explained import Explanation, explained, read_explanations, unmatched
from tools.mutation.find import mutants_of
from tools.mutation.model import Mutant
from tools.mutation.patterns import is_pattern, pattern_changes
from tools.mutation.readers import Readers
from tools.mutation.report import by_room, survivors
from tools.mutation.sample import PER_MODULE, drawn, near_tests
from tools.mutation.swap import Process, Unfit
from tools.mutation.trials import Outcome, in_turns
from tools.mutation.weak import weak_checks

_NUMBERS = itertools.count()


def written(folder: Path, text: str, name: str = "sample") -> Path:
    path = folder / f"{name}.py"
    path.write_text(dedent(text))
    return path


def changes(folder: Path, text: str) -> set[str]:
    """All changes of a text: `operator: before → after`."""
    return {f"{each.operator}: {each.change}" for each in mutants_of(written(folder, text), "sample.py")}


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[ModuleType]:
    """A module of its own for a test that changes it for good."""
    yield from _imported(tmp_path, LIVING)


def _imported(folder: Path, text: str) -> Iterator[ModuleType]:
    name = f"living_{next(_NUMBERS)}"
    spec = importlib.util.spec_from_file_location(name, written(folder, text, name))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


LIVING = """
    import functools
    LIMIT = 3
    TWICE = LIMIT * 2
    def over(value, *, least=True):
        return least and value > LIMIT
    @functools.cache
    def remembered():
        return len(range(4))
    def adder(more):
        def add(value):
            return value + 7
        return add
    add_it = adder(1)
    class Box:
        def __init__(self, content):
            self.content = content
        @property
        def full(self):
            inner = lambda: self.content == 5
            return inner()
"""


def switched_on(module: ModuleType, scope: str, change: str) -> Process:
    """Switch on the one mutant with this change."""
    path = Path(str(module.__file__))
    (mutant,) = (each for each in mutants_of(path, path.name) if (each.scope, each.change) == (scope, change))
    process = Process(path.parent)
    process.switch_on(mutant)
    return process


def test_code_that_decides_is_changed(tmp_path: Path) -> None:
    text = """
        def f(a, b):
            if a < b and not a:
                a.append(b)
            return any(a) if a in ("x", "y") else a[b:2].strip()
    """
    assert changes(tmp_path, text) == {
        "return: f: … → f: return",
        "condition: if a < b and (not a) → if True",
        "condition: if a < b and (not a) → if False",
        "operand: if a < b and (not a) → if not a",
        "operand: if a < b and (not a) → if a < b",
        "compare: a < b → a <= b",
        "not: not a → a",
        "statement: a.append(b) → (dropped)",
        "condition: any(a) if a in ('x', 'y') else a[b:2].strip() → any(a)",
        "condition: any(a) if a in ('x', 'y') else a[b:2].strip() → a[b:2].strip()",
        "compare: if a in ('x', 'y') → if a not in ('x', 'y')",
        "entry: 'x' → (dropped)",
        "entry: 'y' → (dropped)",
        "function: any(a) → all(a)",
        "method: a[b:2].strip() → a[b:2]",
        "slice: b:2 → :2",
        "constant: 2 → 3",
    }


def test_flow_is_changed(tmp_path: Path) -> None:
    text = """
        def holds(items) -> bool:
            try:
                items.count += 1
            except (KeyError, OSError):
                raise
            return [each for each in items if each]
    """
    assert changes(tmp_path, text) == {
        "return: holds: … → holds: return True",
        "return: holds: … → holds: return False",
        "statement: items.count += 1 → (dropped)",
        "constant: 1 → 2",
        "except: KeyError → (dropped)",
        "except: OSError → (dropped)",
        "statement: raise → (dropped)",
        "filter: each → (dropped)",
    }


def test_tables_and_patterns_of_a_module_are_changed(tmp_path: Path) -> None:
    text = """
        import re
        NAMES = frozenset({"a", "b"})
        ROWS = (("m", 1), ("n", 2))
        WORD = re.compile(rb"[^a]+$")
    """
    assert changes(tmp_path, text) == {
        "entry: 'a' → (dropped)",
        "entry: 'b' → (dropped)",
        "entry: ('m', 1) → (dropped)",
        "entry: ('n', 2) → (dropped)",
        "constant: 1 → 2",
        "constant: 2 → 3",
        "pattern: re.compile(b'[^a]+$') → re.compile(b'[a]+$')",
        "pattern: re.compile(b'[^a]+$') → re.compile(b'[^a]*$')",
        "pattern: re.compile(b'[^a]+$') → re.compile(b'[^a]+')",
    }


def test_wording_types_and_declarations_are_left_alone(tmp_path: Path) -> None:
    text = '''
        """A module."""
        from dataclasses import dataclass, field
        Value = int | None
        Rule = Callable[[int], int]
        @dataclass(frozen=True)
        class Box:
            """A box."""
            size: int = field(default=1, repr=False)
        def f(a: "int | None" = None) -> int | None:
            """A function."""
            assert a is not None
            print
            value = f"{a + 1}" + "x"
            other = Refused(a or 2)
            raise Refused("x", 3 if a else 4)
    '''
    assert changes(tmp_path, text) == {
        "return: f: … → f: return",
        "statement: raise Refused('x', 3 if a else 4) → (dropped)",
    }


@given(st.text("ab\\[]^$(){},?*+|.:<>=!dwsbAZ0123", max_size=20))
def test_changed_patterns_are_patterns(text: str) -> None:
    found = list(pattern_changes(text))
    assert text not in found
    assert all(map(is_pattern, found))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^a$", {"a$", "^a"}),
        (r"\Aa\Z", {r"a\Z", r"\Aa"}),
        (r"[$^+]x+?", {"[$^+]x*?"}),
        (r"a{3}", {"a{3,}", "a{4}"}),
        (r"a{2,5}?", {"a{3,5}?", "a{2,6}?"}),
        (r"(?:a)?b*", {"(?:a)b*", "(?:a)?b+"}),
        (r"(?<!a)(?=b)", {"(?<=a)(?=b)", "(?<!a)(?!b)"}),
        (r"\$\+", set()),
    ],
)
def test_pattern_is_widened_and_narrowed(pattern: str, expected: set[str]) -> None:
    assert expected <= set(pattern_changes(pattern))
    assert len(set(pattern_changes(pattern)) - expected) <= 1


def test_function_is_changed_wherever_it_is_used(imported: ModuleType) -> None:
    over = imported.over
    assert not over(3)
    switched_on(imported, "over", "value > LIMIT → value >= LIMIT")
    assert over(3)


def test_inner_function_that_was_made_before_is_changed(imported: ModuleType) -> None:
    assert imported.add_it(1) == 8
    switched_on(imported, "adder", "7 → 8")
    assert imported.add_it(1) == 9
    assert imported.adder(2)(1) == 9


def test_default_value_is_changed(imported: ModuleType) -> None:
    assert imported.over(9)
    switched_on(imported, "over", "True → False")
    assert not imported.over(9)


def test_property_is_changed_in_living_objects(imported: ModuleType) -> None:
    box = imported.Box(6)
    assert not box.full
    switched_on(imported, "Box.full", "5 → 6")
    assert box.full


def test_remembered_result_is_forgotten_on_demand(imported: ModuleType) -> None:
    assert imported.remembered() == 4
    process = switched_on(imported, "remembered", "4 → 5")
    assert imported.remembered() == 4
    process.forget()
    assert imported.remembered() == 5


def test_value_is_changed_with_what_is_made_from_it_and_who_imported_it(imported: ModuleType, tmp_path: Path) -> None:
    for other in _imported(tmp_path, f"from {imported.__name__} import LIMIT\n"):
        switched_on(imported, "LIMIT", "3 → 4")
        assert (imported.LIMIT, imported.TWICE, other.LIMIT) == (4, 8, 4)
    assert not imported.over(4)


def test_change_of_what_is_not_imported_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "LIMIT = 3\ndef f():\n    return 1\n")
    for mutant in mutants_of(path, path.name):
        with pytest.raises(Unfit):
            Process(tmp_path).switch_on(mutant)


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


def test_check_is_weakened_in_what_decides_its_outcome(tmp_path: Path) -> None:
    text = """
        @check("m1a.one")
        def test_one(record):
            found = [each for each in helper() if each]
            record.observe(count=len(found) + 1)
            fix = "a" if found else "b"
            record.require(not found, "reason", *found[1:], fix=fix)

        @check("m1a.two")
        def test_two(record):
            helper()

        def helper():
            return 1
    """
    path = written(tmp_path, text)
    weak = weak_checks(tmp_path, [path])
    assert {(each.mutant.change, *sorted(each.checks)) for each in weak} == {
        ("test_one: … → test_one: return", "m1a.one"),
        ("each → (dropped)", "m1a.one"),
        ("record.require(not found, 'reason', *found[1:], fix=fix) → (dropped)", "m1a.one"),
        ("not found → found", "m1a.one"),
        ("test_two: … → test_two: return", "m1a.two"),
        ("helper() → (dropped)", "m1a.two"),
        ("helper: … → helper: return", "m1a.one", "m1a.two"),
        ("1 → 2", "m1a.one", "m1a.two"),
    }
    assert {each.mutant.scope for each in weak_checks(tmp_path, [path], "*.two")} == {"test_two", "helper"}


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


def test_tests_that_differ_around_a_change_come_first() -> None:
    common, rare = frozenset({1, 2}), frozenset({1, 3})
    paths = {0: common, 1: common, 2: common, 3: rare, 4: rare}
    assert in_turns([0, 1, 2, 3, 4, 5], paths) == [5, 3, 0, 4, 1, 2]
