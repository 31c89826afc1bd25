"""Options that make no sense are refused before anything runs: exit status 4, with what is wrong and how to mend it."""

from pathlib import Path

import pytest

from selftests.miniature import Miniature, Run

WAIVER = "waivers:\n- {check: CHECK, owner: a, reason: b, expires: EXPIRES}\n"
ADVISORY = "m1a.advisory.base-pinned"


@pytest.fixture
def suite(miniature: Miniature) -> Miniature:
    """A suite whose one check tells that it ran."""
    miniature.add("m1a", f"\n@check('{ADVISORY}')\ndef test_x(record): open('ran', 'w').close()\n")
    return miniature


def refused(suite: Miniature, run: Run, told: str) -> None:
    """The run was wrong usage, said so without a traceback, and ran nothing."""
    assert run.status == 4, run.text
    assert told in run.text
    assert "Traceback" not in run.text
    assert "inifile: " in run.text or str(suite.root) not in run.text.replace(f"rootdir: {suite.root}", "")
    assert not (suite.root / "ran").exists()
    assert run.report is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--written-at=yesterday",), "--written-at: 'yesterday' is not UTC"),
        (("--written-at=2026-02-30T25:00:00Z",), "is not UTC"),
        (("--written-at=2026-02-22T19:48:49+00:00",), "is not UTC"),
        (("--written-at=",), "is not UTC"),
        (("--platform-root=",), "--platform-root: is empty"),
        (("--image=",), "--image: is empty"),
        (("--contract=",), "--contract: is empty"),
        (("--evidence=",), "--evidence: is empty"),
        (("--written-at=2999-01-01T00:00:00Z",), "is still to come by this machine's clock"),
        (("--platform-run-id=a/b",), "--platform-run-id: 'a/b' is not a run id"),
        (("--platform-run-id=../x",), "is not a run id"),
        (("--platform-run-id=ab",), "is not a run id"),
        (("--platform-run-id=" + "a" * 101,), "is not a run id"),
        (("--platform-run-id=abc\n",), "is not a run id"),
        (("--platform-root=nowhere",), "--platform-root: 'nowhere' is not a directory"),
        (("--platform-root=pyproject.toml",), "is not a directory"),
        (("--contract=nowhere.yaml",), "nowhere.yaml: is neither a packaged contract nor a file"),
        (("--contract=dev_small",), "dev_small: is neither a packaged contract nor a file"),
        (("--contract=fixtures",), "fixtures: cannot be read: Is a directory"),
        (("--waivers=nowhere.yaml",), "nowhere.yaml: cannot be read"),
        (("--engine=rkt",), "--engine: invalid choice"),
        (("--aws=maybe",), "--aws: invalid choice"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_malformed_option_is_refused(suite: Miniature, arguments: tuple[str, ...], told: str) -> None:
    refused(suite, suite.run(*arguments), told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema: 1\nname: [\n", "own.yaml:3: is not YAML"),
        ("schema: 1\nname: own\nextends: dev_full\nimage:\n  colour: red\n", "own.yaml:5: image"),
        ("schema: 1\nname: own\nextends: never\n", "own.yaml:3: extends: extends 'never'; packaged"),
        ("- 1\n", "own.yaml:1: a mapping is needed"),
        ("", "own.yaml:1: a mapping is needed"),
    ],
)
def test_a_malformed_contract_is_refused_with_its_line(suite: Miniature, text: str, told: str) -> None:
    (suite.root / "own.yaml").write_text(text)
    refused(suite, suite.run("--contract=own.yaml"), told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("waivers:\n- {check: a, owner: b, reason: c}\n", "waivers.yaml:2: waivers[0]"),
        ("waivers: all\n", "waivers.yaml:1: waivers"),
        ("waivers:\n- {check: a, owner: '', reason: c, expires: 2026-03-31}\n", "waivers.yaml:2: "),
        (WAIVER.replace("CHECK", ADVISORY).replace("EXPIRES", "'soon'"), "expires is a day like 2026-03-31"),
        (
            WAIVER.replace("CHECK", "m1a.payload.default-deny").replace("EXPIRES", "'2026-03-31'"),
            "m1a.payload.default-deny is S1; only S3 advisories can be waived",
        ),
        (
            WAIVER.replace("CHECK", "'m1b.run.help[sr]'").replace("EXPIRES", "'2026-03-31'"),
            "only S3 advisories can be waived",
        ),
        ("exceptions: []\n", "waivers.yaml:1: "),
    ],
)
def test_a_malformed_waivers_file_is_refused(suite: Miniature, text: str, told: str) -> None:
    (suite.root / "waivers.yaml").write_text(text)
    refused(suite, suite.run("--waivers=waivers.yaml"), told)


@pytest.mark.parametrize("value", ["", "now", "-1", "1.5", "9" * 12, "\u0661"])
def test_a_malformed_source_date_epoch_is_refused(suite: Miniature, value: str) -> None:
    suite.environment["SOURCE_DATE_EPOCH"] = value
    refused(suite, suite.run(), "SOURCE_DATE_EPOCH: is not a number of seconds")


@pytest.mark.parametrize("argument", ["--written-at=never", "--contract=nowhere.yaml", "--blocker=never"])
def test_workers_do_not_start_for_what_is_refused(suite: Miniature, mode: tuple[str, ...], argument: str) -> None:
    run = suite.run(argument, *mode)
    refused(suite, run, argument.partition("=")[2])
    assert "bringing up nodes" not in run.text


def test_time_and_run_id_come_from_the_options_or_the_environment(suite: Miniature, mode: tuple[str, ...]) -> None:
    suite.environment["SOURCE_DATE_EPOCH"] = "0"
    assert identity(suite.run("-m", "m1a", *mode)) == ("platform_19700101T000000Z", "1970-01-01T00:00:00Z")
    given = ("--written-at=2026-02-22T19:48:49Z", "--platform-run-id=platform_x")
    assert identity(suite.run("-m", "m1a", *given, *mode)) == ("platform_x", "2026-02-22T19:48:49Z")


def identity(run: Run) -> tuple[str, str]:
    """Run id and time of the report."""
    assert run.report is not None
    found = run.report["readiness"]["identity"]
    return found["platform_run_id"], found["written_at_utc"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_an_output_that_is_taken_is_refused(suite: Miniature, kind: str) -> None:
    taken = suite.root / "out"
    if kind == "folder":
        taken.mkdir()
        (taken / "evidence").write_text("of another run")
    else:
        taken.write_text("of another run")
    refused(suite, suite.run("--evidence-out=out"), "out: already exists and is not empty")
    assert (taken / "evidence" if kind == "folder" else taken).read_text() == "of another run"


def test_an_empty_output_folder_is_taken(suite: Miniature, mode: tuple[str, ...]) -> None:
    (suite.root / "out").mkdir()
    assert suite.run("--check", ADVISORY, "--evidence-out=out", *mode).status == 0
    assert list((suite.root / "out").rglob("bundle_manifest.json"))


def test_a_platform_that_is_no_git_checkout_is_refused(suite: Miniature) -> None:
    (suite.root / "platform").mkdir()
    refused(suite, suite.run("--platform-root=platform"), "is not the top folder of a git checkout")


def test_a_platform_whose_repository_is_broken_decides_nothing(suite: Miniature, mode: tuple[str, ...]) -> None:
    (suite.root / "platform" / ".git").mkdir(parents=True)
    run = suite.run("-m", "m1a", "--platform-root=platform", *mode)
    assert run.status == 1
    assert "Traceback" not in run.text
    assert run.verdict.startswith("M1: not decided")


def test_a_platform_with_its_own_pytest_configuration_cannot_take_the_run_over(
    suite: Miniature, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """pytest takes the folder after an option that it does not know yet for its own root."""
    platform = tmp_path / "platform"
    (platform / ".git").mkdir(parents=True)
    (platform / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    run = suite.run("--platform-root", str(platform), "-m", "m1a", *mode)
    assert (suite.root / "ran").exists()
    assert run.status == 1


def test_a_waived_advisory_holds_and_is_told(suite: Miniature, mode: tuple[str, ...]) -> None:
    suite.whole()
    (suite.root / "tests_m1a" / "test_added.py").unlink()
    source = suite.root / "tests_m1a" / "test_lane.py"
    body = "def test_m1a_advisory_base_pinned(replay):\n    "
    source.write_text(source.read_text().replace(f"{body}pass", f"{body}raise CheckFailed('no')"))
    (suite.root / "waivers.yaml").write_text(WAIVER.replace("CHECK", ADVISORY).replace("EXPIRES", "'2026-03-31'"))
    given = ("--waivers=waivers.yaml", *mode)
    run = suite.run("--written-at=2026-03-31T23:59:59Z", *given)
    assert (run.status, run.verdict.startswith("M1: PASS")) == (0, True)
    assert "1 waived" in run.text
    late = suite.run("--written-at=2026-04-01T00:00:00Z", *given)
    assert (late.status, late.verdict.startswith("M1: FAIL")) == (1, True)
    assert f"{ADVISORY}: expired on 2026-03-31" in late.text
