"""The contract that the reports of one run share: read once where they carry the same, and never taken for another."""

import json
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.report import read_report
from packaging_readiness.verdict.shared_contract import SharedContract
from selftests.small_reports import content, ran


def bytes_of(contract: Any, **changes: Any) -> bytes:
    given = content(ran(), **changes)
    given["readiness"]["contract"] = contract
    return json.dumps(given).encode()


def test_contract_is_kept_once_for_reports_that_carry_the_same() -> None:
    shared = SharedContract()
    first = read_report(bytes_of({"a": 1}), "1", shared).header.contract
    assert (shared.value, shared.text) == ({"a": 1}, b'{"a": 1}')
    assert read_report(bytes_of({"a": 1}, exitcode=1), "2", shared).header.contract is first
    assert read_report(bytes_of({"a": 1}).replace(b'{"a": 1}', b'{"a":1}'), "3", shared).header.contract is first


@pytest.mark.parametrize("other", [{"a": 2}, {"a": True}, {"a": 1, "b": 2}, {}])
def test_another_contract_takes_the_place_of_the_one_before(other: Any) -> None:
    shared = SharedContract()
    read_report(bytes_of({"a": 1}), "1", shared)
    read = read_report(bytes_of(other), "2", shared).header.contract
    assert json.dumps(read) == json.dumps(other)
    assert shared.value is read
    assert shared.text == json.dumps(other).encode()


def test_same_bytes_in_another_place_do_not_stand_for_the_contract() -> None:
    """The first key of that name need not be the header's, and what follows it need not be the shared one."""
    shared = SharedContract()
    read_report(bytes_of({"a": 1}), "1", shared)
    early = b'{"contract": {"a": 1}, ' + bytes_of({"a": 2})[1:]
    assert read_report(early, "2", shared).header.contract == {"a": 2}
    late = bytes_of({"a": 2})[:-1] + b', "contract": {"a": 2}}'
    assert read_report(late, "3", shared).header.contract == {"a": 2}


def test_contract_of_another_type_is_refused_and_not_kept() -> None:
    shared = SharedContract()
    read_report(bytes_of({"a": 1}), "1", shared)
    with pytest.raises(InputRefused):
        read_report(bytes_of([1]), "2", shared)
    assert shared.value == {"a": 1}


def test_digest_of_a_report_is_that_of_its_bytes() -> None:
    shared = SharedContract()
    data = bytes_of({"a": 1})
    whole, again = read_report(data, "1", shared), read_report(data, "2", shared)
    assert whole.digest == again.digest
    assert whole.digest.startswith("sha256:")
    assert len(whole.digest) == 71


@pytest.mark.parametrize("text", ['[{"contract": {"a": 1}}]', '{"contract": {"a": 1}, "readiness": [1]}', "[1]"])
def test_shared_bytes_outside_of_a_header_are_no_report(text: str) -> None:
    shared = SharedContract()
    read_report(bytes_of({"a": 1}), "1", shared)
    with pytest.raises(InputRefused):
        read_report(text.encode(), "2", shared)
