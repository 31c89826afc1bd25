"""Which single sources take the whole context, and why; and which only look as if they did."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.broad import broad_ingestions
from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import parents_of
from packaging_readiness.checkout.dockerfile_reader import parse

LINKS = {"l": "d", "here": ".", "gone": "nothing"}


def context(*more: str) -> Context:
    names = tuple(sorted(["a", "d/x", "d/e/z", *more, *LINKS]))
    folders = frozenset(folder for name in names for folder in parents_of(name))
    return Context(Path("nowhere"), names, LINKS, folders, {}, None)


def broad(line: str, *more: str) -> list[tuple[int, str, str, bool]]:
    found = broad_ingestions(parse(f"FROM scratch\nARG W\n{line}\n".encode(), "D"), context(*more), {})
    words = ("symbolic link", "may take everything", "the root of", "takes any name")
    return [
        (each.line, each.spelling, next(word for word in words if word in each.why), each.onbuild) for each in found
    ]


@pytest.mark.parametrize(
    ("line", "spelling", "why"),
    [
        ("COPY . /c", ".", "the root of"),
        ("COPY a d/.. /c/", "d/..", "the root of"),
        ("COPY here/ /c", "here/", "symbolic link"),
        ("COPY h?re /c", "h?re", "symbolic link"),
        ("COPY * /c", "*", "takes any name"),
        ("COPY [^d]* /c", "[^d]*", "takes any name"),
        ("COPY */* /c", "*/*", "takes any name"),
        ("COPY here/*/* /c", "here/*/*", "takes any name"),
        ("COPY --parents ./ /c", "./", "the root of"),
        ("COPY --parents ./* /c", "./*", "takes any name"),
        ("COPY --parents */* /c", "*/*", "takes any name"),
        ("COPY --parents here/./** /c", "here/./**", "takes any name"),
        ("COPY --parents here/./ /c", "here/./", "the root of"),
        ("COPY --parents h?re/./** /c", "h?re/./**", "takes any name"),
        ("COPY d/git@/../.. /c", "d/git@/../..", "the root of"),
        ("COPY $W/x /c", "$W/x", "may take everything"),
        ("RUN --mount=target=/m x", "the mount's default source", "the root of"),
        ("RUN --mount=src=$W,target=/m x", "$W", "may take everything"),
        ("RUN --mount=src=here,target=/m x", "here", "symbolic link"),
    ],
)
def test_a_source_that_takes_everything(line: str, spelling: str, why: str) -> None:
    assert broad(line) == [(3, spelling, why, False)]
    assert broad(f"ONBUILD {line}") == [(3, spelling, why, True)]


@pytest.mark.parametrize(
    "line",
    [
        *("COPY d /c", "COPY d/* /c", "COPY l/* /c", "COPY q* /c", "COPY [a-z].x /c", "COPY <<. /c\n.", "COPY none /c"),
        *("COPY --from=img . /c", "COPY --parents d /c", "COPY --parents d/./** /c", "COPY --parents none/./** /c"),
        *(
            "COPY --parents q* /c",
            "COPY --parents q*/** /c",
            "COPY [ /c",
            "COPY none/* /c",
            "ADD http://h/. /c",
            "RUN --mount=src=*,target=/m x",
        ),
        *("RUN --mount=type=cache,target=/m x", "RUN --mount=from=img,target=/m x", "WORKDIR ."),
        *("COPY d /", "COPY <<E$W /c\nE$W", "COPY [a-z]7 /c", "COPY g* /c"),
        *("ONBUILD COPY ${ /c", "ONBUILD RUN --mount=type=foo,target=/m x", "ONBUILD COPY --from=$W . /c"),
    ],
)
def test_a_source_that_does_not(line: str) -> None:
    assert broad(line) == []
