"""Variables of a Dockerfile: which are in scope at an instruction, and what a word becomes when they are replaced."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from packaging_readiness.checkout.dockerfile import Instruction

# The builder's defaults: declared anywhere, these get a value from the platform that is built for or on.
PLATFORM_ARGS = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT", "OSVERSION")
) | {"TARGETSTAGE"}
_MAX_TEXT = 16 * 1024 * 1024  # characters
_MAX_STEPS = 10**8
_MATCHING = re.compile(r"\$\{[^}]*[#%/]")
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Unresolved(ValueError):
    """A word whose value depends on something that is not in the Dockerfile; `name` is the variable."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"${name} {why}")
        self.name = name


@dataclass(slots=True)
class Scope:
    """Variables at one point of a stage.

    `values` are known; `open` names those declared without a value, with the reason why it is not known. `closed` is
    False when the base image may define variables that the Dockerfile does not show. `longest` and `most_stars` bound
    the length of a value and the asterisks in one.
    """

    values: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    closed: bool = True
    longest: int = 0
    most_stars: int = 0

    def copy(self) -> "Scope":
        return Scope(dict(self.values), dict(self.open), self.closed, self.longest, self.most_stars)

    def set(self, name: str, value: str) -> None:
        self.values[name] = value
        self.longest = max(self.longest, len(value))
        self.most_stars = max(self.most_stars, value.count("*"))
        self.open.pop(name, None)

    def leave_open(self, name: str, why: str) -> None:
        self.values.pop(name, None)
        self.open[name] = why

    def expand(self, word: str, escape: str) -> str:
        """Replace variables, drop quotes and escapes. Raises Unresolved, or ValueError for bad syntax."""
        from e2b_dockerfile_utils import ShellLex

        _require_modest(word, self)
        seen = _Seen(self)
        try:
            text = str(ShellLex(escape, env=seen, skip_unset_env=False).process_word(word))
        except ValueError:
            # A `${NAME:?}` that fails because the value is unknown is unknown, not wrong.
            seen.check()
            raise ValueError("a variable reference or quote that the builder cannot read") from None
        seen.check()
        return text


def _require_modest(word: str, scope: Scope) -> None:
    """A few lines can ask for more text, or more matching, than any machine has time for."""
    variables = word.count("$")
    if len(word) + variables * scope.longest > _MAX_TEXT:
        raise ValueError("variables that could expand to more than 16 MiB")
    stars = word.count("*") + (variables - 1) * scope.most_stars
    if _MATCHING.search(word) and max(scope.longest, len(word)) ** min(stars + 1, 9) > _MAX_STEPS:
        raise ValueError("a substitution by pattern with too many wildcards for such a long value")


def require_readable(words: Iterable[str], scope: Scope, escape: str) -> None:
    """Raise ValueError for a word that the builder cannot expand; a value that is not known is no fault."""
    for word in words:
        with suppress(Unresolved):
            scope.expand(word, escape)


class _Seen(Mapping[str, str]):
    """The values of a scope, remembering the first variable that was asked for and is not known."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._unknown: Unresolved | None = None

    def __getitem__(self, name: str) -> str:
        if name in self._scope.values:
            return self._scope.values[name]
        if self._unknown is None:
            if name in self._scope.open:
                self._unknown = Unresolved(name, self._scope.open[name])
            elif not self._scope.closed:
                self._unknown = Unresolved(name, "is not declared here and may come from the base image")
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope.values)

    def __len__(self) -> int:
        return len(self._scope.values)

    def check(self) -> None:
        if self._unknown is not None:
            raise self._unknown


def declare_args(scope: Scope, item: Instruction, escape: str, given: Mapping[str, str], outer: Scope | None) -> None:
    """Apply one ARG: a given build argument wins, then the default, then the value before the first FROM (`outer`).

    An argument that has none of these is left open. Raises ValueError for bad syntax.
    """
    for word in item.args:
        name, equals, default = word.partition("=")
        name = scope.expand(name, escape)
        if not name:
            raise ValueError("ARG names can not be blank")
        if name in given:
            scope.set(name, given[name])
        elif equals:
            _set_expanded(scope, name, default, escape)
        elif outer is not None and name in outer.values:
            scope.set(name, outer.values[name])
        elif outer is not None and name in outer.open:
            scope.leave_open(name, outer.open[name])
        elif name in PLATFORM_ARGS:
            scope.leave_open(name, "depends on the platform of the build")
        elif name not in scope.values:
            scope.leave_open(name, "is a build argument without a value")


def declare_env(scope: Scope, item: Instruction, escape: str) -> None:
    """Apply one ENV; all its values are expanded with the variables before it. Raises ValueError for bad syntax."""
    found: list[tuple[str, str | None, str]] = []
    for name, value in zip(item.args[0::3], item.args[1::3], strict=True):
        try:
            found.append((scope.expand(name, escape), scope.expand(value, escape), ""))
        except Unresolved as error:
            found.append((name, None, f"depends on {error}"))
    for name, text, why in found:
        if text is None:
            scope.leave_open(name, why)
        else:
            scope.set(name, text)


def _set_expanded(scope: Scope, name: str, default: str, escape: str) -> None:
    try:
        scope.set(name, scope.expand(default, escape))
    except Unresolved as error:
        scope.leave_open(name, f"depends on {error}")
