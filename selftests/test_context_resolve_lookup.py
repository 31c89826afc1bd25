"""The context itself: the walk over a tree, files that cannot be read, look-ups, and files that do not belong in it."""

import errno
import os
from pathlib import Path

import pytest

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.context import Context, load_dockerfile, resolve_context
from packaging_readiness.checkout.context_tree import NotResolved, Tree, absolute, parents_of
from packaging_readiness.checkout.context_walk import walk
from packaging_readiness.checkout.dockerignore import read_ignore
from packaging_readiness.checkout.offending import OffendingTree, offending_trees
from packaging_readiness.contract.errors import CannotTell, InputRefused

MIB = 1024 * 1024


def fill(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(name))
    return root


def context(files: list[str], ignore: str | None = None, links: dict[str, str] | None = None) -> Context:
    """A context that lies nowhere."""
    names = tuple(sorted([*files, *(links or {})]))
    folders = frozenset(folder for name in names for folder in parents_of(name))
    sizes = {name: len(name) for name in names}
    return Context(
        Path("nowhere"),
        names,
        links or {},
        folders,
        sizes,
        None if ignore is None else read_ignore(ignore.encode(), "i"),
    )


@pytest.mark.parametrize(
    ("ignore", "files", "folders"),
    [
        ("", ["a", "d/b", "d/e/c", "f/g", "l"], ["d", "d/e", "empty", "f"]),
        ("d", ["a", "f/g", "l"], ["empty", "f"]),
        ("d\n!d/e", ["a", "d/e/c", "f/g", "l"], ["d", "d/e", "empty", "f"]),
        ("d\n!d/b", ["a", "d/b", "f/g", "l"], ["d", "empty", "f"]),
        ("*\n!d/e/c", ["d/e/c"], ["d", "d/e"]),
        ("*\n!*/b", ["d/b"], ["d"]),
        ("*\n!*/b\n*/g", ["d/b"], ["d"]),
        ("*\n!l\n!f", ["f/g", "l"], ["f"]),
        ("*", [], []),
        ("d/*\n!d/e", ["a", "d/e/c", "f/g", "l"], ["d", "d/e", "empty", "f"]),
        ("**/c\nl", ["a", "d/b", "f/g"], ["d", "d/e", "empty", "f"]),
        ("empty\nf/g", ["a", "d/b", "d/e/c", "l"], ["d", "d/e", "f"]),
    ],
)
def test_files_and_folders_that_get_in(tmp_path: Path, ignore: str, files: list[str], folders: list[str]) -> None:
    fill(tmp_path, "a", "d/b", "d/e/c", "f/g")
    (tmp_path / "l").symlink_to("d/../nowhere//x")
    (tmp_path / "empty").mkdir()
    found = walk(tmp_path, read_ignore(ignore.encode(), "i"), sizes=True)
    assert (list(found.files), sorted(found.directories)) == (files, folders)
    assert found.links == ({"l": "d/../nowhere//x"} if "l" in files else {})
    assert found.sizes == {name: len("d/../nowhere//x") if name == "l" else len(name) for name in files}
    assert walk(tmp_path, None, sizes=False).sizes == {}


def test_a_bad_line_is_met_on_the_way(tmp_path: Path) -> None:
    fill(tmp_path, "q/a")
    with pytest.raises(InputRefused) as caught:
        walk(tmp_path, read_ignore(b"b\nq/[z-a]\n", "i"), sizes=False)
    assert caught.value.place == "i:2"


@pytest.mark.parametrize(("code", "excluded"), [(errno.EACCES, True), (errno.EPERM, True), (errno.EIO, False)])
def test_a_folder_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, excluded: bool
) -> None:
    fill(tmp_path, "shut/a", "b")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith("shut"):
            raise OSError(code, os.strerror(code))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    ignore = read_ignore(b"*\n!b\n!*/a\n", "i")
    if excluded:
        assert walk(tmp_path, ignore, sizes=False).files == ("b",)
    else:
        with pytest.raises(CannotTell, match=r"^shut/: cannot be read"):
            walk(tmp_path, ignore, sizes=False)
    with pytest.raises(CannotTell, match=r"^shut/: cannot be read"):
        walk(tmp_path, None, sizes=False)


@pytest.mark.parametrize("length", [200, 201])
def test_a_long_path_is_shown_by_its_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    folder = "/".join([f"{at:09}" for at in range(19)]) + "/" + "x" * (length - 191)
    fill(tmp_path, f"{folder}/a")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith(folder):
            raise PermissionError(errno.EACCES, "")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    whole = f"{folder}/"
    shown = whole if length == 200 else f"{whole[:100]}…{whole[101:]}"
    with pytest.raises(CannotTell) as caught:
        walk(tmp_path, None, sizes=False)
    assert (len(whole), str(caught.value).partition(":")[0]) == (length, shown)


def test_the_root_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match=r"^the context root: cannot be read: No such file"):
        walk(tmp_path / "none", None, sizes=False)
    with pytest.raises(CannotTell, match=r"^none: is not a directory"):
        resolve_context(tmp_path / "none", tmp_path / "Dockerfile")


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.dockerignore", ".dockerignore"])
def test_a_file_of_a_mebibyte_is_read_and_one_byte_more_refused(tmp_path: Path, name: str) -> None:
    fill(tmp_path, "Dockerfile")
    (tmp_path / "Dockerfile").write_bytes(b"FROM a\n")
    text = b"FROM a\n" + b"#\n" * (MIB // 2)

    def read() -> tuple[str, ...]:
        load_dockerfile(tmp_path / "Dockerfile", "D")
        return resolve_context(tmp_path, tmp_path / "Dockerfile").files

    (tmp_path / name).write_bytes(text[:MIB])
    assert name in read()
    (tmp_path / name).write_bytes(text[: MIB + 1])
    with pytest.raises(InputRefused, match="larger than"):
        read()


def test_a_link_to_a_file_below_its_folder_is_read(tmp_path: Path) -> None:
    fill(tmp_path, "sub/ignored", "a")
    (tmp_path / "sub/ignored").write_text("a\n", encoding="utf-8")
    (tmp_path / ".dockerignore").symlink_to("sub/ignored")
    assert "a" not in resolve_context(tmp_path, tmp_path / "D").files
    (tmp_path / "D").symlink_to("loop")
    (tmp_path / "loop").symlink_to("D")
    with pytest.raises((CannotTell, InputRefused), match=r"^x: "):
        load_dockerfile(tmp_path / "D", "x")
    with pytest.raises(CannotTell, match=r"^x: there is no such"):
        load_dockerfile(tmp_path / "a/b", "x")


def test_paths_are_cleaned_before_the_ignore_file_is_asked() -> None:
    found = context([], "a/b\n!a/b/c\n")
    assert [found.would_enter(path) for path in ("./a//b/", "a/b/x/../c", "a")] == [False, True, True]
    decided = [found.decided_by(path) for path in ("./a//b/", "a/b/x/../c", "q/../x")]
    assert [each.line if each else None for each in decided] == [1, 2, None]
    bare = context([])
    assert (bare.would_enter("a"), bare.decided_by("a"), bare.is_default_deny()) == (True, None, False)
    assert context([], "*").is_default_deny()


TREE = Tree(
    context(
        ["a/b", "a/c/d", "a-b", "a0/e", "ab/f", "q"],
        links={"l": "a", "a/up": "../q", "bad": "no", "out": "../q", "top": "/q"},
    )
)


@pytest.mark.parametrize(
    ("folder", "files", "folders"),
    [
        ("a", ["a/b", "a/c/d", "a/up"], ["a/c"]),
        ("a/c", ["a/c/d"], []),
        ("ab", ["ab/f"], []),
        ("q", [], []),
        ("", ["a-b", "a/b", "a/c/d", "a/up", "a0/e", "ab/f", "bad", "l", "out", "q", "top"], ["a", "a/c", "a0", "ab"]),
    ],
)
def test_what_lies_below_a_folder(folder: str, files: list[str], folders: list[str]) -> None:
    assert list(TREE.below(folder)) == files
    assert sorted(TREE.directories_below(folder)) == folders


def test_what_stands_at_a_path() -> None:
    paths = ("", "a", "a/b", "l", "none")
    assert [TREE.is_directory(path) for path in paths] == [True, True, False, False, False]
    assert [TREE.is_file(path) for path in paths] == [False, False, True, True, False]
    assert [TREE.exists(path) for path in paths] == [True, True, True, True, False]
    assert [TREE.resolve(path) for path in ("l/up", "a/./b", "")] == [("q", ("l", "a/up")), ("a/b", ()), ("", ())]
    for path in ("none", "a/none", "bad", "l/none", "out", "top"):
        with pytest.raises(NotResolved, match=r"not found|leaves the root"):
            TREE.resolve(path)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("/a/b", ["a/b"]),
        ("/none", ["none"]),
        ("/a/*", ["a/b", "a/c", "a/up"]),
        ("/a*", ["a", "a-b", "a0", "ab"]),
        ("/a*/*", ["a/b", "a/c", "a/up", "a0/e", "ab/f"]),
        ("/*/c/d", ["a/c/d"]),
        ("/l/*", ["a/b", "a/c", "a/up"]),
        ("/l/c/?", ["a/c/d"]),
        ("/a/?", ["a/b", "a/c"]),
        # A class takes a slash; what lies in a folder that is matched is not matched again
        ("/a*[^x]*", ["a/b", "a/c", "a/up", "a-b", "a0", "ab"]),
        ("/*z", []),
        ("/[q]", ["q"]),
        ("/\\q", ["\\q"]),
    ],
)
def test_what_a_source_names(source: str, found: list[str]) -> None:
    assert list(TREE.match(source)) == found


def test_a_source_that_names_nothing_or_is_no_pattern() -> None:
    with pytest.raises(NotResolved):
        TREE.match("/none/*")
    with pytest.raises(BadPattern):
        TREE.match("/a/[")
    assert (parents_of("a/b/c"), parents_of("a")) == (["a", "a/b"], [])
    assert [absolute(path) for path in ("", "a/", "../../b", "/c/./d")] == ["/", "/a", "/b", "/c/d"]


def test_files_that_do_not_belong_are_shown_by_folder() -> None:
    found = context(["a/b/c", "a/b/d", "a/e", "f/g", "f/h", "i", "jj", "k/l/mm"], "*\n!a\n!f\n!f/h\n!i\n!jj\n!k")
    offending = ["a/b/c", "a/b/d", "f/g", "f/h", "i", "jj", "k/l/mm"]
    shown = [(each.path, each.files, each.bytes, each.let_in_by) for each in offending_trees(found, offending)]
    assert [(path, files, size, line.line if line else None) for path, files, size, line in shown] == [
        ("a/b/", 2, 10, 2),
        ("f/", 2, 6, 3),
        ("k/", 1, 6, 7),
        ("jj", 1, 2, 6),
        ("i", 1, 1, 5),
    ]
    bare = context(["a/bb", "c/d", "e/f"])
    assert offending_trees(bare, ["e/f", "c/d", "a/bb"]) == (
        OffendingTree("a/", 1, 4, None),
        OffendingTree("c/", 1, 3, None),
        OffendingTree("e/", 1, 3, None),
    )
    assert offending_trees(bare, []) == ()


def test_of_two_folders_of_a_size_the_one_of_more_files_comes_first() -> None:
    found = context(["a/bcdef", "z/b", "z/cx"])
    assert [each.path for each in offending_trees(found, found.files)] == ["z/", "a/"]
