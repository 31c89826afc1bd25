"""Shapes and archives at their bounds, and the lanes by name."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.contract.shapes import SHAPES, has_shape, misshapen, permitted
from packaging_readiness.contract.tar import FAILURES, open_tar
from packaging_readiness.image.docker_archive import derive

DIGEST = "sha256:" + "2f" * 32


def test_lanes_are_five_in_their_order() -> None:
    assert LANES == ("m1a", "m1b", "m1c", "m1d", "m1e")


@pytest.mark.parametrize(
    ("value", "shapes"),
    [
        (0, {"count", "number"}),
        (-1, {"number"}),
        (2**53 - 1, {"count", "number"}),
        (2**53, {"number"}),
        (0.0, {"number"}),
        (True, {"flag"}),
        (False, {"flag"}),
        (None, set()),
        ([], set()),
        ({}, set()),
        (b"a", set()),
        ("", {"output"}),
        (" ", {"text", "output", "path"}),
        ("\n", {"output"}),
    ],
)
def test_scalar_is_of_these_shapes_and_no_others(value: Any, shapes: set[str]) -> None:
    assert {shape for shape in SHAPES if has_shape(value, shape)} == shapes


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({}, []),
        ({"digest": None, "findings": None}, []),
        ({"digest": DIGEST, "findings": []}, []),
        ({"digest": (DIGEST, None, [DIGEST])}, []),
        ({"digest": ("x", DIGEST, ["y", None])}, ["digest[0]", "digest[2][0]"]),
        ({"digest": {}}, ["digest"]),
        ({"findings": {}}, []),
        ({"findings": "x"}, ["findings"]),
        ({"findings": [1, {}, [{"line": -1}]]}, ["findings[0]", "findings[2][0].line"]),
        ({"findings": {"findings": {"line": 1, "column_of": 2}}}, ["findings.findings.column_of"]),
        ({"made_up": None, "line": 3}, ["made_up"]),
        ({7: 1}, ["7"]),
    ],
)
def test_place_of_what_may_not_stand_there(value: Any, places: list[str]) -> None:
    assert [place for place, _ in misshapen(value)] == places
    assert [place for place, _ in misshapen(value, "here")] == [f"here.{place}" for place in places]


def test_field_is_left_out_as_a_whole_and_each_problem_told() -> None:
    value = {"line": 3, "findings": [{"line": 1}, {"line": -1, "x": 1}], "digest": ["y"], "found": "b", "path": "a/b"}
    kept, problems = permitted(value)
    assert kept == {"line": 3, "path": "a/b"}
    assert [problem.partition(":")[0] for problem in problems] == [
        *("findings[1].line", "findings[1].x", "digest[0]", "found"),
    ]
    assert permitted(kept) == (kept, ())


def test_reading_a_broken_archive_may_raise_any_of_these() -> None:
    assert set(FAILURES) == {
        *(tarfile.TarError, EOFError, ValueError, LookupError, TypeError, AttributeError),
        *(OverflowError, RecursionError, MemoryError),
    }


def archive(size: int, name: str = "a", content: bytes = b"") -> bytearray:
    """An archive of one entry: so many letters, or this content."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tape:
        entry = tarfile.TarInfo(name)
        entry.size = len(content) or size
        tape.addfile(entry, io.BytesIO(content or b"x" * size))
    return bytearray(held.getvalue())


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("manifest.json", b"[" * 100_000, "RecursionError"),
        ("manifest.json", b"{", "JSONDecodeError"),
        ("manifest.json", b"[1]", "TypeError"),
        ("manifest.json", b"[{}]", "KeyError"),
        ("other.json", b"[]", "KeyError"),
    ],
    ids=["depth", "syntax", "type", "key", "name"],
)
def test_archive_of_an_image_that_means_ill_is_told_and_ends_nothing(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(archive(0, name, content))
    with pytest.raises(CannotTell, match=rf"malformed archive \({kind}\)"):
        derive(path, DIGEST, bytes, 1_000_000)


@pytest.mark.parametrize("size", [0, 1, 513])
def test_archive_is_read_from_a_file_and_from_a_stream(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(archive(size))
    for source in (path, io.BytesIO(path.read_bytes())):
        with open_tar(source, "r:") as tape:
            (entry,) = tape.getmembers()
            assert (entry.name, entry.size) == ("a", size)
            content = tape.extractfile(entry)
            assert content is not None
            assert content.read() == b"x" * size


@pytest.mark.parametrize("size", [-1, -512])
def test_entry_that_takes_less_than_no_room_is_refused(tmp_path: Path, size: int) -> None:
    data = archive(0)
    data[124:136] = size.to_bytes(12, "big", signed=True)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    path = tmp_path / "a.tar"
    path.write_bytes(data)
    for source in (path, io.BytesIO(bytes(data))):
        with pytest.raises(tarfile.ReadError, match="negative size"):
            open_tar(source, "r:")
