"""Repository URIs: the contract's is read exactly, everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.registry.model import RepositoryRef, parse_repo_uri

URI = "230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full"


def test_uri_of_the_contract_is_read_and_written_back() -> None:
    ref = parse_repo_uri(URI)
    assert ref == RepositoryRef("230372904534", "eu-west-2", "fraud-platform-dev-full")
    assert ref.uri == URI
    assert ref.arn == "arn:aws:ecr:eu-west-2:230372904534:repository/fraud-platform-dev-full"


@pytest.mark.parametrize(
    ("uri", "arn"),
    [
        (
            "000000000000.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b-c/d__e.f",
            "arn:aws-cn:ecr:cn-north-1:000000000000:repository/a/b-c/d__e.f",
        ),
        (
            "111111111111.dkr.ecr.us-gov-west-1.amazonaws.com/team/app",
            "arn:aws-us-gov:ecr:us-gov-west-1:111111111111:repository/team/app",
        ),
        (
            "111111111111.dkr.ecr.ap-southeast-10.amazonaws.com/app",
            "arn:aws:ecr:ap-southeast-10:111111111111:repository/app",
        ),
    ],
)
def test_other_partitions_and_namespaces_are_read(uri: str, arn: str) -> None:
    ref = parse_repo_uri(uri)
    assert (ref.uri, ref.arn) == (uri, arn)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TO_PIN",
        f"https://{URI}",
        f"{URI}:latest",
        f"{URI}@sha256:{'0' * 64}",
        f"{URI}/",
        f" {URI}",
        f"{URI}\n",
        URI.upper(),
        URI.replace("230372904534", "23037290453"),
        URI.replace("230372904534", "\N{FULLWIDTH DIGIT TWO}30372904534"),
        URI.replace("amazonaws.com", "amazonaws.com.cn"),
        URI.replace("amazonaws.com", "amazonaws.com.example.org"),
        URI.replace(".dkr.ecr.", ".dkr.ecr-fips."),
        URI.replace("eu-west-2", "eu"),
        "230372904534.dkr.ecr.cn-north-1.amazonaws.com/app",
        "public.ecr.aws/team/app",
        "230372904534.dkr.ecr.eu-west-2.amazonaws.com/a",
        "230372904534.dkr.ecr.eu-west-2.amazonaws.com/" + "a" * 257,
        "230372904534.dkr.ecr.eu-west-2.amazonaws.com/a//b",
        "230372904534.dkr.ecr.eu-west-2.amazonaws.com/-app",
        "230372904534.dkr.ecr.eu-west-2.amazonaws.com/app___x",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_repo_uri(text, place="registry.md:7")
    assert refused.value.place == "registry.md:7"
    assert refused.value.cure


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{12}\.dkr\.ecr\.[a-z0-9.-]{1,30}/[a-zA-Z0-9._/-]{1,20}"))
def test_whatever_is_accepted_is_written_back_unchanged(text: str) -> None:
    try:
        ref = parse_repo_uri(text)
    except InputRefused:
        return
    assert ref.uri == text
