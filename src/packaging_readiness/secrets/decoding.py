"""How bytes become the UTF-8 that the rules read, window by window, in bounded memory."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

WINDOW = 8 << 20
OVERLAP = 128 << 10
_PROBE = 64 << 10
_STRAY = 4
_PLAIN = bytes([7, 8, 9, 10, 12, 13, 27]) + bytes(range(32, 127)) + bytes(range(128, 256))


class Window(NamedTuple):
    """A stretch of a file. Matches count when they begin in [first, last): neighbouring windows overlap."""

    data: bytes
    line: int
    first: int
    last: int
    whole: bool


def encoding_of(head: bytes) -> str:
    """UTF-16 and UTF-32 by byte order mark, UTF-16 also by where its zero bytes stand; else "bytes" (as they are)."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    even, odd = head[0::2], head[1::2]
    if len(odd) >= 4:
        zeros_even, zeros_odd = even.count(0) / len(even), odd.count(0) / len(odd)
        if zeros_odd > 0.4 and zeros_even < 0.05:
            return "utf-16-le"
        if zeros_even > 0.4 and zeros_odd < 0.05:
            return "utf-16-be"
    return "bytes"


def is_binary(data: bytes) -> bool:
    """More than one control character in fifty, in the first 64 KiB; NUL does not count among what is UTF-8.

    A few stray ones never make a short text binary: one byte must not hide what stands beside it.
    """
    probe = data[:_PROBE]
    strange = probe.translate(None, _PLAIN)
    few = max(len(probe) // 50, _STRAY)
    return len(strange) > few and (len(strange) - strange.count(0) > few or not _is_utf8(probe))


def _is_utf8(probe: bytes) -> bool:
    try:
        # Not final: the probe may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(probe)
    except UnicodeDecodeError:
        return False
    return True


def windows(stream: BinaryIO, window: int = WINDOW, overlap: int = OVERLAP) -> Iterator[Window]:
    """The whole stream, to its last byte, as overlapping windows of UTF-8 (or bytes as they are)."""
    chunk = stream.read(window)
    name = encoding_of(chunk[:_PROBE])
    # An odd byte or a lone surrogate must not hide the rest: it is replaced, everything else is read.
    decoder = None if name == "bytes" else codecs.getincrementaldecoder(name)("replace")
    tail, line, first = b"", 1, True
    while True:
        following = stream.read(window)
        if decoder is not None:
            chunk = decoder.decode(chunk, final=not following).encode("utf-8", "replace")
        data = tail + chunk
        low = 0 if first else len(tail) // 2
        # The last half of the overlap belongs to the next window, which sees what comes before and after it.
        tail = data[-overlap:]
        high = len(data) - len(tail) + len(tail) // 2 if following else len(data) + 1
        yield Window(data, line, low, high, first and not following)
        if not following:
            return
        line += data.count(b"\n", 0, len(data) - len(tail))
        chunk, first = following, False
