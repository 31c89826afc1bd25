"""Changes of a regular expression: each widens it, narrows it, or lets it start or end elsewhere."""

import re
import warnings
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<escape>\\.)
    | (?P<class>\[\^?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\])
    | (?P<look>\(\?(?:<?[=!]))
    | (?P<open>\((?:\?(?:P<\w+>|P=\w+|[a-zA-Z-]*:|\#[^)]*|[a-zA-Z]+))?)
    | (?P<many>[*+?]\??\+?|\{\d*,?\d*\}\??)
    | (?P<anchor>[$^])
    | (?P<or>\|)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_LOOKS = {"(?=": "(?!", "(?!": "(?=", "(?<=": "(?<!", "(?<!": "(?<="}
_ANCHORS = ("\\A", "\\Z", "\\z", "\\b", "\\B")


def pattern_changes(pattern: str) -> Iterator[str]:
    """Other patterns that differ from `pattern` in one place, all of them well formed."""
    for changed in _changes(pattern):
        if changed != pattern and is_pattern(changed):
            yield changed


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression that nothing warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(text)
        except (re.error, OverflowError, Warning):
            return False
    return True


def _changes(pattern: str) -> Iterator[str]:
    for found in _TOKEN.finditer(pattern):
        for new in _other(found):
            yield pattern[: found.start()] + new + pattern[found.end() :]


def _other(found: re.Match[str]) -> Iterator[str]:
    text = found.group()
    match found.lastgroup:
        case "anchor":
            yield ""
        case "escape" if text in _ANCHORS:
            yield ""
        case "look":
            yield _LOOKS[text]
        case "class" if text.startswith("[^"):
            yield "[" + text[2:]
        case "many" if text[0] == "+":
            yield "*" + text[1:]
        case "many" if text[0] == "*":
            yield "+" + text[1:]
        case "many" if text[0] == "?":
            yield ""
        case "many":
            yield from _counts(text)


def _counts(text: str) -> Iterator[str]:
    numbers = re.fullmatch(r"\{(\d*)(,?)(\d*)\}(\??)", text)
    if numbers is None:
        return
    low, comma, high, lazy = numbers.groups()
    if not comma and low:
        yield f"{{{low},}}{lazy}"
    if low and (not high or int(low) < int(high)):
        yield f"{{{int(low) + 1}{comma}{high}}}{lazy}"
    if high:
        yield f"{{{low},{int(high) + 1}}}{lazy}"
