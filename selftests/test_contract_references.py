"""What a contract may refer to, and how one is loaded: by its name, by its file, or from a report."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.load import contract_digest, contract_from_data, load_contract, packaged_path

CONTRACT, DATA = load_contract("dev_full")


def spoiled(**changes: Any) -> tuple[str, str]:
    """The place and cause with which a report's contract is refused that differs like this from the packaged one."""
    with pytest.raises(InputRefused) as refused:
        contract_from_data({**DATA, **changes}, "r.json")
    said = refused.value.cause.removeprefix("the contract in it is malformed at ")
    place, _, cause = said.partition(": ")
    return (refused.value.place, place) if said != refused.value.cause else ("", cause)


ROW = {"id": "x", "title": "t", "checks": ["m1d.context.scan"]}
FIELD = {"id": "x", "shape": "word", "handle": "NO_SUCH"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "A"}, "name"),
        ({"excludes": []}, "excludes"),
        ({"made_up": 1}, "made_up"),
        ({"subcommands": [{"id": "s", "entrypoint": "no", "subcommand": "run"}]}, "subcommands.0.entrypoint"),
        (
            {"mpr_cases": [DATA["mpr_cases"][0], {**DATA["mpr_cases"][0], "id": "x", "entrypoint": "no"}]},
            "mpr_cases.1.entrypoint",
        ),
        ({"provenance_fields": [{**FIELD, "handle": None}, {**FIELD, "id": "y"}]}, "provenance_fields.1.handle"),
        ({"preconditions": [{**ROW, "blockers": ["M1-B1", "M9-B9"]}]}, "preconditions.0.blockers"),
        ({"preconditions": [ROW, {**ROW, "id": "y", "blocker": "M9-B9"}]}, "preconditions.1.blocker"),
        ({"mismatch_rules": [{**ROW, "blockers": ["M9-B9"]}]}, "mismatch_rules.0.blockers"),
        ({"no_go": [{**ROW, "blocker": "M9-B9"}]}, "no_go.0.blocker"),
        ({"no_go": [{**ROW, "blocker": "M1-B1"}, {**ROW, "id": "y"}]}, "no_go.1"),
        ({"follow_ups": [DATA["follow_ups"][0]] * 2}, "follow_ups.1.id"),
        ({"secret_paths": [{"id": "/a"}, {"id": "/b"}, {"id": "/a"}]}, "secret_paths.2.id"),
    ],
)
def test_contract_of_a_report_is_refused_at_its_place(changes: dict[str, Any], place: str) -> None:
    assert spoiled(**changes) == ("r.json", place)


def test_contract_of_a_report_that_is_no_mapping_is_refused_as_a_whole() -> None:
    with pytest.raises(InputRefused, match=r"^r\.json: the contract in it is malformed at top level: "):
        contract_from_data([], "r.json")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"preconditions": [{**ROW, "blockers": ["M1-B1"], "blocker": "M1-B1"}]},
        {
            "accepted_findings": [
                {**dict.fromkeys(("path", "rule", "fingerprint", "reason", "reviewer"), "a"), "expires": "2026-03-31"}
            ]
            * 2
        },
        {"follow_ups": [], "deferrals": [DATA["deferrals"][0]]},
        {"provenance_fields": [{**FIELD, "handle": next(iter(DATA["handles"]))}]},
    ],
)
def test_contract_whose_references_lead_somewhere_is_taken(changes: dict[str, Any]) -> None:
    assert contract_from_data({**DATA, **changes}, "r.json").name == "dev_full"


def test_digest_of_a_contract_is_that_of_its_canonical_form() -> None:
    assert contract_digest({"b": 1.0, "a": None}) == contract_digest({"a": None, "b": 1})
    assert contract_digest({}) == "sha256:ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"


def written(folder: Path, text: str) -> str:
    (folder / "c.yaml").write_text(text, encoding="utf-8")
    return str(folder / "c.yaml")


def test_extension_is_merged_into_what_it_extends(tmp_path: Path) -> None:
    text = "schema: 1\nname: other\nextends: dev_full\nhandles: {NEW: a}\nmpr_cases: []\n"
    text += "closure: {build_driver: local_engine}\n"
    contract, data = load_contract(written(tmp_path, text))
    assert contract.handles == {**CONTRACT.handles, "NEW": "a"}
    assert (contract.mpr_cases, contract.entrypoints) == ((), CONTRACT.entrypoints)
    assert (contract.closure.build_driver, contract.closure.registry_authority) == ("local_engine", "ecr")
    assert data == {
        **DATA,
        "name": "other",
        "extends": "dev_full",
        "mpr_cases": [],
        "handles": {**DATA["handles"], "NEW": "a"},
        "closure": {**DATA["closure"], "build_driver": "local_engine"},
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema: 1\nname: x\nextends: [a]\n", "c.yaml:3: extends: "),
        ("schema: 1\nname: x\nextends: other\n", "c.yaml:3: extends: "),
        ("schema: 1\nname: dev_full\nextends: dev_full\n", "c.yaml:2: name: "),
        ("schema: 1\nname: x\nextends: dev_full\nno_go: []\n", "c.yaml:4: no_go: "),
        ("schema: 1\nname: x\nextends: dev_full\nfollow_ups: [{id: a}]\n", "c.yaml:4: follow_ups[0]: "),
        ("schema: 1\nname: x\nextends: dev_full\nhandles: 3\n", "c.yaml:4: handles: "),
        ("schema: 1\nname: x\n", "c.yaml:1: "),
        ("schema: 1\nname: x\nextends: null\n", "c.yaml:1: "),
    ],
    ids=count(),
)
def test_contract_file_is_refused_at_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputRefused) as refused:
        load_contract(written(tmp_path, text))
    assert str(refused.value).startswith(told)


def test_contract_is_named_as_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    for name, shown in (("a/b.yaml", "a/b.yaml"), (str(tmp_path / "a" / "b.yaml"), "b.yaml"), ("dev", "dev")):
        with pytest.raises(InputRefused) as refused:
            load_contract(name)
        assert refused.value.place == shown
        assert "dev_full" in refused.value.cure
    with pytest.raises(CannotTell) as cannot:
        load_contract("a")
    assert cannot.value.place == "a"
    assert packaged_path("dev_full").name == "dev_full.yaml"
    (tmp_path / "dev_full").write_text("not a contract")
    assert load_contract("dev_full")[0].name == "dev_full"
