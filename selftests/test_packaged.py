"""The image of a run: what is remembered of it for all checks."""

import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.packaged import ImageSource


def test_a_remembered_error_does_not_grow_with_each_check_that_asks(tmp_path: Path) -> None:
    settings: Any = SimpleNamespace(engine="podman", image=None, cache=tmp_path, contract=None)
    platform: Any = None
    source = ImageSource(settings, platform, print)
    vars(source)["_error"] = CannotTell("podman build", "failed")
    lengths = []
    for _ in range(3):
        with pytest.raises(CannotTell) as caught:
            source.get()
        lengths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert lengths == [2, 2, 2]
