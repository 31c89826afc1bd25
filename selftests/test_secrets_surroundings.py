"""Harmless names that a big text repeats cost next to nothing, and hide nothing that stands among them."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.secrets import surroundings
from packaging_readiness.secrets.matcher import find
from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example, load_rules
from packaging_readiness.secrets.scan import scan_bytes, scan_files, scan_stream

LOG = "2026-02-22 20:01:15 INFO token_count=3 user=somebody some words\n"
VALUE = expand_example("{pw:14}")


def lines_found(text: str, path: str = "x.log") -> set[int]:
    return {finding.line for finding in scan_bytes(text.encode(), path, layers=POLICY_ONLY)}


@pytest.mark.parametrize(
    "line",
    [
        f"token_count=3 password={VALUE}",
        f"token_count_password={VALUE}",
        f"my_password.token_count={VALUE} password={VALUE}",
        f"DB_PASSWORD={VALUE} token_count=3",
        f" token_count=3 token_count=4 secret_key='{VALUE}'",
        f"updateToken('{VALUE}') token_count=3",
    ],
)
@pytest.mark.parametrize("repeated", [0, 99, 100, 101, 700])
def test_a_secret_among_repeated_harmless_names_is_found(line: str, repeated: int) -> None:
    assert lines_found(LOG * repeated + line + "\n" + LOG * 150, "x.yaml") == {repeated + 1}


def test_a_name_at_the_very_beginning_masks_no_longer_name_that_holds_it() -> None:
    text = "token_count=3\n" * 300 + f"password_of_token_count=3 db_token_count.password={VALUE}\n"
    assert lines_found(text, "x.env") == {301}


def test_a_field_without_a_value_is_no_secret_and_hides_none() -> None:
    row = '{"id":1,"password":null,"token_count":3},'
    text = "[" + row * 300 + f'{{"password":null,"api_secret":"{VALUE}"}},{{"password":"{VALUE}"}}]'
    assert len(scan_bytes(text.encode(), "x.js", layers=POLICY_ONLY)) == 1  # one line, one value
    assert not scan_bytes(("[" + row * 300 + "{}]").encode(), "x.json", layers=POLICY_ONLY)


def test_what_is_harmless_is_not_looked_at_and_what_is_not_is() -> None:
    gates = load_rules().gates
    assert list(surroundings.stretches(LOG.encode() * 500, gates)) == []
    data = LOG.encode() * 50 + f"password={VALUE}\n".encode()
    ((start, end),) = surroundings.stretches(data, gates)
    assert start <= data.index(b"password=") < end == len(data)


NAMES = ("token_count", "tokens", "secret_sauce_level", "db_password", "api_key", "keyboard", "x")
LINES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(NAMES),
    st.sampled_from(("=", ": ", '":', " = ", '": "')),
    st.sampled_from(("3", "null", "null,", VALUE, f'"{VALUE}"', "")),
    st.sampled_from(("", ",", "}", ";")),
)


@given(st.lists(LINES, max_size=30), st.integers(0, 3))
def test_masking_changes_no_finding(lines: list[str], often: int) -> None:
    data = "\n".join(lines).encode()
    expected = {(hit.start, hit.rule) for hit in find(data, "config")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surroundings, "_OFTEN", often)
        assert {(hit.start, hit.rule) for hit in find(data, "config")} == expected


def test_a_big_file_tells_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "big.log").write_bytes(LOG.encode() * 150_000)
    told: list[tuple[int, int, int]] = []
    result = scan_files(tmp_path, ["big.log"], progress=lambda *now: told.append(now), layers=POLICY_ONLY)
    assert [done for done, _, _ in told] == [0, 0, 1]
    assert [read for _, _, read in told][-1] == result.bytes == len(LOG) * 150_000
    assert scan_stream(io.BytesIO(b"x"), "x", layers=POLICY_ONLY) == ([], [], 1)


TOKEN = expand_example("Z{alnum:3}7{alnum:3}Q9{alnum:3}2{alnum:3}R5{alnum:3}")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("s.sh", f'echo "{VALUE}" | gpg --batch --yes --passphrase-fd 0 -c d.sql\n'),
        ("login.exp", f'expect -re $password_prompt {{ send "{VALUE}\\r" }}\n'),
        ("a.ts", f'credentials.updateToken("{TOKEN}");\n'),
        ("a.ts", f'this.authService.updateToken("{TOKEN}")\n'),
        ("s.sh", f'vault put --secret-id "prod/DB_PASSWORD" --value "{VALUE}"\n'),
        ("s.sh", f'[ "${{DB_PASSWORD-{VALUE}}}" = "" ]\n'),
        ("a.py", f'client.username_pw_set ("svc", "{VALUE}")\n'),
        ("a.yaml", "passwords:\n  - Tr^9mK2xLq\n  - Wv~4pZ8nBs\n"),
        (".env", "APP_CREDENTIALS=" + 120 * "service-alpha," + TOKEN + "\n"),
        ("a.ini", f'token_count = 3\nrouting_key = "{TOKEN}"\n'),
        ("a.js", "const token_" + 109 * "x" + f'password = "{VALUE}"\n'),
    ],
)
def test_what_only_a_harmless_name_leads_to_is_found(path: str, text: str) -> None:
    assert lines_found(text, path)


@pytest.mark.parametrize(
    "text",
    [
        "passwords:\n  - argon2>=1\n",
        "secrets: [app_tls_20240115, db-pw-v20241105]\n",
        "secrets:\n  DB: prod/fraud-2024/db-v3\n  GH: DbPassword:3\n",
        "imagePullSecrets: [regcred-2024]\n",
        "tokens:\n  USDC: 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48\n",
        'secret: "[' + ",".join(str(number * 37) for number in range(600)) + ']"\n',
    ],
)
def test_names_and_versions_below_such_names_are_no_secrets(text: str) -> None:
    assert not lines_found(text, "a.yaml")


@pytest.mark.parametrize("value", ["a" + "-" * 200 + "!", "a" + "-" * 100_000 + "!", "a<1" + " " * 100_000 + "!"])
def test_no_value_below_such_a_name_keeps_the_scan(value: str) -> None:
    assert not lines_found(f"secrets:\n  db: '{value}'\ntokens:\n  - '{value}'\n", "a.yaml")
