"""From one logical Dockerfile line to an instruction: keyword, builder flags and arguments."""

import json
import re
from collections.abc import Callable

from packaging_readiness.checkout.builder_paths import SPACES
from packaging_readiness.checkout.dockerfile import Instruction

_GAP = re.compile(r"[\t\v\f\r ]+")
# The builder takes no nesting at all in the end; this only bounds the work.
_MAX_DEPTH = 20
Parsed = tuple[list[str], bool]


def parse_line(line: str, escape: str, start: int, end: int, depth: int = 0) -> Instruction:
    """Parse one logical line. Raises ValueError with the builder's reason where the builder refuses the line.

    An unknown keyword is kept (the builder's parser keeps it; its later steps refuse it), with one empty argument.
    """
    keyword, _, rest = _split_once(line.strip(SPACES))
    rest, flags = _builder_flags(rest, escape)
    rest = rest.strip(SPACES)
    name = keyword.upper()
    trigger = None
    args: list[str]
    if name == "ONBUILD":
        args, is_json = [], False
        if depth > _MAX_DEPTH:
            raise ValueError("ONBUILD in ONBUILD, nested too deeply")
        trigger = parse_line(rest, escape, start, end, depth + 1) if rest else None
    elif name in _PARSERS:
        args, is_json = _PARSERS[name](rest, escape)
    else:
        args, is_json = [""], False
    return Instruction(name, keyword, line, tuple(flags), tuple(args), is_json, start, end, onbuild=trigger)


def _split_once(text: str) -> tuple[str, str, str]:
    gap = _GAP.search(text)
    return (text, "", "") if gap is None else (text[: gap.start()], gap.group(), text[gap.end() :])


def _builder_flags(text: str, escape: str) -> tuple[str, list[str]]:
    """Take leading `--flag[=value]` words off; quotes go, the escape character keeps the next character."""
    flags: list[str] = []
    position = 0
    while True:
        while position < len(text) and text[position] in SPACES:
            position += 1
        if not text.startswith("--", position):
            return text[position:], flags
        word, position = _flag_word(text, position, escape)
        if word == "--":
            return text[position:], flags
        flags.append(word)


def _flag_word(text: str, position: int, escape: str) -> tuple[str, int]:
    word: list[str] = []
    quote = ""
    while position < len(text):
        char = text[position]
        if not quote and char in SPACES:
            break
        position += 1
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape:
            word.append(text[position : position + 1])
            position += 1
        else:
            word.append(char)
    return "".join(word), position


def _strings(rest: str, _escape: str) -> Parsed:
    return (_GAP.split(rest) if rest else []), False


def _string(rest: str, _escape: str) -> Parsed:
    return ([rest] if rest else []), False


def _json_array(rest: str) -> list[str] | None:
    """The strings of a JSON array; None when it is no JSON array, ValueError when its members are not all strings."""
    if not rest.startswith("["):
        return None
    try:
        members: list[object] = json.loads(rest, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    strings = [member for member in members if isinstance(member, str)]
    if len(strings) < len(members):
        raise ValueError("when using JSON array syntax, arrays must be comprised of strings only")
    # A lone surrogate cannot be stored in UTF-8; the builder's decoder puts the replacement character instead.
    return ["".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in each) for each in strings]


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _json_or_string(rest: str, escape: str) -> Parsed:
    members = _json_array(rest)
    return _string(rest, escape) if members is None else (members, True)


def _json_or_strings(rest: str, escape: str) -> Parsed:
    members = _json_array(rest)
    return _strings(rest, escape) if members is None else (members, True)


def _health(rest: str, escape: str) -> Parsed:
    # Here the builder looks at bytes, not characters: only ASCII blanks divide.
    kind, _, command = _split_once(rest)
    if not kind:
        return [], False
    args, is_json = _json_or_string(command, escape)
    return [kind, *args], is_json


def _words(rest: str, escape: str) -> Parsed:
    from e2b_dockerfile_utils import parse_words

    return parse_words(rest, escape), False


def _pairs(key: str) -> Callable[[str, str], Parsed]:
    def parse(rest: str, escape: str) -> Parsed:
        words, _ = _words(rest, escape)
        if not words:
            return [], False
        if "=" not in words[0]:
            name, gap, value = _split_once(rest)
            if not gap:
                raise ValueError(f"{key} must have two arguments")
            return [name, value, ""], False
        args: list[str] = []
        for word in words:
            name, equals, value = word.partition("=")
            if not equals:
                # The word itself may be a secret that lost its key.
                raise ValueError(f"{key}: can't find = in a word, must be of the form: name=value")
            args += [name, value, "="]
        return args, False

    return parse


_PARSERS: dict[str, Callable[[str, str], Parsed]] = {
    "ADD": _json_or_strings,
    "ARG": _words,
    "CMD": _json_or_string,
    "COPY": _json_or_strings,
    "ENTRYPOINT": _json_or_string,
    "ENV": _pairs("ENV"),
    "EXPOSE": _strings,
    "FROM": _strings,
    "HEALTHCHECK": _health,
    "LABEL": _pairs("LABEL"),
    "MAINTAINER": _string,
    "RUN": _json_or_string,
    "SHELL": _json_or_string,
    "STOPSIGNAL": _string,
    "USER": _string,
    "VOLUME": _json_or_strings,
    "WORKDIR": _string,
}
KEYWORDS = frozenset({*_PARSERS, "ONBUILD"})
