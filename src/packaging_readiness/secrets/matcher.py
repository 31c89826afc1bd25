"""The policy layer over text: where the rules match, and whether what they match is a secret."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from packaging_readiness.secrets import values
from packaging_readiness.secrets.names import Strength, credential_strength
from packaging_readiness.secrets.rulepack import Rule, RulePack, any_of, load_gates, load_rules
from packaging_readiness.secrets.surroundings import stretches
from packaging_readiness.secrets.values import Context

_BEGINNING = 1 << 16
# In a longer segment looking for each keyword costs more than trying the expressions themselves.
_SMALL = 1 << 14
_CODE: Context = "code"
# Whatever is not printable ends a line; positions stay.
_PRINTABLE = bytes(byte if byte == 9 or 32 <= byte < 127 else 10 for byte in range(256))
# How keywords are looked for: in small letters, and with any white space where they have a blank.
_FOLDED = bytes(range(256)).lower().translate(bytes.maketrans(b"\t\n\v\f\r", b"     "))


@dataclass(frozen=True, slots=True)
class Hit:
    """A match inside this room only: it still holds the value and never leaves unredacted."""

    rule: str
    kind: str
    start: int
    end: int
    value: bytes = field(repr=False)


def find(data: bytes, context: Context, *, binary: bool = False, encoded: bool = True) -> Iterator[Hit]:
    """All hits of the rules in `data`, in no particular order.

    `context` says how to read bare values; in what is `binary`, only values that a name stands before are looked for,
    in runs of printable characters that are read as program code; `encoded` also looks, once, into base64 that
    decodes to text.
    """
    pack = load_rules()
    yield from _tokens(data, pack, context)
    text, reading = (data.translate(_PRINTABLE), _CODE) if binary else (data, context)
    segments = list(stretches(text, pack.gates))
    # Most rules drop out here, before any segment is looked at on its own.
    around = b"\n".join(text[start:end] for start, end in segments).translate(_FOLDED)
    present = _present(around, pack)
    rules = [
        rule
        for rule in pack.assignments
        if not (rule.config_only and reading == "code")
        and (rule.key or not binary)
        and (not rule.keywords or not present.isdisjoint(rule.keywords))
    ]
    for start, end in segments:
        yield from _assignments(text, start, end, rules, reading)
    if encoded:
        yield from _inside_base64(data, pack)


def may_hold(data: bytes) -> bool:
    """Whether any gate matches: where none does, `find` finds nothing. Needs the gates only, not the whole pack."""
    gates = load_gates()
    found = (gates.tokens, gates.names, gates.assignments, gates.base64_run)
    return any(gate.search(data) is not None for gate in found)


def matches(rule: Rule, text: bytes) -> bool:
    """Whether `find` finds a value in `text` (of configuration) by this rule: without the other families' rules, which
    have no say in it, and so in a third of the time.
    """
    pack = load_rules()
    if rule.pattern.search(text) is None:
        return False
    if rule.family == "tokens":
        # Any token rule may end the gate's match too early for another, so all of them have a say.
        return rule.id in {hit.rule for hit in _tokens(text, pack, "config")}
    found = (_assignments(text, start, end, [rule], "config") for start, end in stretches(text, pack.gates))
    return any(True for hits in found for _ in hits)


def announces(data: bytes) -> bool:
    """Whether any word in `data` announces a credential: where none does, parsing its structure finds nothing."""
    return load_rules().word_gate.search(data) is not None


def _tokens(data: bytes, pack: RulePack, context: Context) -> Iterator[Hit]:
    position = 0
    while (found := pack.gates.tokens.search(data, position)) is not None:
        start, end = found.span()
        # The "_" behind one token may be the one before the next.
        position = end - (data[end - 1 : end] == b"_" and end - start > 1)
        lowered = data[start:end].lower()
        for rule in pack.tokens:
            if not rule.keywords or any(word in lowered for word in rule.keywords):
                match = rule.pattern.search(data, start, end)
                if match is not None:
                    hit = _judge(rule, match, context)
                    if hit is not None:
                        yield hit
                        # A token inside of a private key is not what the gate stopped for.
                        if match.start() == start:
                            break


def _present(folded: bytes, pack: RulePack) -> frozenset[bytes]:
    """Keywords of the assignment rules that stand in the text; one pass for those that its beginning lacks."""
    beginning = folded[:_BEGINNING]
    found = {word for rule in pack.assignments for word in rule.keywords if word in beginning}
    position = 0
    while len(folded) > _BEGINNING:
        missing = frozenset(word for rule in pack.assignments for word in rule.keywords) - found
        match = any_of(missing).search(folded, position) if missing else None
        if match is None:
            break
        position = match.start()
        found |= {word for word in missing if folded.startswith(word, position)}
    return frozenset(found)


def _assignments(data: bytes, start: int, end: int, rules: list[Rule], context: Context) -> Iterator[Hit]:
    segment = data[start:end]
    folded = segment.translate(_FOLDED) if len(segment) <= _SMALL else b""
    for rule in rules:
        if len(segment) <= _SMALL and not _may_match(rule, folded):
            continue
        position = 0
        while (match := rule.pattern.search(segment, position)) is not None:
            hit = _judge(rule, match, context)
            if hit is not None:
                yield Hit(hit.rule, hit.kind, start + hit.start, start + hit.end, hit.value)
            # A key may be part of what another match took for its value: go on right behind the key.
            after = match.end(rule.key)
            position = max(after, match.start() + 1)


def _may_match(rule: Rule, folded: bytes) -> bool:
    return not rule.keywords or any(word in folded for word in rule.keywords)


def _judge(rule: Rule, match: Any, context: Context) -> Hit | None:
    text: bytes = match.string
    # Most keys announce no credential: leave before anything else is looked at.
    key = b""
    if rule.key:
        start, end = match.span(rule.key)
        key = text[start:end]
        if _strength(key) is None:
            return None
    start, end = next(span for span in map(match.span, rule.values) if span[0] >= 0)
    # `name:tag@sha256:...` is the reference of an image, not a login at a host.
    if text[end : end + 8] in (b"@sha256:", b"@sha512:"):
        return None
    value = text[start:end].strip()
    user: bytes = match.group(rule.user) if rule.user else b""
    return Hit(rule.id, rule.kind, start, end, value) if _counts(rule.filter, key, user, value, context) else None


@lru_cache(maxsize=4096)
def _strength(key: bytes) -> Strength | None:
    return credential_strength(key.decode("latin-1"))


@lru_cache(maxsize=4096)
def _counts(filter_name: str, key: bytes, user: bytes, value: bytes, context: Context) -> bool:
    """The value filter that the rule names. Remembered, because generated files say the same thing again and again."""
    text = value.decode("utf-8", "replace")
    if filter_name == "shape":
        return values.is_shaped_secret(text)
    if filter_name == "userpass":
        return values.is_user_and_password(text)
    if filter_name == "random":
        return values.is_secret_value(text, "reference", "code")
    if filter_name == "url" and user == value:
        return False
    if filter_name in ("argument", "strong") and values.is_name_of_many_words(text):
        return False
    if filter_name == "strong" and not values.is_strong(text):
        return False
    reading: Context = "code" if filter_name in ("mixed", "key-mixed", "argument", "strong") else context
    strength = _strength(key) if key else "password"
    return strength is not None and values.is_secret_value(text, strength, reading)


def _inside_base64(data: bytes, pack: RulePack) -> Iterator[Hit]:
    for found in pack.gates.base64_run.finditer(data):
        start, end = found.span(1)
        for hit in find(decode_text(data[start:end]), "config", encoded=False):
            yield Hit(hit.rule, hit.kind, start, end, hit.value)


_TEXT = bytes(range(32, 127)) + b"\t\n\r"


def decode_text(run: bytes) -> bytes:
    """What a run of base64 (standard or URL-safe, line breaks allowed) decodes to, if that is text; else nothing."""
    run = b"".join(run.split()).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    decoded = base64.b64decode(run + b"=" * (-len(run) % 4))
    return decoded if len(decoded.translate(None, _TEXT)) * 20 <= len(decoded) else b""
