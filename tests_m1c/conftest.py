"""The second look at the tag comes last of all checks, whichever lanes run with it."""

import pytest

from packaging_readiness.plugin.check import ATTRIBUTE

_LAST = "m1c.mismatch.tag-resolved-again"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move it to the end; the others keep their order."""
    items.sort(key=lambda item: getattr(getattr(item, "function", None), ATTRIBUTE, None) == _LAST)
