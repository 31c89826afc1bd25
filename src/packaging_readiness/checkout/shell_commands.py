"""Does a workflow's shell script push an image? Pure; nothing is run.

What cannot be read (a program of the platform, a command made at run time, a tool that is not known) is `unclear`,
never taken for harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_nodes import functions, simple_commands
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_splices import spliced
from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.checkout.shell_words import (
    bare,
    expanded,
    known_variables,
    starts_shell,
    tool_name,
    wrappers,
)

MAX_DEPTH = 5
_IMPORT = re.compile(r"(?m)^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([^;\n]+))|\bimport\b")
_CURL_GLUED = re.compile(r"-[fgikLsSv#]*[AbdeHmouw].+", re.DOTALL)
_FOLDER = re.compile(r"\$\{?(GITHUB_WORKSPACE|RUNNER_TEMP|PWD|HOME)\b|\$\{\{ *(github\.workspace|runner\.temp)\b")
_OUTPUT = re.compile(r"(?:-o[ =]?|--output[ =])(.*)", re.DOTALL)
_SPLIT_STRING = re.compile(r"-\w*S|--split-string\b")
_HALF_AN_OPTION = re.compile(r"-[${]|--[^=]*[${]|\{(?!\{)[^\"]*[,.]")
"""A word of which the shell makes an option, or several words (`--{push,load}`)."""
_FALSE = tools.named("0 f F false False FALSE")


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
    known = known_variables(tree, variables)
    environment = {name: value for name, value in known.items() if name in variables}
    reader = _Reader(known, environment, frozenset(functions(tree)), depth)
    return strongest(reader.effect(command.words, command.documents) for command in simple_commands(tree))


def program_effect(program: str) -> Effect:
    """What an inline Python program does: nothing, if all it imports is known to start and to send nothing."""
    found = tools.STARTS_PROGRAMS.search(program)
    if found:
        return Effect("unclear", f"an inline program that uses {found[0]}")
    for match in _IMPORT.finditer(program):
        names = match[1] or (match[2] or "?").partition("#")[0]
        for name in names.split(","):
            module = name.split()[0].partition(".")[0] if name.split() else ""
            if module not in tools.PYTHON_MODULES:
                return Effect("unclear", f"an inline program that imports {name.strip()}")
    return NONE


@dataclass(frozen=True, slots=True)
class _Reader:
    """`environment` are those of the variables that a shell which is started in the script knows, too."""

    variables: Mapping[str, str]
    environment: Mapping[str, str]
    functions: frozenset[str]
    depth: int

    def effect(self, given: tuple[str, ...], documents: tuple[str, ...] = ()) -> Effect:
        given = expanded(given, self.environment if starts_shell(given) else self.variables)
        words, started = bare(given), wrappers(given)
        if "env" in started and any(map(_SPLIT_STRING.match, started)):
            return Effect("unclear", "env -S")
        if not words:
            # What xargs adds is then the command of the wrapper behind it.
            hidden = "xargs" in started and any(
                word in tools.WRAPPERS for word in started[started.index("xargs") + 1 :]
            )
            return Effect("unclear", "xargs") if hidden else NONE
        if words[0] in self.functions and not started:
            return NONE  # its body is among the script's commands
        tool = tool_name(words[0])
        if tool is None:
            return Effect("unclear", words[0])
        found = self._tool_effect(tool, words[1:], documents)
        # xargs adds words that nobody has read.
        plain = tool in tools.HARMLESS and tool not in tools.EXECUTES
        more = found == NONE and not plain and "xargs" in started
        return Effect("unclear", f"xargs {tool}") if more else found

    def _again(self, words: tuple[str, ...], documents: tuple[str, ...] = ()) -> Effect:
        if self.depth >= MAX_DEPTH:
            return Effect("unclear", "a command in a command")
        return replace(self, depth=self.depth + 1).effect(words, documents)

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
            if any(map(_HALF_AN_OPTION.match, rest)):
                return unclear
            starts = [i for i, word in enumerate(rest, 1) if re.fullmatch(r"-(exec|ok)(dir)?", word)]
            return strongest(self._again(rest[start:]) for start in starts)
        if tool == "curl":
            return _curl(rest)
        if tool in tools.EXECUTES and tools.EXECUTES[tool].search(f" {' '.join(rest)} "):
            return unclear
        if tools.RUNNERS.get(tool) == part and part:
            return self._again(rest[rest.index(part) + 1 :], documents)
        if tool == "regctl" and {"copy", "cp", "import", "put", "push"} & set(rest[:3]):
            return pushes
        if tools.PUSHING_PARTS.get(tool, frozenset()) & set(rest):  # wherever it stands: options may stand before it
            return pushes
        if tool in tools.HARMLESS or part in tools.HARMLESS_PARTS.get(tool, ()):
            return NONE
        return unclear

    def _shell(self, tool: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Effect:
        if tool == "eval":
            text = " ".join(rest)
            return Effect("unclear", "eval") if "$" in text else script_effect(text, self.variables, self.depth + 1)
        for before, word, following in zip(("", *rest), rest, (*rest[1:], None), strict=False):
            if following is not None and re.fullmatch(r"-[a-z]*c", word):
                return script_effect(following, self.environment, self.depth + 1)
            if not word.startswith(("-", "+")) and not re.fullmatch(r"[-+][a-z]*o", before):
                return Effect("unclear", tool)  # a file
        effects = (script_effect(text, self.environment, self.depth + 1) for text in documents)
        return strongest(effects) if documents else Effect("unclear", tool)


def _arguments(words: tuple[str, ...], with_value: frozenset[str], alone: frozenset[str]) -> tuple[str, ...] | None:
    """Words after a tool's global options, None where one of these is not known."""
    i = 0
    while i < len(words) and words[i].startswith("-"):
        if words[i] not in with_value and words[i] not in alone and "=" not in words[i]:
            return None
        i += 2 if words[i] in with_value else 1
    return words[i:]


def _engine(tool: str, words: tuple[str, ...]) -> Effect:
    pushes, unclear = Effect("pushes", tool), Effect("unclear", tool)
    rest = _arguments(words, tools.ENGINE_OPTIONS_WITH_VALUE, tools.ENGINE_FLAGS)
    group = ""
    if rest and rest[0] in tools.ENGINE_GROUPS:
        group = rest[0]
        rest = _arguments(rest[1:], tools.COMPOSE_OPTIONS_WITH_VALUE, tools.ENGINE_FLAGS)
    if rest is None:
        return pushes if "push" in words else unclear
    part = rest[0] if rest else ""
    if part == "push" or (part == "commit" and any("://" in word for word in rest)):
        return pushes
    if part == "commit" and any("$" in word for word in rest):
        return unclear
    if part == "imagetools":
        return pushes if "create" in rest else NONE if rest[1:2] == ("inspect",) else unclear
    if part in ("build", "bud", "b", "bake"):
        if _build_pushes(rest):
            return pushes
        if _build_unclear(rest):
            return Effect("unclear", f"{tool} {part} with options that only the run knows")
    harmless = tools.ENGINE_GROUPS[group] if group else tools.ENGINE_HARMLESS
    return NONE if not part or part in harmless else unclear


def _build_pushes(words: tuple[str, ...]) -> bool:
    for before, word in zip(("", *words), words, strict=False):
        if word == "--push" or (word.startswith("--push=") and word.partition("=")[2] not in _FALSE):
            return True
        if before != "--cache-from" and not word.startswith("--cache-from=") and output_pushes(word):
            return True
        output = _OUTPUT.fullmatch(f"{before} {word}" if before in ("-o", "--output") else word)
        if output is not None and "$" in output[1] and not _FOLDER.match(output[1]):
            return True
    return False


def _build_unclear(words: tuple[str, ...]) -> bool:
    """Whether a word that only the run knows stands where an option could stand."""
    return any(
        _HALF_AN_OPTION.match(word)
        or (
            "$" in word[:1]
            and not _FOLDER.match(word)
            and (not before.startswith("-") or "=" in before or before in tools.BUILD_FLAGS)
        )
        for before, word in pairwise(words)
    )


def output_pushes(value: str) -> bool:
    """Whether a build's `--output` pushes; one that only the run knows counts as a push."""
    value = re.sub(r"\s*=\s*", "=", value.lower())
    if "type=registry" in value:
        return True
    for told in re.finditer(r"\bpush=([^,\s\"']*)", value):
        if told[1] not in _FALSE and ("type=" in value or told[1] == "true"):
            return True
    return "type=image" in value and "${{" in value


def _curl(words: tuple[str, ...]) -> Effect:
    """A registry takes an image by PUT, below /v2/: neither may be there, nor be for the run alone to know."""
    given = (word for before, word in zip(("", *words), words, strict=False) if before not in tools.CURL_TEXTS)
    text = f" {' '.join('-o' if _CURL_GLUED.fullmatch(word) else word for word in given)} "
    puts = re.search(
        r" (--?[^ =%]*[{$]|\{[^ \"]*[,.]|-[\w#:]*[TK]|--up|--conf|(-[\w#:]*X *(?! )|--request[= ])(?!GET|HEAD|POST))",
        text,
    )
    return Effect("unclear", "curl") if puts or "/v2/" in text else NONE


def _aws(words: tuple[str, ...]) -> Effect:
    if "ecr" in words and {"put-image", "complete-layer-upload"} & set(words):
        return Effect("pushes", "aws")
    rest = _arguments(words, tools.AWS_OPTIONS_WITH_VALUE, tools.AWS_FLAGS) or ()
    service, part = rest[0] if rest else "", rest[1] if len(rest) > 1 else ""
    reads = re.match(r"(get|describe|list|batch-get|batch-check|head)-|wait$|create-repository$", part)
    known = service in ("sts", "configure", "s3", "s3api") or words[:1] == ("--version",)
    return NONE if reads or known else Effect("unclear", "aws")


def _interpreter(tool: str, rest: tuple[str, ...], documents: tuple[str, ...]) -> Effect:
    if rest and all(word in ("--version", "-V", "-VV", "-v", "--help") for word in rest):
        return NONE
    python = tool.startswith("python")
    for i, word in enumerate(rest):
        if word == "-m" and i + 1 < len(rest):
            return NONE if rest[i + 1] in tools.INTERPRETER_MODULES else Effect("unclear", f"{tool} -m {rest[i + 1]}")
        if word in ("-c", "-e") and i + 1 < len(rest):
            return _inline_effect(rest[i + 1]) if python else Effect("unclear", f"an inline program of {tool}")
        if not re.fullmatch(r"-[bBdEIOPqRsSuvVx]*", word):
            return Effect("unclear", f"{tool} {word}")
    known = python and documents
    return strongest(map(_inline_effect, documents)) if known else Effect("unclear", tool)


def _inline_effect(program: str) -> Effect:
    if spliced(program):
        return Effect("unclear", "an inline program that only the run knows")
    return program_effect(program)
