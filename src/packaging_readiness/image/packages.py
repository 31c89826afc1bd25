"""Which packages an image holds: asked of its own package databases, inside the image."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.commands import Command, Completed, Limits
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.runner import run_commands

Kind = Literal["deb", "apk", "rpm", "pypi", "generic"]
PLACE = "packages of the image"
_LIMITS = Limits(kept_bytes=32 * 1024 * 1024)
_TIMEOUT_S = 60.0
_RELEASE = re.compile(r"([A-Z_]+)=(?:\"([^\"\\]*)\"|'([^']*)'|([^\"'\s]*))\s*")


class Unnamed(Exception):
    """A package database lists something without a name or a version: a fact about the image."""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One installed package. `kind` is its type as package URLs name it; `generic` is the Python interpreter."""

    kind: Kind
    name: str
    version: str
    architecture: str | None = None


@dataclass(frozen=True, slots=True)
class Packages:
    """What an image holds, sorted and each once. `distribution` is the id of its os-release, or None; `databases` are
    the files that were read, relative to the image's root, and `rpm` where that program was asked.
    """

    distribution: str | None
    release: str | None
    codename: str | None
    databases: tuple[str, ...]
    listed: tuple[Package, ...]

    @property
    def of_the_system(self) -> tuple[Package, ...]:
        """Packages of the operating system."""
        return tuple(package for package in self.listed if package.kind in ("deb", "apk", "rpm"))


@cache
def probe_source() -> str:
    """The program that is sent into the image."""
    return Path(__file__).with_name("package_probe.py").read_text("utf-8")


def image_packages(engine: Engine, image_id: str, run_id: str) -> Packages:
    """The packages of an image, read in a hardened container of its own.

    Raises CannotTell when the container, its Python or a database refuses, Unnamed as `read_packages` does.
    """
    command = Command("packages", ("python", "-I", "-c", probe_source()), timeout_s=_TIMEOUT_S)
    (done,) = run_commands(engine, image_id, [command], parallel=1, limits=_LIMITS, run_id=run_id)
    return read_packages(_answer(done))


def _answer(done: Completed) -> Mapping[str, Any]:
    if done.exit_code != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        ended = f"exit code {done.exit_code}" if done.signal is None else f"signal {done.signal}"
        raise CannotTell(PLACE, f"could not be listed ({ended})" + "".join(f": {line[:300]}" for line in last))
    if done.stdout_total > len(done.stdout):
        raise CannotTell(PLACE, f"the list is longer than {_LIMITS.kept_bytes} bytes")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CannotTell(PLACE, "the program that lists them was disturbed: its answer is not JSON")
    return answer


def read_packages(answer: Mapping[str, Any]) -> Packages:
    """The packages behind the probe's answer.

    Raises CannotTell for a database that is there and could not be read, or for an answer of another form; Unnamed
    for an entry without name or version.
    """
    try:
        for name, problem in answer["unreadable"]:
            cure = "let the image's user read it" if name != "rpm" else "keep the program rpm in the image"
            raise CannotTell(PLACE, f"the {name} database is there and cannot be read ({problem})", cure)
        release = _release(answer["release"])
        listed = {
            Package("generic", "python", str(answer["python"])),
            *_python(answer["pypi"]),
            *_dpkg(answer["deb"]),
            *_apk(answer["apk"]),
            *_rpm(answer["rpm"] or []),
        }
        databases = [path.lstrip("/") for kind in ("deb", "apk") for path, entries in answer[kind].items() if entries]
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise CannotTell(PLACE, f"the answer is not of the expected form ({type(problem).__name__})") from None
    return Packages(
        distribution=release.get("ID") or None,
        release=release.get("VERSION_ID") or None,
        codename=release.get("VERSION_CODENAME") or None,
        databases=(*_folded(databases), *(("rpm",) if answer["rpm"] else ())),
        listed=tuple(sorted(listed, key=lambda package: (package.kind, package.name, package.version, str(package)))),
    )


def _release(text: str) -> dict[str, str]:
    """Names and values of an os-release file."""
    found = map(_RELEASE.fullmatch, text.splitlines())
    return {line[1]: line[2] or line[3] or line[4] or "" for line in found if line}


def _folded(paths: list[str]) -> list[str]:
    """`status.d` once instead of each file in it."""
    return list(dict.fromkeys(re.sub(r"(?<=/status\.d)/.*", "", path) for path in paths))


def _python(entries: list[list[str | None]]) -> Iterator[Package]:
    for name, version in entries:
        yield _named("pypi", name, version)


def _dpkg(files: Mapping[str, list[Mapping[str, str]]]) -> Iterator[Package]:
    for entries in files.values():
        for entry in entries:
            # A removed package keeps its stanza while its configuration stays; files of status.d have no Status.
            if entry.get("Status", "install ok installed").split()[-1:] == ["installed"]:
                yield _named("deb", entry.get("Package"), entry.get("Version"), entry.get("Architecture"))


def _apk(files: Mapping[str, list[Mapping[str, str]]]) -> Iterator[Package]:
    for entries in files.values():
        for entry in entries:
            yield _named("apk", entry.get("P"), entry.get("V"), entry.get("A"))


def _rpm(entries: list[list[str]]) -> Iterator[Package]:
    for name, version, architecture in entries:
        if name != "gpg-pubkey":  # a key of the database, no package
            yield _named("rpm", name, version, None if architecture == "(none)" else architecture)


def _named(kind: Kind, name: str | None, version: str | None, architecture: str | None = None) -> Package:
    if not all(part is None or isinstance(part, str) for part in (name, version, architecture)):
        raise TypeError("something else than text")
    if not name or not version:
        raise Unnamed(f"{kind}: {name or 'a package without a name'} {version or 'without a version'}")
    return Package(kind, name, version, architecture or None)
