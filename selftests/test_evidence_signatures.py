"""Keys and envelopes at their edges: which files are keys, and which envelopes are signed by one that is trusted."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.dsse import envelope, pae, sign, signature_problems
from packaging_readiness.evidence.keys import read_private_key, read_public_key
from selftests import signing_keys
from selftests.stored_facts import told

SUMMARY, MANIFEST = "verification_summary.json", "bundle_manifest.json"
IN_TOTO = "application/vnd.in-toto+json"
KINDS_OF_PAYLOAD = {
    "bundle_manifest": "application/vnd.packaging-readiness.manifest+json",
    "sbom.cdx": "application/vnd.cyclonedx+json",
    "slsa_provenance": IN_TOTO,
    "test_result": IN_TOTO,
    "verification_summary": IN_TOTO,
}
FILES = {f"{name}.json": b"{}" for name in KINDS_OF_PAYLOAD}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pairs of keys of either kind: `ed25519`, `p256` and, of nobody, `other`."""
    folder = tmp_path_factory.mktemp("keys")
    for kind, name in (("ed25519", "ed25519"), ("p256", "p256"), ("ed25519", "other")):
        signing_keys.write_pair(folder, kind, name)
    return folder


def signed(keys: Path, *names: str, by: str = "ed25519") -> dict[str, bytes]:
    files = {name: FILES[name] for name in names or FILES}
    return files | sign(files, read_private_key(keys / f"{by}.pem"))


def problems(files: dict[str, bytes], keys: Path, *trusted: str) -> list[tuple[str, str]]:
    return told(signature_problems(files, [keys / f"{name}.pub.pem" for name in trusted or ("ed25519",)]))


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_signature_is_of_one_key_and_of_these_bytes(kind: str, keys: Path) -> None:
    private, public = read_private_key(keys / f"{kind}.pem"), read_public_key(keys / f"{kind}.pub.pem")
    signature = private.sign(b"data")
    assert public.verifies(signature, b"data") is True
    assert public.verifies(signature, b"dat") is False
    assert public.verifies(signature[:-1] + bytes([signature[-1] ^ 1]), b"data") is False
    assert read_public_key(keys / "other.pub.pem").verifies(signature, b"data") is False
    der = load_pem_public_key((keys / f"{kind}.pub.pem").read_bytes()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    assert private.id == public.id == hashlib.sha256(der).hexdigest()
    assert "_key" not in repr(private) + repr(public)


@pytest.mark.parametrize(
    ("mode", "open_to_others"),
    [(0o600, False), (0o400, False), (0o700, False), (0o640, True), (0o620, True), (0o610, True), (0o604, True),
     (0o602, True), (0o601, True)],
    ids=oct,
)  # fmt: skip
def test_a_key_that_others_can_reach_is_noted(mode: int, open_to_others: bool, keys: Path) -> None:
    path = keys / "ed25519.pem"
    path.chmod(mode)
    note = read_private_key(path).note
    path.chmod(0o600)
    assert bool(note) is open_to_others
    assert ("chmod 600 ed25519.pem" in note) is open_to_others


@pytest.mark.parametrize(("kind", "told_as"), [("rsa", "RSA"), ("p384", "(curve secp384r1)")])
def test_a_key_of_another_type_is_told_by_its_type(kind: str, told_as: str, tmp_path: Path) -> None:
    private, public = signing_keys.write_pair(tmp_path, kind)
    for read, path in ((read_private_key, private), (read_public_key, public)):
        with pytest.raises(InputRefused, match="another type") as refused:
            read(path)
        assert told_as in refused.value.cause
        assert "(_" not in refused.value.cause


@pytest.mark.parametrize("read", [read_private_key, read_public_key])
def test_a_key_file_has_a_bound(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"A" * 65_536)
    with pytest.raises(InputRefused) as refused:
        read(path)
    assert "larger" not in refused.value.cause
    path.write_bytes(b"A" * 65_537)
    with pytest.raises(InputRefused, match="is larger than 65536 bytes"):
        read(path)


@pytest.mark.parametrize("read", [read_private_key, read_public_key])
def test_a_file_that_cannot_be_read_is_told_by_its_name(
    read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "key.pem").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    for given, place in ((Path("sub/key.pem"), "sub/key.pem"), (tmp_path / "sub" / "key.pem", "key.pem")):
        with pytest.raises(InputRefused) as refused:
            read(given)
        assert refused.value.place == place

    def refusing(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(CannotTell, match="cannot be read: Permission denied") as unread:
        read(tmp_path / "sub" / "key.pem")
    assert unread.value.place == "key.pem"
    with pytest.raises(CannotTell, match="no regular file"):
        read(tmp_path)


def test_a_public_key_does_not_sign_and_a_private_one_is_not_trusted(keys: Path) -> None:
    with pytest.raises(InputRefused, match="holds no private key"):
        read_private_key(keys / "p256.pub.pem")
    with pytest.raises(InputRefused, match="is a private key"):
        read_public_key(keys / "p256.pem")


def test_each_object_is_signed_as_what_it_is(keys: Path) -> None:
    key = read_private_key(keys / "ed25519.pem")
    made = sign({**FILES, "contract.json": b"{}"}, key)
    kinds = {name.removesuffix(".dsse.json"): json.loads(data)["payloadType"] for name, data in made.items()}
    assert kinds == KINDS_OF_PAYLOAD
    assert set(sign({SUMMARY: b"{}"}, key)) == {"verification_summary.dsse.json"}
    content = json.loads(envelope(b"x", "t", key))
    assert (content["payload"], content["payloadType"]) == ("eA==", "t")
    (signature,) = content["signatures"]
    assert signature == {"keyid": key.id, "sig": base64.b64encode(key.sign(pae("t", b"x"))).decode()}


def test_every_object_that_travels_alone_must_be_signed(keys: Path) -> None:
    assert problems(signed(keys), keys) == []
    assert problems(FILES, keys) == [("signature-missing", f"{name}.json") for name in KINDS_OF_PAYLOAD]
    assert problems({"contract.json": b"{}"}, keys) == [("signature-missing", MANIFEST)]
    assert problems(signed(keys, MANIFEST), keys) == []
    assert problems({**signed(keys, MANIFEST), SUMMARY: b"{}"}, keys) == [("signature-missing", SUMMARY)]
    without = {name: data for name, data in signed(keys, MANIFEST, SUMMARY).items() if name != SUMMARY}
    assert problems(without, keys) == [("envelope-payload-differs", "verification_summary.dsse.json")]


@pytest.mark.parametrize(
    ("by", "trusted", "code"),
    [
        ("ed25519", ["ed25519"], None),
        ("p256", ["p256"], None),
        ("p256", ["ed25519", "p256"], None),
        ("ed25519", ["ed25519", "other"], None),
        ("ed25519", ["p256"], "signature-untrusted"),
        ("other", ["ed25519", "p256"], "signature-untrusted"),
    ],
)
def test_one_trusted_key_suffices(by: str, trusted: list[str], code: str | None, keys: Path) -> None:
    found = problems(signed(keys, MANIFEST, by=by), keys, *trusted)
    assert found == ([] if code is None else [(code, "bundle_manifest.dsse.json")])


def changed(keys: Path, **other: Any) -> list[str]:
    """The codes for a manifest whose envelope has these fields in place of its own; None takes one out."""
    files = signed(keys, MANIFEST)
    content = {**json.loads(files["bundle_manifest.dsse.json"]), **other}
    kept = {key: value for key, value in content.items() if value is not None}
    files["bundle_manifest.dsse.json"] = json.dumps(kept).encode()
    return [code for code, _ in problems(files, keys)]


def test_an_envelope_of_another_form_is_told(keys: Path) -> None:
    signatures: list[Any] = [5, ["x"], [{}], [{"sig": 5}], [{"sig": "%"}], {"sig": "eA=="}]
    wrong: list[dict[str, Any]] = [
        *({name: None} for name in ("payload", "payloadType", "signatures")),
        *({"payload": value} for value in (5, "%%%", "eA", "e A==", "é")),
        *({"payloadType": value} for value in (5, ["t"], "\ud800")),
        *({"signatures": value} for value in signatures),
    ]
    for other in wrong:
        assert changed(keys, **other) == ["envelope-malformed"], other
    files = {**signed(keys, MANIFEST), "bundle_manifest.dsse.json": b"["}
    assert problems(files, keys) == [("envelope-malformed", "bundle_manifest.dsse.json")]


def test_a_signature_that_does_not_hold_is_told_by_its_key_id(keys: Path) -> None:
    own, other = (read_public_key(keys / f"{name}.pub.pem").id for name in ("ed25519", "other"))
    sig = base64.b64encode(b"\x00" * 64).decode()
    assert changed(keys, signatures=[{"keyid": own, "sig": sig}]) == ["signature-invalid"]
    assert changed(keys, signatures=[{"keyid": other, "sig": sig}]) == ["signature-untrusted"]
    assert changed(keys, signatures=[{"keyid": [own], "sig": sig}]) == ["signature-untrusted"]
    assert changed(keys, signatures=[{"sig": sig}]) == ["signature-untrusted"]
    assert changed(keys, signatures=[]) == ["signature-untrusted"]
    assert changed(keys, signatures=[{"keyid": other, "sig": sig}, {"keyid": own, "sig": sig}]) == ["signature-invalid"]
    assert changed(keys, payloadType="application/json") == ["payload-type-differs", "signature-invalid"]
    assert changed(keys, payload="eA==") == ["envelope-payload-differs", "signature-invalid"]


def test_a_good_signature_among_bad_ones_or_in_url_safe_letters_holds(keys: Path) -> None:
    key = read_private_key(keys / "ed25519.pem")
    # Bytes whose base64 has letters of both alphabets.
    payload = b"\xfb\xff\xfe{}"
    signature = key.sign(pae("application/vnd.packaging-readiness.manifest+json", payload))
    bad = {"keyid": "x", "sig": "eA=="}
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        good = {"sig": encode(signature).decode()}
        content = {
            "payload": encode(payload).decode(),
            "payloadType": "application/vnd.packaging-readiness.manifest+json",
            "signatures": [bad, good],
        }
        files = {MANIFEST: payload, "bundle_manifest.dsse.json": json.dumps(content).encode()}
        assert problems(files, keys) == []
    mixed = base64.standard_b64encode(payload).decode() + "-_=="
    assert changed(keys, payload=mixed) == ["envelope-malformed"]


def test_an_envelope_beside_what_is_never_signed_is_unexpected(keys: Path) -> None:
    files = signed(keys, MANIFEST)
    files |= {"contract.json": b"{}", "contract.dsse.json": files["bundle_manifest.dsse.json"], "z.dsse.json": b"["}
    assert problems(files, keys) == [
        ("envelope-unexpected", "contract.dsse.json"),
        ("envelope-unexpected", "z.dsse.json"),
    ]
