"""How a script is started: by which shell, with which options, and what could run before its first line. Pure.

Source: GitHub Actions, `jobs.<id>.steps[*].shell`: no shell given is `bash -e {0}`, `bash` is
`bash --noprofile --norc -eo pipefail {0}`, `sh` is `sh -e {0}`; POSIX.1-2017, XCU `set`; bash, "Invoking Bash".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from packaging_readiness.checkout.shell_tools import named

# What these do to a script is known: nothing but where it stops. Among those left out: -n and noexec run nothing at
# all, -t and onecmd only the first command, -i and -s read something else, -c takes its script from the command line.
_LETTERS = frozenset("euxvlfaCEThb")
_NAMES = named("errexit pipefail nounset xtrace verbose noglob allexport noclobber errtrace functrace notify")
_RUN_BY_TOOLS = (
    r"GIT_(?:SSH(?:_COMMAND)?|EXTERNAL_DIFF|EDITOR|SEQUENCE_EDITOR|PAGER|ASKPASS|EXEC_PATH|PROXY_COMMAND|CONFIG\w*)"
    r"|NODE_OPTIONS|RSYNC_RSH|TAR_OPTIONS|RUBYOPT|PERL5OPT|LESSOPEN"
)
_HOOK = re.compile(rf"BASH_ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|LD_\w+|PATH|PS4|{_RUN_BY_TOOLS}")
_HOOK_IN_SCRIPT = re.compile(
    rf"\b(BASH_ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_\w+|LD_(?:PRELOAD|AUDIT|LIBRARY_PATH)|{_RUN_BY_TOOLS})\b"
)
# Text of whoever starts the run; it becomes part of the script before any shell reads it.
_SPLICED = re.compile(
    r"\$\{\{(?:(?!\}\}).)*\b(inputs\b|github\.event\b|github\.(?:head_ref|ref_name|actor|triggering_actor)\b)",
    re.DOTALL,
)
# Variables that have a well-known tool look for nothing, or succeed whatever it finds, and values that do not.
_LOOSENS = {
    "HADOLINT_FAILURE_THRESHOLD": r"error|warning|info|style|ignore",
    "HADOLINT_NOFAIL": r"|false|0",
    "MAKEFLAGS": r"(-j *\d*|-s|--no-print-directory| )*",
    "GNUMAKEFLAGS": r"(-j *\d*|-s| )*",
    "PYTEST_ADDOPTS": r"(--color=\w+|--tb=\w+|-[rqvx]+\w*| )*",
    "PYTHONOPTIMIZE": r"|0",
    "TRIVY_FORMAT": r"table|json|sarif",
    "TRIVY_DOWNLOAD_DB_ONLY": r"|false",
    "TRIVY_DOWNLOAD_JAVA_DB_ONLY": r"|false",
}
_LOOSENS_IN_SCRIPT = re.compile(rf"\b({'|'.join(_LOOSENS)})\b")
_PATH_SET = re.compile(r"\bPATH(?:\+=[\"']?:?|=)([^\s;&|]*)")
_PATH_ADDED = re.compile(r"\s*echo\s+[\"']?([^\s\"'>]+)[\"']?\s*>>\s*[\"']?\$\{?GITHUB_PATH\}?[\"']?\s*")
"""The plain way to have later steps look for programs in one more folder."""
# Folders of the machine or of a virtual environment; in any other one there could be a program of the same name.
_PATH_FOLDER = re.compile(
    r"\$PATH|\$\{PATH\}|(\$HOME|\$\{HOME\}|~|\$RUNNER_TEMP|\$\{RUNNER_TEMP\}|/(usr|opt|bin|sbin|snap|home))[\w./+-]*"
    r"|[\w$/{}.-]*/?\.?venv/bin"
)


@dataclass(frozen=True, slots=True)
class Start:
    """Whether the shell stops at a failing command, and whether a pipeline fails with any of its parts."""

    errexit: bool = False
    pipefail: bool = False


def start(shell: str | None) -> Start | None:
    """The options of a step's shell, None for a shell or an option whose meaning is not known here."""
    if shell is None or shell == "sh":
        return Start(errexit=True)
    if shell == "bash":
        return Start(errexit=True, pipefail=True)
    program, *words = shell.split() or [""]
    if program.rpartition("/")[2] not in ("bash", "sh") or words[-1:] != ["{0}"]:
        return None
    return with_options(words[:-1], Start())


def with_options(words: Sequence[str], before: Start) -> Start | None:
    """What `set`, or a shell's command line, makes of the options before; None where an option is not understood."""
    found, rest = before, list(words)
    while rest:
        word = rest.pop(0)
        if word in ("--noprofile", "--norc"):
            continue
        if word[:1] not in ("-", "+") or word in ("-", "+"):
            return None
        for letter in word[1:]:
            name = (rest.pop(0) if rest else "") if letter == "o" else ""
            if (name not in _NAMES) if letter == "o" else (letter not in _LETTERS):
                return None
            if letter == "e" or name == "errexit":
                found = replace(found, errexit=word[0] == "-")
            if name == "pipefail":
                found = replace(found, pipefail=word[0] == "-")
    return found


def hook(environment: Mapping[str, str], script: str) -> str:
    """What has the shell, or a tool, run something else than the script says; "" when there is nothing.

    That is a variable (one that the script itself names counts wherever it stands), or text of whoever starts the run.
    ENV, which some shells read, counts where it could name a file: a plain word is a variable like any other.
    """
    plain = re.fullmatch(r"[\w-]*", environment.get("ENV", ""))
    named = next((name for name in environment if _HOOK.fullmatch(name)), "" if plain else "ENV")
    if match := _HOOK_IN_SCRIPT.search(script):
        named = named or match[1]
    spliced = _SPLICED.search(script)
    return named or (f"text from {spliced[1]}" if spliced else "")


def loosened(environment: Mapping[str, str], script: str) -> str:
    """What could have a check of the script look for nothing, or be another program; "" when there is nothing."""
    for name, harmless in _LOOSENS.items():
        if name in environment and not re.fullmatch(harmless, environment[name]):
            return name
    if match := _LOOSENS_IN_SCRIPT.search(script):
        return match[1]
    for match in _PATH_SET.finditer(script):
        folders = re.sub(r"[\"']", "", match[1]).split(":")
        if not all(map(_of_machine, folders)):
            return "PATH"
    for line in script.splitlines():
        added = _PATH_ADDED.fullmatch(line)
        if "GITHUB_PATH" in line and not (added and _of_machine(added[1])):
            return "GITHUB_PATH"
    return ""


def _of_machine(folder: str) -> bool:
    return bool(_PATH_FOLDER.fullmatch(folder)) and ".." not in folder
