"""A pack that says nothing of its checks: what keeps it from being one coherent set, and what would make it one.

Nothing is derived, renamed or filled in here. An object that could be derived would prove what its source already
says, and an object of another run would prove another image; both are named and left as they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from packaging_readiness.contract.model import Contract
from packaging_readiness.evidence.files import CONTRACT, MANIFEST, RESULTS, RUN_RECORD
from packaging_readiness.evidence.json_faults import Fault, parse
from packaging_readiness.evidence.store import shown

OLDER_NAMES = {"build_path": "build_context_path"}
_IDENTITY = ("platform_run_id", "phase_id", "git_sha", "image_tag", "image_digest", "workflow_run_id")
_SOURCES = (CONTRACT, RESULTS, RUN_RECORD)
_EMPTY: tuple[Any, ...] = (None, "", [])


def faults(files: Mapping[str, bytes], contract: Contract) -> list[str]:
    """One line per fault, those that no further object could mend first; never a value but ids, digests and names."""
    places = _places(files, contract)
    content, unreadable = _read(files, places)
    return [
        *_split(content),
        *_untied(content),
        *_doubled(places),
        *unreadable,
        *_older_names(content),
        *_holes(content, contract),
        *_missing(content, unreadable, contract),
        *_needed(content, contract),
    ]


def split_runs(files: Mapping[str, bytes], contract: Contract) -> list[str]:
    """Facts of identity of which objects name several values, with the values and who names them."""
    return list(_split(_read(files, _places(files, contract))[0]))


def missing_sources(files: Mapping[str, bytes]) -> list[str]:
    """The objects that every other follows from, as far as they are not there."""
    there = {PurePosixPath(name).name for name in files}
    return [f"{name}: missing" for name in _SOURCES if name not in there]


def _names(contract: Contract) -> list[str]:
    return [*(f"{entry.id}.json" for entry in contract.evidence_objects), MANIFEST]


def _places(files: Mapping[str, bytes], contract: Contract) -> dict[str, list[str]]:
    """Where each object of the contract lies: paths by object name."""
    known = set(_names(contract))
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(files):
        name = PurePosixPath(path).name
        if name in known:
            places[name].append(path)
    return places


def _read(files: Mapping[str, bytes], places: Mapping[str, list[str]]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    content: dict[str, dict[str, Any]] = {}
    unreadable = []
    for paths in places.values():
        for path in paths:
            try:
                content[path] = parse(files[path])
            except Fault as fault:
                unreadable.append(f"{shown(path)}: {fault.code}: {shown(fault.cause)}")
    return content, unreadable


def _run_of(path: str) -> str | None:
    """The run id in a path such as `evidence/runs/RUN_ID/P(-1)/object.json`."""
    parts = path.split("/")
    return parts[-3] if len(parts) > 3 and parts[-4] == "runs" else None


def _stated(content: Mapping[str, Mapping[str, Any]], field: str) -> dict[str, list[str]]:
    """Who says what of one fact: object names by value."""
    said: dict[str, list[str]] = defaultdict(list)
    for path, value in content.items():
        claims = [value.get(field)] + ([_run_of(path)] if field == "platform_run_id" else [])
        for claim in dict.fromkeys(shown(str(claim)) for claim in claims if claim not in _EMPTY):
            said[claim].append(PurePosixPath(path).name)
    return said


def _split(content: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for field in _IDENTITY:
        said = _stated(content, field)
        if len(said) > 1:
            told = "; ".join(f"{value} in {_some(names)}" for value, names in sorted(said.items()))
            what = "objects of several runs prove nothing of one" if field == "platform_run_id" else "it has one value"
            yield f"{field}: {told}: {what}"


def _untied(content: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    bare = [path for path, value in content.items() if value.get("platform_run_id") in _EMPTY and _run_of(path) is None]
    untied = [PurePosixPath(path).name for path in bare if PurePosixPath(path).name not in _SOURCES]
    if untied:
        yield f"platform_run_id: nothing ties these to a run: {_some(untied)}"


def _some(names: list[str], limit: int = 8) -> str:
    told = sorted(set(names))
    return ", ".join(told[:limit]) + (f" and {len(told) - limit} more" if len(told) > limit else "")


def _doubled(places: Mapping[str, list[str]]) -> Iterator[str]:
    for name, paths in places.items():
        if len(paths) > 1:
            yield f"{name}: lies there {len(paths)} times: {', '.join(map(shown, paths[:4]))}"


def _older_names(content: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for path, value in content.items():
        for old, new in OLDER_NAMES.items():
            if old in value:
                beside = "beside" if new in value else "in place of"
                yield f"{shown(path)}: {old} stands {beside} {new}: an older name, not read as the new one"


def _holes(content: Mapping[str, Mapping[str, Any]], contract: Contract) -> Iterator[str]:
    fields = {f"{entry.id}.json": entry.fields for entry in contract.evidence_objects}
    for path, value in content.items():
        empty = [field for field in fields.get(PurePosixPath(path).name, ()) if value.get(field) in _EMPTY]
        for field in empty:
            sources = _sources(content, field)
            could = f"; it could be derived from {_some(sources)}, and was not written by the run" if sources else ""
            yield f"{shown(path)}: {field} has no value{could}"


def _sources(content: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    return [PurePosixPath(path).name for path, value in content.items() if value.get(field) not in _EMPTY]


def _missing(content: Mapping[str, Mapping[str, Any]], unreadable: list[str], contract: Contract) -> Iterator[str]:
    there = {PurePosixPath(path).name for path in content} | {
        PurePosixPath(line.partition(": ")[0]).name for line in unreadable
    }
    entries = sorted(contract.evidence_objects, key=lambda entry: not entry.mandatory)
    for entry in entries:
        if f"{entry.id}.json" in there:
            continue
        sources = [_sources(content, field) for field in entry.fields]
        could = ""
        if entry.fields and all(sources):
            told = _some([name for names in sources for name in names[:1]])
            could = f"; it could be derived from {told}, and a derived object proves nothing more"
        yield f"{entry.id}.json: missing{could}"
    if MANIFEST not in there:
        yield f"{MANIFEST}: missing"


def _needed(content: Mapping[str, Mapping[str, Any]], contract: Contract) -> Iterator[str]:
    """For each run that the pack speaks of: what else of that same run would make one set."""
    all_of = [f"{entry.id}.json" for entry in contract.evidence_objects if entry.mandatory]
    for run_id, names in sorted(_stated(content, "platform_run_id").items()):
        lacking = [name for name in all_of if name not in names]
        yield (
            f"needed for one set of {run_id}: {_some(lacking, 12) if lacking else 'all plan objects are there'}; and "
            f"{RESULTS}, {CONTRACT} and {RUN_RECORD} of a run of the checks under that id on that image"
        )
