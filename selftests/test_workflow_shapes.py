"""The reader of workflow files at its edges: YAML as text, limits, and every part of a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from packaging_readiness.checkout.workflow import find_workflows
from packaging_readiness.checkout.workflow_yaml import Mapping, Scalar, Sequence, read_yaml, refused
from packaging_readiness.contract.errors import CannotTell, InputRefused
from selftests.workflow_samples import PATH, one_step, read

BODY = "jobs: {a: {steps: [{run: x}]}}\n"


def refusal(data: bytes) -> InputRefused:
    """How a text is refused."""
    with pytest.raises(InputRefused) as caught:
        read_yaml(data, PATH)
    return caught.value


def test_a_size_is_taken_up_to_the_limit() -> None:
    assert read_yaml(b"a".ljust(1024 * 1024, b"\n"), PATH) == Scalar("a", 1, True, False)
    assert refusal(b"a".ljust(1024 * 1024 + 1, b"\n")).place == PATH


def test_a_depth_is_taken_up_to_the_limit() -> None:
    assert isinstance(read_yaml(b"[" * 64 + b"]" * 64, PATH), Sequence)
    assert "64 levels" in refusal(b"[" * 65 + b"]" * 65).cause


def test_so_many_values_are_taken_with_aliases_written_out() -> None:
    assert isinstance(read_yaml(b"- x\n" * 19_999, PATH), Sequence)
    assert refusal(b"- x\n" * 20_000).place == f"{PATH}:20000"
    many = b"- &a [" + b"x, " * 9_998 + b"x]\n- *a\n"  # 1 and twice 10 000
    assert refusal(many).place == f"{PATH}:2"
    assert isinstance(read_yaml(many.replace(b"x, ", b"", 1), PATH), Sequence)


REFUSED = [
    (b"\xff", 1),
    (b"\n\xff", 2),
    (b"a: b\n\n\xff\n", 3),
    (b"\n\x01", 2),
    (b"a\x7f", 1),
    (b"\n\na\x1b", 3),
    ("\na\u2029".encode(), 2),
    ("a\x85".encode(), 1),
    ("a\uffff".encode(), 1),
    (b"a: b\n c: d\n", 2),
    (b"a: 'b", 1),
    (b"a: !!str b\n", 1),
    (b"a:\n  !!map {b: c}\n", 2),
    (b"a:\n- !!seq [b]\n", 2),
    (b"a: ! b\n", 1),
    (b"--- a\n--- b\n", 2),
    (b"{[a]: b}", 1),
    (b"{{a: b}: c}", 1),
    (b"a: &x {b: c}\nd:\n  <<: *x\n", 3),
    (b"a:\n  b: c\n  b: d\n", 3),
    (b"a: *x\nb: &x c\n", 1),
]


@pytest.mark.parametrize(("data", "line"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_what_is_refused_has_its_line(data: bytes, line: int) -> None:
    assert refusal(data).place == f"{PATH}:{line}"


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("!!str", "(str)"),
        ("!local", "(!local)"),
        ("!a%20b", "(!a?b)"),
        ("!" + "x" * 60, "(!" + "x" * 39 + ")"),
        ("!<a:,/.-_>", "(a:,/.-_)"),
    ],
)
def test_a_tag_is_shown_in_plain_letters(tag: str, shown: str) -> None:
    assert refusal(f"a: {tag} b\n".encode()).cause.endswith(shown)


def test_what_is_wrong_with_the_syntax_is_told() -> None:
    assert len({refusal(text).cause for text in (b"a: 'b", b"a: @b", b"a: b\n c: d", b"%X\n---\na")}) == 4
    assert "separator" in refusal("a\u2028".encode()).cause
    assert "control" in refusal(b"a\x01").cause
    assert refusal("a\x85".encode()).cause == refusal("a\u2028".encode()).cause
    assert refusal(b"a\x7f").cause == refusal(b"a\x01").cause


def test_a_refusal_has_a_place_and_may_have_a_cure() -> None:
    assert (refused("x", 3, "c").place, refused("x", 3, "c").cause) == ("x:3", "c")
    assert "write it" in str(refused("x", 3, "c", "write it"))


SCALARS = b"- a\n- 'b'\n- \"c\"\n- |\n  d\n- >\n  e\n-\n- ~\n- 'null'\n"


@pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
def test_every_reader_of_yaml_gives_the_same_values(
    loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packaging_readiness.checkout.workflow_yaml._LOADER", loader)
    found = read_yaml(SCALARS, PATH)
    assert isinstance(found, Sequence)
    assert found.items == (
        Scalar("a", 1, True, False),
        Scalar("b", 2, False, False),
        Scalar("c", 3, False, False),
        Scalar("d\n", 4, False, True),
        Scalar("e\n", 6, False, True),
        Scalar("", found.items[5].line, True, False),
        Scalar("~", 9, True, False),
        Scalar("null", 10, False, False),
    )
    assert [isinstance(each, Scalar) and each.is_null for each in found.items] == [False] * 5 + [True, True, False]


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_a_plain_word_for_nothing_is_nothing_and_a_quoted_one_is_text(word: str) -> None:
    assert Scalar(word, 1, True, False).is_null
    assert not Scalar(word, 1, False, False).is_null
    assert not Scalar(f"x{word}", 1, True, False).is_null
    workflow = read(f"on: push\nenv:\n  A: {word}\n  B: '{word}'\n{BODY}")
    assert [entry.value for entry in workflow.env] == ["", word]


def test_a_mapping_knows_its_keys() -> None:
    found = read_yaml("\ufeffa: 1\nb: 2\n'<<': 3\n".encode(), PATH)
    assert isinstance(found, Mapping)
    assert found.get("b") == Scalar("2", 2, True, False)
    assert found.get("c") is None
    assert [found.line_of(key) for key in ("a", "b", "<<", "c")] == [1, 2, 3, 1]


@pytest.mark.parametrize("on", ["[push, '']", "''", "['', push]", "{'': x}"])
def test_every_event_has_a_name(on: str) -> None:
    with pytest.raises(InputRefused, match=rf"{PATH}:1.*names no event"):
        read(f"on: {on}\n{BODY}")


@pytest.mark.parametrize(
    "on",
    [
        "push",
        "[workflow_dispatch]",
        "{workflow_dispatch: }",
        "{workflow_dispatch: {}}",
        "{workflow_dispatch: {inputs: }}",
        "{workflow_dispatch: {inputs: ~}}",
        "{workflow_dispatch: {inputs: {}}}",
        "{push: {inputs: {a: }}}",
    ],
)
def test_a_workflow_may_have_no_input(on: str) -> None:
    assert read(f"on: {on}\n{BODY}").inputs == ()


def test_an_input_has_what_is_said_of_it() -> None:
    given = "{a: {required: TRUE, options: x, type: choice}, b: {required: 'false'}, c: {required: yes, default: ''}}"
    a, b, c = read(f"on: {{workflow_dispatch: {{inputs: {given}}}}}\n{BODY}").inputs
    assert (a.name, a.description, a.required, a.default, a.type, a.options) == ("a", "", True, None, "choice", ("x",))
    assert (b.name, b.required, b.type, b.options) == ("b", False, "string", ())
    assert (c.name, c.required, c.default) == ("c", False, "")


def test_a_job_has_what_is_said_of_it() -> None:
    first, second = read(
        "name: n\non: push\njobs:\n"
        "  a:\n    name: first\n    if: x\n    continue-on-error: true\n    env: {A: 1}\n"
        "    container: {image: i, env: {B: 2}}\n    services: {s: {env: {C: 3}}, t: {image: u}}\n"
        "    steps: [{run: x}]\n"
        "  b:\n    needs: a\n    container: image\n    uses: ./x.yml\n"
    ).jobs
    assert (first.id, first.name, first.line, first.if_, first.continue_on_error) == ("a", "first", 4, "x", "true")
    assert [[entry.name for entry in env] for env in (first.env, first.container_env)] == [["A"], ["B", "C"]]
    assert (first.needs, first.uses, first.permissions) == ((), None, None)
    assert (second.name, second.needs, second.uses, second.container_env) == ("", ("a",), "./x.yml", ())
    assert (second.if_, second.continue_on_error, second.env) == (None, None, ())


def test_a_step_has_what_is_said_of_it() -> None:
    (step,) = one_step("{run: x, id: i, name: n, if: c, shell: sh, env: {A: 1}, continue-on-error: true}").steps
    assert (step.id, step.name, step.if_, step.shell, step.continue_on_error) == ("i", "n", "c", "sh", "true")
    assert (step.run, step.uses, step.run_line, step.index, step.with_) == ("x", None, 5, 0, ())
    assert [(entry.name, entry.value, entry.line) for entry in step.env] == [("A", "1", 5)]
    (step,) = one_step("{uses: y@v1, with: {B: 2}}").steps
    assert (step.id, step.name, step.if_, step.shell, step.continue_on_error) == ("", "", None, None, None)
    assert (step.run, step.uses, step.run_line, step.env) == (None, "y@v1", 0, ())
    assert [(entry.name, entry.value) for entry in step.with_] == [("B", "2")]
    assert one_step("run: |\n          x\n").steps[0].run_line == 6


def test_jobs_that_need_each_other_are_refused_at_one_of_them() -> None:
    jobs = "  a: {needs: b, steps: [{run: x}]}\n  b: {needs: a, steps: [{run: x}]}\n  c: {steps: [{run: x}]}\n"
    with pytest.raises(InputRefused, match=rf"{PATH}:[34]:.*need each other"):
        read(f"on: push\njobs:\n{jobs}")


def test_a_folder_that_cannot_be_listed_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    assert find_workflows(tmp_path) == ()

    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CannotTell, match="Permission denied"):
        find_workflows(tmp_path)
