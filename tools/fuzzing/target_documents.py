"""The planning documents in Markdown: handles registry, build plan, master plan and run process."""

from pathlib import Path

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import ROOT, Target, attempt, texts

_WORDS = rb"""* - + ` `` ``` ~~~ | |-|-| # ## ###### > [ ] [x] [X] DoD: M1.A M1.B M1.C M1.D M1.E M1A-B1 M1-B2
CLOSED OPEN TO_PIN ECR_REPO_URI ECR_REPO_URI=1 `KEY="v"` `KEY=[1,{}]` `KEY=1e999` `KEY={"a":1,"a":2}`
ENTRYPOINT_SR -> <!-- --> P(-1) READY BLOCKED --flag --flag=<value> [--opt] <value> python -m a.b /a/b/c :--- \|
\` &nbsp; DONE ACTIVE NOT_STARTED (recursive) minimum fields: same_as = null true 0 1. 1) *** --- === M1.A M1.A
verdict: PASS FAIL"""
_PLANS = "fixtures/reference_platform/docs/model_spec/platform"


def _seeds() -> list[bytes]:
    found = sorted(str(path.relative_to(ROOT)) for path in (ROOT / _PLANS).rglob("*.md"))
    own = [f"selftests/data/documents/{name}.md" for name in ("registry", "plan", "master_plan", "run_process")]
    return texts(*own, *found)


def _run(data: bytes) -> None:
    from packaging_readiness.checkout.handle_values import unpinned
    from packaging_readiness.checkout.handles import read_handles
    from packaging_readiness.checkout.markdown import load_text
    from packaging_readiness.checkout.master_plan import read_master_plan
    from packaging_readiness.checkout.plan import read_plan
    from packaging_readiness.checkout.run_process import read_run_process

    Path("document.md").write_bytes(data)
    text = attempt(load_text, Path(), "document.md")
    if text is None:
        return
    registry = attempt(read_handles, text, "document.md")
    if registry is not None:
        for handle in registry.handles:
            attempt(registry.value, handle.key)
            str(handle.value).encode()
            assert handle.value is None or unpinned(handle.value) in (True, False)
        assert len(registry.entrypoints) <= len(registry.handles)
        assert all(handle.to_pin_line or handle.listed_line for handle in registry.open_handles)
    plan = attempt(read_plan, text, "document.md")
    if plan is not None:
        assert all(blocker.status in ("OPEN", "CLOSED") for blocker in plan.blockers)
        assert all(plan.pinned(pin.key) for pin in plan.pins[:50])
    attempt(read_master_plan, text, "document.md")
    attempt(read_run_process, text, "document.md")


TARGET = Target(
    name="documents",
    reads="planning documents: handles, plan with matrix and blockers, master plan, run process",
    seeds=_seeds,
    run=_run,
    mutate=Mutator(_WORDS.split(), _seeds),
    readers=(
        "packaging_readiness.checkout.handles:read_markdown",
        "packaging_readiness.checkout.plan:read_plan",
        "packaging_readiness.checkout.master_plan:read_master_plan",
        "packaging_readiness.checkout.run_process:read_run_process",
    ),
)
