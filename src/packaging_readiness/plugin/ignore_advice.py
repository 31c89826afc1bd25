"""What to write where the build context is not what the contract wants: lines of ignore file and Dockerfile."""

from collections.abc import Collection, Iterable, Sequence, Set

from packaging_readiness.checkout.offending import OffendingTree, offending_trees
from packaging_readiness.contract.tables import Exclude, Include
from packaging_readiness.plugin.platform import Platform


def copies(platform: Platform, includes: Iterable[Include]) -> list[str]:
    """The COPY to write for each of these include paths."""
    lines = []
    for include in includes:
        path = include.id.rstrip("/") + ("/" if include.recursive else "")
        lines.append(f"write in the final stage of {platform.dockerfile.path}: COPY {path} {path}")
    return lines


def described(platform: Platform, trees: Iterable[OffendingTree]) -> list[str]:
    """What people are told of offending trees: how large, and which line lets them in."""
    ignore, rows = platform.context.ignore, []
    for tree in trees:
        row = f"{tree.path}: {tree.files} file{'' if tree.files == 1 else 's'}, {tree.bytes} bytes"
        line = tree.let_in_by
        rows.append(f"{row}, let in by {ignore.place}:{line.line} {line.text.strip()!r}" if line and ignore else row)
    return rows


def narrowed(platform: Platform, trees: Iterable[OffendingTree]) -> str:
    """The lines to write in place of those that let offending trees in."""
    context, advice = platform.context, {}
    for tree in trees:
        line = tree.let_in_by
        if line is not None and context.ignore is not None:
            place = f"{context.ignore.place}:{line.line}"
            needed = [row.id for row in platform.contract.includes if context.decided_by(row.id) == line]
            instead = " ".join(f"!{path}" for path in needed)
            advice[place] = f"write in place of {place}, one a line: {instead}" if needed else f"delete {place}"
        else:
            advice[""] = "write ** as the first line of the ignore file, and re-open the include set after it"
    return "; ".join(advice.values())


def let_in(platform: Platform, probes: Iterable[str]) -> list[str]:
    """What people are told of paths of an exclude surface that enter: which line lets them in."""
    ignore, rows = platform.context.ignore, []
    for probe in probes:
        line = platform.context.decided_by(probe)
        by = f"be let in by {ignore.place}:{line.line}" if line and ignore else "enter"
        rows.append(f"a file {probe} would {by}")
    return rows


def kept_out(platform: Platform, surface: Exclude, probes: Collection[str]) -> str:
    """The lines that keep these paths of an exclude surface out."""
    context, advice = platform.context, {}
    for probe in probes:
        line = context.decided_by(probe)
        if (
            line
            and context.ignore
            and not any(context.decided_by(row.id) == line for row in platform.contract.includes)
        ):
            advice[line.line] = f"delete {context.ignore.place}:{line.line}"
        else:
            where = f"after line {line.line} of" if line else "at the end of"
            advice[line.line if line else 0] = f"write {where} the ignore file: **/{_pattern(surface, probe)}"
    return "; ".join(advice.values())


def _pattern(surface: Exclude, probe: str) -> str:
    """The path that keeps a probe out: the surface itself where it holds the probe, else the probe's own name."""
    path = surface.id.rstrip("/")
    return path if f"/{path}/" in f"/{probe}/" else probe.rpartition("/")[2]


def unopened(platform: Platform, needed: Sequence[Include], untaken: Set[str]) -> list[str]:
    """How to keep out of the context what belongs to none of the paths that are needed, if there is any."""
    strangers = {path for path in untaken if not any(row.covers(path) for row in needed)}
    return list(filter(None, [narrowed(platform, offending_trees(platform.context, strangers))]))


def shut_out(platform: Platform, include: Include) -> tuple[str, str]:
    """Of an include path of which nothing is in the context: what keeps it out, and what to write.

    Of a folder it is the line that keeps out its first file: the folder itself may well be let in.
    """
    below = sorted(path for path in (platform.root / include.id).rglob("*") if path.is_file())
    example = below[0].relative_to(platform.root).as_posix() if below else include.id
    ignore, line = platform.context.ignore, platform.context.decided_by(example)
    if ignore is None or line is None:
        return f"{include.id}: not there", ""
    found = f"{example}: kept out by {ignore.place}:{line.line}"
    return found, f"write in {ignore.place}, after line {line.line}: !{include.id}"
