"""Tokens of a shell script: words, operators, redirections and here-documents. Pure; nothing is run.

Source: POSIX.1-2017, XCU 2.2 (quoting), 2.3 (tokens), 2.6 (expansions), 2.7 (redirections); `[[`, `((`, `<(` and
`<<<` of bash. `${{ ... }}` of a workflow stays in its word as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["word", "operator", "redirection", "document"]

MAX_DEPTH = 40
"""Of expansions in expansions, and of blocks and substitutions in each other."""
_META = frozenset(" \t\n;&|()<>")
_BLANKS = " \t"
_OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|[;&|()]")
_REDIRECTION = re.compile(r"<<<|<<-?|<\(|>\(|<>|<&|>&|>>|>\||[<>]")
_BACKTICKS = re.compile(r"`((?:[^`\\]|\\.)*)`", re.DOTALL)
_ESCAPED = re.compile(r"\\([$`\\])")
_ESCAPED_IN_QUOTES = re.compile(r"\\([$`\\\"])")
_END_OF_TEST = re.compile(r"\]\](?=[ \t\n;&|()<>]|\\\n|\Z)")
_ENDS_ESCAPED = re.compile(r"(?:[^'\\]|\\[^'])*\\'")
_SPECIAL_IN_QUOTES = frozenset('$`"\\}')
_BEFORE_COMMAND = frozenset(("if", "then", "else", "elif", "do", "while", "until", "!", "{", "time"))


class Unreadable(ValueError):
    """The script is not one that this reader understands."""


@dataclass(slots=True)
class Token:
    """`text` has its quotes taken off; `inner` are the scripts of `$(...)`, backticks and `<(...)` in it.

    A redirection's text is its target, a document's text the body of the here-document or here-string.
    """

    kind: Kind
    text: str
    inner: list[str] = field(default_factory=list)


def scan(text: str) -> list[Token]:
    """The tokens of a script; a line's end is the operator `\\n`. Raises Unreadable for what never closes."""
    return _Scanner(text).run()


@dataclass(slots=True)
class _Awaited:
    """A here-document whose body begins after the line that names it."""

    token: Token
    end: str
    tabs: bool
    quoted: bool


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []
        self.awaited: list[_Awaited] = []
        self.nested = 0
        self.input = False  # whether the command has a here-document
        self.begins = True  # whether a command can begin here

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in _BLANKS:
                self.at += 1
            elif self._starts("\\\n"):
                self.at += 2
            elif here == "\n":
                self.at += 1
                self._add("operator", "\n")
                self._documents()
            elif here == "#":
                self.at = self._find("\n", self.at, len(self.text))
            elif here in "<>" or self._starts("&>"):
                self.at += here == "&"
                self._redirection()
            elif self._starts("((") and self.begins:
                self._double_parenthesis()
            elif found := _OPERATOR.match(self.text, self.at):
                self.at = found.end()
                self._add("operator", found[0])
            else:
                self._words()
        if self.awaited:
            raise Unreadable("a here-document never begins")
        return self.tokens

    def _double_parenthesis(self) -> None:
        """`((...))` of bash, or two subshells where its end does not stand together."""
        start, inner = self.at, list[str]()
        self.at += 2
        self._until(")", inner)
        if self._starts(")"):
            self.at += 1
            self._add("word", "((", inner)
        else:
            self.at = start + 1
            self._add("operator", "(")

    def _words(self) -> None:
        start, begins = self.at, self.begins
        self._add("word", *self._word(_META))
        plain = self.text[start : self.at]
        self.begins = begins and plain in _BEFORE_COMMAND
        if plain == "[[" and begins:
            while self._inside_test():
                pass

    def _inside_test(self) -> bool:
        """Move over the next word of a test; whether another one follows."""
        while self.text[self.at : self.at + 1] in (" ", "\t", "\n"):
            self.at += 1
        if self.at >= len(self.text):
            raise Unreadable("[[ is never closed")
        if self._starts("\\\n"):
            self.at += 2
        elif self._starts("#"):
            self.at = self._find("\n", self.at, len(self.text))
        elif _END_OF_TEST.match(self.text, self.at):
            self.at += 2
            self._add("word", "]]")
            return False
        else:
            start = self.at
            self._add("word", *self._word(frozenset(" \t\n")))
            if re.search(r"[<>]\(", self.text[start : self.at]):
                raise Unreadable("a process substitution in a test")
        return True

    def _word(self, stops: frozenset[str]) -> tuple[str, list[str]]:
        parts: list[str] = []
        inner: list[str] = []
        while self.at < len(self.text) and self.text[self.at] not in stops:
            here = self.text[self.at]
            if here == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                parts.append("" if following == "\n" else following)
                self.at += 2
            elif here == "'":
                end = self._find("'", self.at + 1)
                parts.append(self.text[self.at + 1 : end])
                self.at = end + 1
            elif here == '"':
                self.at += 1
                self._double_quoted(parts, inner, '"')
            elif here in "$`":
                self._expansion(parts, inner)
            else:
                parts.append(here)
                self.at += 1
        return "".join(parts), inner

    def _double_quoted(self, parts: list[str], inner: list[str], closing: str) -> None:
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
        if not within and self._starts("$'") and _ENDS_ESCAPED.match(self.text, start + 2):
            raise Unreadable("a quotation that ends elsewhere in another shell")
        if self._starts("${{"):
            self.at = self._find("}}", self.at) + 2
        elif self._starts("${"):
            self.at += 2
            body = self._until("}", inner, within and "braces")
            if body[:1] in tuple(" \t\n|"):  # bash 5.3: a command's output, as with $(...)
                inner.append(body.removeprefix("|"))
        elif self._starts("$("):
            self.at += 2
            found: list[str] = []
            script = self._until(")", found)
            inner += found if _is_arithmetic(script) else [script]
            parts.append("$()")
            return
        elif self._starts("`"):
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
        elif self._starts("$\\\n"):
            raise Unreadable("an expansion could begin in one line and go on in the next")
        else:
            self.at += 1
        parts.append(self.text[start : self.at])

    def _until(self, closing: str, inner: list[str], within: str = "") -> str:
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
                begins, self.at = self.at, self._find("'", self.at + 1) + 1
                if within and _SPECIAL_IN_QUOTES.intersection(self.text[begins : self.at]):
                    raise Unreadable("a quotation that another shell takes for none")
            elif here == '"':
                self.at += 1
                self._double_quoted([], inner, '"')
            elif here in "$`":
                self._expansion([], inner, within)
            else:
                self.at += 1
                if here == "(" and closing == ")":
                    self._until(")", inner)
        raise Unreadable("an expansion is never closed")

    def _redirection(self) -> None:
        found = _REDIRECTION.match(self.text, self.at)
        assert found is not None
        stream = ""
        if self.tokens and self.tokens[-1].text.isdigit() and self.text[self.at - 1 : self.at].isdigit():
            stream = self.tokens.pop().text
        self.at = found.end()
        if found[0] in ("<(", ">("):
            script = self._until(")", [])
            text, inner = self._word(_META)  # a # behind it is a part of the word, and begins no comment
            self._add("word", f"$(){text}", [script, *inner])
            return
        if found[0].startswith("<<") and stream not in ("", "0"):
            raise Unreadable("a here-document that is no input")
        if found[0].startswith("<") and stream in ("", "0"):
            if self.input:
                raise Unreadable("another input behind a here-document")
            self.input = found[0].startswith("<<")
        while self.at < len(self.text) and self.text[self.at] in _BLANKS:
            self.at += 1
        start = self.at
        text, inner = self._word(_META)
        written = self.text[start : self.at].replace("\\\n", "")
        substituted = found[0] in ("<", ">", ">>") and (self._starts("<(") or self._starts(">("))
        if not written and not substituted:
            raise Unreadable(f"nothing follows {found[0]}")
        if found[0] in ("<<", "<<-"):
            quoted = written != text
            if "$" in written or "`" in written:
                raise Unreadable("the end of a here-document is not plain")
            self._add("document", "")
            self.awaited.append(_Awaited(self.tokens[-1], text, found[0] == "<<-", quoted))
        else:
            self._add("document" if found[0] == "<<<" else "redirection", text, inner)

    def _documents(self) -> None:
        for one in self.awaited:
            lines: list[str] = []
            begun: str | None = None  # of a line that a backslash continues
            while True:
                if self.at >= len(self.text):
                    raise Unreadable("a here-document never ends")
                end = self._find("\n", self.at, len(self.text))
                line = self.text[self.at : end]
                self.at = end + 1
                told = (begun or "") + (line.lstrip("\t") if one.tabs else line)
                if told == one.end:
                    if begun is not None:
                        raise Unreadable("a here-document whose last line goes over two")
                    break
                lines.append(line)
                continues = not one.quoted and (len(line) - len(line.rstrip("\\"))) % 2 == 1
                begun = told[:-1] if continues else None
            one.token.text = "\n".join(lines)
            if not one.quoted:
                _Scanner(one.token.text)._double_quoted([], one.token.inner, "")
        self.awaited.clear()

    def _starts(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _find(self, text: str, start: int, missing: int | None = None) -> int:
        try:
            return self.text.index(text, start)
        except ValueError:
            if missing is None:
                raise Unreadable(f"{text} is missing") from None
            return missing

    def _add(self, kind: Kind, text: str, inner: Sequence[str] = ()) -> None:
        self.tokens.append(Token(kind, text, list(inner)))
        self.begins = kind == "operator"
        self.input = self.input and kind != "operator"


def _is_arithmetic(script: str) -> bool:
    """Whether `$(...)` of this is arithmetic: bash takes it for a command where its parentheses are no pair."""
    if not script.startswith("("):
        return False
    scanner = _Scanner(script)
    scanner.at = 1
    scanner._until(")", [])
    return scanner.at == len(script)
