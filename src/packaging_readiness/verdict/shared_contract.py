"""One contract for many reports: each report of a run carries it whole, and it need be read and kept only once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.canonical import read_json, sha256

_KEY = b'"contract": '


@dataclass(slots=True)
class SharedContract:
    """The contract of the reports read so far, and its bytes as pytest writes them.

    A report that holds these very bytes is read without them. Any other is read whole, and what it carries is the
    shared contract from then on.
    """

    value: Mapping[str, Any] | None = None
    text: bytes = b""

    def read(self, data: bytes, shown: str, below: str) -> tuple[Any, str]:
        """The JSON value of the report in `data`, whose contract stands below the key `below`, and the digest of
        `data`. Raises InputRefused.
        """
        digest = sha256(data)
        start = data.find(_KEY) + len(_KEY)
        if self.text and data.startswith(self.text, start):
            # No file can hold its own digest, so that it can stand for the contract in one place only.
            content = read_json(data[:start] + f'"{digest}"'.encode() + data[start + len(self.text) :], shown)
            header = content.get(below) if isinstance(content, dict) else None
            if isinstance(header, dict) and header.get("contract") == digest:
                header["contract"] = self.value
                return content, digest
        content = read_json(data, shown)
        self._keep(content.get(below) if isinstance(content, dict) else None)
        return content, digest

    def _keep(self, header: Any) -> None:
        carried = header.get("contract") if isinstance(header, dict) else None
        if not isinstance(carried, dict):
            return
        text = json.dumps(carried).encode()  # equal values need not be the same JSON: true is not 1
        if text == self.text:
            header["contract"] = self.value
        else:
            self.value, self.text = carried, text
