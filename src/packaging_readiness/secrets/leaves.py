"""Judges the leaves of a structured file by the names of their keys, with name and value siblings joined."""

import base64
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from packaging_readiness.secrets import values
from packaging_readiness.secrets.members import inner_owner, is_member_secret, is_requirement
from packaging_readiness.secrets.names import collection_strength, credential_strength, split_words, words_of
from packaging_readiness.secrets.structure import Mapping, Node, Scalar

RULE_KEY = "key-and-value"
RULE_PAIR = "name-and-value-pair"
RULE_LIST = "value-in-list"
RULE_MEMBER = "value-in-mapping"
RULE_KUBERNETES = "kubernetes-secret"
RULE_REGISTRY = "registry-auth"
RULE_JWK = "private-json-web-key"
RULE_FILE = "file-of-credentials"
STRUCTURE_RULES = {
    RULE_KEY: "password",
    RULE_PAIR: "password",
    RULE_LIST: "password",
    RULE_MEMBER: "password",
    RULE_KUBERNETES: "password",
    RULE_REGISTRY: "password",
    RULE_JWK: "private_key",
    RULE_FILE: "password",
}

_NAME_KEYS = frozenset(
    {"name", "key", "parametername", "parameterkey", "variable", "envname", "option", "property", "id"}
)
_PAIRED = words_of("param parameter env variable var header option property field attribute setting init config")
_PLAIN_SUFFIXES = words_of("txt key token secret secrets client passwd pass pwd cred creds credentials users")
_FILE_WORDS = words_of("passwd password passwords secret secrets credentials htpasswd creds")
_VALUE_KEYS = words_of("value default defaultvalue plaintext stringvalue content data text parametervalue contents val")

_COLLECTIONS = frozenset({Mapping, list})


class Leaf(NamedTuple):
    """A value that counts, the rule that says so, and its line (0: the parser could not tell)."""

    rule: str
    value: str
    line: int


def judge_pair(name: str, value: str) -> str | None:
    """The rule by which `value` under the key `name` of a configuration is a secret, or None."""
    strength = credential_strength(name)
    if strength is None:
        return None
    if split_words(name)[-1:] == ("auth",):
        return RULE_REGISTRY if values.is_user_and_password(value) else None
    return RULE_KEY if values.is_secret_value(value.strip(), strength, "config") else None


def named_by_file(path: str, text: str) -> Iterator[Leaf]:
    """Values in a plain file whose own name announces a credential: `master.key`, `db_password.txt`, `sasl_passwd`.

    At most one per line: its last word, after the last colon, that was made to be a password.
    """
    name = PurePosixPath(path).name.lower().lstrip("._")
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix not in _PLAIN_SUFFIXES:
        return
    words = split_words(name)
    if not (_FILE_WORDS.intersection(words) or credential_strength(stem) or credential_strength(name)):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for word in reversed(line.split()[:8]):
            value = word.rpartition(":")[2].strip("\"'")
            if line[:1] != "#" and values.is_strong(value) and values.is_secret_value(value, "password", "code"):
                yield Leaf(RULE_FILE, value, number)
                break


def find_leaves(root: Node) -> Iterator[Leaf]:
    """Every leaf of the tree that is a secret by its place."""
    # The third tells whether a mapping is a row of a list: the keys of a row are fields, unless it has but one.
    stack: list[tuple[Node, str, bool]] = [(root, "", False)]
    while stack:
        node, owner, row = stack.pop()
        if isinstance(node, Mapping):
            items = node.items
            group = owner if collection_strength(owner) and (not row or len(items) == 1) else ""
            if group or _says_something(tuple([key for key, _ in items])):
                yield from _mapping(node, owner, group)
            for key, child in items:
                if type(child) is Mapping:
                    stack.append((child, inner_owner(group, key), False))
                elif type(child) is list:
                    stack.append((child, key, False))
        elif isinstance(node, list):
            inner = [child for child in node if type(child) in _COLLECTIONS]
            if len(inner) < len(node) and (_says_something((owner,)) or _has_flag(node)):
                yield from _sequence(node, owner)
            stack.extend([(child, owner, True) for child in inner])


def _has_flag(node: list[Node]) -> bool:
    return any(isinstance(child, str) and child[:1] == "-" for child in node)


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
    words = split_words(key)
    if len(words) == 2 and words[0] in _PAIRED and words[1] in ("name", "key", "value"):
        plain = words[1]  # `param-name` and `param-value`, `headerName` and `headerValue`
    return "name" if plain in _NAME_KEYS else "value" if plain in _VALUE_KEYS else ""


@lru_cache(maxsize=8192)
def _says_something(keys: tuple[str, ...]) -> bool:
    """Whether a mapping of these keys can hold a secret: most cannot, and the rows of generated files are alike."""
    return any(
        _role(key) in ("value", "kind", "kty") or credential_strength(key) or collection_strength(key) for key in keys
    )


def _line(text: str) -> int:
    return text.line if isinstance(text, Scalar) else 0


def _mapping(node: Mapping, owner: str, group: str) -> Iterator[Leaf]:
    """`owner` is the key that the mapping stands under; `group` is that, too, where it names secrets in the plural."""
    roles: dict[str, str] = {}
    for key, child in node.items:
        if isinstance(child, str):
            if rule := judge_pair(key, child):
                yield Leaf(rule, child, _line(child))
            elif role := _role(key):
                roles.setdefault(role, child)
            elif is_member_secret(group, key, child):
                yield Leaf(RULE_MEMBER, child, _line(child))
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
            if key in ("data", "stringData") and isinstance(child, Mapping):
                yield from _kubernetes(child, encoded=key == "data")


def _kubernetes(data: Mapping, *, encoded: bool) -> Iterator[Leaf]:
    """What a Secret holds is one by its kind: under any key, whatever was made to be a password counts."""
    for key, child in data.items:
        if isinstance(child, str):
            try:
                text = base64.b64decode("".join(child.split()), validate=True).decode("utf-8") if encoded else child
            except ValueError:
                continue
            text = text.strip()
            if judge_pair(key, text) or (values.is_strong(text) and values.is_secret_value(text, "password", "code")):
                yield Leaf(RULE_KUBERNETES, child, _line(child))


def _sequence(node: list[Node], owner: str) -> Iterator[Leaf]:
    flag = ""
    for child in node:
        if not isinstance(child, str):
            flag = ""
            continue
        announced = is_member_secret(owner, "", child) or (judge_pair(owner, child) and not is_requirement(child))
        if announced or judge_pair(flag, child):
            yield Leaf(RULE_LIST, child, _line(child))
        flag = child if child.startswith("-") else ""
