"""The scan: every listed file, to its last byte, through both layers. What cannot be read is an error."""

import gc
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import leaves, matcher
from packaging_readiness.secrets.archives import FAILURES, MAX_DEPTH, ArchiveRefused, Budget, kind_of, members
from packaging_readiness.secrets.decoding import Window, is_binary, windows
from packaging_readiness.secrets.leaves import STRUCTURE_RULES
from packaging_readiness.secrets.model import (
    ALL_LAYERS,
    DEFAULT_SALT,
    Finding,
    Layer,
    ScanError,
    ScanResult,
    fingerprint,
)
from packaging_readiness.secrets.names import words_of
from packaging_readiness.secrets.redaction import redactions
from packaging_readiness.secrets.selfcheck import ensure_rules_hold
from packaging_readiness.secrets.structure import read_structure
from packaging_readiness.secrets.values import Context

Progress = Callable[[int, int, int], None]
"""Called after each file, and in the course of big ones, with files done, files listed, bytes read."""

_CODE = words_of(
    ".py .pyi .pyx .js .mjs .cjs .jsx .ts .tsx .go .java .kt .kts .scala .groovy .c .h .cc .cpp .hpp .cs .rs .rb .php "
    ".swift .m .pl .pm .lua .r .jl .ex .exs .erl .hs .clj .dart .vue "
    ".svelte .css .scss .less .sql .proto .ipynb"
)
_PROSE = words_of(".md .rst .txt .html .htm .adoc .tex .po .pot .csv .tsv .log .patch .diff .svg .1 .3 .8")
_PROSE_NAMES = ("license", "copying", "notice", "readme", "changelog", "metadata", "record", "authors", "changes")


# More line ends than any rule looks across, so that texts do not run into each other.
_APART = b"\n" * 8


class _Hits:
    """Findings of one file: one per line and value, where a longer value swallows the parts of it."""

    def __init__(self, path: str, salt: bytes) -> None:
        self._path = path
        self._salt = salt
        self._seen: dict[int, list[tuple[bytes, Finding]]] = {}

    def add(self, line: int, rule: str, kind: str, layer: Layer, value: bytes) -> None:
        row = self._seen.setdefault(line, [])
        if any(value in known for known, _ in row):
            return
        row[:] = [(known, finding) for known, finding in row if known not in value]
        row.append((value, Finding(self._path, line, rule, kind, layer, fingerprint(value, self._salt))))

    def findings(self) -> list[Finding]:
        return sorted(finding for row in self._seen.values() for _, finding in row)


def context_of(path: str) -> Context:
    """How bare values are read in a file of this name: configuration, program code or prose."""
    name = PurePosixPath(path.rpartition("!")[2]).name.lower()
    suffix = PurePosixPath(name).suffix
    if suffix in _CODE:
        return "code"
    if suffix in _PROSE or name.startswith(_PROSE_NAMES):
        return "prose"
    return "config"


def scan_bytes(
    data: bytes, path: str, salt: bytes = DEFAULT_SALT, layers: Iterable[Layer] = ALL_LAYERS
) -> list[Finding]:
    """Findings in `data`, read as a file named `path`; archives are opened.

    Raises CannotTell when an engine fails or an archive in `data` is refused.
    """
    findings, errors, _ = scan_stream(io.BytesIO(data), path, salt, layers)
    if errors:
        raise CannotTell(errors[0].path, errors[0].cause, "remove or unpack what cannot be read")
    return findings


def scan_files(
    root: Path,
    relative_paths: Iterable[str],
    salt: bytes = DEFAULT_SALT,
    progress: Progress | None = None,
    layers: Iterable[Layer] = ALL_LAYERS,
) -> ScanResult:
    """Scan each of `relative_paths` (POSIX, relative to `root`). No file in the tree can turn anything off.

    A file that is missing, unreadable or not regular, and an archive that is refused, becomes an entry of `errors`.
    A symbolic link is not followed: the text of its target is what an image would hold. Raises CannotTell when an
    engine is missing or fails.
    """
    listed = sorted(set(relative_paths))
    chosen = tuple(layers)
    findings: list[Finding] = []
    errors: list[ScanError] = []
    scanned = size = 0
    for path in listed:
        try:
            with _open(root, path) as stream:
                seen = partial(_so_far, progress, scanned, len(listed), size) if progress is not None else None
                found, problems, read = scan_stream(stream, path, salt, chosen, seen)
            findings += found
            errors += problems
            size += read
        except OSError as error:
            errors.append(ScanError(path, f"cannot be read: {error.strerror or type(error).__name__}"))
        except ValueError as error:
            errors.append(ScanError(path, str(error)))
        scanned += 1
        if progress is not None:
            progress(scanned, len(listed), size)
    if scanned != len(listed):
        raise CannotTell("secret scan", f"{scanned} of {len(listed)} listed files were scanned", "scan again")
    return scan_result(scanned, size, [*findings, *name_findings(listed, salt)], errors)


def _so_far(progress: Progress, done: int, listed: int, size: int, read: int) -> None:
    progress(done, listed, size + read)


def scan_result(files: int, size: int, findings: Iterable[Finding], errors: Iterable[ScanError]) -> ScanResult:
    """What was found, in order, each once; a secret in a path is redacted wherever the path is named."""
    found, unread = set(findings), set(errors)
    shown = redactions({finding.path for finding in found} | {error.path for error in unread})
    if shown:
        found = {replace(finding, path=shown.get(finding.path, finding.path)) for finding in found}
        unread = {replace(error, path=shown.get(error.path, error.path)) for error in unread}
    return ScanResult(files, size, tuple(sorted(found)), tuple(sorted(unread)))


def name_findings(names: Iterable[str], salt: bytes, before: str = "") -> list[Finding]:
    """Secrets that stand in the names of files: at most one per name, at line 0. Paths are `before` and the name."""
    found = []
    for name in redactions(names):
        hit = min(matcher.find(name.encode("utf-8", "replace"), "config"), key=lambda hit: (hit.start, -hit.end))
        found.append(Finding(before + name, 0, hit.rule, hit.kind, "policy", fingerprint(hit.value, salt)))
    return found


def _open(root: Path, path: str) -> BinaryIO:
    full = root / path
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError("lies outside the scanned root")
    mode = full.lstat().st_mode
    if stat.S_ISLNK(mode):
        return io.BytesIO(os.readlink(os.fsencode(full)))  # noqa: PTH115 - pathlib would fold "//"
    if not stat.S_ISREG(mode):
        raise ValueError("is neither a file nor a link")
    return os.fdopen(os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def scan_stream(
    stream: BinaryIO,
    path: str,
    salt: bytes = DEFAULT_SALT,
    layers: Iterable[Layer] = ALL_LAYERS,
    seen: Callable[[int], None] | None = None,
) -> tuple[list[Finding], list[ScanError], int]:
    """Findings, errors and bytes read of one seekable stream, archive members included; `seen` is told on the way."""
    ensure_rules_hold()
    return _scan(stream, path, salt, tuple(layers), Budget(), 0, seen)


def _scan(
    stream: BinaryIO,
    path: str,
    salt: bytes,
    layers: tuple[Layer, ...],
    budget: Budget,
    depth: int,
    seen: Callable[[int], None] | None = None,
) -> tuple[list[Finding], list[ScanError], int]:
    findings: list[Finding] = []
    errors: list[ScanError] = []
    head = stream.read(512)
    try:
        kind = kind_of(stream, head)
        if kind is not None and depth >= MAX_DEPTH:
            raise ArchiveRefused(f"archives nested deeper than {MAX_DEPTH}")
        if kind is not None:
            names = []
            for name, content in members(stream, kind, budget):
                names.append(name)
                found, problems, _ = _scan(_seekable(content), f"{path}!{name}", salt, layers, budget, depth + 1)
                findings += found
                errors += problems
            findings += name_findings(names, salt, f"{path}!")
    except ArchiveRefused as error:
        errors.append(ScanError(path, str(error)))
    except FAILURES as error:
        errors.append(ScanError(path, f"archive cannot be read: {type(error).__name__}"))
    stream.seek(0)
    hits = _Hits(path, salt)
    for window in windows(stream):
        _scan_window(window, path, layers, hits)
        if seen is not None and not window.whole:
            seen(stream.tell())
    # A tape stores its members as they are: what was found inside them is not counted again.
    counted = {finding.fingerprint for finding in findings}
    findings += [finding for finding in hits.findings() if finding.fingerprint not in counted]
    return findings, errors, stream.tell()


def _seekable(content: BinaryIO) -> BinaryIO:
    # Kept in memory: a temporary file would leave a secret on the disk.
    return io.BytesIO(b"".join(iter(lambda: content.read(1 << 20), b"")))


def _scan_window(window: Window, path: str, layers: tuple[Layer, ...], hits: _Hits) -> None:
    data = window.data
    binary = is_binary(data)
    if "policy" in layers:
        context = context_of(path)
        if window.whole and not binary:
            for rule, kind, line, value in _structured(path, data.replace(b"\0", b" ")):
                hits.add(line, rule, kind, "policy", value)
        # NUL parts texts, as in a dump of an environment; every position stays where it was.
        parted = data if binary else data.replace(b"\0", b"\n")
        for hit in matcher.find(parted, context, binary=binary):
            if window.first <= hit.start < window.last:
                hits.add(window.line + data.count(b"\n", 0, hit.start), hit.rule, hit.kind, "policy", hit.value)
    if "breadth" in layers:
        from packaging_readiness.secrets import breadth

        for hit in breadth.find(data):
            if window.first <= hit.start < window.last:
                hits.add(window.line + data.count(b"\n", 0, hit.start), hit.rule, hit.kind, "breadth", hit.value)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Trees hold no cycles: looking for some again and again while one grows takes as long as growing it."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _structured(path: str, data: bytes) -> Iterator[tuple[str, str, int, bytes]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    name = path.rpartition("!")[2]
    for leaf in leaves.named_by_file(name, text):
        yield leaf.rule, STRUCTURE_RULES[leaf.rule], leaf.line, leaf.value.encode("utf-8", "replace")
    if not matcher.announces(data):
        return
    with _without_collector():
        trees = [(root, list(leaves.find_leaves(root))) for root in read_structure(name, text)]
    for root, found in trees:
        for leaf in found:
            value = leaf.value.strip().encode("utf-8", "replace")
            yield leaf.rule, STRUCTURE_RULES[leaf.rule], leaf.line or _line_of(data, value), value
        if b"\\" not in data:
            continue
        # Escapes of the format hide a text from the rules that read the file as it stands.
        inner = _APART.join(text.encode("utf-8", "replace") for text in leaves.texts(root))
        for hit in matcher.find(inner, "code", encoded=False):
            yield hit.rule, hit.kind, _line_of(data, hit.value), hit.value


def _line_of(data: bytes, value: bytes) -> int:
    """The first line that holds `value`, or the longest of its words when escapes split it; else 1."""
    for part in (value, *sorted(value.replace(b'"', b" ").replace(b"\\", b" ").split(), key=len, reverse=True)[:1]):
        position = data.find(part) if part else -1
        if position >= 0:
            return data.count(b"\n", 0, position) + 1
    return 1
