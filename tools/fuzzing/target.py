"""What a fuzzer is: seeds, words of the grammar, a way to change an input, and the readers that it is handed to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from packaging_readiness.contract.errors import ReadinessError

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_BYTES = 64 * 1024
T = TypeVar("T")

told: list[str] = []
"""What the readers said of the present input: the messages of everything that they refused."""


@dataclass(frozen=True, slots=True)
class Target:
    """One fuzzer. `run` hands an input to the readers and lets out whatever is no refusal; it works in the current
    directory, which is a folder of its own. `mutate` gives a changed input of at most 64 KiB. `readers` are the
    functions of the suite that every input must reach (module:name), for the proof that a fault in them is found.
    """

    name: str
    reads: str
    seeds: Callable[[], Sequence[bytes]]
    run: Callable[[bytes], None]
    mutate: Callable[[bytes, Random], bytes]
    readers: tuple[str, ...]


def either(name: str, reads: str, one: Target, other: Target, is_one: Callable[[bytes], bool]) -> Target:
    """Two targets in one: an input goes to the one whose form it has."""

    def of(data: bytes) -> Target:
        return one if is_one(data) else other

    return Target(
        name=name,
        reads=reads,
        seeds=lambda: [*one.seeds(), *other.seeds()],
        run=lambda data: of(data).run(data),
        mutate=lambda data, random: of(data).mutate(data, random),
        readers=(*one.readers, *other.readers),
    )


def attempt(reader: Callable[..., T], *arguments: object) -> T | None:
    """What the reader gives, None where it refuses; any other exception is a finding and passes."""
    try:
        return reader(*arguments)
    except ReadinessError as error:
        told.append(str(error))
        return None


def texts(*names: str) -> list[bytes]:
    """Files of the project as seeds, cut at the largest size of an input."""
    return [(ROOT / name).read_bytes()[:MAX_BYTES] for name in names]
