"""What holds at each point of a shell script: which checks have passed on every way there. Pure; nothing is run.

A point's `State` is the set of facts that hold on all ways to it. A check that succeeds adds a fact; a search adds one
of two, so that both together say nothing. Where two ways meet, only what holds on both remains.

Source: POSIX.1-2017, XCU 2.8 (exit status), 2.9 (shell commands) and `set` (where option -e is ignored); bash,
"The Set Builtin" (errexit inside command substitutions).
"""

from __future__ import annotations

from functools import partial

from packaging_readiness.checkout.shell_effects import Commands
from packaging_readiness.checkout.shell_nodes import (
    AndOr,
    Block,
    Case,
    Command,
    Function,
    If,
    Loop,
    Part,
    Pipeline,
    Subshell,
)
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_state import Flow, State, meet

MAX_LEVEL = 60


class Walk(Commands):
    """One way through a script, from its first line to its ends; what was found stands in its attributes."""

    def run(self) -> None:
        """Walk the script."""
        last = self.block(self.tree, frozenset(), stops=True).ok
        if last is not None:
            self.ends.append(last)

    @property
    def errexit(self) -> bool:
        return self.start.errexit and not self.never.errexit

    @property
    def pipefail(self) -> bool:
        return self.start.pipefail and not self.never.pipefail

    def block(self, block: Block, state: State, *, stops: bool) -> Flow:
        """Lists one after the other; `stops`: where -e counts."""
        flow, before = Flow(state, None), None
        self.level += 1
        if self.level > MAX_LEVEL:
            raise Unreadable("nested too deeply")
        for one in block.lists:
            entry = flow.after
            if entry is None:
                break
            if before is not None:
                self._lose(flow, entry, before, stops)
            flow, before = self._list(one, entry, stops=stops), one
        self.level -= 1
        return flow

    def _lose(self, flow: Flow, entry: State, one: AndOr, stops: bool) -> None:
        """Note the checks of a list whose failure the next line does not see."""
        joints = [joint for joint, _ in one.items[1:]]
        if one.items[-1][1].negated:
            why = "is turned round (!), which stops no script"
        elif "&&" in joints:
            why = "is passed over (&&, and more lines follow)"
        elif not (stops and self.errexit):
            why = "does not stop its script (set +e, a shell without -e, or a condition)"
        else:
            why = "is passed over"
        self.note(((flow.ok or frozenset()) | (flow.fail or frozenset())) - entry, why)

    def _list(self, one: AndOr, state: State, *, stops: bool) -> Flow:
        if one.background:
            flow = self.apart(partial(self._items, one, state, stops=False))
            self.note((flow.ok or state) - state, "is lost in the background (&)")
            return Flow(state, None)
        return self._items(one, state, stops=stops)

    def _items(self, one: AndOr, state: State, *, stops: bool) -> Flow:
        if len(one.items) == 1:
            return self._pipeline(one.items[0][1], state, stops=stops)
        self.nested += 1
        flow = self._pipeline(one.items[0][1], state, stops=False)
        for index, (joint, pipeline) in enumerate(one.items[1:], 2):
            entry = flow.ok if joint == "&&" else flow.fail
            then = Flow(None, None)
            if entry is not None:
                last = stops and index == len(one.items)
                then = self._pipeline(pipeline, entry, stops=last, failed=joint == "||")
            if joint == "&&":
                flow = Flow(then.ok, meet(flow.fail, then.fail))
            else:
                ok = meet(flow.ok, then.ok)
                if flow.ok is not None and ok is not None:
                    self.note(flow.ok - ok, "is passed over (||)")
                flow = Flow(ok, then.fail)
        self.nested -= 1
        return flow

    def _pipeline(self, pipeline: Pipeline, state: State, *, stops: bool, failed: bool = False) -> Flow:
        stops = stops and not pipeline.negated
        if len(pipeline.parts) == 1:
            flow = self.part(pipeline.parts[0], state, stops=stops, failed=failed)
        else:
            flow = self._stopped(self._piped(pipeline.parts, state, stops=stops), stops=stops)
        return Flow(flow.fail, flow.ok) if pipeline.negated else flow

    def _piped(self, parts: tuple[Part, ...], state: State, *, stops: bool) -> Flow:
        flows = [
            self.apart(partial(self.part, part, state, stops=stops and index == len(parts)))
            for index, part in enumerate(parts, 1)
        ]
        for flow in flows[:-1]:
            if not self.pipefail:
                self.note((flow.ok or state) - state, "is lost in a pipeline without pipefail")
        counted = flows if self.pipefail else flows[-1:]
        if any(flow.ok is None for flow in counted):
            return Flow(None, state)  # it fails whatever the last part says
        gained = frozenset[str]().union(*(flow.ok for flow in counted if flow.ok is not None))
        return Flow(state | gained, flows[-1].fail if flows[-1].fail is not None else state)

    def part(self, part: Part, state: State, *, stops: bool, failed: bool = False) -> Flow:
        self.nested += not isinstance(part, Command)
        try:
            match part:
                case Command():
                    return self._stopped(self.command(part, state, stops=stops, failed=failed), stops=stops)
                case Block():
                    return self.block(part, state, stops=stops)
                case Subshell():
                    inner = self.apart(partial(self.block, part.body, state, stops=stops))
                    return self._stopped(inner, stops=stops)
                case If():
                    return self._if(part, state, stops=stops)
                case Case():
                    return self._case(part, state, stops=stops)
                case Loop():
                    return self._loop(part, state, stops=stops)
                case Function():
                    top = self.nested == 1 and part.name not in self.functions
                    self.functions[part.name] = part.body if top else None
                    return Flow(state, None)
        finally:
            self.nested -= not isinstance(part, Command)

    def _stopped(self, flow: Flow, *, stops: bool) -> Flow:
        """With -e a failure ends the script, or the subshell."""
        if not (stops and self.errexit) or flow.fail is None:
            return flow
        self.bad.append(flow.fail)
        return Flow(flow.ok, None)

    def _if(self, part: If, state: State, *, stops: bool) -> Flow:
        ok: State | None = None
        fail: State | None = None
        entry: State | None = state
        for condition, branch in part.branches:
            if entry is None:
                break
            decided = self.block(condition, entry, stops=False)
            if decided.ok is not None:
                flow = self.block(branch, decided.ok, stops=stops)
                ok, fail = meet(ok, flow.ok), meet(fail, flow.fail)
            entry = decided.fail
        if entry is not None:
            flow = self.block(part.otherwise, entry, stops=stops)
            ok, fail = meet(ok, flow.ok), meet(fail, flow.fail)
            self.note((decided.ok or frozenset()) - (ok or frozenset()), "is passed over (if)")
        return Flow(ok, fail)

    def _case(self, part: Case, state: State, *, stops: bool) -> Flow:
        self.block(part.subject, state, stops=False)
        flows = [self.block(branch, state, stops=stops) for branch in part.branches]
        ok, fail = state, None
        for flow in flows:
            self.note((flow.ok or state) - state, "is passed over (case)")
            fail = meet(fail, flow.fail)
        return Flow(ok, fail)

    def _loop(self, part: Loop, state: State, *, stops: bool) -> Flow:
        self.breaks.append([])
        decided = self.block(part.condition, state, stops=False)
        flow = self.block(part.body, state, stops=stops)
        breaks = self.breaks.pop()
        if part.runs and flow.fail is None and flow.ok is not None and not breaks:
            return flow
        held = (decided.ok or state) | (decided.fail or state) | (flow.ok or state)
        self.note(held - state, "is passed over (a loop that may go through nothing)")
        return Flow(state, state)
