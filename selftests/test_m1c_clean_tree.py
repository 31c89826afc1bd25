"""The clean-tree check looks at bytes: git can be told that a changed file is the commit's own."""

import subprocess
from pathlib import Path

import pytest

from selftests.breaks import PLAN, REGISTRY, WORKFLOW
from selftests.in_process import run_lane
from selftests.main_job import fresh_platform

CHECK = "m1c.provenance.clean-tree"


def hide(root: Path, path: str) -> None:
    """Change a file and give git a clean filter that makes the committed bytes of it."""
    (root / ".git" / "kept").write_bytes((root / path).read_bytes())
    (root / ".git" / "info" / "attributes").write_text(f"{path} filter=hide\n")
    with (root / path).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    for command in (["config", "filter.hide.clean", f"cat {root / '.git' / 'kept'}"], ["add", path]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("path", ["Dockerfile", ".dockerignore", WORKFLOW, PLAN, REGISTRY, "pyproject.toml"])
def test_change_hidden_from_git_is_red(path: str, tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    assert run_lane("m1c", root)[CHECK].outcome == "pass"
    hide(root, path)
    record = run_lane("m1c", root)[CHECK]
    assert (record.reason, record.observation["dirty_tree"]) == ("context-unlike-commit", False)
    assert record.found == (f"{path}: is not as in {record.observation['git_sha']}",)
