"""Rules of the builder on COPY --link and on what instructions may say."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.checkout.copies import resolve_copies
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused


def landed(root: Path, text: str) -> list[str]:
    for name in ("a", "b", "dir/x"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("x", encoding="utf-8")
    context = resolve_context(root, root / "Dockerfile", sizes=False)
    found = resolve_copies(parse(f"FROM scratch\n{text}\n".encode(), "Dockerfile"), context, {})
    return [dest for each in found.sources for _, dest in each.files]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("COPY dir /d\nCOPY a /d", ["d/x", "d/a"]),
        ("COPY dir /d\nCOPY --link a /d", ["d/x", "d"]),
        ("COPY dir /d\nCOPY --link --chmod=644 a /d", ["d/x", "d/a"]),
        ("COPY --link dir /d\nCOPY a /d", ["d/x", "d/a"]),
        ("COPY a /d\nCOPY --link dir /d\nCOPY b /d", ["d", "d/x", "d/b"]),
        ("COPY dir /d\nCOPY --link a /d\nCOPY b /d/", None),
    ],
)
def test_linked_copy_is_laid_over_the_stage(tmp_path: Path, text: str, wanted: list[str] | None) -> None:
    if wanted is None:
        with pytest.raises(InputRefused, match=r"^Dockerfile:4: .*non-directory"):
            landed(tmp_path, text)
    else:
        assert landed(tmp_path, text) == wanted


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("HEALTHCHECK NONE", "HEALTHCHECK NONE x"),
        ("HEALTHCHECK CMD x", "HEALTHCHECK CMD"),
        ("healthcheck cmd x", "HEALTHCHECK x"),
        ('SHELL ["a"]', "SHELL a"),
        ("ENV A=", "ENV =b"),
        ("VOLUME /a", 'VOLUME ["/a", " "]'),
    ],
)
def test_words_that_an_instruction_takes(tmp_path: Path, good: str, bad: str) -> None:
    assert landed(tmp_path, good) == []
    with pytest.raises(InputRefused, match=r"^Dockerfile:2: "):
        landed(tmp_path, bad)
