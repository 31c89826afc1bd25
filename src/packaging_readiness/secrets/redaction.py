"""Text and JSON data for people with whatever looks like a secret taken out."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.matcher import Hit
from packaging_readiness.secrets.model import POLICY_ONLY, Layer
from packaging_readiness.secrets.selfcheck import ensure_rules_hold

LIMIT = 1 << 20
# No rule reads across it: neither blank nor a character that a value of three signs could go on with.
_APART = b"\n\0\n"


def redact(text: str, layers: Iterable[Layer] = POLICY_ONLY, limit: int = LIMIT) -> tuple[str, bool]:
    """`text` with each secret replaced by `[redacted rule-id]`, and whether there was any.

    At most `limit` bytes are given back: the rest is searched as well but cut off, with a note of how much it was.
    """
    data = text.encode("utf-8", "replace")
    hits = _hits(data)
    if "breadth" in tuple(layers):
        from packaging_readiness.secrets import breadth

        hits += breadth.find(data)
    parts: list[bytes] = []
    position = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        end = _end(data, hit)
        if hit.start >= position:
            parts += [data[position : hit.start], f"[redacted {hit.rule}]".encode()]
        position = max(position, end)
    parts.append(data[position:])
    clean = b"".join(parts)
    note = f"\n[{len(clean) - limit} more bytes]" if len(clean) > limit else ""
    return clean[:limit].decode("utf-8", "ignore") + note, bool(hits)


def rules_in(text: str) -> list[str]:
    """The ids of the rules by which something in `text` looks like a secret, in order."""
    return sorted({hit.rule for hit in _hits(text.encode("utf-8", "replace"))})


def clean(text: str) -> str:
    """`text` without anything that looks like a secret; nothing of it where the rules are not to be relied on."""
    try:
        return redact(text)[0]
    except CannotTell as error:
        return f"[withheld: {error.place}: {error.cause}]"


def redactions(texts: Iterable[str]) -> dict[str, str]:
    """Those of `texts` that hold what looks like a secret, each with the form in which it may be shown.

    All distinct texts are searched together in one pass, so that thousands of harmless ones cost next to nothing.
    """
    distinct = list(dict.fromkeys(texts))
    encoded = [text.encode("utf-8", "replace") for text in distinct]
    starts = [0, *accumulate(len(data) + len(_APART) for data in encoded)]
    marked: set[int] = set()
    for hit in _hits(_APART.join(encoded)):
        first = bisect_right(starts, hit.start) - 1
        last = bisect_right(starts, max(hit.start, hit.end - 1)) - 1
        marked.update(range(first, min(last, len(distinct) - 1) + 1))
    shown = {distinct[index]: redact(distinct[index]) for index in sorted(marked)}
    return {text: redacted for text, (redacted, leaked) in shown.items() if leaked}


def redact_tree(value: Any) -> Any:
    """JSON data with every text and key redacted: a copy, or `value` itself where nothing looks like a secret."""
    shown = redactions(texts_of(value))
    return _replaced(value, shown) if shown else value


def texts_of(value: Any) -> Iterator[str]:
    """Every text in JSON data, keys too."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, Mapping):
            stack.extend(node.keys())
            stack.extend(node.values())
        elif isinstance(node, list | tuple):
            stack.extend(node)


def _replaced(value: Any, shown: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return shown.get(value, value)
    if isinstance(value, Mapping):
        return {_replaced(key, shown): _replaced(content, shown) for key, content in value.items()}
    return [_replaced(item, shown) for item in value] if isinstance(value, list | tuple) else value


def _hits(data: bytes) -> list[Hit]:
    if not matcher.may_hold(data):
        return []
    ensure_rules_hold()
    return list(matcher.find(data, "config"))


def _end(data: bytes, hit: Hit) -> int:
    """A private key goes up to its END line; when that is missing, up to the end of the text."""
    if hit.kind != "private_key" or b"-----END" in hit.value:
        return hit.end
    closing = data.find(b"-----END", hit.start)
    return closing if closing >= 0 else len(data)
