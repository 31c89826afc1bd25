"""Twenty planted values, one on every surface, and none of them in anything that a run writes."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.breaks import CONTRACT, PLAN, REGISTRY, WORKFLOW
from selftests.main_job import Job, commit, environment, fresh_platform, main_job, on_platform
from selftests.platform_edits import append, replace

_PARTS = ("Q3EGVNXW", "7RZLT2KD", "V5JXK2NQ", "WZ8RLT3B", "T6HYM4PC", "XS9DVN2F")
SURFACES = (
    "context-yaml", "context-python", "context-zip", "context-utf16", "docker-env", "docker-arg", "docker-label",
    "docker-run", "docker-comment", "image-file", "workflow-env", "workflow-run", "workflow-with", "row-output",
    "ignored-content", "contract-text", "environment", "commit-message", "registry-text", "plan-text",
)  # fmt: skip
# Invented access key ids of the well-known form: every rule knows them, wherever they stand.
CANARY = {
    surface: "AKIA" + _PARTS[number % 6] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number] * 2 + _PARTS[(number + 1) % 6][:6]
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
    (profiles / "pack.zip").write_bytes(held.getvalue())
    (profiles / "wide.yaml").write_bytes(f"aws_access_key_id: {CANARY['context-utf16']}\n".encode("utf-16"))
    (profiles / ".env").write_text(f"AWS_ACCESS_KEY_ID={CANARY['ignored-content']}\n")
    written = CANARY["image-file"]
    lines = (
        f"ENV KEY_ID={CANARY['docker-env']}\nARG KEY_ID={CANARY['docker-arg']}\nLABEL key={CANARY['docker-label']}\n"
        f"RUN true --key-id {CANARY['docker-run']}\n# {CANARY['docker-comment']}\n"
        f"RUN printf 'id: %s%s\\n' {written[:9]} {written[9:]} > /app/written.yaml\n{USER}"
    )
    replace("Dockerfile", (USER, lines))(root)
    replace(
        WORKFLOW,
        ("env:\n  ECR", f"env:\n  AWS_ACCESS_KEY_ID: {CANARY['workflow-env']}\n  ECR"),
        ("        run: docker push", f"        run: |\n          true {CANARY['workflow-run']}\n          docker push"),
        ("          persist-credentials: false", f"          token: {CANARY['workflow-with']}"),
    )(root)
    shown = CANARY["row-output"]
    call = 'cli.learning_parser("learning_registry.worker", __doc__ or "")'
    prints = f'cli.learning_parser("learning_registry.worker", (__doc__ or "") + "{shown[:9]}" + "{shown[9:]}")'
    replace("src/fraud_detection/learning_registry/worker.py", (call, prints))(root)
    append(CONTRACT, f"\n# {CANARY['contract-text']}\n")(root)
    append(REGISTRY, f"\nSee {CANARY['registry-text']}.\n")(root)
    append(PLAN, f"\nSee {CANARY['plan-text']}.\n")(root)
    commit(root)
    amend = ["-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "--amend", "-qm"]
    subprocess.run(["git", *amend, CANARY["commit-message"]], cwd=root, check=True)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job]:
    """The lanes that read those surfaces, on that platform, with folders of its own for caches and temporary files."""
    folder = tmp_path_factory.mktemp("canary")
    root = fresh_platform(folder / "platform")
    plant(root)
    for name in ("cache", "tmp"):
        (folder / "run" / name).mkdir(parents=True)
    env = environment(
        TMPDIR=str(folder / "run" / "tmp"),
        XDG_CACHE_HOME=str(folder / "run" / "cache"),
        SERVICE_KEY_ID=CANARY["environment"],
    )
    return folder / "run", main_job(
        folder / "run" / "job", *on_platform(root), "-vv", "-m", "m1a or m1b or m1d", env=env
    )


def written(folder: Path, job: Job) -> Iterator[tuple[str, bytes]]:
    """Everything that the run wrote, and the names of its files."""
    yield "stdout", job.ran.stdout.encode()
    yield "stderr", job.ran.stderr.encode()
    for path in sorted(folder.rglob("*")):
        yield "names", path.name.encode()
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


def test_twenty_values_are_planted_and_the_run_sees_them(ran: tuple[Path, Job]) -> None:
    _, job = ran
    assert len(set(CANARY.values())) == len(SURFACES) >= 20
    assert job.ran.status == 1
    results = {row["id"]: row["reason"] for row in job.object("check_results")["results"]}
    assert {
        check: results[check]
        for check in ("m1d.dockerfile.secret-values", "m1d.context.scan", "m1d.workflow.static-credentials",
                      "m1d.image.configuration", "m1d.image.added-files")
    } == {
        "m1d.dockerfile.secret-values": "secret-value",
        "m1d.context.scan": "secret-in-context",
        "m1d.workflow.static-credentials": "static-credential",
        "m1d.image.configuration": "secret-in-image",
        "m1d.image.added-files": "secret-in-image-file",
    }  # fmt: skip


@pytest.mark.parametrize("surface", SURFACES)
def test_no_planted_value_is_in_anything_that_the_run_wrote(ran: tuple[Path, Job], surface: str) -> None:
    value = CANARY[surface].encode()
    shapes = {value, value.lower(), value.decode().encode("utf-16-le"), value[:18]}
    found = {place for place, data in written(*ran) for shape in shapes if shape in data}
    assert found == set()
