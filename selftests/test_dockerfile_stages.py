"""Stages, base images, variables, and what the builder refuses after parsing."""

import pytest

from packaging_readiness.checkout.dockerfile import Dockerfile
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.dockerfile_second import second_opinion
from packaging_readiness.checkout.stages import Stages, resolve_stages
from packaging_readiness.contract.errors import InputRefused

DIGEST = "python@sha256:" + "a" * 64


def read(text: str) -> Dockerfile:
    return parse(text.encode(), "Dockerfile")


def stages(text: str, **build_args: str) -> Stages:
    return resolve_stages(read(text), build_args)


def test_final_stage_needs_what_it_builds_on_copies_from_and_mounts() -> None:
    found = stages(
        "FROM a AS base\nFROM a AS tool\nFROM a AS idle\nFROM a AS data\n"
        "FROM Base\nCOPY --from=data / /d\nRUN --mount=from=tool,target=/t true\n"
    )
    assert found.needed() == {0, 1, 3, 4}
    assert [stage.name for stage in found.unrelated()] == ["idle"]
    assert found.final.base_stage == 0


def test_stage_copied_from_by_number_is_needed() -> None:
    assert stages("FROM a\nFROM b\nCOPY --from=0 /x /y\n").unrelated() == ()
    assert len(stages("FROM a\nFROM b\nCOPY --from=other /x /y\n").unrelated()) == 1


@pytest.mark.parametrize("number", ["1", "7", "-1", "01"])
def test_stage_number_that_is_not_before_is_refused(number: str) -> None:
    with pytest.raises(InputRefused, match=r"^Dockerfile:3: COPY: --from=-?\d+ names no stage before this one"):
        stages(f"FROM a\nFROM b\nCOPY --from={number} /x /y\n")


def test_base_supplied_by_one_argument_without_default() -> None:
    found = stages("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n").final
    assert (found.base_arg, found.base_expanded, found.base_is_digest) == ("BASE_IMAGE", None, False)
    given = stages("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n", BASE_IMAGE=DIGEST).final
    assert (given.base_arg, given.base_is_digest) == (None, True)


def test_base_with_a_tag_is_not_pinned() -> None:
    assert not stages("FROM python:3.12\n").final.base_is_digest
    assert stages(f"FROM {DIGEST}\n").final.base_is_digest
    assert stages("ARG T=1\nFROM python:$T\n").final.base_expanded == "python:1"


def test_argument_of_a_stage_does_not_reach_the_next_from() -> None:
    with pytest.raises(InputRefused, match="should not be blank"):
        stages("FROM a\nARG B=c\nFROM $B\n")


def test_final_user_is_inherited_from_the_stage_below() -> None:
    assert stages("FROM a AS b\nUSER 1000\nFROM b\nRUN x\n").final_user() == "1000"
    assert stages("FROM a AS b\nUSER 1000\nFROM a\n").final_user() is None


def test_remote_adds_are_listed_even_in_triggers() -> None:
    found = stages("FROM a\nADD https://e.org/f /f\nONBUILD ADD git@e.org:r.git /r\nADD local /l\n")
    assert found.remote_adds() == ((2, "https://e.org/f"), (3, "git@e.org:r.git"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("FROM a\nFOO b\n", "Dockerfile:2"),
        ("COPY . .\n", "Dockerfile:1"),
        ("ARG A=b\n", "Dockerfile"),
        ("FROM a b\n", "Dockerfile:1"),
        ("FROM a AS 1x\n", "Dockerfile:1"),
        ("FROM a\nCOPY b\n", "Dockerfile:2"),
        ("FROM a\nCOPY --nope a /b\n", "Dockerfile:2"),
        ("FROM a\nCOPY --from a /b\n", "Dockerfile:2"),
        ("FROM a\nCOPY --link=maybe a /b\n", "Dockerfile:2"),
        ("FROM a\nCOPY --chown=1 --chown=2 a /b\n", "Dockerfile:2"),
        ("FROM a\nONBUILD ONBUILD RUN x\n", "Dockerfile:2"),
        ("FROM a\nONBUILD FROM b\n", "Dockerfile:2"),
        ("FROM a\nONBUILD\n", "Dockerfile:2"),
        ("FROM a\nWORKDIR\n", "Dockerfile:2"),
    ],
)
def test_what_the_builder_would_not_build_is_refused(text: str, place: str) -> None:
    with pytest.raises(InputRefused) as caught:
        stages(text)
    assert caught.value.place == place


def test_second_reader_agrees_on_an_ordinary_file() -> None:
    text = "# syntax=docker/dockerfile:1\nFROM a AS b\n\n# c\nCOPY a \\\n  b /c/\nRUN <<EOF\nCOPY . .\nEOF\nUSER 1\n"
    assert second_opinion(read(text)) == ()


def test_second_reader_swallows_the_line_after_a_doubled_escape() -> None:
    found = second_opinion(read("FROM a\nRUN echo \\\\\nCOPY . .\n"))
    assert [(each.line, each.other is None) for each in found] == [(2, False), (3, True)]
    assert found[1].builder == "COPY . ."
