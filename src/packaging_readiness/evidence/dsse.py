"""Signature envelopes (DSSE v1): made of a bundle's files beside them, and verified under keys that are trusted.

SBOM and statements are signed because they travel alone; the manifest, because it names every other object. An
envelope is no object of the bundle: signing changes none of its bytes. Source: DSSE protocol and envelope, v1.0.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.evidence import sbom, statements
from packaging_readiness.evidence.envelopes import envelope_names, signed_object
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.evidence.json_faults import Fault, parse
from packaging_readiness.evidence.keys import PrivateKey, PublicKey, read_public_key
from packaging_readiness.evidence.problems import Problem

IN_TOTO = "application/vnd.in-toto+json"
PAYLOAD_TYPES: Mapping[str, str] = {
    MANIFEST: "application/vnd.packaging-readiness.manifest+json",
    sbom.NAME: "application/vnd.cyclonedx+json",
    statements.PROVENANCE: IN_TOTO,
    statements.TEST_RESULT: IN_TOTO,
    statements.SUMMARY: IN_TOTO,
}


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload: bytes, payload_type: str, key: PrivateKey) -> bytes:
    """The envelope of one payload, in canonical JSON."""
    signature = {"keyid": key.id, "sig": _encoded(key.sign(pae(payload_type, payload)))}
    return canonical_json({"payload": _encoded(payload), "payloadType": payload_type, "signatures": [signature]})


def sign(files: Mapping[str, bytes], key: PrivateKey) -> dict[str, bytes]:
    """Envelopes by name (`<object>.dsse.json`) for the files of a bundle. Deterministic for Ed25519."""
    return {
        name.removesuffix(".json") + ".dsse.json": envelope(files[name], kind, key)
        for name, kind in PAYLOAD_TYPES.items()
        if name in files
    }


def signature_problems(files: Mapping[str, bytes], trusted_keys: Sequence[Path]) -> tuple[Problem, ...]:
    """What keeps a bundle from being signed, in all that must be, by one of the keys in `trusted_keys` (PEM files).

    Raises CannotTell or InputRefused for a key file that holds no public key.
    """
    keys = [read_public_key(path) for path in trusted_keys]
    present = envelope_names(files)
    signed = {signed_object(name): name for name in present}
    problems = [
        Problem("signature-missing", name, "is not signed")
        for name in PAYLOAD_TYPES
        if name not in signed and (name in files or name == MANIFEST)
    ]
    for name in present:
        problems += _envelope_problems(name, files, keys)
    return tuple(problems)


def _envelope_problems(name: str, files: Mapping[str, bytes], keys: Sequence[PublicKey]) -> Iterator[Problem]:
    signed = signed_object(name)
    expected = PAYLOAD_TYPES.get(signed)
    if expected is None:
        yield Problem("envelope-unexpected", name, f"{signed} is none of the objects that are signed")
        return
    try:
        content = parse(files[name])
        kind, payload = content["payloadType"], _decoded(content["payload"])
        signatures = [(entry.get("keyid"), _decoded(entry["sig"])) for entry in content["signatures"]]
        encoded = pae(kind, payload)
    except (Fault, KeyError, TypeError, ValueError, AttributeError):
        yield Problem("envelope-malformed", name, "is not a DSSE envelope")
        return
    if kind != expected:
        yield Problem("payload-type-differs", name, f"is not of type {expected}")
    if files.get(signed) != payload:
        yield Problem("envelope-payload-differs", name, f"its payload is not {signed}")
    if any(key.verifies(signature, encoded) for _, signature in signatures for key in keys):
        return
    # Compared, not hashed: a foreign key id may be any JSON value.
    if any(keyid == key.id for keyid, _ in signatures for key in keys):
        yield Problem("signature-invalid", name, "names a trusted key, whose signature it is not")
    else:
        yield Problem("signature-untrusted", name, "is signed by no key that is trusted")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: Any) -> bytes:
    """Standard or URL-safe base64, as the protocol allows; nothing else. Raises TypeError for what is no text."""
    return base64.b64decode(text, altchars=b"-_" if {"-", "_"} & set(text) else None, validate=True)
