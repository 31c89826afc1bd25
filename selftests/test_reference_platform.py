"""The reference platform: its programs do what the matrix says, its files and documents agree, it stays small."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

SUITE = Path(__file__).resolve().parent.parent
PLATFORM = SUITE / "fixtures" / "reference_platform"
CONTRACT: dict[str, Any] = yaml.safe_load((SUITE / "src/packaging_readiness/contract/dev_full.yaml").read_text())
ROWS: dict[str, dict[str, Any]] = {row["id"]: row for row in CONTRACT["entrypoints"]}
PROFILES = "config/platform/profiles"
PROFILE = f"{PROFILES}/dev_full.yaml"
VALUES = {
    "--profile": PROFILE,
    "--local-parity-profile": f"{PROFILES}/local_parity.yaml",
    "--dev-profile": PROFILE,
    "--prod-profile": f"{PROFILES}/prod_target.yaml",
    "--engine-run-root": "s3://bucket/run",
    "--scenario-id": "scenario-1",
    "--wiring": "config/platform/scenario_runner/wiring.yaml",
    "--policy": "config/platform/scenario_runner/policy_v0.yaml",
    "--run-equivalence-key": "key-1",
    "--manifest-fingerprint": "fp-1",
    "--parameter-hash": "hash-1",
    "--seed": "7",
    "--window-start": "2026-01-01T00:00:00Z",
    "--window-end": "2026-01-02T00:00:00Z",
}
EVENT = {
    "event_type": "BUNDLE_PROMOTED_ACTIVE",
    "bundle_id": "bundle-1",
    "bundle_version": "v1",
    "policy_rev": "policy-v0",
    "platform_run_id": "platform_20260101T000000Z",
}

every_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


def call(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a module from the platform's root; -S hides site-packages, so only the standard library is there."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", "-m", *arguments]
    return subprocess.run(
        command, cwd=PLATFORM, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def arguments(row: dict[str, Any], *options: str) -> list[str]:
    """The row's command; a learning worker takes its options before the subcommand."""
    if row.get("learning"):
        return [row["module"], *options, "run"]
    return [row["module"], *filter(None, [row.get("subcommand")]), *options]


def required(row: dict[str, Any], **changed: str) -> list[str]:
    values = VALUES | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return arguments(row, *(word for option in row["required"] for word in (option, values[option])))


def lifecycle(command: str, event: str) -> subprocess.CompletedProcess[str]:
    module = ROWS["mpr"]["module"]
    return call(module, "--profile", PROFILE, command, "--event-path", "-", stdin=event)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a program refuses its input."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
    return done.stderr


@every_row
def test_help_names_every_option(row: dict[str, Any]) -> None:
    subcommand = [row["subcommand"]] if row.get("subcommand") else []
    parent, child = call(row["module"], "--help"), call(row["module"], *subcommand, "--help")
    run = call(row["module"], "run", "--help") if row.get("learning") else child
    assert (child.returncode, child.stderr) == (0, "")
    assert child.stdout.startswith("usage: python -m " + row["module"])
    for option in [*row["required"], *row.get("optional", [])]:
        assert option in parent.stdout + child.stdout + run.stdout


@every_row
def test_missing_required_options_are_named(row: dict[str, Any]) -> None:
    done = call(*arguments(row))
    complaint = done.stderr.rpartition("required:")[2]
    assert (done.returncode, done.stdout) == (2, "")
    assert [word.strip() for word in complaint.split(",")] == row["required"]


@every_row
def test_a_complete_command_runs_and_reports_one_json_line(row: dict[str, Any]) -> None:
    done = call(*required(row))
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1), done
    assert row["module"] == "fraud_detection." + json.loads(done.stdout)["component"]


@every_row
def test_an_unknown_option_is_refused(row: dict[str, Any]) -> None:
    done = call(*required(row), "--no-such-option")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unrecognized arguments: --no-such-option" in done.stderr


def test_a_worker_says_that_it_processed_nothing() -> None:
    report = json.loads(call(*required(ROWS["archive-writer"]), "--once").stdout)
    assert (report["processed"], report["reason"]) == (0, "no event source is bound")


def test_abbreviated_options_are_refused() -> None:
    assert call(ROWS["dl"]["module"], "--prof", PROFILE).returncode == 2


@pytest.mark.parametrize("module", [ROWS[row]["module"] for row in ("ofs", "mf", "mpr", "sr")])
def test_a_subcommand_is_required(module: str) -> None:
    options = [] if module == ROWS["sr"]["module"] else ["--profile", PROFILE]
    done = call(module, *options)
    assert done.returncode == 2
    assert "required: COMMAND" in done.stderr


@pytest.mark.parametrize("case", CONTRACT["mpr_cases"], ids=lambda case: str(case["id"]))
def test_the_promotion_cases_of_the_contract_end_as_it_expects(case: dict[str, Any]) -> None:
    done = lifecycle(case["subcommand"], json.dumps(case["event"]))
    assert done.returncode == (0 if case["expect"] == "PASS" else 1), done


def test_a_valid_event_is_answered_with_its_receipt() -> None:
    receipt = json.loads(lifecycle("promote", json.dumps(EVENT | {"actor": "x"})).stdout)
    identity = {"component": "learning_registry.worker", "command": "promote", "status": "VALIDATED"}
    assert receipt == EVENT | identity


def test_each_lifecycle_command_takes_its_own_event_type_only() -> None:
    rollback = json.dumps(EVENT | {"event_type": "BUNDLE_ROLLED_BACK"})
    assert lifecycle("rollback-drill", rollback).returncode == 0
    assert "'BUNDLE_PROMOTED_ACTIVE' only" in refused(lifecycle("promote", rollback))
    assert "'BUNDLE_ROLLED_BACK' only" in refused(lifecycle("rollback-drill", json.dumps(EVENT)))


@pytest.mark.parametrize("field", EVENT)
@pytest.mark.parametrize("value", [None, "", " ", 7], ids=["absent", "empty", "blank", "number"])
def test_an_event_without_a_required_field_is_refused(field: str, value: object) -> None:
    event = {name: text for name, text in (EVENT | {field: value}).items() if text is not None}
    assert field in refused(lifecycle("promote", json.dumps(event)))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 100_000], ids=str.strip)
def test_an_event_that_is_no_json_object_is_refused(text: str) -> None:
    assert "JSON" in refused(lifecycle("promote", text))


def test_an_event_is_read_from_a_file(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    command = [ROWS["mpr"]["module"], "--profile", PROFILE, "promote", "--event-path", str(event)]
    assert "No such file" in refused(call(*command))
    event.write_text(json.dumps(EVENT))
    assert call(*command).returncode == 0
    event.write_bytes(b"\xff\xfe")
    assert "not UTF-8 text" in refused(call(*command))


def test_a_profile_must_exist_and_bear_an_id(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    assert "No such file" in refused(call(*required(ROWS["al"], profile=str(profile))))
    profile.write_text("wiring:\n  profile_id: nested\n")
    assert "no profile_id" in refused(call(*required(ROWS["al"], profile=str(profile))))
    profile.write_text("profile_id: mine\n")
    assert json.loads(call(*required(ROWS["al"], profile=str(profile))).stdout)["profile_id"] == "mine"


def test_profiles_of_different_shape_do_not_conform(tmp_path: Path) -> None:
    profile = tmp_path / "prod.yaml"
    profile.write_text((PLATFORM / PROFILE).read_text().replace("policy_rev: policy-v0\n", ""))
    assert "prod.yaml lacks policy_rev" in refused(call(*required(ROWS["env-conformance"], prod_profile=str(profile))))


def test_the_scenario_run_id_is_a_function_of_its_inputs() -> None:
    def run_id(**changed: str) -> str:
        return str(json.loads(call(*required(ROWS["sr"], **changed)).stdout)["scenario_run_id"])

    assert run_id() == run_id()
    assert run_id() != run_id(seed="8")


def test_an_empty_window_is_refused() -> None:
    assert "empty window" in refused(call(*required(ROWS["sr"], window_end="2026-01-01T00:00:00Z")))


def test_an_engine_root_outside_the_object_store_is_refused() -> None:
    done = call(*required(ROWS["oracle-checker"], engine_run_root="/local/run"))
    assert done.returncode == 2
    assert "not an s3:// URI" in done.stderr


def document(key: str) -> str:
    return PLATFORM.joinpath(str(CONTRACT["documents"][key])).read_text()


def pins(text: str) -> dict[str, str]:
    """Every `KEY = "value"` of a document."""
    return dict(re.findall(r'`([A-Z][A-Z0-9_]+) = "([^"]*)"`', text))


def workflow() -> dict[str, Any]:
    text = (PLATFORM / ".github/workflows/packaging.yml").read_text()
    loaded: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # BaseLoader: `on` stays a word
    return loaded


def files() -> list[Path]:
    found = (path for path in PLATFORM.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path for path in found if "__pycache__" not in path.parts)


def test_the_tree_can_be_read_in_ten_minutes() -> None:
    assert len(files()) < 150
    assert not [path for path in files() if path.is_symlink()]
    assert not [path for path in files() if len(path.read_text().splitlines()) > 350]


def test_the_tree_holds_no_secret() -> None:
    token = re.compile(
        r"AKIA[0-9A-Z]{12}|-----BEGIN|gh[pousr]_\w{20}|eyJ[\w-]{10}"
        r"|(?i:password|token|api_key|secret_access_key)\w*[\"'`]?\s*[:=]\s*[\"']?(?!/fraud-platform/|write\b)[\w/+=-]{6}"
    )
    assert token.search("password: hunter22")
    assert token.search("AKIA" + "A" * 16)
    assert not [(path.name, match[0]) for path in files() if (match := token.search(path.read_text()))]


def test_dockerfile_and_ignore_file_open_exactly_the_include_set() -> None:
    includes = [row["id"] for row in CONTRACT["includes"]]
    text = (PLATFORM / "Dockerfile").read_text().replace("\\\n", " ")
    copies = [(sources, target) for *sources, target in map(str.split, re.findall(r"^COPY (.+)$", text, re.MULTILINE))]
    ignore = [line for line in (PLATFORM / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    copied = [source.rstrip("/") for sources, _ in copies for source in sources]
    assert sorted(copied) == sorted(set(includes) - {"Dockerfile"})
    for sources, target in copies:
        assert sources == [target] or {source.rpartition("/")[0] for source in sources} == {target.rstrip("/")}
    assert ignore[0] == "**"
    assert [line[1:] for line in ignore if line[0] == "!"] == includes
    assert all((PLATFORM / path).exists() for path in includes)


def test_handles_are_the_contract_s_save_for_account_names_and_build_driver() -> None:
    registry = pins(document("registry"))
    differs = {key for key, value in CONTRACT["handles"].items() if registry[key] != value}
    assert differs == {"ECR_REPO_NAME", "ECR_REPO_URI", "IMAGE_BUILD_DRIVER", "S3_EVIDENCE_BUCKET"}
    assert registry["ECR_REPO_URI"].startswith("000000000000.")
    assert registry["ECR_REPO_URI"].endswith("/" + registry["ECR_REPO_NAME"])


@pytest.mark.parametrize("key", ["plan", "design_authority"])
def test_pins_of_other_documents_agree_with_the_registry(key: str) -> None:
    registry, other = pins(document("registry")), pins(document(key))
    assert other
    assert {name: value for name, value in other.items() if registry[name] != value} == {}


def test_open_handles_are_exactly_those_to_be_pinned() -> None:
    open_section = document("registry").partition("## 14.")[2].partition("## 15.")[0]
    to_pin = {name for name, value in pins(document("registry")).items() if value == "TO_PIN"}
    assert set(re.findall(r"^\d+\. `(\w+)`$", open_section, re.MULTILINE)) == to_pin != set()


@pytest.mark.parametrize("key", ["registry", "plan", "design_authority"])
def test_documents_list_every_secret_path_in_order(key: str) -> None:
    listed = re.findall(r"^ *[*-] `(/fraud-platform/\S+)`$", document(key), re.MULTILINE)
    assert listed == [row["id"] for row in CONTRACT["secret_paths"]]


def test_registry_and_plan_name_the_entrypoints_of_the_contract() -> None:
    handles = list(dict.fromkeys(row["handle"] for row in ROWS.values()))
    matrix = re.findall(
        r"^\| `(ENTRYPOINT_\w+)` .* `python -m (\S+?)( run)?` .*\| READY \|$", document("plan"), re.MULTILINE
    )
    assert re.findall(r"^\* `(ENTRYPOINT_\w+)`$", document("registry"), re.MULTILINE) == handles
    assert [(handle, module) for handle, module, _ in matrix] == [(r["handle"], r["module"]) for r in ROWS.values()]


def test_plan_has_every_checkbox_and_every_blocker() -> None:
    lanes = re.split(r"^## ", document("plan"), flags=re.MULTILINE)
    boxes = {lane[:4]: len(re.findall(r"^- \[[ x]\] ", lane, re.MULTILINE)) for lane in lanes}
    assert [boxes[lane] for lane in ("M1.A", "M1.B", "M1.C", "M1.D", "M1.E", "7) M")] == [5, 3, 3, 3, 3, 8]
    defined = set(re.findall(r"^ *(?:-|\d\.) `(M1[A-E]?-B\d)`: ", document("plan"), re.MULTILINE))
    assert defined == {row["id"] for row in CONTRACT["blockers"]}


def test_the_role_may_push_to_the_platform_s_repository_and_nothing_else() -> None:
    policy = json.loads((PLATFORM / "infra/iam/packaging_role.policy.json").read_text())
    account, repository = policy["Statement"]
    assert (account["Action"], account["Resource"]) == ("ecr:GetAuthorizationToken", "*")
    assert sorted(repository["Action"]) == sorted(CONTRACT["push"]["repository_actions"])
    name = pins(document("registry"))["ECR_REPO_NAME"]
    assert repository["Resource"] == f"arn:aws:ecr:eu-west-2:000000000000:repository/{name}"


def test_the_workflow_checks_before_it_pushes_and_holds_no_key() -> None:
    steps, registry = workflow()["jobs"]["package"]["steps"], pins(document("registry"))
    names = [step["name"] for step in steps]
    security, push = names.index("Run the security and secret-injection checks"), names.index("Push the immutable tag")
    assert security < push
    assert "workflow_dispatch" in workflow()["on"]
    assert workflow()["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow()["env"]["ECR_REPO_URI"] == registry["ECR_REPO_URI"]
    roles = [step["with"]["role-to-assume"] for step in steps if "role-to-assume" in step.get("with", {})]
    assert roles == [registry["ROLE_GITHUB_ACTIONS_PACKAGING"]]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert not [step for step in steps if "${{" in step.get("run", "") or "continue-on-error" in step]
    assert "secrets." not in json.dumps(workflow())
    assert registry["IMAGE_TAG_DEV_FULL_LATEST"] not in json.dumps(workflow())
