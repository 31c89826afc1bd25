"""Run commands inside an image and yield what each really did."""

from collections.abc import Iterator, Sequence
from itertools import count
from threading import Event

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.commands import DEFAULT_LIMITS, Command, Completed, Limits, refuse_ambiguous
from packaging_readiness.image.container import Container
from packaging_readiness.image.engine import Engine


def run_commands(
    engine: Engine,
    image: str,
    commands: Sequence[Command],
    *,
    parallel: int,
    limits: Limits = DEFAULT_LIMITS,
    run_id: str,
    stop: Event | None = None,
) -> Iterator[Completed]:
    """Run `commands` in the image, at most `parallel` at a time, and yield each as it completes.

    argv is exactly what is given (an ENTRYPOINT is not applied), user, environment and working directory are
    the image's. After a command that broke its bounds no further one starts in the same container: the rest
    goes to a fresh one. CannotTell: the container does not start (the engine's own words), has no Python of
    3.6 or newer as `python`, or stops answering; commands not yielded by then have no result at all. The
    container is removed in any case, also when the iterator is closed early. Once `stop` is set (from any thread) the
    container ends at once, with CannotTell.
    """
    refuse_ambiguous(commands)
    waiting = {command.id: command for command in commands}
    for number in count(1):
        if not waiting:
            return
        before = len(waiting)
        with Container(engine, image, list(waiting.values()), parallel, limits, run_id, stop) as container:
            for completed in container.results(number):
                del waiting[completed.id]
                yield completed
        if len(waiting) == before:
            raise CannotTell(f"{engine.name} run", f"no command could be started ({container.why})")
