"""What must hold after a kill: nothing says PASS that was not proved, and what is on disk is whole or not there."""

import functools
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.evidence.verify import verify
from packaging_readiness.plugin.reference import CONTRACT
from selftests.evidence_recipes import made_up_credentials, pack
from selftests.kill_moments import Ended
from selftests.main_job import TEMPLATE, command
from selftests.s3_server import BUCKET, Store

UNFINISHED = re.compile(r"\..+\.packaging-readiness-[0-9a-f]{16}")
Left = Literal["nothing", "PASS", "FAIL"]
_SAYS_PASS = re.compile(r"\bM1: PASS|\bverdict PASS")
_RECEIPT = "good.publish_receipt.json"
_KNOWN = {"out", "report.json", "said", "good.json", "red.json", "good", "failed", _RECEIPT}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run left (nothing, or a whole bundle with its verdict), and every rule that it broke."""

    left: Left
    faults: tuple[str, ...]


def judge_pack(place: Path, ended: Ended, *, red: bool, reported: bool) -> Judged:
    """A run that writes a bundle to `out`. Unless it `reported` before that, the report there is of an older run."""
    left, faults = _bundle(place / "out")
    passed = left == "PASS"
    if passed and red:
        faults.append("the bundle of a red run says PASS")
    if ended.status == 0 and not passed:
        faults.append("exit status 0 without a bundle that passes")
    if _SAYS_PASS.search(ended.text) and not passed:
        faults.append("the terminal says PASS without a bundle that passes")
    if reported and _leads_to_pass(place) and (red or not _complete(place / "report.json")):
        faults.append("the report that was left leads to PASS, and does not hold a pass of every row")
    return Judged(left, (*faults, *_foreign(place)))


def _bundle(out: Path) -> tuple[Left, list[str]]:
    """What lies under the name that was asked for."""
    if not out.exists():
        return "nothing", []
    try:
        found = verify(out)
    except ReadinessError as error:
        return "nothing", [f"half a bundle lies under its name: {error.cause}"]
    if not found.coherent:
        return "nothing", [f"an incoherent bundle lies under its name: {found.problems[0]}"]
    return "PASS" if found.verdict == "PASS" else "FAIL", []


def _leads_to_pass(place: Path) -> bool:
    """Whether `bundle` makes a PASS of the report that is there; written elsewhere, or it would tidy up the place."""
    with tempfile.TemporaryDirectory(dir=place.parent) as elsewhere:
        return command("bundle", place / "report.json", "--out", Path(elsewhere) / "out").status == 0


def _complete(report: Path) -> bool:
    """Whether the report itself says that every test ran and passed, read without the suite's own reader."""
    try:
        content = json.loads(report.read_bytes())
    except ValueError:
        return False
    tests: list[dict[str, Any]] = content["tests"]
    whole = all(test[phase]["outcome"] == "passed" for test in tests for phase in ("setup", "call", "teardown"))
    return whole and len(tests) == _tested_rows() and content["exitcode"] == 0


@functools.cache
def _tested_rows() -> int:
    """How many rows of the reference platform a test decides; the others follow from them."""
    contract, _ = load_contract(str(TEMPLATE / CONTRACT))
    return sum(row.check.decided_by == "test" for row in expand(packaged_checks(), contract))


def _foreign(place: Path) -> list[str]:
    """What lies in the place and has no business there."""
    found = sorted(path.name for path in place.iterdir() if path.name not in _KNOWN)
    return [f"left in the folder: {name}" for name in found if not UNFINISHED.fullmatch(name)]


def judge_reading(place: Path, ended: Ended, *, red: bool) -> Judged:
    """A run that only reads the bundle `good`, or `failed` when it is red."""
    faults = []
    if red and (ended.status == 0 or _SAYS_PASS.search(ended.text)):
        faults.append("a bundle that fails was called PASS")
    for kind in ("good", "failed"):
        files = {path.name: path.read_bytes() for path in (place / kind).rglob("*.json")}
        if files != pack(kind):
            faults.append(f"reading changed the bundle {kind}")
    return Judged("nothing", (*faults, *_foreign(place)))


def judge_publication(place: Path, store: Store, ended: Ended) -> Judged:
    """A run that publishes the bundle `good` into the store."""
    faults = []
    for key, data in store.objects.items():
        name = key.rpartition("/")[2]
        if name != "bundle_claim.json" and pack("good").get(name) != data:
            faults.append(f"the store holds something else under {name}")
    whole = any(key.endswith("/bundle_manifest.json") for key in store.objects)
    if whole != _verifies(store):
        faults.append("a manifest without the whole bundle" if whole else "half a publication verifies")
    if not whole and (ended.status == 0 or _SAYS_PASS.search(ended.text)):
        faults.append("said to be published, and is not")
    receipt = place / _RECEIPT
    if receipt.exists():
        try:
            json.loads(receipt.read_bytes())
        except ValueError:
            faults.append("half a receipt")
    return Judged("PASS" if whole else "nothing", (*faults, *_foreign(place)))


def _verifies(store: Store) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        made_up_credentials(patch)
        return command("verify", f"s3://{BUCKET}", "--endpoint-url", store.url).status == 0
