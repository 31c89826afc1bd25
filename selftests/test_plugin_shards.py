"""`--shard K/N`: a stable split whose union is the inventory, in a header that says so; a part decides nothing."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import CheckRow, expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.plugin.shard_option import shard_of_options
from packaging_readiness.verdict.shards import runs_in_container, shard_of
from selftests.main_job import FIXED, command
from selftests.miniature import Miniature
from selftests.test_main_job_bytes import same_but_for_the_record

CONTRACT, _ = load_contract("dev_full")
ROWS = expand(packaged_checks(), CONTRACT)
LIMIT = len(CONTRACT.entrypoints)


def entrypoint_of(row: CheckRow) -> str:
    assert isinstance(row.row, Entrypoint | Subcommand | MprCase)
    return row.row.id if isinstance(row.row, Entrypoint) else row.row.entrypoint


@given(st.integers(1, LIMIT))
def test_union_of_the_shards_is_the_inventory_and_none_is_empty(of: int) -> None:
    parts = [{row.id for row in ROWS if shard_of(row, CONTRACT, of) == index} for index in range(1, of + 1)]
    assert sum(map(len, parts)) == len(ROWS)
    assert set().union(*parts) == {row.id for row in ROWS}
    assert all(parts)


@given(st.integers(1, LIMIT))
def test_rows_of_one_entrypoint_stay_together_and_the_rest_is_in_the_first_shard(of: int) -> None:
    homes: dict[str, set[int]] = {}
    for row in ROWS:
        if runs_in_container(row):
            homes.setdefault(entrypoint_of(row), set()).add(shard_of(row, CONTRACT, of))
        else:
            assert shard_of(row, CONTRACT, of) == 1
    assert set(homes) == {row.id for row in CONTRACT.entrypoints}
    assert all(len(shards) == 1 for shards in homes.values())
    sizes = [sum(shards == {index} for shards in homes.values()) for index in range(1, of + 1)]
    assert max(sizes) - min(sizes) <= 1


def test_split_does_not_depend_on_the_order_of_the_contract() -> None:
    turned = type(CONTRACT)(
        **{name: getattr(CONTRACT, name) for name in CONTRACT.__dataclass_fields__}
        | {"entrypoints": CONTRACT.entrypoints[::-1]}
    )
    assert [shard_of(row, turned, 4) for row in ROWS] == [shard_of(row, CONTRACT, 4) for row in ROWS]


@pytest.mark.parametrize(
    ("given_text", "cause"),
    [
        ("0/3", "there is no part 0 of 3"),
        ("4/3", "there is no part 4 of 3"),
        ("1/0", "there is no part 1 of 0"),
        ("a/b", "is not K/N"),
        ("2", "is not K/N"),
        ("01/02", "is not K/N in plain digits, without leading zeros"),
        (" 1/3", "is not K/N"),
        ("22/22", "has only 21 entrypoints"),
    ],
)
def test_wrong_form_is_wrong_usage(miniature: Miniature, given_text: str, cause: str) -> None:
    run = miniature.run("-m", "m1b", f"--shard={given_text}")
    assert run.status == 4, run.text
    assert f"--shard: {given_text!r}" in run.text
    assert cause in run.text
    assert "fix: write it as K/N" in run.text
    assert run.report is None


def shard_of_text(text: str) -> str:
    """The shard that `--shard` takes `text` for, as a person would write it."""
    option = SimpleNamespace(readiness_shard=text, readiness_evidence=None, readiness_evidence_out=None)
    shard = shard_of_options(option, CONTRACT)
    assert shard is not None
    return f"{shard.index}/{shard.of}"


@pytest.mark.parametrize("form", [
    "1/02", "01/2", "0/3", "4/3", "1/0", "0/0", " 1/3", "1/3 ", "1/3\n", "1 / 3", "+1/3", "-1/3", "1/-3", "1/3/3",
    "1:3", "1.0/3", "1_0/21", "\u0661/\u0663", "\uff11/\uff13", "\u00b9/\u00b3", "", "/", "1/", "/3", "1/99999",
])  # fmt: skip
def test_another_spelling_of_a_shard_is_refused(form: str) -> None:
    with pytest.raises(InputRefused, match="write it as K/N"):
        shard_of_text(form)


@given(st.from_regex(r"\d{1,3}/\d{1,3}", fullmatch=True) | st.text("0123/ +", max_size=6))
def test_a_shard_has_one_spelling(text: str) -> None:
    try:
        taken = shard_of_text(text)
    except InputRefused:
        return
    assert taken == text


@given(st.integers(1, LIMIT).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of))))
def test_every_part_of_a_split_is_taken(part: tuple[int, int]) -> None:
    assert shard_of_text(f"{part[0]}/{part[1]}") == f"{part[0]}/{part[1]}"


@pytest.mark.parametrize("option", ["--evidence=.", "--evidence-out=out"])
def test_a_shard_writes_and_reads_no_bundle(miniature: Miniature, option: str) -> None:
    run = miniature.run("--shard=1/2", option)
    assert run.status == 4
    assert f"cannot go with {option.partition('=')[0]}" in run.text


def test_a_selection_that_the_shard_holds_nothing_of_is_wrong_usage(miniature: Miniature) -> None:
    miniature.whole()
    run = miniature.run("-m", "m1c", "--shard=2/2")
    assert run.status == 4
    assert "shard 2/2 of this selection holds no check" in run.text


def test_shards_of_a_run_merge_into_the_bytes_of_the_undivided_run(
    miniature: Miniature, mode: tuple[str, ...], tmp_path: Path
) -> None:
    miniature.whole()
    whole = miniature.run(*FIXED, "--evidence-out=whole")
    reports = []
    for index in (1, 2, 3):
        report = tmp_path / f"shard-{index}.json"
        part = miniature.run(*FIXED, f"--shard={index}/3", f"--json-report-file={report}", *mode)
        assert part.status == 0, part.text
        assert json.loads(report.read_bytes())["readiness"]["shard"] == {"index": index, "of": 3}
        assert "PASS" not in part.text
        assert f"; shard: {index} of 3" in part.text
        assert f"M1.B  shard {index}/3 held" in part.text
        assert part.verdict.startswith(f"M1: not decided; shard {index}/3 alone decides nothing; ")
        reports.append(report)
    merged = command("bundle", *reports, "--out", tmp_path / "merged")
    assert merged.status == whole.status, merged.text + whole.text
    one, other = (
        {path.name: path.read_bytes() for path in folder.rglob("*.json")}
        for folder in (miniature.root / "whole", tmp_path / "merged")
    )
    same_but_for_the_record(one, other)


def test_undivided_report_says_so(miniature: Miniature) -> None:
    miniature.whole()
    report = miniature.run("-m", "m1b").report
    assert report is not None
    assert report["readiness"]["shard"] is None
