"""SBOM and statements of a run, and the release receipt that refers to them by digest."""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence import sbom, statements
from packaging_readiness.verdict.adjudicate import Verdict

RECEIPT = "release_metadata_receipt.json"


def attested(
    verdict: Verdict, contract: tuple[str, bytes], results: tuple[str, bytes]
) -> tuple[dict[str, Mapping[str, Any]], dict[str, bytes]]:
    """The objects by name as plain data, and their bytes. `contract` and `results` are name and bytes of the two
    objects that everything else follows from; they refer to nothing that is made here, so that nothing goes round."""
    objects: dict[str, Mapping[str, Any]] = {}
    files: dict[str, bytes] = {}

    def add(name: str, content: Mapping[str, Any] | None) -> dict[str, str]:
        if content is None:
            return {}
        objects[name], files[name] = content, canonical_json(content)
        return {name: sha256(files[name])}

    materials = add(sbom.NAME, sbom.sbom(verdict))
    built = add(statements.PROVENANCE, statements.provenance(verdict, materials[sbom.NAME], sbom.NAME))
    inputs = {name: sha256(data) for name, data in (contract, results)}
    tested = add(statements.TEST_RESULT, statements.test_result(verdict, inputs))
    summed = add(statements.SUMMARY, statements.summary(verdict, inputs[contract[0]], built | tested))
    every = sorted({**materials, **built, **tested, **summed}.items())
    receipt = verdict.objects[RECEIPT.removesuffix(".json")]
    add(RECEIPT, {**receipt, "attestations": [{"path": name, "digest": digest} for name, digest in every]})
    return objects, files
