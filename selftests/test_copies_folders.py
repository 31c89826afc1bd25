"""Folders that a COPY makes in the image, empty ones too, and what lands in them afterwards."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import NotResolved, Tree
from packaging_readiness.checkout.copies import resolve_copies
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.ignore_patterns import Pattern, new_pattern
from packaging_readiness.checkout.image_tree import ImageTree
from packaging_readiness.checkout.landing import land_directory

FILES = ("a", "d/e/z", "d/l", "d/x")
FOLDERS = frozenset({"d", "d/e", "d/none", "d/none/at", "top"})
CONTEXT = Context(Path("nowhere"), FILES, {"d/l": "x"}, FOLDERS, {}, None)


def patterns(*texts: str) -> tuple[Pattern, ...]:
    return tuple(found for text in texts if (found := new_pattern(1, text, text)) is not None)


@pytest.mark.parametrize(
    ("real", "target", "included", "excluded", "folders", "files"),
    [
        ("d", "/c", None, "", ["c", "c/e", "c/none", "c/none/at"], ["c/e/z", "c/l", "c/x"]),
        ("d", "/", None, "", ["e", "none", "none/at"], ["e/z", "l", "x"]),
        ("d/none", "/c/b/", None, "", ["c", "c/b", "c/b/at"], []),
        ("d", "/c", None, "none", ["c", "c/e"], ["c/e/z", "c/l", "c/x"]),
        ("d", "/c", None, "e/z", ["c", "c/e", "c/none", "c/none/at"], ["c/l", "c/x"]),
        ("d", "/c", None, "at", ["c", "c/e", "c/none", "c/none/at"], ["c/e/z", "c/l", "c/x"]),
        ("d", "/c", "x", "", ["c"], ["c/x"]),
        ("d", "/c", "e", "", ["c", "c/e"], ["c/e/z"]),
        ("d", "/c", "**", "x", ["c", "c/e"], ["c/e/z", "c/l"]),
        ("", "/c", "d/*", "d/e", ["c", "c/d"], ["c/d/l", "c/d/x"]),
        ("", "/", None, "d", ["top"], ["a"]),
        ("d", "/k/../link/q", None, "*", ["to", "to/q"], []),
    ],
)
def test_what_a_folder_brings(
    real: str, target: str, included: str | None, excluded: str, folders: list[str], files: list[str]
) -> None:
    image = ImageTree(links={"link": "to"})
    taken = None if included is None else patterns(included)
    landed = land_directory(real, target, Tree(CONTEXT), image, taken, patterns(excluded))
    assert sorted(image.directories) == folders
    assert [place for _, place in landed] == files
    assert sorted([*image.files, *image.links]) == sorted([*files, "link"])
    prefix = f"{real}/" if real else ""
    top = (target.strip("/") + "/").lstrip("/")
    assert [source for source, _ in landed] == [f"{prefix}{place.removeprefix(top)}" for place in files]


def test_a_link_of_the_folder_stays_a_link() -> None:
    image = ImageTree()
    land_directory("d", "/c", Tree(CONTEXT), image, None, ())
    assert image.links == {"c/l": "x"}
    with pytest.raises(NotResolved):
        land_directory("d", "/c/x", Tree(CONTEXT), image, None, ())


def landed(text: str) -> list[str]:
    found = resolve_copies(parse(f"FROM scratch\n{text}\n".encode(), "D"), CONTEXT, {})
    return [dest for each in found.sources for _, dest in each.files]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("COPY d /c\nCOPY a /c/none", "c/none/a"),
        ("COPY d /c\nCOPY a /c/none/at", "c/none/at/a"),
        ("COPY d /c\nCOPY a /c/other", "c/other"),
        ("COPY --exclude=none d /c\nCOPY a /c/none", "c/none"),
        ("COPY . /\nCOPY a /top", "top/a"),
        ("COPY d/none /c\nCOPY a /c", "c/a"),
        ("COPY d/no* /c/\nCOPY a /c/at", "c/at/a"),
    ],
)
def test_a_file_lands_in_an_empty_folder_that_was_copied(text: str, last: str) -> None:
    assert landed(text)[-1] == last
