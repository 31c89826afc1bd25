"""Does a workflow's shell script push an image? Pure; nothing is run.

What cannot be read (a program of the platform, a command made at run time, a tool that is not known) is `unclear`,
never taken for harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import Command, functions, simple_commands
from packaging_readiness.checkout.shell_scan import Unreadable
from packaging_readiness.checkout.shell_tree import parse

MAX_DEPTH = 5
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL | re.ASCII)
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_UNEXPANDED = re.compile(r"[$*?{}\\]")


@dataclass(frozen=True, slots=True)
class Effect:
    """`cause` is the command that decided, as a word for messages; empty when nothing pushes."""

    kind: Literal["none", "unclear", "pushes"]
    cause: str = ""


NONE = Effect("none")


def strongest(effects: Iterable[Effect]) -> Effect:
    """The first that pushes, else the first that is unclear, else none."""
    first: dict[str, Effect] = {}
    for effect in effects:
        first.setdefault(effect.kind, effect)
    return first.get("pushes") or first.get("unclear") or NONE


def script_effect(script: str, variables: Mapping[str, str], depth: int = 0) -> Effect:
    """What a shell script does; `variables` are those of its environment whose value is known."""
    if depth > MAX_DEPTH:
        return Effect("unclear", "a script in a script")
    try:
        tree = parse(script)
    except Unreadable as error:
        return Effect("unclear", f"a script that cannot be read ({error})")
    commands = tuple(simple_commands(tree))
    reader = _Reader(_known(commands, variables), frozenset(functions(tree)), depth)
    return strongest(reader.effect(command.words, command.documents) for command in commands)


def program_effect(program: str) -> Effect:
    """What an inline program of another language does, as far as its words tell."""
    found = tools.STARTS_PROGRAMS.search(program)
    return Effect("unclear", f"an inline program that uses {found[0]}") if found else NONE


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without assignments and without commands that only start another one (sudo, timeout, env)."""
    start, wrapped = 0, False
    while start < len(words):
        word = words[start]
        if word in tools.WRAPPERS or _ASSIGNMENT.fullmatch(word):
            wrapped |= word in tools.WRAPPERS
            start += 1
        elif wrapped and word in tools.WRAPPER_OPTIONS_WITH_VALUE:
            start += 2
        elif wrapped and (word.startswith("-") or _DURATION.fullmatch(word)):
            start += 1
        else:
            break
    return words[start:]


def _known(commands: Iterable[Command], variables: Mapping[str, str]) -> dict[str, str]:
    """Variables that have one literal value throughout the script."""
    known = dict(variables)
    doubtful = set()
    for command in commands:
        for match in map(_ASSIGNMENT.fullmatch, command.words):
            if match is not None:
                name, added, value = match.groups()
                if added or "$" in value or known.setdefault(name, value) != value:
                    doubtful.add(name)
    return {name: value for name, value in known.items() if name not in doubtful}


@dataclass(frozen=True, slots=True)
class _Reader:
    variables: Mapping[str, str]
    functions: frozenset[str]
    depth: int

    def effect(self, words: tuple[str, ...], documents: tuple[str, ...] = ()) -> Effect:
        words = bare(words)
        if not words:
            return NONE
        head = _VARIABLE.sub(lambda m: self.variables.get(m[1] or m[2], m[0]), words[0]).split() or [words[0]]
        if head != [words[0]]:
            return self._again((*head, *words[1:]), documents)
        if words[0] in self.functions:
            return NONE  # its body is among the script's commands
        tool = _tool(words[0])
        if tool is None:
            return Effect("unclear", words[0])
        return self._tool_effect(tool, words[1:], documents)

    def _again(self, words: tuple[str, ...], documents: tuple[str, ...] = ()) -> Effect:
        if self.depth >= MAX_DEPTH:
            return Effect("unclear", words[0])
        return _Reader(self.variables, self.functions, self.depth + 1).effect(words, documents)

    def _tool_effect(self, tool: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Effect:
        unclear, pushes = Effect("unclear", tool), Effect("pushes", tool)
        part = next((word for word in rest if not word.startswith("-")), "")
        if tool in tools.ENGINES:
            return _engine(tool, rest)
        if tool == "aws":
            return _aws(rest)
        if tool in tools.SHELLS or tool == "eval":
            return self._shell(tool, rest, documents)
        if tools.INTERPRETERS.fullmatch(tool):
            return _interpreter(tool, rest, documents)
        if tool in ("source", "."):
            return NONE if part.endswith("bin/activate") else unclear
        if tool == "trap":
            return script_effect(part, self.variables, self.depth + 1)
        if tool == "find":
            start = next((i for i, word in enumerate(rest) if re.fullmatch(r"-(exec|ok)(dir)?", word)), None)
            return NONE if start is None else self._again(rest[start + 1 :])
        if tool == "curl":
            return unclear if any("/v2/" in word for word in rest) else NONE
        if tools.RUNNERS.get(tool) == part and part:
            return self._again(rest[rest.index(part) + 1 :], documents)
        if tool == "regctl" and {"copy", "cp", "import", "put", "push"} & set(rest[:3]):
            return pushes
        if part in tools.PUSHING_PARTS.get(tool, ()):
            return pushes
        if tool in tools.HARMLESS or part in tools.HARMLESS_PARTS.get(tool, ()):
            return NONE
        return unclear

    def _shell(self, tool: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Effect:
        if tool == "eval":
            text = " ".join(rest)
            return Effect("unclear", "eval") if "$" in text else script_effect(text, self.variables, self.depth + 1)
        given = next((i for i, word in enumerate(rest) if re.fullmatch(r"-[a-z]*c", word)), None)
        if given is not None and given + 1 < len(rest):
            return script_effect(rest[given + 1], self.variables, self.depth + 1)
        if documents and all(word.startswith("-") for word in rest):
            return strongest(script_effect(text, self.variables, self.depth + 1) for text in documents)
        return Effect("unclear", tool)


def _tool(word: str) -> str | None:
    """The name of a program, or None for one of the platform's own or one that only the run knows."""
    folder, slash, name = word.rpartition("/")
    own = slash and not folder.startswith(("/", "~", "$")) and folder != ""
    if own or folder.startswith(("$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE", "$PWD", "${{")) or not name:
        return None
    if _UNEXPANDED.search(name):
        return None
    return name


def _arguments(words: tuple[str, ...], with_value: frozenset[str]) -> tuple[str, ...]:
    """Words after a tool's global options."""
    i = 0
    while i < len(words) and words[i].startswith("-"):
        i += 2 if words[i] in with_value else 1
    return words[i:]


def _engine(tool: str, words: tuple[str, ...]) -> Effect:
    pushes, unclear = Effect("pushes", tool), Effect("unclear", tool)
    rest = _arguments(words, tools.ENGINE_OPTIONS_WITH_VALUE)
    group = rest[0] if rest and rest[0] in tools.ENGINE_GROUPS else ""
    if group:
        rest = _arguments(rest[1:], tools.COMPOSE_OPTIONS_WITH_VALUE)
    part = rest[0] if rest else ""
    if part == "push" or (part == "commit" and any("docker://" in word for word in rest)):
        return pushes
    if part == "imagetools":
        return pushes if "create" in rest[1:2] else NONE
    if part in ("build", "bud", "b", "bake") and _build_pushes(rest):
        return pushes
    harmless = tools.ENGINE_GROUPS[group] if group else tools.ENGINE_HARMLESS
    return NONE if not part or part in harmless else unclear


def _build_pushes(words: tuple[str, ...]) -> bool:
    return any(word in ("--push", "--push=true") or output_pushes(word) for word in words)


def output_pushes(value: str) -> bool:
    """Whether a build's `--output` pushes; one that only the run knows counts as a push."""
    return "type=registry" in value or "push=true" in value or ("type=image" in value and "${{" in value)


def _aws(words: tuple[str, ...]) -> Effect:
    if "ecr" in words and {"put-image", "complete-layer-upload"} & set(words):
        return Effect("pushes", "aws")
    reads = any(re.match(r"(get|describe|list|batch-get|batch-check|head)-|create-repository$", word) for word in words)
    known = {"sts", "configure", "s3", "s3api", "--version"} & set(words)
    return NONE if reads or known else Effect("unclear", "aws")


def _interpreter(tool: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Effect:
    if rest and all(word in ("--version", "-V", "-VV", "-v", "--help") for word in rest):
        return NONE
    for i, word in enumerate(rest):
        if word == "-m" and i + 1 < len(rest):
            return NONE if rest[i + 1] in tools.INTERPRETER_MODULES else Effect("unclear", f"{tool} -m {rest[i + 1]}")
        if word in ("-c", "-e") and i + 1 < len(rest):
            return program_effect(rest[i + 1])
        if not word.startswith("-"):
            return Effect("unclear", f"{tool} {word}")
    return strongest(program_effect(text) for text in documents) if documents else Effect("unclear", tool)
