"""What the fuzzers found once: each input is read or refused within its bounds, for ever after."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.shell_tree import parse
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from tools.fuzzing.bounds import check
from tools.fuzzing.targets import TARGETS

_LONG = b"1" * 5000
_MERGES = b"".join(b"a%d: &a%d {<<: [*a%d, *a%d]}\n" % (n, n, n - 1, n - 1) for n in range(1, 27))


def entry(size: bytes, kind: bytes = b"0") -> bytes:
    """The header of an entry in a tar archive."""
    fields = {0: b"a", 100: b"0000644", 124: size, 148: b" " * 8, 156: kind, 157: b"a", 257: b"ustar\x0000"}
    head = bytearray(512)
    for at, content in fields.items():
        head[at : at + len(content)] = content
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


# Target and input; the name says what went wrong.
FOUND: dict[str, tuple[str, bytes]] = {
    "exit-by-a-digit-that-is-no-number": ("workflow", "bash\0exit \u00b2".encode()),
    "exit-by-a-number-of-5000-digits": ("workflow", b"bash\0exit " + _LONG),
    "functions-in-functions": ("workflow", b"bash\0" + b"a() " * 3000),
    "functions-by-their-keyword": ("workflow", b"bash\0" + b"function a " * 3000),
    "substitutions-that-never-close": ("workflow", b"bash\0" + b"$(" * 3000),
    "expansions-that-never-close": ("workflow", b"bash\0" + b"${a:-" * 3000),
    "blocks-and-substitutions-in-each-other": ("workflow", b"bash\0" + b"{ $(" * 38 + b"x" + b") ; }" * 38),
    "blanks-around-a-directive": ("dockerfile", b"#syntax=x" + b" " * 60_000 + b"x\nFROM a\n"),
    "list-of-10000-conditions": ("documents", b"# M1.E x\n\nno-go conditions:\n" + b"- a\n" * 10_000),
    "ignore-file-of-500-lines": ("ignore", b"".join(b"a%d/*.py\n!b%d/c\n" % (n, n) for n in range(250))),
    "ignore-file-of-5000-wildcards": ("ignore", b"*/*.md\n\n" * 5000),
    "number-without-a-digit": ("settings", b"a: !!int ''\n"),
    "truth-that-is-neither": ("settings", b"a: !!bool x\n"),
    "time-that-is-none": ("settings", b"a: !!timestamp x\n"),
    "keys-merged-for-ever": ("settings", b"a0: &a0 {k: v}\n" + _MERGES),
    "entry-of-a-negative-size": ("image", entry(b"0") + entry(b"-0000001000") + bytes(1024)),
    "name-of-a-size-that-no-memory-has": ("image", entry(b"\x80\0\0\0\0\x10" + bytes(6), b"L") + bytes(1024)),
    "annotations-that-are-a-number": ("image", b"-- index.json /manifests/0/annotations --\n5\n"),
    "index-nested-5000-deep": ("image", b"-- index.json --\n" + b"[" * 5000 + b"\n"),
    "configuration-nested-5000-deep": (
        "image",
        b"-- seal=digests --\n-- config.json --\n" + b"[" * 5000 + b"\n",
    ),
    "image-of-the-year-zero": (
        "image",
        b'-- seal=digests --\n-- config.json /created --\n"0001-01-01T00:00:00+23:59"\n',
    ),
    "manifest-without-layers": ("image", b"-- seal=digests --\n-- manifest.json /layers --\n5\n"),
    "layer-that-leads-elsewhere": (
        "image",
        b'-- seal=digests --\n-- manifest.json /layers/0/digest --\n"sha256:/etc/passwd"\n',
    ),
    "package-whose-name-is-a-number": ("image", b'-- packages.json /pypi --\n[[5,"1"],["a","1"]]\n'),
    "duration-of-400-digits": ("reports", b"-- first.json /tests/0/call/duration --\n" + b"9" * 400 + b"\n"),
}


def read_or_refused(target: str, data: bytes) -> None:
    """Ten times what a fuzzer allows: a busy machine is no finding, and what never ends still is one."""
    finding = check(TARGETS[target], data, cpu_s=20)
    assert finding is None, finding.text


@pytest.mark.parametrize("name", FOUND)
def test_it_is_read_or_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read_or_refused(*FOUND[name])


@pytest.mark.parametrize(
    ("row_id", "field"),
    [
        ("m1c.mismatch.tag-to-digest", "observation/registry_digest"),
        ("m1c.paths.evidence-bucket", "deferral"),
    ],
)
def test_a_list_where_a_word_should_stand(
    row_id: str, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [row.id for row in expand(packaged_checks(), load_contract("dev_full")[0])]
    read_or_refused("pack", f"-- check_results.json /results/{rows.index(row_id)}/{field} --\n[]\n".encode())


def test_a_list_for_the_name_of_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seed = next(data for data in TARGETS["pack"].seeds() if b"keyid" in data)
    read_or_refused("pack", seed.replace(b'"keyid":"x"', b'"keyid":[]'))


def test_a_script_is_read_once_however_many_questions_are_asked_about_it() -> None:
    script = "./scan\n" * 100
    assert parse(script) is parse(script)
