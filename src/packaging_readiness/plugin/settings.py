"""The run's options, resolved once: everything the hooks and fixtures need to know."""

import hashlib
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from packaging_readiness import __version__
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import Check, CheckRow, expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.build_facts import BuildFacts, read_build_facts
from packaging_readiness.plugin.reference import CONTRACT, cache_dir, materialise
from packaging_readiness.plugin.shard_option import shard_of_options
from packaging_readiness.verdict.header import RUN_ID, UTC, Carried, Shard

_UTC_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_CLOCKS_DIFFER_S = 60  # between the jobs of one run, which share its time


@dataclass(frozen=True, slots=True)
class Settings:
    """One run of the suite.

    `platform_root` is the checkout under test; `options` are the command-line options that a repro command repeats.
    """

    suite_root: Path
    platform_root: Path
    reference: bool
    contract: Contract
    contract_data: Mapping[str, Any]
    contract_digest: str
    checks: Mapping[str, Check]
    rows: Mapping[str, CheckRow]
    image: str | None
    build_facts: BuildFacts | None
    engine: Literal["auto", "podman", "docker"]
    aws: Literal["embedded", "real"]
    evidence: str | None
    evidence_out: Path | None
    shard: Shard | None
    sign_key: Path | None
    platform_run_id: str
    written_at_utc: str
    carried: Carried
    nonce: str
    cache: Path
    options: tuple[str, ...]


def resolve(config: Any, shared: Mapping[str, str] | None) -> Settings:
    """The settings of this pytest run. `shared` is what the controller of a distributed run fixed for its workers.

    Raises InputRefused or CannotTell for options that make no sense.
    """
    option = config.option
    _refuse_empty(option)
    suite_root = Path(str(config.rootpath))
    cache = cache_dir()
    reference = option.readiness_platform_root is None
    if reference:
        platform_root = materialise(suite_root / "fixtures" / "reference_platform", cache)
        name = option.readiness_contract or str(platform_root / CONTRACT)
    else:
        platform_root = _platform_root(option.readiness_platform_root)
        name = option.readiness_contract or "dev_full"
    contract, data = load_contract(name)
    checks = packaged_checks()
    fixed = shared or fresh_identity(option.readiness_platform_run_id, option.readiness_written_at)
    return Settings(
        suite_root=suite_root,
        platform_root=platform_root,
        reference=reference,
        contract=contract,
        contract_data=data,
        contract_digest=contract_digest(data),
        checks={check.id: check for check in checks},
        rows={row.id: row for row in expand(checks, contract)},
        image=option.readiness_image,
        build_facts=_build_facts(option.readiness_build_facts, option.readiness_image),
        engine=option.readiness_engine,
        aws=option.readiness_aws or ("real" if contract.closure.registry_authority == "ecr" else "embedded"),
        evidence=_evidence(option.readiness_evidence),
        evidence_out=Path(option.readiness_evidence_out) if option.readiness_evidence_out else None,
        shard=shard_of_options(option, contract),
        sign_key=_sign_key(option.readiness_sign_key),
        platform_run_id=fixed["platform_run_id"],
        written_at_utc=fixed["written_at_utc"],
        carried=_carried(option.readiness_waivers),
        nonce=fixed["nonce"],
        cache=cache,
        options=_options(option),
    )


def fresh_identity(platform_run_id: str | None, written_at: str | None) -> dict[str, str]:
    """Run id, time and nonce, fixed once per run. Raises InputRefused for what is malformed or still to come."""
    if written_at is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if epoch is not None and not (epoch.isascii() and epoch.isdigit() and len(epoch) < 12):
            raise InputRefused("SOURCE_DATE_EPOCH", "is not a number of seconds", "unset it, or give --written-at")
        written_at = time.strftime(_UTC_FORMAT, time.gmtime(int(epoch) if epoch else None))
    if not UTC.fullmatch(written_at):
        raise InputRefused("--written-at", f"{written_at!r} is not UTC", "write it like 2026-02-22T19:48:49Z")
    if written_at > time.strftime(_UTC_FORMAT, time.gmtime(time.time() + _CLOCKS_DIFFER_S)):
        cure = "name a time that is past, or set this machine's clock"
        raise InputRefused("--written-at", f"{written_at} is still to come by this machine's clock", cure)
    run_id = platform_run_id or "platform_" + written_at.replace("-", "").replace(":", "")
    if not RUN_ID.fullmatch(run_id):
        raise InputRefused(
            "--platform-run-id", f"{run_id!r} is not a run id", "3 to 100 letters, digits, '_', '.', '-'"
        )
    return {"platform_run_id": run_id, "written_at_utc": written_at, "nonce": secrets.token_hex(16)}


def default_out(settings: Settings) -> Path:
    """The local mirror of a whole run, below the current directory."""
    execution = "m1_" + settings.written_at_utc.replace("-", "").replace(":", "")
    return Path(settings.contract.mirror.format(execution_id=execution).rstrip("/"))


def suite_digest(suite_root: Path) -> str:
    """`sha256:` over the sources of package and checks: which suite gave these results."""
    total = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent.parent
    sources = [*package.rglob("*.py"), *package.rglob("*.yaml"), *package.rglob("*.json")]
    sources += [*suite_root.glob("tests_m1?/*.py"), suite_root / "conftest.py"]
    for path in sorted(sources, key=lambda path: (path.parent.name, path.name, str(path))):
        if path.is_file():
            total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return "sha256:" + total.hexdigest()


def _platform_root(given: str) -> Path:
    root = Path(given)
    if not root.is_dir():
        raise InputRefused("--platform-root", f"{given!r} is not a directory", "name the checkout of the platform")
    if not (root / ".git").exists():
        cause = f"{given!r} is not the top folder of a git checkout"
        raise InputRefused("--platform-root", cause, "clone the platform's repository, or name its top folder")
    return root.resolve()


def _evidence(given: str | None) -> str | None:
    if given is None:
        return None
    if given.startswith("s3://"):
        from packaging_readiness.evidence.store_s3 import parse_location

        parse_location(given)
    elif not Path(given).is_dir() and not (given.lower().endswith(".zip") and Path(given).is_file()):
        cause = f"{given!r} is neither a directory nor a ZIP file nor s3://BUCKET/PREFIX"
        raise InputRefused("--evidence", cause, "name an existing pack")
    return given


def _carried(given: str | None) -> Carried:
    if given is None:
        return Carried()
    from packaging_readiness.contract.source import read_mapping, typed

    path = Path(given)
    carried = typed(Carried, read_mapping(path, given), path, given)
    severities = {check.id: check.severity for check in packaged_checks()}
    advisories = ", ".join(check_id for check_id, severity in severities.items() if severity == "S3")
    for waiver in carried.waivers:
        severity = severities.get(waiver.check.partition("[")[0], "no check of the inventory")
        if severity != "S3":
            cause = f"{waiver.check} is {severity}; only S3 advisories can be waived"
            raise InputRefused(given, cause, f"waive one of {advisories}, or mend the platform")
    return carried


def _build_facts(given: str | None, image: str | None) -> BuildFacts | None:
    if given is None:
        return None
    if image is None:
        cause = "are about an image that somebody else built, and none is named"
        raise InputRefused("--build-facts", cause, "name it with --image REF")
    return read_build_facts(given)


def _sign_key(given: str | None) -> Path | None:
    if given is None:
        return None
    from packaging_readiness.evidence.keys import read_private_key

    read_private_key(Path(given))  # a key that cannot sign is told before the first check, not after the last
    return Path(given)


def _refuse_empty(option: Any) -> None:
    """Raise InputRefused for an option that is given and empty, as by a variable of CI that is not set."""
    named = ("platform_root", "contract", "image", "evidence", "evidence_out", "build_facts", "waivers", "sign_key")
    for name in named:
        if getattr(option, f"readiness_{name}") == "":
            raise InputRefused(f"--{name.replace('_', '-')}", "is empty", "give it a value, or leave the option out")


def _options(option: Any) -> tuple[str, ...]:
    """The options that decide what a check sees, as they were typed."""
    names = {
        "--platform-root": option.readiness_platform_root,
        "--contract": option.readiness_contract,
        "--image": option.readiness_image,
        "--build-facts": option.readiness_build_facts,
        "--engine": option.readiness_engine if option.readiness_engine != "auto" else None,
        "--aws": option.readiness_aws,
        "--evidence": option.readiness_evidence,
    }
    return tuple(part for name, value in names.items() if value is not None for part in (name, value))
