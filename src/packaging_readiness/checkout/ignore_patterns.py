"""Patterns of a `.dockerignore` (and of COPY --exclude and --parents) with the builder's matching rules.

The builder turns a pattern into a Go regular expression with no knowledge of bracket expressions, so that, for
example, `\\t` matches a tab and `[*]` is not a literal asterisk. It means to escape `|`, `{` and `}` beside a wildcard
and, by a slip in its table, does not: `a*|b` leaves out whatever ends in b. RE2 has the same syntax and is used
wherever a pattern leaves plain ground. Source: moby/patternmatcher.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from packaging_readiness.checkout.builder_paths import SPACES, BadPattern, check_glob, clean

Match = Callable[[str], bool]
Row = tuple[bool, ...]
# Such classes mean the same in Python's `re`, which is quicker to call; many wildcards go to RE2, which is linear.
PLAIN_CLASS = r"\[[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*\]"
_LONGEST_PATH = 4096
# The builder reads these otherwise than they look: see above, and a byte order mark that starts a wildcard pattern.
ODD = frozenset("|{}\ufeff")


@dataclass(frozen=True)
class Pattern:
    """One line's pattern. `text` is the line as written, `value` the cleaned pattern, `reopens` a leading `!`.

    `line` is 1-based; 0 for a pattern that stands in no file.
    """

    line: int
    text: str
    value: str
    reopens: bool
    _compiled: list[Match] = field(default_factory=list, repr=False, compare=False)

    def matches(self, path: str) -> bool:
        """Whether the pattern matches this very path. Raises BadPattern when the builder could not compile it."""
        if not self._compiled:
            try:
                self._compiled.append(compile_pattern(self.value))
            except BadPattern as error:
                error.line = self.line
                raise
        return self._compiled[0](path)

    @property
    def literal_prefix(self) -> str | None:
        """The directory or file that the pattern names literally, a trailing `/*` or `/**` apart; else None."""
        stem = self.value.removesuffix("/**").removesuffix("/*")
        return None if any(char in "*[]?^\\" for char in stem) else stem


def new_pattern(line: int, text: str, value: str) -> Pattern | None:
    """Build one pattern from a cleaned value that may start with `!`; None when nothing is left of it.

    Raises BadPattern for a lone `!` and for what Go's `filepath.Match` calls a syntax error.
    """
    value = value.strip(SPACES)
    if not value:
        return None
    value = clean(value)
    reopens = value.startswith("!")
    if value == "!":
        raise BadPattern('illegal exclusion pattern: "!"')
    value = value.removeprefix("!")
    try:
        check_glob(value)
    except BadPattern:
        raise BadPattern("syntax error in pattern") from None
    return Pattern(line, text, value, reopens)


def search_expression(value: str) -> str:
    """An expression in RE2's syntax that is found in every path which the cleaned pattern matches, and in few others.

    It need not be one: of a pattern that the builder cannot compile nothing is promised.
    """
    expression, kind = _expression(value)
    if kind == "suffix":
        return f"{re.escape(value[2:].removeprefix('/'))}$"
    if kind == "prefix":
        return f"^{re.escape(value[:-2])}"
    return f"^{re.escape(value)}$" if kind == "exact" else expression


def compile_pattern(value: str) -> Match:
    """The matcher of one cleaned pattern. Raises BadPattern when it is no regular expression to the builder."""
    expression, kind = _expression(value)
    if kind == "suffix":
        suffix = value[2:]
        return lambda path: path.endswith(suffix) or (suffix[:1] == "/" and path == suffix[1:])
    if kind == "prefix":
        prefix = value[:-2]
        return lambda path: path.startswith(prefix)
    if kind == "exact":
        return value.__eq__
    return _regular_expression(value, expression)


def _expression(value: str) -> tuple[str, str]:
    """The builder's regular expression and the way it matches: exact, prefix, suffix or regexp."""
    out = ["^"]
    kind = "exact"
    # The builder's scanner drops a byte order mark at the start of its input.
    chars = value.removeprefix("\ufeff")
    position = 0
    while position < len(chars):
        first = position == 0
        char = chars[position]
        position += 1
        if char == "*" and chars[position : position + 1] == "*":
            position += 2 if chars[position + 1 : position + 2] == "/" else 1
            if position < len(chars):
                if out[-1] != "(.*/)?":
                    out.append("(.*/)?")
                kind = "regexp"
            elif kind == "exact":
                kind = "prefix"
            else:
                out.append(".*")
                kind = "regexp"
            kind = "suffix" if first else kind
        elif char in "*?":
            out.append("[^/]*" if char == "*" else "[^/]")
            kind = "regexp"
        elif char in ".+()$":
            out.append("\\" + char)
        elif char == "\\":
            out.append("\\" + chars[position : position + 1])
            kind = "regexp" if position < len(chars) else kind
            position += 1
        else:
            out.append(char)
            kind = "regexp" if char in "[]" else kind
    return "".join(out) + "$", kind


def _regular_expression(value: str, expression: str) -> Match:
    plain = re.sub(PLAIN_CLASS, "", value)
    least = value.replace("**/", "").replace("*", "")
    if len(least) > _LONGEST_PATH and re.fullmatch(r"[\w?./-]+", least, re.ASCII):
        # So many characters to find that no path has them: not to be tried on each.
        return lambda _path: False
    if value.isascii() and plain.count("*") < 5 and not any(char in ODD or char in "[]\\^" for char in plain):
        try:
            # "$" alone would also stand before a line end at the end of a name.
            found = re.compile(expression + r"\Z").match
        except re.error:
            raise BadPattern("syntax error in pattern") from None
        return lambda path: found(path) is not None
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(replace_escaped(expression), options).search
    except re2.error:
        raise BadPattern("syntax error in pattern") from None
    return lambda path: search(replace_escaped(path)) is not None


def replace_escaped(text: str) -> str:
    """Bytes that are not UTF-8 (surrogates here) count as the replacement character, as in Go."""
    return text if text.isascii() else re.sub("[\udc80-\udcff]", "\ufffd", text)


def match_entry(
    patterns: Iterable[Pattern], path: str, parent: tuple[bool, ...] | None
) -> tuple[bool, tuple[bool, ...]]:
    """Match one path whose parent directory gave `parent` (None at the root): the verdict and this path's own row.

    The verdict is True when the patterns exclude (or, for include lists, select) the path. A row holds one flag per
    pattern; a pattern that matched a directory goes on matching everything below it.
    """
    row: list[bool] = []
    matched = False
    for index, pattern in enumerate(patterns):
        hit = parent is not None and parent[index]
        if not hit and pattern.reopens == matched:
            hit = pattern.matches(path)
        row.append(hit)
        if hit:
            matched = not pattern.reopens
    return matched, tuple(row)


def walk_path(patterns: tuple[Pattern, ...], path: str) -> tuple[bool, Row]:
    """Match a path from the root down, each parent first."""
    parts = path.split("/")
    verdict, row = match_entry(patterns, parts[0], None)
    for depth in range(2, len(parts) + 1):
        verdict, row = match_entry(patterns, "/".join(parts[:depth]), row)
    return verdict, row
