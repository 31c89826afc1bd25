"""Is this bundle whole, coherent, and does its verdict follow from its results? All problems, not only the first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import PACKAGED, contract_digest, contract_from_data, load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.schemas import names as schemas
from packaging_readiness.evidence.claim import claim_problems
from packaging_readiness.evidence.envelopes import envelope_names, envelope_problems
from packaging_readiness.evidence.facts import Facts
from packaging_readiness.evidence.files import CONTRACT, MANIFEST, RESULTS, RUN_RECORD, derived
from packaging_readiness.evidence.json_faults import Fault, canonical_fault, parse, read_object
from packaging_readiness.evidence.manifest import manifest_problems
from packaging_readiness.evidence.problems import DECISION, IMAGE, TESTS, TIME, Problem
from packaging_readiness.evidence.rules_decision import decision_problems
from packaging_readiness.evidence.rules_identity import identity_problems
from packaging_readiness.evidence.rules_image import image_problems
from packaging_readiness.evidence.rules_objects import against_expected
from packaging_readiness.evidence.rules_record import record_problems
from packaging_readiness.evidence.rules_rows import row_problems
from packaging_readiness.evidence.rules_time import time_problems
from packaging_readiness.evidence.schema_check import schema_violations
from packaging_readiness.evidence.store import CLAIM, Found
from packaging_readiness.evidence.store_folder import find_bundle, read_folder
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.stored import stored_run

__all__ = ["Problem", "Verification", "find_bundle", "verify", "verify_found"]
_VIOLATIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying came to. `verdict` is PASS or FAIL as derived again, None when it could not be derived.

    `contract` is name and digest of the contract in the bundle. `signed` is "unsigned", "not checked" (envelopes, and
    no trusted key was given), "refused" or "verified" (each demanded signature is of a trusted key).
    """

    folder: str
    problems: tuple[Problem, ...]
    verdict: str | None
    platform_run_id: str | None
    objects: int
    notes: tuple[str, ...]
    contract: tuple[str, str] | None = None
    signed: str = "unsigned"
    active_blockers: tuple[str, ...] = ()
    not_held: Mapping[str, str] | None = None

    @property
    def coherent(self) -> bool:
        """Whether nothing was found wrong with the bundle itself."""
        return not self.problems


# Faults for which results cannot be taken in at all: each is told by this code, and not as malformed once more.
_TOLD_APART = frozenset({*TESTS, *DECISION, *IMAGE, *TIME, "git-sha-differs", "tree-dirty"})


@dataclass(frozen=True, slots=True)
class _Read:
    """Objects of a bundle as plain data, as far as they could be read."""

    content: Mapping[str, dict[str, Any]]
    problems: tuple[Problem, ...]


def verify(root: Path, contract: str | None = None, trusted_keys: Sequence[Path] = ()) -> Verification:
    """Verify the bundle in or below `root`. `contract` pins a packaged contract by name, or a file; with
    `trusted_keys` (files of public keys) signatures are demanded.

    Raises CannotTell when there is no bundle to look at.
    """
    return verify_found(read_folder(root), contract, trusted_keys)


def refuse_incoherent(files: Mapping[str, bytes], cure: str) -> None:
    """Raise InputRefused for files that are no coherent bundle: nothing may be written that verifying would refuse."""
    problems = verify_found(Found((), files, ())).problems
    if problems:
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        told = f"{problems[0]}{more}"
        raise InputRefused("bundle", f"would not verify: {told}", cure)


def verify_found(found: Found, contract: str | None = None, trusted_keys: Sequence[Path] = ()) -> Verification:
    """Verify a bundle that was read, wherever it lay."""
    problems = [*found.problems, *manifest_problems(found.files), *claim_problems(found)]
    problems += envelope_problems(found.files)
    read = _read(found.files)
    problems += read.problems
    known, more = _contract(read.content, contract)
    problems += more
    verdict: Verdict | None = None
    if known is not None and RESULTS in read.content:
        verdict, more = _results(read.content, known, found)
        problems += more
    if verdict is not None:
        problems += _against_verdict(found.files, verdict, read.content)
    else:
        problems += _on_its_own(found.files)
    signed, unsigned = _signatures(found.files, trusted_keys)
    problems += unsigned
    return Verification(
        folder=found.path[-1] if found.path else "",
        problems=tuple(dict.fromkeys(problems)),
        verdict=None if verdict is None else ("PASS" if verdict.passed else "FAIL"),
        platform_run_id=verdict.run.identity.platform_run_id if verdict else None,
        objects=len(found.files),
        notes=_NOTES[signed],
        contract=(known.name, contract_digest(read.content[CONTRACT])) if known else None,
        signed=signed,
        active_blockers=tuple(state.code for state in verdict.blockers if state.active) if verdict else (),
        not_held={row_id: r.outcome for row_id, r in verdict.results.items() if not r.held} if verdict else None,
    )


_NOTES = {
    "unsigned": ("unsigned: proves coherence only, not who wrote it",),
    "not checked": ("signed, but no --trusted-key was given: proves coherence only, not who wrote it",),
    "refused": ("the signatures do not prove who wrote it, see the problems",),
    "verified": (),
}


def _read(files: Mapping[str, bytes]) -> _Read:
    """The objects that are not derived: they are what everything else is derived from, or compared with."""
    content: dict[str, dict[str, Any]] = {}
    problems = []
    for name in (CONTRACT, RESULTS, RUN_RECORD):
        if name not in files:
            problems.append(Problem("object-missing", name, "nothing can be derived or compared without it"))
            continue
        try:
            content[name] = parse(files[name])
        except Fault as fault:
            problems.append(Problem(fault.code, name, fault.cause))
    return _Read(content, tuple(problems))


def _contract(content: Mapping[str, dict[str, Any]], pinned: str | None) -> tuple[Contract | None, list[Problem]]:
    data = content.get(CONTRACT)
    if data is None:
        return None, []
    try:
        contract = contract_from_data(data, CONTRACT)
        expand(packaged_checks(), contract)
        digest = contract_digest(data)
    except InputRefused as error:  # nothing else: what was read is nested no deeper than JSON may be here
        return None, [Problem("contract-malformed", CONTRACT, error.cause)]
    problems = []
    if contract.name in PACKAGED and contract_digest(load_contract(contract.name)[1]) != digest:
        problems.append(Problem("contract-not-packaged", CONTRACT, f"is not the packaged contract {contract.name!r}"))
    if pinned is not None and contract_digest(load_contract(pinned)[1]) != digest:
        problems.append(Problem("contract-not-pinned", CONTRACT, "is not the contract that --contract demands"))
    return contract, problems


def _results(
    content: Mapping[str, dict[str, Any]], contract: Contract, found: Found
) -> tuple[Verdict | None, list[Problem]]:
    """The verdict, derived again from contract and results alone; and every rule about what is stored."""
    data = content[RESULTS]
    rows = expand(packaged_checks(), contract)
    facts = Facts.of(data, contract, rows)
    problems = [*row_problems(facts), *identity_problems(facts, _manifest(found.files), found.path)]
    problems += [*image_problems(facts), *time_problems(facts), *decision_problems(facts)]
    if facts.run.get("contract_digest") != contract_digest(content[CONTRACT]):
        problems.append(Problem("contract-differs", CONTRACT, "is not the contract that the run's identity names"))
    if RUN_RECORD in content:
        problems += record_problems(content[RUN_RECORD], facts)
    try:
        return adjudicate(stored_run(data, contract, content[CONTRACT], rows)), problems
    except InputRefused as error:
        if not any(problem.code in _TOLD_APART for problem in problems):
            code = "results-contradict" if error.cure else "results-malformed"
            problems.append(Problem(code, RESULTS, error.cause))
        return None, problems


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        return parse(files.get(MANIFEST, b""))
    except Fault:
        return {}  # told by the rules about the manifest


def _against_verdict(
    files: Mapping[str, bytes], verdict: Verdict, content: Mapping[str, dict[str, Any]]
) -> Iterator[Problem]:
    values, expected = derived(verdict)
    for name, form in sorted(expected.items()):
        if name not in files:
            yield Problem("object-missing", name, "the contract demands it")
        elif files[name] != form:
            yield from against_expected(name, files[name], values[name])
            yield from _schema(name, files[name])
        else:
            yield from _violations(name, values[name])
    for name in sorted(files.keys() & {MANIFEST, RUN_RECORD}):
        yield from _schema(name, files[name])
    if RUN_RECORD in content:
        fault = canonical_fault(content[RUN_RECORD], files[RUN_RECORD])
        if fault is not None:
            yield Problem(fault.code, RUN_RECORD, fault.cause)
    beside = {MANIFEST, RUN_RECORD, CLAIM, *envelope_names(files)}
    for name in sorted(files.keys() - expected.keys() - beside):
        yield Problem("object-unexpected", name, "is no object of this contract")


def _on_its_own(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Form and schema of each object where nothing can be derived to compare it with."""
    known = schemas()
    for name, data in sorted(files.items()):
        if name.removesuffix(".json") not in known:
            continue
        value, malformed = read_object(name, data)
        yield from malformed
        if value is not None and name not in (CONTRACT, RESULTS):
            yield from _violations(name, value)


def _schema(name: str, data: bytes) -> Iterator[Problem]:
    try:
        value = parse(data)
    except Fault:
        return  # told already, by its own code
    yield from _violations(name, value)


def _violations(name: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    for violation in schema_violations(name.removesuffix(".json"), value)[:_VIOLATIONS_SHOWN]:
        yield Problem("schema-violated", name, violation)


def _signatures(files: Mapping[str, bytes], trusted_keys: Sequence[Path]) -> tuple[str, tuple[Problem, ...]]:
    """What is known of signatures, and what is wrong with them under the keys that are trusted."""
    if trusted_keys:
        from packaging_readiness.evidence.dsse import signature_problems

        problems = signature_problems(files, trusted_keys)
        return ("refused" if problems else "verified"), problems
    return ("not checked" if envelope_names(files) else "unsigned"), ()
