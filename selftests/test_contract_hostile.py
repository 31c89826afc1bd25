"""Contract files and shapes that once got through, or broke the loader."""

from pathlib import Path

import pytest

from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.shapes import allowed_fields, has_shape
from selftests import synthetic

HEADER = "schema: 1\nname: example\nextends: dev_full\n"


@pytest.mark.parametrize(
    "text",
    [
        "? [x]\n: y\n",
        "environment: {[a]: 1}\n",
        "? {a: 1}\n: 2\n",
        "workflow: {security_step: '(a{1,99999999999})'}\n",
        f"workflow: {{security_step: '{'(' * 3000}{')' * 3000}'}}\n",
        "provenance_fields: [{id: x, shape: nonsense}]\n",
    ],
)
def test_refused_without_a_traceback(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.yaml").write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(InputRefused, match=r"^c\.yaml:4"):
        load_contract(str(tmp_path / "c.yaml"))


def test_extension_without_a_name_is_not_the_packaged_contract(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("schema: 1\nextends: dev_full\nenvironment: x\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="belongs to a packaged contract"):
        load_contract(str(tmp_path / "c.yaml"))


def test_value_of_a_secret_path_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(HEADER + "secret_paths: [{id: /db/password=hunter2}]\n", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        load_contract(str(tmp_path / "c.yaml"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("one", [True, 1.0])
def test_schema_number_is_a_whole_number(one: object) -> None:
    with pytest.raises(DecodeError):
        decode(Contract, {**load_contract("dev_full")[1], "schema": one})


@pytest.mark.parametrize(
    ("shape", "value"),
    [("utc", "٢026-02-22T19:48:49Z"), ("day", "\uff12026-02-22"), ("check", "m1a.a[\x7f]")],
)
def test_digits_are_ascii_and_delete_is_no_text(shape: str, value: str) -> None:
    assert not has_shape(value, shape)


def test_user_of_the_image_may_name_a_group() -> None:
    assert has_shape("10001:10001", allowed_fields()["user"])


def test_observation_cannot_rename_its_row() -> None:
    report = synthetic.observe(synthetic.good_report(), "m1b.run.help[mpr]", id="sr")
    rows = synthetic.objects(report)["m1b_entrypoint_validation"]["rows"]
    assert [row["id"] for row in rows].count("mpr") == 1


def test_misshapen_fact_of_the_image_is_refused_and_not_shown() -> None:
    report = synthetic.good_report()
    for test in report["tests"]:
        if test["metadata"]["readiness"]["image"]:
            test["metadata"]["readiness"]["image"]["password"] = "hunter2"
    with pytest.raises(InputRefused, match=r"image\.password: no field of this name is allowed") as refused:
        synthetic.read(report)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "change", [{"reason": "a\nb"}, {"found": ["a\nb"]}, {"notes": ["x" * 601]}, {"expected": "\x1b[0m"}]
)
def test_text_of_a_report_is_bounded_lines(change: dict[str, object]) -> None:
    report = synthetic.good_report()
    report["tests"][0]["metadata"]["readiness"] |= change
    with pytest.raises(InputRefused, match="more than"):
        synthetic.read(report)
