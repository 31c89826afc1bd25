"""Paths and COPY wildcards as the builder's `path.Clean` and `filepath.Match` have them, and text that must be text."""

import pytest

from packaging_readiness.checkout.builder_paths import BadPattern, check_glob, clean, glob, has_wildcard, require_text
from packaging_readiness.contract.errors import InputRefused


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("", "."),
        (".", "."),
        ("./", "."),
        ("/", "/"),
        ("//", "/"),
        ("a", "a"),
        ("a/", "a"),
        ("a//b/./c", "a/b/c"),
        ("a/..", "."),
        ("a/b/../c", "a/c"),
        ("a/../..", ".."),
        ("..", ".."),
        ("../..", "../.."),
        ("../a/../b", "../b"),
        ("/..", "/"),
        ("/../a", "/a"),
        ("/a/../../b", "/b"),
        ("...", "..."),
        ("a/.b/..c", "a/.b/..c"),
    ],
)
def test_the_shortest_spelling_of_a_path(path: str, cleaned: str) -> None:
    assert clean(path) == cleaned


@pytest.mark.parametrize("name", ["*", "a*", "a?b", "[", "a[b]", "\\\\*", "\\a?", "\\*["])
def test_a_name_with_a_wildcard(name: str) -> None:
    assert has_wildcard(name)


@pytest.mark.parametrize("name", ["", "a", "]", "\\*", "\\?", "\\[", "a\\", "\\\\\\*", "a^{}|"])
def test_a_name_without_a_wildcard(name: str) -> None:
    assert not has_wildcard(name)


@pytest.mark.parametrize(
    ("pattern", "matched", "others"),
    [
        ("", [""], ["a"]),
        ("a.b", ["a.b"], ["axb", "a.", "a.bc", "xa.b"]),
        ("*", ["", "a", ".a", "a\n"], ["a/b", "/"]),
        ("**", ["", "ab"], ["a/b"]),
        ("a*", ["a", "ab"], ["ba", "a/b"]),
        ("*a", ["a", "ba"], ["ab", "b/a"]),
        ("***a", ["a", "ba"], ["ab", "b/a"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["acb", "ab/c"]),
        ("a/*/c", ["a/b/c", "a//c"], ["a/c", "a/b/b/c"]),
        ("?", ["a", "\n", "é"], ["", "/", "ab"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("a+(b)|{c}$^", ["a+(b)|{c}$^"], ["aab"]),
        ("\\*", ["*"], ["a", "\\"]),
        ("\\\\a", ["\\a"], ["a", "\\\\a"]),
        ("\\a", ["a"], ["\\a"]),
        ("[a]", ["a"], ["b", "", "aa", "[a]"]),
        ("[abc]", ["a", "b", "c"], ["d"]),
        ("[b-d]", ["b", "c", "d"], ["a", "e", "-"]),
        ("[b-b]", ["b"], ["a", "c", "-"]),
        ("[b-dx-y_]", ["b", "d", "x", "y", "_"], ["a", "e", "w", "z"]),
        ("[^b-d]", ["a", "e", "^", "/"], ["b", "d", "", "^b"]),
        ("[a^]", ["a", "^"], ["b"]),
        ("[\\]\\-]", ["]", "-"], ["\\", "a"]),
        ("[\\a-\\c]", ["a", "b", "c"], ["\\", "-"]),
        ("[*?[]", ["*", "?", "["], ["a"]),
        # An upper end below the lower one takes nothing
        ("[z-a]", [], ["a", "m", "z", "-"]),
        ("[z-ab]", ["b"], ["a", "z", "-"]),
        ("[^z-a]", ["a", "/", "\n"], ["", "ab"]),
        ("[^z-a]b", ["ab"], ["a", "b"]),
        ("[z-a]b", [], ["ab", "b"]),
        ("[a]b*[^c]", ["abe", "abxe"], ["abc", "ab"]),
        # Many asterisks
        ("a*b*c*d*e", ["abcde", "axbxcxdxe", "abcdee"], ["abced", "abcd/e"]),
        ("a*b*c*d*e*f", ["abcdef", "axbxcxdxexf", "aabbccddeeff", "abcdefxf"], ["abcdfe", "ab/cdef", "abcdefx"]),
        ("*a*b*c*d*e*f*", ["abcdef", "xaxbxcxdxexfx"], ["abcdfe", "x/abcdef", "abcdef/x"]),
        ("*ab*ab*ab*ab*ab*c?", ["ababababab", "ababababcabcd"][1:], ["ababababcc", "abababababc"]),
        ("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab", ["a" * 24 + "b"], ["a" * 70, "a" * 23 + "b"]),
    ],
)
def test_what_a_wildcard_matches(pattern: str, matched: list[str], others: list[str]) -> None:
    expression = glob(pattern)
    assert [name for name in (*matched, *others) if expression.fullmatch(name)] == matched


@pytest.mark.parametrize(
    "pattern",
    [
        *("[", "a[", "[a", "[a-", "[a-b", "[]", "[]a]", "[^", "[^]", "[^]a]", "[-a]", "[a-]", "[a-b-c]"),
        *("\\", "a\\", "[\\", "[a\\", "[a\\]", "[a-\\", "*[", "[\udc80]", "[\udcff]", "[a-\udc90]"),
    ],
)
def test_a_wildcard_that_is_a_syntax_error(pattern: str) -> None:
    with pytest.raises(BadPattern) as caught:
        glob(pattern)
    assert caught.value.line == 0


def test_a_class_takes_what_stands_around_the_bytes_that_are_none() -> None:
    assert glob("[\udc7f]").fullmatch("\udc7f")
    assert glob("[\udd00]").fullmatch("\udd00")


@pytest.mark.parametrize(
    "pattern",
    [
        *("[", ".[", "a[", "*[", "**[", ".*[", "*.*[", "?*[", "*?*[", "[.]*[", "[^a]*[", ".**[", "**.**["),
        *("\\", "*\\", ".*\\", "a\\*[", "a[*[", "*a[", "a[]*", "[*]["),
        "[a\\]*[",
    ],
)
def test_an_error_that_the_builder_gets_to(pattern: str) -> None:
    with pytest.raises(BadPattern):
        check_glob(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "a", ".", "*", "**", "a*", "[.]", "\\a", "*a*", "..", "?", "??"),
        # The name "." does not get so far.
        *("a*[", "*a*[", "..*[", "??*[", "*??*[", "*?*?*[", ".a*[", "*.*.*[", "?.*["),
        *(
            "a[*]*[",
            "a[b*]*[",
            "a[b]c*[",
            "a\\**[",
            "a\\[*[",
            "a[\\]*]*[",
            "[^.]*[",
            "a[[*]*[",
            "[*]",
            "[*]a*[",
            "\\**[",
            ".*.*[",
            ".*[.]**[",
        ),
    ],
)
def test_an_error_that_the_builder_does_not_get_to(pattern: str) -> None:
    check_glob(pattern)


@pytest.mark.parametrize(
    ("data", "place", "word"),
    [
        (b"\xff\na\n", "f:1", "UTF-8"),
        (b"a\nb\n\xc3\n\n", "f:3", "UTF-8"),
        (b"\n\xff", "f:2", "UTF-8"),
        (b"\n\0", "f:2", "NUL"),
        (b"\0\na", "f:1", "NUL"),
        (b"a\n\nb\0\n\n\0", "f:3", "NUL"),
        (b"a\0\n\xff", "f:2", "UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_line(data: bytes, place: str, word: str) -> None:
    with pytest.raises(InputRefused) as caught:
        require_text(data, "f")
    assert caught.value.place == place
    assert word in caught.value.cause


def test_a_file_that_is_text() -> None:
    assert require_text("a\r\né\x01".encode(), "f") == "a\r\né\x01"
