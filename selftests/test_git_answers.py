"""What git answers, or fails to answer: paths that changed, and programs called git that are none."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from packaging_readiness.checkout import git as reader
from packaging_readiness.checkout.git import file_on_ref, read_git, unlike_commit
from packaging_readiness.contract.errors import CannotTell, InputRefused
from selftests.test_git_reader import git

Answer = Callable[[str], Path]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "platform"
    root.mkdir()
    for name in ("a b c.txt", "d e.txt", "f.txt"):
        (root / name).write_text(f"{name}\n" * 9)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Puts a shell script in the place of git; what it returns is the root of a checkout."""

    def install(script: str) -> Path:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "git").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        (tmp_path / "root" / ".git").mkdir(parents=True)
        return tmp_path / "root"

    return install


def test_every_kind_of_change_gives_its_whole_path(repo: Path) -> None:
    git(repo, "mv", "d e.txt", "new d e.txt")
    (repo / "a b c.txt").write_text("changed\n")
    (repo / "u v.txt").write_text("x")
    (repo / "w.txt").write_text("x")
    state = read_git(repo)
    assert state.dirty_paths == ("a b c.txt", "new d e.txt", "u v.txt", "w.txt")
    assert (state.changed_count, state.untracked_count, state.hidden_count) == (2, 2, 0)


def test_a_change_alone_makes_it_dirty(repo: Path) -> None:
    (repo / "f.txt").unlink()
    state = read_git(repo)
    assert (state.changed_count, state.untracked_count, state.hidden_count, state.dirty) == (1, 0, 0, True)
    assert state.dirty_paths == ("f.txt",)


def test_a_conflict_gives_its_whole_path(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "work")
    (repo / "a b c.txt").write_text("mine\n")
    git(repo, "commit", "-q", "-am", "mine")
    git(repo, "checkout", "-q", "main")
    (repo / "a b c.txt").write_text("yours\n")
    git(repo, "commit", "-q", "-am", "yours")
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "-q", "work")
    state = read_git(repo)
    assert (state.changed_count, state.dirty_paths) == (1, ("a b c.txt",))


@pytest.mark.parametrize("path", ["/f.txt", "../f.txt", "a/..", "a/../f.txt", "a\0b"])
def test_a_path_that_leaves_the_repository_is_refused(repo: Path, path: str) -> None:
    with pytest.raises(InputRefused, match="unusable path"):
        file_on_ref(repo, "main", path)


@pytest.mark.parametrize("ref", ["main\tx", "main\nx", "a\0b", "HEAD:f.txt"])
def test_a_ref_that_could_mean_more_is_refused(repo: Path, ref: str) -> None:
    with pytest.raises(InputRefused, match="unusable ref"):
        file_on_ref(repo, ref, "f.txt")


def test_dots_and_a_last_slash_are_parts_of_a_name(repo: Path) -> None:
    assert file_on_ref(repo, "main", "..f.txt") is None
    assert file_on_ref(repo, "main", "f.txt/") is None


@pytest.mark.parametrize("size", [40, 64])
def test_a_commit_has_the_id_of_either_hash(answer: Answer, size: int) -> None:
    root = answer(f"""case " $* " in *" status "*) printf '# branch.oid {"a" * size}\\0' ;; esac""")
    assert read_git(root).sha == "a" * size


@pytest.mark.parametrize("said", ["", "(initial)", "a" * 39, "a" * 41, "a" * 65, "a" * 40 + "x", "A" * 40])
def test_what_is_no_commit_id_is_no_commit(answer: Answer, said: str) -> None:
    with pytest.raises(CannotTell, match="no commit yet"):
        read_git(answer(f"printf '# branch.oid {said}\\0'"))


@pytest.mark.parametrize(
    "said",
    [
        " commit 1\\nx\\n",
        "abc commit 1 more\\nx\\n",
        "abc commit\\n",
        "abc  1\\nx\\n",
        "abc commit \\n",
        "main missing\\n",
        "",
    ],
)
def test_an_answer_of_another_form_names_no_commit(answer: Answer, said: str) -> None:
    root = answer(f"printf '{said}'")
    with pytest.raises(CannotTell, match="no commit is known as main"):
        file_on_ref(root, "main", "f.txt")


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        ("fatal: no", "fatal: no"),
        ("\\n  fatal: first\\nhint: second", "fatal: first"),
        ("fatal: /home/me/x: no, /etc/y", "fatal: (path): no, (path)"),
        ("bad '/home/me/x' in refs/heads/x", "bad '(path)' in refs/heads/x"),
        ("fatal: a / b", "fatal: a / b"),
        ("see ../x and ./y", "see ../x and ./y"),
        ("y" * 200, "y" * 200),
        ("y" * 201, "y" * 200),
        ("\\377", "\ufffd"),
    ],
)
def test_a_complaint_is_its_first_line_without_places(answer: Answer, complaint: str, reason: str) -> None:
    root = answer(f'printf "{complaint}\\n" >&2; exit 3')
    with pytest.raises(CannotTell) as caught:
        read_git(root)
    assert caught.value.cause == f"'git status' failed with status 3: {reason}"


def test_a_git_that_cannot_start_or_never_ends_is_no_answer(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = answer("exec /bin/sleep 60")
    monkeypatch.setattr(reader, "TIMEOUT_SECONDS", 0.01)
    with pytest.raises(CannotTell, match="no answer to 'git ls-tree'"):
        unlike_commit(root, ["f.txt"])
    (tmp_path / "bin" / "git").write_bytes(b"\0\1\2")
    with pytest.raises(CannotTell, match="could not be started"):
        unlike_commit(root, ["f.txt"])
    (tmp_path / "bin" / "git").unlink()
    with pytest.raises(CannotTell, match="not installed"):
        unlike_commit(root, ["f.txt"])
