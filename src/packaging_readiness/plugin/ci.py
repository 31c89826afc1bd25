"""Build facts that only a CI system knows, from its documented environment variables; never guessed.

Source: GitHub Actions documentation, default environment variables.
"""

import os
import re
from dataclasses import dataclass

_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9\[\]_-]{0,99}")


@dataclass(frozen=True, slots=True)
class CiFacts:
    """Who built where: driver, actor, run id and URL."""

    driver: str
    actor: str | None
    run_id: str | None
    run_url: str | None


def ci_facts() -> CiFacts | None:
    """Facts of the GitHub Actions job that this process runs in, or None outside of one."""
    environment = os.environ
    if environment.get("GITHUB_ACTIONS") != "true":
        return None
    run_id = environment.get("GITHUB_RUN_ID", "")
    server, repository = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    actor = environment.get("GITHUB_ACTOR", "")
    whole = run_id.isdigit() and server.startswith("https://") and re.fullmatch(r"[\w.-]+/[\w.-]+", repository)
    return CiFacts(
        driver="github_actions",
        actor=actor if _ACTOR.fullmatch(actor) else None,
        run_id=run_id if run_id.isdigit() else None,
        run_url=f"{server}/{repository}/actions/runs/{run_id}" if whole else None,
    )
