"""What the builder is sent for the sources that are named: no more than these, links on their paths followed once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import parents_of
from packaging_readiness.checkout.requested import BadSource, narrow


def context(*files: str, links: Mapping[str, str] | None = None, empty: tuple[str, ...] = ()) -> Context:
    """A context with these files, links among them, and directories that hold nothing."""
    links = links or {}
    names = tuple(sorted((*files, *links)))
    directories = frozenset((*empty, *(parent for path in (*names, *empty) for parent in parents_of(path))))
    return Context(Path("root"), names, links, directories, {}, None)


def sent(found: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return found.files, tuple(sorted(found.directories))


PLAIN = context("a/b/c", "a/b/d", "a/e", "ab/c", "f", empty=("a/none", "z"))


@pytest.mark.parametrize(
    ("sources", "files", "directories"),
    [
        (["/f"], ("f",), ()),
        (["/a/b/c"], ("a/b/c",), ("a", "a/b")),
        (["/a/b"], ("a/b/c", "a/b/d"), ("a", "a/b")),
        (["/a"], ("a/b/c", "a/b/d", "a/e"), ("a", "a/b", "a/none")),
        (["/z"], (), ("z",)),
        (["/a/none"], (), ("a", "a/none")),
        (["/missing", "/f/g", "/b"], (), ()),
        (["/a/e", "/ab/c", "/f"], ("a/e", "ab/c", "f"), ("a", "ab")),
        (["/a/?"], ("a/b/c", "a/b/d", "a/e"), ("a", "a/b")),
        (["/a/b/*"], ("a/b/c", "a/b/d"), ("a", "a/b")),
        (["/a*/c"], ("ab/c",), ("ab",)),
        (["/?"], ("a/b/c", "a/b/d", "a/e", "f"), ("a", "a/b", "a/none", "z")),
        (["/a", "/a/b/c"], ("a/b/c", "a/b/d", "a/e"), ("a", "a/b", "a/none")),
        # A leading exclamation mark takes away, a name of blanks is no pattern at all.
        (["/!f"], (), ()),
        (["/ "], (), ()),
    ],
)
def test_only_what_is_named_is_sent(sources: list[str], files: tuple[str, ...], directories: tuple[str, ...]) -> None:
    assert sent(narrow(PLAIN, sources)) == (files, directories)


@pytest.mark.parametrize("sources", [[], ["/"], ["/f", "/"]])
def test_the_whole_context_is_sent_for_nothing_and_for_all(sources: list[str]) -> None:
    assert narrow(PLAIN, sources) is PLAIN


@pytest.mark.parametrize("target", [".", "/", "a/.."])
def test_the_whole_context_is_sent_for_a_link_to_its_root(target: str) -> None:
    whole = context("a/b", "f", links={"l": target})
    assert narrow(whole, ["/l"]) is whole


@pytest.mark.parametrize(
    ("links", "source", "files"),
    [
        ({"l": "d"}, "/l", ("d/x", "d/y", "l")),
        ({"l": "d"}, "/l/x", ("d/x", "l")),
        ({"l": "/d/"}, "/l/x", ("d/x", "l")),
        ({"a/l": "/d"}, "/a/l/x", ("a/l", "d/x")),
        ({"a/l": "b/"}, "/a/l/x", ("a/b/x", "a/l")),
        ({"a/l": "../d"}, "/a/l/y", ("a/l", "d/y")),
        ({"a/b/l": "x"}, "/a/b/l", ("a/b/l", "a/b/x")),
        ({"a/b/l": "x"}, "/a/b/?", ("a/b/l", "a/b/x")),
        ({"a/b/l": "/d"}, "/a/b/l*/x", ("a/b/l", "d/x")),
        # A target above the root is a target at the root; a link to a link goes on.
        ({"l": "../../d"}, "/l/x", ("d/x", "l")),
        ({"l": "m", "m": "d"}, "/l/x", ("d/x", "l", "m")),
        ({"l": "l"}, "/l", ("l",)),
        ({"l": "missing"}, "/l/x", ("l",)),
        # A wildcard follows those links whose whole name it matches, and no link below it.
        ({"lk": "d", "link": "/a/b"}, "/l?/x", ("d/x", "lk")),
        ({"lk": "d", "lm": "/a/b"}, "/l*/x", ("a/b/x", "d/x", "lk", "lm")),
        ({"a/l": "/d"}, "/?/l", ("a/l",)),
        ({"l": "d"}, "/[[]", ()),
    ],
)
def test_links_on_a_named_path_are_followed(links: dict[str, str], source: str, files: tuple[str, ...]) -> None:
    found = narrow(context("a/b/x", "d/x", "d/y", links=links), [source])
    assert found.files == files
    assert found.links == {path: target for path, target in links.items() if path in files}


def test_a_link_is_followed_for_the_first_path_only() -> None:
    whole = context("d/x", "d/y", links={"l": "d"})
    assert narrow(whole, ["/l/y", "/l/x"]).files == ("d/x", "l")
    assert narrow(whole, ["/l/x", "/d/y"]).files == ("d/x", "d/y", "l")


def test_a_name_that_ends_in_a_blank_is_another_name_as_a_pattern() -> None:
    """The client strips its patterns: `a ` asks for `a`, and only below it do the blanks stay."""
    whole = context("a /b", "a /c", "a")
    assert narrow(whole, ["/a "]).files == ("a",)
    assert narrow(whole, ["/a ", "/a /b"]).files == ("a", "a /b")
    linked = context("ak /x", "d/x", links={"lk ": "d"})
    assert narrow(linked, ["/?k /x"]).files == ("d/x",)


@pytest.mark.parametrize(
    ("links", "sources", "named"),
    [
        ({}, ["/f", "/["], "/["),
        ({"l": "[a"}, ["/l"], "/l"),
        ({"l": "[a"}, ["/l", "/[a"], "/[a"),
        ({"l": "d"}, ["/l/[a"], "/l/[a"),
        ({}, ["/!"], "/!"),
    ],
)
def test_a_source_that_is_no_pattern_is_named_as_it_was_written(
    links: dict[str, str], sources: list[str], named: str
) -> None:
    with pytest.raises(BadSource, match=r"^malformed pattern$") as caught:
        narrow(context("f", links=links), sources)
    assert caught.value.source == named
