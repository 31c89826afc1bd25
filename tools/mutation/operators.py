"""The changes that are tried: each makes the code decide, count, stop or keep something else.

Texts are left alone (the wording of messages is not tested), and so is what only tools read: annotations, assertions
for the type checker, docstrings.
"""

import ast
from collections.abc import Iterable, Iterator

from tools.mutation.model import Edit
from tools.mutation.patterns import pattern_changes

Change = tuple[str, Edit]
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}
_METHODS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "fullmatch": "match",
    "match": "search",
    "find": "rfind",
    "rfind": "find",
    "partition": "rpartition",
    "rpartition": "partition",
}
_NORMALISING = frozenset(
    ["strip", "lstrip", "rstrip", "lower", "upper", "casefold", "removeprefix", "removesuffix", "replace"]
)
_PATTERNS = frozenset(["compile", "match", "fullmatch", "search", "sub", "split", "finditer", "findall"])
_EFFECTS = (ast.Call, ast.Yield, ast.YieldFrom, ast.Await)


def changes(parent: ast.AST, field: str, index: int | None, node: ast.AST, *, in_function: bool) -> Iterator[Change]:
    """The changes of one node, each by the name of its operator."""
    for name, new in _replacements(node):
        yield name, Edit(parent, field, new, index)
    if not in_function and _is_table(parent):
        yield from (("entry", edit) for edit in _fewer(parent, field, index, node))
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        yield from (("entry", edit) for edit in _fewer(node, "comparators", 0, node.comparators[0]))
    if isinstance(node, ast.stmt):
        yield from _statement(parent, field, index, node)
    elif isinstance(node, ast.comprehension):
        yield from (("filter", Edit(node, "ifs", None, place)) for place in range(len(node.ifs)))
    elif isinstance(node, ast.match_case) and node.guard is not None:
        yield from (("condition", Edit(node, "guard", ast.Constant(value))) for value in (True, False))
    elif isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple):
        yield from (("except", Edit(node.type, "elts", None, place)) for place in range(len(node.type.elts)))


def _statement(parent: ast.AST, field: str, index: int | None, node: ast.stmt) -> Iterator[Change]:
    dropped = Edit(parent, field, ast.Pass(), index)
    match node:
        case ast.If():
            yield from (("condition", Edit(node, "test", ast.Constant(value))) for value in (True, False))
        case ast.Expr(value=value) if isinstance(value, _EFFECTS):
            yield "statement", dropped
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement", dropped
        case ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield "statement", dropped
        case ast.FunctionDef() if not _is_stub(node):
            values: Iterable[ast.expr | None] = [None]
            if isinstance(node.returns, ast.Name) and node.returns.id == "bool":
                values = [ast.Constant(True), ast.Constant(False)]
            # What follows stays behind, unreachable: the function keeps its kind and its free variables.
            yield from (("return", Edit(node, "body", [ast.Return(value), *node.body])) for value in values)


def _is_stub(node: ast.FunctionDef) -> bool:
    return all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in node.body)


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=right):
            for place, operator in enumerate(ops):
                other = [*ops[:place], _COMPARED[type(operator)](), *ops[place + 1 :]]
                yield "compare", ast.Compare(left, other, right)
        case ast.BoolOp(op=operator, values=values):
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield "operand", rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not", operand
        case ast.IfExp(body=body, orelse=orelse):
            yield from (("condition", arm) for arm in (body, orelse))
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "constant", ast.Constant(value + 1)
        case ast.BinOp(left=left, right=right) if not (_is_text(left) or _is_text(right)):
            yield "operand", left
        case ast.Slice(lower=lower, upper=upper, step=step):
            if lower is not None and not isinstance(lower, ast.Constant):
                yield "slice", ast.Slice(None, upper, step)
            if upper is not None and not isinstance(upper, ast.Constant):
                yield "slice", ast.Slice(lower, None, step)
        case ast.Call():
            yield from _call(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _call(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    match node.func:
        case ast.Name(id=name) if name in _CALLED:
            yield "function", ast.Call(ast.Name(_CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.Attribute(value=value, attr=name):
            if name in _METHODS:
                yield "method", ast.Call(ast.Attribute(value, _METHODS[name], ast.Load()), node.args, node.keywords)
            if name in _NORMALISING and not _is_text(value):
                yield "method", value
            if name in _PATTERNS and isinstance(value, ast.Name) and node.args:
                for pattern in _other_patterns(node.args[0]):
                    yield "pattern", ast.Call(node.func, [pattern, *node.args[1:]], node.keywords)


def _other_patterns(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from map(ast.Constant, pattern_changes(node.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        for changed in pattern_changes(node.value.decode("latin-1")):
            yield ast.Constant(changed.encode("latin-1"))


def _is_table(parent: ast.AST) -> bool:
    """Whether what stands below `parent` is a table, not one of its rows."""
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in ("frozenset", "set", "tuple", "dict")
    return isinstance(parent, (ast.Assign, ast.AnnAssign, ast.Dict, ast.Starred))


def _fewer(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> Iterator[Edit]:
    """A display without one of its entries."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and len(node.elts) > 1:
        yield from (Edit(node, "elts", None, place) for place in range(len(node.elts)))
    elif isinstance(node, ast.Dict) and len(node.keys) > 1:
        for place, value in enumerate(node.values):
            keys, values = list(node.keys), list(node.values)
            del keys[place], values[place]
            yield Edit(parent, field, ast.copy_location(ast.Dict(keys, values), value), index)
