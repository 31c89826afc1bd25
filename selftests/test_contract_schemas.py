"""The schemas of the contract files say the same as the decoder, so that an editor warns of what a run would refuse."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from packaging_readiness.contract import schemas
from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.inventory import CheckFile
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.contract.load import load_contract, packaged_path
from packaging_readiness.contract.model import Contract
from selftests.plain_data import Path as Place
from selftests.plain_data import at, changed, few, kinds_of_place, without

HERE = Path(__file__).parent
BAD = HERE / "data" / "contract"
REFERENCE = HERE.parent / "fixtures" / "reference_platform" / "packaging-readiness.yaml"
CONTRACT: dict[str, Any] = load_contract("dev_full")[1]
CHECKS: dict[str, Any] = yaml.safe_load(packaged_path("checks").read_text(encoding="utf-8"))
FILES: dict[str, tuple[type[Any], dict[str, Any]]] = {"contract": (Contract, CONTRACT), "checks": (CheckFile, CHECKS)}
# What only the loader can know: doubled keys and ids, references between rows, and what is not JSON at all.
BEYOND_A_SCHEMA = {
    "bad_regex",
    "doubled_id",
    "doubled_key",
    "doubled_key_nested",
    "key_of_number",
    "unknown_blocker",
    "unknown_entrypoint",
    "unpinned_handle",
}
NOT_YAML = {"alias_unknown", "not_yaml", "python_object", "tab", "two_documents"}
# What the loader refuses after decoding: a no-go condition without blocker; and shapes, which only the schema lists.
NOT_THE_DECODERS = {("no_go", 0, "blocker"), ("provenance_fields", 0, "shape"), ("digest_anchors", 0, "shape")}
REPLACEMENTS: tuple[object, ...] = (None, "", 7, 1.5, False, [], ["x"], {"x": "y"})


FEW = {name: few(data) for name, (_, data) in FILES.items()}
for free in (FEW["contract"]["handles"], *(case["event"] for case in FEW["contract"]["mpr_cases"])):
    for surplus in list(free)[1:]:  # keys that the contract chooses are all of one kind
        del free[surplus]


def decided_places(name: str) -> list[Place]:
    """One place of each kind below the top, where the decoder alone decides."""
    return [path for path in kinds_of_place(FEW[name]) if path and path not in NOT_THE_DECODERS]


def decoded(name: str, value: Any) -> bool:
    """Whether the decoder takes the data."""
    try:
        decode(FILES[name][0], value)
    except DecodeError:
        return False
    return True


@pytest.mark.parametrize("name", schemas.names())
def test_schema_is_a_valid_schema_under_its_own_id(name: str) -> None:
    import jsonschema

    content = schemas.schema(name)
    jsonschema.Draft202012Validator.check_schema(content)
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert content["$id"] == f"https://packaging-readiness.invalid/schemas/{name}.schema.json"
    assert content["title"]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in plain data."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(child)


@pytest.mark.parametrize("name", schemas.names())
def test_every_reference_leads_to_a_packaged_definition(name: str) -> None:
    for node in nodes(schemas.schema(name)):
        if "$ref" in node:
            file, _, pointer = node["$ref"].partition("#")
            target: Any = schemas.schema(file.removesuffix(".schema.json") if file else name)
            for part in pointer.split("/")[1:]:
                target = target[part]
            assert isinstance(target, dict)


@pytest.mark.parametrize("name", schemas.names())
def test_every_object_says_which_keys_it_may_have(name: str) -> None:
    for node in nodes(schemas.schema(name)):
        if node.get("type") == "object":
            assert "additionalProperties" in node
            assert node["additionalProperties"] is False or "properties" not in node
            assert set(node.get("required", ())) <= set(node.get("properties", ()))


@pytest.mark.parametrize("name", schemas.names())
def test_every_pattern_ends_where_the_value_ends(name: str) -> None:
    """`$` alone lets a final newline pass in some dialects of regular expressions."""
    for node in nodes(schemas.schema(name)):
        if isinstance(node.get("pattern"), str):
            prefix = re.fullmatch(r"\^[A-Za-z0-9\\._-]+", node["pattern"])
            open_class = node["pattern"].endswith(("[^=]*$", "[^\\x00]+$"))
            assert prefix or open_class or node["pattern"].endswith("$(?!\\n)")


def test_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schemas.schema("../dev_full")
    with pytest.raises(KeyError):
        schemas.violations("no_such_object", {})


def test_importing_the_schemas_loads_no_validator() -> None:
    code = "import sys, packaging_readiness.contract.schemas; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_packaged_files_are_valid() -> None:
    assert schemas.violations("contract", CONTRACT) == []
    assert schemas.violations("checks", CHECKS) == []


def test_extension_is_valid_alone_and_merged() -> None:
    own = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    assert schemas.violations("contract_extension", own) == []
    assert schemas.violations("contract", load_contract(str(REFERENCE))[1]) == []
    lacking = "top level: lacks phase_id, milestone, environment, mirror, documents, includes,"
    assert any(message.startswith(lacking) for message in schemas.violations("contract", own))


def test_whole_contract_is_no_extension() -> None:
    assert schemas.violations("contract_extension", CONTRACT) == [
        'extends: breaks enum ["dev_full"]',
        "name: breaks not",
    ]


@pytest.mark.parametrize("name", sorted({path.stem for path in BAD.iterdir()} - NOT_YAML))
def test_bad_file_is_refused_by_the_schema_too(name: str) -> None:
    value = yaml.safe_load((BAD / f"{name}.yaml").read_bytes())
    assert (schemas.violations("contract_extension", value) == []) == (name in BEYOND_A_SCHEMA)


@pytest.mark.parametrize("key", sorted(CONTRACT))
def test_no_part_of_a_whole_contract_may_be_left_out(key: str) -> None:
    shortened = without(CONTRACT, (key,))
    assert schemas.violations("contract", shortened) == [f"top level: lacks {key}"]
    with pytest.raises(DecodeError, match=f"key '{key}' is missing"):
        decode(Contract, shortened)


@pytest.mark.parametrize("replacement", REPLACEMENTS, ids=repr)
@pytest.mark.parametrize("name", sorted(FILES))
def test_schema_and_decoder_agree_on_every_kind_of_value(name: str, replacement: object) -> None:
    for path in decided_places(name):
        value = changed(FEW[name], path, replacement)
        assert (schemas.violations(name, value) == []) == decoded(name, value), path


@pytest.mark.parametrize("name", sorted(FILES))
def test_schema_and_decoder_agree_on_every_key_left_out(name: str) -> None:
    for path in decided_places(name):
        value = without(FEW[name], path)
        assert (schemas.violations(name, value) == []) == decoded(name, value), path


@pytest.mark.parametrize("name", sorted(FILES))
def test_schema_and_decoder_agree_on_every_key_added(name: str) -> None:
    for path in kinds_of_place(FEW[name]):
        if isinstance(at(FEW[name], path), dict):
            value = changed(FEW[name], (*path, "unknown"), "text")
            assert (schemas.violations(name, value) == []) == decoded(name, value), path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("documents", "plan"), "/srv/plan.md"),
        (("documents", "plan"), "a/../b"),
        (("documents", "plan"), "a/.."),
        (("documents", "plan"), "../"),
        (("includes", 0, "id"), ""),
        (("image", "dockerfile"), "a\x00b"),
        (("rows", "timeout_s"), 0),
        (("rows", "timeout_s"), 3601),
        (("entrypoints", 0, "module"), "a..b"),
        (("entrypoints", 0, "module"), "a.b\n"),
        (("entrypoints", 0, "optional"), ["-p"]),
        (("secret_paths", 0, "id"), "relative/path"),
        (("preconditions", 0, "checks"), []),
        (("blockers", 0, "severity"), "S4"),
        (("blockers", 0, "rollup"), ["m1f"]),
        (
            ("accepted_findings",),
            [dict.fromkeys(("path", "rule", "fingerprint", "reason", "reviewer", "expires"), "never")],
        ),
    ],
)
def test_both_refuse(path: Place, value: object) -> None:
    spoiled = changed(CONTRACT, path, value)
    assert schemas.violations("contract", spoiled)
    assert not decoded("contract", spoiled)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("documents", "plan"), "..a/b..c/...."),
        (("rows", "timeout_s"), 0.5),
        (("rows", "timeout_s"), 3600),
        (("image", "base_argument"), "BASE_IMAGE"),
        (("handles", "A_NEW_HANDLE"), "value"),
        (("mpr_cases", 0, "event", "nested"), {"any": [1, {"thing": None}]}),
        (("workflow", "permissions", "packages"), "write"),
        (
            ("accepted_findings",),
            [{**dict.fromkeys(("path", "rule", "fingerprint", "reason", "reviewer"), "a"), "expires": "2026-03-31"}],
        ),
    ],
)
def test_both_accept(path: Place, value: object) -> None:
    other = changed(CONTRACT, path, value)
    assert schemas.violations("contract", other) == []
    assert decoded("contract", other)


@pytest.mark.parametrize("lane", LANES)
def test_check_id_starts_with_its_lane(lane: str) -> None:
    check = {**CHECKS["checks"][0], "lane": lane}
    for prefix in LANES:
        value = {"schema": 1, "checks": [{**check, "id": f"{prefix}.some.check"}]}
        assert (schemas.violations("checks", value) == []) == decoded("checks", value) == (prefix == lane)


@pytest.mark.parametrize("severity", ["S1", "S2", "S3", "row"])
@pytest.mark.parametrize("blocker", [None, "row", "M1-B1"])
def test_blocker_and_severity_of_a_check_go_together(blocker: str | None, severity: str) -> None:
    value = {"schema": 1, "checks": [{**CHECKS["checks"][0], "blocker": blocker, "severity": severity}]}
    together = (blocker is None) == (severity == "S3") and (blocker == "row") == (severity == "row")
    assert (schemas.violations("checks", value) == []) == decoded("checks", value) == together


def test_message_names_place_and_rule_and_no_value() -> None:
    spoiled = copy.deepcopy(CONTRACT)
    spoiled["handles"]["HUNTER2"] = ["hunter2"]
    spoiled["secret_paths"][3]["id"] = "/db/password=hunter2"
    spoiled["closure"]["hunter2"] = "hunter2"
    spoiled["evidence_objects"][0].pop("lane")
    messages = schemas.violations("contract", spoiled)
    assert messages == [
        "closure: has a key that is not allowed",
        "evidence_objects[0]: lacks lane",
        "handles.*: is not of type string",
        'secret_paths[3].id: breaks pattern "^/[^=]*$"',
    ]
    assert "hunter2" not in json.dumps(messages).lower()
