"""The scan never fails open: every listed file is read to its last byte, or stands among the errors."""

import base64
import gzip
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.cli import main
from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import archives, decoding
from packaging_readiness.secrets.decoding import windows
from packaging_readiness.secrets.model import ALL_LAYERS, POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes, scan_files

TOKEN = expand_example("ghp_{alnum:36}").encode()
LINE = b"token: " + TOKEN + b"\n"


def _rules(data: bytes, path: str = "x.txt") -> set[str]:
    return {finding.rule for finding in scan_bytes(data, path, layers=POLICY_ONLY)}


def test_a_tree_is_scanned_and_what_was_found_is_sorted(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(b"a: 1\npassword: hunter2\n")
    (tmp_path / "a.txt").write_bytes(b"\n\n" + LINE)
    (tmp_path / "clean.py").write_bytes(b"import os\n")
    steps: list[tuple[int, int, int]] = []
    result = scan_files(
        tmp_path, ["b.yaml", "clean.py", "a.txt"], progress=lambda *step: steps.append(step), layers=ALL_LAYERS
    )
    assert [(finding.path, finding.line) for finding in result.findings] == [("a.txt", 3), ("b.yaml", 2)]
    assert (result.scanned_files, result.bytes, result.errors) == (3, 23 + 2 + len(LINE) + 10, ())
    assert [step[:2] for step in steps] == [(1, 3), (2, 3), (3, 3)]


def test_what_cannot_be_read_is_an_error_and_still_counted(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    listed = ["vanished.txt", "folder", "pipe", "../outside", "/etc/hostname"]
    result = scan_files(tmp_path, listed, layers=POLICY_ONLY)
    assert sorted(error.path for error in result.errors) == sorted(listed)
    assert result.scanned_files == len(listed)
    assert not any(str(tmp_path) in error.cause for error in result.errors)


def test_a_link_is_not_followed_but_its_target_text_is_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("https://svc:" + expand_example("{pw:12}") + "@host/x")
    (tmp_path / "away").symlink_to("/etc/passwd")
    result = scan_files(tmp_path, ["link", "away"], layers=POLICY_ONLY)
    assert [finding.path for finding in result.findings] == ["link"]
    assert result.errors == ()


@pytest.mark.parametrize(
    "comment",
    ["# gitleaks:allow", "# pragma: allowlist secret", "# nosec", "# kingfisher:ignore", "// trufflehog:ignore"],
)
def test_no_inline_comment_switches_anything_off(comment: str) -> None:
    for layers in (POLICY_ONLY, ("breadth",)):
        assert scan_bytes(LINE.rstrip() + b"  " + comment.encode() + b"\n", "x.py", layers=layers)


def test_no_file_in_the_tree_switches_anything_off(tmp_path: Path) -> None:
    names = [".gitleaksignore", ".secrets.baseline", ".kingfisher.yml", ".gitleaks.toml", ".gitignore", "poetry.lock"]
    for name in names:
        (tmp_path / name).write_bytes(b"*\n" + LINE)
    result = scan_files(tmp_path, names)
    assert {finding.path for finding in result.findings} == set(names)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_text_in_this_encoding_is_read(codec: str) -> None:
    text = "# caf\u00e9\n" + "n = 1\n" * 20 + "password: " + expand_example("{pw:12}") + "\n"
    findings = scan_bytes(text.encode(codec), "x.yaml", layers=POLICY_ONLY)
    assert [finding.line for finding in findings] == [22]


def test_a_token_inside_a_binary_file_is_found_and_loose_words_there_are_not() -> None:
    noise = bytes(range(256)) * 40
    assert _rules(noise + TOKEN + noise, "x.bin") == {"github-token"}
    assert _rules(noise + b"\npassword=abc123def\n" + noise, "x.bin") == set()
    assert _rules(noise + b"\n'svc/kR7#pq92Lm@db:1521/x'\n" + noise, "x.bin") == set()


def test_a_literal_beside_its_name_inside_a_binary_file_is_found() -> None:
    noise = bytes(range(256)) * 40
    assert _rules(noise + b'\0DB_PASSWORD="kR7#pq92Lm!x"\0' + noise, "x.bin") == {"assigned-quoted"}
    assert _rules(noise + b'\0DB_PASSWORD="kR7\0#pq92Lm!x"\0' + noise, "x.bin") == set()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"DB_PASSWORD=kR7#pq92Lm!x\n\0", 1),
        (b"DB_PASSWORD=kR7#pq92Lm!x\n\1\2\3", 1),
        (b"\0" * 400 + b"\nDB_PASSWORD=kR7#pq92Lm!x\n", 2),
        (b"A=1\0DB_PASSWORD=kR7#pq92Lm!x\0B=2\0", 1),
        ("# caf\u00e9 \0\0\0\0\0\n\nDB_PASSWORD=kR7#pq92Lm!x\n".encode(), 3),
    ],
    ids=["one-nul", "few-signs", "padding", "environment", "not-ascii"],
)
def test_control_characters_hide_no_password(data: bytes, line: int) -> None:
    assert [finding.line for finding in scan_bytes(data, "b.env", layers=POLICY_ONLY)] == [line]


def test_a_scan_of_no_file_at_all_could_not_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("empty", "other", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "a.txt").write_text("a\n")
    empty, other, full = (str(tmp_path / name) for name in ("empty", "other", "full"))
    assert main(["scan-secrets", empty, other]) == 2
    assert capsys.readouterr().out.count("holds no file") == 2
    assert main(["scan-secrets", empty, full]) == 0
    assert "1 files, 2 bytes, 0 findings, 0 errors" in capsys.readouterr().out


def test_base64_is_looked_into_once() -> None:
    once = base64.b64encode(b"some config text\n" + LINE)
    assert "github-token" in _rules(b"blob: " + once)
    wrapped = b"\n".join(once[at : at + 40] for at in range(0, len(once), 40))
    assert "github-token" in _rules(b"blob: |\n" + wrapped)
    assert _rules(b"blob: " + base64.b64encode(once)) == set()
    assert _rules(b"blob: " + base64.b64encode(b"some config text\n" * 9)) == set()


def _zip(name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def _tar(name: str, content: bytes, mode: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


@pytest.mark.parametrize(
    ("path", "data", "inside"),
    [
        ("a.whl", _zip("p/x.yaml", LINE), "a.whl!p/x.yaml"),
        ("a.tar", _tar("x.yaml", LINE, "w"), "a.tar!x.yaml"),
        ("a.tgz", _tar("x.yaml", LINE, "w:gz"), "a.tgz!content!x.yaml"),
        ("a.tar.xz", _tar("x.yaml", LINE, "w:xz"), "a.tar.xz!content!x.yaml"),
        ("a.bz2", _tar("x.yaml", LINE, "w:bz2"), "a.bz2!content!x.yaml"),
        ("a.gz", gzip.compress(LINE, mtime=0), "a.gz!content"),
        ("a.zip", _zip("b.zip", _zip("x.yaml", LINE)), "a.zip!b.zip!x.yaml"),
        ("misnamed.txt", _zip("x.yaml", LINE), "misnamed.txt!x.yaml"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,
)
def test_an_archive_is_opened(path: str, data: bytes, inside: str) -> None:
    assert [finding.path for finding in scan_bytes(data, path, layers=POLICY_ONLY)] == [inside]


def test_what_follows_an_archive_in_the_same_file_is_read_too() -> None:
    assert {f.path for f in scan_bytes(_zip("x", b"clean") + LINE, "a.zip", layers=POLICY_ONLY)} == {"a.zip"}


def _nested(depth: int) -> bytes:
    data = LINE
    for _ in range(depth):
        data = _zip("x.zip", data)
    return data


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (_zip("x", LINE)[:-30], "BadZipFile"),
        (gzip.compress(LINE * 40, mtime=0)[:-20], "EOFError"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7-Zip"),
        (b"\x28\xb5\x2f\xfd" + bytes(40), "zstd"),
        (_nested(archives.MAX_DEPTH + 1), "nested deeper"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,
)
def test_an_archive_that_cannot_be_opened_is_an_error(tmp_path: Path, data: bytes, cause: str) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    result = scan_files(tmp_path, ["a.bin"], layers=POLICY_ONLY)
    assert len(result.errors) == 1
    assert cause in result.errors[0].cause
    with pytest.raises(CannotTell, match=cause):
        scan_bytes(data, "a.bin", layers=POLICY_ONLY)


def test_an_archive_that_expands_beyond_the_bounds_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1 << 20)
    scan_bytes(_zip("x", bytes(1 << 19)), "a.zip", layers=POLICY_ONLY)
    with pytest.raises(CannotTell, match="expands to more"):
        scan_bytes(_zip("x", bytes(1 << 21)), "a.zip", layers=POLICY_ONLY)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 0)
    with pytest.raises(CannotTell, match="archive members"):
        scan_bytes(_zip("x", b""), "a.zip", layers=POLICY_ONLY)


@given(data=st.binary(max_size=400), window=st.integers(1, 90), overlap=st.integers(1, 60))
def test_windows_share_out_every_byte_exactly_once(data: bytes, window: int, overlap: int) -> None:
    # A leading letter keeps the sample from being taken for UTF-16.
    data = b"plain:" + data.replace(b"\0", b"0")
    rebuilt = b""
    for piece in windows(io.BytesIO(data), window, overlap):
        assert piece.line == 1 + data.count(b"\n", 0, data.rfind(piece.data) if piece.whole else 0) or not piece.whole
        rebuilt += piece.data[piece.first : piece.last]
    assert rebuilt == data


@given(before=st.integers(0, 3000))
def test_a_secret_across_a_window_border_is_found_whole_and_once(before: int) -> None:
    data = b"x\n" * before + LINE + b"y\n" * 700
    seen = []
    for piece in windows(io.BytesIO(data), 1024, 512):
        at = piece.data.find(TOKEN)
        if at >= 0 and piece.first <= at < piece.last:
            seen.append(piece.line + piece.data.count(b"\n", 0, at))
    assert seen == [before + 1]


def test_a_file_of_many_windows_is_read_to_its_last_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filler = b"some words that mean nothing\n" * 40_000
    (tmp_path / "big.log").write_bytes(filler + LINE + filler + LINE)
    monkeypatch.setattr(decoding.windows, "__defaults__", (1 << 18, 1 << 12))
    result = scan_files(tmp_path, ["big.log"])
    assert [finding.line for finding in result.findings] == [40_001, 80_002]
    assert result.bytes == 2 * len(filler) + 2 * len(LINE)


def test_one_endless_line_is_read() -> None:
    assert "github-token" in _rules(b"a" * 300_000 + b" " + LINE)


def test_importing_the_room_loads_no_engine_and_the_policy_layer_needs_no_kingfisher() -> None:
    program = (
        "import sys\n"
        "from packaging_readiness.secrets import names, pairs, redaction, scan\n"
        "assert not {'re2', 'kingfisher_sdk', 'yaml'} & set(sys.modules), 'loaded at import'\n"
        "sys.modules['kingfisher_sdk'] = None\n"
        "assert scan.scan_bytes(b'password: hunter2\\n', 'x.yaml', layers=('policy',))\n"
        "try:\n"
        "    scan.scan_bytes(b'', 'x')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("CannotTell")
    assert "kingfisher_sdk is not installed" in done.stdout


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "| password | user |\n" + "-" * 4000 + "|x\n"),
        ("a.sql", "insert into t (password, b) values (" + " " * 4000 + "x"),
        ("a.sql", "insert into t (password, b) values ('" + "''" * 4000),
        ("a.sql", "insert into t (password, b) values (" * 400),
        ("a.sql", "insert into t (password, b) values (1, " * 400),
    ],
)
def test_no_table_keeps_the_scan(path: str, text: str) -> None:
    assert not scan_bytes(text.encode(), path, layers=POLICY_ONLY)
