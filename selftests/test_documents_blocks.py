"""Blocks of a planning document at their edges: what begins, ends and holds a block, to the column."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.markdown import load_text, read_markdown
from packaging_readiness.checkout.markdown_blocks import (
    Document,
    Heading,
    Row,
    Span,
    code_spans,
    iter_lines,
    names_section,
    under,
)
from packaging_readiness.contract.errors import CannotTell, InputRefused

LARGEST = 1048576
TABLE = "| a |\n| - |\n"


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
    assert [text.text for text in document.texts] == [line]
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


@pytest.mark.parametrize("block", ["```\nx\n```", "<!-- x -->", "<!--\nx\n-->", "# H", "---", "- item", "  - item\n"])
def test_every_other_block_ends_a_table(block: str) -> None:
    document = read(f"{TABLE}{block}\ntail\n")
    assert [(table.line, table.trail, table.header, table.rows) for table in document.tables] == [(1, (), ("a",), ())]
    last = document.items[-1].text if document.items else document.texts[-1].text
    assert last.endswith(("tail", "item"))


def test_tables_end_with_the_document_too() -> None:
    assert [table.header for table in read(TABLE + "\n" + "| b |\n|:-:|\n| 1 |").tables] == [("a",), ("b",)]
    assert read("| b |\n|:-:|\n| 1 |").tables[0].rows == (Row(3, ("1",)),)


@pytest.mark.parametrize("end", ["", "  ", "\u00a0"])
def test_blanks_after_the_last_bar_are_no_cell(end: str) -> None:
    table = read(f"|a|  b {'|'}{end}\n| - | --: |{end}\n| 1 |2|{end}\n").tables[0]
    assert (table.header, table.rows) == (("a", "b"), (Row(3, ("1", "2")),))


@pytest.mark.parametrize(
    ("source", "place", "cause"),
    [
        ("|", "doc.md:1", "malformed table row"),
        ("| a | b |\n| - |\n| 1 | 2 |", "doc.md:2", "1 cells, its header 2"),
        ("| a | b |\n| - | x |\n", "doc.md:1", "without its delimiter row"),
        ("| a |\n| -x |\n", "doc.md:1", "without its delimiter row"),
        ("| a |\n| x- |\n", "doc.md:1", "without its delimiter row"),
        ("- a\n  - b\n    ```\n  x\n    ```\n", "doc.md:4", "not closed inside its list item"),
        ("- a\n~~~\nx\n", "doc.md:2", "code fence is never closed"),
        ("\n\n<!-- a\n- b\n", "doc.md:3", "HTML comment is never closed"),
    ],
)
def test_what_is_left_open_or_uneven_is_refused(source: str, place: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read(source)
    assert caught.value.place == place
    assert cause in caught.value.cause


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n- x\n~~~\n``\n- x\n```",
        "````\n- x\n```\n- x\n`````",
        "```\n- longer than the fence\n```",
        "~~~ a`b\n- x\n~~~",
        "<!-- a\n- x\n\n- x -->",
        "<!-- a -->",
        "   <!-- a -->",
    ],
)
def test_fences_close_with_their_own_mark_and_comments_with_theirs(hidden: str) -> None:
    assert items(f"{hidden}\n- seen\n") == [(hidden.count("\n") + 2, 0, "seen")]


def test_a_fence_inside_an_item_may_hold_blank_lines() -> None:
    assert items("- a\n  ```\n\n  b\n  ```\n- c\n") == [(1, 0, "a"), (6, 0, "c")]


def test_the_largest_document_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "most.md").write_bytes(b"a" * LARGEST)
    (tmp_path / "more.md").write_bytes(b"a" * (LARGEST + 1))
    assert len(load_text(tmp_path, "most.md")) == LARGEST
    with pytest.raises(InputRefused, match=r"^more\.md: longer than"):
        load_text(tmp_path, "more.md")


def test_what_keeps_a_document_from_being_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\n\xff\n")
    with pytest.raises(InputRefused, match=r"^bad\.md:2: not UTF-8"):
        load_text(tmp_path, "bad.md")
    with pytest.raises(CannotTell, match="No such file"):
        load_text(tmp_path, "absent.md")
    with pytest.raises(CannotTell, match="not a usable file name"):
        load_text(tmp_path, "nul\0.md")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("`a` b `c`", (Span(0, 3, "a"), Span(6, 9, "c"))),
        ("` a `", (Span(0, 5, "a"),)),
        ("``x `b` c", (Span(4, 7, "b"),)),
        ("x ``a ` b`` `", (Span(2, 11, "a ` b"),)),
        ("`a", ()),
    ],
)
def test_code_spans_know_where_they_stand(text: str, spans: tuple[Span, ...]) -> None:
    assert code_spans(text) == spans


def test_sections_are_asked_for_by_heading_and_by_words() -> None:
    document = read("# Secret Paths\n## Sub\n- a\n# Other\n- b\n")
    top, sub, other = document.headings
    inside, outside = (item.trail for item in document.items)
    assert [under(inside, heading) for heading in (top, sub, other)] == [True, True, False]
    assert [names_section(trail, "secret path") for trail in (inside, outside, ())] == [True, False, False]


def test_running_text_comes_in_the_order_of_its_lines() -> None:
    document = read("- z\n\nm\n\n| h |\n| - |\n| c |\n\n- a\n  - k\n")
    assert [(line, text) for line, _, text in iter_lines(document)] == [
        (1, "z"),
        (3, "m"),
        (7, "c"),
        (9, "a"),
        (10, "k"),
    ]
    first = document.items[1]
    assert [child.text for child in document.children(first)] == ["k"]
    refusal = document.refuse(9, "cause", "cure")
    assert (refusal.place, refusal.cause, refusal.cure) == ("doc.md:9", "cause", "cure")
