"""Policy documents: malformed ones are refused with their place; wildcards match as IAM documents them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.registry.policy import Patterns, glob, read_statements, resource_matches

GOOD = {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}


def changed(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in {**GOOD, **fields}.items() if value is not None}


def test_a_statement_is_read_with_its_place() -> None:
    (only,) = read_statements([{"Version": "2012-10-17", "Id": "x", "Statement": [changed(Sid="Push")]}])
    assert only.place == "policy 1, statement 1 (Push)"
    assert (only.actions, only.resources) == (Patterns(("ecr:*",), False), Patterns(("*",), False))
    assert not only.conditional


MALFORMED: dict[str, Any] = {
    "no object": [],
    "no statement": {"Version": "2012-10-17"},
    "empty list": {"Statement": []},
    "text": {"Statement": "Allow"},
    "wrapped": {"PolicyDocument": {"Statement": GOOD}},
    "other version": {"Version": "2013-01-01", "Statement": GOOD},
    "statement is text": {"Statement": ["Allow"]},
    "no effect": {"Statement": changed(Effect=None)},
    "lower-case effect": {"Statement": changed(Effect="allow")},
    "no action": {"Statement": changed(Action=None)},
    "both actions": {"Statement": changed(NotAction="s3:*")},
    "empty action": {"Statement": changed(Action=[])},
    "action without service": {"Statement": changed(Action="PutImage")},
    "wildcard service": {"Statement": changed(Action="e*:PutImage")},
    "action with space": {"Statement": changed(Action="ecr:PutImage ")},
    "action is number": {"Statement": changed(Action=[1])},
    "no resource": {"Statement": changed(Resource=None)},
    "both resources": {"Statement": changed(NotResource="*")},
    "resource is no arn": {"Statement": changed(Resource="fraud-platform")},
    "resource is object": {"Statement": changed(Resource={"Ref": "Repo"})},
    "principal": {"Statement": changed(Principal="*")},
    "misspelt key": {"Statement": changed(Conditions={})},
    "condition is list": {"Statement": changed(Condition=[])},
    "sid is number": {"Statement": changed(Sid=1)},
    "sid with newline": {"Statement": changed(Sid="a\nb")},
}


@pytest.mark.parametrize("case", MALFORMED)
def test_each_malformed_document_is_refused_with_its_place(case: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_statements([{"Statement": GOOD}, MALFORMED[case]])
    assert refused.value.place.startswith("policy 2")


def oracle(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


@given(st.text("ab:*?", max_size=10), st.text("ab:*?\n", max_size=10))
def test_glob_agrees_with_the_regular_expression(pattern: str, text: str) -> None:
    assert glob(pattern, text) == oracle(pattern, text)


@given(st.text("ab:*?", max_size=10), st.text("ab:", max_size=10))
def test_segment_bound_globs_match_no_more_than_free_ones(pattern: str, text: str) -> None:
    if glob(pattern, text, by_segment=True):
        assert glob(pattern, text)


@given(st.text("ab:?", max_size=12))
def test_every_text_matches_itself_and_the_star(text: str) -> None:
    assert glob(text, text)
    assert glob(text, text, by_segment=True)
    assert glob("*", text)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a*", "ab:c", True),
        ("a*:d", "ab:c:d", True),
        ("a*c", "ab:c", False),
        ("a*c", "abc", True),
        ("*b:c", "a:b:c", False),
        ("a?c", "a:c", True),
    ],
)
def test_only_a_star_that_ends_its_segment_reaches_over_a_colon(pattern: str, text: str, matches: bool) -> None:
    assert glob(pattern, text, by_segment=True) is matches


def test_many_stars_are_no_trap() -> None:
    assert not glob("*a" * 200 + "b", "a" * 400)


@pytest.mark.parametrize(
    ("values", "negated", "expected"),
    [
        (("arn:aws:ecr:r:1:repository/x",), False, True),
        (("arn:aws:ecr:r:1:repository/x",), True, False),
        (("arn:aws:ecr:r:1:repository/y",), False, False),
        (("arn:aws:ecr:r:1:repository/y",), True, True),
        (("arn:aws:ecr:r:1:repository/${v}",), False, None),
        (("arn:aws:ecr:r:1:repository/${v}",), True, None),
        (("arn:aws:ecr:r:1:repository/${v}", "*"), False, True),
        (("arn:aws:ecr:r:1:repository/${v}", "*"), True, False),
        (("arn:aws:ecr:r:1:repository/${",), False, None),
    ],
)
def test_matching_has_three_outcomes(values: tuple[str, ...], negated: bool, expected: bool | None) -> None:
    assert resource_matches(Patterns(values, negated), "arn:aws:ecr:r:1:repository/x") is expected
