"""Broken evidence packs made from a good one by the recipes of `fixtures/evidence/`: one fault each.

A recipe names the pack it starts from, its steps, and the code that `verify` must give. The last step says how careful
the tamperer is: `seal: none` edits and runs, `seal: manifest` also rewrites the manifest, `seal: derive` derives every
object and the manifest again from what was edited, so that only a rule about what is said can find it. Envelopes are
made and edited after that.
"""

import base64
import copy
import functools
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, contract_from_data
from packaging_readiness.evidence.dsse import envelope, sign
from packaging_readiness.evidence.files import derived_files
from packaging_readiness.evidence.keys import read_private_key, read_public_key
from packaging_readiness.verdict.adjudicate import adjudicate
from packaging_readiness.verdict.stored import stored_run
from selftests import synthetic
from selftests.synthetic_facts import RUN_ID

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "evidence"
BUNDLE = Path("evidence") / "runs" / RUN_ID / "P(-1)"
MANIFEST = "bundle_manifest.json"
ADVISORY = "m1a.advisory.base-pinned"
WAIVER = {"check": ADVISORY, "owner": "release lead", "reason": "base is pinned next month", "expires": "2026-03-31"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One fault: where it stands, the pack it starts from, its steps, how it is sealed, and the code it must give."""

    name: str
    group: str
    code: str
    base: str
    steps: tuple[Mapping[str, Any], ...]
    seal: str


def recipes() -> list[Recipe]:
    """Every recipe, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, row in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            steps = tuple(row["steps"])
            found.append(Recipe(name, path.stem, row["code"], row.get("base", "good"), steps, row["seal"]))
    return found


@functools.cache
def pack(base: str) -> Mapping[str, bytes]:
    """The files of a pack without a fault: `good` passed, `waived` passed by a waiver, `failed` has a blocker."""
    report = synthetic.good_report()
    if base == "failed":
        report = synthetic.fail_row(report, "m1c.push.role-permission")
    if base == "waived":
        report = synthetic.fail_row(report, ADVISORY)
        report["readiness"]["identity"]["carried"]["waivers"] = [WAIVER]
    return synthetic.bundle(report)


def other_pack() -> Mapping[str, bytes]:
    """Another coherent bundle of the same run id: the same checks, reported otherwise."""
    report = synthetic.good_report()
    report["readiness"]["nonce"] = "ffffffffffffffffffffffffffffffff"
    return synthetic.bundle(report)


def made_up_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS credentials that are none, and nothing of the machine's own configuration."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE12")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "notasecretnotasecretnotasecretnotasecret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def written(files: Mapping[str, bytes], root: Path) -> Path:
    """The files as a bundle below `root`; the folder."""
    folder = root / BUNDLE
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def cook(recipe: Recipe, root: Path) -> Path:
    """The broken pack below `root`; its folder."""
    files = dict(pack(recipe.base))
    for step in recipe.steps:
        if "object" in step:
            _edit(files, step)
    if recipe.seal == "derive":
        derive(files)
    if recipe.seal != "none":
        reseal(files)
    for step in recipe.steps:
        if "manifest" in step:
            _edit(files, {**step, "object": "bundle_manifest"})
    for step in recipe.steps:
        if "sign" in step:
            files.update(sign(files, read_private_key(key_files(root)[step["sign"]])))
        if "envelope" in step:
            _edit_envelope(files, step, root)
    folder = written(files, root)
    for step in recipe.steps:
        if "file" in step:
            folder = _on_disk(folder, step)
    return folder


def key_files(root: Path) -> dict[str, Path]:
    """PEM files of two fixed key pairs: `own` and `own.pub`, which is trusted, and `other` and `other.pub`."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    paths = {name: root / f"{name}.pem" for name in ("own", "other", "own.pub", "other.pub")}
    for name in ("own", "other"):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_bytes(private)
        paths[f"{name}.pub"].write_bytes(
            key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        )
    return paths


def _edit_envelope(files: dict[str, bytes], step: Mapping[str, Any], root: Path) -> None:
    """Edit one envelope: `set`, `payload_of` another object, or `keyid_of` another key; `resign` signs it again."""
    name = f"{step['envelope']}.dsse.json"
    content = json.loads(files[name])
    for path, value in step.get("set", ()):
        parent, key = _at(content, path)
        parent[key] = value
    if "payload_of" in step:
        content["payload"] = base64.b64encode(files[f"{step['payload_of']}.json"]).decode()
    if "keyid_of" in step:
        content["signatures"][0]["keyid"] = read_public_key(key_files(root)[step["keyid_of"]]).id
    files[name] = canonical_json(content)
    if "resign" in step:
        payload = base64.b64decode(content["payload"])
        files[name] = envelope(payload, content["payloadType"], read_private_key(key_files(root)[step["resign"]]))


def reseal(files: dict[str, bytes]) -> None:
    """Make the manifest list what is there."""
    manifest = json.loads(files[MANIFEST])
    manifest["objects"] = [
        {"name": name, "size": len(data), "sha256": sha256(data)}
        for name, data in sorted(files.items())
        if name != MANIFEST
    ]
    files[MANIFEST] = canonical_json(manifest)


def derive(files: dict[str, bytes]) -> None:
    """Derive every object from results and contract, as far as they can be taken in; identity names the contract."""
    data, results = json.loads(files["contract.json"]), json.loads(files["check_results.json"])
    results["run"]["contract_digest"] = contract_digest(data)
    files["check_results.json"] = canonical_json(results)
    contract = contract_from_data(data, "contract.json")
    try:
        run = stored_run(results, contract, data, expand(packaged_checks(), contract))
    except InputRefused:
        return
    files.update(derived_files(adjudicate(run)))


def _edit(files: dict[str, bytes], step: Mapping[str, Any]) -> None:
    name = f"{step['object']}.json"
    if "set" in step or "remove" in step or "double" in step or "swap" in step:
        content = json.loads(files[name])
        for path, value in step.get("set", ()):
            parent, key = _at(content, path)
            parent[key] = copy.deepcopy(value)
        for path in step.get("remove", ()):
            parent, key = _at(content, path)
            del parent[key]
        for path in step.get("double", ()):
            parent, key = _at(content, path)
            parent.insert(key, copy.deepcopy(parent[key]))
        for path in step.get("swap", ()):
            parent, key = _at(content, path)
            parent[key], parent[key + 1] = parent[key + 1], parent[key]
        files[name] = canonical_json(content)
    if "lane_out" in step:
        content = json.loads(files[name])
        content["results"] = [row for row in content["results"] if row["lane"] != step["lane_out"]]
        files[name] = canonical_json(content)
    files[name] = _bytes(files.get(name, b""), step)


def _bytes(data: bytes, step: Mapping[str, Any]) -> bytes:
    if "replace" in step:
        old, new = (part.encode() for part in step["replace"])
        assert old in data, f"{step}: not there"
        data = data.replace(old, new, 1)
    if "encode" in step:
        data = data.decode().encode(step["encode"])
    if "cut" in step:
        data = data[: len(data) - step["cut"]]
    if "content" in step:
        data = step["content"].encode()
    if "hex_first" in step:
        data = bytes.fromhex(step["hex_first"]) + data
    if "hex_last" in step:
        data += bytes.fromhex(step["hex_last"])
    if "last" in step:
        data += step["last"].encode()
    if "nest" in step:
        data = data.rstrip()[:-1] + b',"z":' + b"[" * step["nest"] + b"]" * step["nest"] + b"}\n"
    return data


def _at(content: Any, path: list[Any]) -> tuple[Any, Any]:
    """The container and the key or index that a path leads to; a mapping in a path picks the entry that has it."""
    for part in path[:-1]:
        content = content[_index(content, part)]
    return content, _index(content, path[-1])


def _index(content: Any, part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    ((key, value),) = part.items()
    return next(index for index, entry in enumerate(content) if entry[key] == value)


def _on_disk(folder: Path, step: Mapping[str, Any]) -> Path:
    path = folder / step["file"]
    do = step["do"]
    if do == "delete":
        path.unlink()
    elif do == "empty":
        path.write_bytes(b"")
    elif do == "write":
        path.write_bytes(step["content"].encode())
    elif do == "copy-to":
        (folder / step["to"]).write_bytes(path.read_bytes())
    elif do == "symbolic-link":
        path.rename(folder.parent / path.name)
        path.symlink_to(folder.parent / path.name)
    elif do == "hard-link":
        os.link(path, folder.parent / path.name)
    elif do == "fifo":
        path.unlink()
        os.mkfifo(path)
    elif do == "folder":
        path.mkdir()
    elif do == "grow":
        with path.open("r+b") as stream:
            stream.truncate(step["bytes"])
    elif do == "move-bundle":
        target = folder.parent.parent / step["to"]
        target.parent.mkdir(exist_ok=True)
        return folder.rename(target)
    else:
        raise ValueError(do)
    return folder
