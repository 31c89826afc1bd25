"""Path patterns of the registry: their tokens, and what they resolve to."""

import re

_TOKEN = re.compile(r"\{([A-Za-z_]+)\}")


def tokens_of(pattern: str) -> set[str]:
    """Names of the `{token}`s in a pattern."""
    return set(_TOKEN.findall(pattern))


def resolved(pattern: str, **values: str) -> str:
    """The pattern with its tokens replaced. Raises KeyError for a token without a value."""
    return _TOKEN.sub(lambda match: values[match[1]], pattern)
