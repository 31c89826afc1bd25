"""The header of a report: identity of the run, recorded once, so that nothing downstream asks again."""

import os
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from packaging_readiness import __version__
from packaging_readiness.plugin.ci import ci_facts
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings, suite_digest
from packaging_readiness.verdict.header import Identity

# Two colons end a path (`file.py::test`); a path may follow a short option at once (`-c/folder/file`).
_ADDRESS_OR_FOLDERS = re.compile(
    r"(?P<address>\b(?!file:)[A-Za-z][\w+.-]*://\S*)"
    r"|(?P<before>^-[A-Za-z]+|file:|(?<![\w.~*\[\])}/-]))/+(?:(?:[^/:]|:(?!:))+/+)*(?=[^/])"
)


def run_header(settings: Settings, platform: Platform, arguments: Sequence[str | os.PathLike[str]]) -> dict[str, Any]:
    """The `readiness` entry of the report. Raises CannotTell when the checkout's commit is unknown."""
    managed = settings.contract.closure.build_driver == "github_actions"
    facts = settings.build_facts if managed else None
    ci = ci_facts() if managed and facts is None else None
    identity = Identity(
        platform_run_id=settings.platform_run_id,
        written_at_utc=settings.written_at_utc,
        suite_version=__version__,
        suite_digest=suite_digest(settings.suite_root),
        contract_digest=settings.contract_digest,
        git_sha=platform.git.sha,
        git_ref=platform.git.branch,
        dirty=platform.git.dirty,
        aws=settings.aws,
        workflow_run_id=facts.workflow_run_id if facts else ci.run_id if ci else None,
        workflow_run_url=facts.workflow_run_url if facts else ci.run_url if ci else None,
        carried=settings.carried,
    )
    return {
        "schema": 1,
        "identity": asdict(identity),
        "contract": settings.contract_data,
        "nonce": settings.nonce,
        "shard": asdict(settings.shard) if settings.shard else None,
        "invocation": {"arguments": [portable(str(argument)) for argument in arguments]},
    }


def portable(argument: str) -> str:
    """An argument without the machine's absolute paths: of each, wherever it stands, only the last part is kept.

    Addresses stay, and so does the member in the brackets of a row's id, which may look like a path.
    """
    return _ADDRESS_OR_FOLDERS.sub(lambda found: found["address"] or f"{found['before']}.../", argument)
