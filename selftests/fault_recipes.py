"""Faults as `fixtures/faults/` states them, and what each does to a checkout. The README there explains the files."""

import base64
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.source import read_mapping, typed
from packaging_readiness.plugin.reference import cache_dir, materialise
from packaging_readiness.secrets.rulepack import expand_example
from selftests.main_job import SUITE, TEMPLATE

FOLDER = SUITE / "fixtures" / "faults"
BASELINES = FOLDER / "baselines.yaml"
_IDENTITY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.invalid", "-c", "core.hooksPath=/dev/null")


class Misfit(ReadinessError):
    """A step no longer fits what it changes: the fault would not be the one that its name says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of one file of the checkout: exactly one of the ways below.

    `old` must stand in the file once and becomes `new`, in which `{head}` is the commit of the checkout; `append` is
    added at the end; `write` and `base64` are the whole content of a new file; `tar` packs existing files under other
    names into a new archive. `{alnum:36}` and the like in a text become generated characters: no file holds a secret.
    """

    file: str
    old: str | None = None
    new: str = ""
    append: str | None = None
    write: str | None = None
    base64: str | None = None
    link: str | None = None
    rename: str | None = None
    delete: bool = False
    tar: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ways = (self.old, self.append, self.write, self.base64, self.link, self.rename)
        if sum(way is not None for way in ways) + self.delete + bool(self.tar) != 1:
            raise ValueError("a step has exactly one of old, append, write, base64, link, rename, delete, tar")


@dataclass(frozen=True, slots=True)
class ImageFault:
    """An image that somebody else built, handed in with `--image`: instructions after `FROM` the platform's own image,
    and what the build facts say otherwise than the truth. `facts: null` hands in none.
    """

    instructions: str = ""
    facts: Mapping[str, str] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportFault:
    """What is changed in the report of an unbroken run before it is bundled: a row taken out, or what it observed."""

    row: str
    drop: bool = False
    observe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackFault:
    """What is changed in the bundle of an unbroken run before it is adjudicated again with `--evidence`."""

    object: str
    delete: bool = False
    old: str | None = None
    new: str = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `on` names the baseline that it breaks; `committed` says whether its edits are in the commit, `forced`
    whether also what git ignores. `git` are commands after that, `registry` is what the registry does (fault_registry),
    `carried` the content of the file behind `--waivers`.
    """

    wrong: str
    on: str = "reference"
    steps: tuple[Step, ...] = ()
    committed: bool = True
    forced: bool = True
    git: tuple[tuple[str, ...], ...] = ()
    registry: str | None = None
    image: ImageFault | None = None
    report: ReportFault | None = None
    pack: PackFault | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def in_platform(self) -> bool:
        """Whether the fault is in the files of the checkout and nowhere else."""
        elsewhere = (self.registry, self.image, self.report, self.pack)
        return bool(self.steps) and not any(elsewhere) and not self.carried and not self.git


@dataclass(frozen=True, slots=True)
class Baseline:
    """A platform without a fault: the reference platform after some edits, and how its image is handed in."""

    title: str
    steps: tuple[Step, ...] = ()
    image: ImageFault | None = None


@cache
def baselines() -> Mapping[str, Baseline]:
    """The baselines by name. `reference` is the reference platform as it is."""
    shown = BASELINES.relative_to(SUITE).as_posix()
    return {name: typed(Baseline, entry, BASELINES, shown) for name, entry in read_mapping(BASELINES, shown).items()}


def names() -> tuple[str, ...]:
    """The names of all faults, sorted."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/fault.yaml")))


def read_fault(name: str) -> Fault:
    """One fault. Raises InputRefused (`path:line: what is wrong`) or CannotTell."""
    path = FOLDER / name / "fault.yaml"
    shown = path.relative_to(SUITE).as_posix()
    return typed(Fault, {"name": name} | read_mapping(path, shown), path, shown)


def apply(steps: tuple[Step, ...], root: Path) -> None:
    """Edit a checkout. Raises Misfit for a step that does not fit."""
    for step in steps:
        path = root / step.file
        path.parent.mkdir(parents=True, exist_ok=True)
        new = step.write is not None or step.base64 is not None or step.link is not None or bool(step.tar)
        if path.exists() == new and step.append is None:
            raise Misfit(step.file, "is there already" if new else "is not there")
        _edit(step, path, root)


def _edit(step: Step, path: Path, root: Path) -> None:
    if step.old is not None:
        path.write_text(_replaced(path.read_text(encoding="utf-8"), step, root), encoding="utf-8")
    elif step.append is not None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(expand_example(step.append))
    elif step.write is not None:
        path.write_text(expand_example(step.write), encoding="utf-8")
    elif step.base64 is not None:
        path.write_bytes(base64.b64decode(step.base64))
    elif step.link is not None:
        path.symlink_to(step.link)
    elif step.rename is not None:
        path.rename(path.with_name(step.rename))
    elif step.tar:
        with tarfile.open(path, "w") as archive:
            for name, source in step.tar.items():
                archive.add(root / source, name)
    else:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _replaced(text: str, step: Step, root: Path) -> str:
    assert step.old is not None
    count = text.count(step.old)
    if count != 1:
        raise Misfit(step.file, f"{step.old!r} stands there {count} times", "make `old` fit the platform again")
    new = expand_example(step.new)
    if "{head}" in new and (root / ".git").exists():
        new = new.replace("{head}", git(root, "rev-parse", "HEAD").strip())
    return text.replace(step.old, new)


def broken_platform(fault: Fault, root: Path) -> None:
    """A checkout of the fault's baseline at `root`, with the fault in it: edited, committed, and left as git says."""
    shutil.copytree(materialise(TEMPLATE, cache_dir()), root, symlinks=True)
    baseline = baselines()[fault.on]
    if baseline.steps:
        apply(baseline.steps, root)
        commit(root)
    apply(fault.steps, root)
    if fault.steps and fault.committed:
        commit(root, forced=fault.forced)
    for command in fault.git:
        git(root, *command)


def commit(root: Path, *, forced: bool = True) -> None:
    """Commit all changes of a checkout; `forced` those that git ignores as well."""
    git(root, "add", "--all", *(["--force"] if forced else []))
    git(root, "commit", "--quiet", "--no-gpg-sign", "--message=Change")


def git(root: Path, *arguments: str) -> str:
    """What a git command prints. Raises Misfit where it fails."""
    done = subprocess.run(["git", *_IDENTITY, *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Misfit(f"git {arguments[0]}", done.stderr.strip())
    return done.stdout
