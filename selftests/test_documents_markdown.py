"""Blocks of a planning document: what counts as content, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.markdown import MAX_DOCUMENT_BYTES, load_text, read_markdown
from packaging_readiness.checkout.markdown_blocks import code_spans
from packaging_readiness.contract.errors import CannotTell, InputRefused

PIECES = (
    "- [x] box",
    "- [ ] ",
    "- item `a",
    "  - child",
    "1. one",
    "| a | b |",
    "| --- | --- |",
    "| 1 | 2 |",
    "# H",
    "## 1.2 Title",
    "```",
    "~~~~",
    "<!--",
    "-->",
    "---",
    "",
    "    code",
    "\t- tab",
    "Label:",
)


def texts(source: str) -> list[str]:
    return [item.text for item in read_markdown(source, "doc.md").items]


def test_headings_open_and_close_their_sections() -> None:
    document = read_markdown("# 1. Top\n\n### 1.2.3) Deep ##\n\n- a\n\n## M1.A Lane\n\n- b\n", "doc.md")
    assert [(h.level, h.number, h.title, h.line) for h in document.headings] == [
        (1, "1", "Top", 1),
        (3, "1.2.3", "Deep", 3),
        (2, "", "M1.A Lane", 7),
    ]
    assert [[h.title for h in item.trail] for item in document.items] == [["Top", "Deep"], ["Top", "M1.A Lane"]]


def test_items_know_parent_label_and_state() -> None:
    source = "Lead-in:\n1. first\n   - [X] under first\n     - below\n2. second\n   goes on\n\nOther text.\n\n- third\n"
    document = read_markdown(source, "doc.md")
    found = [(i.line, i.parent, i.label, i.ordinal, i.checked, i.text) for i in document.items]
    assert found == [
        (2, 0, "Lead-in", 1, None, "first"),
        (3, 2, "Lead-in", None, True, "under first"),
        (4, 3, "Lead-in", None, None, "below"),
        (5, 0, "Lead-in", 2, None, "second goes on"),
        (10, 0, "", None, None, "third"),
    ]


@pytest.mark.parametrize(
    "hidden",
    ["```\n- x\n```\n", "~~~md\n- x\n```\n~~~\n", "<!-- gone\n- x\n-->\n", "text\n\n    - x\n", "> - x\n"],
)
def test_code_comments_and_quotes_hold_no_items(hidden: str) -> None:
    assert texts(hidden + "\n- seen\n") == ["seen"]


def test_a_link_is_not_a_checkbox() -> None:
    document = read_markdown("- [x](target)\n- [1]: note\n- [abc] word\n", "doc.md")
    assert [item.checked for item in document.items] == [None, None, None]


def test_table_cells_may_hold_escaped_bars() -> None:
    table = read_markdown("| a | b |\n| - | :-: |\n| x \\| y | `z` |\n", "doc.md").tables[0]
    assert (table.header, table.rows[0].cells, table.rows[0].line) == (("a", "b"), ("x | y", "`z`"), 3)


@pytest.mark.parametrize(
    ("source", "place", "cause"),
    [
        ("- ok\n- [] gone\n", "doc.md:2", "malformed checkbox"),
        ("- [y] odd\n", "doc.md:1", "malformed checkbox"),
        ("- [x]glued\n", "doc.md:1", "malformed checkbox"),
        ("- [ x ] wide\n", "doc.md:1", "malformed checkbox"),
        ("- [ ]\n", "doc.md:1", "malformed checkbox"),
        ("-[x] glued to its bullet\n", "doc.md:1", "checkbox outside a list"),
        ("[x] no bullet\n", "doc.md:1", "checkbox outside a list"),
        ("\n| a | b |\n| --- | --- |\n| 1 |\n", "doc.md:4", "1 cells, its header 2"),
        ("| a | b |\n| --- | --- |\n| 1 | 2\n", "doc.md:3", "malformed table row"),
        ("| a |\n| --- |\nno bars\n", "doc.md:3", "text inside a table"),
        ("| a |\n\n", "doc.md:1", "without its delimiter row"),
        ("a\n```\nb\n", "doc.md:2", "never closed"),
        ("<!-- a\n", "doc.md:1", "never closed"),
        ("- a\n  ```\n  b\nc\n", "doc.md:4", "not closed inside its list item"),
    ],
)
def test_damage_is_refused_with_its_line(source: str, place: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_markdown(source, "doc.md")
    assert caught.value.place == place
    assert cause in caught.value.cause


def test_code_spans_close_with_the_same_number_of_backticks() -> None:
    assert [span.text for span in code_spans("`a` ``b ` c`` `open")] == ["a", "b ` c"]


def test_windows_line_ends_and_byte_order_mark_change_nothing() -> None:
    assert texts("\ufeff- a\r\n- [x] b\r\n") == ["a", "b"]


def test_other_unicode_line_separators_do_not_start_lines() -> None:
    assert texts("- a\u2028- b\x0b- c\n") == ["a\u2028- b\x0b- c"]


def test_documents_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"ok\nfen\xeatre\n")
    (tmp_path / "big.md").write_bytes(b"a" * (MAX_DOCUMENT_BYTES + 1))
    (tmp_path / "good.md").write_text("fenêtre", encoding="utf-8")
    assert load_text(tmp_path, "good.md") == "fenêtre"
    with pytest.raises(InputRefused, match=r"latin\.md:2: not UTF-8"):
        load_text(tmp_path, "latin.md")
    with pytest.raises(InputRefused, match="longer than"):
        load_text(tmp_path, "big.md")
    for name in ("absent.md", "nul\0.md", "."):
        with pytest.raises(CannotTell, match="cannot be read") as caught:
            load_text(tmp_path, name)
        assert str(tmp_path) not in str(caught.value)


@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8))).map("\n".join)))
def test_any_text_gives_a_document_or_a_refusal(source: str) -> None:
    try:
        lines = [item.line for item in read_markdown(source, "doc.md").items]
    except InputRefused as error:
        place, lines = error.place, []
    else:
        place = "doc.md:"
    assert place.startswith("doc.md:")
    assert lines == sorted(set(lines))


@given(st.lists(st.tuples(st.booleans(), st.from_regex(r"[a-z][a-z ]{0,20}[a-z]", fullmatch=True))))
def test_no_checkbox_is_lost_or_turned(boxes: list[tuple[bool, str]]) -> None:
    source = "".join(f"- [{'x' if state else ' '}] {text}\n" for state, text in boxes)
    assert [(item.checked, item.text) for item in read_markdown(source, "doc.md").items] == boxes
