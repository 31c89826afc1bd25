"""A container engine that disappears in the middle: the suite could not find out, which is no fault of the platform."""

import json
import os
import shutil
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import Engine, detect
from selftests.main_job import command, commit, environment, fresh_platform, main_job, on_platform
from selftests.platform_edits import append

ROWS = ("m1b.run.help[mpr]", "m1b.run.mpr[promote-valid]", "m1c.mismatch.tag-to-digest")
# Goes away, for good, at the first call that names the verb.
GOES_AWAY = """#!/bin/sh
for word in "$@"; do
  if [ "$word" = {verb} ]; then rm -- "$0"; {end}; fi
done
exec {real} "$@"
"""
ENDS = {"gone": "exit 127", "killed": "kill -9 $$"}


def test_engine_that_is_killed_while_it_builds_has_not_judged_the_dockerfile(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    for number, end in enumerate(ENDS.values()):
        program = tmp_path / "podman"
        program.write_text(f"#!/bin/sh\ncase $1 in image) echo 'image not known' >&2; exit 125;; esac\nrm $0; {end}\n")
        program.chmod(0o755)
        with pytest.raises(CannotTell):
            build(Engine("podman", "4.3.1", str(program)), tmp_path, "Dockerfile", {}, f"{number}", tmp_path, print)


@pytest.mark.parametrize("verb", ["build", "run"])
def test_engine_that_is_gone_in_the_middle_proves_nothing_and_fails_nothing(verb: str, tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    append("src/fraud_detection/cli.py", f"# {os.getpid()} {verb}\n")(root)  # content that nobody has built
    commit(root)
    engine = tmp_path / "bin" / "podman"
    engine.parent.mkdir()
    engine.write_text(GOES_AWAY.format(verb=verb, end=ENDS["gone"], real=shutil.which("podman")))
    engine.chmod(0o755)
    checks = [part for row in ROWS for part in ("--check", row)]
    env = environment(PATH=f"{engine.parent}{os.pathsep}{os.environ['PATH']}")
    try:
        job = main_job(tmp_path / "first", *on_platform(root), *checks, env=env)
        assert job.ran.status == 1, job.ran.text
        assert not engine.exists(), "the engine was never asked to"
        tests = json.loads(job.report.read_bytes())["tests"]
        outcomes = {test["metadata"]["readiness"]["check"]: test["metadata"]["readiness"]["outcome"] for test in tests}
        assert "fail" not in outcomes.values(), outcomes
        assert outcomes["m1b.run.help[mpr]"] == "error"
        assert "podman" in job.ran.stdout
        assert "M1: PASS" not in job.ran.text
        assert "Traceback" not in job.ran.text
        verified = json.loads(command("verify", job.out, "--json").stdout)
        assert (verified["coherent"], verified["verdict"]) == (True, "FAIL")
        again = main_job(tmp_path / "second", *on_platform(root), *checks)
        assert again.ran.status == 0, again.ran.text
    finally:
        _remove_image(tmp_path / "second" / "report.json")


def _remove_image(report: Path) -> None:
    """Take back what was built for this test alone."""
    if report.exists():
        images = [test["metadata"]["readiness"].get("image") for test in json.loads(report.read_bytes())["tests"]]
        for reference in {image["reference"] for image in images if image}:
            detect().attempt("rmi", "--force", reference)
