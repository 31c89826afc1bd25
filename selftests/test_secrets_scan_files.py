"""Files and archives as the scan meets them: what is opened, how deep, what it tells of them, and what of failures."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import decoding
from packaging_readiness.secrets.model import DEFAULT_SALT, POLICY_ONLY, Finding, ScanError, fingerprint
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import context_of, name_findings, scan_bytes, scan_files, scan_result, scan_stream

TOKEN = expand_example("ghp_{alnum:36}")
LINE = f"token: {TOKEN}\n".encode()


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("a.py", "code"),
        ("d/A.PY", "code"),
        ("a.ipynb", "code"),
        ("a.md", "prose"),
        ("A.TXT", "prose"),
        ("a.md/x.py", "code"),
        ("a.py/x.md", "prose"),
        ("a.py/x", "config"),
        ("a.zip!x.py", "code"),
        ("a.py!x.yaml", "config"),
        ("a.zip!b.zip!x.py", "code"),
        ("a.zip!x.py!content", "config"),
        *((name, "prose") for name in ("LICENSE", "copying", "NOTICE.env", "Readme", "ChangeLog-2", "CHANGES")),
        *((name, "prose") for name in ("x.dist-info/METADATA", "x.dist-info/RECORD", "AUTHORS")),
        ("my-license", "config"),
        ("d.md/", "prose"),
        ("a.env", "config"),
        ("py", "config"),
        ("a.yaml", "config"),
    ],
)
def test_a_name_says_how_bare_values_are_read(path: str, context: str) -> None:
    assert context_of(path) == context


def found(data: bytes, path: str) -> list[tuple[str, int]]:
    """Where something is found in `data`."""
    return [(finding.path, finding.line) for finding in scan_bytes(data, path, layers=POLICY_ONLY)]


def zipped(name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, content)
    return held.getvalue()


def nested(depth: int) -> bytes:
    """A line in so many archives, each in the next."""
    data = LINE
    for _ in range(depth):
        data = gzip.compress(data)
    return data


def test_an_archive_in_an_archive_in_an_archive_is_opened_and_no_deeper() -> None:
    assert found(nested(3), "a") == [("a!content!content!content", 1)]
    with pytest.raises(CannotTell, match="nested deeper than 3") as refused:
        found(nested(4), "a")
    assert refused.value.place == "a!content!content!content"


def test_what_is_found_inside_is_not_counted_again_where_a_tape_stores_it_as_it_is() -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        info = tarfile.TarInfo("x.yaml")
        info.size = len(LINE)
        archive.addfile(info, io.BytesIO(LINE))
    assert found(held.getvalue(), "a.tar") == [("a.tar!x.yaml", 1)]
    other = expand_example("glpat-{alnum:20}").encode()
    both = found(held.getvalue() + b"\n" + other + b"\n", "a.tar")
    assert sorted(path for path, _ in both) == ["a.tar", "a.tar!x.yaml"]


def test_a_secret_in_the_name_of_a_member_is_found() -> None:
    result = scan_stream(io.BytesIO(zipped(f"d/{TOKEN}", b"words\n")), "a.zip", layers=POLICY_ONLY)
    assert {(finding.path, finding.line) for finding in result[0]} >= {(f"a.zip!d/{TOKEN}", 0)}
    assert result[1] == []


def test_of_several_secrets_in_a_name_the_first_is_told() -> None:
    key = expand_example("AKIA{upper:16}")
    for name, rule, value in ((f"{key} {TOKEN}", "aws-access-key-id", key), (f"{TOKEN}-{key}", "github-token", TOKEN)):
        (finding,) = name_findings(["words", name], DEFAULT_SALT, "a!")
        assert (finding.path, finding.line, finding.rule) == (f"a!{name}", 0, rule)
        assert finding.fingerprint == fingerprint(value.encode(), DEFAULT_SALT)


def test_what_is_no_file_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.env").write_bytes(LINE)
    listed = ["folder", "pipe", "gone", "in/../in/a.env", str(tmp_path / "in" / "a.env")]
    result = scan_files(tmp_path, listed, layers=POLICY_ONLY)
    causes = {error.path: error.cause for error in result.errors}
    assert sorted(causes) == sorted(listed)
    assert all("neither" in causes[name] for name in ("folder", "pipe"))
    assert all("outside" in causes[name] for name in listed[3:])
    assert "cannot be read" in causes["gone"]
    assert (result.scanned_files, result.bytes, result.findings) == (5, 0, ())


@pytest.mark.parametrize("becomes", ["pipe", "link"])
def test_a_file_that_is_exchanged_while_it_is_opened_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    path = tmp_path / "a.env"
    path.write_bytes(b"A=1\n")
    (tmp_path / "other").write_bytes(LINE)
    opened = os.open

    def exchanged(name: Any, flags: int) -> int:
        path.unlink()
        if becomes == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to("other")
        return opened(name, flags)

    monkeypatch.setattr(os, "open", exchanged)
    result = scan_files(tmp_path, ["a.env"], layers=POLICY_ONLY)
    monkeypatch.undo()
    assert ([error.path for error in result.errors], result.findings) == (["a.env"], ())


def test_progress_goes_on_from_file_to_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding.windows, "__defaults__", (100, 10))
    for name in "ab":
        (tmp_path / name).write_bytes(b"words\n" * 25)
    told: list[tuple[int, int, int]] = []
    result = scan_files(tmp_path, ["b", "a", "a"], progress=lambda *now: told.append(now), layers=POLICY_ONLY)
    assert told == [(0, 2, 150), (0, 2, 150), (1, 2, 150), (1, 2, 300), (1, 2, 300), (2, 2, 300)]
    assert (result.scanned_files, result.bytes) == (2, 300)


def test_a_secret_in_a_path_is_shown_nowhere() -> None:
    finding = Finding("a", 1, "r", "k", "policy", "f")
    named = Finding(f"d/{TOKEN}", 1, "r", "k", "policy", "f")
    result = scan_result(2, 7, [finding, named, finding], [ScanError(f"e/{TOKEN}", "x"), ScanError("b", "y")])
    assert [each.path for each in result.findings] == ["a", "d/[redacted github-token]"]
    assert [each.path for each in result.errors] == ["b", "e/[redacted github-token]"]
    assert (result.scanned_files, result.bytes) == (2, 7)
    assert scan_result(0, 0, [], [ScanError(TOKEN, "x")]).errors[0].path == "[redacted github-token]"
