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
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", re.DOTALL)
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
            elif self._starts("((") and self._begins_command():
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
        text, inner = self._word(_META)
        begins = self._begins_command()
        self._add("word", text, inner)
        if text == "[[" and begins:
            while self.tokens[-1].text != "]]":
                while self.at < len(self.text) and self.text[self.at] in " \t\n":
                    self.at += 1
                if self.at >= len(self.text):
                    raise Unreadable("[[ is never closed")
                if self._starts("]]") and self.text[self.at + 2 : self.at + 3] in (*_META, ""):
                    self.at += 2
                    self._add("word", "]]")
                else:
                    self._add("word", *self._word(frozenset(" \t\n")))

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
                self._expansion(parts, inner, quoted=False)
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
                self._expansion(parts, inner, quoted=True)
            else:
                parts.append(here)
                self.at += 1
        if closing:
            raise Unreadable("a quotation is never closed")

    def _expansion(self, parts: list[str], inner: list[str], *, quoted: bool) -> None:
        start = self.at
        # In $'...' a backslash keeps a quote for bash, and none for a shell that has no such quotation.
        if not quoted and self._starts("$'") and _ENDS_ESCAPED.match(self.text, start + 2):
            raise Unreadable("a quotation that ends elsewhere in another shell")
        if self._starts("${{"):
            self.at = self._find("}}", self.at) + 2
        elif self._starts("${"):
            self.at += 2
            body = self._until("}", inner, quoted=quoted)
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
            self.at += 1
            inner.append(self._until("`", []).replace("\\`", "`"))
            parts.append("$()")
            return
        else:
            self.at += 1
        parts.append(self.text[start : self.at])

    def _until(self, closing: str, inner: list[str], *, quoted: bool = False) -> str:
        """The text before `closing`, quotations and expansions respected; moves behind it.

        `quoted`: in double quotes, where a single one is a quotation for bash, and a sign like any other for dash.
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
                if quoted and _SPECIAL_IN_QUOTES.intersection(self.text[begins : self.at]):
                    raise Unreadable("a quotation that another shell takes for none")
            elif here == '"':
                self.at += 1
                self._double_quoted([], inner, '"')
            elif here in "$`":
                self._expansion([], inner, quoted=quoted)
            else:
                self.at += 1
                if here == "(" and closing == ")":
                    self._until(")", inner)
        raise Unreadable("an expansion is never closed")

    def _redirection(self) -> None:
        found = _REDIRECTION.match(self.text, self.at)
        assert found is not None
        if self.tokens and self.tokens[-1].text.isdigit() and self.text[self.at - 1 : self.at].isdigit():
            self.tokens.pop()
        self.at = found.end()
        if found[0] in ("<(", ">("):
            script = self._until(")", [])
            text, inner = self._word(_META)  # a # behind it is a part of the word, and begins no comment
            self._add("word", f"$(){text}", [script, *inner])
            return
        while self.at < len(self.text) and self.text[self.at] in _BLANKS:
            self.at += 1
        start = self.at
        text, inner = self._word(_META)
        if found[0] in ("<<", "<<-"):
            quoted = self.text[start : self.at] != text
            self._add("document", "")
            self.awaited.append(_Awaited(self.tokens[-1], text, found[0] == "<<-", quoted))
        else:
            self._add("document" if found[0] == "<<<" else "redirection", text, inner)

    def _documents(self) -> None:
        for one in self.awaited:
            lines: list[str] = []
            while True:
                if self.at >= len(self.text):
                    raise Unreadable("a here-document never ends")
                end = self._find("\n", self.at, len(self.text))
                line = self.text[self.at : end]
                self.at = end + 1
                if (line.lstrip("\t") if one.tabs else line) == one.end:
                    break
                lines.append(line)
            one.token.text = "\n".join(lines)
            if not one.quoted:
                _Scanner(one.token.text)._double_quoted([], one.token.inner, "")
        self.awaited.clear()

    def _begins_command(self) -> bool:
        last = self.tokens[-1] if self.tokens else None
        return last is None or last.kind == "operator" or last.text in _BEFORE_COMMAND

    def _starts(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _find(self, text: str, start: int, missing: int | None = None) -> int:
        found = self.text.find(text, start)
        if found < 0 and missing is None:
            raise Unreadable(f"{text} is missing")
        return missing if found < 0 and missing is not None else found

    def _add(self, kind: Kind, text: str, inner: Sequence[str] = ()) -> None:
        self.tokens.append(Token(kind, text, list(inner)))


def _is_arithmetic(script: str) -> bool:
    """Whether `$(...)` of this is arithmetic: bash takes it for a command where its parentheses are no pairs."""
    if not (script.startswith("(") and script.endswith(")")):
        return False
    depth = 0
    for sign in _QUOTED.sub("", script[1:-1]):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0
