"""What a single command of a script does to what holds after it: checks, programs, and what leaves a script. Pure.

Whatever could change the way through the script and is not understood counts as its end, with success. Source:
POSIX.1-2017, XCU 2.14 (special built-in utilities); bash, "Bourne Shell Builtins" and "Bash Builtin Commands".
"""

from __future__ import annotations

import re
from functools import partial

from packaging_readiness.checkout import shell_tools as tools
from packaging_readiness.checkout.shell_checks import role_of, searches
from packaging_readiness.checkout.shell_nodes import Command
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_roles import NONE
from packaging_readiness.checkout.shell_start import Start, with_options
from packaging_readiness.checkout.shell_state import Flow, State, Walker, meet, options_of
from packaging_readiness.checkout.shell_traps import is_tame
from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.checkout.shell_words import bare, exit_status, expanded, starts_shell, wrappers

MAX_DEPTH = 5
MAX_COMMANDS = 20_000
_STATUS_KEPT = tools.named("sudo timeout nice ionice stdbuf xargs env exec command nohup time chronic doas")
_TAME_OPTION = re.compile(
    r"-[EHn0tpkugILdPsi]|-[nPLk]\d+[smhd]?|-\d+|-[uI]\S+|--|--(signal|kill-after|user|group)(=\S+)?"
    r"|--(foreground|null|preserve-env|non-interactive|set-home|verbose|max-(args|procs)=\d+)"
)
"""Options of what only starts another command, with which that command runs."""
_ONCE_PER_LINE = re.compile(r"-[iI].*|--replace.*")
"""Options of xargs with which it starts nothing where it reads nothing."""
_TAME_SHOPT = tools.named("-s -u nullglob failglob globstar dotglob extglob nocasematch nocaseglob inherit_errexit")
_BY_STATUS = (("exit",), ("exit", "$?"), ("return",), ("return", "$?"))


class Commands(Walker):
    """What single commands do to a walk through a script."""

    def command(self, command: Command, state: State, *, stops: bool, failed: bool) -> Flow:
        known = self.environment if starts_shell(command.words) else self.variables
        given = expanded(command.words, known)
        words, started = bare(given), wrappers(given)
        self.steps += 1
        if self.steps > MAX_COMMANDS:
            raise Unreadable("too much to follow")
        # In a substitution -e does not count.
        inner = [self.apart(partial(self.block, block, state, stops=False)) for block in command.inner]
        if not words:
            if inner and command.words:  # an assignment's status is that of its last substitution
                return inner[-1]
            return Flow(state, state if command.redirected else None)
        for flow in inner:
            searched = words[0] in ("test", "[", "[[", "((")
            self.note(frozenset() if searched else (flow.ok or state) - state, "is lost in a substitution")
        if self.named.intersection(started):
            return self.not_understood(f"starts {words[0]} by a function", state)
        if words[0] in self.named or words[0] in tools.CONTROL:
            # Whatever starts another command passes functions over, `command` and `builtin` no builtin.
            plain = frozenset[str]() if words[0] in self.named else frozenset(("command", "builtin"))
            if not plain.issuperset(started):
                return self.not_understood(f"starts {words[0]} by {' '.join(started)}", state)
            if words[0] in self.named:
                flow = self._call(words[0], state, stops=stops)
            else:
                flow = self._control(words, state, failed=failed)
            # A redirection that fails keeps it from running at all.
            return Flow(flow.ok, meet(flow.fail, state)) if command.redirected else flow
        if started[:1] == ("command",) and {"-v", "-V"} & set(started):
            return Flow(state, state)
        if "exec" in started[1:]:
            return self.not_understood(f"starts exec by {started[0]}", state)
        flow = self._program(words, command, state, started)
        if "exec" in started:
            if flow.ok is not None:
                self.end(flow.ok, f"its script ends with {words[0]} (exec)")
            if flow.fail is not None:
                self.bad.append(flow.fail)
            return Flow(None, state if command.redirected else None)
        return flow

    def _program(self, words: tuple[str, ...], command: Command, state: State, started: tuple[str, ...]) -> Flow:
        name = words[0].rpartition("/")[2]
        used = re.findall(r"\$\{?(\w+)", " ".join(words))
        of_search = any(map(searches, command.inner)) or not self.worked_out.isdisjoint(used)
        is_shell = name in tools.SHELLS
        role = NONE if is_shell else role_of(words, command.documents, of_search=of_search)
        lost = _lost_by(started)
        if lost and (is_shell or role.kind in ("check", "search")):
            return self.not_understood(f"starts {name} {lost}", state)
        if is_shell:
            return self._shell(words, command.documents, state)
        if role.kind == "unclear":
            return self.not_understood(role.why, state)
        if role.kind == "soft":
            self.soft.append(f"its script {role.why}")
            self.soft_scanners += [f"its script {role.why}"] if role.known else []
        if role.kind == "unknown":
            self.unclear.append(f"its script {role.why}")
        if role.kind == "check":
            self.known |= {name} if role.known else set()
            return self.passed(name, state, known=role.known)
        if role.kind == "search":
            return self.passed(name, state, search=True)
        fails = command.redirected or name not in ("true", ":", "echo")
        return Flow(None if name == "false" else state, state if fails else None)

    def _shell(self, words: tuple[str, ...], documents: tuple[str, ...], state: State) -> Flow:
        """A shell in the script: `-c` with a script, a script on its input, or a file of the platform."""
        options = list(words[1:])
        script = None
        if len(options) > 1 and options[-2].startswith("-") and options[-2].endswith("c"):
            script = options.pop()
            options[-1] = options[-1][:-1]
            options = [word for word in options if word != "-"]
        elif documents and all(word.startswith(("-", "+")) or word in ("errexit", "pipefail") for word in options):
            script = "\n".join(documents)
        elif options and not options[-1].startswith("-"):
            options.pop()
            if with_options(options, Start()) is not None:
                return self.passed(words[-1], state)
        begun = with_options(options, Start())
        if script is None or begun is None or self.depth >= MAX_DEPTH:
            return self.not_understood(f"starts {words[0]} in a way that is not understood", state)
        inner = type(self)(parse(script), begun, self.environment, self.depth + 1)
        inner.level = self.level
        inner.run()
        self.lost += [*inner.soft, *inner.lost]
        self.unclear += inner.unclear
        self.known |= inner.known
        self.soft_scanners += inner.soft_scanners
        held = sorted(inner.held_scanners)
        name = held[0] if held else words[0]
        return self.passed(name, state, known=bool(held)) if inner.guards else Flow(state, state)

    def _call(self, name: str, state: State, *, stops: bool) -> Flow:
        body = self.functions.get(name)
        if body is None or name in self.calls:
            return self.not_understood(f"calls {name}, a function that is not defined once, before and plainly", state)
        self.calls.append(name)
        self.returns.append([])
        breaks, self.breaks = self.breaks, []
        flow = self.part(body, state, stops=stops)
        self.breaks = breaks
        self.calls.pop()
        ok, fail = flow.ok, flow.fail
        for one in self.returns.pop():
            ok, fail = meet(ok, one.ok), meet(fail, one.fail)
        return Flow(ok, fail)

    def _control(self, words: tuple[str, ...], state: State, *, failed: bool) -> Flow:
        """A builtin that changes the way through the script."""
        match words[0]:
            case "exit" | "return":
                return self._leave(words, state, failed=failed)
            case "break" | "continue" if self.breaks:
                self.breaks[-1].append(state)
                return Flow(None, None)
            case "set":
                options = options_of(words)
                begun = with_options(options, self.start)
                if begun is None:
                    return self.not_understood("uses set with options that are not understood", state)
                if self.nested == 0:
                    self.start = begun
                return Flow(state, None)
            case "trap" if len(words) > 2 and is_tame(words[1], self.functions, self.named):
                return Flow(state, None)
            case "source" | "." if len(words) == 2 and words[1].endswith("bin/activate"):
                return Flow(state, state)
            case "shopt" if _TAME_SHOPT.issuperset(words[1:]):
                return Flow(state, state)
            case "unset" | "hash" if not any(word.startswith("-") and word != "-v" for word in words):
                return Flow(state, state)
            case "wait":
                return Flow(state, state)
        return self.not_understood(f"uses {words[0]}", state)

    def _leave(self, words: tuple[str, ...], state: State, *, failed: bool) -> Flow:
        code = words[1] if len(words) == 2 else ""
        bad = bool(exit_status(code)) or (failed and words in _BY_STATUS)
        if words[0] == "return" and not self.returns:
            return self.not_understood("uses return outside of a function", state)
        if words[0] == "return":
            good = code == "0"
            self.returns[-1].append(Flow(None if bad else state, None if good else state))
        elif bad:
            self.bad.append(state)
        elif code != "$?" and "$" in "".join(words[1:]):
            self.not_understood(f"ends with {' '.join(words)}, which only the run knows", state)
        else:
            self.end(state, f"its script can end early with {' '.join(words)}")
        return Flow(None, None)


def _lost_by(started: tuple[str, ...]) -> str:
    """How what starts a program may keep it from running, or its status from counting; "" when it does neither."""
    odd = next((word for word in started if word.startswith("-") and not _TAME_OPTION.fullmatch(word)), "")
    if odd:
        return f"with {odd}"
    kept = _STATUS_KEPT.issuperset(word for word in started if word in tools.WRAPPERS)
    skips = "xargs" in started and any(map(_ONCE_PER_LINE.fullmatch, started))
    return "" if kept and not skips else f"by {' '.join(started)}"
