"""What the builder refuses after parsing: unknown instructions and flags, wrong numbers of arguments."""

import re
from collections.abc import Mapping

from packaging_readiness.checkout.builder_paths import SPACES
from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.dockerfile_lines import KEYWORDS
from packaging_readiness.checkout.dockerfile_reader import marker
from packaging_readiness.contract.errors import InputRefused

_TEXT = frozenset({"text"})
_BOOL = frozenset({"bool"})
_LIST = frozenset({"text", "many"})
FLAGS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "FROM": {"platform": _TEXT},
    "COPY": {"from": _TEXT, "chown": _TEXT, "chmod": _TEXT, "link": _BOOL, "parents": _BOOL, "exclude": _LIST},
    "ADD": {
        "chown": _TEXT,
        "chmod": _TEXT,
        "link": _BOOL,
        "keep-git-dir": _BOOL,
        "checksum": _TEXT,
        "exclude": _LIST,
        "unpack": _BOOL,
    },
    "ARG": {"required": _BOOL},
    "RUN": {"mount": _LIST, "network": _TEXT, "security": _TEXT, "device": _LIST},
    "HEALTHCHECK": {
        "interval": _TEXT,
        "timeout": _TEXT,
        "start-period": _TEXT,
        "start-interval": _TEXT,
        "retries": _TEXT,
    },
}
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 6e10, "h": 3.6e12}
_NUMBER, _UNIT = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)", "(?:ns|us|µs|μs|ms|s|m|h)"
_MAX_DURATION = 100
_EXACTLY_ONE = ("MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL")
_AT_LEAST_ONE = ("ENV", "LABEL", "EXPOSE", "VOLUME", "ARG", "HEALTHCHECK", "SHELL")


def check_rules(dockerfile: Dockerfile) -> None:
    """Raise InputRefused (`path:line`) for the first instruction that the builder would not build."""
    seen_from = False
    for item in dockerfile.instructions:
        try:
            check_instruction(item)
            if not seen_from and item.name not in ("ARG", "FROM"):
                raise ValueError("no build stage in current context: an instruction before the first FROM")
        except ValueError as error:
            raise InputRefused(dockerfile.place(item), str(error), "see the Dockerfile reference") from None
        seen_from = seen_from or item.name == "FROM"
    if not seen_from:
        raise InputRefused(dockerfile.path, "no FROM instruction", "name the base image")


def flag_values(item: Instruction, name: str) -> list[str]:
    """All values of one flag, in order; a bare flag gives an empty string."""
    return [each.partition("=")[2] for each in item.flags if each.partition("=")[0] == f"--{name}"]


def source_stage(item: Instruction) -> str:
    """The value of `--from`; "" when there is none, or an empty one, which the builder takes for none."""
    return next(iter(flag_values(item, "from")), "")


def flag_is_set(item: Instruction, name: str) -> bool:
    """Whether a boolean flag is given and not `=false`."""
    values = flag_values(item, name)
    return bool(values) and values[-1].lower() != "false"


def check_instruction(item: Instruction) -> None:
    """Raise ValueError for an instruction, or a trigger that is used, that the builder would not build."""
    if item.name not in KEYWORDS:
        raise ValueError("unknown instruction")
    _check_flags(item)
    count = len(item.args)
    if "$" in source_stage(item):
        raise ValueError("variables are not expanded in --from")
    if item.name in ("COPY", "ADD") and item.args and not item.json and marker(item.args[-1]) is not None:
        raise ValueError(f"{item.name} cannot accept a heredoc as a destination")
    if item.name in ("COPY", "ADD") and count < 2:
        raise ValueError(f"{item.name} requires at least two arguments, but only one was provided")
    if item.name == "FROM" and not (count == 1 or (count == 3 and item.args[1].lower() == "as")):
        raise ValueError("FROM requires either one or three arguments")
    if item.name in _EXACTLY_ONE and count != 1:
        raise ValueError(f"{item.name} requires exactly one argument")
    if item.name == "ONBUILD":
        _check_trigger(item.onbuild)
    elif item.name in _AT_LEAST_ONE and not count:
        raise ValueError(f"{item.name} requires at least one argument")
    _check_words(item)


def _check_words(item: Instruction) -> None:
    if item.name in ("ENV", "LABEL") and "" in item.args[0::3]:
        raise ValueError(f"{item.name} names can not be blank")
    if item.name == "VOLUME" and not all(each.strip(SPACES) for each in item.args):
        raise ValueError("VOLUME specified can not be an empty string")
    if item.name == "SHELL" and not item.json:
        raise ValueError("SHELL requires the arguments to be in JSON form")
    if item.name == "HEALTHCHECK":
        kind, *command = item.args
        if kind.upper() not in ("NONE", "CMD"):
            raise ValueError("unknown type in HEALTHCHECK (try CMD)")
        if (kind.upper() == "CMD") != bool(command):
            raise ValueError("HEALTHCHECK CMD takes a command, HEALTHCHECK NONE takes none")


def _check_trigger(trigger: Instruction | None) -> None:
    if trigger is None:
        raise ValueError("ONBUILD requires at least one argument")
    if trigger.name in ("ONBUILD", "FROM", "MAINTAINER"):
        raise ValueError(f"{trigger.name} isn't allowed as an ONBUILD trigger")


def _check_flags(item: Instruction) -> None:
    if item.name == "STOPSIGNAL" or (item.name == "HEALTHCHECK" and item.args and item.args[0].upper() == "NONE"):
        # The builder drops these unread.
        return
    known = FLAGS.get(item.name, {})
    used: set[str] = set()
    for flag in item.flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        if name not in known:
            raise ValueError(f"unknown flag --{name}")
        kind = known[name]
        if name in used and "many" not in kind:
            raise ValueError(f"duplicate flag --{name}")
        if "text" in kind and not equals:
            raise ValueError(f"missing a value on flag --{name}")
        if "bool" in kind and equals and value.lower() not in ("true", "false"):
            raise ValueError(f"flag --{name} takes true or false")
        if item.name == "HEALTHCHECK":
            _check_health(name, value)
        used.add(name)


def _check_health(name: str, value: str) -> None:
    if len(value) > _MAX_DURATION:
        good = False
    elif name == "retries":
        good = re.fullmatch(r"\+?[0-9]{1,9}|-0+|", value) is not None
    else:
        parts = re.findall(rf"({_NUMBER})({_UNIT})", value)
        known = re.fullmatch(rf"(?:[-+]?(?:{_NUMBER}{_UNIT})+|[-+]?0|)", value) is not None
        length = sum(float(number) * _NANOSECONDS[unit] for number, unit in parts)
        good = known and (length == 0 or (length >= _NANOSECONDS["ms"] and not value.startswith("-")))
    if not good:
        raise ValueError(f"flag --{name} has a value that the builder does not take")
