"""Everything that the plan pins for dev_full is in the contract, and every check hangs on something pinned."""

from collections import Counter

import pytest

from packaging_readiness.contract.inventory import Check, CheckRow, expand, packaged_checks, table
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.verdict.rules import RULES, in_order

BOXES = {"m1a": 5, "m1b": 3, "m1c": 3, "m1d": 3, "m1e": 3}
SECTION_6 = {"M1-B1", "M1-B2", "M1-B3", "M1-B4", "M1-B5"}
LANE_CODES = {
    *(f"M1A-B{n}" for n in range(1, 5)),
    *(f"M1C-B{n}" for n in range(1, 6)),
    *(f"M1D-B{n}" for n in range(1, 6)),
    *(f"M1E-B{n}" for n in range(1, 6)),
}
PROVENANCE = [
    "phase_id",
    "platform_run_id",
    "written_at_utc",
    "image_tag",
    "image_digest",
    "git_sha",
    "build_driver",
    "image_reference_mode",
    "ecr_repo_uri",
    "dockerfile_path",
    "build_context_path",
    "build_completed_at_utc",
    "build_actor",
]
INCLUDES = [
    "pyproject.toml",
    "Dockerfile",
    "src/fraud_detection",
    "config/platform",
    "docs/model_spec/platform/contracts",
    "docs/model_spec/data-engine/interface_pack/engine_outputs.catalogue.yaml",
    "docs/model_spec/data-engine/interface_pack/engine_gates.map.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/canonical_event_envelope.schema.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/engine_invocation.schema.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/engine_output_locator.schema.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/gate_receipt.schema.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/instance_proof_receipt.schema.yaml",
    "docs/model_spec/data-engine/interface_pack/contracts/run_receipt.schema.yaml",
    "docs/model_spec/data-engine/layer-2/specs/contracts/5B/schemas.5B.yaml",
    "docs/model_spec/data-engine/layer-3/specs/contracts/6B/schemas.6B.yaml",
]
EXCLUDED = [
    "packages/engine/src/engine/",
    "runs/",
    "data/",
    "reference/",
    "artefacts/",
    "scratch_files/",
    ".git/",
    ".venv/",
    "__pycache__/",
    ".pytest_cache/",
    ".mypy_cache/",
    ".ruff_cache/",
    "docs/logbook/",
    "docs/tmp/",
    "infra/terraform/",
    ".env",
    ".env.*",
]
SECRETS = [
    "msk/bootstrap_brokers",
    "aurora/endpoint",
    "aurora/reader_endpoint",
    "aurora/username",
    "aurora/password",
    "redis/endpoint",
    "databricks/workspace_url",
    "databricks/token",
    "mlflow/tracking_uri",
    "sagemaker/model_exec_role_arn",
    "mwaa/webserver_url",
    "ig/api_key",
]
OBJECTS = {
    "m1a": {"image_contract_manifest", "build_context_allowlist_check", "dockerignore_conformance_receipt"},
    "m1b": {"m1b_entrypoint_validation", "m1b_subcommand_validation", "m1b_mpr_command_checks"},
    "m1c": {
        "packaging_provenance",
        "image_digest_manifest",
        "release_metadata_receipt",
        "provenance_consistency_checks",
        "sbom.cdx",
        "slsa_provenance",
        "test_result",
        "verification_summary",
    },
    "m1d": {"security_secret_injection_checks", "secret_source_contract_receipt", "build_context_secret_scan"},
    "m1e": {
        "m1_closure_blocker_register",
        "m1_build_go_transition_receipt",
        "m1_handoff_readiness_snapshot",
        "contract",
        "check_results",
        "run_record",
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The packaged contract."""
    return load_contract("dev_full")[0]


@pytest.fixture(scope="module")
def checks() -> tuple[Check, ...]:
    """The packaged inventory."""
    return packaged_checks()


@pytest.fixture(scope="module")
def rows(checks: tuple[Check, ...], contract: Contract) -> tuple[CheckRow, ...]:
    """Every instance of every check."""
    return expand(checks, contract)


def test_include_set(contract: Contract) -> None:
    assert [row.id for row in contract.includes] == INCLUDES
    assert [row.id for row in contract.includes if not row.copied] == ["Dockerfile"]
    trees = {"src/fraud_detection", "config/platform", "docs/model_spec/platform/contracts"}
    assert {row.id for row in contract.includes if row.recursive} == trees


def test_exclude_set_is_probed_at_the_root_and_below_an_included_tree(contract: Contract) -> None:
    assert [row.id for row in contract.excludes] == [*EXCLUDED, "credential and token files"]
    probes = {row.id: row.probes for row in contract.excludes}
    anywhere = {".git/", ".venv/", "__pycache__/", ".pytest_cache/", ".mypy_cache/", ".ruff_cache/", ".env", ".env.*"}
    for surface in (*anywhere, "credential and token files"):
        assert any(probe.startswith(("src/fraud_detection/", "config/platform/")) for probe in probes[surface])
    for surface in EXCLUDED:
        name = surface.rstrip("/*").rstrip(".")
        assert any(probe.startswith(name) for probe in probes[surface])


def test_entrypoint_matrix(contract: Contract) -> None:
    assert len(contract.entrypoints) == 21
    assert len({row.handle for row in contract.entrypoints}) == len(table(contract, "entrypoint_handles")) == 15
    assert len({row.module for row in contract.entrypoints}) == 21
    assert {row.id for row in contract.entrypoints if row.learning} == {"ofs", "mf", "mpr"}
    assert {row.id: row.subcommand for row in contract.entrypoints if row.subcommand} == dict.fromkeys(
        ("sr", "ofs", "mf"), "run"
    )
    assert all(row.required for row in contract.entrypoints)


def test_subcommands(contract: Contract) -> None:
    pairs = {(row.entrypoint, row.subcommand) for row in contract.subcommands}
    corridor = {("mpr", "run"), ("mpr", "promote"), ("mpr", "rollback-drill")}
    assert pairs == {("sr", "run"), ("ofs", "run"), ("mf", "run"), *corridor}
    assert len(contract.subcommands) == 6


def test_promotion_corridor_cases(contract: Contract) -> None:
    cases = {row.id: (row.subcommand, row.event["event_type"], row.expect) for row in contract.mpr_cases}
    assert cases == {
        "promote-valid": ("promote", "BUNDLE_PROMOTED_ACTIVE", "PASS"),
        "rollback-drill-valid": ("rollback-drill", "BUNDLE_ROLLED_BACK", "PASS"),
        "promote-wrong-event-type": ("promote", "BUNDLE_ROLLED_BACK", "FAIL"),
    }
    assert len({row.event["event_id"] for row in contract.mpr_cases}) == 3


def test_provenance_fields_and_anchors(contract: Contract) -> None:
    assert [row.id for row in contract.provenance_fields] == PROVENANCE
    assert [row.id for row in contract.digest_anchors] == ["oci_digest_algo", "oci_digest_value"]
    shapes = {row.id: row.shape for row in (*contract.provenance_fields, *contract.digest_anchors)}
    assert (shapes["image_digest"], shapes["oci_digest_value"], shapes["git_sha"]) == ("digest", "digest", "git_sha")


def test_provenance_shapes_are_those_of_the_allow_list(contract: Contract) -> None:
    from packaging_readiness.contract.shapes import allowed_fields

    stricter = {"oci_digest_algo": "algorithm"}
    for row in (*contract.provenance_fields, *contract.digest_anchors):
        assert allowed_fields()[row.id] == stricter.get(row.id, row.shape)


def test_secret_paths_and_backend(contract: Contract) -> None:
    assert [row.id for row in contract.secret_paths] == [f"/fraud-platform/dev_full/{name}" for name in SECRETS]
    assert contract.handles[contract.secrets.backend_handle] == "ssm_and_secrets_manager"
    assert set(contract.secrets.credential_names) == {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    }
    assert contract.accepted_findings == ()


def test_identity_and_closure(contract: Contract) -> None:
    assert (contract.phase_id, contract.milestone, contract.environment) == ("P(-1)", "M1", "dev_full")
    assert (contract.closure.registry_authority, contract.closure.build_driver) == ("ecr", "github_actions")
    assert contract.image.strategy == "single platform image"
    assert contract.handles["IMAGE_TAG_GIT_SHA_PATTERN"] == "git-{git_sha}"
    assert contract.handles["IMAGE_REFERENCE_MODE"] == "immutable_preferred"
    assert contract.handles["IMAGE_BUILD_DRIVER"] == contract.closure.build_driver


def test_push_actions(contract: Contract) -> None:
    assert len(contract.push.repository_actions) == 8
    assert "ecr:PutImage" in contract.push.repository_actions
    assert contract.push.account_actions == ("ecr:GetAuthorizationToken",)


def test_evidence_paths_carry_the_tokens_of_their_handles(contract: Contract) -> None:
    for row in contract.evidence_paths:
        assert sorted(row.tokens) == sorted(part.split("}")[0] for part in contract.handles[row.id].split("{")[1:])


def test_blocker_codes_and_severities(contract: Contract) -> None:
    codes = [row.id for row in contract.blockers]
    assert len(codes) == 24
    assert set(codes) == SECTION_6 | LANE_CODES
    assert {row.id for row in contract.blockers if row.severity == "S2"} == {"M1-B5", "M1E-B2", "M1E-B4", "M1E-B5"}
    assert {row.severity for row in contract.blockers} == {"S1", "S2"}


def test_lanes_roll_up_into_section_6(contract: Contract) -> None:
    rollups = {row.id: row.rollup for row in contract.blockers if row.rollup}
    assert rollups == {"M1-B2": ("m1b",), "M1-B3": ("m1c",), "M1-B4": ("m1d",), "M1-B5": ("m1a", "m1e")}
    assert Counter(lane for lanes in rollups.values() for lane in lanes) == Counter(LANES)


def test_every_blocker_code_can_be_raised(contract: Contract, rows: tuple[CheckRow, ...]) -> None:
    raised = {row.blocker for row in rows}
    rolled_up = {row.id for row in contract.blockers if any(check.check.lane in row.rollup for check in rows)}
    assert {row.id for row in contract.blockers} == (raised | rolled_up) - {None}


def test_every_row_has_the_severity_of_its_blocker(contract: Contract, rows: tuple[CheckRow, ...]) -> None:
    for row in rows:
        assert row.severity == ("S3" if row.blocker is None else contract.blocker(row.blocker).severity)


def test_only_suite_advisories_have_no_blocker(rows: tuple[CheckRow, ...]) -> None:
    assert {row.id for row in rows if row.blocker is None} == {
        "m1a.advisory.base-pinned",
        "m1a.advisory.no-remote-add",
        "m1a.advisory.non-root-user",
        "m1a.advisory.engines-agree",
    }


def test_every_code_of_a_lane_is_raised_in_that_lane(rows: tuple[CheckRow, ...]) -> None:
    for row in rows:
        if row.blocker in LANE_CODES:
            assert row.blocker[2].lower() == row.check.lane[-1]


def test_every_box_has_a_check(checks: tuple[Check, ...]) -> None:
    covered = {(check.lane, check.dod) for check in checks}
    assert covered == {(lane, box) for lane, count in BOXES.items() for box in range(1, count + 1)}
    assert len(covered) == 17


def test_conditions_name_checks_that_exist(contract: Contract, checks: tuple[Check, ...]) -> None:
    known = {check.id for check in checks}
    conditions = (*contract.preconditions, *contract.no_go, *contract.mismatch_rules)
    assert {name for condition in conditions for name in condition.checks} - known == set()
    assert (len(contract.preconditions), len(contract.no_go), len(contract.mismatch_rules)) == (5, 6, 6)


def test_no_condition_waits_for_itself(contract: Contract, rows: tuple[CheckRow, ...]) -> None:
    """A condition may name only checks that are decided before it."""
    order = {row.check.id: index for index, row in enumerate(in_order(rows))}
    for check_id, conditions in (
        ("m1e.preconditions", contract.preconditions),
        ("m1e.no-go", contract.no_go),
        ("m1c.mismatch.rule-covered", contract.mismatch_rules),
    ):
        for condition in conditions:
            for name in condition.checks:
                assert order.get(name, -1) < order[check_id]


def test_every_adjudicated_check_has_a_rule_and_the_other_way_round(checks: tuple[Check, ...]) -> None:
    assert {check.id for check in checks if check.decided_by == "adjudicator"} == set(RULES)


def test_every_check_feeds_an_object_of_its_lane_or_of_closure(contract: Contract, checks: tuple[Check, ...]) -> None:
    owner = {row.id: row.lane for row in contract.evidence_objects}
    assert {check.id for check in checks if owner.get(check.evidence) != check.lane} == set()


def test_evidence_objects(contract: Contract) -> None:
    owned = {lane: {row.id for row in contract.evidence_objects if row.lane == lane} for lane in LANES}
    assert owned == {lane: names | {f"{lane}_execution_snapshot"} for lane, names in OBJECTS.items()}
    assert len(contract.evidence_objects) == 28
    beyond = {"sbom.cdx", "slsa_provenance", "test_result", "verification_summary"}
    mandatory = (OBJECTS["m1c"] - beyond) | OBJECTS["m1d"]
    assert {row.id for row in contract.evidence_objects if row.mandatory} == mandatory
    assert all(row.fields for row in contract.evidence_objects)


def test_provenance_object_must_have_every_provenance_field(contract: Contract) -> None:
    (fields,) = (set(row.fields) for row in contract.evidence_objects if row.id == "packaging_provenance")
    assert fields == {*PROVENANCE, "oci_digest_algo", "oci_digest_value"}


def test_deferrals_are_named_and_end(contract: Contract) -> None:
    assert {row.id: row.until for row in contract.deferrals} == {
        "run-linkage": "M3",
        "evidence-upload": "M2",
        "secret-materialisation": "M2",
    }


def test_every_table_that_a_check_names_has_rows(contract: Contract, checks: tuple[Check, ...]) -> None:
    for check in checks:
        if check.rows is not None:
            assert table(contract, check.rows), check.id


def test_row_ids_are_unique_and_of_the_shape_that_evidence_allows(rows: tuple[CheckRow, ...]) -> None:
    from packaging_readiness.contract.shapes import has_shape

    assert max(Counter(row.id for row in rows).values()) == 1
    assert [row.id for row in rows if not has_shape(row.id, "check")] == []


def test_every_text_of_the_inventory_can_stand_in_evidence(checks: tuple[Check, ...]) -> None:
    from packaging_readiness.contract.shapes import has_shape

    for check in checks:
        for text in (check.title, check.why, check.fix, check.source):
            assert has_shape(text, "text"), check.id
        assert not check.title.endswith(".")
