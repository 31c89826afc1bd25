"""The mutation tool: what it changes, and what it leaves alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftests.mutation_samples import written
from tools.mutation.find import mutants_of
from tools.mutation.patterns import is_pattern, pattern_changes
from tools.mutation.weak import weak_checks


def changes(folder: Path, text: str) -> set[str]:
    """All changes of a text: `operator: before → after`."""
    return {f"{each.operator}: {each.change}" for each in mutants_of(written(folder, text), "sample.py")}


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
