"""Checks, and the rows that they stand for under a small contract."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import (
    LANE_TITLES,
    Check,
    CheckRow,
    Handle,
    expand,
    lane_title,
    load_checks,
    packaged_checks,
    table,
)
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.tables import Blocker, Condition, Entrypoint, Include, Subcommand

CONTRACT, _ = load_contract("dev_full")


def entrypoint(name: str, handle: str, *, optional: bool = False, learning: bool = False) -> Entrypoint:
    return Entrypoint(name, f"ENTRYPOINT_{handle}", "m", "a.b", (), ("--x",) if optional else (), learning=learning)


ENTRYPOINTS = (entrypoint("b", "X", optional=True), entrypoint("a", "Y", learning=True), entrypoint("c", "X"))
SUBCOMMANDS = (Subcommand("s", "a", "run"), Subcommand("t", "a", "run", (), ("--y",)))
SMALL = replace(
    CONTRACT,
    includes=(Include("one"), Include("two", copied=False), Include("three")),
    entrypoints=ENTRYPOINTS,
    subcommands=SUBCOMMANDS,
    blockers=(Blocker("M1-B1", "m1", "S1", "t"), Blocker("M1-B2", "m1", "S2", "t")),
    no_go=(Condition("x", "t", ("c",), blocker="M1-B2"), Condition("y", "t", ("c",), blocker="M1-B1")),
)


def check(name: str = "m1a.x", **changes: Any) -> Check:
    texts = {key: key for key in ("title", "why", "fix", "evidence", "source")}
    given: dict[str, Any] = {"lane": "m1a", "dod": 1, "blocker": "M1-B1", "severity": "S1", **texts}
    return Check(name, **{**given, **changes})


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("includes", ["one", "two", "three"]),
        ("copied_includes", ["one", "three"]),
        ("entrypoints", ["b", "a", "c"]),
        ("learning_entrypoints", ["a"]),
        ("optional_entrypoints", ["b"]),
        ("subcommands", ["s", "t"]),
        ("optional_subcommands", ["t"]),
        ("entrypoint_handles", ["ENTRYPOINT_X", "ENTRYPOINT_Y"]),
    ],
)
def test_table_has_the_rows_that_its_name_says(name: str, ids: list[str]) -> None:
    rows = table(SMALL, name)
    assert [row.id for row in rows] == ids
    expanded = expand((check(rows=name),), SMALL)
    assert [row.id for row in expanded] == [f"m1a.x[{row_id}]" for row_id in ids]
    assert [row.row for row in expanded] == list(rows)


def test_handle_stands_once_for_all_entrypoints_that_it_names() -> None:
    assert table(SMALL, "entrypoint_handles") == (Handle("ENTRYPOINT_X"), Handle("ENTRYPOINT_Y"))


@pytest.mark.parametrize("name", ["nothing", "", "name", "schema", "handles", "closure", "entrypoint", "blocker"])
def test_what_is_no_table_has_no_rows(name: str) -> None:
    with pytest.raises(KeyError):
        table(SMALL, name)
    with pytest.raises(InputRefused) as refused:
        expand((check(rows=name),), SMALL)
    assert (refused.value.place, repr(name) in refused.value.cause) == ("checks.yaml", True)


def test_row_has_the_blocker_and_severity_of_its_check_or_of_itself() -> None:
    advisory = check("m1a.z", blocker=None, severity="S3")
    of_row = check("m1a.y", rows="no_go", blocker="row", severity="row")
    one, two, three, four = expand((check(), of_row, advisory), SMALL)
    assert one == CheckRow("m1a.x", check(), None, "M1-B1", "S1")
    assert (two.id, two.blocker, two.severity) == ("m1a.y[x]", "M1-B2", "S2")
    assert (three.id, three.blocker, three.severity) == ("m1a.y[y]", "M1-B1", "S1")
    assert (four.id, four.blocker, four.severity) == ("m1a.z", None, "S3")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (check(blocker="M1-B9"), "m1a.x: blocker 'M1-B9' is not in"),
        (check(blocker="M1-B2"), "m1a.x: severity S1 but M1-B2 is S2"),
        (check(severity="S2"), "m1a.x: severity S2 but M1-B1 is S1"),
        (check(rows="includes", blocker="row", severity="row"), "m1a.x[one]: blocker None is not in"),
        (check(blocker="row", severity="row"), "m1a.x: blocker None is not in"),
    ],
)
def test_check_whose_blocker_is_another_is_refused(given: Check, words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        expand((given,), SMALL)
    assert refused.value.place == "checks.yaml"
    assert refused.value.cause.startswith(words)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("m1b.x", {}, "does not start with its lane"),
        ("m1a", {}, "does not start with its lane"),
        ("m1ax.y", {}, "does not start with its lane"),
        ("x.m1a.", {}, "does not start with its lane"),
        ("m1a.x", {"blocker": None}, "no blocker exactly when"),
        ("m1a.x", {"severity": "S3"}, "no blocker exactly when"),
        ("m1a.x", {"blocker": "row"}, "taken from the row together"),
        ("m1a.x", {"severity": "row"}, "taken from the row together"),
        ("m1a.x", {"blocker": "row", "severity": "S3"}, "no blocker exactly when"),
    ],
)
def test_check_that_does_not_fit_itself_is_refused(name: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(name, **changes)


def test_check_is_one_row_of_a_test_unless_it_says_otherwise() -> None:
    assert (check().rows, check().needs, check().decided_by) == (None, (), "test")


def test_lanes_have_titles() -> None:
    assert LANE_TITLES == {"m1a": "M1.A", "m1b": "M1.B", "m1c": "M1.C", "m1d": "M1.D", "m1e": "M1.E"}
    assert lane_title("m1d") == "M1.D"


def test_checks_are_read_in_their_order() -> None:
    checks = packaged_checks()
    assert checks[0].id.startswith("m1a.")
    assert checks[-1].id.startswith("m1e.")
    assert len({each.id for each in checks}) == len(checks) > 80


def test_file_of_checks_is_read_and_one_that_stands_twice_refused(tmp_path: Path) -> None:
    row = (
        "{id: m1a.%s, lane: m1a, dod: 1, title: t, why: w, fix: f, blocker: B, severity: S1, evidence: e, source: s}\n"
    )
    path = tmp_path / "c.yaml"
    path.write_text("schema: 1\nchecks:\n" + "".join(f"- {row % name}" for name in "xyz"))
    assert [each.id for each in load_checks(path, "c.yaml")] == ["m1a.x", "m1a.y", "m1a.z"]
    path.write_text("schema: 1\nchecks:\n" + "".join(f"- {row % name}" for name in "xyx"))
    with pytest.raises(InputRefused, match=r"^c\.yaml: check 'm1a\.x' stands in the inventory twice"):
        load_checks(path, "c.yaml")


def test_row_of_the_contract_is_found_by_its_id() -> None:
    assert SMALL.entrypoint("a") is ENTRYPOINTS[1]
    assert SMALL.blocker("M1-B2").severity == "S2"
    for find in (SMALL.entrypoint, SMALL.blocker):
        with pytest.raises(KeyError):
            find("nothing")
