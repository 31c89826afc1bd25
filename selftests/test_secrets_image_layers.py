"""Layers of an image: which entries are files, what they are called, and what is told of those that cannot be read."""

import gzip
import io
import tarfile

import pytest

from packaging_readiness.secrets.layers import scan_layers
from packaging_readiness.secrets.model import POLICY_ONLY, ScanResult
from packaging_readiness.secrets.rulepack import expand_example

TOKEN = expand_example("ghp_{alnum:36}")
LINE = f"DB_PASSWORD={expand_example('{pw:14}')}\n".encode()


def layer(*entries: tuple[str, bytes, bytes, str]) -> io.BytesIO:
    """A tar of entries: name, type, content and what a link leads to."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind, content, target in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, len(content)
            archive.addfile(info, io.BytesIO(content))
    held.seek(0)
    return held


def file(name: str, content: bytes) -> tuple[str, bytes, bytes, str]:
    return name, tarfile.REGTYPE, content, ""


def scanned(*layers: io.BytesIO) -> ScanResult:
    return scan_layers(layers, engines=POLICY_ONLY)


def places(result: ScanResult) -> list[tuple[str, int]]:
    return [(finding.path, finding.line) for finding in result.findings]


@pytest.mark.parametrize("name", ["app/x.env", "./app/x.env", "/app/x.env", ".//app/x.env", "//app/x.env"])
def test_a_file_has_its_path_in_the_image(name: str) -> None:
    result = scanned(layer(file(name, b"a: 1\n" + LINE)))
    assert places(result) == [("image:/app/x.env", 2)]
    assert (result.scanned_files, result.bytes, result.errors) == (1, 5 + len(LINE), ())


def test_files_of_all_layers_are_counted_and_the_same_finding_once() -> None:
    first, second = layer(file("a.env", LINE), file("b.env", b"A=1\n")), layer(file("a.env", LINE), file("c.env", LINE))
    result = scanned(first, second)
    assert places(result) == [("image:/a.env", 1), ("image:/c.env", 1)]
    assert (result.scanned_files, result.bytes) == (4, 3 * len(LINE) + 4)


def test_only_files_and_links_to_names_have_content() -> None:
    entries = (
        ("d", tarfile.DIRTYPE, b"", ""),
        file("d/a.env", LINE),
        ("d/hard.env", tarfile.LNKTYPE, b"", "d/a.env"),
        ("d/pipe", tarfile.FIFOTYPE, b"", ""),
        ("d/soft", tarfile.SYMTYPE, b"", f"https://svc:{TOKEN}@host/x"),
        ("d/other", tarfile.SYMTYPE, b"", "a.env"),
    )
    result = scanned(layer(*entries))
    assert places(result) == [("image:/d/a.env", 1), ("image:/d/soft", 1)]
    assert (result.scanned_files, result.errors) == (3, ())


def test_a_secret_in_a_name_is_found_without_a_line() -> None:
    result = scanned(layer(file(f"app/{TOKEN}", b"words\n")))
    assert places(result) == [("image:/app/[redacted github-token]", 0)]


def test_a_packed_layer_is_read_and_archives_in_it_are_opened() -> None:
    packed = gzip.compress(
        layer(file("a.gz", gzip.compress(LINE)), file("b.7z", b"7z\xbc\xaf\x27\x1c\n" + LINE)).read()
    )
    result = scanned(io.BytesIO(packed))
    assert places(result) == [("image:/a.gz!content", 1), ("image:/b.7z", 2)]
    (error,) = result.errors
    assert (error.path, "7-Zip" in error.cause) == ("image:/b.7z", True)


def test_a_layer_that_breaks_off_is_an_error_beside_what_was_found_before() -> None:
    good, bad = layer(file("a.env", LINE)), layer(file("b.env", LINE), file("c.env", b"x" * 9_000)).read()[:2_000]
    result = scanned(good, io.BytesIO(bad), layer(file("d.env", LINE)))
    assert places(result) == [("image:/a.env", 1), ("image:/b.env", 1), ("image:/d.env", 1)]
    assert [error.path for error in result.errors] == ["image:/(added layer 1)"]
    assert scanned() == ScanResult(0, 0, (), ())
