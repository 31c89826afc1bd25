"""Switch a mutant on in this process: the code of living functions is replaced, values of modules are assigned anew.

Nothing is imported again, and there is no way back: only a forked process does this.
"""

import ast
import functools
import gc
import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tools.mutation.find import assigned_name
from tools.mutation.model import Mutant

_Key = tuple[str, str, int]


class Unfit(Exception):
    """The mutant cannot be switched on: nothing in this process stands for its code."""


class Process:
    """The functions, caches and modules of this process that come from files below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._functions: dict[_Key, list[FunctionType]] = {}
        self._caches: list[Any] = []
        self._filled: list[int] = []
        for each in gc.get_objects():
            if type(each) is FunctionType and self._is_ours(each):
                code = each.__code__
                key = (code.co_filename, code.co_qualname, code.co_firstlineno)
                self._functions.setdefault(key, []).append(each)
            elif isinstance(each, functools._lru_cache_wrapper) and self._is_ours(each.__wrapped__):
                self._caches.append(each)

    def _is_ours(self, function: Any) -> bool:
        path = getattr(getattr(function, "__code__", None), "co_filename", "")
        return path.startswith(f"{self.root}{os.sep}") and "site-packages" not in path

    def warm_up(self, running: Callable[[int], None]) -> None:
        """Fill the caches of functions without a parameter, for all processes that are forked from now on. `running` is
        told which of them is being filled, with all that it needs of others, by its number from 1.
        """
        for number, cached in enumerate(self._caches, start=1):
            code = cached.__wrapped__.__code__
            if code.co_argcount + code.co_kwonlyargcount == 0:
                self.forget()
                running(number)
                cached()
                self._filled.append(number)
        for number in self._filled:
            self._caches[number - 1]()

    def forget(self, numbers: Container[int] | None = None) -> None:
        """Empty these caches, and those that were filled by chance; without `numbers` all."""
        for number, cached in enumerate(self._caches, start=1):
            if numbers is None or number in numbers or number not in self._filled:
                cached.cache_clear()

    def switch_on(self, mutant: Mutant) -> None:
        """Make this process a mutant. Raises Unfit, or whatever the changed module would raise when imported."""
        mutant.edit.make()
        ast.fix_missing_locations(mutant.tree)
        if mutant.in_function:
            self._swap(mutant)
        else:
            self._assign(mutant)

    def _swap(self, mutant: Mutant) -> None:
        path, scope = str(self.root / mutant.file), mutant.outermost
        assert isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef))
        line = min([scope.lineno, *(each.lineno for each in scope.decorator_list)])
        functions = self._functions.get((path, mutant.scope, line), [])
        if not functions:
            raise Unfit(f"{mutant.place}: no living function {mutant.scope}")
        _keep_free(scope, functions[0].__code__.co_freevars)
        for code in _codes(compile(mutant.tree, path, "exec", dont_inherit=True)):
            if (code.co_qualname, code.co_firstlineno) == (mutant.scope, line):
                for function in functions:
                    function.__code__ = code
            elif code.co_qualname.startswith(f"{mutant.scope}.<locals>."):
                for function in self._functions.get((path, code.co_qualname, code.co_firstlineno), ()):
                    if function.__code__.co_freevars == code.co_freevars:
                        function.__code__ = code
        if mutant.edit.parent is scope.args or any(mutant.edit.parent is node for node in ast.walk(scope.args)):
            for function in functions:
                _set_defaults(function, scope.args)

    def _assign(self, mutant: Mutant) -> None:
        path = str(self.root / mutant.file)
        spaces = {id(space): space for space in self._spaces(path)}
        if not spaces:
            raise Unfit(f"{mutant.place}: no such module was imported")
        for space in spaces.values():
            changed = {mutant.scope}
            for statement in mutant.tree.body[mutant.tree.body.index(mutant.outermost) :]:
                name = assigned_name(statement)
                if statement is mutant.outermost or (name and changed & loaded(statement)):
                    old = space[name]
                    exec(compile(ast.Module([statement], []), path, "exec", dont_inherit=True), space)
                    _hand_on(name, old, space[name])
                    changed.add(name)

    def _spaces(self, path: str) -> Iterator[dict[str, Any]]:
        """The names of the modules that come from a file, whether or not they are registered as imported."""
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None) == path:
                yield vars(module)
        for (file, _, _), functions in self._functions.items():
            if file == path:
                yield from (function.__globals__ for function in functions)


def _keep_free(scope: ast.FunctionDef | ast.AsyncFunctionDef, names: Iterable[str]) -> None:
    """Let a function go on naming what it takes from around it, `super()` among it: else it is another kind of code."""
    # Behind everything, so that a docstring stays the first statement.
    unused: list[ast.stmt] = [ast.Expr(ast.Name(name, ast.Load())) for name in names]
    if unused:
        scope.body.append(ast.If(ast.Constant(False), unused, []))
        ast.fix_missing_locations(scope)


def _set_defaults(function: FunctionType, arguments: ast.arguments) -> None:
    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), "default", "eval"), function.__globals__)

    function.__defaults__ = tuple(map(value, arguments.defaults)) or None
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    function.__kwdefaults__ = {each.arg: value(node) for each, node in named if node is not None}


def _hand_on(name: str, old: object, new: object) -> None:
    """Give the new value to the modules that imported the old one by its name."""
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        if name in space and space[name] is old:
            space[name] = new


def loaded(node: ast.AST) -> set[str]:
    """The names that are read in a piece of code."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)
