"""The tools that keep the code in shape: pinned, run alike by one command and by the hooks, red when they find one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from tools import hygiene
from tools.branch_coverage import EXCLUDED, PACKAGE, ROOMS, TESTS, Covered, files_of, room
from tools.hygiene import TOOLS

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(
    r"^([\w.-]+(?:\[[\w,-]+\])?)==([^ ]+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)
TOX = (ROOT / "tox.ini").read_text(encoding="utf-8")


def locked() -> dict[str, str]:
    """Version by package name; a line of the lock that is no pin with hashes is no entry."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = {re.sub(r"\[.*", "", name).lower(): version for name, version, _ in PINNED.findall(text)}
    assert len(found) == len(re.findall(r"^\S.*==", text, re.MULTILINE))
    return found


def test_everything_declared_is_locked_with_hashes_in_a_version_that_is_declared() -> None:
    project, versions = PROJECT["project"], locked()
    declared = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["dev"])]
    wrong = [one.name for one in declared if not one.specifier.contains(versions.get(one.name.lower(), "0"))]
    assert wrong == []


def test_nothing_of_the_lock_comes_from_elsewhere_than_the_index() -> None:
    assert re.search(r"://|@ |^-", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE) is None


def test_every_tool_is_a_declared_package() -> None:
    packages = {"lint-imports": "import-linter"}
    declared = {Requirement(text).name for text in PROJECT["project"]["optional-dependencies"]["dev"]}
    assert {packages.get(program, program) for program, *_ in TOOLS.values()} <= declared
    assert "coverage" in declared


def test_hooks_run_the_same_tools_and_fetch_nothing() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = {hook["id"]: hook for hook in config["repos"][0]["hooks"]}
    entries = {name: f"python tools/hygiene.py {name}" for name in TOOLS}
    assert {name: hook["entry"] for name, hook in hooks.items()} == {
        **entries,
        "coverage": "python tools/branch_coverage.py",
    }
    assert {hook["language"] for hook in hooks.values()} == {"system"}
    assert {name for name, hook in hooks.items() if hook["stages"] != ["pre-commit"]} == {"coverage"}
    assert not any(
        "rev" in repo or "additional_dependencies" in hook for repo in config["repos"] for hook in repo["hooks"]
    )


@pytest.mark.parametrize("command", ["python tools/hygiene.py {posargs}", "python tools/branch_coverage.py {posargs}"])
def test_tox_runs_the_tool(command: str) -> None:
    assert command in TOX


def test_types_are_strict_and_warnings_are_errors() -> None:
    assert PROJECT["tool"]["mypy"]["strict"] is True
    assert PROJECT["tool"]["pytest"]["filterwarnings"] == ["error"]


def test_a_warning_fails_a_test(tmp_path: Path) -> None:
    """Under the settings of this project, as they stand."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "import warnings\n\ndef test_it():\n    warnings.warn('old')\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "UserWarning: old" in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize(
    ("status", "expected"), [(0, 0), (1, 1), (3, 1), (-9, 1)], ids=["nothing found", "found", "found more", "killed"]
)
def test_hygiene_is_red_when_a_tool_is(
    status: int, expected: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = f"import os; os.kill(os.getpid(), {-status})" if status < 0 else f"raise SystemExit({status})"
    program = Path(sys.executable).name
    monkeypatch.setattr(hygiene, "TOOLS", {"one": (program, "-c", ends), "two": (program, "-c", "pass")})
    monkeypatch.setattr(sys, "argv", ["hygiene.py"])
    assert hygiene.main() == expected
    clean = "2 clean, 0 not" if expected == 0 else "1 clean, 1 not: one"
    assert capsys.readouterr().out.endswith(f"hygiene: {clean}\n")


def test_hygiene_is_red_when_a_tool_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hygiene, "TOOLS", {"one": ("no-such-program",)})
    monkeypatch.setattr(sys, "argv", ["hygiene.py", "one"])
    assert hygiene.main() == 1
    assert "no-such-program did not start: No such file or directory" in capsys.readouterr().err


def test_unknown_tool_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["hygiene.py", "mypi"])
    with pytest.raises(SystemExit) as ended:
        hygiene.main()
    assert (ended.value.code, "no such tool: mypi" in capsys.readouterr().err) == (2, True)


def entry(branches: int, taken: int, missing: list[list[int]]) -> dict[str, Any]:
    return {"summary": {"num_branches": branches, "covered_branches": taken}, "missing_branches": missing}


def test_branches_are_counted_by_room_and_not_by_line() -> None:
    report = {
        "files": {
            f"{PACKAGE}verdict/rules.py": entry(30, 29, [[7, 9]]),
            f"{PACKAGE}verdict/merge.py": entry(10, 9, [[4, -3]]),
            f"{PACKAGE}contract/errors.py": entry(0, 0, []),
            f"{PACKAGE}plugin/hooks.py": entry(10, 0, []),
        }
    }
    files = files_of(report)
    assert [each.missing for each in files] == [("7→9",), ("4→exit",), ()]
    assert (room("verdict", files).percent, room("contract", files).percent) == (95.0, 100.0)
    assert room("plugin", files) == Covered("plugin", 0, 0)


def test_what_coverage_names_is_there() -> None:
    package = ROOT / PACKAGE
    assert [name for name in ROOMS if not (package / name).is_dir()] == []
    assert [path for path in EXCLUDED if not (package / path).is_file()] == []
    assert [name for name in TESTS if not list((ROOT / "selftests").glob(f"test_{name}.py"))] == []
