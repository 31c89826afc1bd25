"""One translation of everything the AWS SDK may raise, for every call that leaves this room.

The service's own message text is dropped on purpose: a signature error quotes the canonical request, and with it
the session token.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.registry.errors import RegistryFinding, RepositoryNotFound, RoleNotFound, TagNotFound

_FINDINGS: dict[str, type[RegistryFinding]] = {
    "RepositoryNotFoundException": RepositoryNotFound,
    "ImageNotFoundException": TagNotFound,
    "NoSuchEntity": RoleNotFound,
}
_QUESTION_REFUSED = frozenset({"InvalidParameterException", "ValidationException", "ValidationError", "InvalidInput"})
_CREDENTIALS_REFUSED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_TOO_OFTEN = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "LimitExceeded")

# What the SDK makes of an answer of another form: it takes answers apart without looking.
_UNREADABLE = frozenset({"ResponseParserError", "AttributeError", "TypeError"})

_SIGN_IN = "sign in to AWS again (`aws sts get-caller-identity` must work), or run with --aws embedded"
_CONNECT = "check network, proxy and region, or run with --aws embedded"
_CONFIGURE = "mend the AWS_* environment variables or the AWS configuration file, or run with --aws embedded"


class ServiceError(Exception):
    """An answer of a registry inside this process, with the service's error name; shaped like botocore's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.response = {"Error": {"Code": code, "Message": message}}


@contextmanager
def translated(operation: str, place: str) -> Iterator[None]:
    """Run one AWS call, for example `translated("ecr:DescribeImages", uri)`.

    Raises RegistryFinding where the service says that what was asked for is not there, InputRefused where it
    rejects the question, CannotTell for the rest: credentials, permissions, throttling, network, configuration.
    """
    try:
        yield
    except Exception as error:
        code = _service_code(error)
        if code is not None:
            raise _from_service(code, operation, place) from None
        if not isinstance(error, _sdk_errors()):
            raise
        kind = type(error).__name__
        if kind in _UNREADABLE:
            raise CannotTell(place, f"{operation} gave an answer that cannot be read ({kind})", _CONNECT) from None
        raise CannotTell(place, f"{operation} could not be asked ({kind})", _cure_for(error)) from None


def _service_code(error: Exception) -> str | None:
    response: Any = getattr(error, "response", None)
    if not isinstance(response, dict) or not isinstance(response.get("Error"), dict):
        return None
    return str(response["Error"].get("Code", "Unknown"))[:80]


def _from_service(code: str, operation: str, place: str) -> Exception:
    if code in _FINDINGS:
        return _FINDINGS[code](place, f"{operation} answered {code}")
    if code in _QUESTION_REFUSED:
        return InputRefused(place, f"{operation} rejected the question ({code})")
    if code in _CREDENTIALS_REFUSED:
        return CannotTell(place, f"{operation}: AWS rejected the credentials ({code})", _SIGN_IN)
    if code in _DENIED:
        return CannotTell(place, f"{operation}: access denied ({code})", f"allow {operation} to whoever runs the suite")
    if code.startswith(_TOO_OFTEN):
        return CannotTell(place, f"{operation}: AWS throttled the request ({code})", "wait and run again")
    return CannotTell(place, f"{operation} failed ({code})", "run again; see the AWS health page if it persists")


def _sdk_errors() -> tuple[type[Exception], ...]:
    # An SDK that was never imported cannot have raised; importing it here would cost half a second.
    if "botocore" not in sys.modules:
        return ()
    from botocore.exceptions import BotoCoreError

    # ValueError and OSError: unreadable configuration, malformed numbers in AWS_* variables, bad CA bundles.
    return (BotoCoreError, ValueError, OSError, AttributeError, TypeError)


def _cure_for(error: Exception) -> str:
    from botocore.exceptions import ConnectionError as AwsConnectionError
    from botocore.exceptions import HTTPClientError

    name = type(error).__name__
    if any(word in name for word in ("Credential", "Token", "SSO", "Login", "Profile")):
        return _SIGN_IN
    return _CONNECT if isinstance(error, (AwsConnectionError, HTTPClientError)) else _CONFIGURE
