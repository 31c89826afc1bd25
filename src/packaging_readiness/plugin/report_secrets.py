"""No secret leaves by the report: records are redacted as they are written, and a header that holds one is refused."""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.secrets.redaction import redact_tree, redactions, texts_of

REASON = "secret-in-record"
_FOUND = "what the check recorded holds what looks like a secret; it is not repeated here"
_PLACES = {
    "git_ref": ("the branch", "rename the branch"),
    "platform_run_id": ("--platform-run-id", "choose another id"),
    "workflow_run_url": ("the address of the workflow run", "mend GITHUB_SERVER_URL and GITHUB_REPOSITORY"),
    "workflow_run_id": ("the id of the workflow run", "mend GITHUB_RUN_ID"),
    "carried": ("the waivers file", "take it out; people's reasons need no secret"),
    "contract": ("the contract", "take it out; a contract names where a secret is kept, never the secret"),
}


def redact_tests(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tests of a report without what looks like a secret: `tests` itself where there is none.

    A check that recorded a secret cannot pass: its record becomes an *error*, because what it stands for is no longer
    what was seen.
    """
    clean: list[dict[str, Any]] = redact_tree(tests)
    for before, after in zip(tests, clean, strict=True):
        record = after.get("metadata", {}).get("readiness")
        if record is not None and after != before and record["outcome"] == "pass":
            record.update(outcome="error", reason=REASON, found=[_FOUND], deferral=None)
    return clean


def clean_header(header: Mapping[str, Any]) -> dict[str, Any]:
    """The run header with its arguments redacted. Raises InputRefused where the run's identity holds a secret.

    It names the run in every object that follows: under another name it would be another run's. The contract was
    looked at before the run began.
    """
    refuse_secrets(header["identity"])
    return {**header, "invocation": redact_tree(header["invocation"])}


def refuse_secrets(facts: Mapping[str, Any]) -> None:
    """Raise InputRefused for the first of these facts that holds what looks like a secret; it is not repeated."""
    if not redactions(texts_of(facts)):
        return
    for name, fact in facts.items():
        if redactions(texts_of(fact)):
            place, cure = _PLACES.get(name, (name, "take it out"))
            raise InputRefused(place, "holds what looks like a secret; it is not repeated here", cure)
