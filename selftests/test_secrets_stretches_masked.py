"""A harmless name that a text repeats is masked from its hundredth time on, wherever it stands between such bytes."""

import pytest

from packaging_readiness.secrets.surroundings import _Repeated


def masked(text: bytes, name: bytes, times: int, repeated: _Repeated | None = None) -> bytes:
    """`text` after the first `name` in it was seen so many times."""
    repeated = repeated or _Repeated()
    start = text.index(name)
    for _ in range(times):
        text = repeated.masked(text, start, start + len(name))
    return text


TEXT = b" token_count=3 token_count=4 (token_count) my_token_count=5 token_count_2 token_count="
HIDDEN = b" xxxxxxxxxxx=3 xxxxxxxxxxx=4 (token_count) my_token_count=5 token_count_2 xxxxxxxxxxx="


@pytest.mark.parametrize(("times", "hidden"), [(0, False), (99, False), (100, True), (101, True), (300, True)])
def test_a_name_is_masked_from_its_hundredth_time_on(times: int, hidden: bool) -> None:
    assert masked(TEXT, b"token_count", times) == (HIDDEN if hidden else TEXT)


def test_times_are_counted_by_name_and_what_stands_around_it() -> None:
    repeated = _Repeated()
    assert masked(TEXT, b"token_count", 99, repeated) == TEXT
    assert masked(b"(token_count=", b"token_count", 1, repeated) == b"(token_count="
    assert masked(b" token_counts=", b"token_counts", 1, repeated) == b" token_counts="
    assert masked(TEXT, b"token_count", 1, repeated) == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        b"token_count=3 token_count=4",
        b"=token_count",
        b"token_count",
        b"xtoken_count=",
        b"-token_count=",
        b"=token_count.",
        b"=token_count9",
    ],
)
def test_a_name_at_the_edge_of_the_text_or_inside_a_longer_one_is_never_masked(text: bytes) -> None:
    assert masked(text, b"token_count", 100) == text


@pytest.mark.parametrize("text", [b"(=x", b"x=(", b"("])
def test_a_sign_at_the_edge_of_the_text_is_never_masked(text: bytes) -> None:
    assert masked(text, b"(", 100) == text


@pytest.mark.parametrize("name", [b"token_value", b"tokenValue", b"VALUE_of_token"])
def test_a_name_with_the_word_value_is_never_masked(name: bytes) -> None:
    text = b"(" + name + b")"
    assert masked(text, name, 100) == text


def test_sixteen_names_are_masked_and_no_more() -> None:
    repeated = _Repeated()
    names = [b"token_count_%02d" % number for number in range(17)]
    texts = [masked(b"(" + name + b")", name, 100, repeated) for name in names]
    assert texts == [b"(xxxxxxxxxxxxxx)"] * 16 + [b"(token_count_16)"]


def test_what_is_not_masked_takes_no_place_of_a_mask() -> None:
    repeated = _Repeated()
    for number in range(20):
        name = b"token_value_%02d" % number
        masked(b"(" + name + b")", name, 100, repeated)
    assert masked(b"(token_count)", b"token_count", 100, repeated) == b"(xxxxxxxxxxx)"
