"""Each check of M1.D turns red on the fault it is there for, with its own reason, and nothing else does."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from types import SimpleNamespace

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import AcceptedFinding, Contract
from packaging_readiness.plugin.check import CheckFailed, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes
from selftests.breaks import PLAN, REGISTRY, WORKFLOW
from selftests.in_process import _modules, changed_platform, red, run_lane
from selftests.platform_edits import Change, append, both, replace

NAMES = "m1d.dockerfile.credential-names"
VALUES = "m1d.dockerfile.secret-values"
COPIES = "m1d.dockerfile.secret-copies"
FILES = "m1d.context.file-names"
CONTEXT = "m1d.context.scan"
STATIC = "m1d.workflow.static-credentials"
OIDC = "m1d.workflow.oidc"
OUTPUT = "m1d.workflow.no-secret-output"
BACKEND = "m1d.sources.backend"
MAPS = "m1d.sources.plan-maps-paths"
STEP = "m1d.workflow.security-step"
TOKEN = expand_example("ghp_{alnum:36}")
PASSWORD = expand_example("{pw:14}")
USER = "USER 10001:10001\n"
PROFILE = "config/platform/profiles/dev_full.yaml"
PATH = "/fraud-platform/dev_full/redis/endpoint"
PINNED = f"m1d.sources.path-pinned[{PATH}]"
PUSH = '        run: docker push "$ECR_REPO_URI:$IMAGE_TAG"\n'
ASSUME = "      - name: Assume the packaging role by OIDC\n"
ROLE = "          role-to-assume: arn:aws:iam::000000000000:role/reference-platform-packaging\n"
SECURITY = "      - name: Run the security and secret-injection checks\n"
SCAN = '          "$RUNNER_TEMP/suite/bin/packaging-readiness" scan-secrets .\n'
CHECKS = f'        run: |\n          "$RUNNER_TEMP/suite/bin/packaging-readiness" context .\n{SCAN}'


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of the reference platform, and by hand the rows that it turns red with their reasons."""

    change: Change
    red: Mapping[str, str]
    says: str = ""


def line(text: str) -> Change:
    """An instruction before the last one of the Dockerfile."""
    return replace("Dockerfile", (USER, f"{text}\n{USER}"))


def file(path: str, data: bytes = b"x\n") -> Change:
    """A file of the checkout that was not there."""

    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)

    return change


def workflow(*pairs: tuple[str, str]) -> Change:
    """A change of the packaging workflow."""
    return replace(WORKFLOW, *pairs)


def step(text: str) -> Change:
    """A step before the one that assumes the role."""
    return workflow((ASSUME, f"      - name: Another step\n{text}{ASSUME}"))


FAULTS: Mapping[str, Fault] = {
    "name-in-arg": Fault(line("ARG NPM_TOKEN"), {NAMES: "credential-name"}, "ARG NPM_TOKEN"),
    "name-in-env": Fault(line("ENV DB_PASSWORD=$X"), {NAMES: "credential-name"}, "ENV DB_PASSWORD"),
    "name-in-label": Fault(line('LABEL "api.token"="see vault"'), {NAMES: "credential-name"}),
    "name-in-run": Fault(line('RUN AWS_SECRET_ACCESS_KEY="$(cat /x)" true'), {NAMES: "credential-name"}),
    "name-in-onbuild": Fault(line("ONBUILD ARG GITHUB_TOKEN"), {NAMES: "credential-name"}),
    "value-in-env": Fault(line(f"ENV EXTRA=--key={TOKEN}"), {VALUES: "secret-value", CONTEXT: "secret-in-context"}),
    "value-in-run": Fault(
        line(f"RUN echo svc:{PASSWORD} >/x && curl -u svc:{PASSWORD} https://h.invalid/"),
        {VALUES: "secret-value", CONTEXT: "secret-in-context"},
        "command-user-password",
    ),
    "value-in-comment": Fault(line(f"# {TOKEN}"), {VALUES: "secret-value", CONTEXT: "secret-in-context"}),
    "copy-of-a-key": Fault(
        both(
            append(".dockerignore", "!server.pem\n"),
            file("server.pem"),
            line("COPY server.pem /x"),
        ),
        {COPIES: "secret-file-copied", FILES: "secret-file-in-context"},
        "server.pem",
    ),
    "copy-under-the-name-of-a-key": Fault(
        line("COPY pyproject.toml /root/.netrc"), {COPIES: "secret-file-copied"}, ".netrc"
    ),
    "mount-of-a-key": Fault(
        both(
            append(".dockerignore", "!config/platform/server.pem\n"),
            file("config/platform/server.pem"),
            line("RUN --mount=type=bind,source=config/platform/server.pem,target=/k true"),
        ),
        {COPIES: "secret-file-copied", FILES: "secret-file-in-context"},
    ),
    "dotenv-in-context": Fault(
        both(append(".dockerignore", "!config/platform/.env\n"), file("config/platform/.env")),
        {FILES: "secret-file-in-context", COPIES: "secret-file-copied"},
        "file-dotenv",
    ),
    "key-file-in-context": Fault(
        both(append(".dockerignore", "!tls.key\n"), file("tls.key")), {FILES: "secret-file-in-context"}
    ),
    "token-in-context": Fault(append(PROFILE, f"\nnote: {TOKEN}\n"), {CONTEXT: "secret-in-context"}, "github-token"),
    "password-in-context": Fault(append(PROFILE, f"\ndb_password: {PASSWORD}\n"), {CONTEXT: "secret-in-context"}),
    "archive-that-cannot-be-read": Fault(
        file("config/platform/pack.bin", b"7z\xbc\xaf\x27\x1c" + bytes(40)), {CONTEXT: "cannot-tell"}
    ),
    "static-key-in-env": Fault(
        workflow(("env:\n  ECR", "env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}\n  ECR")),
        {STATIC: "static-credential"},
        "AWS_ACCESS_KEY_ID",
    ),
    "password-in-env": Fault(
        workflow(("env:\n  ECR", f"env:\n  DB_PASSWORD: {PASSWORD}\n  ECR")), {STATIC: "static-credential"}
    ),
    "token-in-run": Fault(
        step(f"        run: |\n          curl -H 'Authorization: Bearer {TOKEN}' https://h.invalid/\n"),
        {STATIC: "static-credential"},
    ),
    "no-id-token": Fault(workflow(("  id-token: write\n", "")), {OIDC: "oidc-gap"}, "id-token"),
    "no-role": Fault(workflow((ROLE, "")), {OIDC: "oidc-gap"}, "role-to-assume"),
    "write-permission-too-many": Fault(
        workflow(("  contents: read\n", "  contents: write\n")), {OIDC: "oidc-gap"}, "read is enough"
    ),
    "secret-echoed": Fault(
        step('        env:\n          TOKEN: ${{ secrets.TOKEN }}\n        run: echo "$TOKEN"\n'),
        {OUTPUT: "secret-output"},
        "prints or stores",
    ),
    "secret-expanded": Fault(
        step("        run: tool --key ${{ secrets.TOKEN }}\n"), {OUTPUT: "secret-output"}, "expands a secret"
    ),
    "untrusted-expanded": Fault(
        step("        run: git log ${{ github.head_ref }}\n"), {OUTPUT: "secret-output"}, "untrusted"
    ),
    "backend-other": Fault(
        replace(REGISTRY, ('SECRETS_BACKEND = "ssm_and_secrets_manager"', 'SECRETS_BACKEND = "dotenv"')),
        {BACKEND: "backend-differs"},
        "dotenv",
    ),
    "backend-missing": Fault(
        replace(REGISTRY, ('* `SECRETS_BACKEND = "ssm_and_secrets_manager"`\n', "")), {BACKEND: "backend-differs"}
    ),
    "path-missing-in-registry": Fault(
        replace(REGISTRY, (f"* `{PATH}`\n", "")), {PINNED: "secret-path-missing", MAPS: "secret-paths-differ"}, PATH
    ),
    "path-with-value": Fault(
        append(REGISTRY, f'\n* `REDIS_ENDPOINT = "{PATH}=redis.internal"`\n'), {PINNED: "secret-path-with-value"}
    ),
    "path-missing-in-plan": Fault(replace(PLAN, (f"   - `{PATH}`\n", "")), {MAPS: "secret-paths-differ"}, PATH),
    "path-too-many": Fault(
        replace(REGISTRY, (f"* `{PATH}`\n", f"* `{PATH}`\n* `{PATH}_two`\n")), {MAPS: "secret-paths-differ"}
    ),
    "security-step-gone": Fault(
        workflow((SECURITY, "      - name: Nothing\n"), (CHECKS, "        run: true\n")),
        {STEP: "security-step-gap"},
    ),
    "security-step-soft": Fault(
        workflow((SECURITY, f"{SECURITY}        continue-on-error: true\n")), {STEP: "security-step-gap"}
    ),
    "security-step-ignored": Fault(workflow((SCAN, f"{SCAN[:-1]} || true\n")), {STEP: "security-step-gap"}),
}


def lane(root: Path, accepted: tuple[AcceptedFinding, ...] = ()) -> dict[str, Record]:
    """All checks of the lane that ask nothing but the checkout, the scan of the context included."""
    contract, _ = load_contract(str(root / CONTRACT))
    return run_lane("m1d", root) | {CONTEXT: scanned(root, changed(contract, accepted_findings=accepted))}


def scanned(root: Path, contract: Contract) -> Record:
    """The record of the scan of the context under this contract."""
    return scanned_platform(Platform(root, contract), contract)


def scanned_platform(platform: Platform, contract: Contract) -> Record:
    """The same for a checkout whose context may have been listed already."""
    function = next(
        module.test_no_secret_in_the_context
        for module in _modules("m1d")
        if hasattr(module, "test_no_secret_in_the_context")
    )
    row = next(row for row in expand(packaged_checks(), contract) if row.id == CONTEXT)
    record = Record(row, contract)
    settings = SimpleNamespace(written_at_utc="2026-02-22T19:48:49Z")
    try:
        function(platform, contract, settings, record)
    except (CheckFailed, AssertionError, ReadinessError) as error:
        record.raised(error, "call")
    return record


@pytest.mark.parametrize("name", FAULTS)
def test_fault_turns_exactly_its_checks_red(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    records = lane(changed_platform(tmp_path, fault.change))
    assert red(records) == fault.red
    said = "\n".join(text for row in fault.red for text in (*records[row].found, records[row].fix))
    assert fault.says in said
    assert TOKEN not in said
    assert PASSWORD not in said


def test_unbroken_platform_is_green(tmp_path: Path) -> None:
    assert red(lane(changed_platform(tmp_path, lambda _: None))) == {}


def test_every_check_of_the_lane_has_two_faults() -> None:
    # Deferring is no fault; what needs an image, and what the adjudicator decides, is broken in tests of their own.
    elsewhere = {"m1d.sources.materialisation", "m1d.image.configuration", "m1d.image.added-files"}
    checks = {check.id for check in packaged_checks() if check.lane == "m1d" and check.decided_by != "adjudicator"}
    faults = [row.partition("[")[0] for fault in FAULTS.values() for row in fault.red]
    assert {check for check in faults if faults.count(check) > 1} == checks - elsewhere


TODAY, PAST = "2026-02-22", "2026-02-21"


def entry(root: Path, **more: str) -> AcceptedFinding:
    """A reviewed entry for the token that `append` planted."""
    contract, _ = load_contract(str(root / CONTRACT))
    salt = contract.secrets.fingerprint_salt.encode()
    found = scan_bytes((root / PROFILE).read_bytes(), PROFILE, salt)[0]
    given = {"path": PROFILE, "rule": found.rule, "fingerprint": found.fingerprint, "expires": TODAY} | more
    return AcceptedFinding(reason="a sample of the documentation", reviewer="somebody", **given)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"expires": PAST}, "cannot-tell"),
        ({"path": "config/platform/profiles/other.yaml"}, "cannot-tell"),
        ({"rule": "gitlab-token"}, "cannot-tell"),
        ({"fingerprint": "0" * 16}, "cannot-tell"),
    ],
    ids=["reviewed", "expired", "other-path", "other-rule", "other-value"],
)
def test_an_accepted_finding_holds_for_this_value_at_this_place_until_its_day(
    tmp_path: Path, more: dict[str, str], reason: str
) -> None:
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    record = lane(root, (entry(root, **more),))[CONTEXT]
    assert record.reason == reason
    assert TOKEN not in repr(record)


def test_an_accepted_finding_accepts_no_second_secret(tmp_path: Path) -> None:
    other = TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b")
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    reviewed = entry(root)
    append(PROFILE, f"more: {other}\n")(root)
    assert lane(root, (reviewed,))[CONTEXT].reason == "secret-in-context"


def test_an_entry_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, append(PROFILE, f"\nnote: {TOKEN}\n"))
    reviewed = entry(root)
    replace(PROFILE, (f"\nnote: {TOKEN}\n", "\n"))(root)
    assert lane(root, (reviewed,))[CONTEXT].reason == "cannot-tell"


def test_a_file_that_vanishes_between_listing_and_scan_is_an_error(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, lambda _: None)
    contract, _ = load_contract(str(root / CONTRACT))
    platform = Platform(root, contract)
    assert PROFILE in platform.context.files
    (root / PROFILE).unlink()
    assert scanned_platform(platform, contract).reason == "cannot-tell"
