"""A Dockerfile, as the builder, a second reader and the checks read it; and what its COPY instructions take."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import MAX_BYTES, ROOT, Target, attempt, texts

_WORDS = b"""FROM COPY ADD RUN ARG ENV LABEL USER WORKDIR ONBUILD HEALTHCHECK SHELL VOLUME EXPOSE CMD ENTRYPOINT
STOPSIGNAL MAINTAINER AS scratch --from=0 --from=a --chown=1 --link --parents --exclude=*
--mount=type=bind,target=/x --mount=type=bind,source=d,target=/x --mount=type=cache,target=/c --checksum=sha256:0
<<EOF <<-"E" EOF $A ${A} ${A:-b} ${A:+${B}} ${A#a*} ${A/b/c} ${A%%*} \\ ` ["a","b"] ["a"] # #escape=` #syntax=x .
.. / ./ /./ * ** [a-z] ? a/../../b d/* https://x/y git@x:y.git @sha256: --interval=1s CMD-SHELL NONE
--platform=$TARGETPLATFORM up outside loop"""
_MADE = ("a", "b.txt", "d/e/f", "d/g", ".hidden", "src/x.py")


def _seeds() -> list[bytes]:
    parsed = json.loads((ROOT / "selftests/data/buildkit_parse_cases.json").read_text("utf-8"))["cases"]
    copies = json.loads((ROOT / "selftests/data/buildkit_copy_cases.json").read_text("utf-8"))["cases"]
    stages = b"FROM scratch AS a\nCOPY d /d\nFROM a\nARG A=d/e\nCOPY --from=0 /d /x\nCOPY $A ./y\nADD a b.txt up /z/\n"
    found = [base64.b64decode(case["dockerfile_b64"])[:MAX_BYTES] for case in parsed]
    found += [case["dockerfile"].encode() for case in copies]
    return [*texts("fixtures/reference_platform/Dockerfile"), stages, *found]


def _context() -> None:
    """A small tree beside the input: files, folders, an archive, links that stay, that leave and that loop."""
    if Path("context").exists():
        return
    import tarfile

    for name in _MADE:
        path = Path("context") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    with tarfile.open("context/t.tar", "w") as tape:
        tape.add("context/a", "../a")
    for name, leads in {"up": "..", "outside": "/etc/passwd", "loop": "loop", "in": "d/e"}.items():
        (Path("context") / name).symlink_to(leads)


def _run(data: bytes) -> None:
    from packaging_readiness.checkout.broad import broad_ingestions
    from packaging_readiness.checkout.build_images import build_images
    from packaging_readiness.checkout.context import load_dockerfile, resolve_context
    from packaging_readiness.checkout.copies import resolve_copies, view
    from packaging_readiness.checkout.dockerfile import as_json
    from packaging_readiness.checkout.dockerfile_second import second_opinion
    from packaging_readiness.checkout.stages import resolve_stages
    from packaging_readiness.plugin import dockerfile_secrets

    _context()
    Path("Dockerfile").write_bytes(data)
    dockerfile = attempt(load_dockerfile, Path("Dockerfile"), "Dockerfile")
    if dockerfile is None:
        return
    json.dumps(as_json(dockerfile)).encode()
    attempt(second_opinion, dockerfile)
    attempt(dockerfile_secrets.credential_names, dockerfile, ["/a/b"])
    attempt(dockerfile_secrets.secret_values, _platform(dockerfile, data), b"salt")
    stages = attempt(resolve_stages, dockerfile, {})
    if stages is not None:
        for fact in (stages.unrelated, stages.base_images, stages.final_user, stages.remote_adds):
            attempt(fact)
        attempt(build_images, dockerfile, stages)
    context = attempt(resolve_context, Path("context"), Path("Dockerfile"))
    assert context is not None
    attempt(broad_ingestions, dockerfile, context, {})
    copies = attempt(resolve_copies, dockerfile, context, {"A": "d"})
    if copies is not None:
        attempt(view, context, copies)
        _refuse_outside([source for copy in copies.sources for source, _ in copy.files], context.files)


def _platform(dockerfile: Any, data: bytes) -> Any:
    """As much of a platform as the search for secrets asks for."""
    contract = SimpleNamespace(image=SimpleNamespace(dockerfile="Dockerfile"))
    return SimpleNamespace(dockerfile=dockerfile, contract=contract, read=lambda _: data)


def _refuse_outside(sources: Sequence[str], files: Sequence[str]) -> None:
    """What is copied lies in the context, by its own name there."""
    strange = [source for source in sources if source not in files]
    assert not strange, f"taken, and not in the context: {strange[:3]}"


TARGET = Target(
    name="dockerfile",
    reads="Dockerfile: instructions, stages, copies, second opinion, secrets in it",
    seeds=_seeds,
    run=_run,
    mutate=Mutator(_WORDS.split(), _seeds),
    readers=(
        "packaging_readiness.checkout.context:load_dockerfile",
        "packaging_readiness.checkout.dockerfile_reader:parse_line",
        "packaging_readiness.checkout.stages:resolve_stages",
        "packaging_readiness.checkout.copies:resolve_copies",
    ),
)
