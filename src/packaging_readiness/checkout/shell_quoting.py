"""Quotations and expansions in the text of a shell script: how far each goes, and what is run inside.

Source: POSIX.1-2017, XCU 2.2 (quoting) and 2.6 (expansions). Where bash and another shell end a quotation at different
places the text is refused. `${{ ... }}` of a workflow stays in its word as it is.
"""

from __future__ import annotations

import re

MAX_DEPTH = 40
"""Of expansions in expansions, and of blocks and substitutions in each other."""
_BACKTICKS = re.compile(r"`((?:[^`\\]|\\.)*)`", re.DOTALL)
_ESCAPED = re.compile(r"\\([$`\\])")
_ESCAPED_IN_QUOTES = re.compile(r"\\([$`\\\"])")
_ENDS_ESCAPED = re.compile(r"(?:[^'\\]|\\[^'])*\\'")
_SPECIAL_IN_QUOTES = frozenset('$`"\\}')


class Unreadable(ValueError):
    """The script is not one that this reader understands."""


class ShellText:
    """A text and the place `at` which it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nested = 0

    def word(self, stops: frozenset[str]) -> tuple[str, list[str]]:
        """The word up to one of `stops` outside of quotations, without its quotes, and the scripts inside it."""
        parts: list[str] = []
        inner: list[str] = []
        while self.at < len(self.text) and self.text[self.at] not in stops:
            here = self.text[self.at]
            if here == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                parts.append("" if following == "\n" else following)
                self.at += 2
            elif here == "'":
                end = self.find("'", self.at + 1)
                parts.append(self.text[self.at + 1 : end])
                self.at = end + 1
            elif here == '"':
                self.at += 1
                self.double_quoted(parts, inner, '"')
            elif here in "$`":
                self._expansion(parts, inner)
            else:
                parts.append(here)
                self.at += 1
        return "".join(parts), inner

    def double_quoted(self, parts: list[str], inner: list[str], closing: str) -> None:
        """Text up to `closing`, or to the end of the script where `closing` is empty."""
        while self.at < len(self.text):
            here = self.text[self.at]
            if here == closing:
                self.at += 1
                return
            if here == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                parts.append(following if following in '$`"\\' else "" if following == "\n" else here + following)
                self.at += 2
            elif here in "$`":
                self._expansion(parts, inner, closing or "document")
            else:
                parts.append(here)
                self.at += 1
        if closing:
            raise Unreadable("a quotation is never closed")

    def _expansion(self, parts: list[str], inner: list[str], within: str = "") -> None:
        """`within`: a double quote, "document", or "braces" in one of both; empty outside of all quotations."""
        start = self.at
        # In $'...' a backslash keeps a quote for bash, and none for a shell that has no such quotation.
        if not within and self.starts("$'") and _ENDS_ESCAPED.match(self.text, start + 2):
            raise Unreadable("a quotation that ends elsewhere in another shell")
        if self.starts("${{"):
            self.at = self.find("}}", self.at) + 2
        elif self.starts("${"):
            self.at += 2
            body = self.until("}", inner, within and "braces")
            if body[:1] in tuple(" \t\n|"):  # bash 5.3: a command's output, as with $(...)
                inner.append(body.removeprefix("|"))
        elif self.starts("$("):
            self.at += 2
            found: list[str] = []
            script = self.until(")", found)
            inner += found if _is_arithmetic(script) else [script]
            parts.append("$()")
            return
        elif self.starts("`"):
            backticks = _BACKTICKS.match(self.text, self.at)
            if backticks is None:
                raise Unreadable("` is missing")
            self.at = backticks.end()
            if within in ("document", "braces") and '\\"' in backticks[1]:
                raise Unreadable("a quotation in backticks that is none in another shell")
            escaped = _ESCAPED_IN_QUOTES if within else _ESCAPED
            inner.append(escaped.sub(r"\1", backticks[1]))
            parts.append("$()")
            return
        elif self.starts("$\\\n"):
            raise Unreadable("an expansion could begin in one line and go on in the next")
        else:
            self.at += 1
        parts.append(self.text[start : self.at])

    def until(self, closing: str, inner: list[str], within: str = "") -> str:
        """The text before `closing`, quotations and expansions respected; moves behind it.

        `within` double quotes a single one is a quotation for bash, and a sign like any other for dash.
        """
        start = self.at
        self.nested += 1
        if self.nested > MAX_DEPTH:
            raise Unreadable("nested too deeply")
        while self.at < len(self.text):
            here = self.text[self.at]
            if here == closing:
                self.at += 1
                self.nested -= 1
                return self.text[start : self.at - 1]
            if here == "\\":
                self.at += 2
            elif here == "'":
                begins, self.at = self.at, self.find("'", self.at + 1) + 1
                if within and _SPECIAL_IN_QUOTES.intersection(self.text[begins : self.at]):
                    raise Unreadable("a quotation that another shell takes for none")
            elif here == '"':
                self.at += 1
                self.double_quoted([], inner, '"')
            elif here in "$`":
                self._expansion([], inner, within)
            else:
                self.at += 1
                if here == "(" and closing == ")":
                    self.until(")", inner)
        raise Unreadable("an expansion is never closed")

    def starts(self, text: str) -> bool:
        """Whether `text` stands here."""
        return self.text.startswith(text, self.at)

    def find(self, text: str, start: int, missing: int | None = None) -> int:
        """Where `text` stands from `start` on; `missing` where it does not, if given. Raises Unreadable."""
        try:
            return self.text.index(text, start)
        except ValueError:
            if missing is None:
                raise Unreadable(f"{text} is missing") from None
            return missing


def _is_arithmetic(script: str) -> bool:
    """Whether `$(...)` of this is arithmetic: bash takes it for a command where its parentheses are no pair."""
    if not script.startswith("("):
        return False
    within = ShellText(script)
    within.at = 1
    within.until(")", [])
    return within.at == len(script)
