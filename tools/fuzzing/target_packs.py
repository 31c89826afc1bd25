"""Packs in a folder, as `verify`, `summary`, `note` and `--evidence` take them: edits of a good bundle."""

import functools
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tools.fuzzing import edits
from tools.fuzzing.target import Target, attempt, told

MANIFEST, RESULTS = "bundle_manifest.json", "check_results.json"
_NAME = re.compile(r"(?!\.{1,2}\Z)[^/\0]{1,100}")
_ENVELOPE = (
    b'{"payload":"e30=","payloadType":"application/vnd.packaging-readiness.manifest+json",'
    b'"signatures":[{"keyid":"x","sig":"AA=="}]}\n'
)
_HOME = "pack/evidence/runs/platform_20260222T194849Z/P(-1)"


@functools.cache
def bundle() -> Mapping[str, bytes]:
    from selftests import synthetic

    return synthetic.bundle(synthetic.fail_row(synthetic.good_report(), "m1c.push.role-permission"))


@functools.cache
def _settings() -> Any:
    """As much of the settings of a run as reading a pack needs."""
    from packaging_readiness.contract.inventory import expand, packaged_checks
    from packaging_readiness.contract.load import load_contract

    contract = load_contract("dev_full")[0]
    return SimpleNamespace(contract=contract, rows={row.id: row for row in expand(packaged_checks(), contract)})


def _seeds() -> list[bytes]:
    return [
        b"-- seal=none --\n",
        b'-- seal=manifest --\n-- check_results.json /run/git_sha --\n"x"\n',
        b'-- seal=derive --\n-- check_results.json /results/3/outcome --\n"fail"\n',
        b"-- seal=manifest --\n-- run_record.json /durations_s --\n{}\n-- sbom.cdx.json /components --\n[]\n",
        b"-- bundle_manifest.json ! --\n-- check_results.json ! --\n",
        b"-- seal=derive --\n-- contract.json /entrypoints --\n[]\n",
        b"-- bundle_manifest.dsse.json --\n" + _ENVELOPE,
    ]


def _sealed(files: dict[str, bytes], how: str) -> dict[str, bytes]:
    """The files with what follows from them made again: the manifest, or every object."""
    from packaging_readiness.contract.canonical import canonical_json, read_json, sha256
    from packaging_readiness.contract.errors import ReadinessError
    from packaging_readiness.contract.load import contract_from_data
    from packaging_readiness.evidence.files import CONTRACT, derived_files
    from packaging_readiness.verdict.adjudicate import adjudicate
    from packaging_readiness.verdict.stored import stored_run

    if how == "derive":
        try:
            data = read_json(files[CONTRACT], CONTRACT)
            contract, rows = contract_from_data(data, CONTRACT), tuple(_settings().rows.values())
            files |= derived_files(adjudicate(stored_run(read_json(files[RESULTS], RESULTS), contract, data, rows)))
        except (ReadinessError, KeyError):
            pass
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content)}
        for name, content in sorted(files.items())
        if name != MANIFEST and not name.endswith(".dsse.json") and name.isascii()
    ]
    manifest = {**json.loads(bundle()[MANIFEST]), "objects": listed}
    return {**files, MANIFEST: canonical_json(manifest)}


def _run(data: bytes) -> None:
    found = edits.parse(data)
    files = edits.applied(found, bundle())
    for how in edits.words(found, b"seal")[-1:]:
        files = _sealed(files, how) if how in ("manifest", "derive") else files
    shutil.rmtree("pack", ignore_errors=True)
    Path(_HOME).mkdir(parents=True)
    for name, content in files.items():
        if _NAME.fullmatch(name):
            (Path(_HOME) / name).write_bytes(content)
    if MANIFEST not in files or RESULTS not in files:
        adjudicate("pack")
    _verify(Path("pack"))


def adjudicate(place: str) -> None:
    """As `pytest --evidence` takes a pack."""
    from packaging_readiness.plugin.pack import read_pack

    pack = attempt(read_pack, place, _settings())
    told.extend(pack.problems if pack is not None else ())


def _verify(place: Path) -> None:
    """As `verify`, `summary` and `note` take a pack."""
    from packaging_readiness.evidence.store_folder import read_folder
    from packaging_readiness.evidence.verify import verify_found
    from packaging_readiness.render.annotations import annotations
    from packaging_readiness.render.note import action_log, closure_note
    from packaging_readiness.render.summary import summary
    from packaging_readiness.render.view import View

    found = attempt(read_folder, place)
    outcome = None if found is None else attempt(verify_found, found, None, [_trusted_key()])
    if found is None or outcome is None:
        return
    told.extend(map(str, outcome.problems))
    for render in (summary, annotations, *((closure_note, action_log) if outcome.coherent else ())):
        "\n".join(render(View(found.files, outcome))).encode()


def _trusted_key() -> Path:
    from selftests import signing_keys

    path = Path("key.pem")
    if not path.exists():
        path.write_bytes(signing_keys.public_pem(signing_keys.make("ed25519")))
    return path


TARGET = Target(
    name="pack",
    reads="evidence folder given to `verify`, `summary` and `--evidence`: objects, manifest, envelopes",
    seeds=_seeds,
    run=_run,
    mutate=edits.EditMutator(bundle, (b"seal=none", b"seal=manifest", b"seal=derive")),
    readers=(
        "packaging_readiness.evidence.verify:parse",
        "packaging_readiness.evidence.verify:contract_from_data",
        "packaging_readiness.evidence.verify:envelope_problems",
    ),
)
