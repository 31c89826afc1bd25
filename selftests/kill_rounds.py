"""One round: start a run, kill it at its moment, judge what is left; and a whole run in the same place."""

import os
import secrets
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from selftests.kill_judgement import Judged
from selftests.kill_moments import END_S, TOKEN, Aim, Ended, Kill, Lengths, hit, left_after
from selftests.kill_subjects import Subject

PATIENCE_S = 60.0
_LOOK_S = 0.001


class DoesNotWork(Exception):
    """A run that nobody killed does not do what it must."""


@dataclass(slots=True)
class Rounds:
    """The runs of one subject in its one place. `patience_s` is how long its processes may take to end."""

    subject: Subject
    patience_s: float = PATIENCE_S
    number: int = 0
    lengths: Lengths = field(default_factory=lambda: Lengths(0.0))

    def measure(self) -> None:
        """One whole run, watched: how long it takes and where its phases begin. Raises DoesNotWork."""
        come: dict[Aim, float] = {}
        begun = time.monotonic()
        with _Run(self) as run:
            while run.process.poll() is None and time.monotonic() - begun < END_S:
                for aim in self.subject.aims:
                    if aim in ("report", "write") and aim not in come and self.subject.reached(aim):
                        come[aim] = time.monotonic()
                if self.subject.out.exists():
                    come.setdefault("any", time.monotonic())
                time.sleep(_LOOK_S)
            ended = time.monotonic()
            self._must_work(run.ended(killed=False))
        write = come.get("write", ended)
        phase = come.get("any", ended) - write
        self.lengths = Lengths(ended - begun, max(0.0, write - come.get("report", write)), max(0.0, phase))

    def kill(self, kill: Kill) -> tuple[Judged, Ended]:
        """One run, killed; what it left, with everything that is wrong. `killed` is False when it ended before."""
        with _Run(self, red=kill.red) as run:
            sent = hit(run.process, kill, self.lengths, self.subject.reached)
            ended = run.ended(killed=sent)
        if kill.victim in ("run", "group") and ended.status == int(kill.red):
            ended = Ended(ended.status, ended.text, False)  # its end came first: that is the status of a whole run
        judged = self.subject.judge(ended, red=kill.red)
        return Judged(judged.left, (*run.left, *judged.faults)), ended

    def whole(self) -> None:
        """A second run, which nobody kills: it passes, and removes what the killed ones left. Raises DoesNotWork."""
        with _Run(self) as run:
            with suppress(subprocess.TimeoutExpired):
                run.process.wait(END_S)
            self._must_work(run.ended(killed=False))

    def _must_work(self, ended: Ended) -> None:
        faults = list(self.subject.judge(ended, red=False).faults)
        if ended.status != 0:
            faults.append(f"ended with exit status {ended.status}: {ended.text[-1500:]}")
        faults += [f"still there: {path.name}" for path in self.subject.unfinished()]
        faults += [f"a container is still there: {name[:12]}" for name in self.subject.containers()]
        if faults:
            raise DoesNotWork(f"{self.subject.name}: a run that nobody killed: {'; '.join(faults)}")


class _Run:
    """A process group of its own that bears a token; all of it is gone when the block ends."""

    def __init__(self, rounds: Rounds, *, red: bool = False) -> None:
        rounds.number += 1
        self.subject, self.patience_s = rounds.subject, rounds.patience_s
        self.token = secrets.token_hex(8)
        self.left: tuple[str, ...] = ()
        self.said = self.subject.place / "said"
        self.subject.prepare()
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                self.subject.command(rounds.number, red=red),
                cwd=self.subject.cwd,
                env={**self.subject.environment(red=red), TOKEN: self.token},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def __enter__(self) -> "_Run":
        return self

    def ended(self, *, killed: bool) -> Ended:
        """Wait for the end of the run and of all that it started."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(END_S)
        if self.process.poll() is None:
            self.left = ("the run itself did not end",)
            return Ended(-1, _text(self.said), killed)
        left = left_after(self.token, self.patience_s)
        self.left = tuple(f"a process is left: {name}" for name in left.values())
        return Ended(self.process.returncode, _text(self.said), killed)

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        left_after(self.token, 0.0)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")
