"""Which stretches of a text the assignment rules look at: their first and last byte, and what is passed over."""

import re

import pytest

from packaging_readiness.secrets.rulepack import Gates
from packaging_readiness.secrets.surroundings import stretches

NAMES = re.compile(rb"token|password|key|next\w+|pas+")
GATES = Gates(tokens=None, names=NAMES, assignments=re.compile(rb"@@"), base64_run=None)


def found(data: bytes, gates: Gates = GATES) -> list[tuple[int, int]]:
    return list(stretches(data, gates))


LINES = b"a\nb\n@@\nc\nd\ne\nf\ng\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LINES, [(4, 13)]),
        (b"\n@@\n", [(1, 4)]),
        (b"@@", [(0, 2)]),
        (b"@@\n", [(0, 3)]),
        (b"a\n@@\nb", [(2, 6)]),
        (b"a\nx@@y\nb", [(2, 8)]),
        (b"", []),
        (b"nothing @ here", []),
        # Two that touch are one, two that do not are two.
        (LINES + b"@@\nh", [(4, 13), (17, 21)]),
        (b"@@\nc\nd\ne\n@@\nh", [(0, 13)]),
        (b"@@\nc\nd\ne\nf\n@@\nh", [(0, 9), (11, 15)]),
        (b"@@ @@\nc", [(0, 7)]),
    ],
)
def test_a_stretch_is_the_line_and_three_more(data: bytes, expected: list[tuple[int, int]]) -> None:
    assert found(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # 512 bytes before, if no line begins there.
        (b"x" * 600 + b"@@\n", (88, 603)),
        (b"x" * 513 + b"@@\n", (1, 516)),
        (b"x" * 512 + b"@@\n", (0, 515)),
        (b"x" * 511 + b"@@\n", (0, 514)),
        (b"\n" + b"x" * 511 + b"@@\n", (1, 515)),
        (b"x\n" + b"x" * 511 + b"@@\n", (2, 516)),
        (b"\nx\ny\n" + b"x" * 100 + b"@@\n", (5, 108)),
        # 4096 bytes behind it at most.
        (b"@@" + b"x" * 5000, (0, 4098)),
        (b"@@" + b"x" * 4096, (0, 4098)),
        (b"@@" + b"x" * 4095, (0, 4097)),
        (b"@@" + b"x" * 4095 + b"\ny", (0, 4098)),
        (b"@@\nb\n" + b"x" * 5000, (0, 4098)),
        (b"@@\nb\nc\nd\n" + b"x" * 5000, (0, 9)),
    ],
    ids=range(13),
)
def test_of_an_endless_line_a_part_is_looked_at(data: bytes, expected: tuple[int, int]) -> None:
    assert found(data) == [expected]


@pytest.mark.parametrize(
    ("place", "end"), [(3073, 4098), (3074, 3074 + 4098), (4000, 4000 + 4098), (4610, 4610 + 4098)]
)
def test_what_announces_something_near_the_end_of_a_stretch_makes_it_longer(place: int, end: int) -> None:
    # The last 1024 bytes of a stretch are looked at again: what stands there may go on behind it.
    assert found(b"@@" + b"x" * (place - 2) + b"@@" + b"x" * 9000) == [(0, end)]


def test_a_stretch_grows_to_64_kib_and_no_further() -> None:
    line = b"@@" + b"x" * 61 + b"\n"
    assert found(line * 1024) == [(0, 65536)]
    assert found(line * 1025) == [(0, 65536), (65536 - 3 * 64, 65536 + 64)]


def test_what_matches_nothing_but_a_place_ends_as_well() -> None:
    empty = Gates(tokens=None, names=NAMES, assignments=re.compile(rb"(?=\n?@)"), base64_run=None)
    assert found(b"a@@b\nc", empty) == [(0, 6)]
    assert found(b"a\n@\nb\nc\nd\ne", empty) == [(0, 10)]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "db_password", "api_key", "api-key", "api.key", "password_2", "password-prod", "my.password"),
        *(
            "nextToken",
            "next_Token",
            "nextToken_",
            "nextTOKEN",
            "nextToken2",
            "token",
            "next_token",
            "nexttoken",
            "x9key.password",
        ),
    ],
)
def test_a_name_that_announces_a_credential_is_looked_at(name: str) -> None:
    data = f"{name}=x\n".encode()
    assert found(data) == [(0, len(data))]
    assert found(b"a\n(" + data) == [(2, len(data) + 3)]


@pytest.mark.parametrize("name", ["token_count", "key", "keyboard", "my_key", "password_policy", "api_key_count"])
def test_a_name_that_announces_none_is_passed_over(name: str) -> None:
    assert found(f"{name}=x\n".encode()) == []
    assert found(f"a\n({name}=x\npassword=y\n".encode()) == [(6 + len(name), 17 + len(name))]


def test_only_what_belongs_to_a_name_counts_for_it() -> None:
    assert found(b"api key=x\n") == found(b"api(key=x\n") == found(b"key\nkey(password_count)") == []
    assert found(b"a\napi-key=x\n") == [(2, 12)]


def test_behind_a_sign_that_the_gate_took_the_search_goes_on_at_once() -> None:
    gates = Gates(tokens=None, names=re.compile(rb"\(|api_key"), assignments=re.compile(b"@@"), base64_run=None)
    assert found(b"a\n(api_key=x", gates) == [(2, 12)]


def test_before_the_word_a_name_has_120_bytes() -> None:
    gates = Gates(tokens=None, names=re.compile(b"token"), assignments=re.compile(b"@@"), base64_run=None)
    data = b"(fs.account.key." + b"x" * 107 + b"token_count=1"
    assert data.index(b"token") - data.index(b".account") == 120
    assert found(data, gates) == [(0, len(data))]
    assert found(data.replace(b"xt", b"xxt"), gates) == []


def test_what_is_no_name_is_looked_at_whatever_stands_around_it() -> None:
    assert found(b"token_count@@\n") == [(0, 14)]


@pytest.mark.parametrize(
    ("data", "looked_at"),
    [
        (b'{"password":null,"a":1}', False),
        (b'{"password": null}', False),
        (b'{\\"password\\":null,', False),
        (b'{"password":\nnull}', False),
        (b'{"password":nullable}', True),
        (b'{"password":null', True),
        (b'{"password":  null,', True),
        (b'{"password" :null,', True),
        (b"password:null,", True),
        (b'{"password":"x","b":null}', True),
        (b'{"password":"null","b":2}', True),
    ],
)
def test_a_field_without_a_value_is_passed_over(data: bytes, looked_at: bool) -> None:
    assert found(data) == ([(0, len(data))] if looked_at else [])
    behind = data + b"\n" * 5 + b"password=x"
    last = (len(behind) - 10, len(behind))
    assert found(behind) == ([(0, len(data) + 4), last] if looked_at else [last])


def test_a_field_without_a_value_hides_no_other_of_its_line() -> None:
    data = b'{"password":null,"password":"x"}'
    assert found(data) == [(0, len(data))]
    assert found(b'{"password":null,"password":null}') == []
    rows = b'{"password":null,"a":1},\n' * 150
    assert found(rows + b'{"password":"x"}') == [(len(rows), len(rows) + 16)]


@pytest.mark.parametrize(
    ("name", "looked_at"),
    [
        # Where a name is cut, after 120 bytes, a word may begin; then its first half is judged alone.
        ("token_" + "x" * 110 + "password", True),
        ("token_" + "x" * 109 + "password_count", False),
        ("token_" + "x" * 200 + "_key_password", True),
        ("token_" + "x" * 45 + "_password" + "_count" * 10, True),
        ("token_" + "x" * 45 + "_password" + "_count" * 9 + "_coun", False),
        ("token_" + "x" * 46 + "_password" + "_count" * 10, False),
    ],
    ids=["cut", "whole", "far", "half", "just-not", "behind-half"],
)
def test_a_name_of_more_than_120_bytes_is_looked_at_in_parts(name: str, looked_at: bool) -> None:
    data = f"{name}=x\n".encode()
    assert found(data) == ([(0, len(data))] if looked_at else [])
