"""One fuzzer in a process of its own, so that a death or a hang of the process is a finding, too.

`worker.py explore NAME ENGINE SECONDS SEED FOLDER` lets an engine make inputs: atheris, which looks for inputs that
reach new code, or hypothesis. `worker.py once NAME FILE FOLDER` checks one input and exits 1 when it is a finding.
"""

import importlib
import pkgutil
import resource
import sys
import time
import warnings
from contextlib import AbstractContextManager, suppress
from os import chdir
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tools.fuzzing.bounds import CPU_S, check  # noqa: E402
from tools.fuzzing.keeping import Keeper  # noqa: E402
from tools.fuzzing.target import MAX_BYTES, Target  # noqa: E402
from tools.fuzzing.targets import TARGETS  # noqa: E402

_ADDRESS_SPACE = 4 << 30
# Code that reports what it reaches takes up to three times as long.
_INSTRUMENTED = 3
_PROGRAM = "packaging_readiness.image.driver"  # is sent into containers, and runs when it is loaded
_FOREIGN = ("e2b_dockerfile_utils", "dockerfile_parse")


def explore_by_hypothesis(target: Target, keeper: Keeper, seconds: float, seed: int) -> None:
    """Changed seeds, every choice drawn by hypothesis, until the time is over."""
    import hypothesis
    from hypothesis import strategies as st

    class Over(BaseException):
        pass

    seeds = target.seeds()
    end = time.monotonic() + seconds
    for data in seeds:
        keeper.one(data)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=1 << 30,
        deadline=None,
        database=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=tuple(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.sampled_from(seeds), st.integers(1, 4), st.randoms(use_true_random=False))
    def one(data: bytes, times: int, random: Random) -> None:
        if time.monotonic() > end:
            raise Over
        for _ in range(times):
            data = target.mutate(data, random)
        keeper.one(data)

    with suppress(Over):
        one()


def explore_by_atheris(target: Target, keeper: Keeper, seconds: float, seed: int, corpus: Path) -> None:
    """Inputs that reach new code are kept and changed further, by the target's own mutator or by libFuzzer's."""
    atheris: Any = importlib.import_module("atheris")

    corpus.mkdir()
    for number, data in enumerate(target.seeds()):
        (corpus / f"seed-{number:04}").write_bytes(data)

    def changed(data: bytes, max_size: int, choice: int) -> bytes:
        random = Random(choice)
        if random.random() < 0.25:
            return bytes(atheris.Mutate(data, max_size))
        return target.mutate(data, random)[:max_size]

    options = [
        f"-max_total_time={max(1, round(seconds))}",
        f"-seed={seed % (1 << 31) or 1}",
        f"-max_len={MAX_BYTES}",
        *("-rss_limit_mb=0", "-timeout=3600", "-len_control=0", f"-artifact_prefix={corpus.parent}/"),
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], keeper.one, custom_mutator=changed)
    atheris.Fuzz()


def _instrumented(importing: AbstractContextManager[Any]) -> None:
    """Load every module of the suite: what is loaded later would not report what it reaches."""
    import packaging_readiness

    with importing:
        for name in _FOREIGN:
            importlib.import_module(name)
        for module in pkgutil.walk_packages(packaging_readiness.__path__, "packaging_readiness."):
            if module.name != _PROGRAM:
                importlib.import_module(module.name)


def _warm(target: Target) -> None:
    """What is loaded and compiled once is not the first input's to pay for."""
    for data in target.seeds()[:3]:
        check(target, data, cpu_s=60)


def main() -> int:
    """Do what the command line says."""
    kind, name, *rest = sys.argv[1:]
    target, folder = TARGETS[name], Path(rest[-1]).resolve()
    with suppress(ValueError):  # where the system knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    (folder / "home").mkdir(exist_ok=True)
    if kind == "once":
        data = Path(rest[0]).read_bytes()
        chdir(folder / "home")
        warnings.simplefilter("error")
        _warm(target)
        finding = check(target, data)
        print(f"{finding.key}\n{finding.text}" if finding else f"{name}: no finding: read or refused within its bounds")
        return 1 if finding else 0
    engine, seconds, seed = rest[0], float(rest[1]), int(rest[2])
    if engine == "atheris":
        atheris: Any = importlib.import_module("atheris")
        _instrumented(
            atheris.instrument_imports(include=["packaging_readiness", *_FOREIGN], enable_loader_override=False)
        )
    chdir(folder / "home")
    warnings.simplefilter("error")
    _warm(target)
    keeper = Keeper(target, folder, CPU_S * _INSTRUMENTED if engine == "atheris" else CPU_S)
    if engine == "atheris":
        explore_by_atheris(target, keeper, seconds, seed, folder / "corpus")
    else:
        explore_by_hypothesis(target, keeper, seconds, seed)
    keeper.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
