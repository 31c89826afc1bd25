"""Single sources: what each instruction takes, and what is asked of the context for it."""

import tarfile
from pathlib import Path

import pytest

from packaging_readiness.checkout.context import Context, resolve_context
from packaging_readiness.checkout.context_tree import parents_of
from packaging_readiness.checkout.copies import Copies, resolve_copies, view
from packaging_readiness.checkout.copy_sources import Copy, named_sources, split_pivot
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.dockerignore import read_ignore
from packaging_readiness.checkout.expand import Scope
from packaging_readiness.contract.errors import InputRefused

FILES = ("a", "d/x", "d/y.pyc", "d/e/z")
LINKS = {"l": "d", "here": ".", "f": "a"}


def context(*more: str, ignore: str | None = None, root: Path = Path("nowhere")) -> Context:
    names = tuple(sorted([*FILES, *more, *LINKS]))
    folders = frozenset(folder for name in names for folder in parents_of(name))
    return Context(root, names, LINKS, folders, {}, None if ignore is None else read_ignore(ignore.encode(), "i"))


def resolve(text: str, *more: str, base: str = "scratch") -> Copies:
    return resolve_copies(parse(f"FROM {base}\n{text}\n".encode(), "D"), context(*more), {})


def landed(text: str, *more: str, base: str = "scratch") -> list[str]:
    return [dest for each in resolve(text, *more, base=base).sources for _, dest in each.files]


def refusal(text: str, base: str = "scratch") -> str:
    with pytest.raises(InputRefused) as caught:
        resolve(text, base=base)
    return f"{caught.value.place} {caught.value.cause}"


def test_each_source_as_it_is_found() -> None:
    found = resolve(
        "ENV V=d\nCOPY --from=img q $V /c/\nCOPY <<E f $V /c/\nE\nADD http://h/$V /c/\n"
        "RUN --mount=src=l,target=/m/ --mount=src=f,target=/n --mount=type=tmpfs,target=/t x\nCOPY --parents $V/x /p/"
    ).sources
    blank = Copy(3, 0, None, "COPY", "q", "q", "stage")
    assert found == (
        blank,
        Copy(3, 0, None, "COPY", "$V", "$V", "stage"),
        Copy(4, 0, None, "COPY", "f", "f", files=(("a", "c/f"),), through=("f",), roots=("a",)),
        Copy(
            4,
            0,
            None,
            "COPY",
            "$V",
            "d",
            files=(("d/e/z", "c/e/z"), ("d/x", "c/x"), ("d/y.pyc", "c/y.pyc")),
            roots=("d",),
        ),
        Copy(4, 0, None, "COPY", "<<E", "<<E", "heredoc"),
        Copy(6, 0, None, "ADD", "http://h/$V", "http://h/d", "remote"),
        Copy(
            *(7, 0, None, "RUN", "l", "l", "mount"),
            files=(("d/e/z", "m/e/z"), ("d/x", "m/x"), ("d/y.pyc", "m/y.pyc")),
            through=("l",),
            roots=("d",),
        ),
        Copy(7, 0, None, "RUN", "f", "f", "mount", files=(("a", "n"),), through=("f",), roots=("a",)),
        Copy(8, 0, None, "COPY", "$V/x", "d/x", parents=True, files=(("d/x", "p/d/x"),), roots=("",)),
    )


def test_sources_of_a_trigger_take_nothing_yet() -> None:
    found = resolve(
        "ENV V=d\nARG W\nONBUILD COPY --parents $V/x <<E http://h/x /c/\nE\nONBUILD COPY ${ /c\n"
        "ONBUILD RUN --mount=src=$W,target=/m x\nONBUILD RUN --mount=type=foo x\nONBUILD COPY --from=img q /c\n"
        "ONBUILD USER ${\nONBUILD WORKDIR q"
    ).sources
    assert [(each.line, each.instruction, each.source, each.expanded, each.kind) for each in found] == [
        (4, "COPY", "$V/x", "d/x", "context"),
        (4, "COPY", "<<E", "<<E", "heredoc"),
        (4, "COPY", "http://h/x", "http://h/x", "remote"),
        (6, "COPY", "${", "${", "context"),
        (7, "RUN", "$W", "$W", "mount"),
        (9, "COPY", "q", "q", "stage"),
    ]
    assert [each.parents for each in found] == [True, False, False, False, False, False]
    assert all(each.onbuild and not each.files for each in found)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("COPY --exclude=*.pyc --exclude=e d /c", ["c/x"]),
        ("COPY --exclude=e --parents d /c", ["c/d/x", "c/d/y.pyc", "c/d/e/z"]),
        ("COPY --parents --exclude=d/e d /c", ["c/d/x", "c/d/y.pyc"]),
        ("COPY --parents d/./e/z d/./x /c/", ["c/e/z", "c/x"]),
        ("COPY --parents ./d/x /c/", ["c/d/x"]),
        ("COPY --parents d/e/./z d/*/z /c/", ["c/z", "c/d/e/z"]),
        ("COPY --parents **/x /c/", ["c/d/x"]),
        ("COPY --parents h?re/./a /c/", ["c/a"]),
        ("CMD ${\nCOPY a /c", ["c"]),
        ("WORKDIR /w/\nWORKDIR ./\nCOPY a q", ["w/q"]),
        ("COPY d/* /c/", ["c/z", "c/x", "c/y.pyc"]),
        ("COPY l/x /c/", ["c/x"]),
        ("COPY l /c", ["c/e/z", "c/x", "c/y.pyc"]),
        ("COPY f /c/", ["c/f"]),
        ("COPY a /", ["a"]),
        ("COPY d /", ["e/z", "x", "y.pyc"]),
        ("WORKDIR /w\nWORKDIR v/\nCOPY a .", ["w/v/a"]),
        ("WORKDIR /w/..\nCOPY a q", ["q"]),
        ("ENV W=/w\nWORKDIR $W\nCOPY a q/", ["w/q/a"]),
        ("WORKDIR /w\nONBUILD WORKDIR /v\nCOPY a q", ["w/q"]),
        ("WORKDIR /w\nCOPY a /w", ["w/a"]),
        ("COPY l here/a /c/", ["c/e/z", "c/x", "c/y.pyc", "c/a"]),
    ],
)
def test_where_files_land(text: str, places: list[str]) -> None:
    assert sorted(landed(text)) == sorted(places)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ARG W\nWORKDIR $W\nCOPY a q", "D:4 COPY a q: relative"),
        ("COPY a /w\nWORKDIR /w", "D:3 WORKDIR: cannot copy"),
        ("COPY http://h/x /c", "D:2 COPY http://h/x /c: source can't be a URL"),
        ("COPY none /c", "D:2 COPY none /c: not found"),
        ("COPY --parents d/none /c", "D:2 COPY d/none /c: not found"),
        ("COPY --parents none/./x* /c", "D:2 COPY none/./x* /c: not found"),
        ("COPY --exclude=[ d /c", "D:2 COPY d /c: malformed"),
        ("COPY [ /c", "D:2 COPY [ /c: malformed"),
        ("COPY --chown=${ a /c", "D:2 COPY a /c: "),
        ("COPY --chmod=${ a /c", "D:2 COPY a /c: "),
        ("ADD --checksum=${ http://h/x /c", "D:2 ADD http://h/x /c: "),
        ("RUN --mount=src=none,target=/m x", "D:2 RUN: not found"),
        ("COPY <<E /c/\nE\nCOPY d /c/E", "D:4 COPY d /c/E: cannot copy"),
        ("ADD a /c", "D:2 ADD a /c: the source cannot be read"),
        ("LABEL a=${", "D:2 LABEL: "),
        ("USER ${", "D:2 USER: "),
        ("VOLUME ${", "D:2 VOLUME: "),
        ("EXPOSE ${", "D:2 EXPOSE: "),
        ("STOPSIGNAL ${", "D:2 STOPSIGNAL: "),
    ],
)
def test_a_source_that_is_refused(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


def test_a_base_image_may_have_put_a_file_where_the_directory_is_to_be() -> None:
    assert landed("COPY a /w\nWORKDIR /w\nCOPY d/x /v", base="img") == ["w", "v"]
    assert refusal("COPY a q", base="img").startswith("D:2 COPY a q: relative")
    # The words of a long instruction are not repeated for ever
    assert refusal(f"COPY none{'e' * 300} /c").startswith(f"D:2 COPY none{'e' * 191}: not found")


def test_a_file_that_the_ignore_file_keeps_out_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    (tmp_path / ".dockerignore").write_text("q\nkept\ngone\n!back\n", encoding="utf-8")
    found = resolve_context(tmp_path, tmp_path / "D")
    said = {}
    for name in ("kept", "/./kept/", "gone", "back", "other"):
        for opens in ("COPY", "ONBUILD COPY"):
            text = f"FROM scratch AS p\n{opens} {name} /c\nFROM p\nCOPY {name} /d\n"
            with pytest.raises(InputRefused) as caught:
                resolve_copies(parse(text.encode(), "D"), found, {})
            said[name] = (".dockerignore:2)" in caught.value.cause, "!kept" in caught.value.cure)
    assert said == {
        "kept": (True, True),
        "/./kept/": (True, True),
        **dict.fromkeys(("gone", "back", "other"), (False, False)),
    }


@pytest.mark.parametrize("line", ["COPY none /kept", "LABEL kept=${"])
def test_words_that_are_no_source_are_not_looked_up(tmp_path: Path, line: str) -> None:
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    (tmp_path / ".dockerignore").write_text("kept\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        resolve_copies(parse(f"FROM scratch\n{line}\n".encode(), "D"), resolve_context(tmp_path, tmp_path / "D"), {})
    assert ".dockerignore" not in caught.value.cause


def test_a_name_that_has_an_address_in_it_is_a_file() -> None:
    found = resolve("COPY q/git@h /c\nONBUILD COPY q/git@h /c\nRUN --mount=src=d,target=/m x", "q/git@h")
    assert [(each.kind, len(each.files)) for each in found.sources] == [("context", 1), ("context", 0), ("mount", 3)]
    assert [row["dest"] for row in view(context("q/git@h"), found)["copied"]] == ["c"]


def test_add_unpacks_and_copy_does_not_but_when_told(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("x", encoding="utf-8")
    with tarfile.open(tmp_path / "t", "w") as archive:
        archive.add(tmp_path / "in", "in")
    found = resolve_context(tmp_path, tmp_path / "D", sizes=False)
    places = {
        line: [
            each.files[0][1]
            for each in resolve_copies(parse(f"FROM scratch\n{line}\n".encode(), "D"), found, {}).sources
        ]
        for line in ("ADD t /o/", "ADD --unpack t /o/", "ADD --unpack=false t /o/", "COPY t /o/", "ADD in /o/")
    }
    assert list(places.values()) == [["o/in"], ["o/in"], ["o/t"], ["o/t"], ["o/in"]]


def test_stages_build_on_each_other_and_only_the_needed_ones_fail() -> None:
    found = resolve(
        "COPY d /c\nFROM img AS idle\nCOPY none /c\nCOPY [ /c\nFROM scratch AS p\nWORKDIR /w\nCOPY d c\n"
        "FROM p\nCOPY a c\nFROM p AS last\nCOPY f c/"
    )
    assert [(each.stage, each.stage_name, each.problem) for each in found.sources if each.problem] == [
        (1, "idle", "not found in the build context"),
        (1, "idle", "malformed pattern"),
    ]
    assert [each.files for each in found.sources if each.stage > 2] == [(("a", "w/c/a"),), (("a", "w/c/f"),)]
    assert found.untaken == ("here", "l")
    rows = view(context(), found)["copied"]
    assert [(row["line"], row["stage"], row["source"], row["dest"]) for row in rows[:1] + rows[-1:]] == [
        (2, "0", "d/e/z", "c/e/z"),
        (12, "last", "a", "w/c/f"),
    ]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("COPY $V b <<E /c\nE", ["d", "b"]),
        ("ADD http://h/x https://h/x git@h:x $V /c", ["git@h:x", "d"]),
        ("COPY --from=img b /c", []),
        ("COPY --from= b /c", ["b"]),
        ("COPY ${ b /c", ["b"]),
        ("RUN --mount=src=b,target=/m --mount=src=q,from=img,target=/n x", ["b"]),
        ("RUN --mount=type=tmpfs,target=/m --mount=type=cache,src=q,target=/n x", [""]),
        ("WORKDIR b", []),
        ("STOPSIGNAL --mount=src=b 9", []),
        ("CMD a b", []),
    ],
)
def test_what_the_context_is_asked_for(line: str, asked: list[str]) -> None:
    assert named_sources(parse(line.encode(), "D").instructions[0], Scope({"V": "d"}), "\\") == asked


def test_where_a_source_is_divided() -> None:
    shown = {source: (split_pivot(source)[0], [each.value for each in split_pivot(source)[1]]) for source in PIVOTS}
    assert shown == PIVOTS


PIVOTS = {
    "a/b": ("/", ["a/b"]),
    "a/./b": ("a", ["b"]),
    "a/./b/./c": ("a", ["b/c"]),
    "/a": ("/", ["a"]),
    "a/./": ("a", []),
    "./a/../b": ("/", ["b"]),
}
