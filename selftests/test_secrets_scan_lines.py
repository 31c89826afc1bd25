"""Which line a finding has, which of several on a line counts, and what a layer or a window has its share in."""

import base64
import gc
import io
import json

import pytest

from packaging_readiness.secrets import decoding, scan
from packaging_readiness.secrets.model import ALL_LAYERS, DEFAULT_SALT, POLICY_ONLY, Layer, fingerprint
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes, scan_stream
from packaging_readiness.secrets.structure import Node, read_structure

STRONG = "kR7#pq92Lm!x"
MARK = fingerprint(STRONG.encode(), DEFAULT_SALT)
KEY_ID = expand_example("AKIA{upper:16}")
JWT = expand_example("eyJ{alnum:30}.eyJ{alnum:60}.{alnum:43}")
# Known to the other engine only.
OTHER = expand_example("duffel_live_{alnum:43}")


def found(text: str | bytes, path: str, *layers: Layer) -> list[tuple[int, str]]:
    """Line and rule of everything that is found."""
    data = text.encode() if isinstance(text, str) else text
    return [(finding.line, finding.rule) for finding in scan_bytes(data, path, layers=layers or POLICY_ONLY)]


def lines(text: str | bytes, path: str) -> list[int]:
    return [line for line, _ in found(text, path)]


def test_the_longest_of_values_that_hold_each_other_counts_and_others_beside_it() -> None:
    assert found(f"https://svc:{STRONG}-{KEY_ID}@host/x", "a.txt") == [(1, "url-password")]
    both = found(f"{KEY_ID[:-1]}Q https://svc:{STRONG}-{KEY_ID}@host/x", "a.txt")
    assert both == [(1, "aws-access-key-id"), (1, "url-password")]
    assert found(f"{KEY_ID} {KEY_ID}\n{KEY_ID}", "a.txt") == [(1, "aws-access-key-id"), (2, "aws-access-key-id")]


def test_each_layer_finds_its_own_and_nothing_of_the_other() -> None:
    text = f"DB_PASSWORD={STRONG}\nx = {OTHER}\n"
    assert lines(text, "a.env") == [1]
    assert [(line, rule.partition(".")[0]) for line, rule in found(text, "a.env", "breadth")] == [(2, "betterleaks")]
    assert [line for line, _ in found(text, "a.env", *ALL_LAYERS)] == [1, 2]
    assert {finding.layer for finding in scan_bytes(text.encode(), "a.env")} == {"policy", "breadth"}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.yaml", f"password: |\n  {STRONG}\n", [1]),
        ("a.yaml", f"# {STRONG}\n\npassword: {STRONG}\n", [3]),
        ("a.yaml", f'# {STRONG}\n\npassword: "  {STRONG} "\n', [3]),
        ("a.yaml", "passwords:\n  admin: hunter2 \0\n", [2]),
        ("a.yaml", "admin: hunter2\n", []),
        ("a.json", '{"x": 1,\n"passwords": {"a": "hunter2"}}', [2]),
        ("a.json", f'{{"password":\n"{STRONG}"}}', [2]),
        # What stands differently in the file: its longest word tells the line.
        ("a.json", '{"x": "kR7",\n"passwords": {"a": "kR7\\"pq92Lm!x"}}', [2]),
        ("a.json", '{"x": "kR7",\n"passwords": {"a": "kR7\\\\pq92Lm!x"}}', [2]),
        ("a.json", '{"passwords": {"a": "kR7\\\\pq92Lm!x"},\n"x": "pq92Lm!x"}', [1]),
        # Escapes hide lines of a text from the rules.
        ("a.json", f'{{"x": 1,\n"text": "PASSWORD = (\\n  \\"{STRONG}\\"\\n)"}}', [2]),
        ("a.json", f'{{"note": "{STRONG}",\n"lines": ["x", "password = \'{STRONG}\'"]}}', [2]),
        ("zip!a.json", '{"x": 1,\n"passwords": {"a": "hunter2"}}', [2]),
        ("a.json!b", '{"x": 1,\n"passwords": {"a": "hunter2"}}', [2]),
        ("a.txt", f"a\nb\0DB_PASSWORD={STRONG}\0\n", [2]),
    ],
    ids=range(15),
)  # fmt: skip
def test_a_value_is_found_on_the_line_where_it_stands(path: str, text: str, expected: list[int]) -> None:
    assert lines(text, path) == expected


def test_a_value_is_marked_without_the_blanks_around_it() -> None:
    for text in (f"password: |\n  {STRONG}\n", f'password: " {STRONG} "\n', f"password: {STRONG}\n"):
        assert {each.fingerprint for each in scan_bytes(text.encode(), "a.yaml", layers=POLICY_ONLY)} == {MARK}
    (first,) = scan_bytes(f"password: {STRONG}\n".encode(), "a.yaml", b"salt", POLICY_ONLY)
    assert first.fingerprint == fingerprint(STRONG.encode(), b"salt") != MARK


def test_base64_inside_of_an_escaped_text_is_not_decoded_a_second_time() -> None:
    run = base64.b64encode(f"# settings of a service\nDB_PASSWORD={STRONG}\n".encode()).decode()
    assert lines(json.dumps({"x": "token\n", "blob": f"{run} \n"}, indent=1), "a.json") == [3]


def test_a_binary_file_has_no_structure_whatever_its_name_says() -> None:
    noise = bytes(range(256)) * 4
    assert lines(noise + b"\nDB_PASSWORD=letmein\n" + noise, "a.env") == []
    assert lines(b"words\nDB_PASSWORD=letmein\n", "a.env") == [2]


@pytest.mark.parametrize(
    ("data", "value", "line"),
    [
        (b"a\nb c\nb c\n", b"b c", 2),
        (b"\nb c", b"b c", 2),
        (b"b\nlonger", b"b\nlonger", 1),
        (b"x\nab\nlonger\n", b'"ab" longer', 3),
        (b"x\nab\nlonger\n", b"ab\\longer", 3),
        (b"x\nab\n", b"", 1),
        (b"x\nab\n", b'""', 1),
        (b"x\nab\n", b"c", 1),
    ],
    ids=range(8),
)
def test_the_line_of_a_value_is_the_first_that_holds_it_or_its_longest_word(
    data: bytes, value: bytes, line: int
) -> None:
    assert scan._line_of(data, value) == line


def test_cycles_are_not_looked_for_while_trees_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def spied(path: str, text: str) -> list[Node]:
        seen.append(gc.isenabled())
        return read_structure(path, text)

    monkeypatch.setattr(scan, "read_structure", spied)
    assert lines("passwords:\n  admin: hunter2\n", "a.yaml") == [2]
    assert lines("words: {admin: hunter2}\n", "a.yaml") == []
    assert (seen, gc.isenabled()) == ([False], True)


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of 1024 bytes, of which 512 belong to two."""
    monkeypatch.setattr(decoding.windows, "__defaults__", (1024, 512))


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("layer", ALL_LAYERS)
@pytest.mark.parametrize("before", range(1022, 1036, 2))
def test_a_value_that_a_window_cuts_is_judged_where_it_is_whole(layer: Layer, before: int) -> None:
    # Only the end tells that it is a sample.
    for sample in (f"{JWT}1234567890", "DB_PASSWORD=changeme"):
        data = f"{'w' * (before - len(sample))}\n{sample}\n".encode() + b"words\n" * 300
        assert found(data, "a.env", layer) == []
    data = f"{'w' * (before - len(JWT))}\n{JWT}\n".encode() + b"words\n" * 300
    assert [line for line, _ in found(data, "a.env", layer)] == [2]


@pytest.mark.usefixtures("small_windows")
def test_in_a_file_of_several_windows_the_text_alone_counts() -> None:
    data = "a: 1\n" * 300 + f"password: {STRONG}\n" + "b: 2\n" * 300
    assert lines(data, "a.yaml") == [301]


@pytest.mark.usefixtures("small_windows")
def test_the_caller_is_told_how_far_a_file_of_several_windows_is() -> None:
    told: list[int] = []
    scan_stream(io.BytesIO(b"words\n" * 400), "a", layers=POLICY_ONLY, seen=told.append)
    assert told == [2048, 2400, 2400]
    told.clear()
    scan_stream(io.BytesIO(b"words\n"), "a", layers=POLICY_ONLY, seen=told.append)
    assert told == []


def test_a_finding_on_the_first_byte_and_at_the_last_counts() -> None:
    for layer in ALL_LAYERS:
        token = expand_example("glpat-{alnum:20}")
        assert [line for line, _ in found(token, "a.env", layer)] == [1]
        assert [line for line, _ in found(f"\n\n{token}", "a.env", layer)] == [3]
