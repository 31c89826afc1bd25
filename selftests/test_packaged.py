"""The image of a run: what is remembered of it for all checks."""

import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.packaged import ImageSource


def test_a_remembered_error_does_not_grow_with_each_check_that_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Any = SimpleNamespace(engine="podman", image=None, cache=tmp_path, contract=None)
    platform: Any = None
    source = ImageSource(settings, platform, print)

    def failing(_: str) -> None:
        raise CannotTell("podman", "no engine answers")

    monkeypatch.setattr("packaging_readiness.plugin.packaged.detect", failing)
    told = []
    for _ in range(4):
        with pytest.raises(CannotTell) as caught:
            source.get()
        told.append([frame.name for frame in traceback.extract_tb(caught.value.__traceback__)])
    assert "_obtain" in told[-1]
    assert len(told[-1]) == len(told[1])
