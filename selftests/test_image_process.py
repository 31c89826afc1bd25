"""External commands are bounded, and what they say is safe to show."""

import os
import sys
import time
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.locks import exclusive, workshop
from packaging_readiness.image.process import run, words


def python(text: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", text]


def test_status_and_both_streams_come_back() -> None:
    output = run(python("import os; os.write(1, b'out'); os.write(2, b'err'); os._exit(7)"), place="it", timeout_s=30)
    assert (output.code, output.stdout, output.stderr) == (7, b"out", b"err")


def test_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    program = f"import os, time\nif os.fork() == 0:\n    open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
    with pytest.raises(CannotTell, match="did not end within 1 s"):
        run(python(program + "time.sleep(600)"), place="it", timeout_s=1.0)
    child = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    end = time.monotonic() + 10
    while child.exists() and ") Z " not in child.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert not child.exists() or ") Z " in child.read_text()


def test_endless_output_is_an_error_not_a_truncation() -> None:
    with pytest.raises(CannotTell, match="printed more than 1000 bytes"):
        run(python("while True: print('x' * 999)"), place="it", timeout_s=30, stdout_limit=1000)


def test_without_limit_only_the_tail_is_kept() -> None:
    output = run(python("print('x' * 10**6 + 'end')"), place="it", timeout_s=30, stdout_limit=None)
    assert output.stdout.endswith(b"xend\n")
    assert len(output.stdout) < 10**5


def test_missing_command_is_named_by_its_place() -> None:
    with pytest.raises(CannotTell, match="the tool: cannot be started"):
        run(["/nonexistent/tool"], place="the tool", timeout_s=5)


def test_words_are_bounded_and_hold_no_control_characters_or_hidden_paths(tmp_path: Path) -> None:
    said = words(
        b"one\ntwo \x1b[31mred\x1b[0m\x07 " + os.fsencode(tmp_path) + b"/x\r\n\n\xff" + b"y" * 5000, hide=[tmp_path]
    )
    assert len(said) == 2000
    assert set(said) == {"y"}
    assert (
        words(b"one\ntwo \x1b[31mred\x1b[0m " + os.fsencode(tmp_path) + b"/x\n", hide=[tmp_path]) == "one\ntwo red …/x"
    )
    assert words(b"1\n2\n3\n", lines=2) == "2\n3"


KIND = "PRIVATE " + "KEY"  # put together, so that no file of the suite holds a key's frame
BODY = [f"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{number:02}" for number in range(40)]


def key(kind: str = KIND, end: bool = True) -> str:
    lines = [f"-----BEGIN {kind}-----", *BODY, *([f"-----END {kind}-----"] if end else [])]
    return "\n".join(lines)


@pytest.mark.parametrize("kind", [KIND, f"RSA {KIND}", f"EC {KIND}", f"OPENSSH {KIND}", f"ENCRYPTED {KIND}"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_private_key_is_not_repeated_and_what_stands_around_it_is(kind: str, newline: str) -> None:
    raw = f"before\n{key(kind)}\nafter".replace("\n", newline).encode()
    assert words(raw) == "before\n[a private key was here]\nafter"


def test_key_is_recognised_before_the_tail_is_cut() -> None:
    """The last lines alone are the middle of a key: nothing in them says so."""
    said = words(f"step\n{key()}".encode(), lines=5)
    assert said == "step\n[a private key was here]"
    assert not any(line in said for line in BODY)


def test_key_without_an_end_is_removed_to_the_last_byte() -> None:
    assert words(f"step\n{key(end=False)}".encode()) == "step\n[a private key was here]"


def test_key_whose_beginning_is_cut_off_is_removed_from_the_first_byte() -> None:
    """What is kept of a tool's output is its last bytes: they may begin within a key."""
    half = "\n".join([*key().splitlines()[20:], "after"])
    assert words(half.encode(), lines=100) == "[a private key was here]\nafter"


def test_two_keys_take_nothing_between_them_along() -> None:
    said = words(f"{key()}\nbetween\n{key(f'RSA {KIND}')}\nafter".encode())
    assert said == "[a private key was here]\nbetween\n[a private key was here]\nafter"


def test_certificates_and_public_keys_are_no_private_keys() -> None:
    for kind in ("CERTIFICATE", "PUBLIC " + "KEY"):
        assert words(key(kind).encode(), lines=100) == key(kind)


def test_lock_is_exclusive_and_waiting_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    with (
        exclusive(tmp_path / "lock", told.append, "making it"),
        pytest.raises(CannotTell, match="making it: another process has held its lock"),
        exclusive(tmp_path / "lock", told.append, "making it", timeout_s=0.1),
    ):
        raise AssertionError("two holders")
    assert told == ["waiting for another process: making it"]
    with exclusive(tmp_path / "lock", told.append, "making it", timeout_s=0.1):
        pass


def test_unwritable_cache_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CannotTell) as caught,
        exclusive(tmp_path / "file" / "lock", print, "making it"),
    ):
        pass
    assert str(tmp_path) not in str(caught.value)


def test_workshop_clears_what_a_killed_process_left(tmp_path: Path) -> None:
    (tmp_path / "base-old").mkdir()
    (tmp_path / "base-old" / "half").write_text("")
    with workshop(tmp_path, "base", print, "making it") as scratch:
        assert [path.name for path in tmp_path.glob("base-*")] == [scratch.name]
    assert list(tmp_path.glob("base-*")) == []
