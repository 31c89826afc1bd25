"""What in an ignore file BuildKit and podman 4.3 read differently, line by line.

Both readings are applied to the same paths: those given, and paths made up from the patterns themselves. A path on
which the two verdicts differ is an example; the line behind it is found and the reason named.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product

from packaging_readiness.checkout.builder_paths import BadPattern, clean
from packaging_readiness.checkout.dockerignore import Ignore
from packaging_readiness.checkout.ignore_patterns import Pattern, compile_pattern
from packaging_readiness.checkout.podman_ignore import PodmanIgnore

MADE_UP = 20_000
_ASKED = 1_500_000  # lines times paths made up, where no automaton can be made of the lines
_TOKEN = re.compile(r"\*\*/?|\*|\?|\[(?:\\.|[^\]\\])*\]|\\.|.", re.DOTALL)
_ACTIVE = re.compile(r"[+()|{}^]")
_MEMBERS = "aqz059AZ_-.*"


@dataclass(frozen=True, slots=True)
class EngineDifference:
    """One line (1-based) that the engines read differently: as written, why, and an example.

    `path` is a path that `buildkit_excludes` and podman does not, or the other way round; "" when podman refuses the
    whole file because of the line.
    """

    line: int
    text: str
    why: str
    path: str
    buildkit_excludes: bool

    def __str__(self) -> str:
        """For readers: the line, why, and the example."""
        which = "leaves out" if self.buildkit_excludes else "sends"
        return f"{self.text.strip()!r}: {self.why}" + (f" (BuildKit {which} {self.path})" if self.path else "")


def engine_differences(ignore: Ignore, paths: Iterable[str] = ()) -> tuple[EngineDifference, ...]:
    """Compare the readings on `paths` (relative; of the checkout, say) and on paths made up from the patterns.

    One row for each line and reason, in line order; empty when no difference was found. On the given paths the answer
    is exact. Made up are at most 20,000, and fewer where the lines are too many for one automaton, so that a long file
    with only exotic differences may get away. Raises InputRefused for a pattern that BuildKit rejects while matching.
    """
    podman = PodmanIgnore(ignore.patterns)
    lines = {pattern.line: pattern for pattern in ignore.patterns}
    found: dict[tuple[int, str], EngineDifference] = {}
    for number in sorted(podman.rejected):
        why = "podman cannot read the pattern and refuses the whole file"
        found[number, why] = EngineDifference(number, lines[number].text, why, "", False)
    if ignore.starts_with_mark:
        why = "podman takes the byte order mark for a part of the first line"
        first = next(iter(ignore.patterns), None)
        found[1, why] = EngineDifference(1, first.text if first and first.line == 1 else "", why, "", False)
    most = min(MADE_UP, _ASKED // len(ignore.patterns)) if ignore.slow else MADE_UP
    for path in dict.fromkeys([*paths, *islice(_made_up(ignore.patterns), most)]):
        excluded = ignore.excludes(path)
        if podman.rejected or excluded == podman.excludes(path):
            continue
        line, why = _explain(ignore, podman, lines, path)
        found.setdefault((line, why), EngineDifference(line, lines[line].text, why, path, excluded))
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.why)))


def _explain(ignore: Ignore, podman: PodmanIgnore, lines: Mapping[int, Pattern], path: str) -> tuple[int, str]:
    matching = podman.matching(path)
    concerned = {each.line for each in ignore.near(path)} | {each.line for each in matching} | podman.dropped
    parents = [path[:at] for at, char in enumerate(path) if char == "/"]
    for ours in (lines[number] for number in sorted(concerned)):
        other = podman.by_line.get(ours.line)
        hit = any(map(ours.matches, [*parents, path]))
        if other is None or other.matches(path) != hit or (hit and other.reopens != ours.reopens):
            tidied = other is None or (other.value, other.reopens) != (ours.value, ours.reopens)
            return ours.line, _why_line(ours, tidied)
    shut = podman.shut_directory(path)
    if shut is not None:
        reopening = [each.line for each in matching if each.reopens]
        if reopening:
            return reopening[-1], "podman does not look into an excluded directory for a re-open with wildcards in it"
    decider = ignore.decided_by(path) if shut else podman.decided_by(path)
    line = decider.line if decider else ignore.patterns[-1].line
    return line, "to podman the last line that matches a path or its parent decides; BuildKit skips it for the parent"


def _why_line(pattern: Pattern, tidied: bool) -> str:
    if tidied:
        return "podman does not tidy the line (blanks, leading slashes, ..) as BuildKit does"
    if _ACTIVE.search(pattern.value):
        return "podman leaves + ( ) | { } ^ active in its regular expression"
    if re.match(r"\*\*[^/*]", pattern.value):
        return "** directly before a name: BuildKit takes any path with that ending, podman only whole names"
    return "the engines' regular expressions for the pattern differ"


def _made_up(patterns: tuple[Pattern, ...]) -> Iterator[str]:
    """Paths that each pattern matches, paths below those, and paths that two patterns meet on."""
    samples = {pattern: tuple(dict.fromkeys(_samples(pattern.value))) for pattern in patterns}
    for pattern in patterns:
        for sample in samples[pattern]:
            yield from (sample, f"{sample}/q3", f"q1/{sample}", f"q1{sample}", f"{sample}q1", f"{sample}/q3/q4")
    opened = ""
    for pattern in patterns:
        if pattern.reopens:
            opened = samples[pattern][0] if samples[pattern] else opened
        elif opened:
            # Where the lines before keep everything else out, only here can a line be seen to matter.
            yield from (f"{opened}/{path}" for sample in samples[pattern] for path in (sample, f"q1{sample}"))
    for early, late in combinations(patterns, 2):
        if early.reopens or not late.reopens:
            continue  # an exclude that comes later wins everywhere
        for directory in samples[late][:2]:
            for sample in samples[early][-2:]:
                below = sample.split("/")
                above = directory.split("/")
                yield f"{directory}/{sample}"
                yield "/".join([*above, *below[len(above) :]])
                yield "/".join([*above, *below[len(above) :], "q3"])


def _samples(value: str) -> Iterator[str]:
    """Paths, clean and relative, that a pattern is likely to match."""
    wild = {"*": ("q1", ""), "?": ("q",), "**": ("q1", "q1/q2"), "**/": ("", "q1/q2/")}
    choices: list[tuple[str, ...]] = []
    for token in _TOKEN.findall(value):
        if token in wild:
            choices.append(wild[token])
        elif len(token) > 1 and token.startswith("["):
            choices.append(tuple(islice(_members(token), 2)) or ("q",))
        else:
            choices.append((token[-1],))
    for picked in (*islice(product(*choices), 4), [each[-1] for each in choices]):
        text = "".join(picked)
        for part in (text, *text.split("|")):
            path = clean("/" + part).strip("/")
            if path:
                yield path


def _members(bracket: str) -> Iterator[str]:
    try:
        matches = compile_pattern(bracket)
    except BadPattern:
        return
    yield from filter(matches, dict.fromkeys(_MEMBERS + bracket))
