"""Lists and lanes of the build plan at their edges: what belongs to a list, and what only resembles an entry."""

from dataclasses import dataclass

import pytest

from packaging_readiness.checkout import plan_lists as lists
from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.markdown_blocks import Document
from packaging_readiness.checkout.plan import Plan, read_plan
from packaging_readiness.contract.errors import InputRefused


def read(source: str) -> Document:
    return read_markdown(source, "plan.md")


def plan(source: str) -> Plan:
    return read_plan(source, "plan.md")


@dataclass(frozen=True, slots=True)
class Refusal:
    place: str
    cause: str


def refusal(source: str) -> Refusal:
    with pytest.raises(InputRefused) as caught:
        plan(source)
    return Refusal(caught.value.place, caught.value.cause)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("A = 1", ("A", "1")),
        ("A_2=b.c:d/e-f", ("A_2", "b.c:d/e-f")),
        ('KEY = "a b"', ("KEY", "a b")),
        ('KEY = ""', ("KEY", "")),
        ("KEY = 1 more", None),
        ("see KEY = 1", None),
        ("key = 1", None),
        ("KEY =", None),
        ("KEY  = 1", None),
        ('KEY = "a" b', None),
        ("1KEY = 1", None),
    ],
)
def test_a_pin_is_a_whole_code_span(span: str, expected: tuple[str, str] | None) -> None:
    found = [(pin.key, pin.value, pin.line) for pin in lists.pins(read(f"\nSet `x` and `{span}`.\n"))]
    assert found == ([] if expected is None else [(*expected, 2)])


def test_pins_are_found_in_text_items_and_tables_by_line() -> None:
    source = "## M1.A Image\n`A = 1`\n\n- `A = 2`\n\n| h |\n| - |\n| `B = 3` |\n"
    assert [(pin.key, pin.value, pin.line) for pin in plan(source).pins] == [
        ("A", "1", 2),
        ("A", "2", 4),
        ("B", "3", 8),
    ]
    assert [pin.value for pin in plan(source).pinned("A")] == ["1", "2"]


def test_a_list_is_the_one_named_item_that_has_children() -> None:
    source = "- Required include set below.\n- `Required` include set:\n  - `a`\n- The required include set:\n  - `b`\n"
    document = read(source)
    assert [item.text for item in lists.lists_under(document, document.items, "required include set")] == ["`a`"]
    assert lists.lists_under(document, document.items, "required") == document.items[2:3]
    assert lists.lists_under(document, document.items, "absent") == ()


@pytest.mark.parametrize("path", ["a", "./a.b/c_d-e/", "a..b/.c"])
def test_an_include_path_is_relative(path: str) -> None:
    found = plan(f"## M1.A Image\n- Required include set:\n  - `{path}` (recursive)\n  - `z` (not so)\n").include
    assert [(one.path, one.recursive, one.line) for one in found] == [(path, True, 3), ("z", False, 4)]


@pytest.mark.parametrize("entry", ["`/a`", "`a/../b`", "`..`", "`a b`", "`a*`", "``  ``", "see `a`", "a"])
def test_another_include_path_is_refused(entry: str) -> None:
    found = refusal(f"## M1.A Image\n- Required include set:\n  - {entry}\n")
    assert found == Refusal("plan.md:3", "malformed include path")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("`a`", ("a", None, None, None)),
        ('`a_1 = "B c"`', ("a_1", "B c", None, None)),
        ("`a = b_2`", ("a", None, "b_2", None)),
        ("`a = b`", ("a", None, "b", None)),
        ('`a = ""`', ("a", "", None, None)),
        ("`a` (like `b` in `A_B`, `C_D`)", ("a", None, None, "A_B")),
        ("`a` (like `A_B`)", ("a", None, None, "A_B")),
        ("`a` (like `A`, `A_`, `A_B x`)", ("a", None, None, None)),
    ],
)
def test_a_provenance_field_has_a_name_and_what_it_equals(
    entry: str, expected: tuple[str, str | None, str | None, str | None]
) -> None:
    (found,) = plan(f"## M1.C Provenance\n- Digest integrity anchors:\n  - {entry}\n").digest_anchors
    assert (found.name, found.literal, found.same_as, found.handle) == expected


@pytest.mark.parametrize("entry", ["`a b`", "`A`", "`1a`", "`a = B`", "`a=b`", "`a = b c`", "`x a`"])
def test_another_provenance_field_is_refused(entry: str) -> None:
    found = refusal(f"## M1.C Provenance\n- P(-1) provenance required fields:\n  - {entry}\n")
    assert found == Refusal("plan.md:3", "malformed provenance field")


def test_an_entry_that_comes_twice_is_refused() -> None:
    fields = "## M1.C Provenance\n- Digest integrity anchors:\n  - `a`\n  - `b`\n"
    assert [one.name for one in plan(fields).digest_anchors] == ["a", "b"]
    assert refusal(fields + '  - `a = "c"`\n') == Refusal("plan.md:5", "repeats the field of line 3")
    paths = "## M1.A Image\n- Required include set:\n  - `a`\n  - `b`\n  - `a` (recursive)\n"
    assert refusal(paths) == Refusal("plan.md:5", "repeats the include path of line 3")
    again = "## M1.A Image\n- Required include set:\n  - `a`\n- Required include set too:\n  - `b`\n"
    assert refusal(again).place == "plan.md:4"


def test_excluded_patterns_and_secret_paths_are_quoted() -> None:
    excluded = plan("## M1.A Image\n- Explicit exclude set:\n  - `a/`, `b`\n  - all else\n").exclude
    assert [(one.text, one.patterns, one.line) for one in excluded] == [
        ("`a/`, `b`", ("a/", "b"), 3),
        ("all else", (), 4),
    ]
    secret = "## M1.D Secrets\n- Required secret path handles:\n  - `/a/b` (x)\n"
    assert [(one.text, one.line) for one in plan(secret).secret_paths] == [("/a/b", 3)]
    assert refusal(secret + "  - see `/c`\n") == Refusal("plan.md:4", "malformed secret path")


def test_only_field_names_are_fields_of_the_register() -> None:
    source = "## M1.E Handoff\n- Required blocker fields:\n  - `a`, `b_2` (`A..E`, `c d`)\n  - text\n  - `e`\n"
    assert plan(source).blocker_fields == ("a", "b_2", "e")


EVIDENCE = [
    # An entry of a list of mandatory or required objects, in whatever case.
    ("1. Mandatory evidence objects:\n   - `a.json`\n", ["a.json"]),
    ("1. `Required` closure artifacts:\n   - `a.json` (x)\n   - `b_2.json`\n", ["a.json", "b_2.json"]),
    ("1. Required artifacts:\n   - `a.json`\n", ["a.json"]),
    ("1. Emit conformance artifact now:\n   - `a.json`\n", ["a.json"]),
    ("1. The required closure artifacts:\n   - `a.json`\n", []),
    ("1. Then emit conformance artifact:\n   - `a.json`\n", []),
    ("1. Required artifactsets:\n   - `a.json`\n", []),
    ("1. Compare:\n   - `a.json`\n", []),
    # Or an item of an evidence contract, but nothing below it.
    ("M1.A Evidence Contract:\n1. `a.json` under it.\n   - `b.json` is a draft.\n", ["a.json"]),
    ("M1.A evidence contract:\n1. Objects:\n   - `a.json`\n", []),
    ("M1.A rules:\n1. `a.json`\n", []),
    # Only a whole name at the beginning counts.
    ("M1.A evidence contract:\n1. write `a.json`\n2. `b.json.gz`\n3. `.json`\n4. `A.json`\n5. c.json\n", []),
]


@pytest.mark.parametrize(("source", "names"), EVIDENCE)
def test_evidence_objects_are_named_by_lists_and_contracts(source: str, names: list[str]) -> None:
    assert [one.name for one in plan(f"## M1.A Image\n\n{source}").evidence] == names


def test_what_an_object_must_state_follows_a_colon() -> None:
    contract = (
        "## M1.A Image\n\nM1.A evidence contract:\n"
        "1. `a.json` minimum fields:\n   - `status` (`A..E`, `b c`),\n   - `notes`\n"
        "2. `b.json` must include:\n   - the list.,\n   - `c`.\n"
        "3. `c.json` as it is\n   - by the way\n"
        "4. `a.json` must include:\n   - more\n"
    )
    found = [(one.name, one.minimum_fields, one.must_include, one.line) for one in plan(contract).evidence]
    assert found == [
        ("a.json", ("status", "notes"), ("more",), 4),
        ("b.json", (), ("the list", "`c`"), 7),
        ("c.json", (), (), 10),
    ]


def test_conditions_are_the_top_items_below_their_words() -> None:
    source = "## M1.E Handoff\n\nM1.E Build-Go Preconditions:\n1. one\n   - part\n     - below\n2. two\n\nElse:\n- no\n"
    assert [(one.text, one.line, one.parts) for one in plan(source).preconditions] == [
        ("one", 4, ("part",)),
        ("two", 7, ()),
    ]
    assert plan(source).no_go == ()


@pytest.mark.parametrize(
    ("heading", "lane"),
    [
        ("M1.A Image", ("M1.A", "Image")),
        ("M1.A", ("M1.A", "")),
        ("M1.A: Image.", ("M1.A", "Image")),
        ("M1.Z - Last", ("M1.Z", "Last")),
        ("M1.B.1 Part", ("M1.B", "1 Part")),
        ("M1.Alpha", None),
        ("On M1.A", None),
        ("M1xA Image", None),
        ("M1.a Image", None),
    ],
)
def test_a_lane_is_named_by_one_letter(heading: str, lane: tuple[str, str] | None) -> None:
    found = [(one.name, one.title) for one in plan(f"## {heading}\n## M1.Y Other\n").lanes]
    assert found == [*([lane] if lane else []), ("M1.Y", "Other")]


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ("M1.A verdict:\n1. `PASS` (x)\n", "PASS"),
        ("m1.a VERDICT:\n- it is `FAIL`\n", "FAIL"),
        ("M1.A verdict:\n1. `open` or `PASS`\n", None),
        ("M1.A verdict:\n1. PASS\n", None),
        ("M1.A verdict:\n1. `x`\n2. `FAIL`\n3. `PASS`\n", "FAIL"),
        ("M1.B verdict:\n1. `PASS`\n", None),
        ("M1.A verdict rules:\n1. `PASS`\n", None),
    ],
)
def test_a_verdict_is_the_first_quoted_word_of_its_list(lines: str, verdict: str | None) -> None:
    (lane,) = plan(f"## M1.A Image\n\n{lines}").lanes
    assert (lane.verdict.text if lane.verdict else None) == verdict


@pytest.mark.parametrize("label", ["DoD", "dod", "Definition of Done"])
def test_boxes_stand_in_the_definition_of_done(label: str) -> None:
    found = plan(f"## M1.A Image\n{label}:\n- [x] a\n- note\n- [ ] b\n\nElse:\n- c\n\n## Other\n- [x] d\n")
    assert [(box.lane, box.text, box.checked, box.line) for box in found.checkboxes] == [
        ("M1.A", "a", True, 3),
        ("M1.A", "b", False, 5),
    ]


@pytest.mark.parametrize("label", ["DoD anchors", "Done", ""])
def test_boxes_elsewhere_in_a_lane_are_refused(label: str) -> None:
    found = refusal(f"## M1.A Image\n{label}:\n- [x] a\n")
    assert found.place == "plan.md:3"


def test_strategies_stand_in_their_contract() -> None:
    source = (
        "## M1.A Image\n\nM1.A Image Strategy Contract:\n1. Strategy is `one` of `two`.\n2. A Strategy is `x`.\n"
        "3. Reason is `y`.\n\nElse:\n1. Strategy is `z`.\n"
    )
    assert [(one.text, one.line) for one in plan(source).image_strategies] == [("one", 4)]


def test_the_matrix_of_another_lane_is_none() -> None:
    table = "\n| Handle key | x |\n| - | - |\n"
    assert plan(f"## M1.A Image\n{table}").matrix == ()
    assert plan(f"## M1.B Entrypoints\n\n## M1.C Other\n{table}").matrix == ()
    assert refusal(f"## M1.B Entrypoints\n{table}").place == "plan.md:3"
