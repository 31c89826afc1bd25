"""A shell script as a tree of nodes. Pure; nothing is run.

Source: POSIX.1-2017, XCU 2.10 (grammar).
"""

from __future__ import annotations

import re
from functools import lru_cache

from packaging_readiness.checkout.shell_nodes import (
    AndOr,
    Block,
    Case,
    Command,
    Function,
    If,
    Loop,
    Part,
    Pipeline,
    Subshell,
)
from packaging_readiness.checkout.shell_quoting import MAX_DEPTH, Unreadable
from packaging_readiness.checkout.shell_scan import Token, scan

_ENDS_OF_LIST = frozenset((";", "\n"))
_CASE_ENDS = frozenset((";;", ";&", ";;&"))
_MISPLACED = frozenset(("then", "else", "elif", "fi", "do", "done", "esac", "}", "in"))
_NOTHING = Block(())
_PLAIN = re.compile(r"[\w./:@%+,=-]+")
"""A word of `for` that stands for itself, whatever the files and variables are."""
_SURE = re.compile(r"-|[012]|/dev/(null|stdout|stderr)|\$\{?GITHUB_\w+\}?")
"""What a redirection can count on: the streams that a step starts with, and the files that its runner provides."""


@lru_cache(maxsize=64)  # every question about a step asks for the tree of its script
def parse(script: str, depth: int = 0) -> Block:
    """The tree of a script. Raises Unreadable for what this grammar does not know."""
    return _Parser(scan(script), depth).block()


def _may_fail(token: Token) -> bool:
    return token.kind == "redirection" and not _SURE.fullmatch(token.text)


def _only(part: Part) -> AndOr:
    return AndOr((("", Pipeline((part,), False)),), False)


class _Parser:
    def __init__(self, tokens: list[Token], depth: int) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = depth
        self.nested = 0

    def block(self, *ends: str) -> Block:
        """Lists up to one of `ends` (not taken), or to the end of the script where there is none."""
        self._deeper()
        lists: list[AndOr] = []
        while True:
            self._skip(_ENDS_OF_LIST)
            token = self._peek()
            if token is None and ends:
                raise Unreadable(f"{ends[0]} is missing")
            if token is None or token.text in ends:
                self.nested -= 1
                return Block(tuple(lists))
            lists.append(self._and_or())

    def _deeper(self) -> None:
        self.nested += 1
        if self.depth + self.nested > MAX_DEPTH:
            raise Unreadable("nested too deeply")

    def _and_or(self) -> AndOr:
        items = [("", self._pipeline())]
        while joint := self._operator("&&", "||"):
            self._skip(frozenset("\n"))
            items.append((joint, self._pipeline()))
        return AndOr(tuple(items), bool(self._operator("&")))

    def _pipeline(self) -> Pipeline:
        negated = False
        while (token := self._peek()) is not None and token.kind == "word" and token.text in ("!", "time"):
            negated ^= token.text == "!"
            self.at += 1
        parts = [self._part()]
        while self._operator("|", "|&"):
            self._skip(frozenset("\n"))
            parts.append(self._part())
        return Pipeline(tuple(parts), negated)

    def _part(self) -> Part:
        token = self._peek()
        if token is None:
            raise Unreadable("a command is missing")
        if token.kind != "word":
            if not self._operator("("):
                return self._simple()
            body = self.block(")")
            self._expect(")")
            return self._with_redirections(Subshell(body))
        if token.text in _MISPLACED:
            raise Unreadable(f"{token.text} stands where a command should")
        compound = {
            "{": self._group,
            "if": self._if,
            "while": self._while,
            "until": self._while,
            "for": self._for,
            "select": self._for,
            "case": self._case,
            "function": self._function,
        }.get(token.text)
        return self._simple() if compound is None else self._with_redirections(compound())

    def _group(self) -> Part:
        self._expect("{")
        body = self.block("}")
        self._expect("}")
        return body

    def _if(self) -> Part:
        branches = []
        while self._peek_text() in ("if", "elif"):
            self.at += 1
            condition = self.block("then")
            self._expect("then")
            branches.append((condition, self.block("elif", "else", "fi")))
        otherwise = _NOTHING
        if self._peek_text() == "else":
            self.at += 1
            otherwise = self.block("fi")
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _while(self) -> Part:
        self.at += 1
        condition = self.block("do")
        return Loop(condition, self._do())

    def _for(self) -> Part:
        goes = self._take_word().text == "for"  # `select` asks, and may get no answer
        head = self._simple()
        self._skip(_ENDS_OF_LIST)
        words, inner = (head.words, head.inner) if isinstance(head, Command) else ((), ())
        runs = goes and words[1:2] == ("in",) and any(_PLAIN.fullmatch(word) for word in words[2:])
        # An assignment of what only the run knows, for whoever asks which values a variable has.
        assigned = _only(Command(tuple(f"{name}=$" for name in words[:1] if name.isidentifier())))
        return Loop(Block((_only(Command((), (), inner)), assigned)), self._do(), runs)

    def _do(self) -> Block:
        self._expect("do")
        body = self.block("done")
        self._expect("done")
        return body

    def _case(self) -> Part:
        self.at += 1
        subject = self._take_word()
        self._skip(frozenset("\n"))
        self._expect("in")
        branches: list[Block] = []
        inner = [*self._blocks(subject)]
        while True:
            self._skip(_ENDS_OF_LIST)
            if self._peek_text() == "esac":
                break
            self._operator("(")
            inner += self._blocks(self._take_word())
            while self._operator("|"):
                inner += self._blocks(self._take_word())
            self._expect(")")
            branches.append(self.block("esac", *_CASE_ENDS))
            self._operator(*_CASE_ENDS)
        self._expect("esac")
        return Case(Block((_only(Command((), (), tuple(inner))),)), tuple(branches))

    def _function(self) -> Part:
        self.at += 1
        name = self._take_word().text
        if self._operator("("):
            self._expect(")")
        return Function(name, self._body())

    def _body(self) -> Part:
        """What a function does; it may be a function in its turn."""
        self._skip(frozenset("\n"))
        self._deeper()
        body = self._part()
        self.nested -= 1
        return body

    def _simple(self) -> Part:
        start = self.at
        words: list[str] = []
        documents: list[str] = []
        inner: list[Block] = []
        redirected = False
        while (token := self._peek()) is not None and token.kind != "operator":
            self.at += 1
            inner += self._blocks(token)
            redirected |= _may_fail(token)
            if token.kind == "word":
                words.append(token.text)
            elif token.kind == "document":
                documents.append(token.text)
        if token is not None and token.text == "(":
            self._expect("(")
            self._expect(")")
            if len(words) != 1:
                raise Unreadable("( stands where no function is defined")
            return Function(words[0], self._body())
        if self.at == start:
            raise Unreadable("a command is missing")
        return Command(tuple(words), tuple(documents), tuple(inner), redirected)

    def _with_redirections(self, part: Part) -> Part:
        """`if REDIRECTIONS; then PART; else false; fi`: where one fails, the part is not run, and has failed."""
        inner: list[Block] = []
        redirected = False
        while (token := self._peek()) is not None and token.kind in ("redirection", "document", "word"):
            if token.kind == "word" and token.text != "$()":
                break
            self.at += 1
            inner += self._blocks(token)
            redirected |= _may_fail(token)
        if redirected:
            opened = Block((_only(Command((), (), tuple(inner), redirected)),))
            return If(((opened, Block((_only(part),))),), Block((_only(Command(("false",))),)))
        return Block((_only(Command((), (), tuple(inner))), _only(part))) if inner else part

    def _blocks(self, token: Token) -> tuple[Block, ...]:
        return tuple(parse(script, self.depth + self.nested) for script in token.inner)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _peek_text(self) -> str:
        token = self._peek()
        return "" if token is None else token.text

    def _operator(self, *texts: str) -> str:
        token = self._peek()
        if token is None or token.kind != "operator" or token.text not in texts:
            return ""
        self.at += 1
        return token.text

    def _expect(self, text: str) -> None:
        if self._peek_text() != text:
            raise Unreadable(f"{text} is missing")
        self.at += 1

    def _take_word(self) -> Token:
        token = self._peek()
        if token is None or token.kind != "word":
            raise Unreadable("a word is missing")
        self.at += 1
        return token

    def _skip(self, operators: frozenset[str]) -> None:
        while self._operator(*operators):
            pass
