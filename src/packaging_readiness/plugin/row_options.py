"""Options in the words of a program: those that its help offers, and those that its refusal speaks of. All pure."""

import re
from collections.abc import Iterable

_USAGE = re.compile(r"(?ims)^\s*usage:.*?(?:^\s*$|\Z)")
_USAGE_BLOCK = re.compile(r"(?im)^\s*usage:.*\n(?:[ \t]+.*\n)*")
_LONG = re.compile(r"(?<![\w-])--[A-Za-z0-9][A-Za-z0-9-]*")
_LACKING = re.compile(r"\b(?:required|missing)\b", re.IGNORECASE)
_ALWAYS = frozenset({"--help"})


def documents(option: str, text: str) -> bool:
    """Whether help offers the option, in its usage or at the start of a line of its own; prose offers nothing."""
    return any(names(option, part) for part in _offers(text))


def unlisted(text: str, listed: Iterable[str]) -> list[str]:
    """Long options that help offers and that are not `listed`, sorted."""
    offered = {option for part in _offers(text) for option in _LONG.findall(part)}
    return sorted(offered - set(listed) - _ALWAYS)


def names(option: str, text: str) -> bool:
    """Whether `text` names the option itself and not only a longer one."""
    return re.search(r"(?<![\w-])" + re.escape(option) + r"(?![\w-])", text) is not None


def refusal(stderr: str) -> str:
    """What a program says of the arguments that it refused: not its usage, which names every option, given or not."""
    return _USAGE_BLOCK.sub("", stderr)


def called_missing(stderr: str, given: Iterable[str]) -> list[str]:
    """Those of the options `given` on the command line that a refusal calls missing all the same.

    Lines of an option list are left out: a program may print its whole help, in which a required option says so.
    """
    lines = [line for line in refusal(stderr).splitlines() if _LACKING.search(line) and line.strip()[:1] != "-"]
    return [option for option in given if any(names(option, line) for line in lines)]


def _offers(text: str) -> list[str]:
    lines = (line.strip(" \t│|") for line in text.splitlines())
    offered = [re.split(r"\s{2,}", line)[0] for line in lines if line.startswith("-")]
    usage = _USAGE.search(text)
    return [*offered, usage[0]] if usage else offered
