"""Fresh machines: the README's commands and no others, a status that does not lie, and nothing left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from selftests.test_readme import SET_UP
from tools import fresh_machine
from tools.fresh_machine import MACHINES, ROOT, NotRun, commands, interpreter, mirrors, names_bundle, verdict
from tools.namespaces import NETWORK, children, inside, mounted_below, run


def test_commands_are_those_of_the_readme() -> None:
    assert commands((ROOT / "README.md").read_text(encoding="utf-8")) == SET_UP


def test_other_blocks_and_sections_are_no_set_up() -> None:
    start = "## Start\n\n```sh\npython3 one.py\n```\n\n```sh\npytest\n```\n\n```sh\npython3 a\npython3 b\n```\n"
    assert commands(f"{start}\n## Next\n\n```sh\npython3 two.py\n```\n") == ("python3 one.py",)
    assert commands("# Title\n") == ()


@pytest.mark.parametrize(
    ("results", "named", "status"),
    [
        (["held", "held"], False, 0),
        (["held", "not run (needs it)"], False, 0),
        (["held", "not run (needs it)"], True, 2),
        (["not run (a)", "not run (b)"], False, 2),
        (["not run (a)", "FAILED"], False, 1),
        (["held", "FAILED"], True, 1),
        ([], False, 2),
    ],
    ids=["all", "some", "some of those named", "none", "failed", "one failed", "no machine"],
)
def test_status_says_what_ran(results: list[str], named: bool, status: int) -> None:
    assert verdict(results, named=named) == status


def test_without_root_nothing_ran_and_each_machine_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["fresh_machine.py"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert fresh_machine.main() == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[-len(MACHINES) :] == [f"fresh: {machine.name}: not run (needs root)" for machine in MACHINES]
    assert list(tmp_path.iterdir()) == []


def test_unknown_machine_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["fresh_machine.py", "woody"])
    with pytest.raises(SystemExit) as ended:
        fresh_machine.main()
    assert (ended.value.code, "no such machine: woody" in capsys.readouterr().err) == (2, True)


def test_interpreter_that_is_nowhere_is_not_run() -> None:
    with pytest.raises(NotRun, match=r"there is no Python 2\.99 here"):
        interpreter("2.99")


def test_mirrors_of_another_release_are_not_taken() -> None:
    assert mirrors("no-such-release") == []


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["bundle: out"], True),
        (["bundle: out", "bye"], False),
        (["bundle: gone"], False),
        (["out"], False),
        ([], False),
    ],
    ids=["last line", "not the last", "not there", "no bundle", "no output"],
)
def test_bundle_must_lie_where_the_last_line_says(lines: list[str], named: bool, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert names_bundle(lines, tmp_path) is named


def test_of_the_environment_only_the_way_to_the_network_gets_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    command = inside(tmp_path, "/", "true")
    assignments = [word for word in command[command.index("-i") :] if "=" in word]
    assert "https_proxy=http://proxy.invalid:3128" in assignments
    assert {word.partition("=")[0] for word in assignments} <= {
        "PATH",
        "HOME",
        "LANG",
        "TERM",
        *fresh_machine_network(),
    }


def fresh_machine_network() -> tuple[str, ...]:
    return NETWORK


def test_run_gives_status_and_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sh", "-c", "echo out; echo err >&2; exit 3"], shown=True) == (3, ["out", "err"])
    assert capsys.readouterr().out == "    | out\n    | err\n"


def test_interrupted_run_ends_what_it_began(tmp_path: Path) -> None:
    """The child of the command is what unshare's first process is: it ends, and its parent after it."""
    script = f"echo $$ >{tmp_path / 'parent'}; sleep 600 & echo $! >{tmp_path / 'child'}; echo begun; wait $!"
    code = f"from tools.namespaces import run; run(['sh', '-c', {script!r}], shown=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "    | begun\n"
    process.send_signal(signal.SIGINT)
    assert process.wait() != 0
    process.stdout.close()
    assert [alive(int((tmp_path / name).read_text())) for name in ("parent", "child")] == [False, False]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_children_are_the_direct_ones() -> None:
    process = subprocess.Popen(["sleep", "600"])
    try:
        assert process.pid in children(os.getpid())
        assert children(process.pid) == []
    finally:
        process.kill()
        process.wait()
    assert children(process.pid) == []


def test_mounts_are_seen_below_a_folder() -> None:
    assert mounted_below(Path("/"))  # at least /proc
    assert not mounted_below(ROOT / "selftests")
