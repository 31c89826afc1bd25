"""ZIP files as `pytest --evidence` takes them: the archive itself, and packs of another make in it."""

import io
import re
import zipfile
from pathlib import Path
from random import Random

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import MAX_BYTES, ROOT, Target
from tools.fuzzing.target_packs import adjudicate, bundle


def _zips() -> list[bytes]:
    """Small archives: packs of another make, an object of ours, an entry that lies about itself."""
    split = ROOT / "fixtures/evidence/split_run"
    packs: list[dict[str, bytes]] = [
        {str(path.relative_to(split)): path.read_bytes() for path in sorted(split.rglob("*.json"))},
        {name: bundle()[name] for name in ("bundle_manifest.json", "run_record.json", "packaging_provenance.json")},
        {"a/b.json": b"{}", "a/": b"", "../x.json": b"[]", "c.json": b"0" * 300_000},
        dict(bundle()),
    ]
    found = []
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for files in packs:
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w", kind) as archive:
                for name, content in files.items():
                    archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, kind)
            found.append(stream.getvalue())
    return [archive for archive in found if len(archive) <= MAX_BYTES]


_SIGNATURES = (
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"PK\x07\x08",
    b"../",
    b"/",
    b".zip",
)
_ZIP_TEXT = Mutator(_SIGNATURES, _zips)


def _mutate_zip(data: bytes, random: Random) -> bytes:
    """Mostly a byte or two of a header: everything else ends at the checksum or at the archive's frame."""
    if random.random() < 0.3:
        return _ZIP_TEXT(data, random)
    changed = bytearray(data)
    for _ in range(random.randint(1, 3)):
        starts = [match.start() for match in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", changed)]
        if starts:
            at = random.choice(starts) + random.randrange(4, 50)
            changed[at : at + 1] = bytes([random.choice((0, 1, 255, random.randrange(256)))])
    return bytes(changed[:MAX_BYTES])


def _run_zip(data: bytes) -> None:
    Path("pack.zip").write_bytes(data)
    adjudicate("pack.zip")


TARGET = Target(
    name="zip",
    reads="ZIP file given to `--evidence`: the archive, and packs of another make in it",
    seeds=_zips,
    run=_run_zip,
    mutate=_mutate_zip,
    readers=(
        "packaging_readiness.evidence.store_zip:_refuse_frame",
        "packaging_readiness.plugin.pack:read_source",
        "packaging_readiness.plugin.pack:faults",
    ),
)
