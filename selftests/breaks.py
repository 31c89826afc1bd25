"""One fault of the reference platform per blocker code, and by hand exactly what it must turn red.

`tests` are the checks that see the fault, `decided` the rows that the adjudicator decides from them; every other row
of the inventory holds. `raises` are the rows that raise the code itself, `active` all codes that are active then.
"""

from dataclasses import dataclass

from selftests.platform_edits import Change, append, both, replace, write_key_pair, write_run_json

DOCUMENTS = "docs/model_spec/platform"
MAPS = f"{DOCUMENTS}/implementation_maps/dev_substrate/dev_full"
REGISTRY = f"{DOCUMENTS}/migration_to_dev/dev_full_handles.registry.v0.md"
AUTHORITY = f"{DOCUMENTS}/pre-design_decisions/dev-full_managed-substrate_migration.design-authority.v0.md"
PLAN = f"{MAPS}/platform.M1.build_plan.md"
MASTER_PLAN = f"{MAPS}/platform.build_plan.md"
WORKFLOW = ".github/workflows/packaging.yml"
CONTRACT = "packaging-readiness.yaml"


@dataclass(frozen=True, slots=True)
class Break:
    """One fault. `left_out` names a check whose result is taken out of the report of an unbroken run instead:
    for the code that no change of a platform can raise, because it is about results that do not exist."""

    code: str
    fault: str
    change: Change | None
    tests: frozenset[str]
    decided: frozenset[str]
    raises: frozenset[str]
    active: frozenset[str]
    committed: bool = True
    detached: bool = False
    left_out: str | None = None

    @property
    def not_held(self) -> frozenset[str]:
        """Every row that must not hold, and no other."""
        return self.tests | self.decided


def rows(*names: str) -> frozenset[str]:
    """A set of row ids or codes, as it reads best in a table."""
    return frozenset(names)


LANE_A = "m1a.blockers.resolved"
CARRIED = "m1e.register.cross-lane"
ACTIVE = "m1e.no-go[active-blocker]"
SECURITY = rows("m1e.preconditions[security-posture]", ACTIVE, "m1e.no-go[security-failure]", CARRIED)
SECURITY_CODES = rows("M1-B4", "M1-B5", "M1E-B1", "M1E-B4")
API_KEY = "/fraud-platform/dev_full/ig/api_key"
BROKEN_CM = rows(
    "m1b.run.help[cm]",
    "m1b.contract.required-enforced[cm]",
    "m1b.contract.optional-documented[cm]",
    "m1b.contract.unknown-refused[cm]",
)

BREAKS = (
    Break(
        "M1-B1",
        "the repository's URI is still to be pinned",
        replace(REGISTRY, ('"000000000000.dkr.ecr.eu-west-2.amazonaws.com/reference-platform"', '"TO_PIN"')),
        tests=rows(
            "m1a.strategy.repository-uri-pinned",
            "m1c.provenance.field[ecr_repo_uri]",
            "m1c.mismatch.tag-to-digest",
            "m1c.mismatch.tag-resolved-again",
            "m1c.push.role-permission",
        ),
        decided=rows(
            LANE_A,
            "m1c.mismatch.tag-unmoved",
            "m1c.mismatch.objects-present",
            "m1c.mismatch.objects-agree",
            "m1c.mismatch.rule-covered[tag-to-digest]",
            "m1c.mismatch.rule-covered[object-mismatch]",
            "m1c.mismatch.rule-covered[missing-evidence]",
            "m1e.preconditions[workflow-ready]",
            "m1e.preconditions[evidence-present]",
            "m1e.preconditions[digest-integrity]",
            ACTIVE,
            "m1e.no-go[evidence-missing]",
            "m1e.no-go[digest-mismatch]",
            CARRIED,
            "m1e.closure.objects-present",
            "m1e.closure.authority",
        ),
        raises=rows("m1a.strategy.repository-uri-pinned"),
        active=rows("M1-B1", "M1-B3", "M1-B5", "M1C-B1", "M1C-B3", "M1C-B5", "M1E-B1", "M1E-B3", "M1E-B4"),
    ),
    Break(
        "M1-B2",
        "a worker imports a module that the image does not have",
        replace(
            "src/fraud_detection/case_mgmt/worker.py",
            ("from fraud_detection import cli", "import case_store_client\n\nfrom fraud_detection import cli"),
        ),
        tests=BROKEN_CM,
        decided=rows(ACTIVE, CARRIED),
        raises=BROKEN_CM,
        active=rows("M1-B2", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1-B3",
        "the checkout has a change that its commit lacks",
        append("README.md", "\nNot committed.\n"),
        committed=False,
        tests=rows("m1c.provenance.clean-tree"),
        decided=rows(ACTIVE, CARRIED),
        raises=rows("m1c.provenance.clean-tree"),
        active=rows("M1-B3", "M1-B5", "M1C-B1", "M1E-B4"),
    ),
    Break(
        "M1-B4",
        "the plan no longer maps a secret path that the services need",
        replace(PLAN, (f"   - `{API_KEY}`\n", "")),
        tests=rows("m1d.sources.plan-maps-paths"),
        decided=SECURITY,
        raises=rows("m1d.sources.plan-maps-paths"),
        active=SECURITY_CODES | {"M1D-B3"},
    ),
    Break(
        "M1-B5",
        "the commit under test is on no branch",
        append("README.md", "\nOn no branch.\n"),
        detached=True,
        tests=rows("m1e.workflow.ref-targetable"),
        decided=rows("m1e.preconditions[workflow-ready]", "m1e.no-go[branch-ambiguity]", ACTIVE),
        raises=rows(
            "m1e.workflow.ref-targetable", "m1e.preconditions[workflow-ready]", "m1e.no-go[branch-ambiguity]", ACTIVE
        ),
        active=rows("M1-B5", "M1E-B1", "M1E-B2"),
    ),
    Break(
        "M1A-B1",
        "the registry pins a second image",
        replace(
            REGISTRY,
            (
                '* `ECR_REPO_NAME = "reference-platform"`\n',
                '* `ECR_REPO_NAME = "reference-platform"`\n* `ECR_LEARNING_REPO_URI = "TO_PIN"`\n',
            ),
        ),
        tests=rows("m1a.strategy.one-repository"),
        decided=rows(LANE_A, ACTIVE, CARRIED),
        raises=rows("m1a.strategy.one-repository"),
        active=rows("M1A-B1", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1A-B2",
        "the ignore file re-opens a whole folder instead of the paths in it",
        replace(".dockerignore", ("!docs/model_spec/platform/contracts\n", "!docs/model_spec/platform\n")),
        tests=rows("m1a.boundary.context-within-contract", "m1a.boundary.context-taken"),
        decided=rows(LANE_A, ACTIVE, CARRIED),
        raises=rows("m1a.boundary.context-within-contract", "m1a.boundary.context-taken"),
        active=rows("M1A-B2", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1A-B3",
        "the ignore file keeps a learning package out of the image",
        append(".dockerignore", "src/fraud_detection/model_factory\n"),
        tests=rows(
            "m1a.boundary.learning-module[mf]",
            "m1b.run.help[mf]",
            "m1b.contract.required-enforced[mf]",
            "m1b.run.subcommand-help[mf-run]",
            "m1b.contract.subcommand-required-enforced[mf-run]",
            "m1b.contract.optional-documented[mf]",
            "m1b.contract.subcommand-optional-documented[mf-run]",
            "m1b.contract.unknown-refused[mf]",
            "m1b.contract.subcommand-unknown-refused[mf-run]",
        ),
        decided=rows(LANE_A, ACTIVE, CARRIED),
        raises=rows("m1a.boundary.learning-module[mf]"),
        active=rows("M1A-B3", "M1-B2", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1A-B4",
        "one COPY takes the whole context",
        replace("Dockerfile", ("COPY pyproject.toml pyproject.toml\n", "COPY . .\n")),
        tests=rows("m1a.payload.no-broad-copy", "m1a.boundary.copy-maps-to-include"),
        decided=rows(LANE_A, ACTIVE, CARRIED),
        raises=rows("m1a.payload.no-broad-copy"),
        active=rows("M1A-B4", "M1A-B2", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1C-B1",
        "registry and design authority name another Dockerfile than the one that was built",
        both(
            replace(
                REGISTRY, ('`IMAGE_DOCKERFILE_PATH = "Dockerfile"`', '`IMAGE_DOCKERFILE_PATH = "docker/Dockerfile"`')
            ),
            replace(
                AUTHORITY, ('`IMAGE_DOCKERFILE_PATH = "Dockerfile"`', '`IMAGE_DOCKERFILE_PATH = "docker/Dockerfile"`')
            ),
        ),
        tests=rows("m1c.provenance.field[dockerfile_path]"),
        decided=rows(ACTIVE, CARRIED),
        raises=rows("m1c.provenance.field[dockerfile_path]"),
        active=rows("M1C-B1", "M1-B3", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1C-B2",
        "the evidence prefix no longer tells the phases of a run apart",
        replace(
            REGISTRY,
            ('"evidence/runs/{platform_run_id}/{phase_id}/"', '"evidence/runs/{platform_run_id}/"'),
        ),
        tests=rows("m1c.paths.handle[EVIDENCE_PHASE_PREFIX_PATTERN]"),
        decided=rows(ACTIVE, CARRIED),
        raises=rows("m1c.paths.handle[EVIDENCE_PHASE_PREFIX_PATTERN]"),
        active=rows("M1C-B2", "M1-B3", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1C-B3",
        "run.json was made for another image",
        write_run_json,
        tests=rows("m1c.linkage.run-json"),
        decided=rows("m1c.mismatch.rule-covered[run-linkage]", ACTIVE, CARRIED),
        raises=rows("m1c.linkage.run-json", "m1c.mismatch.rule-covered[run-linkage]"),
        active=rows("M1C-B3", "M1-B3", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1C-B4",
        "a check behind the mismatch policy has no result",
        None,
        left_out="m1c.mismatch.digest-format",
        tests=rows("m1c.mismatch.digest-format"),
        decided=rows(
            "m1c.mismatch.rule-covered[digest-format]",
            "m1c.consistency.complete",
            "m1e.closure.inventory-complete",
            "m1e.preconditions[digest-integrity]",
            ACTIVE,
            "m1e.no-go[digest-mismatch]",
            CARRIED,
        ),
        raises=rows("m1c.consistency.complete"),
        active=rows("M1C-B4", "M1C-B3", "M1-B3", "M1-B5", "M1E-B1", "M1E-B3", "M1E-B4"),
    ),
    Break(
        "M1C-B5",
        "the packaging role may upload layers but not put the image",
        replace("infra/iam/packaging_role.policy.json", ('        "ecr:PutImage",\n', "")),
        tests=rows("m1c.push.role-permission"),
        decided=rows("m1e.preconditions[workflow-ready]", ACTIVE, CARRIED),
        raises=rows("m1c.push.role-permission"),
        active=rows("M1C-B5", "M1-B3", "M1-B5", "M1E-B1", "M1E-B4"),
    ),
    Break(
        "M1D-B1",
        "a profile in the image holds a key pair",
        write_key_pair,
        tests=rows("m1d.context.scan", "m1d.image.added-files"),
        decided=SECURITY,
        raises=rows("m1d.context.scan", "m1d.image.added-files"),
        active=SECURITY_CODES | {"M1D-B1"},
    ),
    Break(
        "M1D-B2",
        "the workflow takes a long-lived key from its secrets",
        replace(
            WORKFLOW,
            (
                "  SUITE: packaging-readiness==0.1.0\n",
                "  SUITE: packaging-readiness==0.1.0\n  AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n",
            ),
        ),
        tests=rows("m1d.workflow.static-credentials"),
        decided=SECURITY,
        raises=rows("m1d.workflow.static-credentials"),
        active=SECURITY_CODES | {"M1D-B2"},
    ),
    Break(
        "M1D-B3",
        "the registry's list of secret paths lost one",
        replace(REGISTRY, (f"* `{API_KEY}`\n", "")),
        tests=rows(f"m1d.sources.path-pinned[{API_KEY}]", "m1d.sources.plan-maps-paths"),
        decided=SECURITY,
        raises=rows(f"m1d.sources.path-pinned[{API_KEY}]", "m1d.sources.plan-maps-paths"),
        active=SECURITY_CODES | {"M1D-B3"},
    ),
    Break(
        "M1D-B4",
        "the secret backend is still to be pinned, so that the receipt has a hole",
        replace(REGISTRY, ('`SECRETS_BACKEND = "ssm_and_secrets_manager"`', '`SECRETS_BACKEND = "TO_PIN"`')),
        tests=rows("m1d.sources.backend"),
        decided=SECURITY
        | {
            "m1d.evidence.objects-complete",
            "m1e.preconditions[evidence-present]",
            "m1e.no-go[evidence-missing]",
            "m1e.closure.objects-present",
        },
        raises=rows("m1d.evidence.objects-complete"),
        active=SECURITY_CODES | {"M1D-B4", "M1D-B3", "M1E-B3"},
    ),
    Break(
        "M1D-B5",
        "the workflow goes on when its security step fails",
        replace(
            WORKFLOW,
            (
                "      - name: Run the security and secret-injection checks\n",
                "      - name: Run the security and secret-injection checks\n        continue-on-error: true\n",
            ),
        ),
        tests=rows("m1d.workflow.security-step"),
        decided=SECURITY,
        raises=rows("m1d.workflow.security-step"),
        active=SECURITY_CODES | {"M1D-B5"},
    ),
    Break(
        "M1E-B1",
        "the contract demands a managed build, and this image was built by a local engine",
        replace(CONTRACT, ("  build_driver: local_engine\n", "  build_driver: github_actions\n")),
        tests=rows(),
        decided=rows("m1e.closure.authority", ACTIVE),
        raises=rows("m1e.closure.authority"),
        active=rows("M1E-B1", "M1-B5"),
    ),
    Break(
        "M1E-B2",
        "the workflow can no longer be dispatched by hand",
        replace(WORKFLOW, ("  workflow_dispatch:\n", "  workflow_call:\n")),
        tests=rows("m1e.workflow.dispatchable"),
        decided=rows("m1e.preconditions[workflow-ready]", "m1e.no-go[workflow-not-replayable]", ACTIVE),
        raises=rows("m1e.workflow.dispatchable", "m1e.no-go[workflow-not-replayable]"),
        active=rows("M1E-B2", "M1E-B1", "M1-B5"),
    ),
    Break(
        "M1E-B3",
        "the plan states two image strategies, so that the image contract has a hole",
        replace(
            PLAN,
            (
                "3. A split into several images is out of scope for M1.",
                "3. Strategy for the learning plane is `one image per worker`.",
            ),
        ),
        tests=rows("m1a.strategy.plan-pins-strategy"),
        decided=rows(LANE_A, "m1e.closure.objects-present", "m1e.no-go[evidence-missing]", ACTIVE, CARRIED),
        raises=rows("m1e.closure.objects-present", "m1e.no-go[evidence-missing]"),
        active=rows("M1E-B3", "M1A-B1", "M1-B5", "M1E-B4"),
    ),
    Break(
        "M1E-B4",
        "a blocker of another lane is carried and nobody accepted it",
        replace(
            REGISTRY, ('`IMAGE_TAG_DEV_FULL_LATEST = "dev-full-latest"`', '`IMAGE_TAG_DEV_FULL_LATEST = "newest"`')
        ),
        tests=rows("m1a.reference.convenience-tag"),
        decided=rows(LANE_A, ACTIVE, CARRIED),
        raises=rows(CARRIED),
        active=rows("M1E-B4", "M1A-B1", "M1-B5"),
    ),
    Break(
        "M1E-B5",
        "the master plan opened M2 before M1 was closed",
        replace(
            MASTER_PLAN,
            ("| M2 | P0 | Substrate readiness | NOT_STARTED |", "| M2 | P0 | Substrate readiness | ACTIVE |"),
            ("## M2 - Substrate readiness\nStatus: `NOT_STARTED`", "## M2 - Substrate readiness\nStatus: `ACTIVE`"),
        ),
        tests=rows("m1e.handoff.master-plan"),
        decided=rows(ACTIVE),
        raises=rows("m1e.handoff.master-plan"),
        active=rows("M1E-B5", "M1-B5"),
    ),
)
