"""The mutants of a module, in the order of its text.

Mutated are the bodies and default values of functions and methods, however decorated, and what a module assigns to a
name (tables, limits, regular expressions). Not mutated are the other statements of modules and classes: imports,
declarations of fields, aliases of types.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tools.mutation.model import Edit, Mutant
from tools.mutation.operators import changes

_SHOWN, _AROUND = 100, 24
_SKIPPED_FIELDS = frozenset(["annotation", "returns", "decorator_list", "type_params"])
_SKIPPED = (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Assert, ast.ClassDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds a node: the outermost statement with its name, and the innermost statement."""

    scope: str
    outermost: ast.stmt
    statement: ast.stmt


def mutants_of(path: Path, file: str, raised: frozenset[str] = frozenset()) -> list[Mutant]:
    """The mutants of the module at `path`, which reports call `file`. What is handed to the exceptions `raised`, and to
    those that the module raises itself, is wording and left alone.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise))
    own = {call.func.id for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}
    return list(_Walk(file, tree, raised | own).module())


@dataclass(frozen=True, slots=True)
class _Walk:
    file: str
    tree: ast.Module
    wording: frozenset[str]

    def module(self) -> Iterator[Mutant]:
        for index, node in enumerate(self.tree.body):
            if (name := assigned_name(node)) and not _is_type(node):
                yield from self.below(node, _Where(name, node, node))
            else:
                yield from self.functions(self.tree, index, node, "")

    def functions(self, parent: ast.AST, index: int, node: ast.stmt, prefix: str) -> Iterator[Mutant]:
        """Those of a function, or of the methods of a class."""
        if isinstance(node, _FUNCTIONS):
            yield from self.at(parent, "body", index, node, _Where(prefix + node.name, node, node))
        elif isinstance(node, ast.ClassDef):
            for place, each in enumerate(node.body):
                yield from self.functions(node, place, each, f"{prefix}{node.name}.")

    def at(self, parent: ast.AST, field: str, index: int | None, node: ast.AST, where: _Where) -> Iterator[Mutant]:
        """Those of a node and of all below it."""
        if isinstance(node, ast.stmt):
            where = replace(where, statement=node)
        for operator, edit in changes(parent, field, index, node, in_function=isinstance(where.outermost, _FUNCTIONS)):
            yield self.mutant(operator, node, edit, where)
        if not (isinstance(node, ast.Raise) or self.is_wording(node)):
            yield from self.below(node, where)

    def below(self, parent: ast.AST, where: _Where) -> Iterator[Mutant]:
        for field, value in ast.iter_fields(parent):
            if field in _SKIPPED_FIELDS:
                continue
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST) and not isinstance(node, _SKIPPED):
                    yield from self.at(parent, field, index, node, where)

    def is_wording(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.wording

    def mutant(self, operator: str, node: ast.AST, edit: Edit, where: _Where) -> Mutant:
        before, after = _texts(node, edit)
        line = getattr(edit.new if isinstance(edit.new, ast.Dict) else edit.old, "lineno", 0)
        if not line or isinstance(edit.new, list):
            line = getattr(node, "lineno", where.statement.lineno)
        return Mutant(
            self.file, where.scope, line, operator, before, after, edit, self.tree, where.outermost, where.statement
        )


def assigned_name(node: ast.stmt) -> str:
    """The one name that a statement gives a value; empty if it is another statement."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    (target,) = targets if len(targets) == 1 else (None,)
    return target.id if isinstance(target, ast.Name) and getattr(node, "value", None) is not None else ""


def _is_type(node: ast.stmt) -> bool:
    """Whether a statement names a type: `Rule = Callable[[Row], Result]`, `Value = int | str`."""
    value = getattr(node, "value", None)
    return isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and _is_union(value))


def _is_union(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.BitOr) and _is_union(value.left) and _is_union(value.right)
    names_type = isinstance(value, ast.Name) and (value.id[0].isupper() or value.id in ("int", "str", "bytes", "float"))
    return names_type or isinstance(value, ast.Subscript) or (isinstance(value, ast.Constant) and value.value is None)


def _texts(node: ast.AST, edit: Edit) -> tuple[str, str]:
    """The change as a reader wants to see it: what stood there, and what stands there now."""
    if isinstance(edit.new, list):
        head = edit.new[0]
        name = node.name if isinstance(node, _FUNCTIONS) else ""
        return f"{name}: …", f"{name}: {_text(head)}"
    before = _text(edit.old)
    if edit.new is None or isinstance(edit.new, ast.Pass):
        return _short(before, ""), "(dropped)"
    if edit.field in ("test", "guard"):
        return _short(f"if {before}", ""), f"if {_text(edit.new)}"
    after = _text(edit.new)
    return _short(before, after), _short(after, before)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _short(text: str, other: str) -> str:
    """`text`, where it is long only around the place in which it differs from `other`."""
    if len(text) <= _SHOWN:
        return text
    start = next((n for n, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(0, start - _AROUND)
    shown = text[start : start + _SHOWN]
    return ("…" if start else "") + shown + ("…" if start + _SHOWN < len(text) else "")
