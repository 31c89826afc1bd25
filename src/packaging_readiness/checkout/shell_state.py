"""Where a walk through a script stands: what holds, where it can end, and what was found on the way. Pure.

A `State` is the set of facts that hold at a point on all ways to it. A check that succeeds adds a fact; a search adds
one of two, so that both together say nothing. Where two ways meet, only what holds on both remains.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from packaging_readiness.checkout.shell_checks import searches
from packaging_readiness.checkout.shell_nodes import Block, Part, functions, simple_commands
from packaging_readiness.checkout.shell_start import Start, with_options
from packaging_readiness.checkout.shell_words import ASSIGNMENT, bare, expanded, known_variables

State = frozenset[str]
"""Facts that hold: checks that have passed, each with a number of its own."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What holds after success, and after failure; None where the script does not get there."""

    ok: State | None
    fail: State | None

    @property
    def after(self) -> State | None:
        return meet(self.ok, self.fail)


def meet(first: State | None, second: State | None) -> State | None:
    """What holds where two ways meet."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


class Walker(ABC):
    """A walk through a script: where it stands, and what was found so far.

    `ends` are the states in which the script can end with success, `lost` says where the failure of a check
    is lost, `soft` which checks cannot fail (`soft_scanners`: well-known scanners among them), `unclear` what is not
    understood, `checks` which ones there are, `known` which well-known scanners, and `by_scanners` the facts
    that these add.
    """

    def __init__(self, tree: Block, start: Start, variables: Mapping[str, str], depth: int = 0) -> None:
        commands = tuple(simple_commands(tree))
        self.variables = known_variables(tree, variables)
        # What a shell that the script starts knows of them.
        self.environment = {name: value for name, value in self.variables.items() if name in variables}
        written = [bare(expanded(one.words, self.variables)) for one in commands]
        settings = [_options(words, Start(True, True)) for words in written if words[:1] == ("set",)]
        names = list(functions(tree))
        self.tree, self.depth, self.nested, self.level, self.steps = tree, depth, 0, 0, 0
        self.calls: list[str] = []
        # An option that is switched off anywhere is off everywhere: when that line runs is not followed up.
        self.never = Start(any(not one.errexit for one in settings), any(not one.pipefail for one in settings))
        self.start = start
        # Variables that hold what a search has found.
        self.worked_out = frozenset(
            match[1]
            for one in commands
            if any(map(searches, one.inner))
            for match in map(ASSIGNMENT.fullmatch, one.words)
            if match and "$()" in match[3]
        )
        self.functions: dict[str, Part | None] = {name: None for name in names if names.count(name) > 1}
        self.named = frozenset(names)
        self.ends: list[State] = []
        self.bad: list[State] = []
        self.returns: list[list[Flow]] = []
        self.breaks: list[list[State]] = []
        self.lost: list[str] = []
        self.soft: list[str] = []
        self.soft_scanners: list[str] = []
        self.unclear: list[str] = []
        self.checks: list[str] = []
        self.known: set[str] = set()
        self.by_scanners: set[str] = set()

    @abstractmethod
    def run(self) -> None:
        """Walk the script."""

    @abstractmethod
    def block(self, block: Block, state: State, *, stops: bool) -> Flow:
        """Lists one after the other; `stops`: where -e counts."""

    @abstractmethod
    def part(self, part: Part, state: State, *, stops: bool, failed: bool = False) -> Flow:
        """One command, simple or compound; `failed`: it follows `||`."""

    @property
    def guards(self) -> bool:
        """Whether one check has passed, or one search has ended alike, wherever the script ends with success."""
        return bool(self.checks) and self._held != frozenset()

    @property
    def held_scanners(self) -> frozenset[str]:
        """The well-known scanners that have passed wherever the script ends with success."""
        return frozenset(fact.partition(" ")[2] for fact in (self._held or frozenset()) & self.by_scanners)

    @property
    def _held(self) -> State | None:
        held: State | None = None
        for state in self.ends:
            held = meet(held, state)
        return held

    def apart(self, walk: Callable[[], Flow]) -> Flow:
        """A subshell: what ends it ends nothing else."""
        ends, bad, breaks, returns = self.ends, self.bad, self.breaks, self.returns
        self.ends, self.bad, self.breaks, self.returns = [], [], [], []
        self.nested += 1
        try:
            flow = walk()
            ok, fail = flow.ok, flow.fail
            for state in self.ends:
                ok = meet(ok, state)
            for state in self.bad:
                fail = meet(fail, state)
            return Flow(ok, fail)
        finally:
            self.ends, self.bad, self.breaks, self.returns = ends, bad, breaks, returns
            self.nested -= 1

    def passed(self, name: str, state: State, *, search: bool = False, known: bool = False) -> Flow:
        """A check: it adds a fact where it succeeds. A search adds another one where it does not."""
        self.checks.append(name)
        fact = f"{len(self.checks)} {name}"
        self.by_scanners |= {fact} if known else set()
        return Flow(state | {f"+{fact}"}, state | {f"-{fact}"}) if search else Flow(state | {fact}, state)

    def note(self, facts: State, why: str) -> None:
        """Note that these facts, those of searches excepted, get lost."""
        for fact in sorted(facts):
            if not fact.startswith(("+", "-")):
                self.lost.append(f"a failure of {fact.partition(' ')[2]} {why}")

    def end(self, state: State, why: str) -> None:
        """The script may end here with success."""
        self.ends.append(state)
        if not state:
            self.lost.append(why)

    def not_understood(self, what: str, state: State) -> Flow:
        """From here the script may go anywhere: `what` completes "its script ..."."""
        self.ends.append(state)
        if not state:
            self.unclear.append(f"its script {what}")
        return Flow(state, state)


def options_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The options of `set`, without the parameters that it sets."""
    options = words[1:]
    if "--" in options:
        options = options[: options.index("--")]
    return options


def _options(words: tuple[str, ...], before: Start) -> Start:
    return with_options(options_of(words), before) or Start()
