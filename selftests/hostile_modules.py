"""Entrypoints that misbehave when they are asked for help, and the result that each must get.

`expected` is the reason code of a fail, or empty where the row passes: pass is exit code 0 with usage text on
standard output and no traceback, whatever else the program did.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HELPS = "import argparse\nargparse.ArgumentParser().parse_args()\n"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A module: its text and the reason code that its row must get."""

    expected: str
    text: str


def secret() -> str:
    """An invented key of the well-known form; put together here, so that no file of the suite holds one."""
    return "h7Kq2ZtV9xLw" + "P4sNf8RbYc1D" + "mJ6gTe3UoAiXvE5k"


QUICK: Mapping[str, Hostile] = {
    "loops": Hostile("timed-out", "while True: pass\n"),
    "stops": Hostile("timed-out", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"),
    "bombs": Hostile(
        "timed-out",
        "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.05)\n",
    ),
    "reads": Hostile("timed-out", "import sys\nwhile True: sys.stdin.readline()\n"),
    "asks": Hostile("traceback", "print('usage:', input())\n"),
    "waits": Hostile(
        "timed-out",
        "import os, time\nchild = os.fork()\nif child == 0:\n    os.setsid()\n    time.sleep(600)\n"
        "os.waitpid(child, 0)\n",
    ),
    "escapes": Hostile(
        "",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(600)\n"
        "    os._exit(0)\n" + HELPS,
    ),
    "moves": Hostile(
        "",
        "import os, time\nif os.fork() == 0:\n    os.setpgid(0, 0)\n    time.sleep(600)\n" + HELPS,
    ),
    "links": Hostile(
        "traceback",
        "import os\nfor case in ('promote-valid', 'rollback-drill-valid', 'promote-wrong-event-type'):\n"
        "    os.symlink('/etc/planted', '/tmp/event.' + case + '.json')\n"
        "os.symlink('/', '/tmp/out')\nopen('/tmp/out/etc/planted', 'w').write('x')\n",
    ),
    "writes": Hostile(
        "",
        "for path in ('/planted', '/etc/planted', '/app/planted', '/tmp/planted'):\n"
        "    try: open(path, 'w').write('x')\n    except OSError: pass\n" + HELPS,
    ),
    "listens": Hostile(
        "",
        "import socket\nserver = socket.socket()\nserver.bind(('0.0.0.0', 18080))\nserver.listen()\n" + HELPS,
    ),
    "pretends": Hostile(
        "traceback", "import traceback\ntry: 1 / 0\nexcept ZeroDivisionError: traceback.print_exc()\n" + HELPS
    ),
    "tells": Hostile(
        "secret-in-output",
        f"import sys\nfor stream in (sys.stdout, sys.stderr):\n"
        f"    print('usage: x [--aws-secret-access-key KEY]\\naws_secret_access_key = {secret()}', file=stream)\n",
    ),
    "kills": Hostile("", "import os\ntry: os.kill(-1, 9)\nexcept OSError: pass\n" + HELPS),
    "freezes": Hostile("", "import os, signal\ntry: os.kill(-1, signal.SIGSTOP)\nexcept OSError: pass\n" + HELPS),
    "dies": Hostile("killed-by-signal", "import os\nos.kill(os.getpid(), 11)\n"),
    "binary": Hostile("no-usage-text", "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 16)\n"),
    "closes": Hostile("no-usage-text", "import os\nos.close(1)\nos._exit(0)\n"),
}
DOUBLED = "doubled"  # its package imports it, so that runpy warns when it is run
SLOW: Mapping[str, Hostile] = {
    DOUBLED: Hostile(
        "", "if __name__ == '__main__':\n    import argparse\n    argparse.ArgumentParser().parse_args()\n"
    ),
    "floods": Hostile(
        "output-over-bound",
        "import sys\nprint('usage: floods', flush=True)\nblock = 'x' * (1 << 20)\n"
        "for _ in range(1 << 10): sys.stdout.write(block)\n",
    ),
    "litters": Hostile(
        "",
        "import os\nos.mkdir('/tmp/litter')\ntry:\n    for number in range(100_000):\n"
        "        os.close(os.open(f'/tmp/litter/{number}', os.O_CREAT | os.O_WRONLY))\nexcept OSError: pass\n" + HELPS,
    ),
}
