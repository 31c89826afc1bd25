"""What a mutant is: one small change of the source, and what holds it."""

import ast
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Edit:
    """Where in a module's tree a node is replaced: a field of `parent`, or one entry of the list in that field.

    `new` of None takes the entry out of its list; a list takes the place of the whole list.
    """

    parent: ast.AST
    field: str
    new: Any
    index: int | None = None

    @property
    def old(self) -> Any:
        """What stands there, as long as the edit is not made."""
        whole = getattr(self.parent, self.field)
        return whole if self.index is None else whole[self.index]

    def make(self) -> None:
        """Change the tree in place. There is no way back: only a process of its own does this."""
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        elif self.new is None:
            del getattr(self.parent, self.field)[self.index]
        else:
            getattr(self.parent, self.field)[self.index] = self.new


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """One change. `file` is relative to the suite's root. `scope` is the qualified name of the outermost function that
    holds it or, at the level of the module, the name that is given a value; `outermost` is that function or statement
    and `statement` the innermost one.
    """

    file: str
    scope: str
    line: int
    operator: str
    before: str
    after: str
    edit: Edit
    tree: ast.Module
    outermost: ast.stmt
    statement: ast.stmt

    @property
    def in_function(self) -> bool:
        """Whether a function holds it; otherwise it is in a value that the module assigns."""
        return isinstance(self.outermost, (ast.FunctionDef, ast.AsyncFunctionDef))

    @property
    def change(self) -> str:
        """The change in a line."""
        return f"{self.before} → {self.after}"

    @property
    def place(self) -> str:
        """Where it is, as a reader looks it up."""
        return f"{self.file}:{self.line}"

    @property
    def lines(self) -> range:
        """Lines of its statement, of a compound one its head, of a function its body: who runs one, reaches it."""
        body = getattr(self.statement, "body", None)
        end = self.statement.end_lineno or self.statement.lineno
        if not body:
            return range(self.statement.lineno, end + 1)
        if isinstance(self.statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return range(body[0].lineno, end + 1)
        return range(self.statement.lineno, max(self.statement.lineno + 1, body[0].lineno))
