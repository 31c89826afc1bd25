"""Entry point of the pytest plugin: options always, everything else only where the suite's lanes are in sight."""

from typing import Any

import pytest

from packaging_readiness.plugin.options import add_options
from packaging_readiness.plugin.pytest_errors import PytestErrors, redact_refusals

_LANES = {"m1a": "image contract", "m1b": "entrypoints", "m1c": "provenance", "m1d": "secrets", "m1e": "transition"}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the options; nothing else happens until a run is about the lanes."""
    add_options(parser)
    redact_refusals(parser)
    pluginmanager.register(PytestErrors(), "packaging-readiness-pytest-errors")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Start again with the suite's own configuration where pytest took that of the platform under test.

    pytest looks for its root before it knows our options, and takes the value of `--platform-root DIR` for a test path:
    root and configuration would then be the platform's.
    """
    here = config.invocation_params.dir
    lanes_here = all((here / f"tests_{lane}").is_dir() for lane in _LANES)
    chosen = config.option.inifilename is not None or config.option.rootdir is not None
    if chosen or not lanes_here or config.rootpath == here or not (here / "pyproject.toml").is_file():
        return None
    return int(pytest.main(["-c", str(here / "pyproject.toml"), *map(str, config.invocation_params.args)]))


def _leave_our_modules_alone(config: pytest.Config) -> None:
    """Take this package off the list of modules whose assertions pytest rewrites.

    The checks are in the lanes' folders, which pytest rewrites all the same; rewriting the whole package as well would
    double the start-up. There is no public way; where pytest changes its own, this does nothing.
    """
    marked = getattr(config.pluginmanager.rewrite_hook, "_must_rewrite", None)
    if isinstance(marked, set):
        marked.discard("packaging_readiness")
    known = getattr(config.pluginmanager.rewrite_hook, "_marked_for_rewrite_cache", None)
    if isinstance(known, dict):
        known.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Activate the suite when this run is about its lanes: before pytest-json-report reads its options."""
    for lane, title in _LANES.items():
        config.addinivalue_line("markers", f"{lane}: lane M1.{lane[-1].upper()}, {title}")
    _leave_our_modules_alone(config)
    from packaging_readiness.plugin.selection import in_suite

    if in_suite(config):
        from packaging_readiness.plugin import fixtures
        from packaging_readiness.plugin.collection import Collection
        from packaging_readiness.plugin.distribution import Distribution
        from packaging_readiness.plugin.ending import Ending
        from packaging_readiness.plugin.recording import Recording
        from packaging_readiness.plugin.session import SuiteSession

        if not any(str(argument).startswith("-r") for argument in config.invocation_params.args):
            config.option.reportchars = ""  # the verdict stands at the end, and says by reason what is red
        session = SuiteSession(config)
        config.pluginmanager.register(session, SuiteSession.NAME)
        for hooks in (Collection, Distribution, Recording, Ending):
            config.pluginmanager.register(hooks(session), f"packaging-readiness-{hooks.__name__.lower()}")
        config.pluginmanager.register(fixtures, "packaging-readiness-fixtures")
    elif _asked_for(config):
        raise pytest.UsageError(
            f"{_asked_for(config)} is about the suite's lanes, and this run holds none; run pytest from its root"
        )


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """A word to those who run pytest in the folder of a platform that has a contract of this suite, and no tests."""
    if exitstatus != pytest.ExitCode.NO_TESTS_COLLECTED:
        return
    from packaging_readiness.plugin.reference import CONTRACT

    if (config.invocation_params.dir / CONTRACT).is_file():
        how = f"pytest --platform-root DIR --contract DIR/{CONTRACT}"
        terminalreporter.write_line(f"packaging readiness: to check this platform, run in the root of the suite: {how}")


def _asked_for(config: pytest.Config) -> str | None:
    """An option of ours that was given, if any."""
    given = {name: value for name, value in vars(config.option).items() if name.startswith("readiness_")}
    names = [
        name for name, value in given.items() if value is not None and (name, value) != ("readiness_engine", "auto")
    ]
    return "--" + names[0].removeprefix("readiness_").replace("_", "-") if names else None
