"""Changes to an input: of its bytes, its lines and the words of its grammar.

Every choice comes from one source of randomness, so that the same source gives the same input.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

from tools.fuzzing.target import MAX_BYTES

NUMBERS = (b"0", b"-1", b"1" + b"0" * 400, b"9" * 5000, b"1e999", b"NaN", b"18446744073709551616", b"0x7fffffff")
STRANGE = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "\u2028".encode(), "\u202e".encode(), b"\r", b"\x85"),
    *(b"\x1b[31m", "\u0130".encode(), "\U0010ffff".encode(), b"\xc3", b"\x7f", b"\t", b"../", b"/etc/passwd"),
    *(b"%s%n", b"\\", b'"', b"'", "\u00b2".encode(), b"\n", b" "),
)
REPEATS = (2, 3, 10, 70, 300, 1100, 5000, 30_000)
_SELDOM = 0.06  # a long repetition, which takes as long as hundreds of other inputs
_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[\w.-]+")


class Mutator:
    """One to six changes to a text. `words` are those of its grammar; lines of the seeds are moved in whole."""

    def __init__(self, words: Sequence[bytes], seeds: Callable[[], Sequence[bytes]]) -> None:
        self.words = tuple(words)
        self.seeds = seeds
        self._others: Sequence[bytes] = ()

    def __call__(self, data: bytes, random: Random) -> bytes:
        changed = bytearray(data[:MAX_BYTES])
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            change = random.choice(self._changes)
            change(self, changed, random)
            del changed[MAX_BYTES:]
        return bytes(changed)

    def _line_dropped(self, data: bytearray, random: Random) -> None:
        start, end = _line(data, random)
        del data[start:end]

    def _line_doubled(self, data: bytearray, random: Random) -> None:
        start, end = _line(data, random)
        data[end:end] = data[start:end]

    def _lines_swapped(self, data: bytearray, random: Random) -> None:
        start, end = _line(data, random)
        line = data[start:end]
        del data[start:end]
        at = _line(data, random)[0]
        data[at:at] = line

    def _line_moved_in(self, data: bytearray, random: Random) -> None:
        if not self._others:
            self._others = self.seeds()
        other = random.choice(self._others).split(b"\n")
        at, first = _line(data, random)[0], random.randrange(len(other))
        data[at:at] = b"\n".join(other[first : first + random.randint(1, 6)]) + b"\n"

    def _word_moved_in(self, data: bytearray, random: Random) -> None:
        at = random.randint(0, len(data))
        data[at:at] = random.choice(self.words or STRANGE)

    def _word_replaced(self, data: bytearray, random: Random) -> None:
        found = _WORD.search(data, random.randint(0, len(data)))
        if found is not None:
            data[found.start() : found.end()] = random.choice(self.words or STRANGE)

    def _number_replaced(self, data: bytearray, random: Random) -> None:
        found = _NUMBER.search(data, random.randint(0, len(data)))
        if found is not None:
            data[found.start() : found.end()] = random.choice(NUMBERS)

    def _repeated(self, data: bytearray, random: Random) -> None:
        at, times = random.randint(0, len(data)), _times(random)
        part = random.choice(self.words or STRANGE) if random.random() < 0.5 else bytes(data[at : at + 8])
        data[at:at] = (part * times)[:MAX_BYTES]

    def _byte_flipped(self, data: bytearray, random: Random) -> None:
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)

    def _bytes_dropped(self, data: bytearray, random: Random) -> None:
        at = random.randint(0, len(data))
        del data[at : at + random.choice((1, 2, 8, 64, 1024))]

    def _strange(self, data: bytearray, random: Random) -> None:
        at = random.randint(0, len(data))
        data[at:at] = random.choice(STRANGE)

    def _chunk_moved(self, data: bytearray, random: Random) -> None:
        at, to = random.randint(0, len(data)), random.randint(0, len(data))
        data[to:to] = data[at : at + random.choice((4, 32, 256))]

    _changes = (
        *(_line_dropped, _line_doubled, _lines_swapped, _line_moved_in, _line_moved_in, _word_moved_in),
        *(_word_moved_in, _word_replaced, _word_replaced, _number_replaced, _repeated, _byte_flipped),
        *(_bytes_dropped, _strange, _chunk_moved),
    )


def _times(random: Random) -> int:
    return random.choice(REPEATS[4:] if random.random() < _SELDOM else REPEATS[:4])


def _line(data: bytearray, random: Random) -> tuple[int, int]:
    """Where some line begins, and where the next one does."""
    start = data.rfind(b"\n", 0, random.randint(0, len(data))) + 1
    end = data.find(b"\n", start) + 1
    return start, end or len(data)
