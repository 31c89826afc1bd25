"""Blocks of a planning document at their edges: what begins, ends and holds a block, to the column."""

import pytest

from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document, Heading
from packaging_readiness.contract.errors import InputRefused


def read(source: str) -> Document:
    return read_markdown(source, "doc.md")


def items(source: str) -> list[tuple[int, int, str]]:
    """Line, parent and text of every item."""
    return [(item.line, item.parent, item.text) for item in read(source).items]


def lines(source: str) -> list[str]:
    return [text.text for text in read(source).texts]


@pytest.mark.parametrize(
    ("line", "level", "number", "title"),
    [
        ("# Title", 1, "", "Title"),
        ("   ###### Six", 6, "", "Six"),
        ("#", 1, "", ""),
        ("# ", 1, "", ""),
        ("# 2nd Title", 1, "", "2nd Title"),
        ("# ##", 1, "", ""),
        ("# C#", 1, "", "C#"),
        ("# C# ##", 1, "", "C#"),
        ("##  1. Two blanks", 2, "1", "Two blanks"),
        ("# 1  ##", 1, "", "1"),
        ("# 11.3) Paths", 1, "11.3", "Paths"),
        ("# 6 Map", 1, "6", "Map"),
        ("# .5 Half", 1, "", ".5 Half"),
        ("# Phase 2 goes on", 1, "", "Phase 2 goes on"),
        ("# \u00a0Title\u00a0", 1, "", "Title"),
    ],
)
def test_a_heading_has_level_number_and_title(line: str, level: int, number: str, title: str) -> None:
    assert read(line + "\n").headings == (Heading(1, level, number, title),)


@pytest.mark.parametrize(
    "line",
    [
        "#tag",
        "####### seven",
        "    # four blanks",
        "    ---",
        "text # no",
        "--- text",
        "-x",
        "**bold** word",
        "1.x",
        "1234567890. ten digits",
        "see ~~~ there",
        "``` a ` b",
        "see [x] there",
        "[x](target)",
        "[x]: note",
        "[x][ref]",
    ],
)
def test_what_only_resembles_a_block_is_text(line: str) -> None:
    document = read(f"{line}\n\n- seen\n")
    assert [text.text for text in document.texts] == [line.strip()]
    assert ([item.text for item in document.items], document.headings) == (["seen"], ())


def test_headings_of_the_same_level_do_not_hold_each_other() -> None:
    document = read("# A\n## B\n## C\n- x\n# D\n- y\n")
    assert [[heading.title for heading in item.trail] for item in document.items] == [["A", "C"], ["D"]]
    assert [item.heading.title if item.heading else None for item in document.items] == ["C", "D"]
    assert read("- x\n").items[0].heading is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- a\n  - b\n    - c\n", [(1, 0, "a"), (2, 1, "b"), (3, 2, "c")]),
        ("- a\n - b\n", [(1, 0, "a"), (2, 0, "b")]),
        ("- a\n  - b\n- c\n", [(1, 0, "a"), (2, 1, "b"), (3, 0, "c")]),
        ("1. a\n  - b\n", [(1, 0, "a"), (2, 1, "b")]),
        # Three columns beyond the text above are still an item, four are not.
        ("- a\n     - b\n", [(1, 0, "a"), (2, 1, "b")]),
        ("- a\n      - b\n", [(1, 0, "a - b")]),
        ("   - a\n", [(1, 0, "a")]),
        ("    - a\n", []),
        # Four blanks after the bullet belong to it; with five its content begins after the first.
        ("-    a\n        - b\n", [(1, 0, "a"), (2, 1, "b")]),
        ("-     a\n      - b\n", [(1, 0, "a - b")]),
        ("-     a\n     - b\n", [(1, 0, "a"), (2, 1, "b")]),
        # A tab ends at a multiple of four.
        ("   - a\n\n\t- b\n", [(1, 0, "a")]),
        ("- a\n\n\t- b\n", [(1, 0, "a"), (3, 1, "b")]),
        ("-\n  tail\n", [(1, 0, "tail")]),
        ("- \n  tail\n", [(1, 0, "tail")]),
        ("- a   \n  tail   \n", [(1, 0, "a tail")]),
        ("- a\n| b |\n", [(1, 0, "a | b |")]),
        ("- a\n\n  - b\n", [(1, 0, "a"), (3, 1, "b")]),
        ("- a\n---\n  - b\n", [(1, 0, "a"), (3, 0, "b")]),
        ("- a\n# H\n  - b\n", [(1, 0, "a"), (3, 0, "b")]),
        ("* a\n+ b\n12) c\n123456789. d\n", [(1, 0, "a"), (2, 0, "b"), (3, 0, "c"), (4, 0, "d")]),
    ],
)
def test_columns_decide_which_item_holds_which(source: str, expected: list[tuple[int, int, str]]) -> None:
    assert items(source) == expected


def test_an_item_keeps_its_number_and_its_line_as_written() -> None:
    found = [(item.ordinal, item.raw) for item in read("10. ten\n   * `A`  \n0) none\n").items]
    assert found == [(10, "10. ten"), (None, "* `A`"), (0, "0) none")]


@pytest.mark.parametrize(
    ("line", "checked", "text"),
    [
        ("- [ ] open", False, "open"),
        ("- [x]   done", True, "done"),
        ("- [X] done", True, "done"),
        ("- see [ ] there", None, "see [ ] there"),
        ("- [ab] word", None, "[ab] word"),
        ("- [abcd] word", None, "[abcd] word"),
        ("- [x](target)", None, "[x](target)"),
        ("- [x]: note", None, "[x]: note"),
        ("- [x][ref]", None, "[x][ref]"),
    ],
)
def test_a_box_is_what_the_item_begins_with(line: str, checked: bool | None, text: str) -> None:
    assert [(item.checked, item.text) for item in read(line).items] == [(checked, text)]


@pytest.mark.parametrize(
    "line",
    ["- [x ] odd", "- [] odd", "- [y] odd", "- [x]", "- [x]\u00a0odd", "* [  ] odd", "- [    ] odd", "- [ X  ] odd"],
)
def test_a_box_that_could_be_either_is_refused(line: str) -> None:
    with pytest.raises(InputRefused, match=r"^doc\.md:2: malformed checkbox"):
        read("- a\n" + line)


@pytest.mark.parametrize("line", ["[x] odd", "[ ] odd", "[] odd", "*[X] odd", "+[ ]"])
def test_a_box_outside_a_list_is_refused(line: str) -> None:
    with pytest.raises(InputRefused, match=r"^doc\.md:1: checkbox outside a list"):
        read(line)


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("Lead :\n- a\n", ["Lead"]),
        ("Lead:\r\n- a\r\n", ["Lead"]),
        ("Lead:\n\n- a\n- b\n", ["Lead", "Lead"]),
        ("Lead:\nMore.\n- a\n", [""]),
        (":not\n- a\n", [""]),
        ("Lead:\n# H\n- a\n", [""]),
        ("Lead:\n---\n- a\n", [""]),
        # Text inside an item introduces nothing; text beside it does.
        ("Lead:\n- a\n\n  Inner:\n  - b\n", ["Lead", "Lead"]),
        ("Lead:\n- a\n\n Outer:\n- b\n", ["Lead", "Outer"]),
        ("Lead:\n- a\n  - b\n\n  Inner.\n- c\n", ["Lead", "Lead", "Lead"]),
    ],
)
def test_the_line_above_a_list_is_its_label(source: str, labels: list[str]) -> None:
    assert [item.label for item in read(source).items] == labels


@pytest.mark.parametrize(
    ("source", "item", "texts"),
    [
        ("- a\n\ntail\n", "a", ["tail"]),
        ("- a\n```\nx\n```\ntail\n", "a", ["tail"]),
        ("- a\n<!-- x -->\ntail\n", "a", ["tail"]),
        ("- a\n# H\ntail\n", "a", ["tail"]),
        ("- a\n***\ntail\n", "a", ["tail"]),
        ("- a\n tail  \nmore\n", "a tail more", []),
    ],
)
def test_running_text_ends_with_the_next_block(source: str, item: str, texts: list[str]) -> None:
    assert ([one.text for one in read(source).items], lines(source)) == ([item], texts)
