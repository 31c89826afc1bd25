"""The changes that weaken a check: of what decides its outcome, not of what it says or records beside."""

import ast
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutation.find import mutants_of
from tools.mutation.model import Mutant

_TEXTS = frozenset(["fix", "where", "kind", "place", "needed", "opened", "here"])
_RECORDS = frozenset(["observe", "note", "measure"])


@dataclass(frozen=True, slots=True, eq=False)
class Weak:
    """A check in which one place is changed; where the place is in a function that several checks use, they all are."""

    mutant: Mutant
    checks: frozenset[str]


def weak_checks(root: Path, paths: Sequence[Path], pattern: str = "*") -> list[Weak]:
    """Every change of the checks in some files below `root` whose ids fit."""
    found = []
    for path in paths:
        mutants = mutants_of(path, path.relative_to(root).as_posix(), frozenset({"CheckFailed"}))
        if not mutants:
            continue
        tree = mutants[0].tree
        ids, beside = _ids(tree), _beside(tree)
        for mutant in mutants:
            checks = frozenset({ids[mutant.scope]} if mutant.scope in ids else ids.values())
            if not {id(mutant.edit.parent), id(mutant.edit.old)} & beside and fnmatch.filter(checks, pattern):
                found.append(Weak(mutant, checks))
    return found


def _ids(tree: ast.Module) -> dict[str, str]:
    """The check that each test function holds: `@check("...")`."""
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    calls = ((node.name, each) for node in functions for each in node.decorator_list if isinstance(each, ast.Call))
    return {name: ast.literal_eval(call.args[0]) for name, call in calls}


def _beside(tree: ast.Module) -> frozenset[int]:
    """What only says or records something, by the identity of the nodes."""
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in _TEXTS:
                parts.append(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _RECORDS:
                parts.append(node)
            case ast.Call(func=ast.Attribute(attr="require"), args=[_, *texts], keywords=keywords):
                parts += [*texts, *keywords]
    # The contexts of names are the same objects everywhere.
    return frozenset(id(each) for part in parts for each in ast.walk(part) if not isinstance(each, ast.expr_context))
