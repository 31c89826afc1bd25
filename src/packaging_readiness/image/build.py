"""Build the platform's Dockerfile, once for the same content."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.image.engine import Engine, ulimits
from packaging_readiness.image.facts import ImageFacts, identify, inspect
from packaging_readiness.image.locks import exclusive
from packaging_readiness.image.process import Output, run, words

NAME = "localhost/packaging-readiness"
BUILD_TIMEOUT_S = 1800.0
TAIL_LINES = 20
_HEREDOC = re.compile(r"(?mi)^[ \t]*(?:RUN|COPY|ADD)\b.*(?<!<)<<-?[\"']?[A-Za-z_]")
# An engine that cannot start any container or has no room says so in these words; the Dockerfile is not at fault.
_ENGINE = re.compile(
    rb"setrlimit|no space left on device|cannot connect to the docker daemon"
    rb"|unable to start container process: (?!exec:)|error mounting|unknown cgroup|OCI runtime error",
    re.IGNORECASE,
)
_STEP = re.compile(r"^(?:\[\S+ )?(?:STEP|Step) (\d+/\d+) ?: (\w+)|^#\d+ \[\s*(?:\S+ )?(\d+/\d+)\] (\w+)", re.MULTILINE)
_BEGUN = re.compile(rb"^(?:\[\S+ )?(?:STEP|Step) \d+/\d+ ?: .*$", re.MULTILINE)


class BuildFailed(ReadinessError):
    """The engine works, and the Dockerfile does not build: a fact about the platform, not about the machine."""


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """A built image and whether it had been built before from the same content."""

    facts: ImageFacts
    from_cache: bool


def build(
    engine: Engine,
    context_dir: Path,
    dockerfile: str,
    build_args: Mapping[str, str],
    content_key: str,
    cache_dir: Path,
    progress: Callable[[str], None],
) -> BuiltImage:
    """Build `dockerfile` (relative to `context_dir`) and return the image's facts.

    `content_key` stands for every byte of the context and the Dockerfile. Together with the Dockerfile's
    path and the build arguments it makes the tag, so that the same content is built once and several
    processes wait for the first. Nothing is pulled. BuildFailed: the Dockerfile does not build; the message
    ends with the step that failed and the last 20 lines of what the engine said since. CannotTell: the
    engine cannot be run, hangs, has no room or cannot start a container.
    """
    key = json.dumps([content_key, dockerfile, sorted(build_args.items())])
    tag = f"{NAME}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    with exclusive(cache_dir / f"build-{tag.rpartition(':')[2]}.lock", progress, "building the image"):
        from_cache = identify(engine, tag) is not None
        if not from_cache:
            _build(engine, context_dir, dockerfile, build_args, tag, progress)
        return BuiltImage(inspect(engine, tag, cache_dir), from_cache)


def _build(
    engine: Engine,
    context_dir: Path,
    dockerfile: str,
    build_args: Mapping[str, str],
    tag: str,
    progress: Callable[[str], None],
) -> None:
    source = context_dir / dockerfile
    try:
        text = source.read_text("utf-8", "replace")
    except OSError as problem:
        raise CannotTell(dockerfile, f"cannot be read: {problem.strerror}") from problem
    arguments = [part for name, value in build_args.items() for part in ("--build-arg", f"{name}={value}")]
    # `--pull=false` is docker's default and has no "never"; podman's "never" also stops short names
    pull = ["--pull=never"] if engine.name == "podman" else []
    progress("building the image")

    def report(chunk: bytes) -> None:
        for found in _STEP.finditer(chunk.decode("utf-8", "replace")):
            progress("building the image: step " + " ".join(part for part in found.groups() if part))

    where = [f"--tag={tag}", f"--file={source}", str(context_dir)]
    output = run(
        engine.command("build", *ulimits(), "--network=host", *pull, *arguments, *where),
        place=f"{engine.name} build",
        timeout_s=BUILD_TIMEOUT_S,
        stdout_limit=None,
        on_output=report,
    )
    if output.code == 0:
        return
    # An engine that was killed, or that is gone by now (then asking raises), has not judged the Dockerfile.
    if output.code < 0 or _ENGINE.search(output.stderr) or engine.attempt("--version").code != 0:
        raise engine.refusal(f"{engine.name} build", output.code, output.stderr, hide=[context_dir])
    said = _said(output, context_dir)
    cure = "mend the Dockerfile, or the files it copies"
    if _HEREDOC.search(text) and engine.name == "podman":
        cure = (
            "the Dockerfile uses heredocs, which podman before 4.9 (buildah before 1.33) cannot parse: "
            "use a newer podman, docker 23 or newer, or write the instruction without a heredoc"
        )
    raise BuildFailed(dockerfile, f"does not build with {engine.name} {engine.version}:\n{said}", cure)


def _said(output: Output, context_dir: Path) -> str:
    """The step that did not end, and the last of what was said since it began."""
    begun = list(_BEGUN.finditer(output.stdout))
    since = output.stdout[begun[-1].start() :] if begun else output.stdout
    said = words(since + b"\n" + output.stderr, lines=TAIL_LINES, hide=[context_dir])
    step = words(begun[-1][0], hide=[context_dir]) if begun else ""
    return said if said.startswith(step) else f"{step}\n...\n{said}"
