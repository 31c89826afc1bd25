"""The part of the context that the builder asks for: what the sources of the needed stages name, and no more.

The client resolves the links on each named path and takes the outcome as patterns in the language of the ignore file.
So some files cannot be copied by their names although they are in the context, and are "not found": those whose name
has a backslash, starts with `!` or has blanks at an end; the target of a link below a wildcard; and a second path
through a link that has been followed before. Source: fsutil's FollowLinks and filter, as measured.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging_readiness.checkout.builder_paths import BadPattern, clean, glob, has_wildcard
from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import Tree, parents_of
from packaging_readiness.checkout.ignore_patterns import Pattern, new_pattern
from packaging_readiness.checkout.ignore_sieve import literal_lead


class BadSource(ValueError):
    """A source that is no pattern to the client; `source` is the one, rooted and cleaned."""

    def __init__(self, source: str) -> None:
        super().__init__("malformed pattern")
        self.source = source


def narrow(context: Context, sources: Iterable[str]) -> Context:
    """The context with only what is sent for these sources (rooted, cleaned). Raises BadSource."""
    wanted = frozenset(sources)
    if not wanted:
        return context
    followed = _follow(sorted(source[1:] for source in wanted), context.links)
    if "." in followed:
        return context
    tree = Tree(context)
    files: set[str] = set()
    directories: set[str] = set()
    for path, source in followed.items():
        try:
            pattern = new_pattern(0, path, path)
            # A leading "!" only takes away, and sorts first, where there is nothing to take away yet.
            if pattern is not None and not pattern.reopens:
                _select(pattern, tree, files, directories)
        except BadPattern:
            raise BadSource("/" + source) from None
    for path in (*files, *directories):
        directories.update(parents_of(path))
    return replace(
        context,
        files=tuple(sorted(files)),
        links={path: target for path, target in context.links.items() if path in files},
        directories=frozenset(directories),
    )


def _select(pattern: Pattern, tree: Tree, files: set[str], directories: set[str]) -> None:
    """Add what the pattern matches and everything below that."""
    lead = literal_lead(pattern).rstrip("/")
    candidates = tree.directories_below(lead) if has_wildcard(pattern.value) else (pattern.value,)
    matched = [path for path in candidates if tree.is_directory(path) and pattern.matches(path)]
    directories.update(matched)
    for path in matched:
        files.update(tree.below(path))
        directories.update(tree.directories_below(path))
    below = tree.below(lead) if has_wildcard(pattern.value) else (pattern.value,)
    files.update(path for path in below if tree.is_file(path) and pattern.matches(path))


def _follow(paths: Iterable[str], links: Mapping[str, str]) -> dict[str, str]:
    """The paths with the links on them resolved, and those links, each with the path it comes from.

    A target is rooted at the context wherever it points, and a link is followed the first time only.
    """
    by_parent: dict[str, list[str]] = {}
    for link in sorted(links):
        by_parent.setdefault(link.rpartition("/")[0], []).append(link)
    found: dict[str, str] = {}
    todo = [(path, path) for path in paths][::-1]
    while todo:
        path, source = todo.pop()
        here = ""
        rest = clean("/" + path)[1:] or "."
        while rest:
            part, _, rest = rest.partition("/")
            here = f"{here}/{part}" if here else part
            targets = _targets(here, links, by_parent)
            if (not rest or targets) and here in found:
                break
            if targets or not rest:
                found[here] = source
            if targets:
                todo.extend((f"{target}/{rest}", source) for target in reversed(targets))
                break
    return found


def _targets(path: str, links: Mapping[str, str], by_parent: Mapping[str, list[str]]) -> list[str]:
    parent, _, name = path.rpartition("/")
    if not has_wildcard(name):
        hits = [path] if path in links else []
    else:
        try:
            matches = glob(name)
        except BadPattern:
            return []
        hits = [link for link in by_parent.get(parent, ()) if matches.fullmatch(link.rpartition("/")[2])]
    return [links[hit] if links[hit].startswith("/") else f"/{parent}/{links[hit]}" for hit in hits]
