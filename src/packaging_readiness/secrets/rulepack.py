"""The policy layer's rule pack: read from `rules.yaml`, compiled with google-re2, tested by its own examples."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

from packaging_readiness.contract.errors import CannotTell

Family = Literal["tokens", "assignments"]

# A key name that holds one of the words which announce credentials; names.credential_strength then decides.
_KEY = rb"(?P<key>[\w.\-]*?(?i:pass|pwd|psk|secret|token|key|cred|auth|jwt|pw|pat|sas|bearer)[\w.\-]*)"
# Base64 whose first 18 bytes are printable ASCII: per group of four the first characters stand for bytes below 128
# whose high bits are those of text, which nearly no identifier or path satisfies six times in a row. A run that was
# cut at the start of a window may begin anywhere in a group.
_BASE64_TEXT = (
    rb"(?:\A[A-Za-z0-9+/_-]{0,3}|[^A-Za-z0-9+/_-])"
    rb"((?:[CDI-Za-f][ACDEFGHQSTUVWXgijklmnwyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){6,}"
    rb"[A-Za-z0-9+/_-]*(?:\r?\n[ \t]*[A-Za-z0-9+/_-]{4,})*)"
)
_CLASSES = {
    "alnum": "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
    "b64": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    "hex": "0123456789abcdef",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "digit": "0123456789",
    "pw": "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the pack. `pattern` is the compiled expression, over bytes; `values`, `key` and
    `user` are the numbers of its groups (0: it has none)."""

    id: str
    kind: str
    family: Family
    pattern: Any
    values: tuple[int, ...]
    key: int
    user: int
    keywords: tuple[bytes, ...]
    filter: str
    config_only: bool
    match: str
    clean: str


@dataclass(frozen=True, slots=True)
class Gates:
    """The expressions that say where to look closer; a text in which none matches holds no secret."""

    tokens: Any
    names: Any
    assignments: Any
    base64_run: Any


@dataclass(frozen=True, slots=True)
class RulePack:
    """All rules, their gates, what announces a credential at all, and the digest of the data file (sha256 hex)."""

    tokens: tuple[Rule, ...]
    assignments: tuple[Rule, ...]
    gates: Gates
    word_gate: Any
    digest: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.tokens + self.assignments


def _compile(pattern: bytes) -> Any:
    import re2

    options = re2.Options()
    # Bytes are matched as they are: no undecodable input can hide behind the expression engine.
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile(pattern, options=options)


@lru_cache(maxsize=64)
def any_of(words: frozenset[bytes]) -> Any:
    """An expression that finds the first of these words."""
    import re2

    return _compile(b"|".join(sorted(map(re2.escape, words))))


@cache
def load_rules() -> RulePack:
    """The compiled pack, read once per process. Raises CannotTell when it or the re2 library is unusable."""
    gates = load_gates()
    with _told():
        rows, digest = _data()
        tokens = tuple(_rule(row, "tokens") for row in rows["tokens"])
        assignments = tuple(_rule(row, "assignments") for row in rows["assignments"])
        words = _compile(rb"(?i:pass|pwd|psk|secret|token|key|cred|auth|jwt|pw|bearer|kty|\bpat|sas)")
        return RulePack(tokens, assignments, gates, words, digest)


@cache
def load_gates() -> Gates:
    """The gates alone: a fraction of the whole pack, and all that a harmless text needs. Raises as `load_rules`."""
    with _told():
        rows, _ = _data()
        union = b"|".join(b"(?:%s)" % _expand(row["pattern"], "tokens") for row in rows["tokens"])
        return Gates(
            # Group names may not repeat in one expression, and the gate needs none.
            _compile(union.replace(b"?P<v>", b"?:").replace(b"?P<user>", b"?:")),
            _compile(_expand(rows["name_gate"], "assignments")),
            _compile(_expand(rows["assignment_gate"], "assignments")),
            _compile(_BASE64_TEXT),
        )


@cache
def _data() -> tuple[Any, str]:
    import yaml

    text = resources.files(__package__).joinpath("rules.yaml").read_bytes()
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), hashlib.sha256(text).hexdigest()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise CannotTell("secret rules", f"{error.name} is not installed", "install the locked dependencies") from error
    except Exception as error:
        raise CannotTell("secrets/rules.yaml", f"unusable rule pack: {error}", "reinstall the package") from error


def _expand(pattern: str, family: Family) -> bytes:
    expanded = pattern.encode("latin-1").replace(b"%KEY%", _KEY)
    # "_" is a letter to \b, but people set a token apart with it: `dump_AKIA...`, `AKIA..._old`.
    return expanded.replace(rb"\b", rb"(?:\b|_)") if family == "tokens" else expanded


def _rule(row: dict[str, Any], family: Family) -> Rule:
    pattern = _compile(_expand(row["pattern"], family))
    groups = {name.decode(): number for name, number in pattern.groupindex.items()}
    return Rule(
        row["id"],
        row["kind"],
        family,
        pattern,
        tuple(number for name, number in groups.items() if name.startswith("v")) or (0,),
        groups.get("key", 0),
        groups.get("user", 0),
        tuple(word.encode() for word in row["keywords"]),
        row["filter"],
        row.get("context") == "config",
        row["match"],
        row["clean"],
    )


def expand_example(example: str) -> str:
    """An example with `{alnum:36}` and the like replaced by generated characters, alike in every run."""
    import base64

    for kind in (*_CLASSES, "userpass"):
        number = 0
        while (opening := "{" + kind + ":") in example:
            head, _, rest = example.partition(opening)
            length, _, tail = rest.partition("}")
            made = _generate("pw" if kind == "userpass" else kind, int(length), number)
            if kind == "userpass":
                made = base64.b64encode(f"svc:{made}".encode()).decode()
            example = head + made + tail
            number += 1
    return example


def _generate(kind: str, length: int, number: int) -> str:
    alphabet = _CLASSES[kind]
    stream = b"".join(hashlib.sha256(f"{kind}{number}{block}".encode()).digest() for block in range(length // 32 + 1))
    made = "".join(alphabet[byte % len(alphabet)] for byte in stream[:length])
    return made[:-2] + "7x" if kind == "pw" else made
