"""Tables as trees: which column a cell belongs to, where a row stands, and where a table ends."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from packaging_readiness.secrets import tables
from packaging_readiness.secrets.structure import Mapping, Node, Scalar

STRONG = "kR7#pq92Lm"


def rows(reader: Callable[[str], Iterator[Node]], text: str) -> list[list[tuple[str, str, int]]]:
    """The rows of the one list that a reader gives: name, cell and line of every cell."""
    (root,) = reader(text)
    assert isinstance(root, list)
    found: list[Any] = []
    for row in root:
        assert isinstance(row, Mapping)
        found.append([(key, str(cell), cell.line) for key, cell in row.items if isinstance(cell, Scalar)])
    return found


def user(name: str, password: str, line: int) -> list[tuple[str, str, int]]:
    """A row of a table of users."""
    return [("user", name, line), ("password", password, line)]


CSV: dict[str, tuple[str, list[list[tuple[str, str, int]]]]] = {
    "comma": ("user,password\na,b\nc,d\n", [user("a", "b", 2), user("c", "d", 3)]),
    "semicolon": ("user;password\na,1;b\n", [[("user", "a,1", 2), ("password", "b", 2)]]),
    "tab": ("user\tpassword\na;1\tb\n", [[("user", "a;1", 2), ("password", "b", 2)]]),
    "commonest-sign": ("a,b;c;password\nx;y;z\n", [[("a,b", "x", 2), ("c", "y", 2), ("password", "z", 2)]]),
    "quoted": ('"user","password"\n"a,1","b"\n', [[("user", "a,1", 2), ("password", "b", 2)]]),
    "short-row": ("user,password\na\n", [[("user", "a", 2)]]),
    "long-row": ("user,password\na,b,c\n", [[("user", "a", 2), ("password", "b", 2)]]),
    "empty-row": ("user,password\n\na,b\n", [[], [("user", "a", 3), ("password", "b", 3)]]),
    "header-alone": ("user,password\n", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CSV)
def test_a_row_of_csv_is_read_below_its_header(name: str) -> None:
    text, expected = CSV[name]
    assert rows(tables.read_csv, text) == expected


@pytest.mark.parametrize(
    "text", ["", "\n", "user,name\na,b\n", "password\nx\n", "user,password\n" + "x" * 131_073 + ",b\n"]
)
def test_what_announces_no_credential_or_cannot_be_read_is_no_csv(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        list(tables.read_csv(text))


MARKDOWN = {
    "table": (f"words\n\n| user | password |\n|---|---|\n| Ab1#cd | {STRONG} |\n", [user("Ab1#cd", STRONG, 5)]),
    "no-outer-bars": (f"user | password\n--- | ---\na | {STRONG}\n", [user("", STRONG, 3)]),
    "aligned": (f"| user | password |\n| :--- | ---: |\n| a | {STRONG} |\n", [user("", STRONG, 3)]),
    "marks": (f"| `user` | **password** |\n|---|---|\n| a | ` {STRONG}` |\n", [user("", f" {STRONG}", 3)]),
    "words-are-no-values": ("| user | password |\n|---|---|\n| a | hunter |\n", [user("", "", 3)]),
    "rows": (f"| user | password |\n|---|---|\n| a | x |\n| b | {STRONG} |\n", [user("", "", 3), user("", STRONG, 4)]),
    "dashes-in-a-row": (f"| user | password |\n|---|---|\n| a---b | {STRONG} |\n", [user("", STRONG, 3)]),
    "bars-alone": (f"| user | password |\n| | |\n| a | {STRONG} |\n", []),
    "ended": (f"| user | password |\n|---|---|\nwords\n| a | {STRONG} |\n", []),
    "another-table": (
        f"| user | password |\n|---|---|\n\n| user | name |\n|---|---|\n| a | {STRONG} |\n",
        [],
    ),
    "no-header": (f"|---|---|\n| a | {STRONG} |\n| user | password |\n", []),
    "one-column": (f"| password |\n|---|\n| {STRONG} |\n", []),
    "no-credential": (f"| user | name |\n|---|---|\n| a | {STRONG} |\n", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_row_of_markdown_is_read_below_its_header(name: str) -> None:
    text, expected = MARKDOWN[name]
    assert rows(tables.read_markdown, text) == expected


HEAD = "insert into t (user, password) values "
SQL = {
    "row": (f"{HEAD}('a', 'b');", [user("a", "b", 1)]),
    "without-blanks": ("insert into t(user,password)values('a','b'),('c','d')", [user("a", "b", 1), user("c", "d", 1)]),
    "more-blanks": (f"{HEAD} ( 'a' , 'b' ) , ( 'c' , 'd' )", [user("a", "b", 1), user("c", "d", 1)]),
    "capitals": ("INSERT INTO s.t (user, password)\nVALUES ('a', 'b')", [user("a", "b", 2)]),
    "quoted-names": ("insert into t (`user`, \"password\") values ('a', 'b')", [user("a", "b", 1)]),
    "names-in-brackets": ("insert into t ([user ], 'password ') values ('a', 'b')", [user("a", "b", 1)]),
    "names-on-lines": ("insert into t (\n user,\n password\n) values (\n'a', 'b')", [user("a", "b", 4)]),
    "numbers": (f"{HEAD}(1, 'b'), (now(), 'c'), (f(1)+g(2), 'd')", [user("", each, 1) for each in "bcd"]),
    "marked-literals": (f"{HEAD}(N'a', e'b')", [user("a", "b", 1)]),
    "doubled-quote": (f"{HEAD}('a''x', 'b\\'y')", [user("a''x", "b\\'y", 1)]),
    "too-many-values": (f"{HEAD}('a', 'b', 'c'), ('d', 'e')", [user("a", "b", 1)]),
    "too-few-values": (f"{HEAD}('a'), ('c', 'd')", [[("user", "a", 1)], user("c", "d", 1)]),
    "something-between": (f"{HEAD}('a', 'b') x, ('c', 'd')", [user("a", "b", 1)]),
    "not-closed": (f"{HEAD}((x, 'b')", [[]]),
    "two-statements": (f"x\n{HEAD}('a', 'b');\n{HEAD}('c', 'd');", [user("a", "b", 2), user("c", "d", 3)]),
    "first-line-empty": (f"\n{HEAD}('a', 'b')", [user("a", "b", 2)]),
    "part-of-a-word": (f"re{HEAD}('a', 'b')", []),
    "one-column": ("insert into t (password) values ('a')", []),
    "no-credential": ("insert into t (user, name) values ('a', 'b')", []),
    "nothing": ("", []),
}  # fmt: skip


@pytest.mark.parametrize("name", SQL)
def test_the_rows_of_an_insert_are_read_by_their_columns(name: str) -> None:
    text, expected = SQL[name]
    assert rows(tables.read_inserts, text) == expected


@pytest.mark.parametrize("before", ["", "x" * 70_000 + "\n"], ids=["at-once", "far-down"])
def test_rows_of_an_insert_are_read_that_begin_in_its_first_64_kib(before: str) -> None:
    row = f"'{'a' * 40}', '{'b' * 12}'), ("
    assert len(row) == 62
    found = rows(tables.read_inserts, f"{before}{HEAD}({row * 1100}'a', 'b')")
    assert len(found) == 1058  # 1057 * 62 bytes lie below 65536
