"""M1.D, box 3: leak-check criteria are defined for build-go."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps


@check("m1d.workflow.security-step")
def test_security_step_guards_the_push(platform: Platform, contract: Contract, record: Record) -> None:
    """A security step runs before every push and all that could push, unconditionally, and stops the job."""
    record.observe(workflow_path=contract.workflow.path)
    found = security_step_gaps(platform.workflow, contract.workflow.security_step)
    record.require(not found, "security-step-gap", *found)
    refuse_unclear_steps(platform.workflow, contract.workflow.security_step)


@check("m1d.managed.checks-held")
def test_managed_run_held(pack: Pack, record: Record) -> None:
    """In a managed run no check of this lane failed."""
    pack.decide(record)


@check("m1d.evidence.objects-complete")
def test_security_objects_are_complete(pack: Pack, record: Record) -> None:
    """The three security objects have all their fields."""
    pack.decide(record)


@check("m1d.evidence.allow-list")
def test_evidence_holds_no_values(pack: Pack, record: Record) -> None:
    """Evidence objects have only allowed fields of allowed shapes."""
    pack.decide(record)
