"""Which values can be a secret at all: placeholders, references and expressions are not.

Two errors are weighed here. A placeholder that is flagged teaches people to ignore the scan; a secret that is
taken for a placeholder ships. So a placeholder is only what nobody could mistake for a secret in use: a value
wholly made of words such as `your-token-here` or `changeme`, a masked value, a documented sample, an expression
that is filled in later.
"""

import base64
import math
from collections import Counter
from itertools import pairwise
from typing import Literal

from packaging_readiness.secrets.names import Strength, split_words, words_of

_ENOUGH = 1024

Context = Literal["config", "code", "prose"]
"""config: a literal is a value. code: names and expressions stand there too. prose: sentences stand there too."""

_FILLER = words_of(
    "a an and any as at be by for from go goes here if in is it my new no not of on or our set some the this to use "
    "used value values with you your yours "
    "change changeme changeit me it replace replaceme insert enter put add provide fill specify define choose pick "
    "example examples sample dummy fake mock placeholder todo tbd fixme pin redacted removed hidden masked sanitized "
    "secret secrets password passwords passwd pass pwd passphrase token tokens key keys api apikey access private "
    "public auth authorization bearer basic credential credentials username user users login account client server "
    "service id name host db database aws azure gcp github gitlab slack oauth jwt refresh session signing string str "
    "text type int integer bool boolean object array list dict number none null nil undefined empty required optional "
    "true false yes off default unset unknown na n field param parameter arg env var variable config input prompt "
    "hash header cookie csrf scope read write admin foo bar baz qux xyz abc xxx old current confirm repeat "
    "strong weak secure safe super invalid valid wrong bad good test testing inherit always "
    "never auto file path url uri "
    "passwort kennwort bestätigen wiederholen contraseña confirmar mot de passe senha wachtwoord hasło heslo parola"
)
_REFERENCE_PREFIXES = (
    "arn:", "ssm:", "secretsmanager:", "vault:", "op://", "sm://", "gcpsm://", "awssm://",
    "keyvault:", "azurekeyvault:", "file:", "env:", "secret:", "secretref:", "ref+", "enc[", "enc(",
    "projects/", "resolve:", "http://", "https://", "s3://", "data:", "sha256:", "sha384-", "sha512-",
    "$ansible_vault", "lambda ", "lambda:", "function ", "function(", "!ref", "!sub", "!vault",
)  # fmt: skip
_EXPRESSIONS = (
    "${",
    "{{",
    "}}",
    "$(",
    "<%",
    "%>",
    "#{",
    "%(",
    "%s",
    "@@",
    "<your",
    "[your",
    "[a-z",
    "[A-Z",
    "[0-9",
    "\\w",
    "\\d",
)
# The first five also mask a part of a token; the others only stand for a whole value.
_MASKS = ("***", "...", "…", "xxxxx", "XXXXX", "•••", "#####", "_____", "-----")
_SAMPLES = ("EXAMPLE", "1234567890", "0123456789", "abcdefghij", "ABCDEFGHIJ", "XXXX-XXXX")
_NUMBER_CHARS = frozenset("0123456789.-+,")
_NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def is_placeholder(value: str) -> bool:
    """Empty, masked, or wholly made of words that ask for a value instead of being one."""
    text = value.strip().strip("\"'`<>[]{}()_*. ")
    if len(set(text.lower())) <= 2 or any(mask in value for mask in _MASKS):
        return True
    words = split_words(text)
    return "example" in words or all(word in _FILLER for word in words)


def is_sample(value: str) -> bool:
    """A documented sample of a vendor: `AKIA...EXAMPLE`, runs such as `1234567890` or `abcdefghij`."""
    return any(sample in value for sample in _SAMPLES)


def is_reference(value: str) -> bool:
    """Names where a value comes from instead of being it: variable, template, ARN, parameter path, call."""
    text = value.strip()
    if text.lower() in ("lambda", "function"):
        return True
    if text.lower().startswith(_REFERENCE_PREFIXES) or any(mark in text for mark in _EXPRESSIONS):
        return True
    if text.startswith("$") and _is_name(text[1:]):
        return True
    if len(text) > 2 and text[0] + text[-1] in ("%%", "<>", "{}", "[]"):
        return True
    return _is_path(text) or _is_expression(text)


def is_name_of_many_words(value: str) -> bool:
    """`oAuth2GrantType`, `auth_key_file_2`: an identifier with one of the words that names are made of."""
    return _is_name(value) and any(
        len(word) > 3 and word.rstrip("0123456789") in _FILLER for word in split_words(value)
    )


def _is_name(text: str) -> bool:
    return bool(text) and _NAME_CHARS.issuperset(text) and not text[0].isdigit()


def _is_path(text: str) -> bool:
    if not (text.startswith(("/", "./", "../", "~/")) or (text[1:3] == ":\\" and text[0].isalpha())):
        return False
    parts = [part for part in text.replace("\\", "/").split("/") if part]
    return len(parts) > 1 and not any(looks_random(part, least=12) for part in parts)


def _is_expression(text: str) -> bool:
    inner = text.partition("{")[2].partition("}")
    if inner[1] and _is_dotted(inner[0]):
        return True
    if text.endswith(")") and "(" in text and _is_dotted(text[: text.index("(")]):
        return True
    if "[" in text and "]" in text and _is_dotted(text[: text.index("[")]) and ("." in text or text.endswith("]")):
        return True
    text = text.replace("::", ".")
    parts = text.split(".")
    return len(parts) > 1 and _is_dotted(text) and not any(looks_random(part, least=10) for part in parts)


def _is_dotted(text: str) -> bool:
    return all(_is_name(part) for part in text.split("."))


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def has_mixture(value: str) -> bool:
    """Letters with digits, or a character that names and words do not have: what a chosen password looks like."""
    letters = any(char.isalpha() for char in value)
    digits = any(char.isdigit() for char in value)
    special = any(not char.isalnum() and char not in "_-./: " for char in value)
    return letters and (digits or special)


def is_strong(value: str) -> bool:
    """A password that was made to be one, where nothing but its place tells: three kinds of characters, or random."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum() and char not in "_-./: ,")
    mixed = sum(any(map(kind, value)) for kind in kinds)
    return len(value) >= 6 and (mixed >= 3 or looks_random(value))


def looks_random(value: str, least: int = 8) -> bool:
    """A generated value: no blank, long enough, and not a name such as `access_token_v2` or `sha256-rsa`."""
    if len(value) < least or any(char.isspace() for char in value):
        return False
    digits = sum(char.isdigit() for char in value)
    upper = sum(char.isupper() for char in value)
    lower = sum(char.islower() for char in value)
    if entropy(value) < (2.5 if len(value) < 16 else 3.0):
        return False
    if digits and (upper or lower):
        if upper > 1 and lower > 1:
            dense = digits > 3 and digits * 6 >= len(value)
            return dense or _is_restless(value) or (digits > 1 and upper * 5 >= len(value) >= 24)
        return digits > 2 and digits * 8 >= len(value)
    if upper and lower and len(value) >= 20:
        return len(split_words(value)) * 4 > len(value)
    return digits >= 16


def _is_restless(value: str) -> bool:
    """Names in camel case have long words; what is drawn at random changes between cases and digits all the time."""
    plain = "".join(char if char.isalnum() else " " for char in value).split()
    return any(_changes(part) for part in (value, *plain) if len(part) >= 8)


def _changes(text: str) -> bool:
    kinds = [(char.isupper(), char.isdigit()) for char in text]
    changes = sum(one != next_one for one, next_one in pairwise(kinds))
    return len(split_words(text)) * 4 > len(text) or (len(text) >= 16 and changes * 20 > len(text) * 9)


def is_secret_value(value: str, strength: Strength, context: Context) -> bool:
    """Whether a literal under a key of this strength is a secret."""
    # Each of many names on one endless line has the rest of it for its value.
    value = value if len(value) <= 2 * _ENOUGH else value[:_ENOUGH] + value[-_ENOUGH:]
    if is_placeholder(value) or is_reference(value):
        return False
    if strength == "password":
        return _is_password(value, context)
    if is_sample(value):
        return False
    if strength == "reference":
        return looks_random(value, least=16)
    return looks_random(value) or (context == "config" and _is_password(value, "code") and len(value) >= 6)


def _is_password(value: str, context: Context) -> bool:
    words = value.split()
    if len(words) > 1:
        sentence = value.rstrip()[-1] in "?.:…"
        return context == "config" and not sentence and len(words) <= 6 and has_mixture(value) and len(value) <= 64
    if len(value) > 256:
        return looks_random(value)
    if len(value) < 4 or (value[0].isdigit() and not set(value) - _NUMBER_CHARS and "." in value):
        return False
    return context == "config" or has_mixture(value)


def is_shaped_secret(value: str) -> bool:
    """For tokens that their shape gives away: all but masked ones and documented samples."""
    return not is_sample(value) and not any(mask in value for mask in _MASKS[:5]) and len(set(value)) > 6


def is_user_and_password(value: str) -> bool:
    """Base64 of `user:password`, as in an Authorization header or a registry login."""
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8")
    except ValueError:
        return False
    user, colon, password = text.partition(":")
    return bool(colon and user) and text.isprintable() and not is_placeholder(password) and not is_reference(password)
