# ruff: noqa: PTH103, PTH108, PTH120, PTH123, SIM105
# pathlib and contextlib would cost start-up time in every container
"""Runs inside the container as PID 1: takes rows on stdin, gives one record for each on stdout.

Sent as text with `python -I -S -c`, so it must run alone on any Python from 3.6 with the standard library
only. Frames in both directions are a 4-byte big-endian length and a JSON object. First comes the order
{nonce, parallel, keep}, then rows {id, argv, timeout, stdin, files}; every record bears the nonce, which no
row can read: it is in no argument, and this process is not dumpable. When stdin closes, all ends.
"""

import binascii
import errno
import json
import os
import select
import signal
import struct
import sys
import time

TYPE_CHECKING = False  # spares the interpreter in the image an import
if TYPE_CHECKING:
    from typing import Any, NoReturn

DEFAULT_SIGNALS = ("SIGPIPE", "SIGXFZ", "SIGXFSZ")


def hide_from_rows() -> None:
    """Keep rows of the same user out of /proc/1/fd and /proc/1/mem."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    except (ImportError, AttributeError, OSError):  # an image without ctypes or without a loadable C library
        pass


def container_environment() -> "dict[bytes, bytes]":
    """The environment as the engine gave it: os.environ has what this interpreter added (LC_CTYPE)."""
    with open("/proc/self/environ", "rb") as file:
        entries = file.read().split(b"\0")
    return {entry.partition(b"=")[0]: entry.partition(b"=")[2] for entry in entries if b"=" in entry}


def put(path: str, data: bytes) -> None:
    """Write a new file below /tmp, with the directories it needs."""
    parts = os.path.normpath(path)
    if not parts.startswith("/tmp/"):
        raise OSError(errno.EPERM, "files are written below /tmp only")
    os.makedirs(os.path.dirname(parts), exist_ok=True)
    handle = os.open(parts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


class Stream:
    """One output of a row: its first and last bytes, and how many there were."""

    def __init__(self, handle: int, keep: int) -> None:
        self.handle, self.half = handle, keep // 2
        self.head, self.tail, self.total = b"", b"", 0

    def read(self) -> "bool | None":
        """Take what is there now; None when that is nothing, False when the stream has ended."""
        try:
            data = os.read(self.handle, 65536)
        except BlockingIOError:
            return None
        self.total += len(data)
        room = self.half - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[room:])[-self.half :]
        return bool(data)

    def text(self) -> str:
        return binascii.b2a_base64(self.head + self.tail, newline=False).decode("ascii")


class Row:
    """One running command, the leader of a session and process group of its own."""

    def __init__(self, order: "dict[str, Any]", keep: int, environment: "dict[bytes, bytes]") -> None:
        for path, data in sorted(order["files"].items()):
            put(path, binascii.a2b_base64(data))
        source = "/dev/null"
        if order["stdin"]:
            source = f"/tmp/.stdin-{order['number']}"
            put(source, binascii.a2b_base64(order["stdin"]))
        given = os.open(source, os.O_RDONLY)
        if order["stdin"]:
            os.unlink(source)
        out, err = os.pipe(), os.pipe()
        self.order, self.timed_out = order, False
        self.status = None  # type: int | None
        self.started = time.monotonic()
        self.deadline = self.started + order["timeout"]
        self.pid = os.fork()
        if self.pid == 0:
            become(order["argv"], environment, given, out[1], err[1])
        for handle in (given, out[1], err[1]):
            os.close(handle)
        self.streams = [Stream(out[0], keep), Stream(err[0], keep)]
        for stream in self.streams:
            os.set_blocking(stream.handle, False)

    def kill(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass  # before setsid, or already gone
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)

    def record(self, status: int) -> "dict[str, Any]":
        """What is left in the pipes belongs to the row; a process that escaped its session does not get more."""
        duration = time.monotonic() - self.started
        for stream in self.streams:
            for _ in range(32):
                if not stream.read():
                    break
            os.close(stream.handle)
        ended = os.WIFSIGNALED(status)
        out, err = self.streams
        return {
            "id": self.order["id"],
            "exit_code": None if ended else os.WEXITSTATUS(status),
            "signal": os.WTERMSIG(status) if ended else None,
            "timed_out": self.timed_out,
            "stdout": out.text(),
            "stdout_total": out.total,
            "stderr": err.text(),
            "stderr_total": err.total,
            "duration": duration,
        }


def become(argv: "list[str]", environment: "dict[bytes, bytes]", given: int, out: int, err: int) -> "NoReturn":
    """In the child: exactly the row's command, as the image would run it. Never returns."""
    try:
        os.setsid()
        for number, handle in enumerate((given, out, err)):
            os.dup2(handle, number)
        for name in DEFAULT_SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvpe(argv[0], argv, environment)
    except OSError as problem:
        os.write(2, f"{argv[0]}: {problem.strerror}\n".encode())
        os._exit(126 if problem.errno == errno.EACCES else 127)
    finally:
        os._exit(127)


class Driver:
    """The loop: one thread, one epoll."""

    def __init__(self) -> None:
        self.environment = container_environment()
        hide_from_rows()
        self.wake, wake = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for name in ("SIGCHLD", "SIGINT", "SIGTERM", "SIGHUP"):  # handlers, not SIG_IGN: exec resets them
            signal.signal(getattr(signal, name), lambda *_: None)
        self.poll = select.epoll()
        self.poll.register(self.wake, select.EPOLLIN)
        self.poll.register(0, select.EPOLLIN)
        self.incoming, self.seen = b"", 0
        self.order = {}  # type: dict[str, Any]
        self.waiting = []  # type: list[dict[str, Any]]
        self.running = {}  # type: dict[int, Row]
        self.handles = {}  # type: dict[int, Stream]
        self.spoiled = ""  # why no further row may start in this container

    def send(self, record: "dict[str, Any]") -> None:
        record["nonce"] = self.order["nonce"]
        data = json.dumps(record).encode("ascii")
        data = struct.pack(">I", len(data)) + data
        while data:
            data = data[os.write(1, data) :]

    def take(self) -> None:
        """Read what came on stdin; end everything when it has closed."""
        data = os.read(0, 1 << 20)
        if not data:
            os._exit(0)  # the end of PID 1 is the end of every process in the container
        self.incoming += data
        while len(self.incoming) >= 4:
            (length,) = struct.unpack(">I", self.incoming[:4])
            if len(self.incoming) < 4 + length:
                break
            frame = json.loads(self.incoming[4 : 4 + length].decode("utf-8"))
            self.incoming = self.incoming[4 + length :]
            if not self.order:
                self.order = frame
                self.send({"ready": sys.version.split()[0]})
            else:
                self.seen += 1
                self.waiting.append(dict(frame, number=self.seen))

    def start(self) -> None:
        while self.waiting and len(self.running) < self.order["parallel"] and not self.spoiled:
            order = self.waiting.pop(0)
            try:
                row = Row(order, self.order["keep"], self.environment)
            except OSError as problem:  # no process or no space left: whatever spoiled this container
                self.waiting.insert(0, order)
                self.spoiled = f"{order['id']}: {problem.strerror}"
                break
            self.running[row.pid] = row
            for stream in row.streams:
                self.handles[stream.handle] = stream
                self.poll.register(stream.handle, select.EPOLLIN)
        if self.spoiled and self.waiting and not self.running:
            self.send({"unstarted": [order["id"] for order in self.waiting], "why": self.spoiled})
            self.waiting = []

    def reap(self) -> None:
        """Collect every dead child, adopted orphans too; a row ends when its leader has."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            row = self.running.pop(pid, None)
            if row is None:
                continue
            row.status = status
            row.kill()
            for stream in row.streams:
                if self.handles.pop(stream.handle, None):
                    self.poll.unregister(stream.handle)
            if row.timed_out or os.WIFSIGNALED(status):
                self.spoiled = f"{row.order['id']} broke its bounds"
            self.send(row.record(status))

    def run(self) -> None:
        while True:
            now = time.monotonic()
            ends = [row.deadline for row in self.running.values() if not row.timed_out]
            for handle, _ in self.poll.poll(max(0.0, min(ends) - now) + 0.001 if ends else -1):
                if handle == 0:
                    self.take()
                elif handle == self.wake:
                    os.read(handle, 4096)
                elif handle in self.handles and self.handles[handle].read() is False:
                    self.poll.unregister(handle)
                    del self.handles[handle]
            now = time.monotonic()
            for row in self.running.values():
                if not row.timed_out and row.deadline <= now:
                    row.timed_out = True
                    row.kill()
            self.reap()
            self.start()


Driver().run()
