"""Commands inside a real container: what the runner reports is what the process really did."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.commands import Command, Completed, Limits
from packaging_readiness.image.container import hardening, plain_command
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.facts import ImageFacts
from packaging_readiness.image.leftovers import RUN_LABEL, container_name, sweep
from packaging_readiness.image.runner import run_commands
from packaging_readiness.image.settle import run_settled
from selftests import engines

RUN_ID = f"selftest-{os.getpid()}"
MODULES = {
    "helps": "import argparse\nargparse.ArgumentParser(prog='helps').parse_args()\n",
    "needs": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x', required=True)\np.parse_args()\n",
    "breaks": "raise RuntimeError('broken inside')\n",
    "sleeps": "import time\ntime.sleep(600)\n",
    "floods": "import sys\nsys.stdout.write('first')\nfor _ in range(160): sys.stdout.write('x' * 65536)\n"
    "sys.stdout.write('last')\n",
    "binary": "import sys\nsys.stdout.buffer.write(bytes(range(256)))\n",
    "asks": "print('answer:', input())\n",
    "killed": "import os\nos.kill(os.getpid(), 9)\n",
    "stops": "import os\nos.kill(os.getpid(), 19)\n",
    "writes": "import sys\nopen(sys.argv[1], 'w')\n",
    "dials": "import socket\nsocket.create_connection(('192.0.2.1', 80), 5)\n",
    "lists": "import socket\nprint([name for _, name in socket.if_nameindex()])\n",
    "environment": "print(open('/proc/self/environ').read(), end='')\n",
    "where": "import os\nprint(os.getcwd(), os.getuid(), os.getgid())\n",
    "reads": "import sys\nprint(open('/tmp/given/event.json').read() + sys.stdin.read())\n",
    "leaves": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nprint('left')\n",
    "fills": "try:\n    with open('/tmp/all', 'wb') as file:\n        while True: file.write(b'x' * 65536)\n"
    "except OSError as problem: print(problem.strerror)\n",
    "forges": "open('/proc/1/fd/1', 'wb').write(b'x' * 999)\n",
    "peeks": "for name in ('mem', 'environ', 'fd/0'):\n    try: open('/proc/1/' + name, 'rb')\n"
    "    except PermissionError: print('refused')\n",
    "attacks": "import os\nfor number in (1, 2, 9, 15):\n    os.kill(1, number)\nprint('still here')\n",
    "meets": "import os, sys, time\nopen('/tmp/met-' + sys.argv[1], 'w').close()\n"
    "end = time.monotonic() + 20\nwhile not os.path.exists('/tmp/met-' + sys.argv[2]):\n"
    "    assert time.monotonic() < end\n    time.sleep(0.01)\n",
    "spans": "import time\na = time.monotonic()\ntime.sleep(0.05)\nprint(a, time.monotonic())\n",
    "killer": "import os, time\nopen('/tmp/killer', 'w').close()\nend = time.monotonic() + 20\n"
    "while not os.path.exists('/tmp/victim') and time.monotonic() < end: time.sleep(0.01)\nos.kill(-1, 9)\n",
    "victim": "import os, time\nopen('/tmp/victim', 'w').close()\nend = time.monotonic() + 1\n"
    "while time.monotonic() < end:\n    if os.path.exists('/tmp/killer'): time.sleep(30)\n    time.sleep(0.01)\n",
    "starts": "import os, time\nchild = os.fork()\nif child == 0: time.sleep(600)\n"
    "open('/tmp/child', 'w').write(str(child))\n",
    "gone": "import os, time\nchild = '/proc/' + open('/tmp/child').read()\nend = time.monotonic() + 10\n"
    "while os.path.exists(child):\n    assert time.monotonic() < end\n    time.sleep(0.01)\n",
}


@pytest.fixture(scope="session")
def engine() -> Engine:
    return detect()


@pytest.fixture(scope="session")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageFacts]:
    cache, context = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("context")
    (context / "app").mkdir()
    (context / "Dockerfile").write_text(engines.DOCKERFILE)
    for name, text in MODULES.items():
        (context / "app" / f"{name}.py").write_text(text)
    base = ensure_base(engine, [], cache, print)
    built = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, RUN_ID, cache, print)
    yield built.facts
    engine.attempt("rmi", "--force", built.facts.reference)


@pytest.fixture
def run(engine: Engine, image: ImageFacts) -> Callable[..., dict[str, Completed]]:
    def run(*commands: Command, parallel: int = 2) -> dict[str, Completed]:
        results = run_commands(engine, image.reference, commands, parallel=parallel, run_id=RUN_ID)
        return {completed.id: completed for completed in results}

    return run


def module(name: str, *arguments: str, timeout_s: float = 60.0, **more: object) -> Command:
    files, stdin = more.get("files", {}), more.get("stdin", b"")
    assert isinstance(files, Mapping)
    assert isinstance(stdin, bytes)
    return Command(name + "".join(arguments), ("python", "-m", name, *arguments), files, stdin, timeout_s)


def left_containers(engine: Engine, run_id: str) -> list[str]:
    return engine.call("ps", "--all", "--quiet", f"--filter=label={RUN_LABEL}={run_id}").decode().split()


def test_exit_status_and_output_are_the_commands_own(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("helps", "--help"), module("needs"), module("breaks"), module("no_such_module"))
    assert (done["helps--help"].exit_code, done["helps--help"].stdout[:12]) == (0, b"usage: helps")
    assert done["needs"].exit_code == 2
    assert b"--x" in done["needs"].stderr
    assert done["breaks"].exit_code == 1
    assert b"RuntimeError: broken inside" in done["breaks"].stderr
    assert b"No module named no_such_module" in done["no_such_module"].stderr
    assert all(not completed.broke_bounds for completed in done.values())


def test_hanging_command_is_stopped_and_costs_only_itself(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("sleeps", timeout_s=0.5), module("stops", timeout_s=0.5), module("helps"), module("needs"))
    for name in ("sleeps", "stops"):
        assert done[name].timed_out
        assert (done[name].exit_code, done[name].signal) == (None, signal.SIGKILL)
    assert (done["helps"].exit_code, done["needs"].exit_code) == (0, 2)
    assert done["needs"].container > done["sleeps"].container


def test_flood_is_counted_and_only_its_ends_are_kept(run: Callable[..., dict[str, Completed]]) -> None:
    flood = run(module("floods"))["floods"]
    assert flood.exit_code == 0
    assert flood.stdout_total == 160 * 65536 + len("firstlast")
    assert len(flood.stdout) == 64 * 1024
    assert (flood.stdout[:6], flood.stdout[-5:]) == (b"firstx", b"xlast")


def test_binary_output_arrives_byte_for_byte(run: Callable[..., dict[str, Completed]]) -> None:
    assert run(module("binary"))["binary"].stdout == bytes(range(256))


def test_input_is_empty_unless_given(run: Callable[..., dict[str, Completed]]) -> None:
    assert b"EOFError" in run(module("asks"))["asks"].stderr
    assert run(module("asks", stdin=b"yes\n"))["asks"].stdout == b"answer: yes\n"


def test_files_and_input_reach_the_command(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("reads", files={"/tmp/given/event.json": b"{}"}, stdin=b"more"))
    assert done["reads"].stdout == b"{}more\n"


def test_death_by_signal_is_no_exit_code(run: Callable[..., dict[str, Completed]]) -> None:
    killed = run(module("killed"))["killed"]
    assert (killed.exit_code, killed.signal, killed.timed_out) == (None, signal.SIGKILL, False)


def test_root_is_read_only_and_there_is_no_network(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(*(module("writes", path) for path in ("/written", "/var/tmp/written")), module("dials"), module("lists"))
    assert b"Read-only file system" in done["writes/written"].stderr
    assert b"Read-only file system" in done["writes/var/tmp/written"].stderr
    assert b"Network is unreachable" in done["dials"].stderr
    assert done["lists"].stdout == b"['lo']\n"


def test_environment_is_the_images_and_what_the_engine_adds(
    run: Callable[..., dict[str, Completed]], image: ImageFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    raw = run(module("environment"))["environment"].stdout.decode()
    found = dict(entry.split("=", 1) for entry in raw.strip("\0").split("\0"))
    assert image.env["COLOUR"] == "green = yes"
    assert {name: found.pop(name) for name in image.env} == image.env
    assert set(found) <= {"HOME", "HOSTNAME", "TERM", "container"}


def test_directory_user_and_signals_are_the_images(run: Callable[..., dict[str, Completed]]) -> None:
    ignored = 'while read name mask; do [ "$name" != SigIgn: ] || echo "$mask"; done </proc/self/status'
    done = run(module("where"), Command("shell", ("/bin/sh", "-c", ignored)))
    assert done["where"].stdout == b"/app 10001 10001\n"
    assert done["shell"].stdout == b"0000000000000000\n"


def test_what_a_command_started_ends_with_it(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("starts"), module("gone"), parallel=1)
    assert [(completed.exit_code, completed.container) for completed in done.values()] == [(0, 1), (0, 1)]


def test_program_that_is_not_there_exits_127(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(Command("none", ("no-such-program",)), Command("data", ("/etc/passwd",)))
    assert (done["none"].exit_code, done["data"].exit_code) == (127, 126)


def test_process_that_escapes_its_group_does_not_hold_the_result(run: Callable[..., dict[str, Completed]]) -> None:
    assert run(module("leaves"))["leaves"].stdout == b"left\n"


def test_full_tmp_costs_the_container_not_the_next_command(engine: Engine, image: ImageFacts) -> None:
    commands = [module("fills"), module("reads", files={"/tmp/given/event.json": b"{}"})]
    small = Limits(tmp_bytes=1024 * 1024)
    fills, reads = run_commands(engine, image.reference, commands, parallel=1, limits=small, run_id=RUN_ID)
    assert (fills.stdout, fills.container) == (b"No space left on device\n", 1)
    assert (reads.stdout, reads.container) == (b"{}\n", 2)


def test_command_can_neither_forge_records_nor_kill_the_driver(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("forges"), module("peeks"), module("attacks"), module("helps"), parallel=1)
    assert done["peeks"].stdout == b"refused\n" * 3
    assert b"Permission denied" in done["forges"].stderr
    assert (done["attacks"].stdout, done["helps"].exit_code) == (b"still here\n", 0)


def test_two_run_at_a_time(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(module("meets", "a", "b"), module("meets", "b", "a"), parallel=2)
    assert [completed.exit_code for completed in done.values()] == [0, 0]


def test_one_at_a_time_never_overlaps(run: Callable[..., dict[str, Completed]]) -> None:
    done = run(*(module("spans", str(number)) for number in range(4)), parallel=1)
    spans = sorted([float(word) for word in completed.stdout.split()] for completed in done.values())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_victim_of_a_neighbour_is_run_again_alone(engine: Engine, image: ImageFacts) -> None:
    settled = {
        entry.result.id: entry
        for entry in run_settled(
            engine,
            image.reference,
            [module("killer"), module("victim"), module("needs")],
            passed=lambda completed: completed.exit_code == 0,
            parallel=2,
            run_id=RUN_ID,
        )
    }
    victim = settled["victim"]
    assert victim.result.exit_code == 0
    assert victim.first is not None
    assert victim.first.signal == signal.SIGKILL
    assert settled["killer"].first is None
    assert settled["needs"].result.exit_code == 2


def test_container_is_removed_when_done_and_when_abandoned(engine: Engine, image: ImageFacts) -> None:
    commands = [module("helps"), module("sleeps")]
    results = run_commands(engine, image.reference, commands, parallel=2, run_id=f"{RUN_ID}-gone")
    assert next(results).id == "helps"
    assert len(left_containers(engine, f"{RUN_ID}-gone")) == 1
    assert isinstance(results, Iterator)
    results.close()  # type: ignore[attr-defined]
    assert left_containers(engine, f"{RUN_ID}-gone") == []


def test_killed_run_leaves_no_container(engine: Engine, image: ImageFacts) -> None:
    run_id = f"{RUN_ID}-killed"
    program = (
        "from packaging_readiness.image.engine import detect\n"
        "from packaging_readiness.image.commands import Command\n"
        "from packaging_readiness.image.runner import run_commands\n"
        "commands = [Command(name, ('python', '-m', name)) for name in ('helps', 'sleeps')]\n"
        f"for done in run_commands(detect(), {image.reference!r}, commands, parallel=2, run_id={run_id!r}):\n"
        "    print(done.id, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"helps\n"
        assert len(left_containers(engine, run_id)) == 1
        process.kill()
    end = time.monotonic() + 30
    while left_containers(engine, run_id) and time.monotonic() < end:
        time.sleep(0.1)
    assert left_containers(engine, run_id) == []


def test_sweep_takes_what_a_dead_run_left_and_nothing_else(engine: Engine, image: ImageFacts) -> None:
    def create(name: str, *options: str) -> str:
        return engine.call("create", "--network=none", f"--name={name}", *options, image.reference).decode().strip()

    ours = f"--label={RUN_LABEL}={RUN_ID}-left"
    nobody = f"packaging-readiness-4194305.1-{RUN_ID}"  # no process has this number
    made: list[str] = []
    try:
        made += [create(f"{nobody}a", ours), create(container_name(), ours), create(f"{nobody}b")]
        dead, alive, foreign = made
        assert dead in sweep(engine)
        assert left_containers(engine, f"{RUN_ID}-left") == [alive[:12]]
        assert sweep(engine, f"{RUN_ID}-left") == (alive,)
        assert engine.attempt("container", "inspect", foreign).code == 0
    finally:
        engine.attempt("rm", "--force", *made)


def test_image_that_is_not_there_is_told_in_the_engines_words(engine: Engine) -> None:
    results = run_commands(engine, "localhost/no-such:image", [module("helps")], parallel=1, run_id=RUN_ID)
    with pytest.raises(CannotTell, match="localhost/no-such:image"):
        list(results)


def test_image_without_python_yields_no_result(
    engine: Engine, image: ImageFacts, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nENV PATH=/nowhere\n")
    args = {"BASE_IMAGE": image.reference}
    built = build(engine, tmp_path, "Dockerfile", args, RUN_ID, tmp_path_factory.mktemp("cache"), print)
    try:
        with pytest.raises(CannotTell, match="python"):
            list(run_commands(engine, built.facts.reference, [module("helps")], parallel=1, run_id=RUN_ID))
    finally:
        engine.attempt("rmi", "--force", built.facts.reference)


def test_driver_that_dies_leaves_the_rest_without_result(
    engine: Engine, image: ImageFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    from packaging_readiness.image import container

    source = container.driver_source().replace("self.send(row.record(status))", "os._exit(3)")
    monkeypatch.setattr(container, "driver_source", lambda: source)
    with pytest.raises(CannotTell, match="exit status 3"):
        list(run_commands(engine, image.reference, [module("helps")], parallel=1, run_id=RUN_ID))


def test_container_in_which_nothing_can_start_is_no_endless_loop(engine: Engine, image: ImageFacts) -> None:
    command = module("reads", files={"/tmp/large": b"x" * 200_000})
    small = Limits(tmp_bytes=64 * 1024)
    with pytest.raises(CannotTell, match="No space left on device"):
        list(run_commands(engine, image.reference, [command], parallel=1, limits=small, run_id=RUN_ID))


def test_ambiguous_commands_are_refused_before_anything_starts(engine: Engine) -> None:
    refused = [
        [module("helps"), module("helps")],
        [Command("empty", ())],
        [Command("nul", ("a\0b",))],
        *([module("reads", files={name: b""})] for name in ("/etc/x", "/tmp", "tmp/x", "/tmp/../etc/x")),
    ]
    for commands in refused:
        with pytest.raises(InputRefused):
            list(run_commands(engine, "localhost/unused:1", commands, parallel=1, run_id=RUN_ID))


def test_plain_command_shows_the_same_without_the_suite(engine: Engine, image: ImageFacts) -> None:
    line = plain_command(engine, image.reference, ("python", "-m", "needs"), Limits())
    assert line.startswith(f"{engine.name} ")
    assert all(option in line for option in hardening(engine, Limits()) if "," not in option)
    shown = subprocess.run(line, check=False, shell=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert shown.returncode == 2
    assert b"--x" in shown.stderr
