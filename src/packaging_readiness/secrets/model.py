"""What a scan returns: where a secret was seen and of which kind, never the secret itself."""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from typing import Any, Literal

Layer = Literal["policy", "breadth"]
ALL_LAYERS: tuple[Layer, ...] = ("policy", "breadth")
POLICY_ONLY: tuple[Layer, ...] = ("policy",)

DEFAULT_SALT = b"packaging-readiness/secret-fingerprint/v1"
FINGERPRINT_HEX_DIGITS = 16


def fingerprint(value: bytes, salt: bytes) -> str:
    """HMAC-SHA256 of `value` keyed by `salt`, cut to 16 hex digits: tells two secrets apart, reveals neither."""
    return hmac.new(salt, value, hashlib.sha256).hexdigest()[:FINGERPRINT_HEX_DIGITS]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One secret at one place.

    `path` is relative to the scanned root ("archive.zip!member" inside an archive), `line` counts from 1 (0: the
    secret stands in the path itself, which is redacted), `rule` and `kind` name the rule of the pack (or of the
    breadth engine), `layer` the engine that saw it.
    """

    path: str
    line: int
    rule: str
    kind: str
    layer: Layer
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.label}"

    @property
    def label(self) -> str:
        """Rule, kind, layer and fingerprint: how every command and check names the finding."""
        return f"{self.rule} ({self.kind}, {self.layer}, {self.fingerprint})"

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, order=True)
class ScanError:
    """A file (or archive member) that could not be read to its last byte, and why."""

    path: str
    cause: str

    def to_dict(self) -> dict[str, str]:
        """The error as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """A finished scan. `scanned_files` counts every listed file, those with an error too; `bytes` what was read."""

    scanned_files: int
    bytes: int
    findings: tuple[Finding, ...]
    errors: tuple[ScanError, ...]

    def to_dict(self) -> dict[str, Any]:
        """The object that `scan-secrets --json` prints."""
        return {
            "scanned_files": self.scanned_files,
            "bytes": self.bytes,
            "findings": [finding.to_dict() for finding in self.findings],
            "errors": [error.to_dict() for error in self.errors],
        }
