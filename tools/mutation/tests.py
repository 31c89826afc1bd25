"""The tests in this process: collected once, and run from there one by one."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = 25  # of a property: what a mutant breaks is mostly seen at once


class InSession:
    """A pytest plugin that does some work in place of running the collected tests."""

    def __init__(self, work: Callable[[pytest.Session], None]) -> None:
        self._work = work
        self.done = False

    def pytest_configure(self) -> None:
        """The same examples each time, and no time spent on making a failure smaller."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "mutants", max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=phases
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work."""
        if not session.testsfailed:
            for item in session.items:
                _fewer_examples(item)
            self._work(session)
            self.done = True
        return True


def _fewer_examples(item: pytest.Item) -> None:
    """Let a property that asks for more examples than others make do with as many as these."""
    from hypothesis import settings

    test = getattr(item, "obj", None)
    own = getattr(test, "_hypothesis_internal_use_settings", None)
    if own is not None and own.max_examples > EXAMPLES:
        vars(test)["_hypothesis_internal_use_settings"] = settings(own, max_examples=EXAMPLES)


def collect(paths: Sequence[Path], work: Callable[[pytest.Session], None]) -> bool:
    """Collect the tests in some files, and work with the session. Whether it came to that."""
    plugin = InSession(work)
    pytest.main(["-qq", "-s", "-p", "no:cacheprovider", *map(str, paths)], plugins=[plugin])
    return plugin.done


def use_folder(session: pytest.Session, folder: Path) -> None:
    """Let the temporary folders of the tests lie below `folder`."""
    factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
    factory._basetemp = folder
    os.environ["TMPDIR"] = str(folder)


def failures(item: pytest.Item, following: pytest.Item | None) -> list[str]:
    """Run one test; what failed in it."""
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, log=False, nextitem=following)
    return [f"{report.nodeid} ({report.when})\n{report.longreprtext}" for report in reports if not report.passed]


def in_turn(items: Sequence[pytest.Item]) -> list[tuple[pytest.Item, pytest.Item | None]]:
    """Each test with the one that follows, which says what of its surroundings can stay."""
    return list(zip(items, [*items[1:], None], strict=True))
