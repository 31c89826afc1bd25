"""A suite in miniature: the five lanes with tests of a few lines, run by a real pytest in a process of its own.

Its checks need nothing but `record`, so that a run is about the plugin and takes about a second. `add` puts tests
into a lane; `whole` gives every check of the inventory a test that records what a conforming platform shows.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging_readiness.contract.inventory import Check, packaged_checks
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.verdict.report import read_report
from packaging_readiness.verdict.results import Result

SUITE = Path(__file__).resolve().parent.parent
SERIAL: tuple[str, ...] = ()
MODES: Mapping[str, tuple[str, ...]] = {"serial": SERIAL, "n2": ("-n2",)}
REPORT = ".report.json"
IMPORTS = """import os, threading, warnings
import pytest
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.plugin.check import CheckFailed, check
"""
_DIGEST = "sha256:" + "5e" * 32
_REPOSITORY = "000000000000.dkr.ecr.eu-west-2.amazonaws.com/reference-platform"
_RESOLUTION = {
    "authority": "embedded",
    "image_tag": "git-{git_sha}",
    "registry_digest": _DIGEST,
    "recomputed_digest": _DIGEST,
    "manifest_media_type": "application/vnd.oci.image.manifest.v1+json",
}

# What the verdict and whoever verifies it cannot do without, by row or by check: everything else that the real lanes
# observe is left out.
FACTS: Mapping[str, Mapping[str, Any]] = {
    "m1a.strategy.plan-pins-strategy": {"image_strategy": "single platform image"},
    "m1a.reference.mode": {"image_reference_mode": "immutable_preferred"},
    "m1a.boundary.copy-maps-to-include": {"copies": [{"line": 8, "stage": "0", "source": "pyproject.toml"}]},
    "m1a.boundary.context-taken": {"untaken_files": 0},
    "m1a.payload.default-deny": {"default_deny": True},
    "m1a.payload.exclude-stays-out": {"entered": []},
    "m1a.payload.no-broad-copy": {"broad_ingestions": []},
    "m1b.contract.optional-documented": {"exit_code": 0},
    "m1b.contract.required-enforced": {"exit_code": 2},
    "m1b.contract.subcommand-optional-documented": {"exit_code": 0},
    "m1b.contract.subcommand-required-enforced": {"exit_code": 2},
    "m1b.contract.subcommand-unknown-refused": {"exit_code": 2},
    "m1b.contract.unknown-refused": {"exit_code": 2},
    "m1b.run.help": {"exit_code": 0},
    "m1b.run.mpr": {"exit_code": 0},
    "m1b.run.mpr[promote-wrong-event-type]": {"exit_code": 1},
    "m1b.run.subcommand-help": {"exit_code": 0},
    "m1c.provenance.field[phase_id]": {"phase_id": "P(-1)"},
    "m1c.provenance.field[platform_run_id]": {"platform_run_id": "{platform_run_id}"},
    "m1c.provenance.field[written_at_utc]": {"written_at_utc": "{written_at_utc}"},
    "m1c.provenance.field[git_sha]": {"git_sha": "{git_sha}"},
    "m1c.provenance.field[image_tag]": {"image_tag": "git-{git_sha}"},
    "m1c.provenance.field[image_digest]": {"image_digest": _DIGEST},
    "m1c.provenance.field[build_driver]": {"build_driver": "local_engine"},
    "m1c.provenance.field[image_reference_mode]": {"image_reference_mode": "immutable_preferred"},
    "m1c.provenance.field[ecr_repo_uri]": {"ecr_repo_uri": _REPOSITORY},
    "m1c.provenance.field[dockerfile_path]": {"dockerfile_path": "Dockerfile"},
    "m1c.provenance.field[build_context_path]": {"build_context_path": "."},
    "m1c.provenance.field[build_completed_at_utc]": {"build_completed_at_utc": "2026-02-22T19:48:49Z"},
    "m1c.provenance.field[build_actor]": {"build_actor": "packaging-readiness"},
    "m1c.provenance.anchor[oci_digest_algo]": {"oci_digest_algo": "sha256"},
    "m1c.provenance.anchor[oci_digest_value]": {"oci_digest_value": _DIGEST},
    "m1c.mismatch.digest-format": {"image_digest": _DIGEST},
    "m1c.mismatch.tag-to-digest": _RESOLUTION,
    "m1c.mismatch.tag-resolved-again": _RESOLUTION,
    "m1d.context.file-names": {"secret_files": [], "banned_patterns": [".env"]},
    "m1d.context.scan": {"scanned_roots": ["."], "findings": []},
    "m1d.sources.path-pinned": {"pinned": True},
    "m1d.sources.backend": {"secrets_backend": "ssm_and_secrets_manager"},
    "m1e.handoff.master-plan": {"m1_status": "ACTIVE"},
}
_CONFTEST = f"""import json
import pytest

FACTS = json.loads({json.dumps(json.dumps(FACTS))})

@pytest.fixture
def replay(record, platform, settings):
    facts = FACTS.get(record.row.id, FACTS.get(record.row.check.id, {{}}))
    facts = json.dumps(facts).replace("{{git_sha}}", platform.git.sha)
    facts = facts.replace("{{platform_run_id}}", settings.platform_run_id)
    record.observe(**json.loads(facts.replace("{{written_at_utc}}", settings.written_at_utc)))
    if "image_digest" in record.observation:
        record.image = {{"digest": record.observation["image_digest"]}}
"""


@dataclass(frozen=True)
class Run:
    """How one run of pytest ended: exit status, all that it printed, and the report that it left, if any."""

    status: int
    text: str
    report_path: Path

    @cached_property
    def report(self) -> dict[str, Any] | None:
        """The report as it stands on disk."""
        return json.loads(self.report_path.read_text()) if self.report_path.exists() else None

    @property
    def results(self) -> dict[str, Result]:
        """Results by row of the inventory, as the verdict reads them."""
        return {result.id: result for result in read_report(self.report_path.read_bytes(), REPORT).results}

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcome by row of the inventory."""
        return {row_id: result.outcome for row_id, result in self.results.items()}

    @property
    def verdict(self) -> str:
        """The last line that says something of M1."""
        return [line for line in self.text.splitlines() if line.startswith("M1: ")][-1]


class Miniature:
    """A suite in `root`, with its caches in `cache`."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.environment = {"PATH": _programs(cache), "HOME": str(root), "XDG_CACHE_HOME": str(cache)}
        self.environment |= {"LC_ALL": "C.UTF-8", "COLUMNS": "200", "PY_COLORS": "0"}
        root.mkdir()
        for lane in LANES:
            (root / f"tests_{lane}").mkdir()
        (root / "fixtures").mkdir()
        (root / "fixtures" / "reference_platform").symlink_to(SUITE / "fixtures" / "reference_platform")
        (root / "pyproject.toml").write_text(_pytest_table())
        (root / "conftest.py").write_text(_CONFTEST)

    def add(self, lane: str, source: str, name: str = "test_added.py") -> None:
        """Put a file of tests into a lane."""
        (self.root / f"tests_{lane}" / name).write_text(IMPORTS + source)

    def whole(self) -> None:
        """Give every check of the inventory its test."""
        for lane in LANES:
            tests = [source_of(check) for check in packaged_checks() if check.lane == lane]
            self.add(lane, "".join(tests), "test_lane.py")

    def run(self, *arguments: str) -> Run:
        """Run pytest in the root of the suite."""
        command = [sys.executable, "-m", "pytest", *arguments]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout + done.stderr, self.root / REPORT)


def _programs(cache: Path) -> str:
    """A PATH with git on it and no container engine: a miniature never builds an image."""
    folder = cache / "bin"
    if not folder.is_dir():
        folder.mkdir()
        (folder / "git").symlink_to(shutil.which("git") or "git")
    return str(folder)


def source_of(check: Check) -> str:
    """The test of one check: replays the facts, or decides from the pack what only a pack can decide."""
    row = "row, " if check.rows else ""
    use = "pack, record" if check.decided_by == "adjudicator" else "replay"
    body = "pack.decide(record)" if check.decided_by == "adjudicator" else "pass"
    name = check.id.replace(".", "_").replace("-", "_")
    return f'\n@check("{check.id}")\ndef test_{name}({row}{use}):\n    {body}\n'


def _pytest_table() -> str:
    """The pytest configuration of the real suite, so that the miniature runs under the same rules."""
    _, found, rest = (SUITE / "pyproject.toml").read_text().partition("[tool.pytest]\n")
    return found + rest.partition("\n[")[0] + "\n"
