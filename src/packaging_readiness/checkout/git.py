"""What git says about a checkout: commit, branch, cleanliness, default branch. Read-only and offline.

git runs without the user's and the machine's configuration, without hooks, file-system monitors, replacement
objects or lazy fetches, and never looks above `root` for a repository.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell, InputRefused

TIMEOUT_SECONDS = 120
DEFAULT_NAMES = ("main", "master")

_OPTIONS = (
    # Nothing is written, not even a refreshed index: so no hook runs either.
    "--no-optional-locks",
    "--no-replace-objects",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.excludesFile={os.devnull}",
    "-c",
    f"core.attributesFile={os.devnull}",
    # The checkout may belong to another user (a mounted volume, a CI runner). Programs git could start are off
    # above; only content filters of the checkout's own .git/config still apply, which a clone never brings along.
    "-c",
    "safe.directory=*",
)
_REFS = ("for-each-ref", "--format=%(refname)%00%(symref)%00%(objectname)", "refs/heads", "refs/remotes")
_REMOTE_HEAD = "refs/remotes/origin/HEAD"


@dataclass(frozen=True, slots=True)
class DefaultBranch:
    """The default branch as far as it is known offline: what origin/HEAD points to, else the one branch called main
    or master (local before remote-tracking). `ref` is None when none is known, or several could be it: then
    `candidates` holds them."""

    ref: str | None
    name: str | None
    candidates: tuple[str, ...]


# git-status, porcelain format version 2: fields before the path of a renamed or unmerged entry, and of any other.
_FIELDS_BEFORE_PATH = {"2": 9, "u": 10}
_OTHER_FIELDS = 8


@dataclass(frozen=True, slots=True)
class GitState:
    sha: str
    branch: str | None
    """None when HEAD is detached."""
    changed_count: int
    """Tracked paths that differ from the commit, conflicts included."""
    untracked_count: int
    hidden_count: int
    """Tracked paths that git was told not to compare (assume-unchanged, skip-worktree)."""
    branches: tuple[tuple[str, str], ...]
    """(full ref name, commit id) of local and remote-tracking branches, sorted by name."""
    default_branch: DefaultBranch
    dirty_paths: tuple[str, ...] = ()
    """Changed and untracked paths, sorted."""

    @property
    def detached(self) -> bool:
        return self.branch is None

    @property
    def dirty(self) -> bool:
        """Whether the files may differ from the commit."""
        return bool(self.changed_count or self.untracked_count or self.hidden_count)


def read_git(root: Path) -> GitState:
    """The state of the repository whose top folder is `root`. Raises CannotTell: git missing, no repository, no
    commit yet, git failed."""
    status = _git(
        root, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=none"
    )
    head: dict[str, str] = {}
    changed = untracked = 0
    dirty: list[str] = []
    skip = False
    for record in status.decode("utf-8", "surrogateescape").split("\0"):
        if skip:
            skip = False
        elif record.startswith("# "):
            key, _, value = record[2:].partition(" ")
            head[key] = value
        elif record.startswith("? "):
            untracked += 1
            dirty.append(record[2:])
        elif record:
            changed += 1
            dirty.append(record.split(" ", _FIELDS_BEFORE_PATH.get(record[0], _OTHER_FIELDS))[-1])
            # A renamed path ("2 ...") is followed by a record with its former name.
            skip = record.startswith("2 ")
    sha = head.get("branch.oid", "")
    if not re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", sha):
        raise CannotTell("git", "the repository has no commit yet", "commit the platform first")
    branch = head.get("branch.head", "(detached)")
    refs = _refs(root)
    return GitState(
        sha=sha,
        branch=None if branch == "(detached)" else branch,
        changed_count=changed,
        untracked_count=untracked,
        hidden_count=_hidden_count(root),
        branches=tuple((name, commit) for name, symref, commit in refs if not symref),
        default_branch=_default_branch(refs),
        dirty_paths=tuple(sorted(dirty)),
    )


def unlike_commit(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of `paths` (relative to `root`) whose bytes, kind or executable bit are not those of HEAD.

    Compared by content and not by what git thinks of the work tree: ignored files, flags and filters that hide a
    change, a work tree that is elsewhere and times that were set back all show. So does a conversion on checkout
    (`eol`, `ident`, large-file storage): the image is then not made of the commit's bytes. Raises CannotTell.
    """
    tree = _git(root, "ls-tree", "-r", "-z", "--full-tree", "HEAD").decode("utf-8", "surrogateescape")
    committed: dict[str, tuple[str, str]] = {}
    for entry in filter(None, tree.split("\0")):
        head, _, path = entry.partition("\t")
        mode, _, object_id = head.split(" ")
        committed[path] = (mode, object_id)
    return tuple(path for path in paths if path not in committed or not _is_as(root, path, committed[path]))


def _is_as(root: Path, path: str, committed: tuple[str, str]) -> bool:
    """Whether git would record the file with this mode and object id."""
    place = root / path
    try:
        state = place.lstat()
        link = stat.S_ISLNK(state.st_mode)
        data = os.fsencode(place.readlink()) if link else place.read_bytes()
    except OSError as error:
        raise CannotTell(path, f"cannot be read: {error.strerror}", "restore the file") from None
    mode = "120000" if link else "100755" if state.st_mode & stat.S_IXUSR else "100644"
    algorithm = hashlib.sha1 if len(committed[1]) == 40 else hashlib.sha256
    return committed == (mode, algorithm(b"blob %d\0" % len(data) + data).hexdigest())


def file_on_ref(root: Path, ref: str, path: str) -> bytes | None:
    """Content of the file `path` (relative to `root`) in commit `ref`; None when it holds no such file.

    Raises InputRefused for an unusable ref or path, CannotTell when the ref does not exist or git failed.
    """
    if not ref or re.search(r"[\s:\0]", ref):
        raise InputRefused("git", "unusable ref name", "give a branch, tag or commit")
    if not path or re.search(r"[\n\0]", path) or path.startswith("/") or ".." in path.split("/"):
        raise InputRefused("git", "unusable path", "give a path relative to the repository")
    answer = _git(root, "cat-file", "--batch", stdin=f"{ref}^{{commit}}\n{ref}:{path}\n".encode())
    commit, rest = _batch_entry(answer)
    if commit is None:
        raise CannotTell("git", f"no commit is known as {ref}", "fetch the branch (a shallow clone lacks it)")
    found, _ = _batch_entry(rest)
    return found[1] if found is not None and found[0] == "blob" else None


def _batch_entry(answer: bytes) -> tuple[tuple[str, bytes] | None, bytes]:
    """First entry of `cat-file --batch` output as (type, content), or None when missing; and the remaining bytes."""
    header, _, rest = answer.partition(b"\n")
    match = re.fullmatch(rb"[0-9a-f]+ ([a-z]+) ([0-9]+)", header)
    if match is None:
        return None, rest
    size = int(match[2])
    return (match[1].decode(), rest[:size]), rest[size + 1 :]


def _refs(root: Path) -> tuple[tuple[str, str, str], ...]:
    """(name, what it points to when symbolic, commit) of branches, sorted by name."""
    lines = _git(root, *_REFS).decode("utf-8", "surrogateescape").splitlines()
    found = [line.split("\0") for line in lines]
    return tuple(sorted((name, symref, commit) for name, symref, commit in found))


def _default_branch(refs: tuple[tuple[str, str, str], ...]) -> DefaultBranch:
    names = {name: symref for name, symref, _ in refs}
    pointed = names.get(_REMOTE_HEAD)
    if pointed:
        return DefaultBranch(pointed, pointed.removeprefix("refs/remotes/origin/"), (pointed,))
    for prefix in ("refs/heads/", "refs/remotes/origin/"):
        candidates = tuple(prefix + name for name in DEFAULT_NAMES if prefix + name in names)
        if len(candidates) == 1:
            return DefaultBranch(candidates[0], candidates[0].removeprefix(prefix), candidates)
        if candidates:
            return DefaultBranch(None, None, candidates)
    return DefaultBranch(None, None, ())


def _hidden_count(root: Path) -> int:
    """Index entries with a lower-case tag (assume-unchanged) or `S` (skip-worktree)."""
    entries = _git(root, "ls-files", "-v", "-z").split(b"\0")
    return sum(1 for entry in entries if entry[:1].islower() or entry[:1] == b"S")


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    if not (root / ".git").exists():
        raise CannotTell("git", "the platform root is not the top folder of a git repository", "run git init there")
    command = ["git", *_OPTIONS, "-C", str(root), *arguments]
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            env=_environment(root),
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise CannotTell("git", "the git command is not installed", "install it: apt-get install git") from None
    except OSError as error:
        raise CannotTell("git", f"git could not be started: {error.strerror}", "make git executable") from None
    except subprocess.TimeoutExpired:
        cause = f"no answer to 'git {arguments[0]}' within {TIMEOUT_SECONDS} s"
        raise CannotTell("git", cause, "see whether the file system hangs") from None
    if done.returncode:
        cause = f"'git {arguments[0]}' failed with status {done.returncode}: {_reason(done.stderr)}"
        raise CannotTell("git", cause, "run git status in the platform root")
    return done.stdout


def _reason(stderr: bytes) -> str:
    """First line of git's complaint, absolute paths of the machine left out."""
    first = stderr.decode("utf-8", "replace").strip().split("\n")[0]
    return re.sub(r"(?<![\w.])/[^\s'\":]+", "(path)", first)[:200]


def _environment(root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(root.resolve().parent),
        "GIT_TERMINAL_PROMPT": "0",
        # Keeps a partial clone from fetching what it lacks: no transport is allowed.
        "GIT_ALLOW_PROTOCOL": "none",
    }
