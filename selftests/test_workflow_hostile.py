"""Workflow reader: hostile or misshapen YAML is refused with its place, whatever the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.workflow import read_workflow
from packaging_readiness.contract.errors import InputRefused
from selftests.workflow_samples import PATH, SAMPLE, read

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        (BOMB, f"{PATH}:13", "aliases written out"),
        ("a: &a [*a]\n", f"{PATH}:1", "holds the alias itself"),
        ("a: *never\n", f"{PATH}:1", "not defined above"),
        ("a: &a {b: c}\nd:\n  <<: *a\n", f"{PATH}:3", "merge key"),
        ("a: 1\nb: 2\na: 3\n", f"{PATH}:3", "line 1 already"),
        ("a: 1\nb: {c: 1, 'c': 2}\n", f"{PATH}:2", "line 2 already"),
        ("? [a]\n: b\n", f"{PATH}:1", "not a plain word"),
        ("a: !!python/object/apply:os.system [id]\n", f"{PATH}:1", "explicit tag"),
        ("a: 1\n---\nb: 2\n", f"{PATH}:2", "second document"),
        ("[" * 100_000, f"{PATH}:1", "nested deeper"),
        ("- " * 100_000, f"{PATH}:1", "nested deeper"),
        ("a: b\nc: [\n", f"{PATH}:3", "not valid YAML"),
        ("a: b\nc: \0\n", f"{PATH}:2", "control character"),
        ("a: b\u2028c: d\n", f"{PATH}:1", "Unicode line separator"),
        ("", PATH, "holds no document"),
        ("# only a comment\n", PATH, "holds no document"),
        ("- a\n", f"{PATH}:1", "a workflow is not a mapping"),
        ("jobs: {}\n", PATH, "no 'on'"),
        ("true: push\njobs: {}\n", PATH, "no 'on'"),
        ("on: push\n", PATH, "no 'jobs'"),
        ("on: []\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:1", "names no event"),
        ("on: push\njobs: {}\n", f"{PATH}:2", "no job"),
        ("on: push\njobs:\n- a\n", f"{PATH}:3", "'jobs' is not a mapping"),
        ("on: push\njobs:\n  a: {}\n", f"{PATH}:3", "either 'steps' or 'uses'"),
        ("on: push\njobs:\n  a: {steps: []}\n", f"{PATH}:3", "has no step"),
        ("on: push\njobs:\n  a: {steps: {run: x}}\n", f"{PATH}:3", "'steps' is not a list"),
        ("on: push\njobs:\n  a:\n    steps:\n    - x\n", f"{PATH}:5", "a step is not a mapping"),
        ("on: push\njobs:\n  a:\n    steps:\n    - name: x\n", f"{PATH}:5", "either 'uses' or 'run'"),
        ("on: push\njobs:\n  a:\n    steps:\n    - {run: x, uses: y}\n", f"{PATH}:5", "either 'uses' or 'run'"),
        ("on: push\njobs:\n  a:\n    steps:\n    - run: [x]\n", f"{PATH}:5", "not a single value"),
        ("on: push\nenv: ${{ x }}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "'env' is not a mapping"),
        ("on: push\nenv: {A: [b]}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "A is not a single value"),
        (
            "on: push\ndefaults: {run: bash}\njobs: {a: {steps: [{run: x}]}}\n",
            f"{PATH}:2",
            "'defaults.run' is not a mapping",
        ),
        ("on: push\npermissions: all\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "unknown permissions"),
        ("on: push\npermissions: {id-token: yes}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "unknown level"),
        ("on: push\njobs:\n  a: {needs: b, steps: [{run: x}]}\n", f"{PATH}:3", "needs an unknown job"),
        ("on: push\njobs:\n  a: {needs: a, steps: [{run: x}]}\n", f"{PATH}:3", "need each other"),
    ],
)
def test_hostile_or_misshapen_input_is_refused_with_its_place(text: str, place: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read(text)
    assert caught.value.place == place
    assert cause in caught.value.cause


def test_bytes_that_are_no_utf8_and_huge_files_are_refused() -> None:
    with pytest.raises(InputRefused, match=r"package\.yml:2: not UTF-8"):
        read_workflow(b"on: push\nname: \xff\n", PATH)
    with pytest.raises(InputRefused, match="longer than"):
        read_workflow(b"#" * (1024 * 1024 + 1), PATH)


YAML_LINES = [*SAMPLE.split("\n"), "a: &a [*a]", "  <<: *a", "? x", "\t", "!!x", "'", '"', "- - -", "%YAML 1.3"]


@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(YAML_LINES), st.text(max_size=6))).map("\n".join)))
def test_any_text_gives_a_workflow_or_a_refusal(text: str) -> None:
    place = PATH
    try:
        read(text)
    except InputRefused as error:
        place = error.place
    assert place.startswith(PATH)


@given(st.binary())
def test_any_bytes_give_a_workflow_or_a_refusal(data: bytes) -> None:
    with pytest.raises(InputRefused):
        read_workflow(data, PATH)


@given(st.integers(0, len(SAMPLE)), st.integers(0, 30))
def test_a_cut_workflow_never_gains_steps(start: int, length: int) -> None:
    try:
        steps = read(SAMPLE[:start] + SAMPLE[start + length :]).steps
    except InputRefused:
        steps = ()
    assert len(steps) <= 5
