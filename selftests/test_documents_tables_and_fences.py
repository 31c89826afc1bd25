"""Tables, fences, comments and code spans of a planning document at their edges, and files that hold none."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.markdown import load_text, read_markdown
from packaging_readiness.checkout.markdown_blocks import (
    Document,
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
        ("| a |\n| : |\n", "doc.md:1", "without its delimiter row"),
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
        "   <!-- a\n- x\n-->",
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
