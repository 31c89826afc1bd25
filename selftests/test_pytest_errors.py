"""What pytest prints of wrong usage and of a plugin that broke down repeats no secret."""

import pytest

from selftests.miniature import MODES, Miniature, Run

# Made up, and put together here so that no scanner takes it for real.
KEY_ID = "AKIA" + "Q3WZ7RT5YUIO2PAS"
UNSHAPED = "hunter2-of-the-team"
ADVISORY = "m1a.advisory.base-pinned"
RAISES = """import pytest

@pytest.hookimpl(tryfirst=True)
def {hook}():
    raise RuntimeError("said " + "{first}" + "{rest}")
"""


@pytest.fixture
def suite(miniature: Miniature) -> Miniature:
    """A suite of one check that passes."""
    miniature.add("m1a", f"\n@check('{ADVISORY}')\ndef test_x(record): pass\n")
    return miniature


def broken(suite: Miniature, hook: str, *arguments: str) -> Run:
    """A run with a plugin whose hook raises, with a secret in its message that its source does not hold whole."""
    (suite.root / "saboteur.py").write_text(RAISES.format(hook=hook, first=KEY_ID[:9], rest=KEY_ID[9:]))
    return suite.run("-p", "saboteur", "-m", "m1a", *arguments)


@pytest.mark.parametrize("option", ["--aws", "--engine"])
def test_a_wrong_choice_is_refused_without_its_value(suite: Miniature, option: str) -> None:
    run = suite.run(f"{option}={UNSHAPED}")
    assert run.status == 4
    assert f"{option}: invalid choice (choose from " in run.text
    assert UNSHAPED not in run.text


@pytest.mark.parametrize(
    "argument",
    [f"--api-token={KEY_ID}", f"-n{KEY_ID}", f"tests_m1a/{KEY_ID}.py"],
    ids=["unknown-option", "option-of-another-plugin", "path"],
)
def test_a_refusal_redacts_what_it_repeats(suite: Miniature, argument: str) -> None:
    run = suite.run(argument)
    assert run.status == 4
    assert "[redacted aws-access-key-id]" in run.text
    assert KEY_ID not in run.text


@pytest.mark.parametrize(
    ("hook", "mode"),
    [
        ("pytest_collection_modifyitems", "serial"),
        ("pytest_runtest_logreport", "n2"),
        ("pytest_sessionfinish", "serial"),
    ],
)
def test_a_plugin_that_breaks_down_gives_nothing_away(suite: Miniature, hook: str, mode: str) -> None:
    run = broken(suite, hook, *MODES[mode])
    assert run.status not in (0, 4)
    assert "RuntimeError: said [redacted aws-access-key-id]" in run.text
    assert KEY_ID not in run.text
    assert not run.report_path.exists() or KEY_ID not in run.report_path.read_text()


@pytest.mark.parametrize("hook", ["pytest_unconfigure", "pytest_terminal_summary"])
def test_a_plugin_that_breaks_down_at_the_very_end_gives_nothing_away(suite: Miniature, hook: str) -> None:
    run = broken(suite, hook)
    assert run.status == 3
    assert "Traceback" in run.text
    assert "RuntimeError: said [redacted aws-access-key-id]" in run.text
    assert KEY_ID not in run.text


def test_a_break_down_without_a_secret_is_told_as_it_is(suite: Miniature) -> None:
    (suite.root / "saboteur.py").write_text(RAISES.format(hook="pytest_sessionstart", first="what ", rest="it said"))
    run = suite.run("-p", "saboteur", "-m", "m1a")
    assert run.status == 3
    assert "INTERNALERROR> RuntimeError: said what it said" in run.text
