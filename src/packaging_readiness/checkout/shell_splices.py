"""What a workflow or a shell puts into the text of a Python program before it is run. Pure; nothing is run."""

import io
import re
import tokenize

# The first is put in by the workflow, before any shell.
_SPLICE = re.compile(r"(?s)\$(?:\{\{.*?\}\}|\(\)|\{[^{}]*\}|\w+|[*@({])")
_MARK = "_spliced_"


def spliced(program: str) -> bool:
    """Whether a part of the program that could be code is known to its run alone: all but plain strings and comments.

    A value that ends its string is not thought of: it would be one that somebody chose for that. True also where it
    cannot be told.
    """
    marked = _SPLICE.sub(_MARK, program)
    if _MARK not in marked:
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(marked).readline))
    except (tokenize.TokenError, SyntaxError):
        return True
    return any(
        _MARK in token.string
        and token.type != tokenize.COMMENT
        and (token.type != tokenize.STRING or "f" in token.string.partition(token.string[-1])[0].lower())
        for token in tokens
    )
