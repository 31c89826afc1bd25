"""Reads the platform's five authority documents, checks that nothing in them was lost, and that the packaged contract
agrees with them row by row.

Usage: read_authority.py DIR. Prints what was counted; exits 1 and names each count that is not the expected one,
2 when a document cannot be read.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from packaging_readiness.checkout.handles import HandlesRegistry, read_handles
from packaging_readiness.checkout.markdown import load_text
from packaging_readiness.checkout.master_plan import MasterPlan, read_master_plan
from packaging_readiness.checkout.plan import Plan, read_plan
from packaging_readiness.checkout.run_process import RunProcess, read_run_process
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract

REGISTRY = "dev_full_handles.registry.v0.md"
DESIGN = "dev-full_managed-substrate_migration.design-authority.v0.md"
PLAN = "platform.M1.build_plan.md"
MASTER_PLAN = "platform.build_plan.md"
RUN_PROCESS = "dev_full_platform_green_v0_run_process_flow.md"

BLOCKER_CODES = tuple(
    f"{prefix}-B{number}"
    for prefix, last in (("M1", 5), ("M1A", 4), ("M1C", 5), ("M1D", 5), ("M1E", 5))
    for number in range(1, last + 1)
)

# (document, what, found, expected)
Count = tuple[str, str, object, object]


def counts(directory: Path) -> Iterator[Count]:
    """Everything counted, with what it should be. Raises ReadinessError."""
    registry = read_handles(load_text(directory, REGISTRY), REGISTRY)
    design = read_handles(load_text(directory, DESIGN), DESIGN)
    plan = read_plan(load_text(directory, PLAN), PLAN)
    yield from _registry(registry)
    yield from _design(design)
    yield from _plan(plan)
    yield from _agreement(registry, plan)
    yield from _contract(load_contract("dev_full")[0], registry, plan)
    yield from _master_plan(read_master_plan(load_text(directory, MASTER_PLAN), MASTER_PLAN))
    yield from _run_process(read_run_process(load_text(directory, RUN_PROCESS), RUN_PROCESS))


def _registry(registry: HandlesRegistry) -> Iterator[Count]:
    open_handles = registry.open_handles
    yield REGISTRY, "handle lines", len(registry.handles), 298
    yield REGISTRY, "entrypoint handles", len(registry.entrypoints), 15
    yield REGISTRY, "secret paths", len(registry.secret_paths), 12
    yield REGISTRY, "placeholders", len(registry.placeholders), 8
    yield REGISTRY, "open handles (listed)", sum(bool(handle.listed_line) for handle in open_handles), 12
    yield REGISTRY, "open handles (value TO_PIN)", sum(bool(handle.to_pin_line) for handle in open_handles), 8
    yield REGISTRY, "open handles (either)", len(open_handles), 14
    contradictory = [handle.key for handle in open_handles if handle.disagreement]
    yield REGISTRY, "TO_PIN but not listed", contradictory, ["MSK_CLIENT_SUBNET_IDS", "MSK_SECURITY_GROUP_ID"]


def _design(design: HandlesRegistry) -> Iterator[Count]:
    yield DESIGN, "handle lines", len(design.handles), 62
    yield DESIGN, "secret paths", len(design.secret_paths), 11


def _plan(plan: Plan) -> Iterator[Count]:
    yield PLAN, "matrix rows", len(plan.matrix), 21
    yield PLAN, "matrix rows READY", sum(row.status == "READY" for row in plan.matrix), 21
    yield PLAN, "checkboxes", len(plan.checkboxes), 25
    dod = {lane.name: "".join("x" if box.checked else "-" for box in lane.dod) for lane in plan.lanes}
    states = {"M1.A": "xxxxx", "M1.B": "xxx", "M1.C": "xxx", "M1.D": "xxx", "M1.E": "---"}
    yield PLAN, "DoD checkboxes by lane", dod, states
    yield PLAN, "completion checklist", "".join("x" if box.checked else "-" for box in plan.completion), "xxxx----"
    verdicts = {lane.name: lane.verdict.text for lane in plan.lanes if lane.verdict}
    yield PLAN, "lane verdicts", verdicts, {"M1.A": "PASS", "M1.C": "PASS", "M1.D": "PASS"}
    statuses = {blocker.code: blocker.status for blocker in plan.blockers}
    wanted = {c: "OPEN" if c == "M1-B5" or c.startswith("M1E") else "CLOSED" for c in BLOCKER_CODES}
    yield PLAN, "blocker codes with status", dict(sorted(statuses.items())), dict(sorted(wanted.items()))
    yield PLAN, "contradictory blocker codes", [b.code for b in plan.blockers if b.contradictory], []
    yield PLAN, "blocker codes without a meaning", [b.code for b in plan.blockers if not b.text], []
    yield PLAN, "include paths", len(plan.include), 15
    yield PLAN, "include paths, recursive", sum(path.recursive for path in plan.include), 3
    yield PLAN, "exclude bullets", len(plan.exclude), 6
    yield PLAN, "exclude patterns", sum(len(bullet.patterns) for bullet in plan.exclude), 17
    yield PLAN, "provenance fields", len(plan.provenance), 13
    yield PLAN, "digest anchors", len(plan.digest_anchors), 2
    yield PLAN, "evidence objects", Counter(one.lane for one in plan.evidence), Counter(_objects_by_lane())
    yield PLAN, "blocker register fields", len(plan.blocker_fields), 7
    yield PLAN, "secret paths", len(plan.secret_paths), 12
    yield PLAN, "preconditions", len(plan.preconditions), 5
    yield PLAN, "no-go conditions", len(plan.no_go), 6
    yield PLAN, "image strategy", [one.text for one in plan.image_strategies], ["single platform image"]


def _objects_by_lane() -> dict[str, int]:
    return {"M1.A": 3, "M1.C": 4, "M1.D": 3, "M1.E": 3}


def _agreement(registry: HandlesRegistry, plan: Plan) -> Iterator[Count]:
    """Where two documents name the same things, they name the same."""
    rows = sorted({row.handle for row in plan.matrix})
    yield PLAN, "handles of the matrix", rows, sorted(handle.key for handle in registry.entrypoints)
    paths = [path.text for path in plan.secret_paths]
    yield PLAN, "secret paths, by name", paths, [path.name for path in registry.secret_paths]
    for key in ("IMAGE_REFERENCE_MODE", "IMAGE_BUILD_DRIVER", "SECRETS_BACKEND"):
        yield PLAN, f"pin {key}", {pin.value for pin in plan.pinned(key)}, {registry.value(key)}


def _contract(contract: Contract, registry: HandlesRegistry, plan: Plan) -> Iterator[Count]:
    """What dev_full.yaml pins, beside what the documents say."""
    name = "dev_full.yaml"
    for key, value in contract.handles.items():
        yield name, f"handle {key}", value, registry.value(key)
    yield name, "includes", [(i.id, i.recursive) for i in contract.includes], _includes(plan)
    patterns = {pattern for bullet in plan.exclude for pattern in bullet.patterns}
    yield name, "exclude surfaces", {row.id for row in contract.excludes} - {"credential and token files"}, patterns
    planned = {(row.handle, row.module): row for row in plan.matrix}
    yield name, "matrix rows", [(row.handle, row.module) for row in contract.entrypoints], list(planned)
    for row in contract.entrypoints:
        theirs = planned[(row.handle, row.module)]
        options = (set(theirs.required_options), set(theirs.optional_options))
        yield name, f"arguments of {row.id}", (set(row.required), set(row.optional)), options
    fields = [(row.id, row.handle) for row in contract.provenance_fields]
    aligned = {row.id: row.handle for row in contract.provenance_fields}
    yield name, "provenance fields", [row for row, _ in fields], [field.name for field in plan.provenance]
    handles = {field.name: field.handle for field in plan.provenance if field.handle in contract.handles}
    yield name, "handles of provenance fields", {k: v for k, v in aligned.items() if v}, _own(handles)
    yield name, "digest anchors", [row.id for row in contract.digest_anchors], [f.name for f in plan.digest_anchors]
    yield name, "secret paths", [row.id for row in contract.secret_paths], [path.text for path in plan.secret_paths]
    yield name, "blocker codes", {b.id for b in contract.blockers}, {b.code for b in plan.blockers}
    mine = {entry.id: set(entry.fields) for entry in contract.evidence_objects}
    for planned_object in plan.evidence:
        missing = set(planned_object.minimum_fields) - mine.get(planned_object.name.removesuffix(".json"), set())
        yield name, f"minimum fields of {planned_object.name}", missing, set()
    yield name, "preconditions", len(contract.preconditions), len(plan.preconditions)
    yield name, "no-go conditions", len(contract.no_go), len(plan.no_go)
    yield name, "image strategy", contract.image.strategy, plan.image_strategies[0].text


def _includes(plan: Plan) -> list[tuple[str, bool]]:
    return [(path.path.rstrip("/"), path.recursive) for path in plan.include]


def _own(handles: dict[str, str | None]) -> dict[str, str | None]:
    """The plan aligns two fields to handles that name a field or a pattern and not the value itself."""
    return {name: handle for name, handle in handles.items() if name not in ("written_at_utc", "image_tag")}


def _master_plan(master: MasterPlan) -> Iterator[Count]:
    yield MASTER_PLAN, "phases", len(master.phases), 14
    yield MASTER_PLAN, "phase details", len(master.details), 14
    yield MASTER_PLAN, "table against detail", list(master.disagreements), []
    yield MASTER_PLAN, "M1 sub-phases", "".join("x" if s.checked else "-" for s in master.sub_phases_of("M1")), "xxxx-"


def _run_process(process: RunProcess) -> Iterator[Count]:
    packaging = process.packaging
    yield RUN_PROCESS, "phases", len(process.phase_map), 19
    yield RUN_PROCESS, "gates", len(process.gates), 19
    yield RUN_PROCESS, "gate P(-1), checks", len(packaging.pass_gate) if packaging else 0, 3
    found = {blocker.code: blocker.reason for blocker in packaging.blockers} if packaging else {}
    wanted = {"DFULL-RUN-BP1": "build fail", "DFULL-RUN-BP2": "digest missing"}
    yield RUN_PROCESS, "gate P(-1), blockers", found, wanted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="folder that holds the five documents")
    directory: Path = parser.parse_args().directory
    wrong = 0
    try:
        for document, what, found, expected in counts(directory):
            good = found == expected
            wrong += not good
            print(f"{'ok  ' if good else 'LOST'} {document}: {what}: {found}")
            if not good:
                print(f"     expected: {expected}")
    except ReadinessError as error:
        print(error)
        return 2
    print("all documents read without loss" if not wrong else f"{wrong} counts differ from the documents as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
