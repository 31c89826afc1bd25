"""An ignore file, in BuildKit's reading and in podman's, on a small tree and on paths that are not there."""

import base64
import json
from pathlib import Path

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import MAX_BYTES, ROOT, Target, attempt, texts

_WORDS = b"""** * ? ! !a !** **/a a/** **/*.py [a-z] [^a] [] [!a] \\ \\* \\[ | { } {a,b} ( ) + ^ $ . .. / // ./
../ a/../b # !! a*|b [[:alpha:]] [a-] [z-a] *** **** */* **/**/** !a/b/*.c .git .env src/**/__pycache__
\xef\xbb\xbf \xc3\xa9 \xff"""
_FILES = ("a", "ab", "b.py", "d/e/f.py", "d/g", ".env", "src/x/__pycache__/y.pyc", "q[1]", "sp ace", "\u00e9")
_PROBES = ("a", "d/e/f.py", "a/a/a/a/a/a", "\u00e9/\u0130")


def _seeds() -> list[bytes]:
    cases = json.loads((ROOT / "selftests/data/buildkit_dockerignore_cases.json").read_text("utf-8"))["cases"]
    found = [base64.b64decode(case["dockerignore_b64"])[:MAX_BYTES] for case in cases]
    return [*texts("fixtures/reference_platform/.dockerignore"), *found]


def _tree() -> None:
    if Path("context").exists():
        return
    for name in _FILES:
        path = Path("context") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    Path("context/Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    Path("context/link").symlink_to("/etc")


def _run(data: bytes) -> None:
    from packaging_readiness.checkout.context import resolve_context
    from packaging_readiness.checkout.engine_differences import engine_differences
    from packaging_readiness.checkout.offending import offending_trees
    from packaging_readiness.checkout.podman_ignore import PodmanIgnore

    _tree()
    Path("context/.dockerignore").write_bytes(data)
    context = attempt(resolve_context, Path("context"), Path("context/Dockerfile"))
    if context is None:
        return
    outside = [path for path in context.files if path.startswith(("/", "../")) or not (Path("context") / path).exists()]
    assert not [path for path in outside if path != "link"], f"in the context, and not in its root: {outside}"
    for path in _PROBES:
        attempt(context.would_enter, path)
        attempt(context.decided_by, path)
    attempt(context.is_default_deny)
    attempt(offending_trees, context, frozenset(context.files))
    if context.ignore is not None:
        attempt(engine_differences, context.ignore, context.files)
        podman = PodmanIgnore(context.ignore.patterns)
        for path in _PROBES:
            podman.excludes(path)


TARGET = Target(
    name="ignore",
    reads="ignore file: BuildKit's reading, podman's, where they differ, and the walk of a context",
    seeds=_seeds,
    run=_run,
    mutate=Mutator(_WORDS.split(), _seeds),
    readers=(
        "packaging_readiness.checkout.context:read_ignore",
        "packaging_readiness.checkout.engine_differences:engine_differences",
        "packaging_readiness.checkout.podman_ignore:_read",
    ),
)
