"""Can a Python program that stands in a workflow fail, by its own words? Pure; nothing is run.

Only what no `try` around it could swallow counts, and only on a way that the program takes: a function counts where it
is called, nothing counts after an end. Source: The Python Language Reference, 7.3, 7.8, 8.4; `sys.exit`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_ENDS = frozenset(("exit", "quit", "SystemExit"))
_STATUS_CHANGED = frozenset(("_exit", "excepthook", "atexit", "settrace", "abort", "kill"))
_OPENS = frozenset(("open", "TemporaryDirectory", "NamedTemporaryFile", "TarFile", "ZipFile", "scandir"))
_CATCHES_EXITS = frozenset(("SystemExit", "BaseException"))


def can_fail(program: str, *, asserts: bool = True) -> bool:
    """Whether a failure of the program ends it with a status other than 0. `asserts`: assertions are not switched off.

    False also for a program that cannot be parsed, and for one that changes its own status in another way.
    """
    try:
        tree = ast.parse(program)
        names = {_name(node) for node in ast.walk(tree)}
        names |= {name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in [node.module or ""]}
        return not names & _STATUS_CHANGED and _Reader(tree, asserts).fails(tree.body, errors=True, exits=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


class _Reader:
    def __init__(self, tree: ast.Module, asserts: bool) -> None:
        self.asserts = asserts
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.called: set[str] = set()

    def fails(self, block: Iterable[ast.stmt], *, errors: bool, exits: bool) -> bool:
        """Whether a statement can fail. `errors`, `exits`: errors, calls of `sys.exit`, are not caught further out."""
        for one in block:
            if self._fails(one, errors, exits):
                return True
            if isinstance(one, ast.Return | ast.Raise | ast.Break | ast.Continue) or _is_exit(one):
                return False
        return False

    def _fails(self, one: ast.stmt, errors: bool, exits: bool) -> bool:
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
            case ast.Raise():
                value = one.exc
                if _name(value.func if isinstance(value, ast.Call) else value) in _ENDS:
                    return exits and isinstance(value, ast.Call) and _nonzero(value)
                return errors
            case ast.Assert():
                return errors and self.asserts and not isinstance(one.test, ast.Constant | ast.Tuple)
            case ast.Try() | ast.TryStar():
                return self._tried(one, errors, exits)
            case ast.If() | ast.While() if isinstance(one.test, ast.Constant) and not one.test.value:
                return self.fails(one.orelse, errors=errors, exits=exits)
            case ast.With() | ast.AsyncWith() if not all(_opens(item) for item in one.items):
                return False
        inner = [value for _, value in ast.iter_fields(one) if isinstance(value, list)]
        blocks = [[part for part in value if isinstance(part, ast.stmt)] for value in inner]
        return self._calls(one, errors, exits) or any(self.fails(part, errors=errors, exits=exits) for part in blocks)

    def _tried(self, one: ast.Try | ast.TryStar, errors: bool, exits: bool) -> bool:
        if any(
            isinstance(node, ast.Return | ast.Break | ast.Continue) for part in one.finalbody for node in ast.walk(part)
        ):
            return False
        caught = [_caught(handler) for handler in one.handlers]
        passes = all(names and not names & _CATCHES_EXITS for names in caught)
        return (
            self.fails(one.body, errors=errors and not caught, exits=exits and passes)
            or any(self.fails(handler.body, errors=errors, exits=exits) for handler in one.handlers)
            or self.fails((*one.orelse, *one.finalbody), errors=errors, exits=exits)
        )

    def _calls(self, one: ast.stmt, errors: bool, exits: bool) -> bool:
        for call in _calls_of(one):
            name = _name(call.func)
            function = self.functions.get(name) if isinstance(call.func, ast.Name) else None
            if function is not None:
                key = f"{name} {errors} {exits}"
                if key not in self.called:
                    self.called.add(key)
                    if self.fails(function.body, errors=errors, exits=exits):
                        return True
            elif name in _ENDS and name != "SystemExit":
                if exits and _nonzero(call):
                    return True
            elif errors and (name in ("check_call", "check_output", "check_returncode") or _told_to_check(call)):
                return True
        return False


def _calls_of(one: ast.stmt) -> Iterator[ast.Call]:
    """Calls in the expressions of a statement other than `try`, not in statements inside it nor in what runs later."""
    todo: list[ast.AST] = [one]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, ast.stmt | ast.Lambda):
                continue
            if isinstance(child, ast.Call):
                yield child
            todo.append(child)


def _name(node: ast.AST | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name
    return ""


def _nonzero(call: ast.Call) -> bool:
    """Whether the status of an exit can be another than 0; one that is worked out can."""
    if len(call.args) != 1 or call.keywords:
        return False
    value = call.args[0]
    if not isinstance(value, ast.Constant):
        return not isinstance(value, ast.UnaryOp | ast.Lambda)
    return value.value % 256 != 0 if isinstance(value.value, int) else value.value is not None


def _is_exit(one: ast.stmt) -> bool:
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and _name(one.value.func) in _ENDS


def _told_to_check(call: ast.Call) -> bool:
    return any(word.arg == "check" and _is_true(word.value) for word in call.keywords) and _name(call.func) == "run"


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _opens(item: ast.withitem) -> bool:
    return isinstance(item.context_expr, ast.Call) and _name(item.context_expr.func) in _OPENS


def _caught(handler: ast.ExceptHandler) -> frozenset[str]:
    """Names of what a handler catches; empty for everything, or for what is not plain."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = frozenset(_name(kind) for kind in kinds)
    return frozenset() if "" in names else names
