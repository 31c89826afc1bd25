"""Frames between runner and driver: any split gives the same records, anything foreign is refused."""

import json
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.image.protocol import FRAME_LIMIT, Foreign, frame, frames

NONCE = "0123456789abcdef"
RECORDS = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(), max_size=3), max_size=5)


@given(RECORDS, st.integers(1, 40))
def test_any_split_of_the_stream_gives_the_same_records(records: list[dict[str, object]], step: int) -> None:
    sent = [{**record, "nonce": NONCE} for record in records]
    stream = b"".join(frame(record) for record in sent)
    incoming, received = bytearray(), []
    for start in range(0, len(stream), step):
        incoming += stream[start : start + step]
        received += list(frames(incoming, NONCE))
    assert received == sent
    assert not incoming


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_wait_but_never_become_a_record(data: bytes) -> None:
    with suppress(Foreign):
        assert list(frames(bytearray(data), NONCE)) == []


@pytest.mark.parametrize(
    "data",
    [
        frame({"id": "x", "nonce": "another"}),
        frame({"id": "x"}),
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 2) + b"\xff\xff",
        struct.pack(">I", FRAME_LIMIT + 1),
        b"Traceback (most recent call last):",
    ],
)
def test_what_the_driver_did_not_write_is_refused(data: bytes) -> None:
    good = json.loads(json.dumps({"id": "y", "nonce": NONCE}))
    with pytest.raises(Foreign):
        list(frames(bytearray(frame(good) + data), NONCE))
