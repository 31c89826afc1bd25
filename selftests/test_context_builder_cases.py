"""Labelled cases measured with a real BuildKit: which files it was sent, and which arrived in the image."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.checkout.context import Context, resolve_context
from packaging_readiness.checkout.copies import resolve_copies, view
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused

DATA = Path(__file__).parent / "data"
IGNORES = json.loads((DATA / "buildkit_dockerignore_cases.json").read_text(encoding="utf-8"))
COPIES = json.loads((DATA / "buildkit_copy_cases.json").read_text(encoding="utf-8"))


def lay_out(root: Path, tree: dict[str, Any]) -> Path:
    for name in tree["files"]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    for name, target in tree["links"].items():
        (root / name).symlink_to(target)
    for name in tree["empty_dirs"]:
        (root / name).mkdir(parents=True, exist_ok=True)
    return root


@pytest.fixture(scope="module")
def ignore_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("ignores"), IGNORES["tree"])


@pytest.fixture(scope="module")
def copy_context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    root = lay_out(tmp_path_factory.mktemp("copies"), COPIES["tree"])
    return resolve_context(root, root / "Dockerfile")


@pytest.mark.parametrize("case", IGNORES["cases"], ids=lambda case: case["id"])
def test_context_is_what_the_builder_was_sent(case: dict[str, Any], ignore_root: Path, tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.with_name("Dockerfile.dockerignore").write_bytes(base64.b64decode(case["dockerignore_b64"]))
    if case["refused"]:
        with pytest.raises(InputRefused):
            resolve_context(ignore_root, dockerfile)
        return
    context = resolve_context(ignore_root, dockerfile)
    assert list(context.files) == sorted(case["context"])
    everything = [*IGNORES["tree"]["files"], *IGNORES["tree"]["links"]]
    assert sorted(path for path in everything if context.would_enter(path)) == list(context.files)


@pytest.mark.parametrize("case", COPIES["cases"], ids=lambda case: case["id"])
def test_copies_land_where_the_builder_put_them(case: dict[str, Any], copy_context: Context) -> None:
    dockerfile = parse(case["dockerfile"].encode(), "Dockerfile")
    if case["refused"]:
        with pytest.raises(InputRefused, match=r"^Dockerfile:\d+: "):
            resolve_copies(dockerfile, copy_context, {})
        return
    shown = view(copy_context, resolve_copies(dockerfile, copy_context, {}))
    assert sorted({row["dest"] for row in shown["copied"]}) == sorted(case["image_files"])


def test_case_files_hold_refusals_and_acceptances() -> None:
    for loaded in (IGNORES, COPIES):
        refused = [bool(case["refused"]) for case in loaded["cases"]]
        assert any(refused)
        assert not all(refused)
