"""Build plan: matrix, boxes, blocker codes and every pinned list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.plan import Plan, read_plan
from packaging_readiness.checkout.plan_matrix import Usage
from packaging_readiness.contract.errors import InputRefused

SAMPLE = (Path(__file__).parent / "data" / "documents" / "plan.md").read_text(encoding="utf-8")
READER = "| `ENTRYPOINT_READER` | reads | `python -m sample.reader` | "


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(SAMPLE, "plan.md")


def line_of(text: str) -> int:
    """Number of the first sample line that holds `text`."""
    return next(number for number, line in enumerate(SAMPLE.split("\n"), 1) if text in line)


def changed(old: str, new: str) -> Plan:
    assert SAMPLE.count(old) >= 1
    return read_plan(SAMPLE.replace(old, new, 1), "plan.md")


def test_matrix_rows_are_taken_apart(plan: Plan) -> None:
    rows = [(r.handle, r.module, r.subcommand, r.required_options, r.optional_options, r.status) for r in plan.matrix]
    assert rows == [
        ("ENTRYPOINT_READER", "sample.reader", None, ("--profile", "--root"), ("--once", "--host"), "READY"),
        ("ENTRYPOINT_WRITER", "sample.writer", "run", ("--profile",), ("--once",), "BLOCKED"),
        ("ENTRYPOINT_SR", "sample.control", "run", ("--seed",), (), "READY"),
        ("ENTRYPOINT_IDLE", "sample.idle", None, (), (), "READY"),
    ]
    assert plan.matrix[1].further_usages == (Usage("undo", ("--event",)),)
    assert plan.matrix[2].command == "python -m sample.control run"
    assert (plan.matrix[0].mode, plan.matrix[0].line) == ("reads", line_of("ENTRYPOINT_READER"))
    assert plan.matrix[0].required_args == "`--profile <path> --root <s3://...>` (`--once`/`--host` optional)"


@pytest.mark.parametrize(
    ("cell", "cause"),
    [
        ("`--profile`, `--maybe` | READY |", "not said whether it is required"),
        ("`--profile` (`--maybe`) | READY |", "not said whether it is required"),
        ("(`--once` optional) | READY |", "inside parentheses"),
        ("`<path>` | READY |", "malformed arguments"),
        ("`--profile <path> <other>` | READY |", "malformed arguments"),
        ("`--profile <path> run again` | READY |", "malformed arguments"),
        ("`-p` | READY |", "malformed arguments"),
        ("`--profile --profile` | READY |", "named twice"),
        ("profile | READY |", "malformed required arguments"),
        ("none | ready |", "malformed mapping status"),
        ("none | |", "malformed mapping status"),
        ("none | READY | more |", "6 cells, its header 5"),
        ("none | READY", "malformed table row"),
    ],
)
def test_a_malformed_matrix_row_is_refused_with_its_line(cell: str, cause: str) -> None:
    row = next(line for line in SAMPLE.split("\n") if line.startswith(READER))
    with pytest.raises(InputRefused) as caught:
        changed(row, READER + cell)
    assert caught.value.place == f"plan.md:{line_of('ENTRYPOINT_READER')}"
    assert cause in caught.value.cause


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("`python -m sample.reader`", "`python sample/reader.py`", "malformed invocation"),
        ("`python -m sample.reader`", "`python -m sample.reader; id`", "malformed invocation"),
        ("`python -m sample.reader`", "python -m sample.reader", "malformed invocation"),
        ("`python -m sample.writer`", "`python -m sample.writer run`", "subcommand in two cells"),
        ("| `ENTRYPOINT_READER` |", "| `READER` |", "malformed handle key"),
        ("| `ENTRYPOINT_READER` | reads |", "| `ENTRYPOINT_READER` | |", "empty runtime mode"),
        ("sample.idle", "sample.reader", "repeats the invocation"),
        ("| Runtime mode |", "| Mode |", "other columns"),
        ("## M1.C Provenance", "| Handle key | b |\n| - | - |\n\n## M1.C Provenance", "second entrypoint matrix"),
    ],
)
def test_an_ambiguous_matrix_is_refused(old: str, new: str, cause: str) -> None:
    with pytest.raises(InputRefused, match=cause):
        changed(old, new)


def test_boxes_keep_lane_text_state_and_order(plan: Plan) -> None:
    assert [(box.lane, box.text, box.checked) for box in plan.dod] == [
        ("M1.A", "strategy written down.", True),
        ("M1.A", "boundary written down and agreed.", False),
        ("M1.B", "matrix covers the registry.", True),
        ("M1.C", "fields complete.", True),
        ("M1.D", "policy written down.", True),
        ("M1.E", "register exists.", False),
    ]
    assert [(box.lane, box.text, box.checked) for box in plan.completion] == [
        ("", "M1.A complete.", True),
        ("", "M1 action log written.", False),
    ]
    assert plan.checkboxes == plan.dod + plan.completion
    assert plan.dod[0].line == line_of("strategy written down.")


def test_a_box_outside_the_definition_of_done_is_refused() -> None:
    with pytest.raises(InputRefused, match=r"plan\.md:\d+: checkbox outside the lane's DoD list"):
        changed("Goal:\n- one image.", "Goal:\n- [x] one image.")


def test_blocker_codes_end_with_the_status_their_statements_give(plan: Plan) -> None:
    assert {blocker.code: blocker.status for blocker in plan.blockers} == {
        "M1-B1": "CLOSED",
        "M1-B2": "CLOSED",
        "M1-B3": "CLOSED",
        "M1-B4": "OPEN",
        "M1-B5": "OPEN",
        "M1A-B1": "CLOSED",
        "M1A-B2": "OPEN",
        "M1C-B1": "OPEN",
        "M1E-B1": "OPEN",
    }
    assert not any(blocker.contradictory for blocker in plan.blockers)


def test_a_blocker_keeps_every_mention(plan: Plan) -> None:
    first = plan.blocker("M1-B1")
    assert first is not None
    assert [(m.kind, m.status) for m in first.mentions] == [
        ("mention", None),
        ("adjudication", "CLOSED"),
        ("taxonomy", "CLOSED"),
    ]
    assert first.mentions[0].line == 3
    assert first.text == "repository missing"
    third = plan.blocker("M1-B3")
    assert third is not None
    assert [m.kind for m in third.mentions] == ["mention", "taxonomy"]


@pytest.mark.parametrize(
    "ending",
    ["", ".", " - `OPEN`.", " - CLOSD.", " - `CLOSED`, or not.", " - not `CLOSED`.", " - `closed`."],
)
def test_only_a_plain_closing_word_closes_a_blocker(ending: str) -> None:
    blocker = changed(" - `CLOSED` (2026-01-01).", ending).blocker("M1-B1")
    assert blocker is not None
    assert blocker.status == "OPEN"
    assert blocker.contradictory


def test_one_open_statement_outweighs_a_closed_one() -> None:
    blocker = changed("`M1-B2` (coverage): CLOSED.", "`M1-B2` (coverage): OPEN.").blocker("M1-B2")
    assert blocker is not None
    assert (blocker.status, blocker.contradictory) == ("OPEN", True)


def test_image_boundary_is_read(plan: Plan) -> None:
    assert [(path.path, path.recursive) for path in plan.include] == [("Dockerfile", False), ("src/sample/", True)]
    assert [(bullet.text, bullet.patterns) for bullet in plan.exclude] == [
        ("`runs/`, `data/`", ("runs/", "data/")),
        ("`infra/` and what belongs to it", ("infra/",)),
    ]
    assert plan.include[1].line == line_of("`src/sample/` (recursive)")


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("- `Dockerfile`", "- Dockerfile", "malformed include path"),
        ("- `Dockerfile`", "- `/etc/passwd`", "malformed include path"),
        ("- `Dockerfile`", "- `../other`", "malformed include path"),
        ("- `Dockerfile`", "- `src/sample/`", "repeats the include path"),
        ("3. Law:", "3. Required include set again:", "a second list"),
        ("- `git_sha` (source)", "- `Git Sha`", "malformed provenance field"),
        ("- `git_sha` (source)", "- `build_driver`", "repeats the field"),
        ("- `/sample/api/key`", "- the key", "malformed secret path"),
        ("for v0 is `single sample image`", "for v0 is one image", "strategy is not quoted"),
        ("## M1.B Entrypoints", "## M1.A Entrypoints", "second heading of lane M1.A"),
    ],
)
def test_a_malformed_list_is_refused(old: str, new: str, cause: str) -> None:
    with pytest.raises(InputRefused, match=rf"plan\.md:\d+: .*{cause}"):
        changed(old, new)


def test_provenance_fields_bear_literals_and_handles(plan: Plan) -> None:
    assert [(f.name, f.literal, f.same_as, f.handle) for f in plan.provenance + plan.digest_anchors] == [
        ("phase_id", "P(-1)", None, None),
        ("git_sha", None, None, None),
        ("build_driver", None, None, "IMAGE_BUILD_DRIVER"),
        ("oci_digest_algo", "sha256", None, None),
        ("oci_digest_value", None, "image_digest", None),
    ]


def test_evidence_objects_know_lane_fields_and_statements(plan: Plan) -> None:
    assert [(one.name, one.lane, one.minimum_fields, one.must_include) for one in plan.evidence] == [
        ("image_contract_manifest.json", "M1.A", (), ()),
        ("packaging_provenance.json", "M1.C", (), ()),
        ("provenance_consistency_checks.json", "M1.C", (), ()),
        ("m1_handoff_readiness_snapshot.json", "M1.E", ("status", "notes", "fail_closed"), ()),
        ("secret_receipt.json", "M1.E", (), ("the backend", "the list")),
    ]
    assert plan.blocker_fields == ("blocker_id", "severity")


def test_a_remark_about_an_object_does_not_demand_it(plan: Plan) -> None:
    more = changed("under the prefix.\n", "under the prefix.\n   - `draft.json` is not needed.\n")
    assert [one.name for one in more.evidence] == [one.name for one in plan.evidence]


def test_conditions_secret_paths_and_pins_are_read(plan: Plan) -> None:
    assert [path.text for path in plan.secret_paths] == ["/sample/db/password", "/sample/api/key"]
    assert [(s.text, s.parts) for s in plan.preconditions] == [
        ("Packaging stays pinned:", ("`IMAGE_BUILD_DRIVER=github_actions`",)),
        ("The workflow can be started.", ()),
    ]
    assert [s.text for s in plan.no_go] == ["Any active `M1-B*` blocker."]
    assert [(pin.key, pin.value) for pin in plan.pins] == [
        ("IMAGE_REFERENCE_MODE", "immutable_preferred"),
        ("IMAGE_BUILD_DRIVER", "github_actions"),
    ]
    assert plan.pinned("IMAGE_REFERENCE_MODE")[0].line == line_of("IMAGE_REFERENCE_MODE")
    assert plan.pinned("ABSENT") == ()


def test_strategy_and_verdicts_are_quoted(plan: Plan) -> None:
    assert [strategy.text for strategy in plan.image_strategies] == ["single sample image"]
    assert {lane.name: lane.verdict.text if lane.verdict else None for lane in plan.lanes} == {
        "M1.A": "PASS",
        "M1.B": None,
        "M1.C": None,
        "M1.D": None,
        "M1.E": None,
    }
    assert [lane.title for lane in plan.lanes][:2] == ["Image", "Entrypoints"]


def test_a_second_strategy_is_shown_not_dropped() -> None:
    two = changed("1. Strategy for v0", "1. Strategy at first is `two images`.\n2. Strategy for v0")
    assert [strategy.text for strategy in two.image_strategies] == ["two images", "single sample image"]


def test_what_a_plan_does_not_pin_comes_back_empty() -> None:
    bare = read_plan("## M1.A Image\n\nprose\n", "plan.md")
    assert (bare.matrix, bare.include, bare.evidence, bare.checkboxes, bare.blockers) == ((), (), (), (), ())


def test_a_document_without_lanes_is_refused() -> None:
    with pytest.raises(InputRefused, match=r"^plan\.md: no heading of a lane"):
        read_plan(SAMPLE.replace("## M1.", "## M2."), "plan.md")


def test_added_prose_changes_nothing_but_lines(plan: Plan) -> None:
    wordy = read_plan(SAMPLE.replace("\n\n", "\n\nSome more words, with `code`.\n\n", 5), "plan.md")
    assert [row.command for row in wordy.matrix] == [row.command for row in plan.matrix]
    assert [box.text for box in wordy.checkboxes] == [box.text for box in plan.checkboxes]
    assert [(b.code, b.status) for b in wordy.blockers] == [(b.code, b.status) for b in plan.blockers]


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SAMPLE.split("\n"))), max_size=60))
def test_any_text_gives_a_plan_or_a_refusal(lines: list[str]) -> None:
    place = ""
    try:
        read_plan("\n".join(["## M1.A Lane", *lines]), "plan.md")
    except InputRefused as error:
        place = error.place
    assert place == "" or place.startswith("plan.md:")
