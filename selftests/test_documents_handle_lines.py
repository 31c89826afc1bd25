"""Handle lines at their edges: which spans are handles, which are prose, and what a value may look like."""

import pytest

from packaging_readiness.checkout.handle_values import Json, is_open, unpinned
from packaging_readiness.checkout.handles import HandlesRegistry, Named, read_handles
from packaging_readiness.contract.errors import InputRefused

FIRST = "* `FIRST_ONE = 1`\n"


def read(text: str) -> HandlesRegistry:
    return read_handles(FIRST + text, "r.md")


def found(text: str) -> list[tuple[str, Json | None, str]]:
    """Key, value and note of every handle after the first."""
    return [(handle.key, handle.value, handle.note) for handle in read(text).handles[1:]]


@pytest.mark.parametrize(
    ("line", "handles"),
    [
        ("* `A = 1`", [("A", 1, "")]),
        ("* `A=1`", [("A", 1, "")]),
        ("* `A-B_2  =  7d`", [("A-B_2", "7d", "")]),
        ("* `A = 1`, `B = 2` , `C = 3` -> note", [("A", 1, "note"), ("B", 2, "note"), ("C", 3, "note")]),
        ("* `A = 1` `B = 2`", [("A", 1, "`B = 2`")]),
        ("* `A_B` and `C_D = 1`", []),
        ("* `A_B` a name", []),
        ("* `A_B` 1 name", [("A_B", None, "1 name")]),
        ("* `A_B`, `C_D`", [("A_B", None, ""), ("C_D", None, "")]),
        ("* `A_B = 1` per day", [("A_B", 1, "per day")]),
        ("* `A_B` -> c -> d", [("A_B", None, "c -> d")]),
        ("* `A_1`", [("A_1", None, "")]),
        # Names of one word, other spellings and what only contains a name are no handles.
        ("* `AB`", []),
        ("* `A_`", []),
        ("* `A__B`", []),
        ("* `A_b`", []),
        ("* `A_B c`", []),
        ("* `see A_B`", []),
        ("* `see A_B = 1`", []),
        ("* `a = 1`", []),
        ("* `1A = 1`", []),
        ("* AB = 1", []),
        ("* see `A_B`", []),
        ("* see KEY = 1", []),
        ("* see A_B", []),
        ("* A_B is a name", []),
        ("* NOTE", []),
        ("* A_", []),
        ("A_B = 1", []),
    ],
)
def test_a_handle_line_begins_with_its_handles(line: str, handles: list[tuple[str, Json | None, str]]) -> None:
    assert found(line) == handles


@pytest.mark.parametrize("line", ["* KEY = 1", "* KEY= 1", "* A_B", "* A_B_C", "* KEY_A   ="])
def test_a_handle_without_backticks_is_refused(line: str) -> None:
    with pytest.raises(InputRefused, match=r"^r\.md:2: handle without backticks"):
        read(line)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a b"', "a b"),
        ('""', ""),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("[]", []),
        ('{"b": [1, {"c": "d"}]}', {"b": [1, {"c": "d"}]}),
        ("7d", "7d"),
        ("a/b:c.d-e_F", "a/b:c.d-e_F"),
        ("truest", "truest"),
        ("-", "-"),
        ('"\u00e9"', "\u00e9"),
    ],
)
def test_a_value_is_json_or_one_word(text: str, value: Json) -> None:
    assert found(f"* `A_B = {text}`") == [("A_B", value, "")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TRUE",
        "False",
        "None",
        "Null",
        "NaN",
        "nan",
        "Infinity",
        "infinity",
        "-Infinity",
        "[NaN]",
        '{"a": Infinity}',
        "[1e999]",
        '{"a": {"b": 1, "b": 2}}',
        '["\\ud800"]',
        "7d x",
        "x 7d",
        "'a'",
        "a=b",
        "[1",
        pytest.param("[" * 5000, id="too deep"),
    ],
)
def test_a_value_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match=r"^r\.md:2: malformed or ambiguous value of A_B"):
        read(f"* `A_B = {text}`")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', True),
        ("[1, 2]", "[2, 1]", False),
        ("1", "1.0", False),
        ("1", '"1"', False),
        ("7d", '"7d"', True),
    ],
)
def test_a_key_has_one_value_however_it_is_written(first: str, second: str, same: bool) -> None:
    text = f"* `A_B = {first}`\n* `A_B`\n* `A_B = {second}`\n"
    if same:
        assert len(read(text).handles) == 4
    else:
        with pytest.raises(InputRefused, match=r"^r\.md:4: A_B has another value here than on line 2"):
            read(text)


@pytest.mark.parametrize(
    ("value", "still_open"),
    [
        (None, False),
        (0, False),
        (True, False),
        ("TO_PIN", True),
        ("a-TO_PIN-b", True),
        ("TO_PINS", False),
        ("to_pin", False),
        (["a", ["TO_PIN"]], True),
        (["TO_PIN", 1], True),
        (["a"], False),
        ([], False),
        ({"TO_PIN": 1, "b": 2}, True),
        ({"a": 1, "b": "TO_PIN"}, True),
        ({"a": "b"}, False),
        ({}, False),
    ],
)
def test_a_value_is_open_wherever_the_word_stands(value: Json | None, still_open: bool) -> None:
    assert is_open(value) is still_open


@pytest.mark.parametrize(
    ("value", "to_come"),
    [
        ("replaceme", True),
        ("replace me", True),
        ("change me!", True),
        ("xxx", True),
        ("xx", False),
        ("xxxa", False),
        ("to be decided by x", True),
        ("to be", False),
        ("fixme later", True),
        ("changeme later", False),
        ("tbdx", False),
        (".", False),
        ("...", True),
        (["TO_PIN"], True),
        ([[]], False),
        (False, False),
    ],
)
def test_a_word_for_a_value_to_come_pins_nothing(value: Json, to_come: bool) -> None:
    assert unpinned(value) is to_come


@pytest.mark.parametrize("title", ["11.3 Secret path handles", "Secret-Path list", "SECRET PATHS"])
def test_secret_paths_are_listed_below_their_heading(title: str) -> None:
    registry = read(f"* `/not/listed`\n# {title}\n## Part\n* `/a.b/c_d-e`, `/f` -> note\n* `KEY = 1`\n* `{{run_id}}`\n")
    assert registry.secret_paths == (Named("/a.b/c_d-e", 5), Named("/f", 5))
    assert [handle.key for handle in registry.handles] == ["FIRST_ONE", "KEY"]
    assert registry.placeholders == (Named("{run_id}", 7),)


@pytest.mark.parametrize("path", ["/", "/a/", "/a//b", "/a b", "//", "/a/b\u00e9", "/a/*"])
def test_a_secret_path_has_only_plain_parts(path: str) -> None:
    with pytest.raises(InputRefused, match=r"^r\.md:3: malformed secret path"):
        read(f"# Secret paths\n* `{path}`\n")


@pytest.mark.parametrize(
    ("span", "is_one"),
    [("{a}", True), ("{run_id_2}", True), ("{}", False), ("{Run}", False), ("{a}/b", False), ("b/{a}", False)],
)
def test_a_placeholder_stands_alone(span: str, is_one: bool) -> None:
    assert read(f"* `{span}`\n").placeholders == ((Named(span, 2),) if is_one else ())


def test_open_handles_come_in_the_order_of_their_first_lines() -> None:
    text = '# Open materialization\n* `B_B`\n* `C_C = 1`\n* `A_A.x`\n# Rest\n* `A_A = "TO_PIN"`\n* `B_B = "TO_PIN"`\n'
    registry = read(text + '* `A_A = "TO_PIN"`\n')
    assert registry.open_listed == (Named("B_B", 3),)
    assert [(one.key, one.to_pin_line, one.listed_line) for one in registry.open_handles] == [
        ("B_B", 8, 3),
        ("A_A", 7, 0),
    ]
    assert [bool(one.disagreement) for one in registry.open_handles] == [False, True]
    assert registry.value("C_C") == 1


def test_a_handle_knows_its_section_or_none() -> None:
    registry = read("# 2. Top\n### 2.1.3 Deep\n* `A_B = 1`\n")
    assert [(one.section, one.section_title) for one in registry.handles] == [("", ""), ("2.1.3", "Deep")]


def test_entrypoints_are_those_with_the_prefix() -> None:
    registry = read("* `ENTRYPOINT_A`\n* `MY_ENTRYPOINT_B`\n* `ENTRYPOINT_C = 1`\n* `ENTRYPOINT_A`\n* `A_ENTRYPOINT`\n")
    assert [(one.key, one.line) for one in registry.entrypoints] == [("ENTRYPOINT_A", 2), ("ENTRYPOINT_C", 4)]
    with pytest.raises(InputRefused) as caught:
        registry.value("ENTRYPOINT_A")
    assert caught.value.place == "r.md:2"
    with pytest.raises(InputRefused) as caught:
        registry.value("ENTRYPOINT_Z")
    assert caught.value.place == "r.md"
