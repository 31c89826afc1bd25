"""The base image of the reference platform: already here, pulled, or made of Debian packages."""

import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.facts import identify
from packaging_readiness.image.locks import workshop
from packaging_readiness.image.process import run, words

LOCAL_NAME = "localhost/packaging-readiness-base"
INSTALL = "apt-get update && apt-get install -y --no-install-recommends mmdebstrap"
PULL_TIMEOUT_S = 15.0
MAKE_TIMEOUT_S = 600.0
PACKAGES = "python3,libpython3-stdlib,dash,base-files,libc-bin"
# The packages are unpacked, their maintainer scripts are not run: what those would have made is made here, and what
# dpkg would have noted of each package (in the folder that scanners read where no dpkg ever ran).
FINISH = """set -e
ln -s python3 "$1/usr/bin/python"
mkdir -p "$1/dev" "$1/proc" "$1/run" "$1/sys" "$1/tmp"
chmod 1777 "$1/tmp"
printf 'root:x:0:0:root:/root:/bin/sh\\n' >"$1/etc/passwd"
printf 'root:x:0:\\n' >"$1/etc/group"
mkdir -p "$1/var/lib/dpkg/status.d"
for deb in "$1"/var/cache/apt/archives/*.deb; do
  dpkg-deb --field "$deb" >"$1/var/lib/dpkg/status.d/$(dpkg-deb --field "$deb" Package)"
done
rm -rf "$1/etc/hostname" "$1/etc/resolv.conf" "$1/usr/share/doc" "$1/usr/share/man" "$1/usr/share/locale"
"""
CHANGES = (
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    'CMD ["python3"]',
)


@dataclass(frozen=True, slots=True)
class BaseImage:
    """A base image that a build can name. `reference` is a digest reference (see `ensure_base` on docker),
    `source` the reference that was pulled or the release and packages that it was made of.
    """

    reference: str
    digest: str
    origin: Literal["pulled", "debian packages"]
    source: str


def ensure_base(
    engine: Engine, candidates: Sequence[str], cache_dir: Path, progress: Callable[[str], None]
) -> BaseImage:
    """A base image, ready for a build that pulls nothing.

    In this order: one made here earlier; one of the `candidates` that is here or can be pulled within 15 s
    in all; one made from the packages of this machine's Debian or Ubuntu release (4 to 15 s). Only one
    process makes it, the others wait. docker without the containerd image store gives an imported image no
    digest reference: there `reference` is the tag and `digest` the image id. CannotTell: none of these works.
    """
    release = _release()
    recipe = "\n".join([release, platform.machine(), PACKAGES, FINISH, *CHANGES])
    tag = f"{LOCAL_NAME}:{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    source = f"{release}: {PACKAGES}"
    with workshop(cache_dir, "base", progress, "making the base image") as scratch:
        if made := _found(engine, tag, "debian packages", source):
            return made
        if pulled := _pulled(engine, candidates, progress):
            return pulled
        _make(engine, tag, release, scratch, progress)
        if made := _found(engine, tag, "debian packages", source):
            return made
    raise CannotTell(f"{engine.name} import", "reported success, but the base image is not there")


def _found(
    engine: Engine, reference: str, origin: Literal["pulled", "debian packages"], source: str
) -> BaseImage | None:
    identity = identify(engine, reference)
    if identity is None:
        return None
    image_id, repo_digests = identity
    if "@" in reference:
        return BaseImage(reference, reference.partition("@")[2], origin, source)
    for known in repo_digests:
        if _repository(known) == _repository(reference):
            return BaseImage(known, known.partition("@")[2], origin, source)
    return BaseImage(reference, image_id, origin, source)


def _repository(reference: str) -> str:
    """The repository without tag, digest and the registry that docker leaves out when it lists digests."""
    name = reference.partition("@")[0]
    if ":" in name.rpartition("/")[2]:
        name = name.rpartition(":")[0]
    return name.removeprefix("docker.io/").removeprefix("library/")


def _pulled(engine: Engine, candidates: Sequence[str], progress: Callable[[str], None]) -> BaseImage | None:
    for reference in candidates:
        if here := _found(engine, reference, "pulled", reference):
            return here
    for reference in candidates:
        progress(f"pulling {reference} (at most {PULL_TIMEOUT_S / len(candidates):.0f} s)")
        try:
            engine.call("pull", "--quiet", reference, timeout_s=PULL_TIMEOUT_S / len(candidates))
        except CannotTell:
            continue  # no registry in reach is the expected case; the packages are the way round it
        if here := _found(engine, reference, "pulled", reference):
            return here
    return None


def _make(engine: Engine, tag: str, release: str, scratch: Path, progress: Callable[[str], None]) -> None:
    tool = shutil.which("mmdebstrap")
    if tool is None:
        raise CannotTell("base image", "none can be pulled, and mmdebstrap, which makes one, is missing", INSTALL)
    progress("making a base image from Debian packages (4 to 15 s)")
    archive = scratch / "base.tar"
    options = ["--quiet", "--variant=extract", f"--include={PACKAGES}", f"--extract-hook={FINISH}"]
    output = run(
        [tool, *options, release, str(archive), *_mirrors()],
        place="mmdebstrap",
        timeout_s=MAKE_TIMEOUT_S,
        # only root's chroot may live in a directory that other users cannot enter
        environment={"TMPDIR": str(scratch)} if os.geteuid() == 0 else None,
    )
    if output.code != 0:
        said = words(output.stderr, hide=[scratch])
        cure = f"make the package mirrors reachable (apt-get update), or load a base image as {tag}"
        raise CannotTell("mmdebstrap", f"failed (exit status {output.code}):\n{said}", cure)
    changes = [part for change in CHANGES for part in ("--change", change)]
    engine.call("import", *changes, str(archive), tag, timeout_s=120.0, hide=[scratch])


def _release() -> str:
    """The code name of this machine's Debian or Ubuntu release; Debian 12 elsewhere."""
    try:
        known = platform.freedesktop_os_release()
    except OSError:
        return "bookworm"
    name = known.get("VERSION_CODENAME", "")
    return name if known.get("ID") in ("debian", "ubuntu") and name.isalpha() else "bookworm"


def _mirrors() -> list[str]:
    """The distribution's own list of mirrors where the machine has one: it is known to be reachable."""
    for path in map(Path, ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list.d/ubuntu.sources")):
        if path.is_file():
            return [str(path)]
    return []
