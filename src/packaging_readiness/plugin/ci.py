"""Build facts that only a CI system knows, from its documented environment variables; never guessed.

Source: GitHub Actions documentation, default environment variables.
"""

import os
import re
from dataclasses import dataclass

_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9\[\]_-]{0,99}")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_WORKFLOW = re.compile(r"(?:[\w.-]+/){2}(\.github/workflows/[\w. -]+\.ya?ml)@\S+", re.ASCII)


@dataclass(frozen=True, slots=True)
class CiFacts:
    """Who built where: driver, actor, path of the workflow, run id and URL. None where the variable says nothing."""

    driver: str
    actor: str | None
    workflow_path: str | None
    run_id: str | None
    run_url: str | None


def ci_facts() -> CiFacts | None:
    """Facts of the GitHub Actions job that this process runs in, or None outside of one."""
    environment = os.environ
    if environment.get("GITHUB_ACTIONS") != "true":
        return None
    run_id = environment.get("GITHUB_RUN_ID", "")
    known = run_id.isascii() and run_id.isdigit()
    server, repository = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    actor = environment.get("GITHUB_ACTOR", "")
    workflow = _WORKFLOW.fullmatch(environment.get("GITHUB_WORKFLOW_REF", ""))
    whole = known and server.startswith("https://") and _REPOSITORY.fullmatch(repository)
    return CiFacts(
        driver="github_actions",
        actor=actor if _ACTOR.fullmatch(actor) else None,
        workflow_path=workflow[1] if workflow else None,
        run_id=run_id if known else None,
        run_url=f"{server}/{repository}/actions/runs/{run_id}" if whole else None,
    )
