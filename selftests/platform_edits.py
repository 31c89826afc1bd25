"""Ways to change a checkout of the reference platform; each fails where it no longer fits the platform."""

import json
from collections.abc import Callable
from pathlib import Path

from selftests.main_job import RUN_ID

Change = Callable[[Path], None]


def replace(path: str, *pairs: tuple[str, str]) -> Change:
    """Replace texts that stand in a file exactly once: a break that no longer fits the platform must not pass."""

    def change(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        (root / path).write_text(text, encoding="utf-8")

    return change


def append(path: str, text: str) -> Change:
    """Add lines to the end of a file."""

    def change(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return change


def both(*changes: Change) -> Change:
    """Several changes that make one fault."""

    def change(root: Path) -> None:
        for one in changes:
            one(root)

    return change


def write_run_json(root: Path) -> None:
    """run.json of the run under test, made for another image."""
    path = root / "evidence" / "runs" / RUN_ID / "run.json"
    path.parent.mkdir(parents=True)
    other = {"image_tag": "git-" + "0" * 40, "image_digest": "sha256:" + "0" * 64, "git_sha": "0" * 40}
    path.write_text(json.dumps(other), encoding="utf-8")


def write_key_pair(root: Path) -> None:
    """An invented key pair of the well-known form, in a profile that the image takes in."""
    key = "AKIA" + "Q3EGVNXW" + "7RZLT2KD"
    secret = "h7Kq2ZtV9xLw" + "P4sNf8RbYc1D" + "mJ6gTe3UoAiXvE5k"
    text = f"aws_access_key_id: {key}\naws_secret_access_key: {secret}\n"
    append("config/platform/profiles/dev_full.yaml", text)(root)
