"""A planted value on every surface that a run reads, and none of them in anything that it writes."""

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.breaks import CONTRACT, PLAN, REGISTRY, WORKFLOW
from selftests.main_job import Job, bundled, command, commit, environment, fresh_platform, main_job, on_platform
from selftests.platform_edits import append, replace
from selftests.synthetic import as_bytes, good_report

_PARTS = ("Q3EGVNXW", "7RZLT2KD", "V5JXK2NQ", "WZ8RLT3B", "T6HYM4PC", "XS9DVN2F")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SURFACES = (
    "context-yaml", "context-python", "context-zip", "context-utf16", "docker-env", "docker-arg", "docker-label",
    "docker-run", "docker-comment", "image-file", "workflow-env", "workflow-run", "workflow-with", "row-output",
    "ignored-content", "contract-text", "environment", "commit-message", "registry-text", "plan-text",
    "context-file-name", "context-folder-name", "zip-member-name", "image-file-name", "git-tag", "workflow-step-name",
    "row-exception", "registry-value", "plan-path", "argument", "branch", "contract-value", "run-url", "report",
)  # fmt: skip
# Invented access key ids of the well-known form: every rule knows them, wherever they stand.
CANARY = {
    surface: "AKIA" + _PARTS[number % 6] + _LETTERS[number // 26] + _LETTERS[number % 26] + _PARTS[(number + 1) % 6][:6]
    for number, surface in enumerate(SURFACES)
}
USER = "USER 10001:10001\n"


def plant(root: Path) -> None:
    """Each value on its surface."""
    profiles = root / "config" / "platform" / "profiles"
    append("config/platform/profiles/dev_full.yaml", f"\naws_access_key_id: {CANARY['context-yaml']}\n")(root)
    append("src/fraud_detection/cli.py", f'\nKEY_ID = "{CANARY["context-python"]}"\n')(root)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.yaml", f"aws_access_key_id: {CANARY['context-zip']}\n" * 3)
        archive.writestr(f"{CANARY['zip-member-name']}.txt", "nothing\n")
    (profiles / "pack.zip").write_bytes(held.getvalue())
    (profiles / "wide.yaml").write_bytes(f"aws_access_key_id: {CANARY['context-utf16']}\n".encode("utf-16"))
    (profiles / f"{CANARY['context-file-name']}.yaml").write_text("a: b\n")
    (profiles / CANARY["context-folder-name"]).mkdir()
    (profiles / CANARY["context-folder-name"] / "server.pem").write_text("nothing\n")
    append(".dockerignore", f"!config/platform/profiles/{CANARY['context-folder-name']}/server.pem\n")(root)
    (profiles / ".env").write_text(f"AWS_ACCESS_KEY_ID={CANARY['ignored-content']}\n")
    written, named = CANARY["image-file"], CANARY["image-file-name"]
    lines = (
        f"ENV KEY_ID={CANARY['docker-env']}\nARG KEY_ID={CANARY['docker-arg']}\nLABEL key={CANARY['docker-label']}\n"
        f"RUN true --key-id {CANARY['docker-run']}\n# {CANARY['docker-comment']}\n"
        f"RUN printf 'id: %s%s\\n' {written[:9]} {written[9:]} > /app/written.yaml\n"
        f"RUN echo x > /app/$(printf %s%s {named[:9]} {named[9:]}).txt\n{USER}"
    )
    replace("Dockerfile", (USER, lines))(root)
    replace(
        WORKFLOW,
        ("env:\n  ECR", f"env:\n  AWS_ACCESS_KEY_ID: {CANARY['workflow-env']}\n  ECR"),
        ("        run: docker push", f"        run: |\n          true {CANARY['workflow-run']}\n          docker push"),
        ("name: Install the packaging suite", f"name: Install {CANARY['workflow-step-name']}"),
        ("          persist-credentials: false", f"          token: {CANARY['workflow-with']}"),
    )(root)
    shown = CANARY["row-output"]
    call = 'cli.learning_parser("learning_registry.worker", __doc__ or "")'
    prints = f'cli.learning_parser("learning_registry.worker", (__doc__ or "") + "{shown[:9]}" + "{shown[9:]}")'
    replace("src/fraud_detection/learning_registry/worker.py", (call, prints))(root)
    raised = CANARY["row-exception"]
    failing = f'raise RuntimeError("{raised[:9]}" + "{raised[9:]}")'
    append("src/fraud_detection/case_mgmt/__init__.py", f"\n{failing}\n")(root)
    append(CONTRACT, f"\n# {CANARY['contract-text']}\n")(root)
    append(REGISTRY, f"\nSee {CANARY['registry-text']}.\n")(root)
    append(PLAN, f"\nSee {CANARY['plan-text']}.\n")(root)
    replace(REGISTRY, ('_LATEST = "dev-full-latest"', f'_LATEST = "{CANARY["registry-value"]}"'))(root)
    replace(PLAN, ("   - `src/fraud_detection/` (recursive)", f"   - `src/{CANARY['plan-path']}/` (recursive)"))(root)
    commit(root)
    amend = ["-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "--amend", "-qm"]
    subprocess.run(["git", *amend, CANARY["commit-message"]], cwd=root, check=True)
    subprocess.run(["git", "tag", CANARY["git-tag"]], cwd=root, check=True)


def planted(root: Path) -> Path:
    """A platform of one's own with a value on each surface of a checkout."""
    fresh_platform(root)
    plant(root)
    return root


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job]:
    """The lanes that read those surfaces, on that platform, with folders of its own for caches and temporary files."""
    folder = tmp_path_factory.mktemp("canary")
    root = planted(folder / "platform")
    for name in ("cache", "tmp"):
        (folder / "run" / name).mkdir(parents=True)
    env = environment(
        TMPDIR=str(folder / "run" / "tmp"),
        XDG_CACHE_HOME=str(folder / "run" / "cache"),
        SERVICE_KEY_ID=CANARY["environment"],
    )
    return folder / "run", main_job(
        folder / "run" / "job",
        *on_platform(root),
        *(
            "-vv",
            "-m",
            "m1a or m1b or m1d",
            "--deselect",
            "tests_m1b/test_dod2_contracts.py",
            "--deselect",
            f"nothing::{CANARY['argument']}",
        ),
        env=env,
    )


def written(folder: Path, job: Job) -> Iterator[tuple[str, bytes]]:
    """Everything that the run wrote, and the names of its files."""
    yield "stdout", job.ran.stdout.encode()
    yield "stderr", job.ran.stderr.encode()
    for path in sorted(folder.rglob("*")):
        yield "names", path.name.encode()
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


def leaks(folder: Path, job: Job, *surfaces: str) -> set[tuple[str, str]]:
    """Surface and place of each of these values that the run repeated, as it is or in another spelling."""
    found = set()
    for place, data in written(folder, job):
        for surface in surfaces:
            value = CANARY[surface].encode()
            shapes = {value, value.lower(), value.decode().encode("utf-16-le"), value[:18]}
            found |= {(surface, place) for shape in shapes if shape in data}
    return found


def test_the_run_sees_what_was_planted(ran: tuple[Path, Job]) -> None:
    _, job = ran
    assert len(set(CANARY.values())) == len(SURFACES) >= 20
    assert job.ran.status == 1
    results = {row["id"]: row["reason"] for row in job.object("check_results")["results"]}
    expected = {
        "m1d.dockerfile.secret-values": "secret-value",
        "m1d.context.scan": "secret-in-context",
        "m1d.context.file-names": "secret-file-in-context",
        "m1d.workflow.static-credentials": "static-credential",
        "m1d.image.configuration": "secret-in-image",
        "m1d.image.added-files": "secret-in-image-file",
    }
    assert {check: results[check] for check in expected} == expected
    found = {row["id"]: "\n".join(row["found"]) for row in job.object("check_results")["results"]}
    named = "config/platform/profiles/[redacted aws-access-key-id].yaml:0: aws-access-key-id"
    assert named in found["m1d.context.scan"]
    assert "pack.zip![redacted aws-access-key-id].txt:0: " in found["m1d.context.scan"]
    assert "image:/app/[redacted aws-access-key-id].txt:0: " in found["m1d.image.added-files"]


@pytest.mark.parametrize("surface", SURFACES)
def test_no_planted_value_is_in_anything_that_the_run_wrote(ran: tuple[Path, Job], surface: str) -> None:
    assert leaks(*ran, surface) == set()


def quick(folder: Path, root: Path, *arguments: str | Path, **more: str) -> Job:
    """A run of two checks that read nothing but the checkout."""
    job = main_job(folder, *on_platform(root), "-vv", "--blocker", "M1A-B1", *arguments, env=environment(**more))
    assert not job.out.exists()
    return job


def test_a_branch_whose_name_holds_a_secret_proves_nothing(tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    subprocess.run(["git", "checkout", "-qb", f"feature/{CANARY['branch']}"], cwd=root, check=True)
    job = quick(tmp_path / "run", root)
    assert job.ran.status == 1, job.ran.text
    assert "problem: the branch: holds what looks like a secret; it is not repeated here" in job.ran.stdout
    assert "readiness" not in json.loads(job.report.read_bytes())
    assert leaks(tmp_path / "run", job, "branch") == set()


def test_a_contract_that_holds_a_secret_is_refused(tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    replace(CONTRACT, ("BUCKET: reference-platform-evidence", f"BUCKET: {CANARY['contract-value']}"))(root)
    commit(root)
    job = quick(tmp_path / "run", root)
    assert job.ran.status == 4, job.ran.text
    assert "the contract: holds what looks like a secret" in job.ran.stderr
    assert leaks(tmp_path / "run", job, "contract-value") == set()


def test_an_address_of_a_run_that_holds_a_secret_proves_nothing(tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    replace(CONTRACT, ("  build_driver: local_engine\n", "  build_driver: github_actions\n"))(root)
    commit(root)
    job = quick(
        tmp_path / "run",
        root,
        GITHUB_ACTIONS="true",
        GITHUB_SERVER_URL="https://github.invalid",
        GITHUB_REPOSITORY=f"team/{CANARY['run-url']}",
        GITHUB_RUN_ID="22283456789",
        GITHUB_ACTOR=CANARY["run-url"],
    )
    assert job.ran.status == 1, job.ran.text
    assert "problem: the address of the workflow run: holds what looks like a secret" in job.ran.stdout
    assert leaks(tmp_path / "run", job, "run-url") == set()


@pytest.mark.parametrize("place", ["found", "notes", "observation", "row", "argument", "branch"])
def test_a_report_that_holds_a_secret_becomes_no_bundle(tmp_path: Path, place: str) -> None:
    value = CANARY["report"]
    report = good_report()
    record = report["tests"][0]["metadata"]["readiness"]
    if place in ("found", "notes"):
        record[place].append(f"see {value}")
    elif place == "observation":
        record["observation"]["note"] = value
    elif place == "row":
        record["check"] = f"m1a.image.row[{value}]"
    elif place == "argument":
        report["readiness"]["invocation"]["arguments"].append(value)
    else:
        report["readiness"]["identity"]["git_ref"] = f"feature/{value}"
    given = tmp_path / "report.json"
    given.write_bytes(as_bytes(report))
    job = bundled(given, tmp_path / "run" / "out")
    assert job.ran.status == 2
    assert "report.json: holds what looks like a secret" in job.ran.stderr
    assert not job.out.exists()
    assert leaks(tmp_path / "run", job, "report") == set()


@pytest.mark.parametrize(
    "arguments", [("scan-secrets",), ("scan-secrets", "--json"), ("context", "--json"), ("dockerfile",)]
)
def test_no_command_repeats_a_planted_value(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    root = planted(tmp_path / "platform")
    at = root / "Dockerfile" if arguments == ("dockerfile",) else root
    done = command(arguments[0], at, *arguments[1:])
    assert "[redacted aws-access-key-id]" in done.stdout
    assert leaks(tmp_path / "run", Job(done, tmp_path, tmp_path), *SURFACES) == set()
