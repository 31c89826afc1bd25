"""Syntaxes in which secrets are written down, and look-alikes; a path and a text each.

`{pw:12}` and the like stand for generated characters, `{enc}...{/enc}` for base64 of what it holds.
"""

import base64

from packaging_readiness.secrets.rulepack import expand_example


def fill(text: str) -> bytes:
    """The text with its characters generated, alike in every run."""
    text = expand_example(text)
    head, mark, rest = text.partition("{enc}")
    if mark:
        inner, _, tail = rest.partition("{/enc}")
        text = head + base64.b64encode(inner.encode()).decode() + tail
    return text.encode()
