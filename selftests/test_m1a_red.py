"""Each check of M1.A turns red on the fault it is there for, with its own reason, and nothing else does."""

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.reference import CONTRACT
from selftests.breaks import AUTHORITY, PLAN, REGISTRY
from selftests.in_process import changed_platform, red, run_lane
from selftests.main_job import TEMPLATE
from selftests.platform_edits import Change, append, both, replace

CONTEXT = "m1a.boundary.context-within-contract"
TAKEN = "m1a.boundary.context-taken"
COPIES = "m1a.boundary.copy-maps-to-include"
BROAD = "m1a.payload.no-broad-copy"
DENY = "m1a.payload.default-deny"
COPY_CONFIG = "COPY config/platform/ config/platform/\n"
BASE = "FROM ${BASE_IMAGE}\n"
USER = "USER 10001:10001\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of the reference platform, and by hand the rows that it turns red with their reasons. `says` are
    texts that the findings hold, `fix` is a text that the advice holds, both of the first row."""

    change: Change
    red: Mapping[str, str]
    says: tuple[str, ...] = ()
    fix: str = ""


def write(path: str, text: str = "x\n") -> Change:
    """A file of the checkout that was not there."""

    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")

    return change


def remove(path: str) -> Change:
    """A file of the checkout that is gone."""

    def change(root: Path) -> None:
        (root / path).unlink()

    return change


def link(path: str, target: str) -> Change:
    """A symbolic link in the checkout."""

    def change(root: Path) -> None:
        (root / path).symlink_to(target)

    return change


def pack(path: str) -> Change:
    """A tar archive in the checkout that holds what no ignore file sees."""

    def change(root: Path) -> None:
        with tarfile.open(root / path, "w") as archive:
            archive.add(root / "README.md", "runs/a.md")

    return change


def rename(path: str, name: str) -> Change:
    """A file or folder of the checkout that has another name."""

    def change(root: Path) -> None:
        (root / path).rename((root / path).with_name(name))

    return change


def broad(line: str) -> Fault:
    """An instruction that takes the whole context."""
    word = line.rpartition("\n")[2].split()[0]
    change = replace("Dockerfile", (USER, f"{line}\n{USER}"))
    return Fault(change, {BROAD: "broad-copy", COPIES: "copy-beyond-contract"}, (word,), "COPY pyproject.toml")


def unchanged(root: Path) -> None:
    """No fault at all."""
    assert root.is_dir()


CONTRACT_OF_REFERENCE, _ = load_contract(str(TEMPLATE / CONTRACT))
LAST_INCLUDE = "docs/model_spec/data-engine/layer-3/specs/contracts/6B/schemas.6B.yaml"

# The builder would refuse the COPY of a path that is not there: then nobody knows what the others take.
COPIES_UNKNOWN = (
    {
        f"m1a.boundary.include-copied[{include.id}]": "input-refused"
        for include in CONTRACT_OF_REFERENCE.includes
        if include.copied
    }
    | {
        f"m1a.boundary.learning-module[{entrypoint.id}]": "input-refused"
        for entrypoint in CONTRACT_OF_REFERENCE.entrypoints
        if entrypoint.learning
    }
    | {COPIES: "input-refused", TAKEN: "input-refused"}
)
NOTHING_KEPT_OUT = {CONTEXT: "context-beyond-contract", TAKEN: "context-untaken"} | {
    f"m1a.payload.exclude-stays-out[{exclude.id}]": "exclude-enters" for exclude in CONTRACT_OF_REFERENCE.excludes
}

FAULTS: Mapping[str, Fault] = {
    "repository-to-pin": Fault(
        replace(REGISTRY, ('"000000000000.dkr.ecr.eu-west-2.amazonaws.com/reference-platform"', '"TO_PIN"')),
        {"m1a.strategy.repository-uri-pinned": "repository-unresolved"},
        (f"{REGISTRY}:70",),
    ),
    "repository-name-missing": Fault(
        replace(REGISTRY, ('* `ECR_REPO_NAME = "reference-platform"`\n', "")),
        {"m1a.strategy.one-repository": "repository-handle-missing"},
        ("ECR_REPO_NAME",),
    ),
    "second-image-handle": Fault(
        append(REGISTRY, '\n* `ECR_LEARNING_REPO_URI = "x"`\n'),
        {"m1a.strategy.one-repository": "second-image-handle"},
        ("ECR_LEARNING_REPO_URI",),
    ),
    "second-image-in-dockerfile": Fault(
        replace("Dockerfile", (BASE, f"{BASE.strip()} AS learning\n{BASE}")),
        {"m1a.strategy.one-final-stage": "second-image-in-dockerfile"},
        ("learning",),
    ),
    "plan-states-another-strategy": Fault(
        replace(PLAN, ("`single platform image`", "`one image per plane`")),
        {"m1a.strategy.plan-pins-strategy": "strategy-differs"},
        (f"{PLAN}:44", "one image per plane"),
    ),
    "plan-states-no-strategy": Fault(
        replace(PLAN, ("1. Strategy for dev_full v0 is `single", "1. For dev_full v0 it is `single")),
        {"m1a.strategy.plan-pins-strategy": "strategy-not-stated"},
    ),
    "authority-pins-another-driver": Fault(
        replace(AUTHORITY, ('`IMAGE_BUILD_DRIVER = "local_engine"`', '`IMAGE_BUILD_DRIVER = "somebody"`')),
        {"m1a.strategy.authority-agrees": "authority-differs"},
        (f"{AUTHORITY}:22", f"{REGISTRY}:80"),
    ),
    "authority-pins-another-image": Fault(
        append(AUTHORITY, '\n* `ECR_OTHER_REPO_URI = "x"`\n'),
        {"m1a.strategy.authority-agrees": "authority-pins-another-image"},
        ("ECR_OTHER_REPO_URI",),
    ),
    "tag-without-commit": Fault(
        replace(REGISTRY, ('"git-{git_sha}"', '"release-1"')),
        {
            "m1a.reference.tag-pattern": "handle-differs",
            "m1a.strategy.authority-agrees": "authority-differs",
        },
        (f"{REGISTRY}:74",),
    ),
    "convenience-tag-unpinned": Fault(
        replace(REGISTRY, ('"dev-full-latest"', '"TO_PIN"')),
        {"m1a.reference.convenience-tag": "handle-not-pinned"},
    ),
    "mutable-reference-mode": Fault(
        replace(REGISTRY, ('"immutable_preferred"', '"mutable"')),
        {"m1a.reference.mode": "handle-differs", "m1a.strategy.authority-agrees": "authority-differs"},
    ),
    "build-driver-missing": Fault(
        replace(REGISTRY, ('* `IMAGE_BUILD_DRIVER = "local_engine"`\n', "")),
        {
            "m1a.reference.build-driver": "handle-not-pinned",
            "m1a.strategy.authority-agrees": "authority-pins-another-image",
        },
    ),
    "include-missing": Fault(
        remove(LAST_INCLUDE),
        COPIES_UNKNOWN
        | {
            f"m1a.boundary.include-exists[{LAST_INCLUDE}]": "include-missing",
            f"m1a.boundary.include-in-context[{LAST_INCLUDE}]": "include-not-in-context",
            f"m1a.boundary.include-copied[{LAST_INCLUDE}]": "include-not-in-context",
        },
    ),
    "include-kept-out": Fault(
        replace(".dockerignore", ("!config/platform\n", "")),
        {"m1a.boundary.include-in-context[config/platform]": "include-not-in-context"}
        | COPIES_UNKNOWN
        | {"m1a.boundary.include-copied[config/platform]": "include-not-in-context"},
        ("kept out by .dockerignore:2",),
        "write in .dockerignore, after line 2: !config/platform",
    ),
    "include-not-copied": Fault(
        replace("Dockerfile", (COPY_CONFIG, "")),
        {"m1a.boundary.include-copied[config/platform]": "include-not-copied", TAKEN: "context-untaken"},
        ("config/platform/",),
        "COPY config/platform/ config/platform/",
    ),
    "include-copied-into-a-stage-nobody-needs": Fault(
        replace(
            "Dockerfile",
            (COPY_CONFIG, ""),
            (
                "FROM ${BASE_IMAGE}\n",
                f"FROM ${{BASE_IMAGE}} AS aside\nWORKDIR /aside\n{COPY_CONFIG}FROM ${{BASE_IMAGE}}\n",
            ),
        ),
        {
            "m1a.strategy.one-final-stage": "second-image-in-dockerfile",
            "m1a.boundary.include-copied[config/platform]": "include-not-copied",
            TAKEN: "context-untaken",
        },
    ),
    "copy-of-a-part": Fault(
        replace("Dockerfile", (COPY_CONFIG, "COPY config/platform/profiles/ config/platform/profiles/\n")),
        {"m1a.boundary.include-copied[config/platform]": "include-not-copied", TAKEN: "context-untaken"},
    ),
    "copy-beyond-contract": Fault(
        both(
            append(".dockerignore", "!README.md\n"),
            replace("Dockerfile", (USER, f"COPY README.md README.md\n{USER}")),
        ),
        {COPIES: "copy-beyond-contract", CONTEXT: "context-beyond-contract"},
        ("Dockerfile:", "takes README.md"),
    ),
    "copy-of-what-need-not-be-copied": Fault(
        replace("Dockerfile", (USER, f"COPY Dockerfile Dockerfile\n{USER}")),
        {COPIES: "copy-beyond-contract"},
    ),
    "copy-that-takes-nothing": Fault(
        replace("Dockerfile", (USER, f"COPY config/platform/*.none /app/\n{USER}")),
        {COPIES: "copy-beyond-contract"},
        ("takes nothing",),
    ),
    "reopen-parent-directory": Fault(
        replace(".dockerignore", ("!docs/model_spec/platform/contracts\n", "!docs/model_spec/platform\n")),
        {CONTEXT: "context-beyond-contract", TAKEN: "context-untaken"},
        ("docs/model_spec/platform/", "let in by .dockerignore:9 '!docs/model_spec/platform'"),
        "write in place of .dockerignore:9, one a line: !docs/model_spec/platform/contracts",
    ),
    "file-that-no-copy-takes": Fault(
        both(
            replace("Dockerfile", ("COPY src/", "COPY --exclude=orphan.txt src/")),
            write("src/fraud_detection/orphan.txt"),
        ),
        {
            TAKEN: "context-untaken",
            "m1a.boundary.include-copied[src/fraud_detection]": "include-not-copied",
        },
        ("src/fraud_detection/orphan.txt: 1 file, 2 bytes",),
    ),
    "learning-module-elsewhere": Fault(
        rename("src/fraud_detection/model_factory", "model_mill"),
        {"m1a.boundary.learning-module[mf]": "learning-module-absent"},
    ),
    "learning-module-with-a-longer-name": Fault(
        rename("src/fraud_detection/model_factory", "other_model_factory"),
        {"m1a.boundary.learning-module[mf]": "learning-module-absent"},
    ),
    "learning-handle-missing": Fault(
        replace(REGISTRY, ("* `ENTRYPOINT_OFS_RUNNER`\n", "")),
        {"m1a.boundary.learning-handle[ofs]": "learning-handle-absent"},
        (REGISTRY,),
        "`ENTRYPOINT_OFS_RUNNER`",
    ),
    "exclude-reopened": Fault(
        append(".dockerignore", "!src/fraud_detection/**/__pycache__\n"),
        {"m1a.payload.exclude-stays-out[__pycache__/]": "exclude-enters"},
    ),
    "exclude-line-missing": Fault(
        replace(".dockerignore", ("**/*.pem\n", "")),
        {"m1a.payload.exclude-stays-out[credential and token files]": "exclude-enters"},
        ("config/platform/server.pem", "let in by .dockerignore:8"),
        "**/server.pem",
    ),
    "no-ignore-file": Fault(
        remove(".dockerignore"),
        NOTHING_KEPT_OUT | {DENY: "no-ignore-file"},
        fix="write ** as the first line of the ignore file",
    ),
    "empty-ignore-file-beside-the-dockerfile": Fault(
        write("Dockerfile.dockerignore", ""), NOTHING_KEPT_OUT | {DENY: "not-default-deny"}
    ),
    "copy-dot": broad("COPY . ."),
    "copy-dot-slash": broad("COPY ./ /app/all/"),
    "copy-root": broad("COPY / /app/all/"),
    "copy-parent": broad("COPY src/.. /app/all/"),
    "copy-star": broad("COPY * /app/all/"),
    "copy-any-but-z": broad("COPY [^z]* /app/all/"),
    "copy-variable": broad("ARG S=.\nCOPY $S /app/all/"),
    "copy-json": broad('COPY [".", "/app/all/"]'),
    "add-dot": broad("ADD . /app/all/"),
    "copy-link-to-the-root": Fault(
        both(
            link("src/fraud_detection/up", "../.."),
            replace("Dockerfile", (USER, f"COPY src/fraud_detection/up/ /app/all/\n{USER}")),
        ),
        {BROAD: "broad-copy", COPIES: "copy-beyond-contract"},
        ("the symbolic link src/fraud_detection/up leads to the root",),
    ),
    "mount-context": broad("RUN --mount=type=bind,source=.,target=/all true"),
    "onbuild-copy": Fault(replace("Dockerfile", (USER, f"ONBUILD COPY . /app/all/\n{USER}")), {BROAD: "broad-copy"}),
    "ambiguous-dockerfile": Fault(
        replace("Dockerfile", (USER, f"RUN echo \\\\\nCOPY pyproject.toml /app/again.toml\n{USER}")),
        {"m1a.payload.dockerfile-unambiguous": "dockerfile-ambiguous"},
    ),
    "second-ignore-file": Fault(write(".containerignore", ""), {DENY: "second-ignore-file"}, (".containerignore",)),
    "archive-unpacked": Fault(
        both(
            pack("src/fraud_detection/p.tar"),
            replace("Dockerfile", (USER, f"ADD src/fraud_detection/p.tar /app/more/\n{USER}")),
        ),
        {COPIES: "copy-beyond-contract"},
        ("ADD unpacks src/fraud_detection/p.tar",),
    ),
    "exclude-reopened-by-name": Fault(
        both(append(".dockerignore", "!src/fraud_detection/x/runs\n"), write("src/fraud_detection/x/runs/a.json")),
        {"m1a.payload.exclude-stays-out[runs/]": "exclude-enters"},
        ("src/fraud_detection/x/runs/a.json",),
    ),
    "exclude-in-capitals": Fault(
        write("src/fraud_detection/Runs/a.json"),
        {"m1a.payload.exclude-stays-out[runs/]": "exclude-enters"},
        ("src/fraud_detection/Runs/a.json",),
    ),
    "remote-add-by-variable": Fault(
        replace("Dockerfile", (USER, f"ARG U=https://example.invalid/tool\nADD $U /usr/local/bin/tool\n{USER}")),
        {"m1a.advisory.no-remote-add": "remote-add"},
    ),
    "not-default-deny": Fault(
        replace(".dockerignore", ("**\n\n", "*.md\n\n")),
        {DENY: "not-default-deny", CONTEXT: "context-beyond-contract", TAKEN: "context-untaken"},
        fix="first line: ** and after it, one a line: !pyproject.toml",
    ),
    "base-by-tag": Fault(
        replace("Dockerfile", (BASE, "FROM python:3.11-slim\n")),
        {"m1a.advisory.base-pinned": "base-not-pinned"},
        ("FROM python:3.11-slim",),
        "FROM python:3.11-slim@sha256:",
    ),
    "remote-add": Fault(
        replace("Dockerfile", (USER, f"ADD https://example.invalid/tool /usr/local/bin/tool\n{USER}")),
        {"m1a.advisory.no-remote-add": "remote-add"},
    ),
    "runs-as-root": Fault(
        replace("Dockerfile", (USER, "USER 0\n")),
        {"m1a.advisory.non-root-user": "runs-as-root"},
        fix="USER 10001:10001",
    ),
    "no-user": Fault(replace("Dockerfile", (USER, "")), {"m1a.advisory.non-root-user": "runs-as-root"}),
    "engines-differ": Fault(
        append(".dockerignore", "**name\n"),
        {"m1a.advisory.engines-agree": "engines-differ"},
        (".dockerignore:", "'**name'"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_turns_exactly_its_checks_red(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    records = run_lane("m1a", changed_platform(tmp_path, fault.change))
    assert red(records) == fault.red
    first = records[next(iter(fault.red))]
    for text in fault.says:
        assert text in "\n".join(first.found)
    assert fault.fix in first.fix


def test_refused_copy_names_the_line_that_keeps_its_source_out(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, FAULTS["include-kept-out"].change)
    record = run_lane("m1a", root)[COPIES]
    assert "(config/platform is kept out by .dockerignore:2)" in record.found[0]
    assert record.fix == "write in .dockerignore, after line 2: !config/platform"


def test_unbroken_platform_is_green(tmp_path: Path) -> None:
    assert red(run_lane("m1a", changed_platform(tmp_path, unchanged))) == {}


def test_every_check_of_the_lane_has_a_fault() -> None:
    decided = {check.id for check in packaged_checks() if check.lane == "m1a" and check.decided_by == "adjudicator"}
    checks = {check.id for check in packaged_checks() if check.lane == "m1a"} - decided
    assert checks == {row.partition("[")[0] for fault in FAULTS.values() for row in fault.red}
