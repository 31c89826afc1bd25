"""Judges the leaves of a structured file by the names of their keys, with name and value siblings joined."""

import base64
import binascii
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from packaging_readiness.secrets import values
from packaging_readiness.secrets.names import credential_strength, split_words, words_of
from packaging_readiness.secrets.structure import Mapping, Node, Scalar

RULE_KEY = "key-and-value"
RULE_PAIR = "name-and-value-pair"
RULE_LIST = "value-in-list"
RULE_KUBERNETES = "kubernetes-secret"
RULE_REGISTRY = "registry-auth"
RULE_JWK = "private-json-web-key"
STRUCTURE_RULES = {
    RULE_KEY: "password",
    RULE_PAIR: "password",
    RULE_LIST: "password",
    RULE_KUBERNETES: "password",
    RULE_REGISTRY: "password",
    RULE_JWK: "private_key",
}

_NAME_KEYS = frozenset(
    {"name", "key", "parametername", "parameterkey", "variable", "envname", "option", "property", "id"}
)
_VALUE_KEYS = words_of("value default defaultvalue plaintext stringvalue content data text parametervalue contents val")


class Leaf(NamedTuple):
    """A value that counts, the rule that says so, and its line (0: the parser could not tell)."""

    rule: str
    value: str
    line: int


def judge_pair(name: str, value: str) -> str | None:
    """The rule by which `value` under the key `name` of a configuration is a secret, or None."""
    strength = credential_strength(name) if name else None
    if strength is None:
        return None
    if split_words(name)[-1:] == ("auth",):
        return RULE_REGISTRY if values.is_user_and_password(value) else None
    return RULE_KEY if values.is_secret_value(value.strip(), strength, "config") else None


def find_leaves(root: Node) -> Iterator[Leaf]:
    """Every leaf of the tree that is a secret by its place."""
    stack: list[tuple[Node, str]] = [(root, "")]
    while stack:
        node, owner = stack.pop()
        if isinstance(node, Mapping):
            if _says_something(tuple([key for key, _ in node.items])):
                yield from _mapping(node, owner)
            stack.extend([(child, key) for key, child in node.items if isinstance(child, (Mapping, list))])
        elif isinstance(node, list):
            if (owner and _says_something((owner,))) or any(isinstance(c, str) and c[:1] == "-" for c in node):
                yield from _sequence(node, owner)
            stack.extend([(child, owner) for child in node if isinstance(child, (Mapping, list))])


def texts(root: Node) -> Iterator[str]:
    """JSON and TOML leaves that escapes hide from the text rules, and lists of strings joined (as in notebooks)."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            continue  # Leaves with a line come from formats whose text stands in the file as it is.
        if isinstance(node, str):
            if '"' in node or "\n" in node:
                yield node
        elif isinstance(node, Mapping):
            stack.extend(child for _, child in node.items)
        elif isinstance(node, list):
            lines = [child for child in node if isinstance(child, str) and not isinstance(child, Scalar)]
            if lines and len(lines) == len(node):
                yield "".join(line if line.endswith("\n") else line + "\n" for line in lines)
            else:
                stack.extend(node)


@lru_cache(maxsize=8192)
def _role(key: str) -> str:
    plain = key.lower().replace("_", "")
    if plain in ("kind", "kty", "d", "k"):
        return plain
    return "name" if plain in _NAME_KEYS else "value" if plain in _VALUE_KEYS else ""


@lru_cache(maxsize=8192)
def _says_something(keys: tuple[str, ...]) -> bool:
    """Whether a mapping of these keys can hold a secret: most cannot, and the rows of generated files are alike."""
    return any(_role(key) in ("value", "kind", "kty") or (key and credential_strength(key)) for key in keys)


def _line(text: str) -> int:
    return text.line if isinstance(text, Scalar) else 0


def _mapping(node: Mapping, owner: str) -> Iterator[Leaf]:
    roles: dict[str, str] = {}
    for key, child in node.items:
        if isinstance(child, str):
            if judge_pair(key, child):
                yield Leaf(RULE_REGISTRY if key == "auth" else RULE_KEY, child, _line(child))
            elif role := _role(key):
                roles.setdefault(role, child)
    if not roles:
        return
    name = roles.get("name", "")
    for key, child in node.items:
        if isinstance(child, str) and _role(key) == "value" and (judge_pair(name, child) or judge_pair(owner, child)):
            yield Leaf(RULE_PAIR, child, _line(child))
    # RFC 7518: d is private in key pairs; k is the whole of a symmetric key.
    secret = roles.get("k" if roles.get("kty") == "oct" else "d", "")
    if "kty" in roles and values.looks_random(secret, least=20):
        yield Leaf(RULE_JWK, secret, _line(secret))
    if roles.get("kind") == "Secret":
        for key, child in node.items:
            if key == "data" and isinstance(child, Mapping):
                yield from _kubernetes(child)


def _kubernetes(data: Mapping) -> Iterator[Leaf]:
    for key, child in data.items:
        if isinstance(child, str):
            try:
                text = base64.b64decode("".join(child.split()), validate=True).decode("utf-8")
            except (binascii.Error, ValueError):
                continue
            if judge_pair(key, text.strip()):
                yield Leaf(RULE_KUBERNETES, child, _line(child))


def _sequence(node: list[Node], owner: str) -> Iterator[Leaf]:
    if not owner or credential_strength(owner) is None:
        owner = ""
    flag = ""
    for child in node:
        if not isinstance(child, str):
            flag = ""
            continue
        if (owner and judge_pair(owner, child)) or (flag and judge_pair(flag, child)):
            yield Leaf(RULE_LIST, child, _line(child))
        flag = child.lstrip("-") if child.startswith("-") else ""
