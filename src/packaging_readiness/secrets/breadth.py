"""The breadth layer: the kingfisher engine over bytes, in this process, offline, every rule at every confidence."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import values
from packaging_readiness.secrets.matcher import Hit

_RUN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@cache
def _scanner() -> Any:
    try:
        import kingfisher_sdk
    except ImportError as error:
        raise CannotTell("secret scan", f"{error.name} is not installed", "install the locked dependencies") from error
    try:
        # Without a detection policy the engine knows no inline allow comments and no markup exceptions.
        return kingfisher_sdk.Scanner(kingfisher_sdk.Rules(confidence="low"), base64=True, dedup=False, redact=True)
    except Exception as error:
        raise CannotTell(
            "secret scan", f"kingfisher cannot load its rules: {type(error).__name__}", "reinstall"
        ) from None


def engine_version() -> str:
    """The version of the breadth engine."""
    from importlib.metadata import version

    return version("kingfisher-secret-scanner")


def find(data: bytes) -> Iterator[Hit]:
    """All findings of the engine in `data` that are not plainly placeholders, samples or references."""
    try:
        findings = _scanner().scan(data)
    except CannotTell:
        raise
    except Exception as error:
        # The engine's own message could quote what it read.
        raise CannotTell("secret scan", f"kingfisher failed: {type(error).__name__}", "report the input") from None
    for finding in findings:
        where = finding.location
        start, end = where["start_offset"], where["end_offset"]
        value = data[start:end]
        # Helper findings (user names, hosts) complete a credential; they are none.
        if finding.visible and not _stands_for_one(data, start, value):
            yield Hit(finding.rule_id, _kind(finding.rule_id), start, end, value)


def _stands_for_one(data: bytes, start: int, value: bytes) -> bool:
    """Placeholders, samples and references, and a password in a URL that only repeats the user's name."""
    text = value.decode("utf-8", "replace")
    # A stretch of a longer run (of base64, say) that happens to begin like a token.
    before, after = data[start - 1 : start], data[start + len(value) : start + len(value) + 1]
    if before and after and before in _RUN and after in _RUN:
        return True
    if len(text) > 200 or "://" in text:
        return False
    if text.startswith("-----BEGIN"):  # the frame of a short key masks nothing
        text = text.removeprefix("-----BEGIN").partition("-----")[2].partition("-----")[0]
    repeats_user = data.endswith(b"://" + value + b":", None, start)
    return repeats_user or values.is_sample(text) or values.is_placeholder(text) or values.is_reference(text)


def _kind(rule: str) -> str:
    if "private-key" in rule:
        return "private_key"
    if "-uri" in rule:
        return "url_password"
    return "jwt" if "jwt" in rule else "vendor_token"
