"""What must hold for every input: refused or read, in time, in bounded memory, inside of its own folder.

Allowed is what a reader returns, and ReadinessError. A finding is any other exception, more CPU or memory than the
bound, a file opened outside of the current directory (the interpreter, the installed packages and the suite's own data
may be read), a process or a connection, and a message that names a place on the machine.
"""

import os
import platform
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tools.fuzzing.target import ROOT, Target, told

CPU_S = 2.0
MEMORY_KIB = 512 * 1024
_SOURCE = str(ROOT / "src")
_OWN = tuple(str(ROOT / name) for name in ("src", "selftests", "tools", "fixtures"))
_READING = frozenset(("open", "os.scandir", "os.listdir"))
_FILES = _READING | {"os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.symlink"}
_PATHS = {"os.rename": slice(2), "os.link": slice(2), "os.symlink": slice(1, 2)}
_FOREIGN = frozenset(
    ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "socket.bind")
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken bound. `key` is the same for inputs that break it at the same place; `text` is for people."""

    key: str
    text: str


class TooLong(BaseException):
    """The input used up its CPU time; no reader catches it."""


class Outside(BaseException):
    """Something was opened or started that is not the reader's to open or start; no reader catches it."""


class _Watch:
    """What may be opened now; one per process, because an audit hook stays for ever."""

    def __init__(self) -> None:
        self.home = ""
        self.readable: tuple[str, ...] = ()
        self.searched: frozenset[str] = frozenset()
        self.seen: list[str] = []
        self.installed = False

    def arm(self) -> None:
        if not self.installed:
            sys.addaudithook(self.hook)
            self.installed = True
            places = {sys.prefix, sys.base_prefix, str(Path(os.__file__).parent), *_OWN, *sys.path} - {"", str(ROOT)}
            self.searched = frozenset(map(os.path.realpath, filter(None, sys.path)))
            self.readable = (*(os.path.realpath(place) for place in places), "/usr/share/zoneinfo", "/dev/null")
        self.seen = []
        self.home = str(Path.cwd())

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.home or (event not in _FILES and event not in _FOREIGN):
            return
        if event in _FOREIGN:
            self.refuse(f"{event} {arguments[0]!r:.200}")
        writes = event not in _READING or (event == "open" and _writes(arguments))
        for path in arguments[_PATHS.get(event, slice(1))]:
            if path is None or isinstance(path, int):
                continue
            folder, name = os.path.split(os.fsdecode(path))
            # A link is followed where its file is opened, and is itself what is removed or renamed.
            real = os.path.realpath(os.fsdecode(path)) if event in _READING else f"{os.path.realpath(folder)}/{name}"
            if event == "os.listdir" and real in self.searched:
                continue  # an import looks there
            homes = (self.home,) if writes else (self.home, *self.readable)
            if not any(real == home or real.startswith(home + "/") for home in homes):
                self.refuse(f"{event} {real!r:.200}{' for writing' if writes else ''}")

    def refuse(self, what: str) -> None:
        self.seen.append(what)
        raise Outside(what)


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = (*arguments, None, 0)[1:3]
    return bool(flags & _WRITES) or (isinstance(mode, str) and bool(set(mode) & set("wax+")))


_watch = _Watch()


def check(target: Target, data: bytes, cpu_s: float = CPU_S) -> Finding | None:
    """Hand `data` to the target's readers, in the current directory. None when every bound held."""
    told.clear()
    before, begun = _peak_kib(), time.process_time()
    _watch.arm()
    caught: BaseException | None = None
    try:
        with _limited(cpu_s):
            target.run(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        caught = error
    finally:
        home, _watch.home = _watch.home, ""
    spent = time.process_time() - begun
    more = _peak_kib() - before
    if _watch.seen:
        what = _watch.seen[0]
        return Finding(f"outside {what.split()[0]} {_place(caught)}", f"outside: {what}\n{_trace(caught)}")
    if isinstance(caught, TooLong) or spent > cpu_s:
        return Finding(f"slow {_file(caught)}", f"more than {cpu_s} s of CPU\n{_trace(caught)}")
    if caught is not None:
        return Finding(f"{type(caught).__name__} {_place(caught)}", _trace(caught))
    if more > MEMORY_KIB:
        return Finding("memory", f"{more // 1024} MiB more memory")
    for message in told:
        named = next((place for place in (home, str(ROOT), sys.prefix) if place in message), None)
        if named is not None:
            return Finding(f"absolute path {message.partition(':')[0]:.40}", f"the message names {named}: {message}")
    return None


def _peak_kib() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if platform.system() == "Darwin" else peak


@contextmanager
def _limited(cpu_s: float) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_s, 0.5)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.dont_write_bytecode = bytecode
        signal.signal(signal.SIGPROF, before)


def _frames(error: BaseException | None) -> list[traceback.FrameSummary]:
    return [] if error is None else list(traceback.extract_tb(error.__traceback__))


def _place(error: BaseException | None) -> str:
    """The innermost line of the suite itself in the traceback, as file:function."""
    frames = _frames(error)
    ours = [frame for frame in frames if frame.filename.startswith(_SOURCE)] or frames[-1:]
    return f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "nowhere"


def _file(error: BaseException | None) -> str:
    return _place(error).partition(":")[0]


def _trace(error: BaseException | None) -> str:
    if error is None:
        return ""
    lines = traceback.format_exception(error, limit=-40)
    return "".join(line if len(line) < 2000 else line[:2000] + "...\n" for line in lines)
