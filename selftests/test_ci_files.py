"""The workflow, the action and docs/ci.md say the same commands as the tool that people run on one machine."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.run_matrix import PARTS, Part, Run

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "packaging-readiness.yml"
ACTION = ROOT / "action.yml"
DOCS = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
RUN_ID, WRITTEN_AT = "platform_20260222T194849Z", "2026-02-22T19:48:49Z"
PINNED = re.compile(r"^\s*(?:- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RECORDER = """#!{python}
import json, os, sys
with open(os.environ["RECORDED"], "a") as stream:
    stream.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
called = " ".join([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + " "
sys.exit(called.startswith(os.environ.get("FAILING", "no program") + " "))
"""


def workflow() -> dict[str, Any]:
    content = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return {str(key): value for key, value in content.items()}  # YAML reads the key `on` as true


def step(job: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(step for step in workflow()["jobs"][job]["steps"] if step["name"] == name)
    return found


@pytest.fixture
def recorded(tmp_path: Path) -> Any:
    """Runs a script in a shell in which python, pytest and packaging-readiness only write down how they were called."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("python", "packaging-readiness", "pip", "apt-get"):
        (programs / name).write_text(RECORDER.format(python=sys.executable))
        (programs / name).chmod(0o755)
    for part in PARTS:  # what the globs of the scripts find
        (tmp_path / "ci-reports" / part.name).mkdir(parents=True)
        (tmp_path / "ci-reports" / part.name / f"{part.name}.json").touch()
    log = tmp_path / "recorded"

    def run(script: str, shell: str = "bash", status: int = 0, **variables: str) -> list[list[str]]:
        log.write_text("")
        base = {"PATH": f"{programs}:/usr/bin:/bin", "RECORDED": str(log), "LC_ALL": "C"}
        bash = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        command = bash if shell == "bash" else [shutil.which("sh") or "sh", "-euc", script]
        done = subprocess.run(
            command, cwd=tmp_path, env=base | variables, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == status, done.stderr
        return [json.loads(line) for line in log.read_text().splitlines()]

    return run


def matrix() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = workflow()["jobs"]["part"]["strategy"]["matrix"]["include"]
    return entries


def test_matrix_of_the_workflow_is_that_of_the_tool() -> None:
    assert [Part(entry["part"], entry["lane"], entry["shard"]) for entry in matrix()] == list(PARTS)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
@pytest.mark.parametrize("whole", [False, True], ids=["defaults", "all-inputs"])
def test_job_of_the_workflow_runs_the_command_of_the_tool(recorded: Any, part: Part, whole: bool) -> None:
    """Each word the same, in the same order; the options are what the inputs say."""
    checks = step("part", "Run the checks of this part")
    contract, aws = ("contracts/a b.yaml", "real") if whole else ("", "")
    values = {
        "${{ matrix.part }}": part.name,
        "${{ matrix.lane }}": part.lane,
        "${{ matrix.shard }}": part.shard,
        "${{ inputs.contract-file }}": contract,
        "${{ inputs.aws }}": aws,
        "${{ needs.identity.outputs.run-id }}": RUN_ID,
        "${{ needs.identity.outputs.written-at }}": WRITTEN_AT,
    }
    environment = {name: values[value] for name, value in checks["env"].items()}
    options = ["--platform-root=../platform", *([f"--contract=../platform/{contract}"] if whole else [])]
    options += ["--image=repo@sha256:1", *(["--aws=real"] if whole else [])]
    run = Run(RUN_ID, WRITTEN_AT, tuple(options))
    assert recorded(checks["run"], IMAGE="repo@sha256:1", **environment) == [run.part(part)]


def test_deciding_job_runs_the_commands_of_the_tool(recorded: Any) -> None:
    run = Run(RUN_ID, WRITTEN_AT)
    reports = [run.report(part) for part in PARTS]
    assert recorded(step("verdict", "Adjudicate")["run"]) == run.merge(reports)
    shown = recorded(step("verdict", "Summary and annotations")["run"], GITHUB_STEP_SUMMARY="summary.md")
    assert shown == [
        ["packaging-readiness", "summary", "ci-evidence"],
        ["packaging-readiness", "summary", "ci-evidence", "--format", "annotations"],
    ]


def test_identity_is_fixed_once_and_of_the_form_the_suite_takes(recorded: Any, tmp_path: Path) -> None:
    from packaging_readiness.plugin.settings import fresh_identity

    output = tmp_path / "output"
    recorded(step("identity", "Fix both once, so that all jobs speak of one run")["run"], GITHUB_OUTPUT=str(output))
    said = dict(line.split("=", 1) for line in output.read_text().splitlines())
    fixed = fresh_identity(None, said["written-at"])
    assert fixed["platform_run_id"] == said["run-id"]


@pytest.mark.parametrize("path", [WORKFLOW, ACTION], ids=["workflow", "action"])
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    uses = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"\buses:", line)]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []


def test_one_action_has_one_pin() -> None:
    text = WORKFLOW.read_text(encoding="utf-8") + ACTION.read_text(encoding="utf-8")
    pins = set(re.findall(r"uses: (\S+)@(\S+ # \S+)", text))
    assert len(pins) == len({name for name, _ in pins})


def test_permissions_are_the_least() -> None:
    content = workflow()
    assert content["permissions"] == {}
    granted = {name: job.get("permissions", {}) for name, job in content["jobs"].items()}
    assert granted == {
        "identity": {},
        "image": {"contents": "read"},
        "part": {"contents": "read", "id-token": "write"},
        "verdict": {"contents": "read"},
    }


def test_no_expression_stands_in_a_script_and_no_credential_is_kept() -> None:
    """What a caller gives reaches a script through its environment only."""
    steps = [step for job in workflow()["jobs"].values() for step in job["steps"]]
    steps += yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    assert not [step["name"] for step in steps if "${{" in step.get("run", "")]
    checkouts = [step for step in steps if "actions/checkout@" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert not [step["name"] for step in steps if "continue-on-error" in step]
    assert "secrets." not in WORKFLOW.read_text(encoding="utf-8")


def test_red_parts_do_not_keep_the_verdict_from_being_written() -> None:
    jobs = workflow()["jobs"]
    assert jobs["part"]["strategy"]["fail-fast"] is False
    for job, name in (("part", "Upload the report"), ("verdict", "Upload the bundle")):
        assert "!cancelled()" in step(job, name)["if"]
    assert "!cancelled()" in jobs["verdict"]["if"]


def test_action_calls_the_main_job_and_shows_its_bundle(recorded: Any) -> None:
    steps = {step["name"]: step for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]}
    main = steps["Run all checks, adjudicate, verify"]["run"]
    plain = recorded(main, PLATFORM="/w/.", CONTRACT_FILE="", IMAGE="", AWS="", OUT="/t/out")
    assert plain == [["python", "tools/run_m1.py", "--platform-root=/w/.", "--evidence-out=/t/out"]]
    whole = recorded(main, PLATFORM="/w/.", CONTRACT_FILE="c.yaml", IMAGE="a:b", AWS="embedded", OUT="/t/out")
    assert whole[0][3:] == ["--contract=/w/./c.yaml", "--image=a:b", "--aws=embedded", "--evidence-out=/t/out"]
    shown = recorded(steps["Summary and annotations"]["run"], OUT="/t/out", GITHUB_STEP_SUMMARY="summary.md")
    assert [command[:3] for command in shown] == [["packaging-readiness", "summary", "/t/out"]] * 2


def deciding(run: Run) -> list[list[str]]:
    """The commands of the tool that decide, with the summary before the one whose status counts."""
    bundle, verify = run.merge([run.report(part) for part in PARTS])
    return [bundle, ["packaging-readiness", "summary", "ci-evidence"], verify]


def block(language: str, marker: str) -> str:
    """The one block of docs/ci.md in a language that holds `marker`."""
    (found,) = (text for name, text in BLOCK.findall(DOCS) if name == language and marker in text)
    return str(found)


def test_caller_of_the_documentation_fits_the_workflow() -> None:
    (job,) = yaml.safe_load(block("yaml", "packaging-readiness.yml@"))["jobs"].values()
    inputs = workflow()["True"]["workflow_call"]["inputs"]
    assert job["with"].keys() <= inputs.keys()
    assert {name for name, entry in inputs.items() if entry.get("required")} <= job["with"].keys()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert "/.github/workflows/packaging-readiness.yml@" in job["uses"]
    for name in inputs:
        assert f"`{name}`" in DOCS


def test_step_of_the_documentation_fits_the_action() -> None:
    (found,) = (step for step in yaml.safe_load(block("yaml", "packaging-readiness@")) if "with" in step)
    assert found["with"].keys() <= yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"].keys()


def test_gitlab_jobs_of_the_documentation_run_the_same_commands(recorded: Any) -> None:
    content = yaml.safe_load(block("yaml", "parallel:"))
    entries = content["part"]["parallel"]["matrix"]
    assert [Part(entry["PART"], entry["LANE"], entry["SHARD"]) for entry in entries] == list(PARTS)
    fixed = {"PLATFORM": "../platform", "IMAGE": "a:b", "CI_PIPELINE_CREATED_AT": WRITTEN_AT}
    script = "\n".join([*content["default"]["before_script"], *content["part"]["script"]])
    run = Run(RUN_ID, WRITTEN_AT, ("--platform-root=../platform", "--image=a:b"))
    for entry in entries:
        part = Part(entry["PART"], entry["LANE"], entry["SHARD"])
        assert recorded(script, **fixed, **entry)[-1] == run.part(part)
    commands = recorded("\n".join(content["verdict"]["script"]), **fixed)
    assert commands == deciding(run)


def test_shell_of_the_documentation_runs_the_same_commands(recorded: Any) -> None:
    commands = recorded(block("sh", "m1b-$k"), shell="sh", PLATFORM="../platform", IMAGE="a:b")
    identity = [word for word in commands[0] if word.startswith(("--platform-run-id=", "--written-at="))]
    run_id, written_at = (word.partition("=")[2] for word in identity)
    run = Run(run_id, written_at, ("--platform-root=../platform", "--image=a:b"))
    assert commands == [run.part(part) for part in PARTS] + deciding(run)


@pytest.mark.parametrize("failing", ["python", "packaging-readiness bundle", "packaging-readiness verify"])
@pytest.mark.parametrize("language", ["sh", "yaml"])
def test_red_parts_and_a_red_verdict_are_summed_up_and_verify_decides(
    recorded: Any, language: str, failing: str
) -> None:
    """Neither a red lane nor a FAIL bundle keeps the summary from being written; the last status is that of verify."""
    text = block("sh", "m1b-$k")
    if language == "yaml":
        text = "\n".join(yaml.safe_load(block("yaml", "parallel:"))["verdict"]["script"])
    status = 1 if failing.endswith("verify") else 0
    commands = recorded(text, shell="sh", status=status, FAILING=failing, PLATFORM="../platform", IMAGE="a:b")
    assert [command[:2] for command in commands[-3:]] == [
        ["packaging-readiness", word] for word in ("bundle", "summary", "verify")
    ]


def test_tox_runs_the_tool() -> None:
    assert "commands = python tools/run_matrix.py {posargs}" in (ROOT / "tox.ini").read_text(encoding="utf-8")
