"""Keys that sign and verify evidence: Ed25519 or ECDSA P-256, from PEM files. Nothing else, and never a passphrase."""

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import CannotTell, InputRefused

_SIZE_LIMIT = 64 * 1024
_MAKE = "openssl genpkey -algorithm ed25519 -out key.pem"
_PUBLISH = "openssl pkey -in key.pem -pubout -out key.pub.pem"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs. `id` is the sha256 of its public part (DER, SubjectPublicKeyInfo) in hexadecimal digits; `note`
    says what is unsafe about its file, or is empty.
    """

    id: str
    note: str
    _key: Any = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`: 64 bytes for Ed25519, DER for ECDSA (over SHA-256)."""
        signature: bytes = self._key.sign(data, *_hashed(self._key))
        return signature


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies; `id` as in `PrivateKey`."""

    id: str
    _key: Any = field(repr=False)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's signature of `data`."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, data, *_hashed(self._key))
        except InvalidSignature:
            return False
        return True


def read_private_key(path: Path) -> PrivateKey:
    """The private key in a PEM file.

    Raises CannotTell when it cannot be read, InputRefused for an encrypted key, a key of another type, or no key.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data, shown = _read(path, f"make a key: {_MAKE}"), _shown(path)
    if b"PRIVATE KEY" not in data:
        raise InputRefused(shown, "holds no private key in PEM form", f"make one: {_MAKE}")
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        cure = "hand in an unencrypted key from your secret store, readable by you alone"
        raise InputRefused(shown, "is encrypted, and this program never asks for a passphrase", cure) from None
    except Exception as error:  # the library raises many kinds for malformed keys, and the message could quote the key
        raise InputRefused(shown, f"is not a private key that can be read ({type(error).__name__})", _MAKE) from None
    _refuse_type(key, shown)
    public = key.public_key()
    open_to_others = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    note = f"{shown} can be read by others than its owner: chmod 600 {shown}" if open_to_others else ""
    return PrivateKey(_id(public), note, key)


def read_public_key(path: Path) -> PublicKey:
    """The public key in a PEM file. Raises CannotTell and InputRefused as `read_private_key` does."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data, shown = _read(path, f"write the public half of the key that signed: {_PUBLISH}"), _shown(path)
    if b"PRIVATE KEY" in data:
        raise InputRefused(shown, "is a private key; whoever verifies has the public one", _PUBLISH)
    try:
        key = load_pem_public_key(data)
    except Exception as error:
        raise InputRefused(shown, f"is not a public key in PEM form ({type(error).__name__})", _PUBLISH) from None
    _refuse_type(key, shown)
    return PublicKey(_id(key), key)


def _read(path: Path, cure: str) -> bytes:
    try:
        if not path.is_file():
            raise CannotTell(_shown(path), "is no regular file, or does not exist", cure)
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise CannotTell(_shown(path), f"cannot be read: {error.strerror}", "make it readable for you") from None
    if len(data) > _SIZE_LIMIT:
        raise InputRefused(_shown(path), f"is larger than {_SIZE_LIMIT} bytes: no key", cure)
    return data


def _shown(path: Path) -> str:
    return path.name if path.is_absolute() else str(path)


def _refuse_type(key: Any, shown: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return
    curve = isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and key.curve.name
    if curve != "secp256r1":
        kind = f"curve {curve}" if curve else type(key).__name__.lstrip("_")
        raise InputRefused(shown, f"is of another type ({kind}) than Ed25519 or ECDSA P-256", _MAKE)


def _hashed(key: Any) -> tuple[Any, ...]:
    """What ECDSA is told beside the data; Ed25519 hashes by itself."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    elliptic = isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey)
    return (ec.ECDSA(hashes.SHA256()),) if elliptic else ()


def _id(public: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
