"""The files in an image's layers: every regular file and link target that a layer adds, to its last byte."""

import io
import tarfile
from collections.abc import Iterable
from typing import IO, BinaryIO, cast

from packaging_readiness.contract.tar import open_tar
from packaging_readiness.secrets.archives import FAILURES, ArchiveRefused
from packaging_readiness.secrets.model import ALL_LAYERS, DEFAULT_SALT, Finding, Layer, ScanError, ScanResult
from packaging_readiness.secrets.scan import name_findings, scan_result, scan_stream

MAX_FILES = 1_000_000
PREFIX = "image:/"
"""Findings in an image are named `image:/path/in/the/image`, so that nobody takes them for files of the context."""


def scan_layers(
    layers: Iterable[IO[bytes]], salt: bytes = DEFAULT_SALT, engines: Iterable[Layer] = ALL_LAYERS
) -> ScanResult:
    """Scan the files of each layer (a tar, perhaps compressed); a file that several layers write counts each time.

    A layer that cannot be read to its end, or has more than 1,000,000 entries, is an error of the result.
    """
    chosen = tuple(engines)
    findings: set[Finding] = set()
    errors: set[ScanError] = set()
    names: set[str] = set()
    files = size = 0
    for number, layer in enumerate(layers):
        try:
            with open_tar(layer, "r:*") as tape:
                for entry, info in enumerate(tape):
                    if entry >= MAX_FILES:
                        raise ArchiveRefused(f"more than {MAX_FILES} entries")
                    content = _content(tape, info)
                    if content is None:
                        continue
                    path = PREFIX + info.name.removeprefix("./").lstrip("/")
                    found, problems, read = scan_stream(content, path, salt, chosen)
                    names.add(path)
                    findings.update(found)
                    errors.update(problems)
                    files += 1
                    size += read
        except ArchiveRefused as error:
            errors.add(ScanError(f"{PREFIX}(added layer {number})", str(error)))
        except FAILURES as error:
            errors.add(ScanError(f"{PREFIX}(added layer {number})", f"cannot be read: {type(error).__name__}"))
    return scan_result(files, size, findings.union(name_findings(sorted(names), salt)), errors)


def _content(tape: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO | None:
    if info.issym():
        return io.BytesIO(info.linkname.encode("utf-8", "surrogateescape"))
    return cast(BinaryIO, tape.extractfile(info)) if info.isreg() else None
