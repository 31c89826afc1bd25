"""The layers that an image adds to its base, as the engine exports them: everything that RUN, COPY and ADD wrote."""

import hashlib
import json
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.tar import FAILURES, open_tar
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.export import EXPORT_TIMEOUT_S
from packaging_readiness.image.facts import ImageFacts
from packaging_readiness.image.locks import workshop

_PLACE = "image layers"
_CHUNK = 1 << 20
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
KEPT_BYTES = 16 << 20


def layer_digests(engine: Engine, reference: str) -> tuple[str, ...] | None:
    """Digests of the uncompressed layers of a local image, lowest first; None where the engine has no such image."""
    output = engine.attempt("image", "inspect", reference)
    if output.code != 0:
        return None
    try:
        return tuple(str(digest) for digest in json.loads(output.stdout)[0]["RootFS"]["Layers"])
    except (ValueError, LookupError, TypeError) as problem:
        raise CannotTell(f"{engine.name} image inspect", "names no layers") from problem


@contextmanager
def exported_layers(engine: Engine, facts: ImageFacts, first: int, cache_dir: Path) -> Iterator[Iterator[IO[bytes]]]:
    """The image's layers from number `first` (0: the lowest) on, lowest first, as archives (tar, perhaps compressed).

    The bytes of each are compared with the digest that the manifest names. Layers of at most 16 MiB are kept
    in `cache_dir` by their digests: an image of such layers is exported once. Raises CannotTell where the engine
    cannot export or the bytes are others.
    """
    wanted = _wanted(facts, first)
    kept = cache_dir / "layers"
    try:
        if all(_is_whole(kept / digest[7:], digest) for _, digest in wanted):
            yield (stream for stream, _ in _kept(kept, wanted))
            return
        with workshop(cache_dir, "layers", lambda _: None, "exporting the image's layers") as scratch:
            target = scratch / "image"
            kind = ["--quiet", "--uncompressed", "--format", "oci-dir"] if engine.name == "podman" else []
            engine.call(
                "save", *kind, "--output", str(target), facts.image_id, timeout_s=EXPORT_TIMEOUT_S, hide=[scratch]
            )
            yield (_checked(_keep(stream, kept / digest[7:]), digest) for stream, digest in _layers(target, wanted))
    except OSError as problem:
        raise CannotTell(_PLACE, f"cannot be read: {problem.strerror or type(problem).__name__}") from problem


def _wanted(facts: ImageFacts, first: int) -> list[tuple[int, str]]:
    try:
        digests = [layer["digest"] for layer in json.loads(facts.manifest)["layers"]]
        # A digest is the name of a file here: any other text could lead elsewhere.
        whole = all(_DIGEST.fullmatch(digest) for digest in digests)
    except (ValueError, LookupError, TypeError) as problem:
        raise CannotTell(_PLACE, f"the manifest lists no layers ({type(problem).__name__})") from problem
    if not whole:
        raise CannotTell(_PLACE, "the manifest has a layer without a sha256 digest")
    if len(digests) != len(facts.diff_ids):
        raise CannotTell(_PLACE, f"the manifest names {len(digests)} layers, the configuration {len(facts.diff_ids)}")
    return list(enumerate(digests))[first:]


def _kept(folder: Path, wanted: Sequence[tuple[int, str]]) -> Iterator[tuple[IO[bytes], str]]:
    for _, digest in wanted:
        with (folder / digest[7:]).open("rb") as stream:
            yield stream, digest


def _layers(target: Path, wanted: Sequence[tuple[int, str]]) -> Iterator[tuple[IO[bytes], str]]:
    if target.is_dir():
        yield from _kept(target / "blobs" / "sha256", wanted)
        return
    try:
        with open_tar(target, "r:") as archive:
            listed = _docker_names(archive)
            for number, digest in wanted:
                name = listed[number] if listed else f"blobs/sha256/{digest[7:]}"
                stream = archive.extractfile(name)
                if stream is None:
                    raise KeyError(name)
                yield stream, digest
    except FAILURES as problem:
        raise CannotTell(_PLACE, f"the engine wrote no readable archive ({type(problem).__name__})") from problem


def _docker_names(archive: tarfile.TarFile) -> list[str]:
    """Names of the layers in the archive of docker before 25; empty for an OCI layout."""
    if "index.json" in archive.getnames():
        return []
    listed = archive.extractfile("manifest.json")
    return [str(name) for name in json.load(listed)[0]["Layers"]] if listed else []


def _keep(stream: IO[bytes], place: Path) -> IO[bytes]:
    """Copy a small layer into the cache. A copy that is cut off or changed shows when its digest is compared."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size <= KEPT_BYTES:
        place.parent.mkdir(exist_ok=True)
        part = place.with_name(f"{place.name}.part")
        part.write_bytes(stream.read())
        part.rename(place)
        stream.seek(0)
    return stream


def _is_whole(path: Path, digest: str) -> bool:
    """Whether the cache has the layer; a damaged copy costs another export, never a wrong answer."""
    try:
        with path.open("rb") as stream:
            return _digest(stream) == digest
    except FileNotFoundError:
        return False


def _digest(stream: IO[bytes]) -> str:
    total = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        total.update(chunk)
    return f"sha256:{total.hexdigest()}"


def _checked(stream: IO[bytes], digest: str) -> IO[bytes]:
    if _digest(stream) != digest:
        raise CannotTell(_PLACE, f"the exported bytes are not those of {digest}")
    stream.seek(0)
    return stream


def forget(engine: Engine, facts: ImageFacts, cache_dir: Path) -> None:
    """Take what the cache keeps of an image out of it: an image with a secret leaves no copy behind."""
    shutil.rmtree(cache_dir / "manifests" / f"{engine.name}-{facts.image_id.removeprefix('sha256:')}", True)
    for _, digest in _wanted(facts, 0):
        (cache_dir / "layers" / digest[7:]).unlink(missing_ok=True)
