"""Envelopes: whose signature it is and of what, held against an implementation of somebody else's."""

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError
from packaging_readiness.evidence.dsse import PAYLOAD_TYPES, envelope, pae, sign, signature_problems
from packaging_readiness.evidence.keys import read_private_key, read_public_key
from packaging_readiness.evidence.problems import CODES
from packaging_readiness.evidence.verify import verify
from packaging_readiness.evidence.write import write_bundle
from selftests import signing_keys, synthetic
from selftests.main_job import command

FILES = synthetic.bundle(synthetic.good_report())
SUMMARY = "verification_summary.dsse.json"


@pytest.fixture(params=signing_keys.KINDS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    return signing_keys.write_pair(tmp_path, request.param)


def signed(private: Path) -> dict[str, bytes]:
    return FILES | sign(FILES, read_private_key(private))


def codes(files: dict[str, bytes], *trusted: Path) -> set[str]:
    found = {problem.code for problem in signature_problems(files, trusted)}
    assert found <= set(CODES)
    return found


def test_encoding_is_the_protocols() -> None:
    """The example of the DSSE protocol document."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@given(st.tuples(st.text(max_size=20), st.binary(max_size=20)), st.tuples(st.text(max_size=20), st.binary(max_size=20)))
def test_two_payloads_never_have_one_encoding(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert (pae(*one) == pae(*other)) == (one == other)


def test_signed_bundle_holds_under_the_public_key(pair: tuple[Path, Path]) -> None:
    files = signed(pair[0])
    assert {name for name in files if name not in FILES} == {
        name.removesuffix(".json") + ".dsse.json" for name in PAYLOAD_TYPES
    }
    assert codes(files, pair[1]) == set()
    assert read_private_key(pair[0]).id == read_public_key(pair[1]).id


def test_one_of_several_trusted_keys_suffices(pair: tuple[Path, Path], tmp_path: Path) -> None:
    _, other = signing_keys.write_pair(tmp_path, "ed25519", "other")
    assert codes(signed(pair[0]), other, pair[1]) == set()


def test_unsigned_bundle_lacks_every_signature(pair: tuple[Path, Path]) -> None:
    problems = signature_problems(FILES, [pair[1]])
    assert {(problem.code, problem.name) for problem in problems} == {
        ("signature-missing", name) for name in PAYLOAD_TYPES
    }


def test_another_key_is_not_trusted(pair: tuple[Path, Path], tmp_path: Path) -> None:
    _, other = signing_keys.write_pair(tmp_path, "p256", "other")
    assert codes(signed(pair[0]), other) == {"signature-untrusted"}


Envelope = dict[str, Any]


def claim_key(content: Envelope) -> None:
    content["signatures"][0]["sig"] = base64.b64encode(b"\x00" * 64).decode()


def other_subject(content: Envelope) -> None:
    statement = json.loads(base64.b64decode(content["payload"]))
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    content["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()


FORGED: dict[str, tuple[Callable[[Envelope], Any], set[str]]] = {
    "signature": (claim_key, {"signature-invalid"}),
    "payload type": (
        lambda content: content.update(payloadType="application/json"),
        {"payload-type-differs", "signature-invalid"},
    ),
    "subject": (other_subject, {"envelope-payload-differs", "signature-invalid"}),
    "no signature": (lambda content: content.update(signatures=[]), {"signature-untrusted"}),
    "no list": (lambda content: content.update(signatures=None), {"envelope-malformed"}),
    "no payload": (lambda content: content.pop("payload"), {"envelope-malformed"}),
    "payload not base64": (lambda content: content.update(payload="%%%"), {"envelope-malformed"}),
    "type is no text": (lambda content: content.update(payloadType=1), {"envelope-malformed"}),
    "signature is no mapping": (lambda content: content.update(signatures=["x"]), {"envelope-malformed"}),
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged_envelope_has_its_code(kind: str, pair: tuple[Path, Path]) -> None:
    change, expected = FORGED[kind]
    files = signed(pair[0])
    content = json.loads(files[SUMMARY])
    change(content)
    files[SUMMARY] = json.dumps(content).encode()
    problems = signature_problems(files, [pair[1]])
    assert {problem.code for problem in problems} == expected
    assert {problem.name for problem in problems} == {SUMMARY}


def test_envelope_of_another_bundle_does_not_fit(pair: tuple[Path, Path]) -> None:
    key = read_private_key(pair[0])
    other = synthetic.bundle(synthetic.fail_row(synthetic.good_report(), "m1c.push.role-permission"))
    assert codes(FILES | sign(other, key), pair[1]) == {"envelope-payload-differs"}


def test_envelope_beside_an_object_that_is_never_signed_is_unexpected(pair: tuple[Path, Path]) -> None:
    key = read_private_key(pair[0])
    files = signed(pair[0]) | {"contract.dsse.json": envelope(FILES["contract.json"], "application/json", key)}
    assert codes(files, pair[1]) == {"envelope-unexpected"}


def test_every_byte_of_an_envelope_counts(pair: tuple[Path, Path]) -> None:
    """One byte in sixteen is flipped, each alone; key ids and spare base64 bits are no part of what is signed."""
    files = signed(pair[0])
    data = files[SUMMARY]
    hint = json.loads(data)["signatures"][0]["keyid"].encode()
    unsigned = range(data.index(hint), data.index(hint) + len(hint))
    for position in range(0, len(data), 16):
        changed = bytearray(data)
        changed[position] ^= 0x01
        if position not in unsigned and bytes(changed) != data:
            found = codes({**files, SUMMARY: bytes(changed)}, pair[1])
            same = _decoded(bytes(changed)) == _decoded(data)
            assert found or same, position


def _decoded(data: bytes) -> object:
    """What an envelope says, whatever its spelling."""
    try:
        content = json.loads(data)
        payload, sig = base64.b64decode(content["payload"]), base64.b64decode(content["signatures"][0]["sig"])
        return payload, sig, content["payloadType"]
    except (ValueError, LookupError, TypeError):
        return data


def test_verify_demands_signatures_under_a_trusted_key(pair: tuple[Path, Path], tmp_path: Path) -> None:
    write_bundle(signed(pair[0]), tmp_path / "signed", "bundle")
    assert verify(tmp_path / "signed" / "bundle").problems == ()
    found = verify(tmp_path / "signed" / "bundle", trusted_keys=[pair[1]])
    assert (found.problems, found.signed) == ((), "verified")


@pytest.mark.parametrize(("signs", "code"), [(False, "signature-missing"), (True, "signature-untrusted")])
def test_verify_refuses_what_no_trusted_key_has_signed(
    signs: bool, code: str, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    other, _ = signing_keys.write_pair(tmp_path, "ed25519", "other")
    write_bundle(signed(other) if signs else FILES, tmp_path / "out", "bundle")
    found = verify(tmp_path / "out" / "bundle", trusted_keys=[pair[1]])
    assert {problem.code for problem in found.problems} == {code}
    assert (found.signed, found.coherent) == ("refused", False)
    assert found.notes == ("the signatures do not prove who wrote it, see the problems",)
    ran = command("verify", tmp_path / "out" / "bundle", "--trusted-key", pair[1])
    assert (ran.status, "the signatures do not prove who wrote it" in ran.stdout) == (1, True), ran.text


# --- key files ---


def bad_key(kind: str, folder: Path) -> Path:
    """A file that is not a key to sign with."""
    path = folder / "bad.pem"
    content: dict[str, Callable[[], bytes]] = {
        "encrypted": lambda: signing_keys.private_pem(signing_keys.make("ed25519"), b"passphrase"),
        "rsa": lambda: signing_keys.private_pem(signing_keys.make("rsa")),
        "p384": lambda: signing_keys.private_pem(signing_keys.make("p384")),
        "public": lambda: signing_keys.public_pem(signing_keys.make("ed25519")),
        "text": lambda: b"no key",
        "empty": lambda: b"",
        "broken": lambda: signing_keys.private_pem(signing_keys.make("ed25519")).replace(b"M", b"A", 4),
        "large": lambda: b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 100_000,
    }
    if kind in content:
        path.write_bytes(content[kind]())
    elif kind == "folder":
        path.mkdir()
    return path


BAD = {
    "encrypted": (InputRefused, "encrypted"),
    "rsa": (InputRefused, "another type"),
    "p384": (InputRefused, "another type"),
    "public": (InputRefused, "holds no private key"),
    "text": (InputRefused, "holds no private key"),
    "empty": (InputRefused, "holds no private key"),
    "broken": (InputRefused, "not a private key that can be read"),
    "large": (InputRefused, "larger"),
    "folder": (CannotTell, "no regular file"),
    "missing": (CannotTell, "does not exist"),
}


@pytest.mark.parametrize("kind", BAD)
def test_file_that_is_no_signing_key_is_refused_with_a_cure(kind: str, tmp_path: Path) -> None:
    error, word = BAD[kind]
    path = bad_key(kind, tmp_path)
    with pytest.raises(error, match=word) as told:
        read_private_key(path)
    assert isinstance(told.value, ReadinessError)
    assert told.value.cure
    assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize("kind", ["rsa", "p384", "text", "missing", "broken", "encrypted"])
def test_file_that_is_no_trusted_key_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ReadinessError):
        signature_problems(FILES, [bad_key(kind, tmp_path)])


@pytest.mark.parametrize(
    ("read", "cure"),
    [
        (read_private_key, "make a key: openssl genpkey -algorithm ed25519 -out key.pem"),
        (
            read_public_key,
            "write the public half of the key that signed: openssl pkey -in key.pem -pubout -out key.pub.pem",
        ),
    ],
)
def test_who_lacks_a_key_is_told_how_to_get_it(read: Callable[[Path], object], cure: str, tmp_path: Path) -> None:
    with pytest.raises(CannotTell) as told:
        read(tmp_path / "key.pem")
    assert (told.value.place, told.value.cure) == ("key.pem", cure)


def test_private_key_is_not_taken_for_a_trusted_one(pair: tuple[Path, Path]) -> None:
    with pytest.raises(InputRefused, match="is a private key"):
        read_public_key(pair[0])


def test_key_that_others_can_read_is_noted(pair: tuple[Path, Path]) -> None:
    assert read_private_key(pair[0]).note == ""
    pair[0].chmod(0o644)
    assert "chmod 600" in read_private_key(pair[0]).note


# --- commands ---


def test_bundle_command_signs_and_says_so(pair: tuple[Path, Path], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(synthetic.as_bytes(synthetic.good_report()))
    ran = command("bundle", report, "--out", tmp_path / "out", "--sign-key", pair[0])
    assert ran.status == 0, ran.text
    assert "signed by key" in ran.stdout
    assert verify(tmp_path / "out", trusted_keys=[pair[1]]).problems == ()
    ran = command("bundle", report, "--out", tmp_path / "plain")
    assert "unsigned" in ran.stdout


@pytest.mark.parametrize("kind", ["encrypted", "rsa", "missing"])
def test_bundle_command_refuses_a_bad_key_and_writes_nothing(kind: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(synthetic.as_bytes(synthetic.good_report()))
    ran = command("bundle", report, "--out", tmp_path / "out", "--sign-key", bad_key(kind, tmp_path))
    assert ran.status == 2, ran.text
    assert "Traceback" not in ran.text
    assert not (tmp_path / "out").exists()


# --- somebody else's implementation ---


@pytest.mark.parametrize("kind", signing_keys.KINDS)
def test_securesystemslib_verifies_our_envelopes(kind: str, tmp_path: Path) -> None:
    from securesystemslib.dsse import Envelope as TheirEnvelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer._key import SSlibKey

    key = signing_keys.make(kind)
    (tmp_path / "key.pem").write_bytes(signing_keys.private_pem(key))
    ours = read_private_key(tmp_path / "key.pem")
    theirs = SSlibKey.from_crypto(key.public_key(), keyid=ours.id)
    for name, data in sign(FILES, ours).items():
        content = TheirEnvelope.from_dict(json.loads(data))
        assert set(content.verify([theirs], 1)) == {ours.id}
        assert content.payload == FILES[name.removesuffix(".dsse.json") + ".json"]
        forged = copy.deepcopy(content)
        forged.payload += b" "
        with pytest.raises(VerificationError):
            forged.verify([theirs], 1)


@pytest.mark.parametrize("kind", signing_keys.KINDS)
def test_we_verify_the_envelopes_of_securesystemslib(kind: str, tmp_path: Path) -> None:
    from securesystemslib.dsse import Envelope as TheirEnvelope
    from securesystemslib.signer._crypto_signer import CryptoSigner

    key = signing_keys.make(kind)
    (tmp_path / "key.pub.pem").write_bytes(signing_keys.public_pem(key))
    files = dict(FILES)
    for name, payload_type in PAYLOAD_TYPES.items():
        theirs = TheirEnvelope(FILES[name], payload_type, {})
        theirs.sign(CryptoSigner(key))
        files[name.removesuffix(".json") + ".dsse.json"] = json.dumps(theirs.to_dict()).encode()
    assert codes(files, tmp_path / "key.pub.pem") == set()
