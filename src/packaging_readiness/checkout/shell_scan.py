"""Tokens of a shell script: words, operators, redirections and here-documents. Pure; nothing is run.

Source: POSIX.1-2017, XCU 2.3 (tokens) and 2.7 (redirections); `[[`, `((`, `<(` and `<<<` of bash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from packaging_readiness.checkout.shell_quoting import ShellText, Unreadable

Kind = Literal["word", "operator", "redirection", "document"]

_META = frozenset(" \t\n;&|()<>")
_BLANKS = " \t"
_OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|[;&|()]")
_REDIRECTION = re.compile(r"<<<|<<-?|<\(|>\(|<>|<&|>&|>>|>\||[<>]")
_END_OF_TEST = re.compile(r"\]\](?=[ \t\n;&|()<>]|\\\n|\Z)")
_IN_TEST = frozenset(" \t\n<>")
_BEFORE_COMMAND = frozenset(("if", "then", "else", "elif", "do", "while", "until", "!", "{", "time"))


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


class _Scanner(ShellText):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.tokens: list[Token] = []
        self.awaited: list[_Awaited] = []
        self.input = False  # whether the command has a here-document
        self.begins = True  # whether a command can begin here

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in _BLANKS:
                self.at += 1
            elif self.starts("\\\n"):
                self.at += 2
            elif here == "\n":
                self.at += 1
                self._add("operator", "\n")
                self._documents()
            elif here == "#":
                self.at = self.find("\n", self.at, len(self.text))
            elif here in "<>" or self.starts("&>"):
                self.at += here == "&"
                self._redirection()
            elif self.starts("((") and self.begins:
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
        self.until(")", inner)
        if self.starts(")"):
            self.at += 1
            self._add("word", "((", inner)
        else:
            self.at = start + 1
            self._add("operator", "(")

    def _words(self) -> None:
        start, begins = self.at, self.begins
        self._add("word", *self.word(_META))
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
        if self.starts("\\\n"):
            self.at += 2
        elif self.starts("#"):
            self.at = self.find("\n", self.at, len(self.text))
        elif _END_OF_TEST.match(self.text, self.at):
            self.at += 2
            self._add("word", "]]")
            return False
        else:
            text, inner = self.word(_IN_TEST)
            while self.text[self.at : self.at + 1] in ("<", ">"):
                if self.text[self.at + 1 : self.at + 2] == "(":
                    raise Unreadable("a process substitution in a test")
                text += self.text[self.at]
                self.at += 1
                more, deeper = self.word(_IN_TEST)
                text, inner = text + more, [*inner, *deeper]
            self._add("word", text, inner)
        return True

    def _redirection(self) -> None:
        found = _REDIRECTION.match(self.text, self.at)
        assert found is not None
        stream = ""
        if self.tokens and self.tokens[-1].text.isdigit() and self.text[self.at - 1 : self.at].isdigit():
            stream = self.tokens.pop().text
        self.at = found.end()
        if found[0] in ("<(", ">("):
            script = self.until(")", [])
            text, inner = self.word(_META)  # a # behind it is a part of the word, and begins no comment
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
        text, inner = self.word(_META)
        written = self.text[start : self.at].replace("\\\n", "")
        substituted = found[0] in ("<", ">", ">>") and (self.starts("<(") or self.starts(">("))
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
                end = self.find("\n", self.at, len(self.text))
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
                ShellText(one.token.text).double_quoted([], one.token.inner, "")
        self.awaited.clear()

    def _add(self, kind: Kind, text: str, inner: Sequence[str] = ()) -> None:
        self.tokens.append(Token(kind, text, list(inner)))
        self.begins = kind == "operator"
        self.input = self.input and kind != "operator"
