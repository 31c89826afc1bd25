"""M1.D, box 1: the no-baked-secret policy is explicit and testable."""

import hashlib
import shlex
from importlib.resources import files

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.context_scan import refuse_incomplete
from packaging_readiness.plugin.dockerfile_secrets import credential_names, secret_values
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.plugin.workflow_secrets import oidc_gaps, secret_outputs, static_places


@check("m1d.dockerfile.credential-names")
def test_no_credential_names(platform: Platform, contract: Contract, record: Record) -> None:
    """No ARG, ENV, LABEL or RUN of the Dockerfile names a credential."""
    found = credential_names(platform.dockerfile, contract.secrets.credential_names)
    record.require(not found, "credential-name", *found)


@check("m1d.dockerfile.secret-values")
def test_no_secret_values(platform: Platform, contract: Contract, record: Record) -> None:
    """No line of the Dockerfile holds what looks like a secret."""
    found = secret_values(platform, contract.secrets.fingerprint_salt.encode())
    record.require(not found, "secret-value", *found)


@check("m1d.dockerfile.secret-copies")
def test_no_secret_file_is_copied(platform: Platform, record: Record) -> None:
    """No COPY, ADD or bind mount names or takes a secret-bearing file."""
    from packaging_readiness.secrets.names import secret_file_name

    found = []
    for copy in platform.copies.sources:
        if copy.kind not in ("context", "mount"):
            continue
        names = [copy.expanded.rstrip("/"), *(path for path, _ in copy.files)]
        names += [dest for path, dest in copy.files if not secret_file_name(path)]
        rules = {name: secret_file_name(name) for name in names if name}
        place = f"{platform.dockerfile.path}:{copy.line}"
        found += [f"{place}: {copy.instruction} takes {name} ({rule})" for name, rule in rules.items() if rule]
    record.require(not found, "secret-file-copied", *found)


@check("m1d.image.configuration")
def test_image_configuration_holds_no_secret(
    image: PackagedImage, contract: Contract, settings: Settings, record: Record
) -> None:
    """Environment, labels, start command and history of the image hold no credential's name and no secret's value."""
    from packaging_readiness.image.layers import forget
    from packaging_readiness.secrets.names import credential_name
    from packaging_readiness.secrets.pairs import scan_text_values

    salt = contract.secrets.fingerprint_salt.encode()
    facts = image.facts
    found = [f"environment: {name}" for name in facts.env if credential_name(name)]
    history = {f"layer {index}": text for index, text in enumerate(facts.history)}
    started = {"entrypoint": shlex.join(facts.entrypoint), "cmd": shlex.join(facts.cmd)}
    surfaces = {"environment": facts.env, "labels": facts.labels, "start": started, "history": history}
    for place, values in surfaces.items():
        found += [f"{finding.path}: {finding.label}" for finding in scan_text_values(values, place, salt)]
    if found:
        forget(image.engine, facts, settings.cache)
    record.require(not found, "secret-in-image", *sorted(set(found)))


@check("m1d.image.added-files")
def test_image_adds_no_secret_to_its_base(
    image: PackagedImage, platform: Platform, settings: Settings, record: Record
) -> None:
    """No file that RUN, COPY or ADD put into the image holds a secret that was not reviewed."""
    from packaging_readiness.plugin.accepted import apply_accepted_in_image
    from packaging_readiness.plugin.added_files import scan_added_files

    result = scan_added_files(image, platform, settings)
    accepted = settings.contract.accepted_findings
    open_findings, problems = apply_accepted_in_image(result.findings, accepted, settings.written_at_utc)
    unread = [f"{error.path}: {error.cause}" for error in result.errors]
    if unread or problems:
        raise CannotTell("added files", "; ".join([*unread, *problems][:10]), "mend or remove what cannot be read")
    record.require(not open_findings, "secret-in-image-file", *map(str, open_findings))


@check("m1d.context.file-names")
def test_no_secret_file_in_the_context(platform: Platform, record: Record) -> None:
    """No file of the context has the name of a dotenv, key, token or credentials file."""
    from packaging_readiness.secrets.names import banned_patterns, secret_file_name

    named = {path: secret_file_name(path) for path in platform.context.files}
    banned = sorted(path for path, rule in named.items() if rule)
    record.observe(secret_files=banned, banned_patterns=list(banned_patterns()))
    record.require(not banned, "secret-file-in-context", *(f"{path} ({named[path]})" for path in banned))


@check("m1d.context.scan")
def test_no_secret_in_the_context(platform: Platform, contract: Contract, settings: Settings, record: Record) -> None:
    """Every file of the context, read to its last byte, holds no secret that was not reviewed."""
    from packaging_readiness.plugin.accepted import apply_accepted_in_context
    from packaging_readiness.secrets.breadth import engine_version
    from packaging_readiness.secrets.scan import scan_files

    result = scan_files(platform.context_root, platform.context.files, contract.secrets.fingerprint_salt.encode())
    rules = files("packaging_readiness.secrets").joinpath("rules.yaml").read_bytes()
    open_findings, problems = apply_accepted_in_context(
        result.findings, contract.accepted_findings, settings.written_at_utc
    )
    record.observe(
        scanned_roots=[contract.image.context],
        scanned_files=result.scanned_files,
        scanned_bytes=result.bytes,
        rule_pack_digest="sha256:" + hashlib.sha256(rules).hexdigest(),
        scanner_engines=[{"name": "policy rules (re2)"}, {"name": "kingfisher", "engine_version": engine_version()}],
        findings=[finding.to_dict() for finding in open_findings],
    )
    refuse_incomplete(result, problems, platform, contract)
    record.require(not open_findings, "secret-in-context", *map(str, open_findings))


@check("m1d.workflow.static-credentials")
def test_workflow_has_no_static_credentials(platform: Platform, contract: Contract, record: Record) -> None:
    """No env block, step input or script of the workflow sets a static credential or holds a secret's value."""
    found = static_places(platform.workflow, contract.secrets.fingerprint_salt.encode())
    record.require(not found, "static-credential", *found)


@check("m1d.workflow.oidc")
def test_workflow_assumes_its_role_by_oidc(platform: Platform, contract: Contract, record: Record) -> None:
    """id-token is granted, a role is assumed before the push, and no key is given."""
    found = oidc_gaps(platform.workflow, contract.workflow.permissions)
    record.require(not found, "oidc-gap", *found)


@check("m1d.workflow.no-secret-output")
def test_workflow_prints_no_secret(platform: Platform, record: Record) -> None:
    """No step prints a secret, writes one to a file, or expands untrusted text inside a script."""
    found = secret_outputs(platform.workflow)
    record.require(not found, "secret-output", *found)
