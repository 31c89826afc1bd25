"""The labelled corpus: every planted secret is found, nothing clean is flagged, and no finding holds a value."""

import base64
import json
import zlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from packaging_readiness.secrets.model import ALL_LAYERS, POLICY_ONLY, Layer
from packaging_readiness.secrets.scan import scan_bytes


class Case(NamedTuple):
    id: str
    secret: bool
    path: str
    content: bytes


@cache
def corpus() -> list[Case]:
    rows = json.loads((Path(__file__).parent / "data" / "secret_corpus.json").read_text())["files"]
    return [
        Case(
            row["id"],
            row["label"] == "secret",
            row["path"],
            zlib.decompress(base64.b64decode(row["content_zb64"])),
        )
        for row in rows
    ]


def flagged(layers: tuple[Layer, ...]) -> set[str]:
    return {case.id for case in corpus() if scan_bytes(case.content, case.path, layers=layers)}


@pytest.mark.parametrize("layers", [POLICY_ONLY, ALL_LAYERS], ids=["policy", "both"])
def test_every_planted_secret_is_found_and_nothing_clean_is_flagged(layers: tuple[Layer, ...]) -> None:
    assert flagged(layers) == {case.id for case in corpus() if case.secret}


def test_the_breadth_layer_alone_finds_part_of_it_and_flags_nothing_clean() -> None:
    found = flagged(("breadth",))
    clean = {case.id for case in corpus() if not case.secret}
    assert len(found) >= 40
    assert not found & clean


def test_a_finding_names_rule_kind_layer_and_line_and_never_the_value() -> None:
    case = next(case for case in corpus() if case.path == "gcp_sa.json" or case.path == "aws_pair.py")
    for finding in scan_bytes(case.content, case.path):
        assert finding.line == 2
        assert set(finding.to_dict()) == {"path", "line", "rule", "kind", "layer", "fingerprint"}
        words = case.content.decode().replace('"', " ").split()
        assert not any(word in repr(finding) for word in words if len(word) > 14)


def test_fingerprints_tell_values_apart_and_depend_on_the_salt() -> None:
    one = scan_bytes(b"DB_PASSWORD=hunter2a\n", "x.env", b"salt", POLICY_ONLY)
    same = scan_bytes(b"\n\nDB_PASSWORD=hunter2a\n", "x.env", b"salt", POLICY_ONLY)
    other = scan_bytes(b"DB_PASSWORD=hunter2b\n", "x.env", b"salt", POLICY_ONLY)
    salted = scan_bytes(b"DB_PASSWORD=hunter2a\n", "x.env", b"pepper", POLICY_ONLY)
    assert one[0].fingerprint == same[0].fingerprint
    assert len({one[0].fingerprint, other[0].fingerprint, salted[0].fingerprint}) == 3
