"""An existing evidence pack, adjudicated: the results of A to D are the pack's own, nothing is run again."""

from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.canonical import read_json
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.load import contract_from_data
from packaging_readiness.evidence.files import CONTRACT, RESULTS
from packaging_readiness.evidence.verify import find_bundle, verify
from packaging_readiness.plugin.check import CheckFailed, Record
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.stored import stored_run


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was found: its verdict when one can be derived, and all that is wrong with the pack itself."""

    verdict: Verdict | None
    problems: tuple[str, ...]
    missing: tuple[str, ...]

    def decide(self, record: Record) -> None:
        """Fail the running check unless its row holds in the pack."""
        if self.verdict is None:
            record.fail("pack-without-results", (*self.missing, *self.problems))
        result = self.verdict.results[record.row.id]
        record.observe(**dict(result.observation))
        if not result.held:
            raise CheckFailed(result.reason or result.outcome, *result.found)
        if record.row.check.id == "m1e.closure.objects-present":
            record.require(not self.problems, "pack-incoherent", *self.problems)


def read_pack(path: Path, settings: Settings) -> Pack:
    """The pack in or below `path`. A pack that says nothing of its checks is told apart from one that is wrong."""
    expected = [f"{entry.id}.json" for entry in settings.contract.evidence_objects]
    folder = _folder(path)
    present = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    missing = tuple(f"{name}: missing" for name in expected if name not in present)
    if RESULTS not in present or CONTRACT not in present:
        return Pack(None, (), missing or (f"{RESULTS}: missing",))
    try:
        data = read_json((folder / CONTRACT).read_bytes(), CONTRACT)
        contract = contract_from_data(data, CONTRACT)
        rows = tuple(settings.rows.values())
        run = stored_run(read_json((folder / RESULTS).read_bytes(), RESULTS), contract, data, rows)
        problems = tuple(str(problem) for problem in verify(folder).problems)
        return Pack(adjudicate(run), problems, missing)
    except ReadinessError as error:
        return Pack(None, tuple(str(error).splitlines()), missing)


def _folder(path: Path) -> Path:
    """The folder of the objects: `path` itself, or the one below it."""
    try:
        return find_bundle(path)
    except ReadinessError:
        found = sorted({entry.parent for entry in path.glob("**/packaging_provenance.json")})
        return found[0] if found else path
