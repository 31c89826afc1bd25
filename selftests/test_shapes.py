"""The allow-list of evidence: each shape takes what it is for and nothing that could hurt a reader of evidence."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from packaging_readiness.contract import schemas, shapes
from packaging_readiness.contract.shapes import allowed_fields, has_shape, misshapen, permitted

HEX = "0123456789abcdef"
SHA = "5f4e3d2c1b0a99887766554433221100ffeeddcc"
# Per shape: values that it takes, and near misses that it refuses.
CASES: dict[str, tuple[tuple[object, ...], tuple[object, ...]]] = {
    "word": (("PASS", "1.5.0+b_c-d", "a" * 128), ("", "-a", "a b", "a/b", "a:b", "a" * 129, "é", 1, True)),
    "text": (("two words", "${BASE}", "é", "x" * 600), ("", "a\nb", "a\x7f", "\ud800", "x" * 601, 1)),
    "output": (("", "usage:\n  -h\t", "x" * 4000), ("\x1b[31m", "a\rb", "a\x00", "x" * 4001, None, 1)),
    "version": (("1:2.36-9+deb12u14", "1!2.0rc1", "2.8.2~rc1^git1_a"), ("", "-1", "1 0", "1/0", "1" * 129, "1=2", 1)),
    "path": (
        (".", "a/b.c", ".env", "..a", "a/..b/c..", "evidence/runs/x/P(-1)/"),
        ("", "/etc", "..", "../a", "a/..", "a/../b", "a\nb", "/", 3),
    ),
    "digest": (
        ("sha256:" + "0a" * 32,),
        ("sha256:" + "0A" * 32, "sha256:" + "0a" * 31, "0a" * 32, "sha512:" + "0a" * 32),
    ),
    "algorithm": (("sha256",), ("SHA256", "sha512", "")),
    "fingerprint": (("0a" * 8, "0a" * 32), ("0a" * 7, "0a" * 33, "0A" * 8, "x" * 16)),
    "utc": (("2026-02-22T19:48:49Z",), ("2026-02-22T19:48:49", "2026-02-22 19:48:49Z", "2026-02-22T19:48:49+00:00")),
    "day": (("2026-02-22",), ("2026-2-22", "22.02.2026", "2026-02-22T00:00:00Z")),
    "git_sha": ((SHA, "ab" * 32), (SHA[:39], SHA.upper(), SHA + "0", "HEAD")),
    "run_id": (("platform_20260222T194849Z", "a.b-c"), ("ab", "Platform_1", "_ab", "a/b", "a" * 101, "../a")),
    "phase_id": (("P(-1)", "P(0)", "P12"), ("P(-2)", "P", "p1", "P(-1)/..")),
    "image_tag": ((f"git-{SHA}", "_a", "A" * 128), ("-a", ".a", "a/b", "a:b", "A" * 129, "")),
    "repository_uri": (
        ("000000000000.dkr.ecr.eu-west-2.amazonaws.com/a/b-c", "000000000000.dkr.ecr.cn-north-1.amazonaws.com.cn/a"),
        (
            "docker.io/a",
            "00000000000.dkr.ecr.eu-west-2.amazonaws.com/a",
            "000000000000.dkr.ecr.eu-west-2.amazonaws.com/",
        ),
    ),
    "arn": (("arn:aws:iam::000000000000:role/a", "arn:aws-cn:s3:::bucket/a"), ("arn:aws:iam", "arn:gcp:iam::0:a", "a")),
    "url": (
        ("https://github.com/a/b/actions/runs/1", "https://a:8443/?q=1"),
        ("http://a/", "https://user:pw@a/", "https://a", "file:///a", "https://a/#b"),
    ),
    "secret_path": (("/a/b", "/a.b/c-d/e_f"), ("/a", "a/b", "/a/b=c", "/a/ b", "/a//b", "/a/b/")),
    "pattern": (("git-{git_sha}", "a/{b}/*.json", "application/vnd.oci+json"), ("", "a b", "a=b", "a@b", "x" * 301)),
    "option": (("--engine-run-root", "-h", "--a1"), ("---a", "--a=b", "a", "--", "--a b")),
    "blocker": (("M1-B1", "M1E-B12", "none"), ("M1F-B1", "M2-B1", "M1-B", "None")),
    "check": (
        ("m1a.strategy.one", "m1d.sources.path-pinned[/a/b]"),
        ("m1f.a", "m1a.", "m1a.A", "m1a.a[]", "m1a.a[b]]"),
    ),
    "count": ((0, 2**53 - 1), (-1, 2**53, 1.0, True, "1")),
    "number": ((0, -1, 1.5), (True, "1", None)),
    "flag": ((True, False), (0, 1, "true", None)),
}
MANY_LINES = {"output"}
ABSOLUTE = {"text", "output", "secret_path", "pattern"}
PATTERNS = sorted(shapes._PATTERNS)


def anchored(shape: str) -> str:
    """The pattern of a shape as its schema must state it: ASCII digits, whole string, no final newline."""
    return f"^(?:{shapes._PATTERNS[shape]})$(?!\\n)".replace(r"\d", "[0-9]")


def test_every_shape_has_its_cases() -> None:
    assert set(CASES) == set(PATTERNS) | {"count", "number", "flag"}


@pytest.mark.parametrize("shape", sorted(CASES))
def test_shape_takes_and_refuses(shape: str) -> None:
    good, bad = CASES[shape]
    assert [value for value in good if not has_shape(value, shape)] == []
    assert [value for value in bad if has_shape(value, shape)] == []


@pytest.mark.parametrize("shape", PATTERNS)
def test_schema_states_the_same_pattern(shape: str) -> None:
    definition = schemas.schema("shapes")["$defs"][shape]
    assert definition["pattern"] == anchored(shape)
    assert (definition["type"], definition["title"]) == ("string", shape)


def test_schema_has_no_shape_of_its_own() -> None:
    assert set(schemas.schema("shapes")["$defs"]) == set(CASES)


@pytest.mark.parametrize("shape", sorted(CASES))
def test_schema_takes_and_refuses_the_same(shape: str) -> None:
    definition = schemas.schema("shapes")["$defs"][shape]
    good, bad = CASES[shape]
    whole_floats = [value for value in bad if isinstance(value, float) and value.is_integer()]
    assert [value for value in good if refused_by(definition, value)] == []
    assert [value for value in bad if not refused_by(definition, value)] == whole_floats  # 1.0 is 1 in JSON


def refused_by(definition: dict[str, object], value: object) -> bool:
    """Whether one definition of a schema refuses the value."""
    import jsonschema

    return not jsonschema.Draft202012Validator(definition).is_valid(value)


@pytest.mark.parametrize("shape", [shape for shape in PATTERNS if shape not in MANY_LINES])
@given(data=st.data())
def test_no_control_character_passes_anywhere(shape: str, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(CASES[shape][0]))
    assert isinstance(good, str)
    control = data.draw(st.sampled_from([chr(code) for code in range(32)]))
    place = data.draw(st.integers(0, len(good)))
    assert not has_shape(good[:place] + control + good[place:], shape)


@pytest.mark.parametrize("shape", [shape for shape in PATTERNS if shape not in ABSOLUTE])
@given(rest=st.text(alphabet="abc019/._-:()\\ ", max_size=30))
@example(rest="etc/passwd")
@example(rest="")
def test_no_absolute_path_passes(shape: str, rest: str) -> None:
    assert not has_shape("/" + rest, shape)


@given(st.text(alphabet="./ab\n", max_size=12))
def test_path_never_leaves_its_root(value: str) -> None:
    climbs = value.startswith("/") or ".." in value.split("/")
    assert has_shape(value, "path") == (value != "" and not climbs and "\n" not in value)


@given(st.text(alphabet=HEX + "AFg:\nsha256", max_size=80) | st.text(alphabet=HEX, min_size=64, max_size=64))
def test_digest_is_lower_case_and_whole(value: str) -> None:
    for text in (value, f"sha256:{value}"):
        assert has_shape(text, "digest") == bool(re.fullmatch(r"sha256:[0-9a-f]{64}", text))


@pytest.mark.parametrize("shape", PATTERNS)
def test_long_input_ends_at_once(shape: str) -> None:
    for hostile in ("a" * 50_000, "a-" * 25_000, "a/" * 25_000 + "\n", "../" * 20_000, "-" * 50_000 + "!"):
        assert not has_shape(hostile, shape)


def test_every_allowed_field_has_a_known_shape() -> None:
    assert set(allowed_fields().values()) <= set(CASES) | {"object"}


def test_no_field_is_listed_under_two_shapes() -> None:
    import yaml

    from packaging_readiness.contract.load import packaged_path

    table = yaml.safe_load(packaged_path("evidence_fields").read_text(encoding="utf-8"))
    names = [name for fields in table.values() for name in fields]
    assert sorted(names) == sorted(set(names))


def test_observation_schema_lists_the_allowed_fields() -> None:
    properties = schemas.schema("observation")["properties"]
    assert properties == {name: {"$ref": f"#/$defs/{shape}"} for name, shape in allowed_fields().items()}


@pytest.mark.parametrize("shape", sorted(set(allowed_fields().values()) - {"object"}))
def test_field_takes_its_shape_null_and_lists_of_it(shape: str) -> None:
    good, bad = CASES[shape]
    name = next(name for name, its_shape in allowed_fields().items() if its_shape == shape)
    for value in (None, [], good[0], [good[0], None], [[good[-1]]]):
        assert not list(misshapen({name: value}))
        assert schemas.violations("observation", {name: value}) == []
    for value in (bad[0], [good[0], bad[0]], {}, [{}]):
        assert list(misshapen({name: value}))
        assert schemas.violations("observation", {name: value})


@pytest.mark.parametrize("name", ["password", "value", "token", "secret", "env", "stdout", "Path", "path ", ""])
def test_field_that_is_not_listed_is_refused(name: str) -> None:
    assert list(misshapen({name: "x"})) == [(name, "no field of this name is allowed")]


def test_misshapen_value_is_named_by_place_and_never_shown() -> None:
    value = {"findings": [{"path": "a", "line": 1}, {"path": "/etc/hunter2", "value": "hunter2"}], "line": "hunter2"}
    problems = list(misshapen(value))
    assert problems == [
        ("findings[1].path", "is not of shape path"),
        ("findings[1].value", "no field of this name is allowed"),
        ("line", "is not of shape count"),
    ]


def test_whole_field_is_withheld_when_a_part_is_misshapen() -> None:
    kept, problems = permitted({"verdict": "PASS", "findings": [{"path": "/abs"}], "made_up": 1})
    assert kept == {"verdict": "PASS"}
    assert problems == ("findings[0].path: is not of shape path", "made_up: no field of this name is allowed")


FIELDS = sorted(allowed_fields())
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**54)
    | st.sampled_from([value for good, bad in CASES.values() for value in (*good, *bad) if isinstance(value, str)])
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "password"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "password"]), values, max_size=3))
def test_schema_and_allow_list_agree(observation: dict[str, object]) -> None:
    refused = list(misshapen(observation))
    assert bool(schemas.violations("observation", observation)) == bool(refused)
    assert not list(misshapen(permitted(observation)[0]))
    json.dumps(refused)
