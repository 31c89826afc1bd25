"""Text for people with whatever looks like a secret taken out."""

from collections.abc import Iterable

from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.matcher import Hit
from packaging_readiness.secrets.model import POLICY_ONLY, Layer
from packaging_readiness.secrets.selfcheck import ensure_rules_hold

LIMIT = 1 << 20


def redact(text: str, layers: Iterable[Layer] = POLICY_ONLY, limit: int = LIMIT) -> tuple[str, bool]:
    """`text` with each secret replaced by `[redacted rule-id]`, and whether there was any.

    At most `limit` bytes are given back: the rest is searched as well but cut off, with a note of how much it was.
    """
    ensure_rules_hold()
    data = text.encode("utf-8", "replace")
    hits = list(matcher.find(data, "config"))
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


def _end(data: bytes, hit: Hit) -> int:
    """A private key goes up to its END line; when that is missing, up to the end of the text."""
    if hit.kind != "private_key" or b"-----END" in hit.value:
        return hit.end
    closing = data.find(b"-----END", hit.start)
    return closing if closing >= 0 else len(data)
