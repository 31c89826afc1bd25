"""A handle that is still to be pinned counts as absent, however its author spelled that."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.handle_values import Json, unpinned
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.platform import Platform

OPEN: list[Json] = [
    "TO_PIN",
    "to_pin",
    "To-Pin",
    "to pin",
    "topin",
    "<TO_PIN>",
    "[TBD]",
    "{{ todo }}",
    "TBD: with M2",
    "TO_PIN (M2)",
    "arn:aws:iam::TO_PIN:role/x",
    "to be determined",
    "changeme",
    "<change-me>",
    "REPLACE_ME",
    "placeholder",
    "n/a",
    "none",
    "XXXX",
    "???",
    "-",
    "",
    " ",
    "<>",
    [],
    {},
    ["a", "TO_PIN"],
    {"a": {"b": "TO_PIN"}},
]
PINNED: list[Json] = [
    ".",
    "..",
    "git-{git_sha}",
    "{run_id}",
    "evidence/runs/{platform_run_id}/",
    "000000000000.dkr.ecr.eu-west-2.amazonaws.com/todo-list",
    "todolist",
    "pending-requests",
    "null-space",
    "unknown_host_policy",
    "TO_PINT",
    "tobacco",
    "single platform image",
    0,
    1.5,
    True,
    False,
    ["a"],
    {"a": "b"},
]


@pytest.mark.parametrize("value", OPEN, ids=repr)
def test_a_value_to_come_is_unpinned(value: Json) -> None:
    assert unpinned(value)


@pytest.mark.parametrize("value", PINNED, ids=repr)
def test_a_value_is_pinned(value: Json) -> None:
    assert not unpinned(value)


def test_the_platform_gives_no_value_for_such_a_handle(tmp_path: Path) -> None:
    contract = load_contract("dev_full")[0]
    registry = tmp_path / contract.documents.registry
    registry.parent.mkdir(parents=True)
    lines = [
        '* `A_PINNED = "x"`',
        '* `B_OPEN = "<tbd>"`',
        '* `C_PART = "a/TO_PIN/b"`',
        "* `D_BARE`",
        "* `E_NUMBER = 0`",
    ]
    registry.write_text("\n".join(["# Registry", "", *lines, ""]))
    platform = Platform(tmp_path, contract)
    found = {key: platform.handle(key) for key in ("A_PINNED", "B_OPEN", "C_PART", "D_BARE", "E_NUMBER", "F_ABSENT")}
    assert found == {
        "A_PINNED": "x",
        "B_OPEN": None,
        "C_PART": None,
        "D_BARE": None,
        "E_NUMBER": "0",
        "F_ABSENT": None,
    }
    assert platform.handle_place("B_OPEN") == f"{contract.documents.registry}:4"
    assert platform.handle_place("F_ABSENT") == contract.documents.registry
