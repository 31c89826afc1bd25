"""Policies of M1.D that need more than a checkout: the image's configuration, the listing, and the deferral by name."""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.export import Exported
from packaging_readiness.image.facts import from_exported
from packaging_readiness.plugin.check import ATTRIBUTE, CheckFailed, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from packaging_readiness.secrets import scan
from packaging_readiness.secrets.model import ScanResult
from packaging_readiness.secrets.rulepack import expand_example
from selftests.in_process import _modules, changed_platform

TOKEN = expand_example("ghp_{alnum:36}")
PASSWORD = expand_example("{pw:14}")
PROFILE = "config/platform/profiles/dev_full.yaml"
CONFIGURATION = "m1d.image.configuration"
CONTEXT = "m1d.context.scan"
DEFERRED = "m1d.sources.materialisation"
DEV_FULL, _ = load_contract("dev_full")


def run_check(check_id: str, contract: Contract = DEV_FULL, **given: Any) -> Record:
    """The record of one check of the lane."""
    function = next(
        each
        for module in _modules("m1d")
        for each in vars(module).values()
        if getattr(each, ATTRIBUTE, None) == check_id
    )
    record = Record(next(row for row in expand(packaged_checks(), contract) if row.id == check_id), contract)
    given |= {"contract": contract, "record": record}
    try:
        function(**{name: given[name] for name in inspect.signature(function).parameters})
    except (CheckFailed, AssertionError, ReadinessError) as error:
        record.raised(error, "call")
    assert TOKEN not in repr(record)
    assert PASSWORD not in repr(record)
    return record


def configured(folder: Path, history: tuple[str, ...] = (), **settings: Any) -> Record:
    """What the check says of an image with this configuration and history."""
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["PATH=/usr/bin", "PYTHONPATH=/app/src"], "Cmd": ["python", "--version"], **settings},
        "history": [{"created_by": text} for text in ("COPY pyproject.toml pyproject.toml", *history)],
        "rootfs": {"diff_ids": []},
    }
    exported = Exported(json.dumps({"layers": []}).encode(), json.dumps(config).encode())
    facts = from_exported("image:1", "sha256:" + "1" * 64, (), exported)
    kept = folder / "manifests" / f"podman-{facts.image_id[7:]}"
    kept.mkdir(parents=True)
    image = SimpleNamespace(facts=facts, engine=Engine("podman", "4.3.1", "podman"))
    record = run_check(CONFIGURATION, image=image, settings=SimpleNamespace(cache=folder))
    # An image with a secret leaves no copy of its configuration behind.
    assert kept.exists() == (record.outcome == "pass")
    return record


def test_an_image_without_a_secret_in_its_configuration_passes(tmp_path: Path) -> None:
    record = configured(tmp_path, Labels={"org.opencontainers.image.title": "platform"}, Entrypoint=["python", "-m"])
    assert record.outcome == "pass"


@pytest.mark.parametrize(
    ("settings", "history", "says"),
    [
        ({"Env": ["DB_PASSWORD=$X"]}, (), "environment: DB_PASSWORD"),
        ({"Env": [f"EXTRA=--key {TOKEN}"]}, (), "environment#EXTRA: github-token"),
        ({"Env": [f"DATABASE_URL=postgres://svc:{PASSWORD}@db/x"]}, (), "environment#DATABASE_URL: url-password"),
        ({"Labels": {"built.with": TOKEN}}, (), "labels#built.with: github-token"),
        ({"Labels": {"db.password": PASSWORD}}, (), "labels#db.password: "),
        ({}, (f"RUN |1 TOKEN={TOKEN} /bin/sh -c make",), "history: github-token"),
        ({}, (f"/bin/sh -c curl -u svc:{PASSWORD} https://h.invalid/",), "history: command-user-password"),
        ({"Cmd": ["redis-server", "--requirepass", PASSWORD]}, (), "start#cmd: command-flag"),
        ({"Entrypoint": ["tool", f"--token={TOKEN}"]}, (), "start#entrypoint: github-token"),
    ],
    ids=["name", "token", "url", "label", "label-by-name", "build-argument", "command", "cmd", "entrypoint"],
)  # fmt: skip
def test_a_secret_in_the_configuration_or_history_of_an_image_is_told(
    tmp_path: Path, settings: dict[str, Any], history: tuple[str, ...], says: str
) -> None:
    record = configured(tmp_path, history, **settings)
    assert (record.outcome, record.reason) == ("fail", "secret-in-image")
    assert any(found.startswith(says) for found in record.found), record.found


def context_scan(root: Path, between: Callable[[Path], None]) -> Record:
    """What the check says when something happens to the checkout between listing and scan."""
    contract, _ = load_contract(str(root / CONTRACT))
    platform = Platform(root, contract)
    assert PROFILE in platform.context.files
    between(root)
    settings = SimpleNamespace(written_at_utc="2026-02-22T19:48:49Z")
    return run_check(CONTEXT, contract, platform=platform, settings=settings)


def nothing(_: Path) -> None:
    """Leave the checkout alone."""


def vanish(root: Path) -> None:
    """A file of the context is removed."""
    (root / PROFILE).unlink()


def arrive(root: Path) -> None:
    """A file comes into the context."""
    (root / PROFILE).with_name("late.yaml").write_text(f"token: {TOKEN}\n")


def become_a_folder(root: Path) -> None:
    """A file gives way to a folder of its name."""
    (root / PROFILE).unlink()
    (root / PROFILE).mkdir()


def become_a_link(root: Path) -> None:
    """A folder gives way to a link to another, whose files have the same names."""
    folder = (root / PROFILE).parent
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        (nothing, ""),
        (vanish, "cannot-tell"),
        (arrive, "cannot-tell"),
        (become_a_folder, "cannot-tell"),
        (become_a_link, "cannot-tell"),
    ],
)
def test_a_context_that_changes_between_listing_and_scan_is_an_error(
    tmp_path: Path, between: Callable[[Path], None], reason: str
) -> None:
    record = context_scan(changed_platform(tmp_path, lambda _: None), between)
    assert record.reason == reason, record.found


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner that leaves out `skipped` of the files that it is given."""

    skipped: int

    def __call__(self, root: Path, paths: Any, *rest: Any) -> ScanResult:
        return SCAN_FILES(root, sorted(paths)[self.skipped :], *rest)


SCAN_FILES = scan.scan_files


@pytest.mark.parametrize("skipped", [1, 3])
def test_a_scanner_that_leaves_files_out_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skipped: int
) -> None:
    monkeypatch.setattr(scan, "scan_files", Scanner(skipped))
    record = context_scan(changed_platform(tmp_path, lambda _: None), nothing)
    assert (record.outcome, record.reason) == ("error", "cannot-tell")
    assert any("listed" in found for found in record.found)


def test_the_scan_counts_what_it_opened_not_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One level down: a file that cannot be opened is listed and counted, and is an error of its own.
    (tmp_path / "a.yaml").write_text("a: b\n")
    (tmp_path / "b.yaml").write_text("a: b\n")
    monkeypatch.setattr(scan, "_open", refuse_b)
    result = scan.scan_files(tmp_path, ["a.yaml", "b.yaml"])
    assert [error.path for error in result.errors] == ["b.yaml"]
    assert result.scanned_files == 2


OPEN = scan._open


def refuse_b(root: Path, path: str) -> Any:
    """An operating system that refuses one file."""
    if path == "b.yaml":
        raise PermissionError(13, "Permission denied")
    return OPEN(root, path)


@pytest.mark.parametrize(
    ("kept", "reason"),
    [(("secret-materialisation", "run-linkage"), ""), (("run-linkage",), "deferral-not-in-contract"),
     ((), "deferral-not-in-contract")],
    ids=["named", "only-others", "none"],
)  # fmt: skip
def test_materialisation_is_deferred_only_where_the_contract_names_it(kept: tuple[str, ...], reason: str) -> None:
    deferrals = tuple(entry for entry in DEV_FULL.deferrals if entry.id in kept)
    record = run_check(DEFERRED, changed(DEV_FULL, deferrals=deferrals))
    assert record.reason == reason
    assert record.deferral == (None if reason else "secret-materialisation")
