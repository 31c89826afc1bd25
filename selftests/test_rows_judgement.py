"""What a row's process proves, judged on real processes: each rule holds for a good program and is red for bad ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.tables import Entrypoint, Subcommand
from packaging_readiness.image.commands import Completed
from packaging_readiness.plugin.invocations import UNKNOWN, command_of, invocation_of, kind_of, shared
from packaging_readiness.plugin.row_facts import observation
from packaging_readiness.plugin.rows import Judgement, judge

CONTRACT, _ = load_contract("dev_full")
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT)}
RUNNING = [row for row in ROWS.values() if row.check.lane == "m1b" and "image" in row.check.needs]
COMMANDS = {row.id: command_of(row, CONTRACT) for row in RUNNING}

GOOD = """
import argparse
made = argparse.ArgumentParser()
made.add_argument("--profile", required=True)
made.add_argument("--once", action="store_true")
made.parse_args()
"""
FIXED = f"import sys\nsys.exit(print('error: missing --profile; unknown: {UNKNOWN}', file=sys.stderr) or 2)"
HELP, REQUIRED = "m1b.run.help[cm]", "m1b.contract.required-enforced[cm]"
OPTIONAL, REFUSED = "m1b.contract.optional-documented[cm]", "m1b.contract.unknown-refused[cm]"


def judged(folder: Path, row_id: str, source: str | None) -> Judgement:
    """The judgement of `row_id` on a program with this source, run as the contract says; None: there is no program."""
    row, command = ROWS[row_id], COMMANDS[row_id]
    module = folder.joinpath(*command.argv[2].split("."))
    module.parent.mkdir(parents=True)
    for package in module.relative_to(folder).parents:
        (folder / package / "__init__.py").touch()
    if source is not None:
        module.with_suffix(".py").write_text(source)
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    timed_out = False
    try:
        ran = subprocess.run(
            [sys.executable, *command.argv[1:]],
            env=environment,
            cwd=folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=10 if "sleep" not in (source or "") else 1,
            check=False,
        )
        code, stdout, stderr = ran.returncode, ran.stdout, ran.stderr
    except subprocess.TimeoutExpired:
        timed_out, code, stdout, stderr = True, -9, b"", b""
    done = Completed(
        id=row_id,
        argv=command.argv,
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        timed_out=timed_out,
        stdout=stdout,
        stdout_total=len(stdout),
        stderr=stderr,
        stderr_total=len(stderr),
        duration_s=0.1,
        container=1,
    )
    return judge(row, CONTRACT, done)


@pytest.mark.parametrize("row_id", [HELP, REQUIRED, OPTIONAL, REFUSED])
def test_good_program_holds(tmp_path: Path, row_id: str) -> None:
    assert judged(tmp_path, row_id, GOOD) == Judgement("")


BAD = {
    "module": (HELP, None, "module-not-found", "no module named fraud_detection.case_mgmt.worker"),
    "package": (HELP, "import case_store_client\n" + GOOD, "import-error", "no module named case_store_client"),
    "name": (HELP, "from json import nothing\n" + GOOD, "import-error", "cannot import name 'nothing' from 'json'"),
    "crash": (HELP, "1 / 0\n" + GOOD, "traceback", "exit code 1 with a traceback"),
    "no-help": (HELP, GOOD.replace("()\nmade", "(add_help=False)\nmade", 1), "argparse-failure", "exit code 2"),
    "silent": (HELP, "", "no-usage-text", "no usage text"),
    "soft-crash": (
        HELP,
        "import atexit, traceback\natexit.register(lambda: 1 / 0)\n" + GOOD,
        "traceback",
        "although the exit code is 0",
    ),
    "not-required": (REQUIRED, GOOD.replace("required=True", "default='a'"), "required-not-enforced", "exit code 0"),
    "named-only-by-the-usage": (
        REQUIRED,
        "import sys\nprint('usage: worker --profile X', file=sys.stderr)\nraise SystemExit(2)",
        "required-not-named",
        "--profile",
    ),
    "exits-without-naming": (REQUIRED, "raise SystemExit(2)", "required-not-named", "--profile"),
    "optional-absent": (
        OPTIONAL,
        GOOD.replace("--once", "--once-only"),
        "optional-not-documented",
        "not in the help text: --once",
    ),
    "optional-in-prose": (
        OPTIONAL,
        GOOD.replace("()\n", "(description='Run with --once to stop.')\n", 1)
        .replace("'--once', ", "")
        .replace('"--once"', '"--only"'),
        "optional-not-documented",
        "--once",
    ),
    "optional-suppressed": (
        OPTIONAL,
        GOOD.replace('"store_true"', '"store_true", help=argparse.SUPPRESS'),
        "optional-not-documented",
        "--once",
    ),
    "optional-without-help": (OPTIONAL, "import case_store_client\n" + GOOD, "import-error", "case_store_client"),
    "known-args": (
        REFUSED,
        GOOD.replace("parse_args", "parse_known_args"),
        "unknown-accepted",
        f"exit code 0 with the unknown argument {UNKNOWN}, expected exit code 2",
    ),
    "known-args-then-crash": (
        REFUSED,
        GOOD.replace("made.parse_args()", "open(made.parse_known_args()[0].profile)"),
        "traceback",
        "exit code 1",
    ),
    "known-args-then-serves": (
        REFUSED,
        GOOD.replace("parse_args", "parse_known_args") + "import time\ntime.sleep(60)\n",
        "unknown-accepted",
        "still ran when its time was up",
    ),
    "placeholder-refused": (
        REFUSED,
        GOOD.replace("required=True", "required=True, type=int"),
        "argparse-failure",
        "before it came to the unknown one",
    ),
    "required-names-what-was-not-given": (
        REQUIRED,
        FIXED,
        "fixed-refusal",
        f"names {UNKNOWN}, which was not given",
    ),
    "unknown-calls-missing-what-was-given": (
        REFUSED,
        FIXED,
        "fixed-refusal",
        "calls missing what was given: --profile",
    ),
    "refused-without-a-name": (REFUSED, "raise SystemExit(2)", "unknown-not-named", UNKNOWN),
    "unknown-without-module": (REFUSED, None, "module-not-found", "case_mgmt.worker"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_program_is_red(tmp_path: Path, case: str) -> None:
    row_id, source, reason, found = BAD[case]
    judgement = judged(tmp_path, row_id, source)
    assert judgement.reason == reason, judgement.found
    assert found in judgement.found[0]


def test_refusal_that_prints_the_whole_help_holds(tmp_path: Path) -> None:
    """A required option stands in the help as required, whether or not it was given."""
    source = GOOD.replace("required=True", "required=True, help='path (required)'").replace(
        "made.parse_args()", "made.error = lambda said: made.exit(2, made.format_help() + said)\nmade.parse_args()"
    )
    for row_id in (REQUIRED, REFUSED):
        assert judged(tmp_path / row_id, row_id, source) == Judgement("")


def test_options_that_the_contract_does_not_list_are_noted_and_no_more(tmp_path: Path) -> None:
    added = "".join(f"made.add_argument('--more-{letter}', help='see --no-option')\n" for letter in "cab")
    source = GOOD.replace("made.parse_args()", f"{added}made.add_argument('-v', '--verbose')\nmade.parse_args()")
    told = "the help offers what the contract does not list: --more-a, --more-b, --more-c, --verbose"
    assert judged(tmp_path / "more", HELP, source) == Judgement("", notes=(told,))
    many = "".join(f"made.add_argument('--x{number:02}')\n" for number in range(13))
    (note,) = judged(tmp_path / "many", HELP, GOOD.replace("made.parse_args()", f"{many}made.parse_args()")).notes
    assert note.endswith("--x09 and 3 more")
    assert judged(tmp_path / "other", OPTIONAL, source) == Judgement("")  # said once, on the row of the help


def test_options_of_a_subcommand_are_listed_for_its_program(tmp_path: Path) -> None:
    """The help of a program with subcommands may offer what the contract lists for one of them."""
    usage = "print('usage: worker [--profile X] [--event-path X] [--once] [--help]')"
    assert judged(tmp_path, "m1b.run.help[mpr]", usage) == Judgement("")


@pytest.mark.parametrize("usage", ["[--once]", "[-o | --once]"])
def test_option_in_the_usage_is_documented(tmp_path: Path, usage: str) -> None:
    assert judged(tmp_path, OPTIONAL, f"print('usage: worker {usage}')") == Judgement("")


@pytest.mark.parametrize("line", ["  -o, --once  stop", "  --once", "│ --once          stop │", "  -o N, --once N"])
def test_option_with_a_line_of_its_own_is_documented(tmp_path: Path, line: str) -> None:
    assert judged(tmp_path, OPTIONAL, f"print('usage: worker\\n\\noptions:\\n{line}')") == Judgement("")


def test_commands_are_those_of_the_contract() -> None:
    worker, sr = "fraud_detection.case_mgmt.worker", "fraud_detection.scenario_runner.cli"
    mpr, ofs = "fraud_detection.learning_registry.worker", "fraud_detection.offline_feature_plane.worker"
    unknown = "m1b.contract.unknown-refused[{}]"
    expected = {
        HELP: f"{worker} --help",
        REQUIRED: worker,
        OPTIONAL: f"{worker} --help",
        REFUSED: f"{worker} --profile placeholder {UNKNOWN}",
        unknown.format("ofs"): f"{ofs} --profile placeholder run {UNKNOWN}",
        unknown.format("mpr"): f"{mpr} --profile placeholder run {UNKNOWN}",
        unknown.format("sr"): f"{sr} run --wiring placeholder --policy placeholder --run-equivalence-key placeholder "
        "--manifest-fingerprint placeholder --parameter-hash placeholder --seed 0 --window-start 2026-02-22T00:00:00Z "
        f"--window-end 2026-02-22T01:00:00Z {UNKNOWN}",
        "m1b.contract.subcommand-unknown-refused[mpr-promote]": f"{mpr} --profile placeholder promote --event-path "
        f"placeholder {UNKNOWN}",
        "m1b.contract.optional-documented[mpr]": f"{mpr} run --help",
        "m1b.run.help[mpr]": f"{mpr} --help",
    }
    assert {row_id: " ".join(COMMANDS[row_id].argv[2:]) for row_id in expected} == expected


def test_no_process_runs_twice() -> None:
    runner = shared(COMMANDS)
    run = [COMMANDS[row_id] for row_id in dict.fromkeys(runner.values())]
    processes = [(command.argv, tuple(command.files)) for command in run]
    assert len(processes) == len(set(processes))
    assert set(runner) == set(COMMANDS)
    assert all(COMMANDS[row_id].argv == COMMANDS[by].argv for row_id, by in runner.items())
    assert runner[OPTIONAL] == runner[HELP]
    assert runner["m1b.run.subcommand-help[ofs-run]"] == runner["m1b.run.help[ofs]"]
    assert (len(COMMANDS), len(run)) == (106, 74)


def test_evidence_names_the_options_that_a_row_is_about() -> None:
    for row in RUNNING:
        if isinstance(row.row, Entrypoint | Subcommand) and kind_of(row) != "help":
            called = invocation_of(row, CONTRACT)
            done = Completed(row.id, COMMANDS[row.id].argv, 0, None, False, b"", 0, b"", 0, 0.1, 1)
            named = observation(row, CONTRACT, done, "")["options"]
            assert named in (list(called.required), list(called.optional), [UNKNOWN])
            assert named, row.id
