"""The fault of `fixtures/faults` that stands for each blocker code, and where the documents of a platform are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.reference import CONTRACT as CONTRACT_FILE
from selftests.fault_expectations import Expected, read_expected
from selftests.fault_recipes import Fault, apply, read_fault
from selftests.main_job import TEMPLATE

DOCUMENTS = "docs/model_spec/platform"
MAPS = f"{DOCUMENTS}/implementation_maps/dev_substrate/dev_full"
REGISTRY = f"{DOCUMENTS}/migration_to_dev/dev_full_handles.registry.v0.md"
PLAN = f"{MAPS}/platform.M1.build_plan.md"
MASTER_PLAN = f"{MAPS}/platform.build_plan.md"
WORKFLOW = ".github/workflows/packaging.yml"
CONTRACT = CONTRACT_FILE

FAULT_OF: Mapping[str, str] = {
    "M1-B1": "repository-to-pin",
    "M1-B2": "import-of-a-missing-package",
    "M1-B3": "uncommitted-change",
    "M1-B4": "secret-path-not-in-plan",
    "M1-B5": "commit-on-no-branch",
    "M1A-B1": "second-image-handle",
    "M1A-B2": "reopen-parent-directory",
    "M1A-B3": "learning-module-kept-out",
    "M1A-B4": "copy-dot",
    "M1C-B1": "dockerfile-elsewhere",
    "M1C-B2": "evidence-prefix-without-phase",
    "M1C-B3": "run-json-of-another-image",
    "M1C-B4": "check-without-result",
    "M1C-B5": "push-action-missing",
    "M1D-B1": "key-pair-in-context",
    "M1D-B2": "static-key-in-workflow",
    "M1D-B3": "secret-path-missing",
    "M1D-B4": "secret-backend-to-pin",
    "M1D-B5": "security-step-may-fail",
    "M1E-B1": "demands-a-managed-build",
    "M1E-B2": "workflow-not-dispatchable",
    "M1E-B3": "plan-states-two-strategies",
    "M1E-B4": "convenience-tag-renamed",
    "M1E-B5": "master-plan-ran-ahead",
}
BROKEN_CM = frozenset(read_expected(FAULT_OF["M1-B2"]).fail)


@dataclass(frozen=True, slots=True)
class Break:
    """A blocker code, the fault that raises it, and what the fault must turn red."""

    code: str
    fault: Fault
    expected: Expected

    def change(self, root: Path) -> None:
        """Put the fault into a checkout."""
        apply(self.fault.steps, root)

    @property
    def not_held(self) -> frozenset[str]:
        """Every row that must not hold, and no other."""
        return frozenset(self.expected.red(row.id for row in _ROWS))

    @property
    def raises(self) -> frozenset[str]:
        """The rows among them that raise the code itself."""
        lanes = _CONTRACT.blocker(self.code).rollup
        return frozenset(
            row.id for row in _ROWS if row.id in self.not_held and (row.blocker == self.code or row.check.lane in lanes)
        )


_CONTRACT, _ = load_contract(str(TEMPLATE / CONTRACT_FILE))
_ROWS = expand(packaged_checks(), _CONTRACT)
BREAKS = tuple(Break(code, read_fault(name), read_expected(name)) for code, name in FAULT_OF.items())
