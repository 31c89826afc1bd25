"""The same process without this suite: one line for a shell, made of the engine's own command."""

import json
import shlex

from packaging_readiness.image.commands import DEFAULT_LIMITS, Command
from packaging_readiness.image.container import plain_command
from packaging_readiness.image.engine import Engine

_WRITE_FILES = (
    "import json,os,sys;[open(path,'w').write(text) for path,text in json.load(sys.stdin).items()];"
    "os.execvp(sys.argv[1],sys.argv[1:])"
)


def by_hand(engine: Engine, image: str, command: Command) -> str:
    """The line that runs `command` in `image` under the same hardening.

    Files of the command go in through standard input, so that nothing of the host is mounted and no shell is needed.
    """
    if not command.files:
        return plain_command(engine, image, command.argv, DEFAULT_LIMITS)
    content = json.dumps({path: data.decode() for path, data in command.files.items()}, sort_keys=True)
    argv = ("python", "-c", _WRITE_FILES, *command.argv)
    return f"printf %s {shlex.quote(content)} | {plain_command(engine, image, argv, DEFAULT_LIMITS)}"
