"""The rerun rule: nobody fails because of a neighbour."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event

from packaging_readiness.image.commands import DEFAULT_LIMITS, Command, Completed, Limits
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.runner import run_commands


@dataclass(frozen=True, slots=True)
class Settled:
    """The result that counts, and the first one where the command was run again alone."""

    result: Completed
    first: Completed | None = None


def run_settled(
    engine: Engine,
    image: str,
    commands: Sequence[Command],
    *,
    passed: Callable[[Completed], bool],
    parallel: int,
    limits: Limits = DEFAULT_LIMITS,
    run_id: str,
    stop: Event | None = None,
) -> Iterator[Settled]:
    """Run `commands` as `run_commands` does, and run again, each alone in a fresh container, those that did
    not pass in a container where any command broke its bounds (a victim of `kill(-1)` looks like a culprit).

    Passed commands are yielded as they complete, the others when all have. CannotTell: as
    `run_commands`.
    """
    by_id = {command.id: command for command in commands}
    shared: Counter[int] = Counter()
    spoiled: set[int] = set()
    failed: list[Completed] = []

    def disputed(completed: Completed) -> bool:
        return completed.container in spoiled and shared[completed.container] > 1

    for completed in run_commands(engine, image, commands, parallel=parallel, limits=limits, run_id=run_id, stop=stop):
        shared[completed.container] += 1
        if completed.broke_bounds:
            spoiled.add(completed.container)
        if passed(completed):
            yield Settled(completed)
        else:
            failed.append(completed)
        if shared.total() == len(commands):  # nobody is left to break a bound: no need to wait for the container's end
            yield from (Settled(first) for first in failed if not disputed(first))
    for first in filter(disputed, failed):
        alone = [by_id[first.id]]
        for again in run_commands(engine, image, alone, parallel=1, limits=limits, run_id=run_id, stop=stop):
            yield Settled(again, first)
