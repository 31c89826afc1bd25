"""Inputs that are changes to files too large to be inputs themselves: a list of edits, applied to good files.

    -- seal=manifest --             how the files are made to fit again afterwards; each target knows its own words
    -- check_results.json --        the body replaces the whole file, or is a file more
    -- check_results.json 10:20 --  the body replaces these bytes
    -- check_results.json /run/0 -- the body, as it stands, replaces the JSON value at this pointer
    -- check_results.json ! --      the file goes

An edit that cannot be made (no such file, no such place) is left out.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tools.fuzzing.mutation import NUMBERS, REPEATS, Mutator
from tools.fuzzing.target import MAX_BYTES

_HEAD = re.compile(rb"^-- ([^\n]{1,2000}) --\n", re.MULTILINE)
_MARK = "\ue000place of the edit\ue000"
VALUES = (
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'""',
        b'"x"',
        b"0",
        b"-1",
        b"1.5",
        b"[[]]",
        b'{"":0}',
        b'"\\ud800"',
        b'"\\u0000"',
    ),
    *(b'"' + b"x" * 5000 + b'"', b'"/etc/passwd"', b'"../../x"', b"[" * 60 + b"]" * 60, b'{"a":1,"a":2}', b'"M1A-B1"'),
    *(
        b'"pass"',
        b'"fail"',
        b'"deferred"',
        b'"waived"',
        b'"2026-02-30T25:00:00Z"',
        b'"9999-12-31T23:59:60Z"',
        b"[null]",
    ),
    *(
        b'"sha256:' + b"0" * 64 + b'"',
        b'"sha256:/etc/passwd"',
        b'"sha256:../../x"',
        b'"platform_x"',
        b'["a","a"]',
        b'[{"a":[]}]',
        b'"\xf0\x9f\x92\xa9"',
        *NUMBERS,
    ),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as written: the words of its head, and its body."""

    head: bytes
    body: bytes


def parse(data: bytes) -> list[Edit]:
    """The edits in `data`; what stands before the first is no edit."""
    heads = list(_HEAD.finditer(data))
    ends = [*(head.start() for head in heads[1:]), len(data)]
    return [Edit(head[1], data[head.end() : end].removesuffix(b"\n")) for head, end in zip(heads, ends, strict=False)]


def written(edits: Sequence[Edit]) -> bytes:
    """The edits as an input."""
    return b"".join(b"-- %b --\n%b\n" % (edit.head, edit.body) for edit in edits)


def words(edits: Sequence[Edit], name: bytes) -> list[str]:
    """The values of `name=value` among the edits."""
    return [
        edit.head.partition(b"=")[2].decode("utf-8", "replace") for edit in edits if edit.head.startswith(name + b"=")
    ]


def applied(edits: Sequence[Edit], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files after the edits."""
    changed = dict(files)
    for edit in edits:
        name, _, where = edit.head.decode("utf-8", "surrogateescape").partition(" ")
        if "=" in name:
            continue
        old = changed.get(name)
        if where == "!":
            changed.pop(name, None)
        elif not where:
            changed[name] = edit.body
        elif old is not None and where.startswith("/"):
            new = _with_value(old, where, edit.body)
            changed[name] = old if new is None else new
        elif old is not None and (span := re.fullmatch(r"(\d{1,9}):(\d{1,9})", where)):
            changed[name] = old[: int(span[1])] + edit.body + old[int(span[2]) :]
    return changed


def _with_value(old: bytes, pointer: str, body: bytes) -> bytes | None:
    """The JSON text with another value at the pointer; the value goes in as text, so it need not be one."""
    try:
        document = json.loads(old)
        *parents, last = pointer[1:].split("/")
        owner = document
        for part in parents:
            owner = owner[int(part)] if isinstance(owner, list) else owner[part]
        if isinstance(owner, list):
            owner[int(last)] = _MARK
        else:
            owner[last] = _MARK
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return text.replace(json.dumps(_MARK, ensure_ascii=False).encode(), body)


class EditMutator:
    """Adds, drops or changes one edit. `files` are the good files; `seals` the words by which they are made to fit."""

    def __init__(self, files: Callable[[], Mapping[str, bytes]], heads: Sequence[bytes]) -> None:
        self.files = files
        self.heads = tuple(heads)
        self._places: dict[str, list[str]] = {}
        self._text = Mutator(VALUES, lambda: VALUES)

    def __call__(self, data: bytes, random: Random) -> bytes:
        edits = parse(data)
        for _ in range(random.choice((1, 1, 2, 4))):
            self._change(edits, random)
        return written(edits)[:MAX_BYTES]

    def _change(self, edits: list[Edit], random: Random) -> None:
        kind = random.choice(("add", "add", "add", "body", "body", "drop", "head", "file"))
        if edits and kind == "drop":
            edits.pop(random.randrange(len(edits)))
        elif edits and kind == "body":
            at = random.randrange(len(edits))
            edits[at] = Edit(edits[at].head, self._text(edits[at].body, random))
        elif self.heads and kind == "head":
            edits.append(Edit(random.choice(self.heads), b""))
        elif kind == "file":
            edits.append(self._of_a_file(random))
        else:
            edits.append(self._of_a_value(random))

    def _of_a_file(self, random: Random) -> Edit:
        name, content = random.choice(list(self.files().items()))
        head = name.encode("utf-8", "surrogateescape")
        if random.random() < 0.2:
            return Edit(head + b" !", b"")
        start = random.randint(0, len(content))
        end = min(len(content), start + random.choice((0, 1, 16, 400)))
        return Edit(head + b" %d:%d" % (start, end), self._text(content[start:end], random))

    def _of_a_value(self, random: Random) -> Edit:
        name = random.choice(list(self.files()))
        places = self._places.get(name)
        if places is None:
            places = self._places[name] = list(_pointers(self.files()[name]))
        if not places:
            return self._of_a_file(random)
        body = random.choice(VALUES)
        if random.random() < 0.05:
            body = b"[" * random.choice(REPEATS[:6]) + body
        return Edit(f"{name} {random.choice(places)}".encode("utf-8", "surrogateescape"), body)


def _pointers(data: bytes) -> list[str]:
    """A pointer to every value in a JSON text, and to one that is not there beside each."""
    try:
        todo: list[tuple[str, Any]] = [("", json.loads(data))]
    except ValueError:
        return []
    found = []
    while todo:
        place, value = todo.pop()
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in inner:
            if "/" not in str(key) and " " not in str(key):
                found.append(f"{place}/{key}")
                todo.append((f"{place}/{key}", child))
        if isinstance(value, dict):
            found.append(f"{place}/unknown")
    return found
