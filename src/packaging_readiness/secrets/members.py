"""Members of a collection whose key names secrets in the plural: `passwords:`, `credentials:`, `tokens:`.

The keys of its members name accounts, so that nothing but the plural announces a secret; settings and fields that
stand there as well are told by their own names.
"""

import re

from packaging_readiness.secrets import values
from packaging_readiness.secrets.names import collection_strength, credential_strength, split_words, words_of

_SETTINGS = words_of(
    "algorithm algo hash hashes hasher hashing encoding format policy policies rule rules type kind mode method length "
    "min max minimum maximum size count limit ttl expiry expires expiration rotation rotate age days interval version "
    "pattern regex charset title description desc help message error comment note notes hint label text summary doc "
    "docs url uri path file dir folder prefix suffix source src ref reference arn created updated date time enabled "
    "disabled required optional integrity resolved shape schema extends include includes target targets template"
)
_FIELDS = words_of(
    "user username login email mail account id client name host hostname server address endpoint port region zone "
    "location profile role realm tenant domain database db bucket container project organization org team group "
    "service provider backend engine driver issuer audience subject scope scopes resource cluster namespace "
    "environment stage vault store"
)
# `keyring>=1.0`: extras of a package are named for what they are good for.
_VERSION = r"[<>=!~^]=?\s*[0-9][0-9.*]*(?:[a-z]{1,4}[0-9]+)?"
_REQUIREMENT = re.compile(rf"[A-Za-z][\w.-]*(?:\[[\w.,-]*\])?\s*{_VERSION}(?:\s*,\s*{_VERSION})*\s*(?:;.*)?")
# What a secret is called where it lies: `prod/fraud-2024/db-v3`, `DbPassword:3`; and the address of a contract.
_NAMED = re.compile(r"0x[0-9A-Fa-f]{40}|[A-Za-z]+[0-9]{0,4}(?:[-_./:#]+(?:[A-Za-z]+[0-9]*|[0-9]+))+[-_./:#]*")
# No name and no requirement is longer, and no pattern looks at more.
_LONGEST = 256


def is_member_secret(owner: str, key: str, value: str) -> bool:
    """Whether `value` is a secret because it is a member of the collection `owner`.

    `key` is the member's own name, "" in a list. A key that announces a credential itself is judged by that alone.
    """
    strength = collection_strength(owner)
    if strength is None or credential_strength(key) is not None or _describes(key, strength == "password"):
        return False
    text = value.strip()
    if not text.isascii() or is_requirement(text) or values.is_name_of_many_words(text):
        return False
    if strength == "password":
        # Sentences for people stand below such a key as well: `reset: Done!` is no password.
        return values.is_secret_value(text.rstrip("!?.:"), strength, "code")
    if len(text) <= _LONGEST and _NAMED.fullmatch(text):
        return False
    if strength == "secret":
        return values.is_strong(text) and values.is_secret_value(text, "password", "code")
    return values.is_secret_value(text, strength, "config")


def inner_owner(owner: str, key: str) -> str:
    """What names the members of the mapping under `key`: the key, or `owner` where that groups passwords."""
    if collection_strength(owner) != "password" or credential_strength(key) or collection_strength(key):
        return key
    return key if _describes(key, True) else owner


def is_requirement(text: str) -> bool:
    """Whether the text names a package and its version."""
    return len(text) <= _LONGEST and _REQUIREMENT.fullmatch(text) is not None


def _describes(key: str, of_passwords: bool) -> bool:
    last = split_words(key)[-1:]
    return bool(last) and (last[0] in _SETTINGS or (not of_passwords and last[0] in _FIELDS))
