"""Files of `key = value` lines: sections, comments, continuation, quotes, and which lines are none."""

import pytest

from packaging_readiness.secrets.structure import Mapping, Scalar, read_lines


def items(text: str) -> list[tuple[str, str, int]]:
    """Key, value and line of each pair, with the name of its section in front of it."""
    (root,) = read_lines(text)
    assert isinstance(root, Mapping)
    found = []
    for key, child in root.items:
        pairs = [(f"[{key}] {name}", leaf) for name, leaf in child.items] if isinstance(child, Mapping) else []
        for name, leaf in pairs or [(key, child)]:
            if isinstance(leaf, Scalar):
                found.append((name, str(leaf), leaf.line))
    return found


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("a=b", "a", "b"),
        ("a:b", "a", "b"),
        ("  a = b  ", "a", "b"),
        ("a\t=\tb\t", "a", "b"),
        ("a=b=c", "a", "b=c"),
        ("a:b:c", "a", "b:c"),
        ("a=b:c", "a", "b:c"),
        ("a: b=c", "a", "b=c"),
        ("a == b", "a", "b"),
        ("a = ", "a", ""),
        ("export A=b", "A", "b"),
        ('"a" : "b"', "a", "b"),
        ("'a'='b'", "a", "b"),
        ("=x:y", "=x", "y"),
        (":x=y", ":x", "y"),
        ("a=b\r", "a", "b"),
        ("a b = c", "b", "c"),
        # Quotes, and comments behind a value.
        ('a = "b # c" # d', "a", "b # c"),
        ("a = 'b' ; c", "a", "b"),
        ("a = 'b\"' \"c'", "a", 'b"'),
        ('a = ""', "a", ""),
        ('a = "" # "c"', "a", ""),
        ('a = "b', "a", '"b'),
        ("a = b'c'", "a", "b'c'"),
        ("a = b # c # d", "a", "b"),
        ("a = b\t# c", "a", "b"),
        ("a = b  # c", "a", "b"),
        ("a = b ; c ; d", "a", "b"),
        ("a = b#c;d", "a", "b#c;d"),
        ("a = b\t# c # d ; e", "a", "b"),
        ("a =   # c", "a", "# c"),
    ],
)
def test_a_line_gives_this_pair(line: str, key: str, value: str) -> None:
    assert items(f"\n{line}\n") == [(key, value, 2)]


@pytest.mark.parametrize(
    "line",
    ["", "   ", "# a = b", "; a = b", "! a = b", "  # a = b", "a", "=b", ":b", "= ", "a b c = d", "to be or not: d"],
)
def test_a_line_gives_no_pair(line: str) -> None:
    assert items(f"x = y\n{line}\nz = w") == [("x", "y", 1), ("z", "w", 3)]


def test_a_line_goes_on_behind_a_backslash_and_counts_where_it_begins() -> None:
    assert items("a = b\\\n   c \\\n\td\ne = f") == [("a", "bc d", 1), ("e", "f", 4)]
    assert items("a = b\\\r\n  c\\\r\n  d\r\ne = f\r\n") == [("a", "bcd", 1), ("e", "f", 4)]
    assert items("a = b\\") == [("a", "b\\", 1)]
    assert items("# a \\\n b = c\nd = e") == [("d", "e", 3)]


def test_what_follows_a_section_is_below_it() -> None:
    text = "a = b\n[ s ]\nc = d\n  [[t]]\ne = f\n[u:v=w]\n[x\ng = h\n[s]\nc = i\n"
    assert items(text) == [("a", "b", 1), ("[s] c", "d", 3), ("[t] e", "f", 5), ("[x] g", "h", 8), ("[s] c", "i", 10)]
    (root,) = read_lines(text)
    assert isinstance(root, Mapping)
    assert [key for key, _ in root.items] == ["a", "s", "t", "u:v=w", "x", "s"]
    assert root.items[3] == ("u:v=w", Mapping())
