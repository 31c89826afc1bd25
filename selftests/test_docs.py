"""The commands of docs/*.md as a newcomer types them: each is run here, or named with the test that runs it."""

import re
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from packaging_readiness.evidence.dsse import sign
from packaging_readiness.evidence.keys import read_private_key
from packaging_readiness.plugin.build_facts import read_build_facts
from selftests.evidence_recipes import made_up_credentials, pack, written
from selftests.main_job import TEMPLATE, command, pytest_run
from selftests.signing_keys import write_pair
from selftests.synthetic_facts import RUN_ID

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = ("packaging-readiness", "pytest", "python", "tox")
# Each with its exit status on what the fixture lays out. Order matters: what is published is then verified there.
RUN = {
    "packaging-readiness verify evidence-out": 0,
    "packaging-readiness publish evidence-out s3://bucket/": 0,
    "packaging-readiness verify s3://bucket/evidence/runs/RUN_ID/ --trusted-key release.pub.pem": 0,
    "packaging-readiness note ci-evidence": 0,
    "packaging-readiness context . --dockerfile deploy/Dockerfile --build-arg VERSION=1": 0,
    "packaging-readiness dockerfile Dockerfile --json": 0,
}
ELSEWHERE = {
    "tox -e matrix": "test_matrix.py",
    "tox -e faults": "test_faults_runner.py",
    "tox -e kills": "test_run_faults_kills.py",
    "tox -e fuzz": "test_fuzzers.py",
    "tox -e mutants": "test_mutation_tool.py",
    "tox -e fresh": "test_fresh_machine.py",
    "packaging-readiness bundle ci-reports/*/*.json --out ci-evidence || true": "test_ci_files.py",
    "packaging-readiness summary ci-evidence": "test_ci_files.py",
    "packaging-readiness verify ci-evidence": "test_ci_files.py",
}
PACK = "pytest --evidence packaging-evidence.zip"


def documented() -> set[str]:
    """Every line of a block of commands that calls a program of ours."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    lines = [line for text in texts for block in BLOCK.findall(text) for line in block.splitlines()]
    return {line for line in lines if line.split(" ")[0] in PROGRAMS}


def test_every_command_is_known_here() -> None:
    assert documented() == {*RUN, *ELSEWHERE, PACK}
    assert [name for name in ELSEWHERE.values() if not (ROOT / "selftests" / name).is_file()] == []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with all that the commands name: a signed bundle, its public key, a platform, and a bucket."""
    from moto import mock_aws

    from packaging_readiness.commands.s3 import open_bucket

    made_up_credentials(monkeypatch)
    private, public = write_pair(tmp_path, "ed25519")
    shutil.copy(public, tmp_path / "release.pub.pem")
    files = {**pack("good"), **sign(pack("good"), read_private_key(private))}
    for name in ("evidence-out", "ci-evidence"):
        written(files, tmp_path / name)
    shutil.copytree(TEMPLATE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "deploy").mkdir()
    text = (tmp_path / "Dockerfile").read_text()
    (tmp_path / "deploy" / "Dockerfile").write_text(f"ARG VERSION\n{text}")
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        open_bucket("bucket", None).client.create_bucket(Bucket="bucket")
        yield tmp_path


@pytest.mark.usefixtures("desk")
def test_commands_do_what_the_text_says() -> None:
    for line, status in RUN.items():
        ran = command(*shlex.split(line.replace("RUN_ID", RUN_ID))[1:])
        assert ran.status == status, f"{line}\n{ran.text}"
        assert ran.stdout


def test_pack_is_adjudicated_from_a_zip(desk: Path) -> None:
    """The pack is whole and of the packaged contract: the checks about results hold, and nothing is built."""
    archive = desk / "packaging-evidence.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((desk / "ci-evidence").rglob("*.json")):
            packed.write(path, path.name)
    _, option, name = PACK.split(" ")
    ran = pytest_run(option, desk / name, f"--json-report-file={desk / 'report.json'}")
    assert ran.status == 0, ran.text


def test_example_of_build_facts_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(build_driver.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)
    path = tmp_path / "facts.yaml"
    path.write_text(example)
    facts = read_build_facts(str(path))
    assert (facts.build_driver, facts.build_actor) == ("buildkite", "release-bot")


def test_measured_costs_have_their_program() -> None:
    text = (ROOT / "docs" / "secrets.md").read_text(encoding="utf-8")
    named = re.findall(r"`python (\S+\.py)`", text)
    assert named == ["benchmarks/secrets.py"]
    assert all((ROOT / name).is_file() for name in named)
