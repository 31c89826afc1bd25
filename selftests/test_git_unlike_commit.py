"""Files that are not the commit's are found by their content, whatever git was told to think of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from packaging_readiness.checkout.git import read_git, unlike_commit
from packaging_readiness.contract.errors import CannotTell
from selftests.test_git_reader import git

FILES = ("a.txt", "dir/b.txt", "link", "run.sh")
Hide = Callable[[Path], None]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "platform"
    (root / "dir").mkdir(parents=True)
    (root / "a.txt").write_text("one\n")
    (root / "dir" / "b.txt").write_text("two\n")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("a.txt")
    (root / ".gitignore").write_text("*.log\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def index_flag(flag: str) -> Hide:
    def hide(root: Path) -> None:
        git(root, "update-index", flag, "a.txt")
        (root / "a.txt").write_text("ten\n")

    return hide


def clean_filter(root: Path) -> None:
    """git is told that whatever stands in the file, `one` is its content; the index is made to believe it."""
    (root / ".git" / "info" / "attributes").write_text("a.txt filter=hide\n")
    git(root, "config", "filter.hide.clean", "echo one")
    (root / "a.txt").write_text("ten\n")
    git(root, "add", "a.txt")


def other_work_tree(root: Path) -> None:
    copy = root.parent / "copy"
    git(root.parent, "clone", "-q", str(root), str(copy))
    git(root, "config", "core.worktree", str(copy))
    (root / "a.txt").write_text("ten\n")


def times_set_back(root: Path) -> None:
    state = (root / "a.txt").stat()
    os.utime(root / "a.txt", ns=(1, 10**18))
    git(root, "update-index", "--refresh")
    git(root, "config", "core.trustctime", "false")
    (root / "a.txt").write_text("ten\n")
    os.utime(root / "a.txt", ns=(1, 10**18))
    assert (root / "a.txt").stat().st_size == state.st_size


def mode_ignored(root: Path) -> None:
    git(root, "config", "core.fileMode", "false")
    (root / "a.txt").chmod(0o755)


def test_a_clean_checkout_is_the_commit(repo: Path) -> None:
    assert unlike_commit(repo, FILES) == ()


@pytest.mark.parametrize(
    "hide",
    [
        index_flag("--assume-unchanged"),
        index_flag("--skip-worktree"),
        clean_filter,
        other_work_tree,
        times_set_back,
        mode_ignored,
    ],
    ids=["assume-unchanged", "skip-worktree", "clean-filter", "core.worktree", "times-set-back", "core.fileMode"],
)
def test_a_file_that_git_calls_clean_is_found_by_its_content(repo: Path, hide: Hide) -> None:
    hide(repo)
    assert read_git(repo).changed_count == 0
    assert unlike_commit(repo, FILES) == ("a.txt",)


def test_ignored_and_unknown_files_are_not_the_commits(repo: Path) -> None:
    (repo / "noise.log").write_text("x")
    assert not read_git(repo).dirty
    assert unlike_commit(repo, ["a.txt", "noise.log"]) == ("noise.log",)


def test_files_of_a_nested_repository_are_not_the_commits(repo: Path) -> None:
    git(repo, "clone", "-q", str(repo), str(repo / "sub"))
    git(repo, "add", "sub")
    git(repo, "commit", "-q", "-m", "sub")
    assert unlike_commit(repo, ["a.txt", "sub/a.txt"]) == ("sub/a.txt",)


@pytest.mark.parametrize("kind", ["link to file", "file to link", "other target"])
def test_a_link_is_not_a_file(repo: Path, kind: str) -> None:
    name = "a.txt" if kind == "file to link" else "link"
    (repo / name).unlink()
    if kind == "link to file":
        (repo / name).write_text("a.txt")
    else:
        (repo / name).symlink_to("dir/b.txt")
    assert unlike_commit(repo, FILES) == (name,)


@pytest.mark.parametrize("attribute", ["eol=crlf", "ident"])
def test_a_conversion_on_checkout_shows(repo: Path, attribute: str) -> None:
    """What enters the image are then other bytes than the commit's, and another checkout may have others again."""
    (repo / ".gitattributes").write_text(f"a.txt {attribute}\n")
    (repo / "a.txt").write_text("$Id$\n")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "attributes")
    (repo / "a.txt").unlink()
    git(repo, "checkout", "-q", "--", "a.txt")
    assert not read_git(repo).dirty
    assert unlike_commit(repo, FILES) == ("a.txt",)


def test_names_that_git_would_quote_are_compared(repo: Path) -> None:
    names = ['tab\tname "q".txt', "z\u00e4h\nlinie"]
    for name in names:
        (repo / name).write_text("x")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "names")
    assert unlike_commit(repo, names) == ()
    (repo / names[1]).write_text("y")
    assert unlike_commit(repo, names) == (names[1],)


def test_repositories_of_either_hash_are_compared(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "a").write_text("one\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    assert unlike_commit(tmp_path, ["a"]) == ()
    (tmp_path / "a").write_text("ten\n")
    assert unlike_commit(tmp_path, ["a"]) == ("a",)


def test_a_file_that_is_gone_cannot_be_told(repo: Path) -> None:
    (repo / "dir" / "b.txt").unlink()
    with pytest.raises(CannotTell, match=r"^dir/b\.txt: cannot be read"):
        unlike_commit(repo, FILES)
