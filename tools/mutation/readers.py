"""Where a value that a module assigns is read: in the functions of the module, and of those that import it."""

import ast
from collections.abc import Iterator, Mapping

from tools.mutation.find import assigned_name

Lines = dict[str, set[int]]
Value = tuple[str, str]


class Readers:
    """Reads of assigned names in some modules, given as trees by file (relative to the suite's root)."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._derived: dict[Value, set[Value]] = {}
        self._lines: dict[Value, set[tuple[str, int]]] = {}
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
            for value, line in _reads(statement, names):
                if name:
                    self._derived.setdefault(value, set()).add((file, name))
                else:
                    self._lines.setdefault(value, set()).add((file, line))

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


def _reads(statement: ast.stmt, names: Mapping[str, Value]) -> Iterator[tuple[Value, int]]:
    """What a statement reads by one of these names, or as an attribute of a module with such a name, and its line."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in names:
                yield names[name], node.lineno
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in names:
                package, imported = names[module]
                yield (f"{package.removesuffix('.py')}/{imported}.py", name), node.lineno
