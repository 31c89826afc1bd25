"""The rules about whose facts they are, each asked about one fact at a time."""

from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.evidence.rules_identity import identity_problems
from selftests.stored_facts import CONTRACT, PHASE, facts, held, row, told
from selftests.synthetic_facts import GIT_SHA, RUN_ID

OTHER = "platform_20260301T000000Z"
RESULTS, MANIFEST = "check_results.json", "bundle_manifest.json"
FIELD = "m1c.provenance.field[{}]".format
BUCKET, CLEAN, ROLE = "m1c.paths.evidence-bucket", "m1c.provenance.clean-tree", "m1c.push.role-permission"
RESOLVED, TAG = "m1c.mismatch.tag-to-digest", "m1c.mismatch.tag-carries-git-sha"
URI = "230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full"
LOCAL = replace(
    CONTRACT,
    closure=replace(CONTRACT.closure, build_driver="local_engine"),
    handles={**CONTRACT.handles, "IMAGE_BUILD_DRIVER": "local_engine"},
)


def problems(*results: Any, manifest: Any = None, path: tuple[str, ...] = (), **more: Any) -> list[tuple[str, str]]:
    return told(identity_problems(facts(*results, **more), manifest or {}, path))


def test_nothing_that_is_said_contradicts_nothing() -> None:
    assert problems() == []
    assert problems(
        held(FIELD("platform_run_id"), platform_run_id=RUN_ID),
        held(FIELD("phase_id"), phase_id=PHASE),
        held(BUCKET, evidence_prefix=f"evidence/runs/{RUN_ID}/{PHASE}/"),
        held(FIELD("git_sha"), git_sha=GIT_SHA),
        held(CLEAN, git_sha=GIT_SHA, dirty_tree=False),
        held(RESOLVED, ecr_repo_uri=URI, authority="ecr"),
        held(ROLE, role_arn=CONTRACT.push.role_arn),
        manifest={"platform_run_id": RUN_ID, "phase_id": PHASE},
        path=("runs", RUN_ID, PHASE),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("results", "manifest", "place"),
    [
        ([], {"platform_run_id": OTHER}, MANIFEST),
        ([], {"platform_run_id": None}, MANIFEST),
        ([held(FIELD("platform_run_id"), platform_run_id=OTHER)], {}, FIELD("platform_run_id")),
        ([held(BUCKET, evidence_prefix=f"evidence/runs/{OTHER}/{PHASE}/")], {}, BUCKET),
        ([held(BUCKET, evidence_prefix=f"evidence/runs/{RUN_ID}x/{PHASE}/")], {}, BUCKET),
    ],
    ids=["manifest", "manifest without a run", "provenance", "prefix", "prefix of a longer run id"],
)
def test_another_run_is_told_where_it_is_named(results: list[Any], manifest: dict[str, Any], place: str) -> None:
    assert problems(*results, manifest=manifest) == [("run-id-differs", place)]


def test_a_prefix_that_cannot_be_compared_is_not_compared() -> None:
    assert problems(held(BUCKET, evidence_prefix=["x"])) == []
    assert problems(held(BUCKET, evidence_prefix="evidence/runs/x/"), run={"platform_run_id": 5}) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("runs", OTHER, PHASE), [("run-id-differs", OTHER)]),
        (("runs", RUN_ID, "P0"), [("phase-differs", "P0")]),
        (("evidence", "runs", RUN_ID, "P0"), [("phase-differs", "P0")]),
        (("evidence", "runs", OTHER, PHASE), [("run-id-differs", OTHER)]),
        (("copies", OTHER, "P0"), []),
        (("runs", OTHER, "P0", "copy"), []),
        (("runs", "P0"), []),
        (("P0",), []),
    ],
)
def test_the_folder_names_the_run_where_it_lies_below_runs(
    path: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert problems(path=path) == expected


def test_another_phase_is_told_where_it_is_named() -> None:
    assert problems(phase_id="P0") == [("phase-differs", RESULTS)]
    assert problems(manifest={"phase_id": "P0"}) == [("phase-differs", MANIFEST)]
    assert problems(held(FIELD("phase_id"), phase_id="P0")) == [("phase-differs", FIELD("phase_id"))]
    assert problems(row(FIELD("phase_id"), "fail", observation={"phase_id": "P0"})) == []


@pytest.mark.parametrize("row_id", [FIELD("git_sha"), TAG, CLEAN])
def test_another_commit_is_told_of_each_row_that_names_one(row_id: str) -> None:
    assert problems(held(row_id, git_sha="0" * 40)) == [("git-sha-differs", row_id)]
    assert problems(row(row_id, "error", observation={"git_sha": "0" * 40})) == []


@pytest.mark.parametrize(
    ("outcome", "observed", "dirty", "expected"),
    [
        ("pass", {}, False, []),
        ("pass", {"dirty_tree": False}, False, []),
        ("pass", {}, True, [("tree-dirty", CLEAN)]),
        ("pass", {}, None, [("tree-dirty", CLEAN)]),
        ("pass", {"dirty_tree": True}, False, [("tree-dirty", CLEAN)]),
        ("fail", {"dirty_tree": True}, True, []),
    ],
)
def test_a_clean_tree_is_not_dirty(
    outcome: str, observed: dict[str, Any], dirty: Any, expected: list[tuple[str, str]]
) -> None:
    assert problems(row(CLEAN, outcome, observation=observed), run={"dirty": dirty}) == expected


@pytest.mark.parametrize("row_id", ["m1a.strategy.repository-uri-pinned", FIELD("ecr_repo_uri"), RESOLVED])
@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("130372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full", "account-differs"),
        ("230372904534.dkr.ecr.eu-west-1.amazonaws.com/fraud-platform-dev-full", "region-differs"),
        ("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform", "repository-differs"),
        ("130372904534.dkr.ecr.eu-west-1.amazonaws.com.cn/other", "account-differs"),
        ("230372904534.dkr.ecr.eu-west-2.amazonaws.com.cn/fraud-platform-dev-full", "repository-differs"),
        (".dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full", "repository-differs"),
        ("230372904534.dkr.ecr..amazonaws.com/fraud-platform-dev-full", "repository-differs"),
        ("130372904534.dkr.ecr.eu-west-2.amazonaws.com/", "repository-differs"),
        ("130372904534.dkr.ecr.eu-west-2.amazonaws.com/x\ny", "repository-differs"),
        ("x130372904534.dkr.ecr.eu-west-2.amazonaws.com/x", "repository-differs"),
        ("docker.io/library/debian", "repository-differs"),
    ],
)  # fmt: skip
def test_another_repository_is_told_by_what_is_other_about_it(row_id: str, uri: str, code: str) -> None:
    assert problems(held(row_id, ecr_repo_uri=uri)) == [(code, row_id)]


def test_a_repository_that_is_no_text_or_pinned_otherwise() -> None:
    assert problems(held(RESOLVED, ecr_repo_uri=[URI])) == []
    for pinned in ("local/repository", "130372904534.dkr.ecr.eu-west-2.amazonaws.com/x\ny"):
        contract = replace(CONTRACT, handles={**CONTRACT.handles, "ECR_REPO_URI": pinned})
        assert problems(held(RESOLVED, ecr_repo_uri=URI), contract=contract) == [("repository-differs", RESOLVED)]
    nothing = replace(CONTRACT, handles={key: value for key, value in CONTRACT.handles.items() if "URI" not in key})
    assert problems(held(RESOLVED, ecr_repo_uri=URI), contract=nothing) == [("repository-differs", RESOLVED)]


def test_another_push_role_is_told() -> None:
    assert problems(held(ROLE, role_arn="arn:aws:iam::230372904534:role/other")) == [("role-differs", ROLE)]
    assert problems(held(ROLE)) == []


@pytest.mark.parametrize(
    ("run_id", "url", "expected"),
    [
        (None, None, ["workflow-run-missing"]),
        ("7", None, ["workflow-run-missing"]),
        (None, "https://example.com/runs/7", ["workflow-run-missing"]),
        ("7", "https://example.com/runs/7", []),
        ("7", "https://example.com/runs/77", ["workflow-run-differs"]),
        (7, "https://example.com/runs/8", []),
        ("7", ["https://example.com/runs/8"], []),
    ],
)
def test_a_managed_build_names_its_workflow_run(run_id: Any, url: Any, expected: list[str]) -> None:
    run = {"workflow_run_id": run_id, "workflow_run_url": url}
    built = held(FIELD("build_driver"), build_driver="github_actions")
    assert problems(built, run=run) == [(code, RESULTS) for code in expected]
    without = [(code, RESULTS) for code in expected if code != "workflow-run-missing"]
    assert problems(run=run) == without
    assert problems(held(FIELD("build_driver"), build_driver="local_engine"), run=run) == [
        *without,
        ("build-driver-differs", FIELD("build_driver")),
    ]


@pytest.mark.parametrize(
    ("run_id", "url", "expected"),
    [
        (None, None, []),
        ("7", None, [("workflow-run-unexpected", RESULTS)]),
        (None, "https://example.com/runs/7", [("workflow-run-unexpected", RESULTS)]),
    ],
)
def test_a_build_that_is_not_managed_has_no_workflow_run(
    run_id: Any, url: Any, expected: list[tuple[str, str]]
) -> None:
    run = {"workflow_run_id": run_id, "workflow_run_url": url}
    assert problems(held(FIELD("build_driver"), build_driver="local_engine"), run=run, contract=LOCAL) == expected
    claimed = held(FIELD("build_driver"), build_driver="github_actions")
    assert problems(claimed, run=run, contract=LOCAL) == [*expected, ("build-driver-differs", FIELD("build_driver"))]


def test_a_driver_that_nothing_pins_is_not_compared() -> None:
    handles = {key: value for key, value in CONTRACT.handles.items() if key != "IMAGE_BUILD_DRIVER"}
    contract = replace(CONTRACT, handles=handles)
    assert problems(held(FIELD("build_driver"), build_driver="kaniko"), contract=contract) == []


@pytest.mark.parametrize(
    ("authority", "aws", "agree"),
    [("ecr", "real", True), ("ecr", "off", False), ("embedded", "real", False), ("embedded", "off", True)],
)
def test_the_authority_is_the_one_that_the_run_asked(authority: str, aws: str, agree: bool) -> None:
    expected = [] if agree else [("authority-differs", RESOLVED)]
    assert problems(held(RESOLVED, authority=authority), run={"aws": aws}) == expected
    assert problems(held(RESOLVED), run={"aws": aws}) == []


@pytest.mark.parametrize(
    ("run_id", "count"), [("q" * 100, 100), ("q" * 101, 100), ("q\n" * 4, 0), (["q"], 0)]
)  # fmt: skip
def test_a_foreign_run_id_is_told_short_and_only_when_it_can_be_printed(run_id: Any, count: int) -> None:
    (problem,) = (
        each
        for each in identity_problems(facts(run={"platform_run_id": run_id}), {"platform_run_id": OTHER}, ())
        if each.name == MANIFEST
    )
    assert problem.cause.count("q") == count
    assert ("another" in problem.cause) == (count == 0)
