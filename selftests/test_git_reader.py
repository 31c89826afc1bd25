"""Git reader: commit, cleanliness and default branch of real repositories, whatever the user's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from packaging_readiness.checkout.git import file_on_ref, read_git
from packaging_readiness.contract.errors import CannotTell, InputRefused

WORKFLOW = ".github/workflows/package.yml"
IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(root: Path, *arguments: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | IDENTITY
    done = subprocess.run(["git", "-C", str(root), *arguments], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "platform"
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / WORKFLOW).write_text("on: push\n", encoding="utf-8")
    (root / "kept.txt").write_text("one\n", encoding="utf-8")
    (root / "dos.txt").write_bytes(b"one\r\n")
    (root / ".gitignore").write_text("*.log\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_a_clean_commit_is_read(repo: Path) -> None:
    state = read_git(repo)
    assert state.sha == git(repo, "rev-parse", "HEAD")
    assert (state.branch, state.detached, state.dirty) == ("main", False, False)
    assert state.branches == (("refs/heads/main", state.sha),)
    assert (state.default_branch.ref, state.default_branch.name) == ("refs/heads/main", "main")


def test_a_detached_head_has_no_branch(repo: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    assert (read_git(repo).branch, read_git(repo).detached) == (None, True)


def test_every_kind_of_change_makes_it_dirty(repo: Path) -> None:
    (repo / "noise.log").write_text("ignored\n", encoding="utf-8")
    assert not read_git(repo).dirty
    (repo / "new dir").mkdir()
    (repo / "new dir" / "a\nb").write_text("x", encoding="utf-8")
    (repo / "new dir" / "c").write_text("x", encoding="utf-8")
    state = read_git(repo)
    assert (state.changed_count, state.untracked_count, state.dirty) == (0, 2, True)
    (repo / "kept.txt").write_text("two\n", encoding="utf-8")
    assert read_git(repo).changed_count == 1


def test_a_rename_is_one_change(repo: Path) -> None:
    git(repo, "mv", "kept.txt", "? moved.txt")
    state = read_git(repo)
    assert (state.changed_count, state.untracked_count) == (1, 0)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_hidden_from_git_still_makes_it_dirty(repo: Path, flag: str) -> None:
    git(repo, "update-index", flag, "kept.txt")
    (repo / "kept.txt").write_text("two\n", encoding="utf-8")
    state = read_git(repo)
    assert (state.changed_count, state.hidden_count, state.dirty) == (0, 1, True)


def test_user_configuration_and_environment_change_nothing(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / "new.txt").write_text("x", encoding="utf-8")
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("new.txt\n", encoding="utf-8")
    (home / ".gitconfig").write_text("[this file is broken\n", encoding="utf-8")
    (home / ".config" / "git" / "attributes").write_text("* text\n", encoding="utf-8")
    os.utime(repo / "dos.txt", (1, 1))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    state = read_git(repo)
    assert (state.sha, state.untracked_count, state.changed_count) == (git(repo, "rev-parse", "HEAD"), 1, 0)


def test_monitors_and_hooks_of_the_repository_are_not_started(repo: Path, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho x >> '{mark}'\n", encoding="utf-8")
    script.chmod(0o755)
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "post-index-change").symlink_to(script)
    git(repo, "config", "core.fsmonitor", str(script))
    git(repo, "status")
    assert mark.exists()
    mark.unlink()
    os.utime(repo / "kept.txt", (1, 1))
    before = (repo / ".git" / "index").read_bytes()
    assert not read_git(repo).dirty
    assert not mark.exists()
    assert (repo / ".git" / "index").read_bytes() == before


def test_replacement_objects_are_not_believed(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    (repo / "kept.txt").write_text("two\n", encoding="utf-8")
    git(repo, "commit", "-q", "-am", "second")
    second = git(repo, "rev-parse", "HEAD")
    git(repo, "replace", second, first)
    assert file_on_ref(repo, "main", "kept.txt") == b"two\n"
    assert not read_git(repo).dirty


def test_the_remote_head_names_the_default_branch(repo: Path, tmp_path: Path) -> None:
    git(repo, "branch", "-m", "trunk")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repo), str(clone))
    git(clone, "checkout", "-q", "-b", "work")
    found = read_git(clone).default_branch
    assert (found.ref, found.name) == ("refs/remotes/origin/trunk", "trunk")
    names = [name for name, _ in read_git(clone).branches]
    assert names == ["refs/heads/trunk", "refs/heads/work", "refs/remotes/origin/trunk"]


def test_two_possible_default_branches_are_shown_as_two(repo: Path) -> None:
    git(repo, "branch", "master")
    found = read_git(repo).default_branch
    assert (found.ref, found.candidates) == (None, ("refs/heads/main", "refs/heads/master"))


def test_no_known_default_branch_is_none(repo: Path) -> None:
    git(repo, "branch", "-m", "work")
    found = read_git(repo).default_branch
    assert (found.ref, found.candidates) == (None, ())


def test_a_remote_tracking_branch_stands_in_when_no_local_one_exists(repo: Path) -> None:
    git(repo, "update-ref", "refs/remotes/origin/master", "HEAD")
    git(repo, "branch", "-m", "work")
    assert read_git(repo).default_branch.ref == "refs/remotes/origin/master"


def test_a_partial_clone_is_never_completed_over_a_network(repo: Path, tmp_path: Path) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", str(clone))
    before = sorted(path.name for path in (clone / ".git" / "objects").rglob("*"))
    with pytest.raises(CannotTell, match="'git cat-file' failed"):
        file_on_ref(clone, "main", WORKFLOW)
    assert sorted(path.name for path in (clone / ".git" / "objects").rglob("*")) == before


def test_files_are_read_from_the_commit_and_not_from_the_folder(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "work")
    (repo / WORKFLOW).write_bytes(b"on: schedule\n\nmore\n")
    git(repo, "rm", "-q", "kept.txt")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "work")
    assert file_on_ref(repo, "refs/heads/main", WORKFLOW) == b"on: push\n"
    assert file_on_ref(repo, "work", WORKFLOW) == b"on: schedule\n\nmore\n"
    assert file_on_ref(repo, "main", "kept.txt") == b"one\n"
    assert file_on_ref(repo, "work", "kept.txt") is None
    assert file_on_ref(repo, "main", ".github") is None


def test_an_unknown_ref_is_an_error_and_not_an_absent_file(repo: Path) -> None:
    with pytest.raises(CannotTell, match="no commit is known as gone"):
        file_on_ref(repo, "gone", WORKFLOW)


@pytest.mark.parametrize(("ref", "path"), [("", "a"), ("a b", "a"), ("a:b", "a"), ("main", ""), ("main", "a\nb")])
def test_refs_and_paths_that_could_mean_more_are_refused(repo: Path, ref: str, path: str) -> None:
    with pytest.raises(InputRefused, match="unusable"):
        file_on_ref(repo, ref, path)


def test_a_folder_inside_another_repository_is_not_a_repository(repo: Path) -> None:
    inner = repo / "inner"
    inner.mkdir()
    with pytest.raises(CannotTell, match="not the top folder of a git repository"):
        read_git(inner)
    (inner / ".git").mkdir()
    with pytest.raises(CannotTell, match="failed with status"):
        read_git(inner)


def test_a_repository_without_a_commit_cannot_tell(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(CannotTell, match="no commit yet"):
        read_git(tmp_path)


def test_missing_git_is_named_with_its_cure(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(CannotTell, match="apt-get install git"):
        read_git(repo)


def test_a_broken_repository_is_reported_without_machine_paths(repo: Path) -> None:
    (repo / ".git" / "config").write_text("[broken\n", encoding="utf-8")
    with pytest.raises(CannotTell, match="'git status' failed") as caught:
        read_git(repo)
    assert str(repo) not in str(caught.value)
