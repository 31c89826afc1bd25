"""A quick sample: some mutants of a few modules, and the tests that import these modules themselves."""

import ast
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.mutation.model import Mutant

PER_MODULE = 5


def drawn(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """At most `count` mutants, a few of each of some modules; the same for the same seed and source."""
    chance = random.Random(seed)
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    files = sorted(by_file)
    # A module with many mutants comes early more often, as its share of the whole is larger.
    order = sorted(files, key=lambda file: chance.random() ** (1.0 / len(by_file[file])), reverse=True)
    found: list[Mutant] = []
    for file in order:
        found += chance.sample(by_file[file], min(PER_MODULE, len(by_file[file]), count - len(found)))
    return found


def imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, also inside of functions, as files below the suite's root."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("packaging_readiness."):
            found.add(f"src/{node.module.replace('.', '/')}.py")
            found |= {f"src/{node.module.replace('.', '/')}/{name.name}.py" for name in node.names}
    return found


def near_tests(files: set[str], tests: Mapping[str, set[str]], sources: Mapping[str, set[str]]) -> set[str]:
    """The tests that import one of the files or, where no test does, a module that imports it, and so on.

    `tests` and `sources` say what each test and each module imports.
    """
    found: set[str] = set()
    for file in files:
        level, seen = {file}, {file}
        while level and not (direct := {test for test, modules in tests.items() if modules & level}):
            level = {source for source, modules in sources.items() if modules & level} - seen
            seen |= level
        found |= direct if level else set()
    return found
