"""Where a value that a module assigns is read: in the functions of the module, and of those that import it."""

import ast
from collections.abc import Iterable, Mapping

from tools.mutation.find import assigned_name
from tools.mutation.swap import loaded

Lines = dict[str, set[int]]


class Readers:
    """Reads of assigned names in some modules, given as trees by file (relative to the suite's root)."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._derived: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._lines: dict[tuple[str, str], set[tuple[str, int]]] = {}
        for file, tree in trees.items():
            self._read(file, tree)

    def _read(self, file: str, tree: ast.Module) -> None:
        names = {name: (file, name) for name in map(assigned_name, tree.body) if name}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                origin = f"src/{node.module.replace('.', '/')}.py"
                names |= {each.asname or each.name: (origin, each.name) for each in node.names}
        for statement in tree.body:
            name = assigned_name(statement)
            if name:
                for each in loaded(statement) & names.keys():
                    self._derived.setdefault(names[each], set()).add((file, name))
            else:
                for place in _reads(statement, names):
                    self._lines.setdefault(names[place.id], set()).add((file, place.lineno))

    def lines(self, file: str, name: str) -> Lines:
        """The lines that read the value or one made from it, by file."""
        found: Lines = {}
        waiting, seen = [(file, name)], {(file, name)}
        while waiting:
            value = waiting.pop()
            for where, line in self._lines.get(value, ()):
                found.setdefault(where, set()).add(line)
            waiting += (more := self._derived.get(value, set()) - seen)
            seen |= more
        return found


def _reads(statement: ast.stmt, names: Iterable[str]) -> list[ast.Name]:
    found = (node for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return [node for node in found if node.id in names]
