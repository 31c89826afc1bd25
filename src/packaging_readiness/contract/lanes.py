"""The lanes of M1, and how severe a blocker is."""

from typing import Literal

Severity = Literal["S1", "S2", "S3"]
Lane = Literal["m1a", "m1b", "m1c", "m1d", "m1e"]
LANES: tuple[Lane, ...] = ("m1a", "m1b", "m1c", "m1d", "m1e")
