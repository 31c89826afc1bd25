"""The receipt of a publication: what it says of the bucket and of what lies there, and how it is written."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.evidence.publish import Published
from packaging_readiness.evidence.publish_receipt import Posture, posture, receipt, write_receipt
from selftests.test_publish_edges import MANIFEST, PLAN, entry


class Protected:
    """A bucket whose protection is as it is told to be; an exception is raised."""

    def __init__(self, versioning: Any, lock: Any) -> None:
        self.versioning, self.object_lock = (lambda: given(versioning)), (lambda: given(lock))


def given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


DENIED = CannotTell("s3://evidence-bucket/", "access denied", "ask")


@pytest.mark.parametrize(
    ("versioning", "lock", "expected", "notes"),
    [
        ("Enabled", "COMPLIANCE", ("Enabled", "COMPLIANCE"), []),
        (None, "Enabled", (None, "Enabled"), ["who may write may replace"]),
        ("Suspended", "Enabled", ("Suspended", "Enabled"), ["who may write may replace"]),
        ("Enabled", None, ("Enabled", None), ["who may delete may remove"]),
        (DENIED, "Enabled", (None, "Enabled"), ["versioning of the bucket is not known: access denied"]),
        ("Enabled", DENIED, ("Enabled", None), ["Object Lock of the bucket is not known: access denied"]),
        (DENIED, None, (None, None), ["versioning of the bucket is not known", "who may delete may remove"]),
    ],
)  # fmt: skip
def test_a_lack_of_protection_is_a_note(versioning: Any, lock: Any, expected: Any, notes: list[str]) -> None:
    bucket: Any = Protected(versioning, lock)
    found = posture(bucket)
    assert (found.versioning, found.object_lock, len(found.notes)) == (*expected, len(notes))
    assert [word in note for word, note in zip(notes, found.notes, strict=True)] == [True] * len(notes)


def test_the_receipt_says_what_lies_where_and_not_who_put_it() -> None:
    published = Published(PLAN, (entry("a.json"), entry(MANIFEST, "present")), ())
    content = receipt(published, Posture("Enabled", None, ("a note",)), "FAIL")
    assert content == {
        "object": "publish_receipt",
        "object_version": 1,
        "platform_run_id": "run_1",
        "verdict": "FAIL",
        "bucket": "evidence-bucket",
        "prefix": "p/",
        "versioning": "Enabled",
        "object_lock": None,
        "notes": ["a note"],
        "objects": [
            {"name": name, "key": f"p/{name}", "size": 2, "sha256": "sha256:0", "version_id": None}
            for name in ("a.json", MANIFEST)
        ],
    }


def test_a_receipt_is_written_whole_and_replaces_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(b"older")
    path.chmod(0o600)
    before = os.umask(0o077)
    try:
        write_receipt(path, {"b": 1, "a": 2})
    finally:
        os.umask(before)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b'{"a":2,"b":1}\n', 0o644)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(CannotTell, match="cannot be written") as told:
        write_receipt(tmp_path / "nowhere" / "receipt.json", {})
    assert told.value.place == "receipt.json"
