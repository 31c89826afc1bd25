"""Kinds of files and of entries in them: what is opened, what has no content, and what is refused."""

import gc
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import decoding, layers, scan
from packaging_readiness.secrets.breadth import find
from packaging_readiness.secrets.matcher import decode_text
from packaging_readiness.secrets.model import POLICY_ONLY, Layer
from packaging_readiness.secrets.names import credential_strength
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes, scan_files
from packaging_readiness.secrets.values import looks_random

VALUE = expand_example("{pw:14}")
TOKEN = expand_example("ghp_{alnum:36}")
LINE = f"DB_PASSWORD={VALUE}\n"


def lines_found(text: str, path: str) -> list[int]:
    return [finding.line for finding in scan_bytes(text.encode(), path, layers=POLICY_ONLY)]


def tape(*entries: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    held.seek(0)
    return held


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_folders_and_links_in_an_archive_have_no_content_and_end_nothing() -> None:
    folder, link = entry("d/", tarfile.DIRTYPE), entry("l", tarfile.SYMTYPE, "d")
    data = tape((folder, b""), (link, b""), (entry("d/x.env"), LINE.encode())).getvalue()
    assert [finding.path for finding in scan_bytes(data, "a.tar", layers=POLICY_ONLY)] == ["a.tar!d/x.env"]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.mkdir("d") if hasattr(archive, "mkdir") else archive.writestr("d/", "")
        archive.writestr("d/x.env", LINE)
    found = scan_bytes(held.getvalue(), "a.zip", layers=POLICY_ONLY)
    assert "a.zip!d/x.env" in {finding.path for finding in found}


def test_an_encrypted_archive_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x.env", "nothing\n")
    data = bytearray(held.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    with pytest.raises(CannotTell, match="an encrypted archive cannot be read"):
        scan_bytes(bytes(data), "a.zip", layers=POLICY_ONLY)


def test_folders_of_a_layer_are_no_files_and_a_links_target_is_read() -> None:
    target = f"https://svc:{VALUE}@host/x"
    layer = tape((entry("app/", tarfile.DIRTYPE), b""), (entry("app/l", tarfile.SYMTYPE, target), b""))
    result = layers.scan_layers([layer], engines=POLICY_ONLY)
    assert (result.scanned_files, [finding.path for finding in result.findings]) == (1, ["image:/app/l"])


def test_a_layer_of_too_many_entries_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "MAX_FILES", 2)
    entries = [(entry(f"f{number}"), b"x") for number in range(3)]
    assert layers.scan_layers([tape(*entries[:2])], engines=POLICY_ONLY).errors == ()
    (error,) = layers.scan_layers([tape(*entries)], engines=POLICY_ONLY).errors
    assert (error.path, error.cause) == ("image:/(added layer 0)", "more than 2 entries")


def test_a_secret_in_a_name_is_found_and_the_name_is_shown_without_it(tmp_path: Path) -> None:
    (tmp_path / f"{TOKEN}.txt").write_text(LINE)
    found = scan_files(tmp_path, [f"{TOKEN}.txt"], layers=POLICY_ONLY).findings
    assert [(finding.path, finding.line) for finding in found] == [("[redacted github-token].txt", 0)] + [
        ("[redacted github-token].txt", 1)
    ] * (len(found) - 1)
    (error,) = scan_files(tmp_path, [f"gone-{TOKEN}"], layers=POLICY_ONLY).errors
    assert TOKEN not in error.path


@pytest.mark.parametrize("layer", ["policy", "breadth"])
def test_a_secret_where_two_windows_overlap_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: Layer
) -> None:
    monkeypatch.setattr(decoding.windows, "__defaults__", (4096, 1024))
    for before in (3000, 3500, 4000):
        (tmp_path / "x.log").write_text("words\n" * (before // 6) + f"token {TOKEN}\n" + "words\n" * 900)
        found = scan_files(tmp_path, ["x.log"], layers=[layer]).findings
        assert {finding.line for finding in found} == {before // 6 + 1}
        assert len(found) == 1


def test_parsing_leaves_a_collector_that_was_off_switched_off() -> None:
    gc.disable()
    try:
        assert lines_found(f"db:\n  password: {VALUE}\n", "x.yaml") == [2]
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert lines_found(f"db:\n  password: {VALUE}\n", "x.yaml") == [2]
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("x.jsonl", '{"a": 1}\n\n{"password": "VALUE"}\n', [3]),
        ("x.ndjson", '{"a": 1}\n\n{"a": 2}\n', []),
        ("x.json", '{"cells": [null, true, {"source": ["password = \\"VALUE\\"", "x"]}]}', [1]),
        ("x.yaml", "kind: Secret\ndata:\n  a: {b: c}\n  password: not base64!\nstringData:\n  x: VALUE\n", [4, 6]),
        ("x.yaml", "command:\n- [a]\n- --password\n- VALUE\n", [4]),
        ("x.yaml", "command:\n- --password\n- [a]\n- Zebra9!Zebra\n", []),
        ("x.sql", "INSERT INTO u (login, password) values ('a', 'VALUE'), ('b', 'Zebra9!Zebra');\n", [1, 1]),
        ("x.sql", "INSERT INTO u (login, password) values ('a', 'VALUE", []),
        ("x.env", f"DB_PASSWORD={'correct horse battery staple 9'}\n", [1]),
    ],
    ids=["rows", "clean-rows", "notebook", "kubernetes", "list-in-list", "flag-then-list", "insert", "cut", "words"],
)
def test_what_stands_in_this_structure_is_judged_by_its_place(path: str, text: str, lines: list[int]) -> None:
    assert lines_found(text.replace("VALUE", VALUE), path) == lines


def test_base64_is_read_however_its_lines_are_wrapped() -> None:
    text = base64_of(f"# settings\n{LINE}")
    for width in range(24, 64):
        wrapped = "\n".join(text[at : at + width] for at in range(0, len(text), width))
        assert decode_text(wrapped.encode()) == f"# settings\n{LINE}".encode(), width
    assert decode_text(base64_of("\x01\x02\x03\x04\x05").encode()) == b""


def base64_of(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def test_a_token_inside_a_longer_run_is_none_of_the_breadth_layers() -> None:
    assert [hit.value for hit in find(f"x {TOKEN} y".encode())] == [TOKEN.encode()]
    assert not list(find(f"QUJD{TOKEN}QUJD".encode()))


def test_a_password_that_occurs_nowhere_as_it_is_stands_on_the_first_line() -> None:
    assert scan._line_of(b"a\nb\n", b"never there") == 1
    assert scan._line_of(b"a\nthere\n", b'"an" there') == 2


@pytest.mark.parametrize(
    ("name", "strength"),
    [("dbpwd", "password"), ("PWD", "password"), ("pwd_hint", None), ("next_token", None), ("ci_token", "secret")],
)
def test_what_a_name_says_of_its_value(name: str, strength: str | None) -> None:
    assert credential_strength(name) == strength


@pytest.mark.parametrize(
    ("value", "random"),
    [
        ("QmWpXzRtYkLsNvBcHgFdJqZx", True),
        ("AbstractSingletonProxyFactory", False),
        ("qwmzpxrtykLs" * 2, False),
        ("4821907365918274", True),
        ("482190736591827", False),
    ],
)
def test_letters_alone_look_random_when_their_case_changes_all_the_time(value: str, random: bool) -> None:
    assert looks_random(value) is random
