"""Is this bundle whole, coherent, and does its verdict follow from its results? All problems, not only the first."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, read_json, sha256
from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import PACKAGED, contract_digest, contract_from_data, load_contract
from packaging_readiness.contract.schemas import violations
from packaging_readiness.evidence.files import CONTRACT, MANIFEST, RESULTS, RUN_RECORD, derived_files
from packaging_readiness.evidence.manifest import ManifestEntry, read_manifest
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.merge import MergedRun
from packaging_readiness.verdict.stored import stored_run

SIZE_LIMIT = 200_000_000
_VIOLATIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a bundle is wrong: a code for machines, the object, and what is the matter."""

    code: str
    name: str
    cause: str

    def __str__(self) -> str:
        return f"{self.code}: {self.name}: {self.cause}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying came to. `verdict` is PASS or FAIL as derived again, None when it could not be derived."""

    folder: str
    problems: tuple[Problem, ...]
    verdict: str | None
    platform_run_id: str | None
    objects: int
    notes: tuple[str, ...]

    @property
    def coherent(self) -> bool:
        """Whether nothing was found wrong with the bundle itself."""
        return not self.problems


def verify(root: Path, contract: str | None = None) -> Verification:
    """Verify the bundle in or below `root`. `contract` pins a packaged contract by name, or a file.

    Raises CannotTell when there is no bundle to look at.
    """
    folder = find_bundle(root)
    files, problems = _read_files(folder)
    problems += list(_against_manifest(files))
    verdict, more = _derive(files, contract)
    problems += more
    if verdict is not None:
        problems += list(_against_verdict(files, verdict, folder))
    return Verification(
        folder=folder.name,
        problems=tuple(dict.fromkeys(problems)),
        verdict=None if verdict is None else ("PASS" if verdict.passed else "FAIL"),
        platform_run_id=verdict.run.identity.platform_run_id if verdict else None,
        objects=len(files),
        notes=("unsigned: this proves coherence only, not who wrote it",),
    )


def find_bundle(root: Path) -> Path:
    """The one folder at or below `root` that holds a bundle. Raises CannotTell for none, InputRefused for several."""
    if not root.is_dir():
        raise CannotTell(str(root), "is not a directory", "name the directory given as --evidence-out, or the bundle")
    if (root / MANIFEST).exists() or (root / RESULTS).exists():
        return root
    found = sorted({path.parent for name in (MANIFEST, RESULTS) for path in root.glob(f"evidence/runs/*/*/{name}")})
    if not found:
        raise CannotTell(str(root), f"holds no bundle ({MANIFEST} is nowhere in it)", "name the bundle's directory")
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(root)) for path in found)
        raise InputRefused(str(root), f"holds several bundles: {names}", "name one of them")
    return found[0]


def _read_files(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        mode = path.lstat()
        if not stat.S_ISREG(mode.st_mode) or mode.st_nlink > 1:
            problems.append(Problem("not-a-plain-file", path.name, "is a link, folder or special file"))
        elif mode.st_size > SIZE_LIMIT:
            problems.append(Problem("oversize", path.name, f"is larger than {SIZE_LIMIT} bytes"))
        else:
            try:
                files[path.name] = path.read_bytes()
            except OSError as error:
                problems.append(Problem("unreadable", path.name, str(error.strerror)))
    return files, problems


def _against_manifest(files: Mapping[str, bytes]) -> Iterator[Problem]:
    if MANIFEST not in files:
        yield Problem("manifest-missing", MANIFEST, "the bundle was never completed, or lost its manifest")
        return
    try:
        listed = read_manifest(files[MANIFEST])
    except ReadinessError as error:
        yield Problem("manifest-malformed", MANIFEST, error.cause)
        return
    for entry in listed.objects:
        yield from _one_entry(entry, files)
    names = {entry.name for entry in listed.objects}
    for name in sorted(files.keys() - names - {MANIFEST}):
        yield Problem("object-unlisted", name, "is in the folder but not in the manifest")


def _one_entry(entry: ManifestEntry, files: Mapping[str, bytes]) -> Iterator[Problem]:
    data = files.get(entry.name)
    if data is None:
        yield Problem("object-missing", entry.name, "is in the manifest but not in the folder")
    elif len(data) != entry.size:
        yield Problem("size-differs", entry.name, f"has {len(data)} bytes, the manifest says {entry.size}")
    elif sha256(data) != entry.sha256:
        yield Problem("digest-differs", entry.name, f"is {sha256(data)}, the manifest says {entry.sha256}")


def _derive(files: Mapping[str, bytes], pinned: str | None) -> tuple[Verdict | None, list[Problem]]:
    """The verdict, derived again from contract and results alone."""
    problems: list[Problem] = []
    content: dict[str, Any] = {}
    for name in (CONTRACT, RESULTS):
        if name not in files:
            problems.append(Problem("object-missing", name, "the verdict cannot be derived without it"))
            continue
        try:
            content[name] = read_json(files[name], name)
        except InputRefused as error:
            problems.append(Problem("object-malformed", name, error.cause))
    if problems:
        return None, problems
    try:
        contract = contract_from_data(content[CONTRACT], CONTRACT)
        rows = expand(packaged_checks(), contract)
        run: MergedRun = stored_run(content[RESULTS], contract, content[CONTRACT], rows)
        problems += _pinned(content[CONTRACT], contract.name, pinned)
        return adjudicate(run), problems
    except InputRefused as error:
        return None, [*problems, Problem("object-malformed", error.place or RESULTS, error.cause)]


def _pinned(data: Mapping[str, Any], name: str, pinned: str | None) -> list[Problem]:
    reference = pinned or (name if name in PACKAGED else None)
    if reference is None:
        return []
    _, expected = load_contract(reference)
    if contract_digest(expected) == contract_digest(data):
        return []
    return [Problem("contract-differs", CONTRACT, f"is not the contract {reference!r} that was pinned")]


def _against_verdict(files: Mapping[str, bytes], verdict: Verdict, folder: Path) -> Iterator[Problem]:
    expected = derived_files(verdict)
    for name, data in sorted(expected.items()):
        if name not in files:
            yield Problem("object-missing", name, "the contract demands it")
        elif files[name] != data:
            yield Problem("does-not-follow", name, _difference(files[name], data))
    for name in (RUN_RECORD,):
        if name not in files:
            yield Problem("object-missing", name, "the contract demands it")
    for name in sorted(files.keys() & (expected.keys() | {MANIFEST, RUN_RECORD})):
        yield from _against_schema(name, files[name])
    for name in sorted(files.keys() - expected.keys() - {MANIFEST, RUN_RECORD}):
        yield Problem("object-unexpected", name, "is no object of this contract")
    identity = verdict.run.identity
    if contract_digest(verdict.run.contract_data) != identity.contract_digest:
        yield Problem("contract-differs", CONTRACT, "is not the contract that the run's identity names")
    if folder.parent.name not in ("", identity.platform_run_id) and folder.parent.parent.name == "runs":
        yield Problem("run-id-differs", folder.parent.name, f"the results are of {identity.platform_run_id}")
    yield from _run_record(files, identity.platform_run_id)


def _against_schema(name: str, data: bytes) -> Iterator[Problem]:
    try:
        value = read_json(data, name)
    except InputRefused:
        return  # told already, as malformed or as not following from the results
    for violation in violations(name.removesuffix(".json"), value)[:_VIOLATIONS_SHOWN]:
        yield Problem("schema-violated", name, violation)


def _run_record(files: Mapping[str, bytes], platform_run_id: str) -> Iterator[Problem]:
    if RUN_RECORD not in files:
        return
    try:
        record = read_json(files[RUN_RECORD], RUN_RECORD)
    except InputRefused as error:
        yield Problem("object-malformed", RUN_RECORD, error.cause)
        return
    if not isinstance(record, dict) or canonical_json(record) != files[RUN_RECORD]:
        yield Problem("not-canonical", RUN_RECORD, "is not in the canonical form")
    elif record.get("platform_run_id") != platform_run_id:
        yield Problem("run-id-differs", RUN_RECORD, f"is of {record.get('platform_run_id')!r}")


def _difference(found: bytes, expected: bytes) -> str:
    try:
        mine, theirs = read_json(found, ""), read_json(expected, "")
    except InputRefused as error:
        return f"is malformed: {error.cause}"
    if isinstance(mine, dict) and isinstance(theirs, dict):
        keys = sorted(key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
        if keys:
            return f"does not follow from {RESULTS} and {CONTRACT}: {', '.join(keys[:5])}"
    return "is not in the canonical form"
