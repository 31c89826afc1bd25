"""One translation of everything that the object store or its client library may raise.

The service's own message is dropped on purpose: a signature error quotes the request, and with it the session token.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from packaging_readiness.contract.errors import CannotTell

_SIGN_IN = "sign in to AWS again (`aws sts get-caller-identity` must work)"
_CONNECT = "check network, proxy, region and --endpoint-url, then run again: it resumes where it stopped"
_AGAIN = "run again later: it resumes where it stopped"
_NO_SUCH_BUCKET = frozenset({"NoSuchBucket", "AllAccessDisabled"})
_CREDENTIALS = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
_DENIED = frozenset({"AccessDenied", "AllAccessDenied", "403", "Forbidden"})
_ELSEWHERE = frozenset({"PermanentRedirect", "301", "IllegalLocationConstraintException"})


def error_code(error: Exception) -> str | None:
    """The service's error code of an exception of the client library, or None when it is no answer of the service."""
    response: Any = getattr(error, "response", None)
    if not isinstance(response, dict) or not isinstance(response.get("Error"), dict):
        return None
    code = str(response["Error"].get("Code", "Unknown"))
    return code if re.fullmatch(r"[A-Za-z0-9.]{1,60}", code) else "Unknown"


@contextmanager
def translated(operation: str, place: str) -> Iterator[None]:
    """Run one call, for example `translated("s3:PutObject", "s3://bucket/key")`. Raises CannotTell for all failures."""
    try:
        yield
    except Exception as error:
        code = error_code(error)
        if code is not None:
            raise CannotTell(place, *_answer(code, operation)) from None
        if not isinstance(error, _library_errors()):
            raise
        name = type(error).__name__
        signed_out = any(word in name for word in ("Credential", "Token", "SSO", "Login", "Profile"))
        cure = _SIGN_IN if signed_out else _CONNECT
        raise CannotTell(place, f"{operation} could not be asked ({name})", cure) from None


def _answer(code: str, operation: str) -> tuple[str, str]:
    if code in _NO_SUCH_BUCKET:
        return "there is no such bucket", "name an existing bucket; this command creates none"
    if code in _CREDENTIALS:
        return f"{operation}: the credentials were rejected ({code})", _SIGN_IN
    if code in _DENIED:
        return f"{operation}: access denied ({code})", f"allow {operation} to whoever runs this"
    if code in _ELSEWHERE:
        return f"{operation}: the bucket is in another region ({code})", "set AWS_REGION to the bucket's region"
    if code == "NotImplemented":
        return f"{operation}: the store cannot put conditionally ({code})", "use a store that honours If-None-Match"
    return f"{operation} failed ({code})", _AGAIN


def _library_errors() -> tuple[type[Exception], ...]:
    # A library that was never imported cannot have raised.
    if "botocore" not in sys.modules:
        return ()
    from botocore.exceptions import BotoCoreError

    # ValueError and OSError: malformed endpoint URLs and configuration, unreadable CA bundles, broken streams.
    return (BotoCoreError, ValueError, OSError)
