"""What a report's header may say of its run: the bounds of each field, and nothing beside them."""

import re
from dataclasses import replace

import pytest

from packaging_readiness.verdict.header import Acceptance, Carried, Identity, Shard, Waiver

IDENTITY = Identity(
    platform_run_id="platform_20260222T194849Z",
    written_at_utc="2026-02-22T19:48:49Z",
    suite_version="0.1.0",
    suite_digest="sha256:" + "11" * 32,
    contract_digest="sha256:" + "22" * 32,
    git_sha="0f" * 20,
    git_ref="main",
    dirty=False,
    aws="embedded",
    workflow_run_id=None,
    workflow_run_url=None,
    carried=Carried(),
)
WAIVER = Waiver("m1a.advisory.base-pinned", "somebody", "because", "2026-03-31")
ACCEPTANCE = Acceptance("M1A-B1", "somebody", "because")


@pytest.mark.parametrize("value", ["abc", "0-_", "a" * 100, "a.B_9-"])
def test_run_id_within_its_bounds_is_taken(value: str) -> None:
    assert replace(IDENTITY, platform_run_id=value).platform_run_id == value


@pytest.mark.parametrize("value", ["", "ab", "a" * 101, "Abc", "_abc", "-abc", "ab/c", "ab c", "abc\n", "abcé", ".abc"])
def test_run_id_beyond_its_bounds_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a run id"):
        replace(IDENTITY, platform_run_id=value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-01T00:00:00Z",
        "2026-09-30T09:09:09Z",
        "2024-02-29T19:59:59Z",
        "2026-12-31T23:59:59Z",
        "2026-10-10T20:00:00Z",
    ],
)
def test_time_that_there_is_is_taken(value: str) -> None:
    assert replace(IDENTITY, written_at_utc=value).written_at_utc == value


@pytest.mark.parametrize(
    "value",
    [
        *("", "2026-02-22", "2026-02-22T19:48:49", "2026-02-22T19:48:49+00:00", "2026-02-22 19:48:49Z"),
        *("2026-02-22T19:48:49z", "2026-02-22T19:48:49Z\n", " 2026-02-22T19:48:49Z", "12026-02-22T19:48:49Z"),
        *("2026-00-22T19:48:49Z", "2026-13-22T19:48:49Z", "2026-02-00T19:48:49Z", "2026-01-32T19:48:49Z"),
        *("2026-02-22T24:00:00Z", "2026-02-22T19:60:49Z", "2026-02-22T19:48:60Z", "2026-02-22T19:48:49.5Z"),
        *("226-02-22T19:48:49Z", "2026-2-22T19:48:49Z", "2026-02-22T9:48:49Z"),
    ],
)
def test_time_of_another_form_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a UTC time like"):
        replace(IDENTITY, written_at_utc=value)


@pytest.mark.parametrize("value", ["2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "0000-01-01T00:00:00Z"])
def test_day_that_no_calendar_has_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is a day that no calendar has"):
        replace(IDENTITY, written_at_utc=value)


@pytest.mark.parametrize("value", ["0f" * 20, "0f" * 32])
def test_full_commit_is_taken(value: str) -> None:
    assert replace(IDENTITY, git_sha=value).git_sha == value


@pytest.mark.parametrize(
    "value",
    ["", "0f" * 20 + "0", "0f" * 19 + "0", "0f" * 31, "0f" * 33, "0F" * 20, "0g" * 20, "0f" * 20 + "\n"],
    ids=["none", "41", "39", "62", "66", "capitals", "no digit", "line end"],
)
def test_commit_that_is_not_whole_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a full git sha"):
        replace(IDENTITY, git_sha=value)


@pytest.mark.parametrize("field", ["check", "owner", "reason"])
@pytest.mark.parametrize("value", ["", " ", "\t\n"], ids=["nothing", "a blank", "more blanks"])
def test_waiver_that_nobody_answers_for_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{field} is empty$"):
        replace(WAIVER, **{field: value})


@pytest.mark.parametrize(
    "value",
    [
        *("", "2026-03", "2026-3-31", "2026-03-1", "2026-03-310", "12026-03-31", "2026-03-31\n", "soon"),
        *("20260331", "2026-W14-2", "2026-02-30", "2026-13-01", "\uff12026-03-31", "\u0662026-03-31", "never"),
    ],
)
def test_waiver_without_a_last_day_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=re.escape("expires is a day like 2026-03-31")):
        replace(WAIVER, expires=value)


@pytest.mark.parametrize("field", ["blocker", "owner", "reason"])
@pytest.mark.parametrize("value", ["", " "], ids=["nothing", "a blank"])
def test_acceptance_that_nobody_answers_for_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{field} is empty$"):
        replace(ACCEPTANCE, **{field: value})


@pytest.mark.parametrize(("index", "of"), [(1, 1), (1, 3), (3, 3)])
def test_part_of_a_split_is_taken_and_shown(index: int, of: int) -> None:
    assert Shard(index, of).shown == f"{index}/{of}"


@pytest.mark.parametrize(("index", "of"), [(0, 1), (-1, 3), (2, 1), (4, 3), (1, 0)])
def test_part_that_a_split_does_not_have_is_refused(index: int, of: int) -> None:
    with pytest.raises(ValueError, match=f"^there is no part {index} of {of}$"):
        Shard(index, of)
