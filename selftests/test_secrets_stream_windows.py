"""How bytes become text: which encoding, binary or not, and which window a byte belongs to."""

import codecs
import io

import pytest

from packaging_readiness.secrets.decoding import Window, encoding_of, is_binary, windows

WORDS = "some words in a file"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (codecs.BOM_UTF32_LE + b"a", "utf-32"),
        (codecs.BOM_UTF32_BE + b"a", "utf-32"),
        (codecs.BOM_UTF16_LE + b"a", "utf-16"),
        (codecs.BOM_UTF16_BE + b"a", "utf-16"),
        (b"abcdefgh" + codecs.BOM_UTF16_LE, "bytes"),
        (codecs.BOM_UTF8 + b"abcdefgh", "bytes"),
        (WORDS.encode(), "bytes"),
        (b"", "bytes"),
        (b"a\0b\0c\0", "bytes"),
        (b"a\0b\0c\0d\0", "utf-16-le"),
        (b"\0a\0b\0c", "bytes"),
        (b"\0a\0b\0c\0d", "utf-16-be"),
        (bytes(40), "bytes"),
        (b"a\0b\0c\0d\0e", "utf-16-le"),
        # Two in five, which is not more than two in five.
        (b"a\0b\0cxdxex", "bytes"),
        (b"a\0b\0c\0dxex", "utf-16-le"),
        (b"\0a\0bxcxdxe", "bytes"),
        (b"\0a\0b\0cxdxe", "utf-16-be"),
        # One in twenty, which is not less than one in twenty; one in twenty-one is.
        (b"\0\0" + b"a\0" * 19, "bytes"),
        (b"\0\0" + b"a\0" * 20, "utf-16-le"),
        (b"\0\0" + b"\0a" * 19, "bytes"),
        (b"\0\0" + b"\0a" * 20, "utf-16-be"),
        (b"a\0" + b"ab" * 20, "bytes"),
        (b"\0a" * 5 + b"ab" * 20, "bytes"),
    ],
    ids=range(24),
)
def test_an_encoding_is_known_by_its_mark_or_by_its_zero_bytes(head: bytes, name: str) -> None:
    assert encoding_of(head) == name


def test_control_characters_other_than_those_of_texts_are_strange() -> None:
    strange = {byte for byte in range(256) if is_binary(bytes([byte]) * 10)}
    assert strange == {1, 2, 3, 4, 5, 6, 11, *range(14, 27), *range(28, 32), 127}


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"", False),
        (b"\1" * 4, False),
        (b"\1" * 5, True),
        (b"\xff\1\1\1\1", False),
        (b"\xff", False),
        (b"a" * 980 + b"\1" * 20, False),
        (b"a" * 979 + b"\1" * 21, True),
        (b"\xff" * 980 + b"\1" * 20, False),
        (b"a" * 10 + bytes(5), False),
        (b"\xff" * 10 + bytes(5), True),
        (b"\xff" * 10 + bytes(4), False),
        (b"a" * 10 + bytes(9) + b"\1" * 4, False),
        (b"a" * 10 + bytes(9) + b"\1" * 5, True),
        # A character that is cut where the probe ends.
        (b"a" * 10 + bytes(9) + "\u20ac".encode()[:2], False),
        (b"a" * 10 + bytes(9) + "\u20ac".encode()[:2] + b"a", True),
        # 1310 in the first 64 KiB are one in fifty, what follows is not looked at.
        (b"a" * (65_536 - 1_310) + b"\1" * 1_310, False),
        (b"a" * (65_536 - 1_310) + b"\1" * 100_000, False),
        (b"a" * (65_536 - 1_311) + b"\1" * 1_311 + b"a" * 1_000_000, True),
    ],
    ids=range(18),
)
def test_more_than_one_strange_character_in_fifty_makes_a_file_binary(data: bytes, binary: bool) -> None:
    assert is_binary(data) is binary


def test_a_small_file_is_one_whole_window() -> None:
    assert list(windows(io.BytesIO(b"a\nb"))) == [Window(b"a\nb", 1, 0, 4, True)]
    assert list(windows(io.BytesIO(b""))) == [Window(b"", 1, 0, 1, True)]


def test_windows_overlap_and_each_counts_what_begins_in_its_share() -> None:
    data = b"a1\nb2\nc3\nd4\ne5\nf6\ng7"
    assert list(windows(io.BytesIO(data), 8, 4)) == [
        Window(b"a1\nb2\nc3", 1, 0, 6, False),
        Window(b"2\nc3\nd4\ne5\nf", 2, 2, 10, False),
        Window(b"e5\nf6\ng7", 5, 2, 9, False),
    ]
    assert list(windows(io.BytesIO(b"\n\n\nx"), 3, 2)) == [
        Window(b"\n\n\n", 1, 0, 2, False),
        Window(b"\n\nx", 2, 1, 4, False),
    ]


def test_a_window_that_ends_with_the_file_is_the_last() -> None:
    assert list(windows(io.BytesIO(b"abcd"), 4, 2)) == [Window(b"abcd", 1, 0, 5, True)]
    assert [each.whole for each in windows(io.BytesIO(b"abcde"), 4, 2)] == [False, False]


def test_windows_have_8_mib_of_which_128_kib_are_the_next_ones_too() -> None:
    first, second = windows(io.BytesIO(bytes(8_388_608) + b"a"))
    assert (len(first.data), first.last) == (8_388_608, 8_388_608 - 65_536)
    assert (len(second.data), second.first, second.last) == (131_073, 65_536, 131_074)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_windows_of_another_encoding_hold_utf_8(codec: str) -> None:
    text = "\u00e9t\u00e9 " + WORDS * 3
    assert b"".join(each.data for each in windows(io.BytesIO(text.encode(codec)), 1000, 10)) == text.encode()
    pieces = list(windows(io.BytesIO(text.encode(codec)), 24, 8))
    assert b"".join(each.data[each.first : each.last] for each in pieces) == text.encode()


def test_a_character_that_is_cut_hides_nothing_before_it() -> None:
    data = WORDS.encode("utf-16-le") + b"x"
    assert [each.data for each in windows(io.BytesIO(data))] == [WORDS.encode() + "\ufffd".encode()]
    lone = (WORDS + "\ud800" + WORDS).encode("utf-16-le", "surrogatepass")
    assert [each.data for each in windows(io.BytesIO(lone))] == [f"{WORDS}\ufffd{WORDS}".encode()]


def test_the_encoding_is_told_by_the_first_64_kib() -> None:
    data = b"a" * 65_536 + b"b\0" * 100_000
    assert b"".join(each.data for each in windows(io.BytesIO(data))) == data
    data = b"b\0" * 32_768 + b"aa" * 100_000
    assert [each.data[:5] for each in windows(io.BytesIO(data))] == [b"bbbbb"]
