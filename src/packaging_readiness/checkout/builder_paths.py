"""Path and white-space rules of the builder, which is written in Go and differs from Python in small ways."""

import re
from functools import lru_cache

from packaging_readiness.contract.errors import InputRefused

# White space as the Unicode property says; str.strip() would also eat U+001C..U+001F, which the builder keeps.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
MAX_LINE = 65535
MAX_PATTERN = 4096  # as long as the longest path
MAX_LINKS = 255
_MANY_STARS = 4


def clean(path: str) -> str:
    """Shortest equal spelling of a slash-separated path; "" becomes ".", a leading "/" stays, ".." at "/" goes."""
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if parts and parts[-1] != "..":
                parts.pop()
            elif not rooted:
                parts.append(part)
        else:
            parts.append(part)
    return ("/" if rooted else "") + "/".join(parts) or "."


def has_wildcard(name: str) -> bool:
    """Whether an unescaped `*`, `?` or `[` stands in the name."""
    position = 0
    while position < len(name):
        if name[position] == "\\":
            position += 1
        elif name[position] in "*?[":
            return True
        position += 1
    return False


class BadPattern(ValueError):
    """A pattern that the builder calls a syntax error; `line` is where it stands, 0 when not known."""

    line = 0


@lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """A COPY wildcard as a regular expression over the whole path: `*` and `?` stop at "/", a class does not.

    Raises BadPattern where Go's `filepath.Match` reports a syntax error (open class, trailing backslash).
    """
    chunks: list[list[str]] = [[]]
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*":
            if chunks[-1] or len(chunks) == 1:
                chunks.append([])
        elif char == "?":
            chunks[-1].append("[^/]")
        elif char == "[":
            text, position = _class(pattern, position)
            chunks[-1].append(text)
        elif char == "\\":
            if position == len(pattern):
                raise BadPattern(pattern)
            chunks[-1].append(re.escape(pattern[position]))
            position += 1
        else:
            chunks[-1].append(re.escape(char))
    first, *rest = map("".join, chunks)
    if len(rest) > _MANY_STARS:
        # Tried in every combination these take for ever; it is enough that each but the last ends as early as it can.
        rest[:-1] = [f"(?>[^/]*?{chunk})" for chunk in rest[:-1]]
        rest[-1] = "[^/]*" + rest[-1]
        return re.compile(first + "".join(rest), re.DOTALL)
    return re.compile("[^/]*".join([first, *rest]), re.DOTALL)


def check_glob(pattern: str) -> None:
    """Raise BadPattern where Go's `filepath.Match(pattern, ".")` does: it looks no further than the name matches.

    That is up to the first asterisk with something before it, and where this is the whole name, up to the next one.
    """
    first, rest = _until_star(pattern.lstrip("*"))
    if glob(first).fullmatch("."):
        glob(_until_star(rest.lstrip("*"))[0])


def _until_star(pattern: str) -> tuple[str, str]:
    """What stands before the next asterisk outside of brackets, and the rest from there."""
    position, bracket = 0, False
    while position < len(pattern) and (bracket or pattern[position] != "*"):
        bracket = pattern[position] == "[" or (bracket and pattern[position] != "]")
        position += 2 if pattern[position] == "\\" else 1
    return pattern[:position], pattern[position:]


def _class(pattern: str, position: int) -> tuple[str, int]:
    negated = pattern[position : position + 1] == "^"
    position += negated
    ranges: list[str] = []
    first = True
    while first or pattern[position : position + 1] != "]":
        first = False
        low, position = _class_char(pattern, position)
        high = low
        if pattern[position] == "-":
            high, position = _class_char(pattern, position + 1)
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
    if not ranges:
        return ("." if negated else "(?!)"), position + 1
    return f"[{'^' if negated else ''}{''.join(ranges)}]", position + 1


def _class_char(pattern: str, position: int) -> tuple[str, int]:
    if pattern[position : position + 1] in ("", "-", "]"):
        raise BadPattern(pattern)
    if pattern[position] == "\\":
        position += 1
    # A class that the pattern's end cuts off is a syntax error, even after a complete member; so is a byte that is
    # not UTF-8 (a surrogate here).
    if position + 1 >= len(pattern) or "\udc80" <= pattern[position] <= "\udcff":
        raise BadPattern(pattern)
    return pattern[position], position + 1


def require_text(data: bytes, place: str) -> str:
    """Decode a file that must be UTF-8 without NUL, naming the line of the first byte that is not."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputRefused(f"{place}:{line}", "not UTF-8", "save the file as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputRefused(f"{place}:{line}", "holds a NUL byte", "remove the byte")
    return text
