"""Frames between the runner and the driver: a 4-byte big-endian length and a JSON object."""

import json
import struct
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Any

from packaging_readiness.image.commands import Command, Completed

FRAME_LIMIT = 64 * 1024 * 1024


class Foreign(Exception):
    """Bytes that are no frame of ours."""


def frame(value: dict[str, Any]) -> bytes:
    """One frame."""
    data = json.dumps(value).encode("ascii")
    return struct.pack(">I", len(data)) + data


def frames(incoming: bytearray, nonce: str) -> Iterator[dict[str, Any]]:
    """Take the whole frames off the front of `incoming`. Foreign: bytes without frame, JSON or nonce."""
    while len(incoming) >= 4:
        (length,) = struct.unpack(">I", incoming[:4])
        if length > FRAME_LIMIT:
            raise Foreign
        if len(incoming) < 4 + length:
            return
        data = bytes(incoming[4 : 4 + length])
        del incoming[: 4 + length]
        try:
            record = json.loads(data)
        except ValueError as problem:
            raise Foreign from problem
        if not isinstance(record, dict) or record.get("nonce") != nonce:
            raise Foreign
        yield record


def order(command: Command) -> dict[str, Any]:
    """What the driver is told to run."""
    return {
        "id": command.id,
        "argv": command.argv,
        "timeout": command.timeout_s,
        "stdin": b2a_base64(command.stdin, newline=False).decode("ascii") if command.stdin else "",
        "files": {name: b2a_base64(data, newline=False).decode("ascii") for name, data in command.files.items()},
    }


def completed(record: dict[str, Any], command: Command, container: int) -> Completed:
    """What the driver's record says about the command."""
    return Completed(
        id=command.id,
        argv=command.argv,
        exit_code=record["exit_code"],
        signal=record["signal"],
        timed_out=record["timed_out"],
        stdout=a2b_base64(record["stdout"]),
        stdout_total=record["stdout_total"],
        stderr=a2b_base64(record["stderr"]),
        stderr_total=record["stderr_total"],
        duration_s=record["duration"],
        container=container,
    )
