"""Digest and tag rules: each way to be wrong has its own reason code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.registry.resolve import check_digest, check_tag, digest_of

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
HEX = "99aa504b127598d17d3ec33e9f7d78af6d37c24f8dddea47687821e9dcdc4f11"


def test_digest_is_the_sha256_of_the_bytes() -> None:
    # Published value for the empty input (FIPS 180-4 test vectors).
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"{}") != digest_of(b"{}\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"sha256:{HEX}", None),
        (None, "digest-missing"),
        ("", "digest-missing"),
        (" \n", "digest-missing"),
        (HEX, "digest-not-sha256"),
        (f"sha512:{HEX}{HEX}", "digest-not-sha256"),
        (f"md5:{HEX[:32]}", "digest-not-sha256"),
        (f" sha256:{HEX}", "digest-not-sha256"),
        (f"SHA256:{HEX}", "digest-uppercase"),
        (f"sha256:{HEX.upper()}", "digest-uppercase"),
        (f"sha256:{HEX[:-1]}", "digest-short"),
        ("sha256:", "digest-short"),
        (f"sha256:{HEX}0", "digest-long"),
        (f"sha256:{HEX[:-1]}g", "digest-not-hex"),
        (f"sha256:{HEX}\n", "digest-not-hex"),
        (f"sha256::{HEX[1:]}", "digest-not-hex"),
        (f"sha256:{HEX[:-1]}٣", "digest-not-hex"),
    ],
)
def test_each_digest_fault_has_its_code(text: str | None, reason: str | None) -> None:
    assert check_digest(text) == reason


@given(st.text(max_size=90) | st.from_regex(r"(sha256|SHA256|sha512)?:?[0-9a-fA-Fg]{60,66}"))
def test_digest_rule_holds_exactly_for_the_canonical_form(text: str) -> None:
    assert (check_digest(text) is None) == bool(re.fullmatch("sha256:[0-9a-f]{64}", text))


@given(st.binary(max_size=200))
def test_every_computed_digest_is_well_formed(data: bytes) -> None:
    assert check_digest(digest_of(data)) is None


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        (f"git-{SHA}", None),
        (None, "tag-missing"),
        ("", "tag-missing"),
        (" ", "tag-missing"),
        ("dev-full-latest", "tag-convenience"),
        ("latest", "tag-latest"),
        ("Latest", "tag-latest"),
        (f"git-{OTHER}", "tag-sha-mismatch"),
        (f"git-{SHA[:7]}", "tag-sha-mismatch"),
        (f"git-{SHA.upper()}", "tag-sha-mismatch"),
        (SHA, "tag-not-pattern"),
        (f"git-{SHA}-dirty", "tag-not-pattern"),
        (f"git_{SHA}", "tag-not-pattern"),
        (f"git-{SHA}\n", "tag-malformed"),
        ("git/x", "tag-malformed"),
        ("-git", "tag-malformed"),
        ("a" * 129, "tag-malformed"),
        (f"git-{SHA}@sha256:{HEX}", "tag-malformed"),
    ],
)
def test_each_tag_fault_has_its_code(tag: str | None, reason: str | None) -> None:
    found = check_tag(tag, pattern="git-{git_sha}", git_sha=SHA, convenience_tag="dev-full-latest")
    assert found == reason


@pytest.mark.parametrize(
    ("pattern", "git_sha", "reason"),
    [
        ("git-{git_sha}", None, "git-sha-malformed"),
        ("git-{git_sha}", SHA[:12], "git-sha-malformed"),
        ("git-{git_sha}", f"{SHA}\n", "git-sha-malformed"),
        ("release", SHA, "tag-pattern-without-sha"),
        ("{git_sha}-{git_sha}", SHA, "tag-pattern-without-sha"),
    ],
)
def test_a_pattern_or_commit_that_pins_nothing_is_told(pattern: str, git_sha: str | None, reason: str) -> None:
    tag = f"git-{SHA}"
    assert check_tag(tag, pattern=pattern, git_sha=git_sha, convenience_tag=None) == reason


def test_convenience_tag_is_never_authoritative_even_if_it_fits_the_pattern() -> None:
    tag = f"git-{SHA}"
    assert check_tag(tag, pattern="git-{git_sha}", git_sha=SHA, convenience_tag=tag) == "tag-convenience"


@given(st.text(max_size=60) | st.from_regex(r"git-[0-9a-fA-F]{38,42}\n?"))
def test_exactly_one_tag_stands_for_a_commit(tag: str) -> None:
    found = check_tag(tag, pattern="git-{git_sha}", git_sha=SHA, convenience_tag="dev-full-latest")
    assert (found is None) == (tag == f"git-{SHA}")
