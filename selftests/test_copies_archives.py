"""What ADD unpacks, and where it lands: as Docker 20.10.24 did with the same archives, but for those that break off."""

import bz2
import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest

from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.checkout.copies import resolve_copies
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused

Entry = tuple[str, bytes, str]


def file(name: str) -> Entry:
    return name, tarfile.REGTYPE, ""


def folder(name: str) -> Entry:
    return name, tarfile.DIRTYPE, ""


def link(name: str, target: str) -> Entry:
    return name, tarfile.SYMTYPE, target


def hard(name: str, target: str) -> Entry:
    return name, tarfile.LNKTYPE, target


def tar(*entries: Entry) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mode = kind, target, 0o755
            archive.addfile(info)
    return out.getvalue()


USUAL = tar(folder("d"), file("d/a"), file("b"), link("l", "b"), hard("h", "b"))
UNPACKED = ["o/b", "o/d/a", "o/h", "o/l"]


def landed(root: Path, data: bytes, text: str = "ADD t /o/") -> list[str]:
    (root / "t").write_bytes(data)
    (root / "f").write_text("x", encoding="utf-8")
    context = resolve_context(root, root / "Dockerfile", sizes=False)
    found = resolve_copies(parse(f"FROM scratch\n{text}\n".encode(), "Dockerfile"), context, {})
    return sorted({dest for each in found.sources for _, dest in each.files})


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (USUAL, UNPACKED),
        (gzip.compress(USUAL), UNPACKED),
        (bz2.compress(USUAL), UNPACKED),
        (lzma.compress(USUAL), UNPACKED),
        (gzip.compress(USUAL[:2048]) + gzip.compress(USUAL[2048:]), UNPACKED),
        (USUAL + b"junk" * 300, UNPACKED),
        (lzma.compress(USUAL, format=lzma.FORMAT_ALONE), ["o/t"]),
        (gzip.compress(gzip.compress(USUAL)), ["o/t"]),
        (gzip.compress(b"plain"), ["o/t"]),
        (b"\x1f\x8b\x08junk", ["o/t"]),
        (b"", ["o/t"]),
        (bytes(10240), ["o/t"]),
        (tar(folder("e")), []),
        (tar(file("../x"), file("a/../../y"), file("/abs")), ["o/abs", "o/x", "o/y"]),
        (tar(file(".wh.a"), file("d/.wh..wh..opq")), ["o/.wh.a", "o/d/.wh..wh..opq"]),
        (tar(folder("d"), link("s", "d"), file("s/x")), ["o/d/x", "o/s"]),
        (tar(folder("d"), link("s", "/d"), file("s/x")), ["o/d/x", "o/s"]),
    ],
    ids=range(17),
)
def test_members_land_where_the_builder_put_them(tmp_path: Path, data: bytes, wanted: list[str]) -> None:
    assert landed(tmp_path, data) == wanted
    assert landed(tmp_path, data, "COPY t /o/") == ["o/t"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ADD f /o\nADD t /o", None),
        ("ADD f /o/d\nADD t /o", ["o/b", "o/d", *UNPACKED[1:]]),
        ("ADD t /o\nADD f /o/d", ["o/b", "o/d/a", "o/d/f", "o/h", "o/l"]),
        ("ADD t /o\nADD f /o/l", UNPACKED),
    ],
)
def test_members_meet_what_is_there(tmp_path: Path, text: str, wanted: list[str] | None) -> None:
    if wanted is None:
        with pytest.raises(InputRefused, match=r"^Dockerfile:3: .*non-directory"):
            landed(tmp_path, USUAL, text)
    else:
        assert landed(tmp_path, USUAL, text) == wanted


@pytest.mark.parametrize(
    "data",
    [
        USUAL[:700],
        gzip.compress(USUAL)[:-20],
        gzip.compress(USUAL) + b"junk",
        tar(hard("h", "nope")),
        tar(hard("h", "../../x")),
        tar(link("s", "/etc"), file("s/x")),
        b"\x28\xb5\x2f\xfd",
    ],
    ids=["half a header", "half a stream", "junk after the stream", "nowhere", "above", "through nothing", "zstd"],
)
def test_archive_that_does_not_unpack_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputRefused, match=r"^Dockerfile:2: ADD t /o/: "):
        landed(tmp_path, data)
    assert landed(tmp_path, data, "COPY t /o/") == ["o/t"]
