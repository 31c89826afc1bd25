"""Broad ingestion is found in every spelling, and only there."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.broad import Broad, broad_ingestions
from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.checkout.dockerfile_reader import parse


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("src/a.py", "config/b.yaml", "q.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "dangling").symlink_to("nothing")
    return tmp_path


def broad(root: Path, text: str) -> tuple[Broad, ...]:
    context = resolve_context(root, root / "Dockerfile", sizes=False)
    return broad_ingestions(parse(text.encode(), "Dockerfile"), context, {})


@pytest.mark.parametrize(
    "line",
    [
        "COPY . /c",
        "copy . /c",
        "COPY ./ /c",
        "COPY / /c",
        "COPY src/.. /c",
        "COPY ./src/../ /c",
        "COPY ../../ /c",
        "COPY * /c/",
        "COPY ./* /c/",
        "COPY ** /c/",
        "COPY ?* /c/",
        "COPY [^z]* /c/",
        "COPY [a-z]* /c/",
        "COPY */* /c/",
        'COPY [".", "/c"]',
        'COPY ["\\u002e", "/c"]',
        "COPY '.' /c",
        "COPY \\. /c",
        "COPY q.md . /c/",
        "COPY --chown=1:1 . /c",
        "COPY --exclude=.git . /c",
        "COPY --parents . /c",
        "COPY --parents ** /c",
        "COPY --parents * /c",
        "COPY here /c",
        "COPY here/here /c",
        "COPY here/* /c/",
        "COPY her* /c/",
        "COPY $UNSET /c",
        "COPY ${S:-.} /c",
        "ARG S=.\nCOPY $S /c",
        "ENV S=.\nCOPY ${S}/ /c",
        "ARG S\nCOPY $S /c",
        "ADD . /c",
        "ONBUILD COPY . /c",
        "ONBUILD ADD . /c",
        "COPY \\\n . \\\n /c",
        "RUN --mount=type=bind,source=.,target=/m x",
        "RUN --mount=target=/m x",
        "RUN --mount=type=bind,src=/,dst=/m x",
        "RUN --mount=source=src/..,target=/m x",
        "RUN --mount=source=here,target=/m x",
        "ONBUILD RUN --mount=target=/m x",
    ],
)
def test_whole_context_is_found(root: Path, line: str) -> None:
    found = broad(root, f"FROM scratch\n{line}\n")
    assert len(found) == 1
    assert found[0].line == (3 if line.startswith(("ARG", "ENV")) else 2)
    assert found[0].onbuild == line.startswith("ONBUILD")


@pytest.mark.parametrize(
    "line",
    [
        "COPY src /c",
        "COPY src/* /c/",
        "COPY s* /c/",
        "COPY *.py /c/",
        "COPY q* /c/",
        "COPY [.] /c",
        "COPY --from=x . /c",
        "COPY --parents src /c",
        "COPY --parents **/*.md /c",
        "COPY <<EOF /c\n.\nEOF",
        "COPY none /c",
        "ADD https://e.org/ /c",
        "RUN --mount=type=bind,from=x,source=.,target=/m x",
        "RUN --mount=type=cache,target=/m x",
        "RUN --mount=source=src,target=/m x",
        "RUN cp -r . /c",
        "WORKDIR .",
    ],
)
def test_narrow_sources_are_left_alone(root: Path, line: str) -> None:
    assert broad(root, f"FROM scratch\n{line}\n") == ()


def test_every_stage_is_looked_at_and_the_spelling_kept(root: Path) -> None:
    found = broad(root, "FROM a AS x\nCOPY ./ /c\nFROM b\nADD src/.. /c\n")
    assert [(each.line, each.stage, each.instruction, each.spelling) for each in found] == [
        (2, 0, "COPY", "./"),
        (4, 1, "ADD", "src/.."),
    ]
