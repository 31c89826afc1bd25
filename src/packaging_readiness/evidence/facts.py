"""What a stored run claims, read tolerantly: rules about single faults must work where the whole does not decode."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract

HELD = ("pass", "deferred", "waived")
FIELD = "m1c.provenance.field[{}]"
ANCHOR = "m1c.provenance.anchor[{}]"
RESOLVED = "m1c.mismatch.tag-to-digest"


@dataclass(frozen=True, slots=True)
class Facts:
    """`check_results.json` as plain data beside the contract and the rows that it must have.

    `results` are the entries that have an id, the first of each; whatever has another form than it must is left out.
    """

    data: Mapping[str, Any]
    run: Mapping[str, Any]
    image: Mapping[str, Any] | None
    results: Mapping[str, Mapping[str, Any]]
    contract: Contract
    rows: tuple[CheckRow, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any], contract: Contract, rows: tuple[CheckRow, ...]) -> "Facts":
        """The facts in `data`."""
        results: dict[str, Mapping[str, Any]] = {}
        for entry in entries(data):
            results.setdefault(entry["id"], entry)
        image = data.get("image")
        return cls(
            data, mapping(data.get("run")), image if isinstance(image, Mapping) else None, results, contract, rows
        )

    def held(self, row_id: str) -> bool:
        """Whether a row holds, and evidence kept all that it observed."""
        entry = self.results.get(row_id, {})
        return entry.get("outcome") in HELD and not entry.get("withheld")

    def fact(self, row_id: str, name: str) -> Any:
        """What a row that holds observed under `name`; None when it does not hold or observed no such thing."""
        if not self.held(row_id):
            return None
        return mapping(self.results[row_id].get("observation")).get(name)

    def provenance(self, field: str) -> Any:
        """One provenance field as a row that holds observed it."""
        return self.fact(FIELD.format(field), field)


def entries(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Entries of `results` that have an id, in their order."""
    listed = data.get("results")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
            yield entry


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` when it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}
