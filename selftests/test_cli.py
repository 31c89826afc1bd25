"""The command line: exit statuses, JSON forms, messages; no traceback for anything a user can type."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_readiness.cli import main

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = ROOT / "fixtures" / "reference_platform"
KEY = "AKIA" + "Q3EGRIZ7TNWXUVQ5"


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.parametrize("command", ["bundle", "verify", "context", "dockerfile", "scan-secrets", "checks", "explain"])
def test_every_command_documents_its_exit_status(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "Exit status" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "nowhere"],
        ["bundle", "nowhere.json", "--out", "out"],
        ["context", "nowhere"],
        ["dockerfile", "nowhere"],
        ["scan-secrets", "nowhere"],
        ["explain", "M1A-B9"],
        ["explain", "m1b.run.help[nobody]"],
        ["checks", "--contract", "nowhere.yaml"],
        ["context", ".", "--build-arg", "novalue"],
    ],
)
def test_what_is_not_there_is_refused_with_a_cure(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = lines(capsys)
    assert out == ""
    assert err.startswith(f"packaging-readiness {arguments[0]}: ")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_context_json_has_the_documented_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["context", str(PLATFORM), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert sorted(value) == ["context_files", "copied", "refused", "untaken"]
    assert value["untaken"] == ["Dockerfile"]
    assert value["refused"] is None
    assert {"line", "stage", "source", "dest"} == set(value["copied"][0])
    assert any(row["dest"] == "app/pyproject.toml" for row in value["copied"])


def test_context_json_says_why_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY missing /x\n")
    assert main(["context", str(tmp_path), "--json"]) == 2
    value = json.loads(capsys.readouterr().out)
    assert "Dockerfile:2" in value["refused"]
    assert value["copied"] == []


def test_dockerfile_may_lie_outside_of_the_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.txt").write_text("a")
    (tmp_path / "Other").write_text("FROM scratch\nCOPY a.txt /\n")
    assert main(["context", str(tmp_path / "root"), "--dockerfile", str(tmp_path / "Other"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["copied"] == [
        {"line": 2, "stage": "0", "source": "a.txt", "dest": "a.txt"}
    ]


def test_dockerfile_json_is_refused_with_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM scratch\nCOPY <<EOF /x\nnever ended\n")
    assert main(["dockerfile", str(file), "--json"]) == 2
    value = json.loads(capsys.readouterr().out)
    assert value["instructions"] == []
    assert ":2" in value["refused"]


def test_scan_exit_statuses_and_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, dirty = tmp_path / "clean", tmp_path / "dirty"
    clean.mkdir()
    dirty.mkdir()
    (clean / "a.txt").write_text("nothing here\n")
    (dirty / ".hidden").write_text(f"aws_access_key_id = {KEY}\n")
    assert main(["scan-secrets", str(clean)]) == 0
    assert main(["scan-secrets", str(dirty), str(dirty / ".hidden"), "--json"]) == 1
    out, _ = lines(capsys)
    assert KEY not in out
    value = json.loads(out[out.index("{") :])
    assert value["scanned_files"] == 1
    assert value["findings"][0]["path"].endswith("dirty/.hidden")
    (clean / "gone").symlink_to("nowhere")
    (clean / "bad.zip").write_bytes(b"PK\x03\x04 this is no archive")
    assert main(["scan-secrets", str(clean)]) == 2


def test_explain_tells_a_way_that_works_for_what_is_decided_from_results(capsys: pytest.CaptureFixture[str]) -> None:
    ways = {}
    for code in ("M1A-B4", "M1E-B4", "M1E-B1"):
        assert main(["explain", code]) == 0
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("run its checks alone: "))
        ways[code] = line.removeprefix("run its checks alone: ")
    assert ways == {
        "M1A-B4": "pytest --blocker M1A-B4",
        "M1E-B4": "pytest --blocker M1E-B4 --evidence DIR",
        "M1E-B1": "pytest --blocker M1E-B1 --evidence DIR",
    }


def test_explain_names_checks_and_the_way_to_run_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "m1a-b4"]) == 0
    out, _ = lines(capsys)
    assert "m1a.payload.no-broad-copy" in out
    assert "pytest --blocker M1A-B4" in out
    assert main(["explain", "m1b.run.help", "--json"]) == 0
    assert len(json.loads(lines(capsys)[0])["rows"]) == 21


def test_checks_lists_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert len({row["id"] for row in value}) == len(value) > 200


def test_output_can_be_cut_off_by_a_pipe() -> None:
    command = f"'{sys.executable}' -m packaging_readiness.cli checks --json | head -c 100"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_breakdown_is_told_without_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from packaging_readiness.commands import inventory

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(inventory, "load_contract", broken)
    assert main(["checks"]) == 2
    _, err = lines(capsys)
    assert "broke down (RuntimeError)" in err
    assert "secret detail" not in err


def test_a_name_that_is_not_utf8_does_not_stop_the_output(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY a /\n")
    (tmp_path / "a").write_text("x")
    (tmp_path / "\u00e9.txt").write_text("x")
    command = [sys.executable, "-m", "packaging_readiness.cli", "context", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=False)
    assert done.returncode == 0, done.stderr
    assert b"\\xe9.txt" in done.stdout
