"""M1.D, box 2: the runtime secret source contract is explicit."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import SecretPath
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform


@check("m1d.sources.backend")
def test_backend_is_pinned(platform: Platform, contract: Contract, record: Record) -> None:
    """The registry pins the contract's secret backend."""
    key = contract.secrets.backend_handle
    value, wanted = platform.handle(key), contract.handles[key]
    record.observe(secrets_backend=value)
    record.require(
        value == wanted, "backend-differs", f"{platform.handle_place(key)}: {key} is {value!r}, not {wanted!r}"
    )


@check("m1d.sources.path-pinned")
def test_secret_path_is_pinned(row: SecretPath, platform: Platform, record: Record) -> None:
    """The path stands in the registry's list of secret paths, and nowhere with a value."""
    listed = [entry for entry in platform.handles.secret_paths if entry.name == row.id]
    record.observe(secret_path=row.id, pinned=bool(listed))
    record.require(bool(listed), "secret-path-missing", f"{platform.handles.path}: {row.id} is not in section 11.3")
    named = [h for h in platform.handles.handles if isinstance(h.value, str) and h.value.startswith(row.id + "=")]
    record.require(not named, "secret-path-with-value", *(f"{platform.handles.path}:{handle.line}" for handle in named))


@check("m1d.sources.plan-maps-paths")
def test_plan_maps_the_same_paths(platform: Platform, contract: Contract, record: Record) -> None:
    """Registry, plan and contract name the same secret paths."""
    wanted = {row.id for row in contract.secret_paths}
    registry = {entry.name for entry in platform.handles.secret_paths}
    plan = {entry.text for entry in platform.plan.secret_paths}
    named = {f"the plan ({platform.plan.path})": plan, f"the registry ({platform.handles.path})": registry}
    named["the contract"] = wanted
    every = sorted(wanted | registry | plan)
    found = [f"{path} is not in {where}" for path in every for where, paths in named.items() if path not in paths]
    record.observe(handles_compared=len(wanted))
    record.require(not found, "secret-paths-differ", *found)


@check("m1d.sources.materialisation")
def test_materialisation_is_deferred_by_name(record: Record) -> None:
    """Existence of the secrets is proved by the phase that makes them, and the contract says so."""
    record.defer("secret-materialisation", "the secret paths are not materialised by packaging")
