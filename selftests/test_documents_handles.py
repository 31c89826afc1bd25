"""Handles registry: values, open handles, secret paths; nothing lost, nothing read twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.handles import HandlesRegistry, read_handles
from packaging_readiness.contract.errors import InputRefused

SAMPLE = (Path(__file__).parent / "data" / "documents" / "registry.md").read_text(encoding="utf-8")

JSON_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(10**9), 10**9), st.text("abc {}_/=\\\"'é,:|", max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def registry() -> HandlesRegistry:
    return read_handles(SAMPLE, "registry.md")


def test_every_kind_of_value_is_read(registry: HandlesRegistry) -> None:
    values = {handle.key: handle.value for handle in registry.handles if handle.section == "1.1"}
    assert values == {
        "PROJECT_SLUG": "sample",
        "TAG_OWNER_KEY": "owner",
        "BUDGET": 300,
        "RATIO": -0.5,
        "ENCRYPTION_ENABLED": True,
        "PLAINTEXT_ALLOWED": False,
        "REQUIRED_IDS": ["a", "b_2"],
        "SORT_KEYS": {"a": "ts", "b_2": "id,seq"},
        "RETENTION": "7d",
        "LOW": 1,
        "HIGH": 2,
    }


def test_a_handle_knows_where_it_stands(registry: HandlesRegistry) -> None:
    handle = registry.find("TAG_OWNER_KEY")
    assert handle is not None
    assert (handle.line, handle.section, handle.section_title) == (8, "1.1", "Names")
    assert (handle.note, handle.raw) == ("`nobody`", '* `TAG_OWNER_KEY = "owner"` -> `nobody`')


def test_prose_and_code_blocks_hold_no_handles(registry: HandlesRegistry) -> None:
    assert {"PROSE", "TO_PIN", "ENTRYPOINT_IN_A_FENCE", "ENTRYPOINT_IN_A_COMMENT"}.isdisjoint(
        handle.key for handle in registry.handles
    )
    assert registry.value("ECR_REPO_URI") == "TO_PIN"


def test_a_name_that_runs_on_into_a_sentence_is_no_handle() -> None:
    registry = read_handles("* `A_B = 1`\n* `C_D` is a name\n* `E_F` (noted)\n* `G_H` -> noted\n", "r.md")
    assert [handle.key for handle in registry.handles] == ["A_B", "E_F", "G_H"]


def test_entrypoints_are_listed_once_with_their_first_line(registry: HandlesRegistry) -> None:
    assert [(handle.key, handle.line) for handle in registry.entrypoints] == [
        ("ENTRYPOINT_READER", 34),
        ("ENTRYPOINT_WRITER", 35),
    ]


def test_open_handles_keep_both_facts_and_show_contradictions(registry: HandlesRegistry) -> None:
    found = {h.key: (h.to_pin_line, h.listed_line, h.disagreement) for h in registry.open_handles}
    assert found == {
        "ECR_REPO_URI": (27, 58, ""),
        "CLUSTER_ARN": (28, 0, "value is TO_PIN but the handle is not listed as open"),
        "ROLE_BUILDER": (0, 59, ""),
        "PROJECT_SLUG": (0, 60, "listed as open but line 7 pins a value"),
        "NEVER_DECLARED": (0, 61, "listed as open but declared nowhere"),
    }


def test_secret_paths_and_placeholders_have_lines(registry: HandlesRegistry) -> None:
    assert [(p.name, p.line) for p in registry.secret_paths] == [("/sample/db/password", 53), ("/sample/api/key", 54)]
    assert [p.name for p in registry.placeholders] == ["{run_id}", "{phase_id}"]


def test_lookups_say_what_is_missing(registry: HandlesRegistry) -> None:
    assert registry.find("ABSENT") is None
    with pytest.raises(InputRefused, match="handle ABSENT is not in the registry"):
        registry.value("ABSENT")
    with pytest.raises(InputRefused, match=r"registry\.md:49: handle ROLE_BUILDER is named here but has no value"):
        registry.value("ROLE_BUILDER")


def test_a_value_is_found_wherever_it_stands() -> None:
    assert read_handles("* `ROLE_X`\n* `ROLE_X = 1`\n", "r.md").value("ROLE_X") == 1


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('* `KEY = "open`', "malformed or ambiguous value"),
        ("* `KEY = `", "malformed or ambiguous value"),
        ("* `KEY == 1`", "malformed or ambiguous value"),
        ("* `KEY = True`", "malformed or ambiguous value"),
        ("* `KEY = null`", "malformed or ambiguous value"),
        ("* `KEY = NaN`", "malformed or ambiguous value"),
        ("* `KEY = [1,]`", "malformed or ambiguous value"),
        ('* `KEY = {"a":1,"a":2}`', "malformed or ambiguous value"),
        ('* `KEY = "\\ud800"`', "malformed or ambiguous value"),
        ("* `KEY = " + "[" * 5000 + "`", "malformed or ambiguous value"),
        ('* KEY = "value"', "without backticks"),
        ("* ENTRYPOINT_READER", "without backticks"),
        ('* `KEY = "value"', "never closed"),
        ('* `TWICE = "b"`', "TWICE has another value here than on line 1"),
        ("* `TWICE = 1`", "TWICE has another value here than on line 1"),
    ],
)
def test_a_damaged_handle_line_is_refused(line: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_handles(f'* `TWICE = "a"`\n{line}\n', "r.md")
    assert caught.value.place == "r.md:2"
    assert cause in caught.value.cause


def test_one_and_true_are_two_values() -> None:
    with pytest.raises(InputRefused, match="another value"):
        read_handles("* `FLAG_X = 1`\n* `FLAG_X = true`\n", "r.md")


def test_a_malformed_secret_path_is_refused() -> None:
    with pytest.raises(InputRefused, match=r"r\.md:3: malformed secret path"):
        read_handles("* `A_B = 1`\n## 11.3 Secret path handles\n* `/sample/ spaced`\n", "r.md")


def test_a_document_without_handles_is_refused() -> None:
    with pytest.raises(InputRefused, match="no handle lines"):
        read_handles("# Title\n\nprose\n", "r.md")


HANDLE_LINES = [
    index
    for index, line in enumerate(SAMPLE.split("\n"))
    if line.startswith(("* `", "1. `", "2. `", "3. `", "4. `")) and not 37 <= index <= 45
]


@pytest.mark.parametrize("index", HANDLE_LINES)
def test_no_line_can_vanish_unseen(index: int, registry: HandlesRegistry) -> None:
    lines = SAMPLE.split("\n")
    less = read_handles("\n".join([*lines[:index], "", *lines[index + 1 :]]), "registry.md")
    before = (registry.handles, registry.open_listed, registry.secret_paths, registry.placeholders)
    after = (less.handles, less.open_listed, less.secret_paths, less.placeholders)
    assert sum(map(len, after)) < sum(map(len, before))


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9]{0,6}_[A-Z0-9]{1,6}", fullmatch=True), JSON_VALUES, min_size=1))
def test_written_values_come_back(values: dict[str, object]) -> None:
    lines = [f"* ``{key} = {json.dumps(value, ensure_ascii=False)}``" for key, value in values.items()]
    registry = read_handles("\n".join(lines), "r.md")
    assert {handle.key: handle.value for handle in registry.handles} == values


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SAMPLE.split("\n")))).map("\n".join))
def test_any_text_gives_a_registry_or_a_refusal(text: str) -> None:
    try:
        registry = read_handles(text, "r.md")
    except InputRefused as error:
        place, keys = error.place, []
    else:
        place, keys = "r.md", [handle.key for handle in registry.open_handles]
        assert registry.handles
        assert all(registry.find(handle.key) for handle in registry.handles)
    assert place.startswith("r.md")
    assert len(keys) == len(set(keys))
