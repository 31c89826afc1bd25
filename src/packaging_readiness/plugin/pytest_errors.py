"""What pytest itself says of wrong usage and of a plugin that broke down, without what looks like a secret."""

import argparse
import sys
import traceback
from collections.abc import Callable, Generator
from typing import Any

import pytest


class PytestErrors:
    """Registered with the options, because pytest has its say before there is a session of the suite, and after it."""

    def __init__(self) -> None:
        self._config: pytest.Config | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, Any, Any]:
        """Redact wrong usage, and what a plugin raises at the end of a run, where pytest itself catches nothing."""
        self._config = config
        try:
            return (yield)
        except pytest.UsageError as error:
            if not self._ours:
                raise
            raise pytest.UsageError(*(_clean(str(told)) for told in error.args)) from None
        except Exception:
            if not self._ours:
                raise
            sys.stderr.write(_clean(traceback.format_exc()))
            return pytest.ExitCode.INTERNAL_ERROR

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Redact the text before the terminal, a worker's channel and other reports ask for it."""
        if self._ours:
            told = _clean(str(excrepr))
            setattr(excrepr, "toterminal", lambda writer: writer.line(told))  # noqa: B010 - a method of one instance

    @property
    def _ours(self) -> bool:
        from packaging_readiness.plugin.selection import holds_lanes

        return self._config is not None and holds_lanes(self._config.rootpath)


def redact_refusals(parser: pytest.Parser) -> None:
    """Have what argparse refuses told without what looks like a secret: it repeats whatever it was given.

    There is no public way; where pytest changes its own, this does nothing.
    """
    inner = getattr(parser, "optparser", None)
    if isinstance(inner, argparse.ArgumentParser):
        refuse = inner.error
        setattr(inner, "error", lambda message: refuse(_clean(message)))  # noqa: B010 - a method of one instance


def one_of(*choices: str) -> Callable[[str], str]:
    """A type of option: one of these words. A secret that was given instead has no shape to tell it by, so that no
    wrong value is repeated.
    """

    def chosen(given: str) -> str:
        if given not in choices:
            raise argparse.ArgumentTypeError(f"invalid choice (choose from {', '.join(choices)})")
        return given

    return chosen


def _clean(text: str) -> str:
    from packaging_readiness.secrets.redaction import clean

    return clean(text)
