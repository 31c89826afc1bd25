"""What a store or its client library may raise, code by code, and what is told of it."""

import sys
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.evidence.store_errors import error_code, translated


class Answer(Exception):
    """An exception with some response."""

    def __init__(self, response: Any) -> None:
        super().__init__("quotes the request")
        self.response = response


def told(error: Exception) -> CannotTell:
    with pytest.raises(CannotTell) as raised, translated("s3:PutObject", "s3://b/k"):
        raise error
    assert raised.value.place == "s3://b/k"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "quotes the request" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (None, None),
        ("x", None),
        ({}, None),
        ({"Error": "x"}, None),
        ({"Error": {}}, "Unknown"),
        ({"Error": {"Code": "NoSuchKey"}}, "NoSuchKey"),
        ({"Error": {"Code": "a.B.9"}}, "a.B.9"),
        ({"Error": {"Code": 404}}, "404"),
        ({"Error": {"Code": "X"}}, "X"),
        ({"Error": {"Code": "X" * 60}}, "X" * 60),
        ({"Error": {"Code": "X" * 61}}, "Unknown"),
        ({"Error": {"Code": ""}}, "Unknown"),
        ({"Error": {"Code": "Slow Down"}}, "Unknown"),
        ({"Error": {"Code": "SlowDown\n"}}, "Unknown"),
        ({"Error": {"Code": None}}, "None"),
    ],
    ids=repr,
)
def test_the_code_of_an_answer_is_a_word_or_unknown(response: Any, code: str | None) -> None:
    assert error_code(Answer(response)) == code


def test_an_exception_without_a_response_is_no_answer() -> None:
    assert error_code(ValueError()) is None


@pytest.mark.parametrize(
    ("codes", "cause", "cure"),
    [
        ("NoSuchBucket AllAccessDisabled", "no such bucket", "creates none"),
        ("AuthorizationHeaderMalformed ExpiredToken InvalidAccessKeyId", "credentials were rejected", "sign in"),
        ("InvalidToken RequestExpired SignatureDoesNotMatch", "credentials were rejected", "sign in"),
        ("TokenRefreshRequired", "credentials were rejected", "sign in"),
        ("AccessDenied AllAccessDenied 403 Forbidden", "access denied", "allow s3:PutObject"),
        ("PermanentRedirect 301 IllegalLocationConstraintException", "another region", "AWS_REGION"),
        ("NotImplemented", "conditionally", "If-None-Match"),
        ("SlowDown InternalError NoSuchKey Unknown", "s3:PutObject failed", "later"),
    ],
)
def test_each_code_has_its_cause_and_cure(codes: str, cause: str, cure: str) -> None:
    for code in codes.split():
        error = told(ClientError({"Error": {"Code": code, "Message": "quotes the request"}}, "PutObject"))
        assert (cause in error.cause, cure in error.cure) == (True, True), code
        assert code in error.cause or "no such bucket" in cause


@pytest.mark.parametrize(
    ("error", "signed_out"),
    [
        (NoCredentialsError(), True),
        (PartialCredentialsError(provider="x", cred_var="y"), True),
        (ProfileNotFound(profile="x"), True),
        (SSOTokenLoadError(profile_name="x", error_msg="y"), True),
        (UnauthorizedSSOTokenError(), True),
        (TokenRetrievalError(provider="x", error_msg="y"), True),
        (EndpointConnectionError(endpoint_url="x"), False),
        (BotoCoreError(), False),
        (ValueError("quotes the request"), False),
        (OSError(5, "quotes the request"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_library_that_could_not_ask_is_told_by_the_name_of_its_error(error: Exception, signed_out: bool) -> None:
    found = told(error)
    assert (f"({type(error).__name__})" in found.cause, "sign in" in found.cure) == (True, signed_out)


@pytest.mark.parametrize("name", ["CredentialX", "TokenX", "SSOX", "LoginX", "ProfileX"])
def test_an_error_named_after_signing_in_is_cured_by_it(name: str) -> None:
    assert "sign in" in told(type(name, (BotoCoreError,), {})()).cure


def test_what_the_library_did_not_raise_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError), translated("s3:PutObject", "s3://b/k"):
        raise KeyError
    with translated("s3:PutObject", "s3://b/k"):
        pass
    # A library that was never imported cannot have raised a ValueError.
    monkeypatch.delitem(sys.modules, "botocore")
    with pytest.raises(ValueError, match="mine"), translated("s3:PutObject", "s3://b/k"):
        raise ValueError("mine")
