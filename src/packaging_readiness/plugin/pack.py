"""An existing evidence pack, adjudicated: the results of A to D are the pack's own, nothing is run again."""

from dataclasses import dataclass

from packaging_readiness.contract.canonical import read_json
from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.contract.load import contract_from_data
from packaging_readiness.contract.tables import Condition
from packaging_readiness.evidence.files import CONTRACT, RESULTS
from packaging_readiness.evidence.foreign_pack import faults, missing_sources, split_runs
from packaging_readiness.evidence.pack_source import Source, read_source
from packaging_readiness.evidence.verify import verify_found
from packaging_readiness.plugin.check import CheckFailed, Record
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.stored import stored_run

_CODE = "M1E-B3"
SHOWN_IN = "m1e.closure.objects-present"
OF_PACK = "the pack is of "


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was found: its verdict when one can be derived, and all that is wrong with the pack itself.

    `missing` are the objects without which nothing can be decided.
    """

    verdict: Verdict | None
    problems: tuple[str, ...]
    missing: tuple[str, ...] = ()

    def decide(self, record: Record) -> None:
        """Fail the running check unless its row holds in the pack.

        A pack without results fails the rows about the pack itself; what else nobody knows is an error, not a fail.
        """
        if self.verdict is None:
            if record.row.blocker == _CODE:
                record.fail("pack-without-results", self.problems or self.missing)
            told = [f"the pack decides nothing ({_CODE}, see {SHOWN_IN})", *(self.missing or self.problems[:1])]
            raise CannotTell("", "\n".join(told), "adjudicate a pack that holds the results of its run")
        result = self.verdict.results[record.row.id]
        if record.row.check.id == SHOWN_IN:
            record.note(OF_PACK + _about(self.verdict))
        record.observe(**dict(result.observation))
        if not result.held:
            raise CheckFailed(result.reason or result.outcome, *result.found)
        if record.row.check.id == SHOWN_IN:
            fix = "Get the pack as it was written, or make a new one: an object that was changed cannot be mended."
            record.require(not self.problems, "pack-incoherent", *self.problems, fix=fix)
        if isinstance(record.row.row, Condition) and SHOWN_IN in record.row.row.checks:
            record.require(not self.problems, "not-proved", f"{SHOWN_IN}: the pack is not as it was written")


def _about(verdict: Verdict) -> str:
    run = verdict.run.identity
    provenance = verdict.objects["packaging_provenance"]
    facts = {
        "run": run.platform_run_id,
        "commit": run.git_sha[:12],
        "image": provenance["image_digest"] or "none",
        "contract": verdict.run.contract.name,
        "registry authority": provenance["registry_authority"] or "none",
    }
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def read_pack(given: str, settings: Settings) -> Pack:
    """The pack in a directory, a ZIP file or below `s3://bucket/prefix`. Raises InputRefused or CannotTell for a place
    that is none; what is wrong with the pack itself is told by the pack.
    """
    from packaging_readiness.commands.s3 import open_bucket

    source = read_source(given, lambda name: open_bucket(name, None))
    found = source.bundle
    if found is None or RESULTS not in found.files or CONTRACT not in found.files:
        return _foreign(source, settings)
    try:
        data = read_json(found.files[CONTRACT], CONTRACT)
        contract = contract_from_data(data, CONTRACT)
        rows = tuple(settings.rows.values())
        run = stored_run(read_json(found.files[RESULTS], RESULTS), contract, data, rows)
        problems = [str(problem) for problem in verify_found(found).problems]
        split = (
            split_runs(found.files, contract) if problems else []
        )  # verify says that runs differ, not which they are
        return Pack(adjudicate(run), (*split, *problems))
    except ReadinessError as error:
        return Pack(None, tuple(str(error).splitlines()))


def _foreign(source: Source, settings: Settings) -> Pack:
    return Pack(None, tuple(faults(source.files, settings.contract)), tuple(missing_sources(source.files)))
