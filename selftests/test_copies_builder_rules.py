"""Rules of the builder on COPY --link, on what it asks the client for, and on what instructions may say."""

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


def test_empty_from_is_a_copy_of_the_context(tmp_path: Path) -> None:
    # Docker 20.10.24
    assert landed(tmp_path, "COPY --from= a /q") == ["q"]


def test_excluded_names_are_not_expanded(tmp_path: Path) -> None:
    # The Dockerfile frontend 1.20 expands paths, owner and mode only.
    assert landed(tmp_path, "ENV X=x\nCOPY --exclude=$X dir /d/") == ["d/x"]
    assert landed(tmp_path, "ENV X=x\nCOPY --exclude=x dir /d/") == []


@pytest.mark.parametrize(
    "trigger",
    ["COPY a", "FOO x", "COPY --bad a b", 'COPY "a /', "COPY a ${X", "HEALTHCHECK x", "RUN --mount='\"' x", "COPY"],
)
def test_trigger_is_read_only_where_it_is_used(tmp_path: Path, trigger: str) -> None:
    # Docker 20.10.24
    assert landed(tmp_path, f"ONBUILD {trigger}\nCOPY a /") == ["a"]
    with pytest.raises(InputRefused, match=r"^Dockerfile:\d+: "):
        landed(tmp_path, f"FROM scratch AS p\nONBUILD {trigger}\nFROM p")


@pytest.mark.parametrize("bad", ["ENV x=${", "ARG x=${", "COPY nope /", "LABEL x=${"])
def test_stage_that_is_not_needed_is_not_built(tmp_path: Path, bad: str) -> None:
    # Docker 20.10.24
    assert landed(tmp_path, f"FROM scratch AS p\n{bad}\nFROM scratch\nCOPY a /") == ["a"]
    with pytest.raises(InputRefused, match=r"^Dockerfile:3: "):
        landed(tmp_path, f"FROM scratch AS p\n{bad}\nFROM p\nCOPY a /")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # A link is followed for its first path only; another source may bring the rest. Docker 20.10.24
        ("COPY ln/x /q/", ["q/x"]),
        ("COPY ln/x ln/y /q/", None),
        ("COPY ln/x /q/\nCOPY ln/y /q/", None),
        ("COPY ln ln/x ln/y /q/", ["q/x", "q/y", "q/x", "q/y"]),
        ("COPY dir ln/x ln/y /q/", ["q/x", "q/y", "q/x", "q/y"]),
        ("COPY . /r\nCOPY ln/y /q/", ["r/ln", "q/y"]),
        # A link below a wildcard is sent without its target. Docker 20.10.24
        ("COPY s?b/up /q/", None),
        ("COPY sub/u* /q/", ["q/x", "q/y"]),
        ("COPY s?b/up dir /q/", ["q/x", "q/y", "q/x", "q/y"]),
        # Source names become patterns of the ignore file's language. BuildKit since fsutil of 2021-12
        (r"COPY b\\s /q/", None),
        (r"COPY b[\\\\]s /q/", ["q/b\\s"]),
        ("COPY !no /q/", None),
        ("COPY ?no /q/", ["q/!no"]),
        ('COPY [" in", "/q/"]', None),
        ('COPY ["in ", "/q/"]', None),
        ("COPY [z-a]* /q/", None),
        # A directory in which the wildcard matches nothing is left out, and then missing. buildx 0.29
        ("COPY nope* /q/", []),
        ("COPY dir/nope* /q/", None),
        ("COPY dir/x dir/nope* /q/", ["q/x"]),
        # A tmpfs asks for everything.
        ("RUN --mount=type=tmpfs,target=/t true\nCOPY ln/y /q/", ["q/y"]),
    ],
)
def test_only_what_the_builder_asks_for_is_there(tmp_path: Path, text: str, wanted: list[str] | None) -> None:
    for name in ("dir/y", "sub/s", "b\\s", "!no", " in", "in "):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "ln").symlink_to("dir")
    (tmp_path / "sub/up").symlink_to("../dir")
    if wanted is None:
        with pytest.raises(InputRefused, match=r"^Dockerfile:[23]: COPY .*(not found|malformed pattern)"):
            landed(tmp_path, text)
    else:
        assert [name for name in landed(tmp_path, text) if not name.startswith("r/") or name == "r/ln"] == wanted


def test_bind_mount_named_twice_takes_the_last_name(tmp_path: Path) -> None:
    assert landed(tmp_path, "RUN --mount=source=nope,src=dir,target=/n,dst=/m x") == ["m/x"]
    with pytest.raises(InputRefused, match=r"^Dockerfile:2: RUN: not found"):
        landed(tmp_path, "RUN --mount=src=dir,source=nope,target=/m x")


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        # Docker 20.10.24, but for a variable in the mode
        ("COPY dir /w\nWORKDIR /w/y", "COPY a /w\nWORKDIR /w/y"),
        ("HEALTHCHECK --bad NONE", "HEALTHCHECK --bad CMD x"),
        ("STOPSIGNAL --bad 9", "USER --bad 9"),
        ("HEALTHCHECK --interval=1m30s --timeout=.5s --retries=3 CMD x", "HEALTHCHECK --interval=5 CMD x"),
        ("HEALTHCHECK --start-period= CMD x", "HEALTHCHECK --start-period=-5s CMD x"),
        ("HEALTHCHECK --interval=1ms CMD x", "HEALTHCHECK --interval=1us CMD x"),
        ("HEALTHCHECK --retries=+3 CMD x", "HEALTHCHECK --retries=x CMD x"),
        ("LABEL a=${b}", "LABEL a=${"),
        ("USER ${b}", "USER ${"),
        ("EXPOSE ${b:-80}", "EXPOSE ${b"),
        ("VOLUME /a${b}", "VOLUME ${b"),
        ("STOPSIGNAL ${b:-9}", "STOPSIGNAL ${b"),
        ("COPY --chown=${b:-1} dir /", "COPY --chown=${ dir /"),
        ("COPY --chmod=${b:-644} dir /", "COPY --chmod=${ dir /"),
        ("RUN --mount=type=CACHE,target=/x y", "RUN --mount=type=foo y"),
        ("COPY --from=img /a /b", "ENV X=1\nCOPY --from=$X /a /b"),
        ("ARG --required A=1", "ARG --other A=1"),
        ("HEALTHCHECK NONE", "HEALTHCHECK NONE x"),
        ("HEALTHCHECK CMD x", "HEALTHCHECK CMD"),
        ("healthcheck cmd x", "HEALTHCHECK x"),
        ('SHELL ["a"]', "SHELL a"),
        ("ENV A=", "ENV =b"),
        ("VOLUME /a", 'VOLUME ["/a", " "]'),
    ],
)
def test_words_that_an_instruction_takes(tmp_path: Path, good: str, bad: str) -> None:
    landed(tmp_path, good)
    with pytest.raises(InputRefused, match=r"^Dockerfile:[23]: "):
        landed(tmp_path, bad)
