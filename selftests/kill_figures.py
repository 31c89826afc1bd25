"""The figures of the kill harness: what the kills of each kind came to, as a table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from selftests.kill_judgement import Judged
from selftests.kill_moments import Ended, Kill

HEAD = ["killed", "kills", "KILL/TERM/INT", "any moment/aimed", "left nothing", "whole PASS", "whole FAIL"]
HEAD += ["unfinished folder", "ended before", "whole runs after", "seconds"]


def table(all_figures: "Iterable[Figures]") -> str:
    """A line for each kind, in Markdown."""
    rows = [HEAD, ["---"] * len(HEAD), *(figures.row() for figures in all_figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@dataclass(slots=True)
class Figures:
    """What the kills of one kind came to."""

    name: str
    kills: int = 0
    signals: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    before: int = 0
    unfinished: int = 0
    whole: int = 0
    seconds: float = 0.0

    def add(self, kill: Kill, judged: Judged, ended: Ended, unfinished: int) -> None:
        """One more round; one whose run ended first is no kill."""
        if not ended.killed:
            self.before += 1
            return
        self.kills += 1
        self.signals[kill.signal.name] += 1
        self.moments["any" if kill.aim == "any" else "aimed"] += 1
        self.left[judged.left] += 1
        self.unfinished += unfinished

    def row(self) -> list[str]:
        """A line of the table."""
        signals = "/".join(str(self.signals[name]) for name in ("SIGKILL", "SIGTERM", "SIGINT"))
        moments = f"{self.moments['any']}/{self.moments['aimed']}"
        left = [str(self.left[kind]) for kind in ("nothing", "PASS", "FAIL")]
        more = [str(self.unfinished), str(self.before), str(self.whole), f"{self.seconds:.0f}"]
        return [self.name, str(self.kills), signals, moments, *left, *more]
