"""Load a contract by name or file, following `extends`."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.source import misfit, read_mapping, typed

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
    shown = path.name if path.is_absolute() else name_or_file
    if not path.exists() and name_or_file not in PACKAGED:
        raise InputRefused(shown, "is neither a packaged contract nor a file", f"packaged: {', '.join(PACKAGED)}")
    own = read_mapping(path, shown)
    parent = own.get("extends")
    if parent is None:
        data = own
    elif parent in PACKAGED:
        data = _merge(read_mapping(packaged_path(parent), f"{parent}.yaml"), own)
    else:
        error = DecodeError(("extends",), f"extends {parent!r}; packaged contracts: {', '.join(PACKAGED)}")
        raise misfit(error, path, shown)
    contract = typed(Contract, data, path, shown)
    try:
        if contract.name in PACKAGED and name_or_file not in PACKAGED:
            raise DecodeError(("name",), f"the name {contract.name!r} belongs to a packaged contract; give it its own")
        _check_references(contract)
    except DecodeError as error:
        raise misfit(error, path, shown) from None
    return contract, data


def contract_from_data(data: object, shown: str) -> Contract:
    """The contract that a report or bundle carries as plain data. Raises InputRefused."""
    try:
        contract = decode(Contract, data)
        _check_references(contract)
    except DecodeError as error:
        place = ".".join(map(str, error.path))
        raise InputRefused(
            shown, f"the contract in it is malformed at {place or 'top level'}: {error.message}"
        ) from None
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


def _check_references(contract: Contract) -> None:
    """Raise DecodeError for a doubled id or a reference to nothing."""
    for table in contract.__dataclass_fields__:
        _refuse_doubled(table, getattr(contract, table))
    entrypoints = {row.id for row in contract.entrypoints}
    references = [("subcommands", i, row.id, row.entrypoint) for i, row in enumerate(contract.subcommands)]
    references += [("mpr_cases", i, row.id, row.entrypoint) for i, row in enumerate(contract.mpr_cases)]
    for table, index, row_id, entrypoint in references:
        if entrypoint not in entrypoints:
            cause = f"{row_id}: no entrypoint row is called {entrypoint!r}"
            raise DecodeError((table, index, "entrypoint"), cause)
    for index, field in enumerate(contract.provenance_fields):
        if field.handle is not None and field.handle not in contract.handles:
            cause = f"provenance field {field.id}: handle {field.handle} is not pinned in handles"
            raise DecodeError(("provenance_fields", index, "handle"), cause)
    _check_codes(contract)


def _refuse_doubled(table: str, rows: object) -> None:
    seen: set[str] = set()
    for index, row in enumerate(rows if isinstance(rows, tuple) else ()):
        row_id = getattr(row, "id", None)
        if row_id is None:
            return
        if row_id in seen:
            raise DecodeError((table, index, "id"), f"id {row_id!r} stands there twice")
        seen.add(row_id)


def _check_codes(contract: Contract) -> None:
    codes = {row.id for row in contract.blockers}
    for table in ("preconditions", "no_go", "mismatch_rules"):
        for index, condition in enumerate(getattr(contract, table)):
            named = [("blockers", code) for code in condition.blockers]
            named += [("blocker", condition.blocker)] if condition.blocker else []
            for key, code in named:
                if code not in codes:
                    raise DecodeError((table, index, key), f"{condition.id}: blocker {code!r} is not in the contract")
    for index, row in enumerate(contract.no_go):
        if row.blocker is None:
            raise DecodeError(("no_go", index), f"no-go condition {row.id} names no blocker")
