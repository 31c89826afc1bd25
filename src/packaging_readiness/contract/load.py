"""Load a contract by name or file, following `extends`."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.source import read_mapping, typed

PACKAGED = ("dev_full",)


def packaged_path(name: str) -> Path:
    """The file of a contract that this package carries."""
    return Path(str(files("packaging_readiness.contract").joinpath(f"{name}.yaml")))


def load_contract(name_or_file: str) -> tuple[Contract, dict[str, Any]]:
    """The contract and its plain data (with `extends` resolved), by packaged name or by file.

    A contract that extends another states only what differs: mappings are merged key by key, lists and scalars
    replaced whole. Raises InputRefused (`path:line: what is wrong`) or CannotTell.
    """
    path = packaged_path(name_or_file) if name_or_file in PACKAGED else Path(name_or_file)
    shown = path.name if name_or_file in PACKAGED or path.is_absolute() else name_or_file
    if not path.exists() and name_or_file not in PACKAGED:
        raise InputRefused(shown, "is neither a packaged contract nor a file", f"packaged: {', '.join(PACKAGED)}")
    own = read_mapping(path, shown)
    parent = own.get("extends")
    if parent is None:
        data = own
    elif parent in PACKAGED and parent != name_or_file:
        data = _merge(read_mapping(packaged_path(parent), f"{parent}.yaml"), own)
    else:
        raise InputRefused(shown, f"extends {parent!r}; packaged contracts: {', '.join(PACKAGED)}")
    contract = typed(Contract, data, path, shown)
    if contract.name in PACKAGED and name_or_file not in PACKAGED:
        raise InputRefused(
            shown, f"the name {contract.name!r} belongs to a packaged contract", "give it a name of its own"
        )
    _check_references(contract, shown)
    return contract, data


def contract_from_data(data: object, shown: str) -> Contract:
    """The contract that a report or bundle carries as plain data. Raises InputRefused."""
    try:
        contract = decode(Contract, data)
    except DecodeError as error:
        place = ".".join(map(str, error.path))
        raise InputRefused(
            shown, f"the contract in it is malformed at {place or 'top level'}: {error.message}"
        ) from None
    _check_references(contract, shown)
    return contract


def contract_digest(data: Mapping[str, Any]) -> str:
    """`sha256:...` of the contract's canonical JSON."""
    return sha256(canonical_json(data))


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _check_references(contract: Contract, shown: str) -> None:
    """Refuse doubled ids and rows that refer to what is not there."""
    for name in contract.__dataclass_fields__:
        rows = getattr(contract, name)
        if not isinstance(rows, tuple) or not rows or not hasattr(rows[0], "id"):
            continue
        seen: set[str] = set()
        for row in rows:
            if row.id in seen:
                raise InputRefused(shown, f"{name}: id {row.id!r} stands there twice")
            seen.add(row.id)
    entrypoints = {row.id for row in contract.entrypoints}
    codes = {row.id for row in contract.blockers}
    references = [(row.id, row.entrypoint) for row in contract.subcommands]
    references += [(row.id, row.entrypoint) for row in contract.mpr_cases]
    for row_id, entrypoint in references:
        if entrypoint not in entrypoints:
            raise InputRefused(shown, f"{row_id}: no entrypoint row is called {entrypoint!r}")
    for field in contract.provenance_fields:
        if field.handle is not None and field.handle not in contract.handles:
            raise InputRefused(shown, f"provenance field {field.id}: handle {field.handle} is not pinned in handles")
    _check_codes(contract, shown, codes)


def _check_codes(contract: Contract, shown: str, codes: set[str]) -> None:
    for condition in (*contract.preconditions, *contract.no_go, *contract.mismatch_rules):
        for code in (*condition.blockers, *((condition.blocker,) if condition.blocker else ())):
            if code not in codes:
                raise InputRefused(shown, f"{condition.id}: blocker {code!r} is not in the contract")
    for row in contract.no_go:
        if row.blocker is None:
            raise InputRefused(shown, f"no-go condition {row.id} names no blocker")
