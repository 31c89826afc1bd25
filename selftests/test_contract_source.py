"""YAML files at their bounds, and the line that a refusal names."""

from pathlib import Path

import pytest

from packaging_readiness.contract.decode import DecodeError
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.source import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    WEIGHT_LIMIT,
    line_of,
    misfit,
    read_mapping,
)

TEXT = "a: 1\nb:\n  c: [x,\n    y]\n  d:\n  - e: 1\n  - f: 2\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text)
    return path


def nested(depth: int) -> str:
    """A mapping in which lists are nested so deep, itself included."""
    return "a: " + "[" * (depth - 1) + "]" * (depth - 1)


def test_nesting_up_to_the_limit_is_read(tmp_path: Path) -> None:
    assert "a" in read_mapping(written(tmp_path, nested(DEPTH_LIMIT)), "file.yaml")


def test_nesting_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=f"nested deeper than {DEPTH_LIMIT} levels"):
        read_mapping(written(tmp_path, nested(DEPTH_LIMIT + 1)), "file.yaml")


def test_neighbours_are_not_nested(tmp_path: Path) -> None:
    text = "".join(f"k{number}: [[x]]\n" for number in range(3 * DEPTH_LIMIT))
    assert len(read_mapping(written(tmp_path, text), "file.yaml")) == 3 * DEPTH_LIMIT


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)], ids=["at the limit", "one more"])
def test_values_are_counted_with_aliases_written_out(tmp_path: Path, more: int, refused: bool) -> None:
    """A list of 98 scalars and itself weigh 99; every alias of it as much; a key and every scalar weigh one."""
    shared = "a: &a [" + ", ".join("x" for _ in range(98)) + "]\n"
    aliases = 1000
    rest = WEIGHT_LIMIT - 3 - 99 - 1 - aliases * 99 - 1 + more
    text = shared + "b: [" + ", ".join(["*a"] * aliases) + "]\n" + "c: [" + ", ".join(["x"] * (rest - 1)) + "]\n"
    path = written(tmp_path, text)
    if refused:
        with pytest.raises(InputRefused, match=f"more than {WEIGHT_LIMIT} values with aliases written out"):
            read_mapping(path, "file.yaml")
    else:
        assert set(read_mapping(path, "file.yaml")) == {"a", "b", "c"}


def test_file_up_to_the_limit_of_its_size_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\n".ljust(SIZE_LIMIT, "#"))
    assert read_mapping(path, "file.yaml") == {"a": 1}
    with pytest.raises(InputRefused, match=f"is larger than {SIZE_LIMIT} bytes"):
        read_mapping(written(tmp_path, "a: 1\n".ljust(SIZE_LIMIT + 1, "#")), "file.yaml")


@pytest.mark.parametrize("text", ["", "- a\n", "a\n", "1\n"], ids=["nothing", "a list", "a word", "a number"])
def test_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputRefused, match="a mapping is needed at the top level") as refused:
        read_mapping(written(tmp_path, text), "file.yaml")
    assert refused.value.place == "file.yaml:1"


def test_file_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="cannot be read: No such file"):
        read_mapping(tmp_path / "file.yaml", "file.yaml")


@pytest.mark.parametrize(
    ("data_path", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("b",), 2),
        (("b", "c"), 3),
        (("b", "c", 0), 3),
        (("b", "c", 1), 4),
        (("b", "c", 2), 3),
        (("b", "d", 1), 7),
        (("b", "d", 1, "f"), 7),
        (("b", "d", 0, "nothing"), 6),
        (("b", "nothing"), 2),
        (("b", "c", "nothing"), 3),
        (("nothing",), None),
        (("a", "deeper"), 1),
        ((0,), None),
    ],
)
def test_line_is_that_of_the_value_or_of_what_is_around_it(
    tmp_path: Path, data_path: tuple[str | int, ...], line: int | None
) -> None:
    assert line_of(written(tmp_path, TEXT), data_path) == line


def test_line_of_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    assert line_of(tmp_path / "nothing.yaml", ("a",)) is None
    assert line_of(written(tmp_path, "a: ["), ("a",)) is None
    assert line_of(written(tmp_path, ""), ()) == 1
    assert line_of(written(tmp_path, ""), ("a",)) is None


@pytest.mark.parametrize(
    ("data_path", "told"),
    [
        ((), ("file.yaml:1", "wrong")),
        (("b", "c", 1), ("file.yaml:4", "b.c[1]: wrong")),
        (("b", "d", 1, "f"), ("file.yaml:7", "b.d[1].f: wrong")),
        (("nothing",), ("file.yaml", "nothing: wrong")),
    ],
)
def test_misfit_is_told_with_its_place(tmp_path: Path, data_path: tuple[str | int, ...], told: tuple[str, str]) -> None:
    error = misfit(DecodeError(data_path, "wrong"), written(tmp_path, TEXT), "file.yaml")
    assert (error.place, error.cause) == told
