"""The build context against a real engine: generated ignore files, one build each, file lists compared exactly."""

import random
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.checkout.dockerignore import read_ignore
from packaging_readiness.checkout.engine_differences import engine_differences
from packaging_readiness.checkout.podman_ignore import PodmanIgnore
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.image.engine import Engine, detect

SEED = 20_260_131
AGREED = 200
DIFFERENT = 24
FILES = (
    *("README.md", ".env", ".env.prod", "Dockerfile", "a b.txt", "a+b", "a(b)", "#hash", "!bang", "x^y", "é.txt"),
    *("src/app/main.py", "src/app/util.pyc", "src/app/__pycache__/m.pyc", "src/appx/z.py", "src/other/deep/er/x.py"),
    *("src/README.md", "SRC/upper.py", "docs/guide/intro.md", "docs/README.md", "config/platform/a.yaml", "config/b"),
    *("runs/1/log", "runs/2/log", "deep/1/2/3/keep.txt", "deep/1/2/3/drop.txt", "x/1", "x/y/w", "x/y/z/1"),
)
LINKS = {"link_dir": "src", "link_file": "README.md", "src/up": "../..", "dangling": "nowhere"}
NAMES = sorted({part for path in FILES for part in path.split("/")})
WILD = ("*", "**", "?", "a*", "*.py", "*.md", "*.py*", "[a-c]*", "[^a]*", "s?c", "\\a*", "d[eo]*", ".*", "??", "*e*")
ODD = ("a+b", "a(b)", "x^y", "**y", "**.md", "..", "[]a]")
BEFORE = ("", "", "", "", "!", "!", "!", "/", "./", "!/", " ", "\t", "#")
AFTER = ("", "", "", "", "/", "/**", "/*", " ", "\r", "/.", "//")


@dataclass(frozen=True)
class Case:
    """An ignore file, the files that an engine of BuildKit's reading is sent and those that podman 4.3 is sent."""

    data: bytes
    expected: list[str]
    by_podman: list[str] | None
    agreed: bool


def lines(rng: random.Random) -> Iterator[str]:
    if rng.random() < 0.5:
        yield rng.choice(["*", "**", "/*", "**/*"])
    for _ in range(rng.choice([1, 2, 3, 4, 6])):
        known = rng.choice(FILES).split("/")
        parts = known[: rng.randint(1, len(known))]
        for at in range(len(parts)):
            if rng.random() < 0.35:
                parts[at] = rng.choice(WILD if rng.random() < 0.85 else ODD)
        if rng.random() < 0.15:
            parts = ["**", rng.choice(NAMES)]
        yield rng.choice(BEFORE) + "/".join(parts) + rng.choice(AFTER)


def lay_out(root: Path) -> None:
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    (root / "empty/inner").mkdir(parents=True)


def cases(root: Path, scratch: Path) -> Iterator[Case]:
    """Without end; each ignore file once."""
    rng = random.Random(SEED)
    everything = sorted([*FILES, *LINKS])
    beside = scratch / "Dockerfile.dockerignore"
    seen: set[bytes] = set()
    while True:
        data = "\n".join(lines(rng)).encode() + rng.choice([b"\n", b""])
        if data in seen:
            continue
        seen.add(data)
        beside.write_bytes(data)
        try:
            expected = list(resolve_context(root, scratch / "Dockerfile", sizes=False).files)
            ignore = read_ignore(data, "i")
            differences = engine_differences(ignore, everything)
        except InputRefused:
            continue
        if len(expected) in (0, len(everything)) and rng.random() < 0.9:
            continue  # little to see in most of them
        podman = PodmanIgnore(ignore.patterns)
        by_podman = None if podman.rejected else [path for path in everything if not podman.excludes(path)]
        yield Case(data, expected, by_podman, not differences)


def arrived(engine: Engine, root: Path, work: Path, name: str, data: bytes) -> list[str] | None:
    """What `COPY . /c` brought into the image; None when the engine refused to build."""
    dockerfile = work / name
    dockerfile.write_text("FROM scratch\nCOPY . /c\n", encoding="utf-8")
    dockerfile.with_name(name + ".dockerignore").write_bytes(data)
    own = ["--root", f"{work}/s", "--runroot", f"{work}/r", "--storage-driver=vfs"] if engine.name == "podman" else []
    layers = ["--layers=false"] if engine.name == "podman" else []
    out = work / f"{name}.tar"
    arguments = (*own, "build", "-q", *layers, f"--file={dockerfile}", f"--output=type=tar,dest={out}", str(root))
    if engine.attempt(*arguments, timeout_s=120.0).code != 0:
        return None
    with tarfile.open(out) as archive:
        names = [each.name.removeprefix("./") for each in archive if not each.isdir()]
    return sorted(name.removeprefix("c/") for name in names if name.startswith("c/"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return detect("auto")


def test_files_that_arrive_are_those_resolved(engine: Engine) -> None:
    with TemporaryDirectory() as folder:
        root, work = Path(folder, "root"), Path(folder, "work")
        work.mkdir()
        lay_out(root)
        picked: dict[bool, list[Case]] = {True: [], False: []}
        for case in cases(root, work):
            # A difference counts here only when it shows in this tree.
            if case.agreed or case.by_podman != case.expected:
                picked[case.agreed].append(case)
            if len(picked[True]) >= AGREED and len(picked[False]) >= DIFFERENT:
                break
        agreed, different = picked[True][:AGREED], picked[False][:DIFFERENT]
        assert sum(1 for each in agreed if each.expected) > AGREED // 2
        built = [*agreed, *(different if engine.version.startswith("4.3.") else [])]
        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(arrived, engine, root, work, f"D{at}", each.data) for at, each in enumerate(built)]
            results = [job.result() for job in jobs]
    wrong = [
        (case.data, result, case.expected if case.agreed else case.by_podman)
        for case, result in zip(built, results, strict=True)
        if result != (case.expected if case.agreed else case.by_podman)
    ]
    assert not wrong, (
        f"seed {SEED}, {engine.name} {engine.version}: ignore file, what arrived, what should: {wrong[:3]}"
    )
