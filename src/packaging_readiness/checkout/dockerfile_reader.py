"""Reads a Dockerfile the way BuildKit's parser does: directives, continuations, comments, heredocs.

The lexer underneath (words, quotes, heredoc markers) is e2b-dockerfile-utils, a port of BuildKit's own. The walk over
lines is done here, because that is where the port departs from the builder: heredocs and arguments of ONBUILD,
unknown keywords, empty files, the limit on a line's length, and COPY arguments, which the builder splits at blanks
whatever the quotes.
"""

import re
from dataclasses import replace

from packaging_readiness.checkout.builder_paths import MAX_LINE, SPACES, require_text
from packaging_readiness.checkout.dockerfile import Dockerfile, Heredoc, Instruction
from packaging_readiness.checkout.dockerfile_lines import parse_line
from packaging_readiness.contract.errors import InputRefused

MAX_BYTES = 1024 * 1024
# Blanks around the value are part of it here: to look for their end again and again takes for ever on a long line.
DIRECTIVE = re.compile(r"#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=(.+)\Z")
_BLANKS = "\t\n\f\r "
DIRECTIVES = ("syntax", "escape", "check")
_WITH_HEREDOC = ("ADD", "COPY", "RUN")


def parse(data: bytes, path: str) -> Dockerfile:
    """Parse the bytes of a Dockerfile; `path` names it in messages.

    Raises InputRefused with the place `path:line` for what BuildKit's parser refuses, and for bytes that are not
    UTF-8, hold a NUL or exceed 1 MiB (a Dockerfile of that size is not one a person could review).
    """
    if len(data) > MAX_BYTES:
        raise InputRefused(path, f"larger than {MAX_BYTES} bytes", "split the build, or copy large data as files")
    text = require_text(data, path).removeprefix("\ufeff")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        if len(line.encode()) > MAX_LINE:
            raise InputRefused(
                f"{path}:{number}", f"line greater than max allowed size of {MAX_LINE}", "break the line"
            )
    return _Reader(path, text, lines).read()


class _Reader:
    """The state of one pass: where we stand, the escape character, whether directives may still come."""

    def __init__(self, path: str, text: str, lines: list[str]) -> None:
        self.path, self.text, self.lines = path, text, lines
        self.at = 0
        self.directives: set[str] | None = set()
        self.escape = "\\"

    def read(self) -> Dockerfile:
        found: list[Instruction] = []
        while self.at < len(self.lines):
            start = self.at + 1
            line = self._logical_line()
            if line is None:
                continue
            try:
                instruction = parse_line(line, self.escape, start, self.at)
                documents = self._documents(instruction, line, start)
            except ValueError as error:
                raise self._refused(start, str(error)) from None
            found.append(replace(instruction, end=self.at, heredocs=documents))
        if not found:
            raise InputRefused(self.path, "file with no instructions", "write at least a FROM instruction")
        return Dockerfile(self.path, tuple(found), self.escape, self.text)

    def _refused(self, line: int, cause: str) -> InputRefused:
        return InputRefused(f"{self.path}:{line}", cause, "write the instruction as the Dockerfile reference says")

    def _logical_line(self) -> str | None:
        """The next instruction's text with continuations joined, None for a blank or comment line."""
        first = self._next_line(strip=True)
        line, continues = self._trim_continuation("" if first.startswith("#") else first)
        if not continues and not line:
            return None
        parts = [line]
        while continues and self.at < len(self.lines):
            more = self._next_line(strip=False)
            bare = more.lstrip(SPACES)
            if bare.startswith("#") or not bare:
                continue
            part, continues = self._trim_continuation(more)
            parts.append(part)
        return "".join(parts)

    def _next_line(self, *, strip: bool) -> str:
        line = self.lines[self.at].rstrip("\r\n")
        self.at += 1
        if strip:
            line = line.lstrip(SPACES)
        self._directive(line)
        return line

    def _directive(self, line: str) -> None:
        if self.directives is None:
            return
        match = DIRECTIVE.match(line)
        if match is None or match.group(1).lower() not in DIRECTIVES:
            self.directives = None
            return
        key = match.group(1).lower()
        if key in self.directives:
            raise self._refused(self.at, f"only one {key} parser directive can be used")
        self.directives.add(key)
        if key == "escape":
            token = match.group(2).strip(_BLANKS)
            if token not in ("`", "\\"):
                raise self._refused(self.at, "invalid escape token: it must be ` or \\")
            self.escape = token

    def _trim_continuation(self, line: str) -> tuple[str, bool]:
        # The token continues the line when it stands last and is not itself escaped.
        bare = line.rstrip(" \t")
        if not bare.endswith(self.escape) or bare[:-1].endswith(self.escape):
            return line, False
        return bare[:-1], True

    def _documents(self, instruction: Instruction, line: str, start: int) -> tuple[Heredoc, ...]:
        owner = instruction.onbuild or instruction
        if owner.name not in _WITH_HEREDOC or owner.json or "<<" not in line:
            return ()
        return tuple(self._document(marker, start) for marker in markers(line))

    def _document(self, marker: Heredoc, start: int) -> Heredoc:
        body: list[str] = []
        while self.at < len(self.lines):
            raw = self.lines[self.at]
            self.at += 1
            line = raw.rstrip("\r\n")
            if (line.lstrip("\t") if marker.chomp else line) == marker.name:
                return replace(marker, content="".join(body))
            body.append(raw + "\n")
        raise self._refused(start, "unterminated heredoc")


def markers(line: str) -> list[Heredoc]:
    """The heredocs that a line opens, with empty content. Raises ValueError for a marker that cannot be lexed."""
    from e2b_dockerfile_utils import ShellLex

    try:
        words = ShellLex("\\", raw_quotes=True, raw_escapes=True).process_words(line)
    except ValueError:
        return []
    return [each for each in map(marker, words) if each is not None]


def marker(word: str) -> Heredoc | None:
    """The heredoc that a word such as `<<EOF`, `3<<-"E"` opens, None when it opens none."""
    from e2b_dockerfile_utils import parse_heredoc

    try:
        found = parse_heredoc(word)
    except ValueError:
        raise ValueError("a heredoc marker that the builder cannot read") from None
    # To the builder `<<""` is no heredoc: an empty name is no word.
    return Heredoc(found.name, "", bool(found.expand), bool(found.chomp)) if found and found.name else None
