"""Archives: what docker saves, layers of an image, and archives that ADD unpacks."""

import gzip
import io
import shutil
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tools.fuzzing.images import LAYER, Engine, as_json, digest, layout, scanned, tar
from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import MAX_BYTES, Target, attempt


def _archives() -> list[bytes]:
    """What docker saves, new and old, and layers plain and compressed."""
    good = layout()
    config, manifest = good["config.json"], good["manifest.json"]
    name = f"{digest(config)[7:]}.json"
    entry = {"Config": name, "RepoTags": None, "Layers": ["0/layer.tar", "link"]}
    old = {name: config, "0/layer.tar": LAYER, "manifest.json": as_json([entry])}
    new = {f"blobs/sha256/{digest(blob)[7:]}": blob for blob in (manifest, config, LAYER)}
    loops = tar({"manifest.json": as_json([{"Config": "a", "Layers": []}]), "index.json": b"{}"}, a="b", b="a")
    return [
        tar(old, link="0/layer.tar"),
        tar({**new, "index.json": good["index.json"]}),
        loops,
        LAYER,
        gzip.compress(LAYER, mtime=0),
        tar({"x" * 300: b"", "manifest.json": b"[]"}),
    ]


_TAPE = Mutator(
    (b"ustar\x00", b"00000000000", b"\x80\xff\xff\xff", b"\xff" * 12, b"25 GNU.sparse.major=1\n"), _archives
)
# Fields of a header: name, mode, size, type, name of a link, magic, prefix.
_FIELDS = ((0, 100), (100, 8), (124, 12), (156, 1), (157, 100), (257, 8), (345, 155))
_CONTENTS = (
    *(
        b"-0000000001",
        b"77777777777",
        b"\x80" + b"\xff" * 11,
        b"\xff" * 12,
        b"\xff" * 8 + b"\xff\xff\xfe\x00",
        b"00000000000",
    ),
    *(
        b"manifest.json",
        b"../../x",
        b"/etc/passwd",
        b"a",
        b"b",
        b"L",
        b"K",
        b"x",
        b"g",
        b"S",
        b"1",
        b"2",
        b"3",
        b"5",
        b"6",
        b"7",
    ),
    *(b"ustar  \x00", b"ustar\x0000", b"", b"\xff" * 100, b"0" * 100, b"12 size=-512\n", b"index.json"),
)


def _mutate_tape(data: bytes, random: Random) -> bytes:
    """Mostly a field of some header, with the checksum made to fit; now and then the whole is compressed."""
    if random.random() < 0.25:
        return _TAPE(data, random)
    changed = bytearray(data)
    for _ in range(random.randint(1, 3)):
        if len(changed) < 512:
            break
        start = random.randrange(len(changed) // 512) * 512
        at, size = random.choice(_FIELDS)
        changed[start + at : start + at + size] = random.choice(_CONTENTS)[:size].ljust(size, b"\0")
        changed[start + 148 : start + 156] = b" " * 8
        changed[start + 148 : start + 156] = b"%06o\0 " % sum(changed[start : start + 512])
    if random.random() < 0.03:
        return gzip.compress(changed, mtime=0)[:MAX_BYTES]
    return bytes(changed[:MAX_BYTES])


def _run_archive(data: bytes) -> None:
    from packaging_readiness.checkout.archives import archive_members
    from packaging_readiness.image.export import Exported, export
    from packaging_readiness.image.facts import from_exported
    from packaging_readiness.secrets.layers import scan_layers

    good = layout()
    image_id = digest(good["config.json"])
    facts = from_exported("a:b", image_id, (), Exported(good["manifest.json"], good["config.json"]))
    engine: Any = Engine("docker", {"": data})
    shutil.rmtree("cache", ignore_errors=True)
    Path("cache").mkdir()
    attempt(export, engine, image_id, Path("cache"))

    attempt(scanned, engine, facts)
    scan_layers([io.BytesIO(data)])
    Path("added.tar").write_bytes(data)
    with suppress(ValueError):  # the COPY that takes the archive is refused, with this as the reason
        archive_members(Path("added.tar"))


TARGET = Target(
    name="archive",
    reads="",
    seeds=_archives,
    run=_run_archive,
    mutate=_mutate_tape,
    readers=(
        "packaging_readiness.image.export:_names",
        "packaging_readiness.image.layers:_layers",
        "packaging_readiness.secrets.layers:_content",
    ),
)
