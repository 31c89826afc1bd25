"""What a run of a fuzzer leaves in its folder: the input of the moment, figures, and each finding once, made small."""

import json
import mmap
import os
import re
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tools.fuzzing.bounds import CPU_S, Finding, check
from tools.fuzzing.target import MAX_BYTES, Target

CURRENT, FIGURES, FOUND = "current", "figures.json", "found"
_HEAD = 16
_SMALLER_S = 5.0
_MOST = 100
_COSTLY = ("slow", "memory")


class Keeper:
    """Hands inputs to a target one by one and keeps what they show. `folder` is emptied by nobody."""

    def __init__(self, target: Target, folder: Path, cpu_s: float = CPU_S) -> None:
        self.target = target
        self.folder = folder
        self.cpu_s = cpu_s
        self.executions = 0
        self.findings: dict[str, int] = {}
        self.begun = self._written = time.monotonic()
        (folder / FOUND).mkdir(exist_ok=True)
        descriptor = os.open(folder / CURRENT, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.ftruncate(descriptor, _HEAD + MAX_BYTES)
        self._current = mmap.mmap(descriptor, _HEAD + MAX_BYTES)
        os.close(descriptor)

    def one(self, data: bytes) -> None:
        """Check one input."""
        data = data[:MAX_BYTES]
        self.executions += 1
        # Where the process dies or never comes back, this file still has the input.
        self._current[_HEAD : _HEAD + len(data)] = data
        self._current[:_HEAD] = self.executions.to_bytes(8, "big") + len(data).to_bytes(8, "big")
        finding = check(self.target, data, self.cpu_s)
        if finding is not None:
            self._keep(finding, data)
        if finding is not None or time.monotonic() - self._written > 1:
            self.write()

    def write(self) -> None:
        """The figures so far."""
        self._written = time.monotonic()
        figures = {"executions": self.executions, "seconds": self._written - self.begun, "findings": self.findings}
        part = self.folder / (FIGURES + ".part")
        part.write_text(json.dumps(figures), encoding="utf-8")
        part.rename(self.folder / FIGURES)

    def _keep(self, finding: Finding, data: bytes) -> None:
        known = finding.key in self.findings
        if not known and len(self.findings) >= _MOST:
            return
        self.findings[finding.key] = self.findings.get(finding.key, 0) + 1
        if known:
            return
        store(self.folder / FOUND, self.target.name, finding, data)
        if not finding.key.startswith(_COSTLY):
            small = smaller(data, lambda part: _key(check(self.target, part, self.cpu_s)) == finding.key)
            store(self.folder / FOUND, self.target.name, check(self.target, small, self.cpu_s) or finding, small)


def _key(finding: Finding | None) -> str:
    return "" if finding is None else finding.key


def current(folder: Path) -> tuple[int, bytes]:
    """Number and bytes of the input that was last begun."""
    data = (folder / CURRENT).read_bytes()
    return int.from_bytes(data[:8], "big"), data[_HEAD : _HEAD + int.from_bytes(data[8:_HEAD], "big")]


def store(folder: Path, target: str, finding: Finding, data: bytes) -> Path:
    """Write a finding: its input whole, and beside it what was seen and how to see it again."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", finding.key)[:60].strip("-")
    place = folder / f"{target}-{name}-{sha256(finding.key.encode()).hexdigest()[:6]}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "input").write_bytes(data)
    command = f"python tools/fuzz.py --target {target} --reproduce {place.name}/input"
    (place / "told.txt").write_text(f"{finding.key}\n{command}\n\n{finding.text}\n", encoding="utf-8", errors="replace")
    return place


def smaller(data: bytes, still: Callable[[bytes], bool], seconds: float = _SMALLER_S) -> bytes:
    """A part of `data` for which `still` holds, as small as the time allows: chunks are left out, ever smaller ones."""
    end = time.monotonic() + seconds
    size = max(1, len(data) // 2)
    while True:
        at = 0
        while at < len(data) and time.monotonic() < end:
            shorter = data[:at] + data[at + size :]
            if still(shorter):
                data = shorter
            else:
                at += size
        if size == 1 or time.monotonic() >= end:
            return data
        size = max(1, size // 2)
