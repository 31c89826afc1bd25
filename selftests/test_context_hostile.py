"""Input that no honest platform holds: the command refuses it with one clear message and exit status 2."""

import json
import os
import resource
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.cli import main
from packaging_readiness.contract.errors import CannotTell

GOOD = b"FROM scratch\nCOPY a /a\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_bytes(GOOD)
    (tmp_path / "a").write_text("x", encoding="utf-8")
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command as text and as JSON; both refuse, in the same words, without a traceback."""
    assert main([*arguments]) == 2
    text = capsys.readouterr()
    assert text.out == ""
    assert "Traceback" not in text.err
    assert "broke down" not in text.err
    assert main([*arguments, "--json"]) == 2
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    reason: str = shown["refused"]
    assert reason in text.err
    return reason


@contextmanager
def bounds_of_the_machine() -> Iterator[None]:
    """At most 400 MiB more memory than now."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024


@contextmanager
def as_nobody() -> Iterator[None]:
    """Permission bits do not bind root, so root steps down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_the_tree_without_anything_hostile_is_taken(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["context", str(root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["refused"] is None


@pytest.mark.parametrize(
    ("data", "place", "cause"),
    [
        (b"FROM scratch\nCOPY \xff /c\n", ":2", "not UTF-8"),
        (b"\xff\xfeF\x00R\x00O\x00M\x00", ":1", "not UTF-8"),
        (b"FROM scratch\nCOPY a\0b /c\n", ":2", "NUL"),
        (b"FROM scratch\nRUN " + b"a" * 70_000 + b"\n", ":2", "greater than max"),
        (b"FROM scratch\n" + b"RUN a\n" * 1_700_000, "", "larger than"),
        (b"", "", "no instructions"),
        (b"FROM scratch\nCOPY [" + b"[" * 30_000 + b"\n", ":2", ""),
        (b"FROM scratch\nCOPY " + b"<<E " * 5_000 + b"/c\n", ":2", "unterminated heredoc"),
        (b"FROM scratch\n" + b"FROM a\n" * 100_000, "", "more than 1000 stages"),
        (b"FROM scratch\n" + b"WORKDIR a\n" * 90_000, ":2049", "more than 4095 bytes"),
        (b"FROM scratch\nCOPY a /" + b"a/" * 30_000 + b"\n", ":2", "more than 4095 bytes"),
        (b"FROM scratch\nENV a=" + b"x" * 60_000 + b"\nENV a=" + b"$a" * 5_000 + b"\n", ":3", "more than 16 MiB"),
        (b"FROM scratch\nENV a=" + b"a" * 60_000 + b"\nCOPY a /${a#*a*a*b}\n", ":3", "too many wildcards"),
        (b"FROM scratch\nENV a=" + b"a" * 60_000 + b" p=*a*a*b\nCOPY a /${a#$p}\n", ":3", "too many wildcards"),
        (b"FROM scratch\nHEALTHCHECK --timeout=" + b"1" * 60_000 + b" CMD x\n", ":2", "--timeout"),
    ],
    ids=[
        *("latin", "utf16", "nul", "long_line", "ten_megabytes", "empty", "nested", "heredocs", "stages", "workdirs"),
        *("deep", "laughs", "matching", "matching_by_variable", "duration"),
    ],
)
def test_hostile_dockerfile(
    root: Path, capsys: pytest.CaptureFixture[str], data: bytes, place: str, cause: str
) -> None:
    (root / "Dockerfile").write_bytes(data)
    with bounds_of_the_machine():
        assert cause in refused(capsys, "context", str(root))
    assert f"Dockerfile{place}: " in refused(capsys, "context", str(root))


@pytest.mark.parametrize(
    "text",
    [
        "COPY " + "*" * 60_000 + " /x/",
        "COPY " + "*a" * 100 + "b /x/",
        "COPY " + "**/" * 20_000 + "nope* /x/",
        "RUN " + "a \\\n" * 250_000 + "b",
        "ENV a=b\n" * 20_000,
        "ENV a=1.2.3\nCOPY a /x-${a%%.*}",
    ],
    ids=["stars", "stars_and_letters", "deep_stars", "continuations", "variables", "plain_matching"],
)
def test_costly_dockerfile_is_read(root: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (root / ("a" * 250)).write_text("x", encoding="utf-8")
    (root / "Dockerfile").write_text(f"FROM scratch\n{text}\n", encoding="utf-8")
    with bounds_of_the_machine():
        assert main(["context", str(root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["refused"] is None


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"a\n" + b"b" * 70_000, ".dockerignore:2: line longer"),
        (b"a\n" + b"*" * 60_000, ".dockerignore:2: pattern longer"),
        (b"a\n" * 600_000, "larger than"),
        (b"a\0b\n", ".dockerignore:1: "),
        (b"ok\n[\n", ".dockerignore:2: syntax error"),
        (b"ok\n!\n", ".dockerignore:2: illegal exclusion"),
    ],
    ids=["long_line", "long_pattern", "large", "nul", "open_class", "lone_mark"],
)
def test_hostile_ignore_file(root: Path, capsys: pytest.CaptureFixture[str], data: bytes, cause: str) -> None:
    (root / ".dockerignore").write_bytes(data)
    assert cause in refused(capsys, "context", str(root))


@pytest.mark.parametrize("shape", ["!n{}", "**/n{}"])
def test_hundred_thousand_patterns_are_read(root: Path, shape: str) -> None:
    lines = ("**\n!a\n!d\n" if shape.startswith("!") else "") + "".join(
        shape.format(number) + "\n" for number in range(100_000)
    )
    for name in ("d/e/f", "d/g/n7", "n5/x"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x", encoding="utf-8")
    (root / ".dockerignore").write_text(lines[: 1024 * 1024].rpartition("\n")[0] + "\n", encoding="utf-8")
    with bounds_of_the_machine():
        found = resolve_context(root, root / "Dockerfile", sizes=False).files
    assert {"a", "d/e/f"} <= set(found)
    assert ("n5/x" in found) == shape.startswith("!")


@pytest.mark.parametrize(
    ("links", "copy"),
    [
        ({"l": "l"}, "l"),
        ({"l": "m", "m": "l"}, "l/x"),
        ({"l": "../outside"}, "l"),
        ({"l": "../../../../../../../../etc/passwd"}, "l"),
        ({"l": "/etc/passwd"}, "l"),
        ({"l": "gone"}, "l"),
        ({f"l{n}": f"l{n + 1}" for n in range(300)}, "l0"),
    ],
    ids=["itself", "circle", "beside", "upwards", "absolute", "nothing", "chain"],
)
def test_source_that_loops_or_leaves(
    root: Path, capsys: pytest.CaptureFixture[str], links: dict[str, str], copy: str
) -> None:
    for name, target in links.items():
        (root / name).symlink_to(target)
    (root / "Dockerfile").write_text(f"FROM scratch\nCOPY {copy} /c\n", encoding="utf-8")
    assert "Dockerfile:2: " in refused(capsys, "context", str(root))


def _fifo(root: Path) -> None:
    os.mkfifo(root / "p")


def _newline(root: Path) -> None:
    (root / "new\nline").write_text("x", encoding="utf-8")


def _bytes(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9")).write_text("x", encoding="utf-8")


@pytest.mark.parametrize("make", [_fifo, _newline, _bytes])
def test_entry_that_no_builder_takes(
    root: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], None]
) -> None:
    make(root)
    reason = refused(capsys, "context", str(root))
    assert str(root) not in reason
    (root / ".dockerignore").write_text("**\n!a\n", encoding="utf-8")
    assert main(["context", str(root)]) == 0


def test_socket_is_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert resolve_context(root, root / "Dockerfile").files == ("Dockerfile", "a")


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_fifo_in_place_of_a_file_does_not_hang(root: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (root / name).unlink(missing_ok=True)
    os.mkfifo(root / name)
    assert "not a regular file" in refused(capsys, "context", str(root))


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore", "a", "shut"])
def test_unreadable(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "Dockerfile").write_bytes(GOOD)
        (root / "a").write_text("x", encoding="utf-8")
        (root / ".dockerignore").write_text("# nothing\n", encoding="utf-8")
        (root / "shut").mkdir()
        (root / name).chmod(0)
        with as_nobody():
            reason = refused(capsys, "context", str(root))
        (root / name).chmod(0o755)
    assert name in reason
    assert "cannot be read" in reason


def test_file_that_vanishes_during_the_walk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    @contextmanager
    def scandir(path: str) -> Iterator[list[os.DirEntry[str]]]:
        with real(path) as entries:
            found = list(entries)
        (root / "a").unlink()
        yield found

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        with pytest.raises(CannotTell, match=r"^a: cannot be read: No such file"):
            resolve_context(root, root / "Dockerfile")


def test_four_thousand_folders_deep(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = os.open(root, os.O_RDONLY)
    for _ in range(4_000):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        reason = refused(capsys, "context", str(root))
        assert "File name too long" in reason
        assert len(reason) < 1_000
        (root / ".dockerignore").write_text("deep\n", encoding="utf-8")
        assert main(["context", str(root)]) == 0
    finally:
        subprocess.run(["rm", "-rf", str(root / "deep")], check=True)
