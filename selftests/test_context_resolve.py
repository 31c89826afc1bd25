"""The build context: precedence of ignore files, what decides a path, names and files that are refused."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.checkout import context_walk
from packaging_readiness.checkout.context import Context, load_dockerfile, resolve_context
from packaging_readiness.checkout.dockerignore import read_ignore
from packaging_readiness.contract.errors import CannotTell, InputRefused


def fill(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return root


def context(root: Path, ignore: str | None = None) -> Context:
    if ignore is not None:
        (root / ".dockerignore").write_text(ignore, encoding="utf-8")
    return resolve_context(root, root / "Dockerfile")


def test_without_ignore_file_everything_enters(tmp_path: Path) -> None:
    found = context(fill(tmp_path, "Dockerfile", "src/a.py", ".env"))
    assert found.files == (".env", "Dockerfile", "src/a.py")
    assert found.ignore is None
    assert found.decided_by(".env") is None
    assert not found.is_default_deny()


def test_dockerfile_and_ignore_file_are_ordinary_entries(tmp_path: Path) -> None:
    fill(tmp_path, "Dockerfile", "a")
    assert context(tmp_path, "").files == (".dockerignore", "Dockerfile", "a")
    assert context(tmp_path, "**\n!a\n").files == ("a",)


def test_empty_ignore_file_beside_the_dockerfile_opens_everything_again(tmp_path: Path) -> None:
    fill(tmp_path, "Dockerfile", "a", ".dockerignore")
    (tmp_path / ".dockerignore").write_text("**\n", encoding="utf-8")
    assert context(tmp_path).files == ()
    (tmp_path / "Dockerfile.dockerignore").write_bytes(b"")
    assert "a" in context(tmp_path).files


def test_dockerfile_outside_the_root_brings_its_own_ignore_file(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "a", "b")
    outside = fill(tmp_path / "elsewhere", "D") / "D"
    outside.with_name("D.dockerignore").write_text("a\n", encoding="utf-8")
    found = resolve_context(root, outside)
    assert found.files == ("b",)
    assert found.ignore is not None
    assert found.ignore.place == "D.dockerignore"


def test_reopened_parent_lets_the_tree_back_in(tmp_path: Path) -> None:
    found = context(fill(tmp_path, "src/app/a", "src/secret/b", "runs/c"), "**\nsrc/secret\n!src\n")
    assert found.files == ("src/app/a", "src/secret/b")


def test_last_line_that_changed_the_fate_is_named(tmp_path: Path) -> None:
    found = context(fill(tmp_path, "src/a.py"), "# deny\n**\n!src\n**/*.pyc\n")
    decided = {name: found.decided_by(name) for name in ("src/a.py", "src/a.pyc", "runs/x")}
    lines = {name: pattern.line for name, pattern in decided.items() if pattern}
    assert lines == {"src/a.py": 3, "src/a.pyc": 4, "runs/x": 2}


def test_line_that_only_repeats_the_verdict_is_not_named(tmp_path: Path) -> None:
    pattern = context(fill(tmp_path, "d/x"), "**/x\nd\n").decided_by("d/x")
    assert pattern is not None
    assert (pattern.line, pattern.text, pattern.reopens) == (1, "**/x", False)


@pytest.mark.parametrize("ignore", ["**\n", "*\n", "**/*\n!src\n", "*\n!config/**\n", "***\n", "/**\n"])
def test_default_deny_in_every_spelling(tmp_path: Path, ignore: str) -> None:
    assert context(tmp_path, ignore).is_default_deny()


@pytest.mark.parametrize(
    "ignore", ["", "runs\n.env\n", "**\n!*\n", "**\n!**\n", "*/*\n", ".*\n", "*\n![a-z]*\n", "?\n"]
)
def test_not_default_deny(tmp_path: Path, ignore: str) -> None:
    assert not context(tmp_path, ignore).is_default_deny()


def test_links_are_entries_and_never_followed(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "src/a")
    fill(tmp_path / "outside", "secret")
    (root / "out").symlink_to("../outside")
    (root / "loop").symlink_to("loop")
    found = resolve_context(root, root / "Dockerfile")
    assert found.files == ("loop", "out", "src/a")
    assert dict(found.links) == {"out": "../outside", "loop": "loop"}


def test_sizes_are_counted_when_asked_for(tmp_path: Path) -> None:
    fill(tmp_path, "a")
    assert context(tmp_path).sizes == {"a": 1}
    assert resolve_context(tmp_path, tmp_path / "Dockerfile", sizes=False).sizes == {}


@pytest.mark.parametrize("name", [b"bad\xff", b"line\nbreak", b"carriage\rreturn"])
def test_unspeakable_name_is_refused_when_it_enters(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x", encoding="utf-8")
    with pytest.raises(InputRefused, match="file name"):
        context(tmp_path)
    assert context(tmp_path, "**\n").files == ()


def test_pipe_is_refused_and_socket_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert context(tmp_path).files == ()
    os.mkfifo(tmp_path / "p")
    with pytest.raises(InputRefused, match=r"^p: a pipe"):
        context(tmp_path)
    assert context(tmp_path, "p\n").files == (".dockerignore",)


def test_ignore_file_that_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / ".dockerignore").mkdir(parents=True)
    with pytest.raises(InputRefused, match="not a regular file"):
        context(root)
    (root / ".dockerignore").rmdir()
    fill(tmp_path, "outside")
    (root / ".dockerignore").symlink_to("../outside")
    with pytest.raises(InputRefused, match="leaves its directory"):
        context(root)
    (root / ".dockerignore").unlink()
    (root / ".dockerignore").symlink_to("nothing")
    with pytest.raises(InputRefused, match="link to nothing"):
        context(root)


def test_missing_root_and_dockerfile_cannot_be_told(tmp_path: Path) -> None:
    with pytest.raises(CannotTell):
        resolve_context(tmp_path / "none", tmp_path / "Dockerfile")
    with pytest.raises(CannotTell, match=r"^Dockerfile: "):
        load_dockerfile(tmp_path / "Dockerfile", "Dockerfile")


@pytest.mark.parametrize(
    ("ignore", "place"),
    [
        (b"a\n[\n", "i:2"),
        (b"!\n", "i:1"),
        (b"a\\\n", "i:1"),
        (b"a\n" + b"b" * 70000, "i:2"),
        (b"a\tb\n", "i:1"),
    ],
)
def test_pattern_the_builder_rejects_is_refused_with_its_line(ignore: bytes, place: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_ignore(ignore, "i")
    assert caught.value.place == place


def test_pattern_bad_only_while_matching_is_refused_then() -> None:
    ignore = read_ignore(b"a\n![z-a]\n", "i")
    assert not ignore.excludes("b")
    with pytest.raises(InputRefused) as caught:
        ignore.excludes("a")
    assert caught.value.place == "i:2"


def test_pattern_bytes_that_are_not_utf8_match_themselves() -> None:
    ignore = read_ignore(b"a\xff\n", "i")
    assert ignore.excludes("a\udcff")
    assert not ignore.excludes("a\udcfe")


@contextmanager
def counted_scans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    seen: list[str] = []
    real = os.scandir

    def scandir(path: str) -> object:
        seen.append(path)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        yield seen


def test_literal_default_deny_never_looks_into_what_it_excludes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "src/app/a", "runs/deep/er/b", "srcx/c", "src/other/d")
    with counted_scans(monkeypatch) as seen:
        assert context(tmp_path, "**\n!src/app\n").files == ("src/app/a",)
    assert [path.removeprefix(str(tmp_path)) for path in seen] == ["", "/src/", "/src/app/"]


def test_unreadable_directory_is_no_matter_only_when_excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "shut/a", "b")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(CannotTell, match=r"^shut/: cannot be read"):
        context(tmp_path)
    assert context(tmp_path, "**\n!b\n!*/a\n").files == ("b",)


NAMES = ("a", "b", "ab", ".a", "a.b")
PATTERN = st.lists(
    st.sampled_from(
        [*NAMES, "*", "**", "?", "a*", "*.b", "[ab]", "[^a]", "[a-c]*.b", "*.[ab]", "*a*", "\\a", ".", ".."]
    ),
    min_size=1,
    max_size=3,
).map("/".join)
LINE = st.tuples(st.sampled_from(["", "!", "/", " "]), PATTERN).map("".join)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for top in NAMES:
        for middle in NAMES[:3]:
            fill(root, *(f"{top}/d{middle}/{name}" for name in NAMES), f"{top}/{middle}")
    return fill(root, "f", "f.b", ".f")


@given(lines=st.lists(LINE, max_size=6))
@settings(max_examples=200, deadline=None)
def test_pruned_walk_agrees_with_matching_each_path(tree: Path, lines: list[str]) -> None:
    everything = sorted(str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())
    ignore = read_ignore("\n".join(lines).encode(), "i")
    found = context_walk.walk(tree, ignore, sizes=False)
    assert list(found.files) == [path for path in everything if not ignore.excludes(path)]
    parents = {str(parent) for path in found.files for parent in Path(path).parents} - {"."}
    assert parents <= found.directories
