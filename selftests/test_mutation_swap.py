"""The mutation tool: a change is really in force, wherever the changed code is used."""

import importlib.util
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from selftests.mutation_samples import written
from tools.mutation.find import mutants_of
from tools.mutation.swap import Process, Unfit

_NUMBERS = itertools.count()


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
    class Crate(Box):
        def __init__(self, content):
            self.content = None
            super().__init__(content)
"""


def switched_on(module: ModuleType, scope: str, change: str) -> Process:
    """Switch on the one mutant with this change."""
    path = Path(str(module.__file__))
    (mutant,) = (each for each in mutants_of(path, path.name) if (each.scope, each.change) == (scope, change))
    process = Process(path.parent)
    process.switch_on(mutant)
    return process


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


def test_call_of_the_parent_is_dropped(imported: ModuleType) -> None:
    assert imported.Crate(5).full
    switched_on(imported, "Crate.__init__", "super().__init__(content) → (dropped)")
    assert not imported.Crate(5).full


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
