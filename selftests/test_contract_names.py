"""A contract has a name that cannot be mistaken, tables that can fail, and references that lead somewhere."""

from pathlib import Path

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.load import contract_from_data, load_contract

TABLES = (
    "includes",
    "excludes",
    "entrypoints",
    "provenance_fields",
    "evidence_paths",
    "mismatch_rules",
    "preconditions",
    "no_go",
    "blockers",
    "evidence_objects",
)


def written(folder: Path, name: str = "example", rest: str = "") -> str:
    path = folder / "c.yaml"
    path.write_text(f"schema: 1\nname: {name}\nextends: dev_full\n{rest}", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["example", "a", "7", "dev_full.eu-west-2", "a" * 64])
def test_an_identifier_is_a_name(tmp_path: Path, name: str) -> None:
    assert load_contract(written(tmp_path, f'"{name}"'))[0].name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Dev_Full",
        "dev full",
        "dev_full\\n",
        "dev\\u200b_full",
        "d\\u0435v_full",
        "_dev",
        "-dev",
        ".",
        "a/b",
        "a" * 65,
    ],
)
def test_any_other_text_is_refused_at_its_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefused, match=r"^c\.yaml:2: name: ") as refused:
        load_contract(written(tmp_path, f'"{name}"'))
    assert str(refused.value).isascii()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_could_fail_is_never_empty(tmp_path: Path, table: str) -> None:
    with pytest.raises(InputRefused, match=rf"^c\.yaml:4: {table}: is empty"):
        load_contract(written(tmp_path, rest=f"{table}: []\n"))


@pytest.mark.parametrize("table", ["subcommands", "mpr_cases", "accepted_findings", "follow_ups"])
def test_other_tables_may_be_empty(tmp_path: Path, table: str) -> None:
    assert getattr(load_contract(written(tmp_path, rest=f"{table}: []\n"))[0], table) == ()


def test_a_contract_that_a_report_carries_is_held_to_the_same() -> None:
    data = load_contract("dev_full")[1]
    assert contract_from_data(data, "report.json").name == "dev_full"
    for change, place in (({"name": "Dev_Full"}, "name"), ({"no_go": []}, "no_go")):
        with pytest.raises(InputRefused, match=rf"^report\.json: .* malformed at {place}: "):
            contract_from_data({**data, **change}, "report.json")


def test_a_reference_that_breaks_in_the_packaged_part_names_the_file_alone(tmp_path: Path) -> None:
    rest = "blockers: [{id: M1-B1, lane: m1, severity: S1, trigger: x}]\n"
    with pytest.raises(InputRefused, match=r"^c\.yaml: \w+\[\d+\]\.\w+: .* is not in the contract"):
        load_contract(written(tmp_path, rest=rest))


def test_a_reference_in_a_list_of_several_lines_is_placed_in_its_row(tmp_path: Path) -> None:
    rest = "mismatch_rules:\n  - id: one\n    title: x\n    checks: [m1d.context.scan]\n    blockers:\n      - M1-B99\n"
    with pytest.raises(InputRefused, match=r"^c\.yaml:8: mismatch_rules\[0\]\.blockers: one: blocker 'M1-B99'"):
        load_contract(written(tmp_path, rest=rest))
