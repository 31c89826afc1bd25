"""Strict reading of JSON, and what the inventory refuses of checks that fit no contract."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json, read_json
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import Check, expand, load_checks, packaged_checks, table
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.shapes import has_shape, permitted
from packaging_readiness.contract.tar import open_tar

CONTRACT, _ = load_contract("dev_full")
FIRST = packaged_checks()[0]
ADVISORY = next(check for check in packaged_checks() if check.blocker is None)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "is not UTF-8"),
        (b'{"a": 1,\n]', "x:2: is not JSON"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "holds a number out of range"),
        (b"[" * 65 + b"]" * 65, "is nested deeper than 64 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply"),
        (b'{"b": {"a": 1, "c": 2, "a": 3}}', "key 'a' stands in one object twice"),
        (b'{"a\\"": 1, "a\\"": 2}', "stands in one object twice"),
    ],
    ids=["bytes", "syntax", "nan", "number", "deep", "deeper", "doubled", "doubled-escaped"],
)
def test_json_that_can_be_read_in_two_ways_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        read_json(data, "x")


@pytest.mark.parametrize("text", ['{"a:b": "c:d", "\\\\": ":", "e\\"": [1, {"f": null}, "g"]}', "[]", '"a"', "3"])
def test_json_that_can_be_read_in_one_way_is_read(text: str) -> None:
    value = read_json(text.encode(), "x")
    assert read_json(canonical_json(value), "x") == value


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": "never"}, "no contract table is called 'never'"),
        ({"rows": "schema"}, "no contract table is called 'schema'"),
        ({"blocker": "M1-B99"}, "blocker 'M1-B99' is not in the contract"),
        ({"severity": "S2"}, "severity S2 but"),
    ],
)
def test_a_check_that_fits_no_contract_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        expand((replace(FIRST, **change),), CONTRACT)


def test_an_advisory_has_no_blocker_and_a_row_its_own() -> None:
    (row,) = expand((ADVISORY,), CONTRACT)
    assert (row.blocker, row.severity) == (None, "S3")
    rows = expand(tuple(check for check in packaged_checks() if check.blocker == "row"), CONTRACT)
    assert {row.blocker for row in rows} <= {blocker.id for blocker in CONTRACT.blockers}


def test_a_check_that_stands_twice_is_refused(tmp_path: Path) -> None:
    row = "{id: m1a.x, lane: m1a, dod: 1, title: t,"
    row += " why: w, fix: f, blocker: M1-B1, severity: S1, evidence: e, source: s}"
    (tmp_path / "checks.yaml").write_text(f"schema: 1\nchecks:\n- {row}\n")
    (check,) = load_checks(tmp_path / "checks.yaml", "checks.yaml")
    assert isinstance(check, Check)
    (tmp_path / "checks.yaml").write_text(f"schema: 1\nchecks:\n- {row}\n- {row}\n")
    with pytest.raises(InputRefused, match=r"check 'm1a\.x' stands in the inventory twice"):
        load_checks(tmp_path / "checks.yaml", "checks.yaml")


def test_a_table_of_the_contract_is_found_by_its_name_only() -> None:
    assert {row.id for row in table(CONTRACT, "copied_includes")} <= {row.id for row in CONTRACT.includes}
    assert len(table(CONTRACT, "entrypoint_handles")) == len({row.handle for row in CONTRACT.entrypoints})
    with pytest.raises(KeyError):
        table(CONTRACT, "name")


@pytest.mark.parametrize(
    ("value", "shape", "fits"),
    [(3, "count", True), (-1, "count", False), (True, "count", False), (2**53, "count", False), (1.5, "number", True),
     (True, "number", False), (True, "flag", True), (1, "flag", False), ("a b", "text", True), ("a\n", "text", False)],
)  # fmt: skip
def test_a_scalar_is_of_its_shape(value: object, shape: str, fits: bool) -> None:
    assert has_shape(value, shape) is fits


def test_what_the_allow_list_refuses_is_kept_out_and_named() -> None:
    kept, problems = permitted({"git_sha": {"a": 1}, "platform_run_id": "platform_x", "never_heard_of": 1})
    assert kept == {"platform_run_id": "platform_x"}
    assert len(problems) == 2


def test_an_entry_of_a_negative_size_ends_the_reading_of_an_archive(tmp_path: Path) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    data = bytearray(held.getvalue())
    (tmp_path / "good.tar").write_bytes(data)
    with open_tar(tmp_path / "good.tar", "r:") as tape:
        assert tape.getnames() == ["a"]
    data[124:136] = b"\xff" * 12  # minus one, as GNU tar writes it
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(tarfile.ReadError), open_tar(io.BytesIO(bytes(data)), "r:") as tape:
        tape.getnames()
