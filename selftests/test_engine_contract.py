"""One contract for every engine: build, facts, hardened rows, labels, removal, sweep, and the same lane of checks."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import BuildFailed, BuiltImage, build
from packaging_readiness.image.commands import Command, Completed
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.facts import identify, inspect
from packaging_readiness.image.leftovers import RUN_LABEL, container_name, sweep
from packaging_readiness.image.runner import run_commands
from selftests import engines
from selftests.main_job import environment, fresh_platform, main_job, on_platform

RUN_ID = f"selftest-contract-{os.getpid()}"
LOOKS = """import json, os, pwd, resource, socket
status = dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)
mounts = [line.split() for line in open('/proc/self/mounts')]
def refused(path):
    try:
        open(path, 'w').close()
    except OSError as problem:
        return problem.strerror
def known(user):
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return None
print(json.dumps({
    'user': [os.getuid(), os.getgid()],
    'known': [known(0), known(os.getuid())],
    'directory': os.getcwd(),
    'colour': os.environ['COLOUR'],
    'capabilities': [status[name] for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')],
    'no_new_privileges': status['NoNewPrivs'],
    'network': [name for _, name in socket.if_nameindex()],
    'files': resource.getrlimit(resource.RLIMIT_NOFILE),
    'processes': resource.getrlimit(resource.RLIMIT_NPROC),
    'written': [refused(path) for path in ('/new', '/app/new', '/var/tmp/new', '/tmp/new')],
    'tmp': [(kind, sorted(set(options.split(',')) & {'rw', 'nosuid', 'nodev', 'size=262144k'}))
            for _, place, kind, options, *_ in mounts if place == '/tmp'],
    'disks': sorted(place for device, place, *_ in mounts if device.startswith('/dev/')),
}))
"""
SLEEPS = "import time\ntime.sleep(600)\n"


@pytest.fixture(scope="module", params=engines.names())
def reached(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, dict[str, str]]]:
    with engines.running(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def engine(reached: tuple[Engine, dict[str, str]]) -> Engine:
    return reached[0]


@pytest.fixture(scope="module")
def cache(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(f"cache-{engine.name}")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("context")
    (root / "app").mkdir()
    (root / "Dockerfile").write_text(engines.DOCKERFILE)
    (root / "app" / "looks.py").write_text(LOOKS)
    (root / "app" / "sleeps.py").write_text(SLEEPS)
    (root / "broken").write_text('ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo "the reason"; exit 3\n')
    return root


@pytest.fixture(scope="module")
def base(engine: Engine, cache: Path) -> dict[str, str]:
    return {"BASE_IMAGE": ensure_base(engine, [], cache, print).reference}


@pytest.fixture(scope="module")
def built(engine: Engine, context: Path, base: dict[str, str], cache: Path) -> Iterator[BuiltImage]:
    built = build(engine, context, "Dockerfile", base, RUN_ID, cache, print)
    yield built
    engine.attempt("rmi", "--force", built.facts.reference)


def left(engine: Engine, run_id: str) -> list[str]:
    listed = engine.call("ps", "--all", "--no-trunc", "--quiet", f"--filter=label={RUN_LABEL}={run_id}")
    return listed.decode().split()


def python(name: str, timeout_s: float = 60.0) -> Command:
    return Command(name, ("python", "-m", name), timeout_s=timeout_s)


def test_same_content_is_built_once(
    engine: Engine, context: Path, base: dict[str, str], cache: Path, built: BuiltImage
) -> None:
    again = build(engine, context, "Dockerfile", base, RUN_ID, cache, print)
    assert (built.from_cache, again.from_cache) == (False, True)
    assert again.facts == built.facts


def test_dockerfile_that_does_not_build_is_told_apart_from_an_engine_that_does_not_work(
    engine: Engine, context: Path, base: dict[str, str], cache: Path
) -> None:
    with pytest.raises(BuildFailed, match="the reason"):
        build(engine, context, "broken", base, RUN_ID, cache, print)


def test_facts_are_those_of_the_exported_bytes(engine: Engine, built: BuiltImage, tmp_path: Path) -> None:
    facts = built.facts
    assert (facts.user, facts.workdir, facts.cmd) == ("10001:10001", "/app", ("looks",))
    assert facts.entrypoint == ("/nothing/that/exists",)
    assert facts.env["COLOUR"] == "green = yes"
    assert facts.created is not None
    manifest = json.loads(facts.manifest)
    assert facts.digest == "sha256:" + hashlib.sha256(facts.manifest).hexdigest()
    assert manifest["config"]["digest"] == facts.image_id
    assert tuple(layer["digest"] for layer in manifest["layers"]) == facts.diff_ids
    assert all(layer["size"] > 0 for layer in manifest["layers"])
    assert inspect(engine, facts.reference, tmp_path) == facts, "the same without what the first export kept"


def test_row_runs_confined_as_the_images_own_user(engine: Engine, built: BuiltImage) -> None:
    (done,) = run_commands(engine, built.facts.reference, [python("looks")], parallel=1, run_id=RUN_ID)
    assert (done.exit_code, done.stderr) == (0, b"")
    seen = json.loads(done.stdout)
    files, processes = seen.pop("files"), seen.pop("processes")
    assert files[1] <= 1024
    assert processes[1] <= 1024
    # files that an engine itself writes for the container, and nothing else of the host
    own = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv", "/run/secrets"}
    assert set(seen.pop("disks")) <= own
    read_only = "Read-only file system"
    assert seen == {
        "user": [10001, 10001],
        "known": ["root", None],
        "directory": "/app",
        "colour": "green = yes",
        "capabilities": ["0" * 16] * 5,
        "no_new_privileges": "1",
        "network": ["lo"],
        "written": [read_only, read_only, read_only, None],
        "tmp": [["tmpfs", ["nodev", "nosuid", "rw", "size=262144k"]]],
    }


def test_container_bears_its_runs_label_and_is_gone_afterwards(engine: Engine, built: BuiltImage) -> None:
    run_id = f"{RUN_ID}-labels"
    commands = [python("looks"), python("sleeps", 2.0)]
    seen: list[tuple[Completed, int]] = []
    for done in run_commands(engine, built.facts.reference, commands, parallel=2, run_id=run_id):
        seen.append((done, len(left(engine, run_id))))
    assert [(done.id, count) for done, count in seen] == [("looks", 1), ("sleeps", 1)]
    assert seen[1][0].timed_out
    assert left(engine, run_id) == []


def test_abandoned_container_is_gone(engine: Engine, built: BuiltImage) -> None:
    run_id = f"{RUN_ID}-abandoned"
    results = run_commands(
        engine, built.facts.reference, [python("looks"), python("sleeps")], parallel=2, run_id=run_id
    )
    assert next(results).id == "looks"
    results.close()  # type: ignore[attr-defined]
    assert left(engine, run_id) == []


def test_sweep_takes_what_a_dead_run_left_and_nothing_else(engine: Engine, built: BuiltImage) -> None:
    def create(name: str, *options: str) -> str:
        made = engine.call("create", "--network=none", f"--name={name}", *options, built.facts.reference)
        return made.decode().strip()

    ours = f"--label={RUN_LABEL}={RUN_ID}-left"
    nobody = f"packaging-readiness-4194305.1-{os.getpid()}"
    dead, alive = create(f"{nobody}a", ours), create(container_name(), ours)
    foreign = create(f"{nobody}b")
    try:
        assert dead in sweep(engine)
        assert left(engine, f"{RUN_ID}-left") == [alive]
        assert sweep(engine, f"{RUN_ID}-left") == (alive,)
        assert engine.attempt("container", "inspect", foreign).code == 0
    finally:
        for container in (dead, alive, foreign):
            engine.attempt("rm", "--force", container)


def test_image_that_is_not_there_is_told(engine: Engine, tmp_path: Path) -> None:
    assert identify(engine, "localhost/no-such:image") is None
    with pytest.raises(CannotTell, match=f"there is no image.*\n.*{engine.name} pull"):
        inspect(engine, "localhost/no-such:image", tmp_path)
    with pytest.raises(CannotTell, match="no-such:image"):
        list(run_commands(engine, "localhost/no-such:image", [python("looks")], parallel=1, run_id=RUN_ID))


@pytest.fixture(scope="module")
def seen_rows() -> dict[str, list[dict[str, Any]]]:
    """The lane's rows by engine, as far as the tests have come: podman is first."""
    return {}


def test_lane_has_the_same_rows_on_every_engine(
    reached: tuple[Engine, dict[str, str]], tmp_path: Path, seen_rows: dict[str, list[dict[str, Any]]]
) -> None:
    engine, reach = reached
    selected = ("-m", "m1b", "--engine", engine.name)
    job = main_job(tmp_path, *selected, *on_platform(fresh_platform(tmp_path / "p")), env=environment(**reach))
    assert job.ran.status == 0, job.ran.text
    results = job.object("check_results")
    assert results["image"]["engine"] == engine.name
    rows = [row for row in results["results"] if row["lane"] == "m1b"]
    run = [row for row in rows if "command" in row["observation"]]
    expected = {"m1b.run.help": 21, "m1b.run.subcommand-help": 6, "m1b.run.mpr": 3}
    assert {name: sum(row["id"].startswith(f"{name}[") for row in run) for name in expected} == expected
    assert {row["outcome"] for row in rows} == {"pass"}
    assert {row["id"].partition("[")[0] for row in rows} == {c.id for c in packaged_checks() if c.lane == "m1b"}
    seen_rows[engine.name] = rows
    assert rows == seen_rows[next(iter(seen_rows))]
