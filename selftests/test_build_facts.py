"""Facts of a build that ran elsewhere: only those of this commit and this image count, and never a guess."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import detect
from packaging_readiness.image.facts import ImageFacts
from packaging_readiness.plugin.build_facts import BuildFacts, read_build_facts
from packaging_readiness.plugin.ci import ci_facts
from packaging_readiness.plugin.packaged import pulled_digest
from selftests import signing_keys
from selftests.main_job import WRITTEN_AT, Ran, fresh_platform, on_platform, pytest_run, run

KEY = f"selftest-facts-{os.getpid()}"
RECORD = "m1c.provenance.build-record"
GOOD: dict[str, Any] = {
    "build_driver": "github_actions",
    "build_actor": "release-bot",
    "build_completed_at_utc": "2026-02-22T19:40:00Z",
    "git_sha": "5f4e3d2c1b0a99887766554433221100ffeeddcc",
    "image_digest": "sha256:" + "2f" * 32,
    "workflow_path": ".github/workflows/packaging.yml",
    "workflow_run_id": "22283456789",
    "workflow_run_url": "https://github.com/example/platform/actions/runs/22283456789",
}


def written(folder: Path, content: object) -> Path:
    path = folder / "facts.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_facts_are_read(tmp_path: Path) -> None:
    assert read_build_facts(str(written(tmp_path, GOOD))) == BuildFacts(**GOOD)
    least = {key: value for key, value in GOOD.items() if not key.startswith("workflow")}
    assert read_build_facts(str(written(tmp_path, least))).workflow_run_id is None


@pytest.mark.parametrize("field", [name for name in GOOD if not name.startswith("workflow")])
def test_fact_that_is_missing_is_not_defaulted(field: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=field):
        read_build_facts(str(written(tmp_path, {key: value for key, value in GOOD.items() if key != field})))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("build_completed_at_utc", "2026-02-22T19:40:00"),
        ("build_completed_at_utc", "2026-02-22T20:40:00+01:00"),
        ("git_sha", "5f4e3d2"),
        ("git_sha", GOOD["git_sha"].upper()),
        ("image_digest", "sha256:" + "2F" * 32),
        ("image_digest", "sha256:2f"),
        ("image_digest", "sha512:" + "2f" * 64),
        ("build_actor", ""),
        ("build_driver", "two words"),
        ("workflow_run_url", "http://github.com/x"),
        ("workflow_path", "/etc/passwd"),
        ("workflow_run_id", 7),
        ("another", "field"),
    ],
)
def test_malformed_fact_is_refused_by_name(field: str, wrong: object, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=field):
        read_build_facts(str(written(tmp_path, {**GOOD, field: wrong})))


@pytest.mark.parametrize("content", ["", "[]", "{", '"text"'])
def test_file_that_holds_no_facts_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises((InputRefused, CannotTell)):
        read_build_facts(str(written(tmp_path, content)))


CI = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_RUN_ID": "22283456789",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "example/platform",
    "GITHUB_ACTOR": "release-bot",
    "GITHUB_WORKFLOW_REF": "example/platform/.github/workflows/packaging.yml@refs/heads/main",
}


def in_ci(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in (CI | more).items():
        monkeypatch.setenv(name, value)


def test_ci_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    in_ci(monkeypatch)
    facts = ci_facts()
    assert facts is not None
    assert (facts.driver, facts.actor, facts.workflow_path) == (
        "github_actions",
        "release-bot",
        ".github/workflows/packaging.yml",
    )
    assert (facts.run_id, facts.run_url) == ("22283456789", GOOD["workflow_run_url"])


@pytest.mark.parametrize(
    ("name", "value", "lost"),
    [
        ("GITHUB_RUN_ID", "", ("run_id", "run_url")),
        ("GITHUB_RUN_ID", "١٢", ("run_id", "run_url")),
        ("GITHUB_SERVER_URL", "http://github.com", ("run_url",)),
        ("GITHUB_REPOSITORY", "a/b/c", ("run_url",)),
        ("GITHUB_ACTOR", "two words", ("actor",)),
        ("GITHUB_WORKFLOW_REF", "example/platform/../../x.yml@main", ("workflow_path",)),
        ("GITHUB_WORKFLOW_REF", "", ("workflow_path",)),
    ],
)
def test_ci_fact_of_another_form_is_unknown(
    name: str, value: str, lost: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_ci(monkeypatch, **{name: value})
    facts = ci_facts()
    names = ("actor", "workflow_path", "run_id", "run_url")
    assert tuple(field for field in names if getattr(facts, field) is None) == lost


def test_outside_of_ci_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    in_ci(monkeypatch, GITHUB_ACTIONS="false")
    assert ci_facts() is None


URI = "230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full"
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def test_pulled_image_is_named_by_the_digest_of_its_repository() -> None:
    known = (f"localhost/other@{TWO}", f"{URI}@{ONE}")
    assert pulled_digest(f"{URI}:git-1", known, URI) == ONE
    assert pulled_digest("localhost/other", known, "another") is None
    assert pulled_digest("localhost/other", (), URI) is None
    assert pulled_digest("localhost/other", known, None) is None


def test_image_of_two_digests_must_be_named_by_one() -> None:
    known = (f"{URI}@{ONE}", f"{URI}@{TWO}")
    assert pulled_digest(f"{URI}@{TWO}", known, URI) == TWO
    with pytest.raises(CannotTell, match="2 digests"):
        pulled_digest(f"{URI}:git-1", known, URI)


# --- the check, on a real image ---


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageFacts]:
    """An image that somebody else built."""
    engine, folder, context = detect(), tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("context")
    (context / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY key.txt /key.txt\n")
    (context / "key.txt").write_text(KEY)
    base = ensure_base(engine, [], folder, print)
    built = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, KEY, folder, print)
    yield built.facts
    engine.attempt("rmi", "--force", built.facts.reference)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_platform(tmp_path_factory.mktemp("platform") / "checkout")


def checked(platform: Path, facts: ImageFacts, folder: Path, **more: str) -> Ran:
    """One run of the check with build facts that fit, apart from `more`."""
    sha = run(["git", "rev-parse", "HEAD"], cwd=platform).stdout.strip()
    content = {**GOOD, "git_sha": sha, "image_digest": facts.digest, **more}
    given = ("--image", facts.reference, "--build-facts", written(folder, content))
    report = f"--json-report-file={folder / 'report.json'}"
    return pytest_run("--check", RECORD, report, "--written-at", WRITTEN_AT, *on_platform(platform), *given)


def reason(folder: Path) -> str:
    content = json.loads((folder / "report.json").read_bytes())
    (test,) = content["tests"]
    return str(test["metadata"]["readiness"]["reason"])


def test_record_of_this_build_holds(platform: Path, facts: ImageFacts, tmp_path: Path) -> None:
    ran = checked(platform, facts, tmp_path)
    assert ran.status == 0, ran.text
    content = json.loads((tmp_path / "report.json").read_bytes())
    observed = content["tests"][0]["metadata"]["readiness"]["observation"]
    assert observed == {"facts_source": "build-facts", "workflow_path": GOOD["workflow_path"]}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"git_sha": GOOD["git_sha"]}, "build-of-another-commit"),
        ({"image_digest": GOOD["image_digest"]}, "build-of-another-image"),
        ({"build_completed_at_utc": "2026-02-22T19:48:50Z"}, "written-before-build"),
    ],
    ids=["commit", "image", "time"],
)
def test_record_of_another_build_fails(
    more: dict[str, str], code: str, platform: Path, facts: ImageFacts, tmp_path: Path
) -> None:
    ran = checked(platform, facts, tmp_path, **more)
    assert ran.status == 1, ran.text
    assert reason(tmp_path) == code


def test_wrong_use_ends_before_any_check(platform: Path, tmp_path: Path) -> None:
    given = written(tmp_path, {**GOOD, "git_sha": "short"})
    ran = pytest_run("--check", RECORD, *on_platform(platform), "--image", "any", "--build-facts", given)
    assert (ran.status, "git_sha" in ran.text) == (4, True), ran.text
    ran = pytest_run("--check", RECORD, *on_platform(platform), "--build-facts", written(tmp_path, GOOD))
    assert (ran.status, "--image" in ran.text) == (4, True), ran.text
    (tmp_path / "key.pem").write_text("no key")
    ran = pytest_run("--check", RECORD, *on_platform(platform), "--sign-key", tmp_path / "key.pem")
    assert (ran.status, "key.pem" in ran.text) == (4, True), ran.text


def test_key_without_a_bundle_to_sign_is_wrong_use(platform: Path, tmp_path: Path) -> None:
    private, _ = signing_keys.write_pair(tmp_path, "ed25519")
    ran = pytest_run("--check", RECORD, *on_platform(platform), "--sign-key", private)
    assert (ran.status, "--sign-key: signs a bundle, and this run writes none" in ran.text) == (4, True), ran.text
