"""Which leaves of a tree are secrets by their place: under a key, beside a name, in a list, in a Secret, in a JWK."""

import base64

import pytest

from packaging_readiness.secrets.leaves import STRUCTURE_RULES, find_leaves, judge_pair
from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.pairs import scan_text_values
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes
from packaging_readiness.secrets.structure import Mapping, Node, Scalar

STRONG = expand_example("{pw:14}")
MIXED = "kettle7"
RANDOM = expand_example("{alnum:32}")
LOGIN = base64.b64encode(f"svc:{STRONG}".encode()).decode()


def map_of(**items: Node) -> Mapping:
    return Mapping(list(items.items()))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def found(root: Node) -> list[tuple[str, str]]:
    """Rule and value of each leaf, sorted."""
    return sorted((leaf.rule, str(leaf.value)) for leaf in find_leaves(root))


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("x.yaml", f"password: {MIXED}", "key-and-value"),
        ("x.yaml", f"- name: password\n  value: {MIXED}", "name-and-value-pair"),
        ("x.yaml", f"password: [{MIXED}]", "value-in-list"),
        ("x.yaml", f"passwords: {{a: {MIXED}}}", "value-in-mapping"),
        ("x.yaml", f"kind: Secret\nstringData: {{x: {STRONG}}}", "kubernetes-secret"),
        ("x.json", f'{{"auth": "{LOGIN}"}}', "registry-auth"),
        ("x.json", f'{{"kty": "RSA", "d": "{RANDOM}"}}', "private-json-web-key"),
        ("passwords", STRONG, "file-of-credentials"),
    ],
)
def test_a_scan_tells_the_rule_and_its_kind(path: str, text: str, rule: str) -> None:
    kind = "private_key" if rule == "private-json-web-key" else "password"
    assert (rule, kind) in {(each.rule, each.kind) for each in scan_bytes(text.encode(), path, layers=POLICY_ONLY)}
    assert STRUCTURE_RULES[rule] == kind


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("DB_PASSWORD", MIXED, "key-and-value"),
        ("DB_PASSWORD", "changeme", None),
        ("DB_PASSWORD", " q7w ", None),
        ("LANG", STRONG, None),
        ("", STRONG, None),
        ("api_token", MIXED, "key-and-value"),
        ("auth", LOGIN, "registry-auth"),
        ("docker_auth", LOGIN, "registry-auth"),
        ("dockerAuth", STRONG, None),
        ("auth", RANDOM, None),
        ("auth_token", LOGIN, "key-and-value"),
    ],
)
def test_a_pair_is_judged_by_its_name(name: str, value: str, rule: str | None) -> None:
    assert judge_pair(name, value) == rule
    assert found(Mapping([(name, value)])) == ([(rule, value)] if rule else [])
    if rule:
        assert [(each.rule, each.kind) for each in scan_text_values({name: value}, "x")] == [(rule, "password")]


@pytest.mark.parametrize(
    "name",
    [
        *("name", "key", "parametername", "ParameterKey", "variable", "env_name", "option", "property", "id", "NAME"),
        *("param-name", "parameterKey", "envName", "variable_name", "var-key", "headerName", "option.name"),
        *("propertyName", "field-name", "attributeName", "setting_name", "initName", "configKey", "PARAM_KEY"),
    ],
)
def test_a_key_of_this_name_names_what_stands_beside_it(name: str) -> None:
    assert found(Mapping([(name, "DB_PASSWORD"), ("value", MIXED)])) == [("name-and-value-pair", MIXED)]
    assert found(Mapping([("value", MIXED), (name, "DB_PASSWORD")])) == [("name-and-value-pair", MIXED)]
    assert found(Mapping([(name, "LANG"), ("value", STRONG)])) == []


@pytest.mark.parametrize(
    "name",
    [
        *("value", "default", "defaultvalue", "default_value", "plaintext", "stringValue", "content", "data", "text"),
        *(
            "parametervalue",
            "contents",
            "val",
            "VALUE",
            "param-value",
            "parameter.value",
            "env-value",
            "variable-value",
        ),
        *("var-value", "header-value", "option-value", "property-value", "field-value", "attribute-value"),
        *("setting-value", "init-value", "config-value"),
    ],
)
def test_a_key_of_this_name_holds_the_value(name: str) -> None:
    assert found(Mapping([("name", "DB_PASSWORD"), (name, MIXED)])) == [("name-and-value-pair", MIXED)]
    assert found(Mapping([("DB_PASSWORD", Mapping([(name, MIXED)]))])) == [("name-and-value-pair", MIXED)]


@pytest.mark.parametrize("name", ["serverName", "my_param_name", "param_name_x", "param", "param-title", "title", ""])
def test_a_key_of_another_name_names_nothing(name: str) -> None:
    assert found(Mapping([(name, "DB_PASSWORD"), ("value", STRONG)])) == []
    assert found(Mapping([("name", "DB_PASSWORD"), (name.replace("name", "value"), STRONG)])) == []


def test_of_two_names_the_first_counts_and_of_values_all() -> None:
    root = Mapping([("name", "DB_PASSWORD"), ("key", "LANG"), ("value", MIXED), ("default", "kettle8"), ("x", STRONG)])
    assert found(root) == [("name-and-value-pair", MIXED), ("name-and-value-pair", "kettle8")]
    assert found(Mapping([("key", "LANG"), ("name", "DB_PASSWORD"), ("value", MIXED)])) == []
    assert found(map_of(name="DB_PASSWORD", value=None, default=MIXED)) == [("name-and-value-pair", MIXED)]


@pytest.mark.parametrize(
    ("kind", "key", "value", "secret"),
    [
        ("oct", "k", RANDOM, True),
        ("oct", "d", RANDOM, False),
        ("RSA", "d", RANDOM, True),
        ("EC", "D", RANDOM, True),
        ("RSA", "k", RANDOM, False),
        ("RSA", "n", RANDOM, False),
        ("RSA", "d", "a1b2c3d4e5f6g7h8i9j0", True),
        ("RSA", "d", "a1b2c3d4e5f6g7h8i9j", False),
    ],
)
def test_the_private_part_of_a_json_web_key_is_told_by_its_type(kind: str, key: str, value: str, secret: bool) -> None:
    expected = [("private-json-web-key", value)] if secret else []
    assert found(Mapping([("kty", kind), (key, value)])) == expected
    assert found(Mapping([("kind", kind), (key, value)])) == []
    assert [leaf.line for leaf in find_leaves(Mapping([("kty", kind), (key, Scalar(value, 7))]))] == [7] * secret


@pytest.mark.parametrize(
    ("holder", "key", "value", "secret"),
    [
        ("data", "x", encoded(STRONG), True),
        ("data", "x", f"{LOGIN[:8]}\n  {LOGIN[8:]}\n", True),
        ("data", "password", encoded(MIXED), True),
        ("data", "x", encoded(MIXED), False),
        ("data", "x", encoded("Example-Pass1"), False),
        ("data", "x", encoded(" Ab12x\n"), False),
        ("data", "x", STRONG, False),
        ("data", "x", LOGIN[:8] + "!" + LOGIN[8:], False),
        ("data", "x", base64.b64encode(b"\xff" + STRONG.encode()).decode(), False),
        ("stringData", "x", STRONG, True),
        ("stringData", "x", MIXED, False),
        ("stringdata", "x", STRONG, False),
    ],
)
def test_what_a_kubernetes_secret_holds_is_one_under_any_key(holder: str, key: str, value: str, secret: bool) -> None:
    held = Mapping([("y", None), (key, value)])
    expected = [("kubernetes-secret", value)] if secret else []
    rules = ("kubernetes-secret",)
    assert [each for each in found(map_of(kind="Secret", **{holder: held})) if each[0] in rules] == expected
    assert [each for each in found(map_of(kind="ConfigMap", **{holder: held})) if each[0] in rules] == []
    lined: Node = Mapping([(key, Scalar(value, 5))])
    lines = [leaf.line for leaf in find_leaves(map_of(kind="Secret", **{holder: lined})) if leaf.rule in rules]
    assert lines == [5] * secret


def test_a_secret_of_texts_and_lists_harms_nothing() -> None:
    assert found(map_of(kind="Secret", data="x", stringData=[STRONG])) == []
    assert found(map_of(kind=None, data=map_of(x=encoded(STRONG)))) == []


@pytest.mark.parametrize(
    ("owner", "row", "values"),
    [
        ("password", [MIXED, "kettle8"], [MIXED, "kettle8"]),
        ("password", ["argon2>=1"], []),
        ("tokens", [RANDOM, "word"], [RANDOM]),
        ("tokens", [None, RANDOM, Mapping()], [RANDOM]),
        ("args", ["--password", MIXED], [MIXED]),
        ("args", ["-x", "--db-password", MIXED, "kettle8"], [MIXED]),
        ("args", [None, "--password", MIXED], [MIXED]),
        ("args", ["--password", "-kettle7"], ["-kettle7"]),
        ("args", ["--password", None, MIXED], []),
        ("args", ["--password", [], MIXED], []),
        ("args", ["-x", "password", MIXED], []),
        ("args", ["password", MIXED], []),
        ("args", ["--verbose", MIXED], []),
        ("args", [], []),
        ("args", [None], []),
        ("", ["--password", MIXED], [MIXED]),
        ("", [MIXED], []),
    ],
)
def test_a_member_of_a_list_is_judged_by_what_the_list_or_a_flag_is_called(
    owner: str, row: list[Node], values: list[str]
) -> None:
    assert found(Mapping([(owner, row)])) == [("value-in-list", value) for value in values]
    lined: list[Node] = [Scalar(each, 9) if isinstance(each, str) else each for each in row]
    assert [leaf.line for leaf in find_leaves(Mapping([(owner, lined)]))] == [9] * len(values)


@pytest.mark.parametrize(
    ("root", "values"),
    [
        (map_of(passwords=map_of(a=MIXED, b="kettle8")), [MIXED, "kettle8"]),
        (map_of(passwords=map_of(prod=map_of(a=MIXED, b="kettle8"))), [MIXED, "kettle8"]),
        (map_of(passwords=map_of(policy=map_of(a=MIXED))), []),
        (map_of(passwords=map_of(prod=[MIXED])), []),
        (map_of(people=map_of(a=STRONG, b=MIXED)), []),
        (map_of(passwords=[map_of(a=MIXED)]), [MIXED]),
        (map_of(passwords=[map_of(a=MIXED, b="kettle8")]), []),
        (map_of(passwords=[map_of(a=MIXED), map_of(b="kettle8")]), [MIXED, "kettle8"]),
        (map_of(passwords=[[map_of(a=MIXED)], "argon2>=1"]), [MIXED]),
        (map_of(credentials=map_of(prod=map_of(a=STRONG))), []),
        (map_of(credentials=map_of(a=STRONG, b=MIXED)), [STRONG]),
        ([map_of(passwords=map_of(a=MIXED))], [MIXED]),
        (map_of(x=[[map_of(passwords=map_of(a=MIXED))]]), [MIXED]),
    ],
)
def test_a_member_of_a_mapping_is_judged_by_what_the_mapping_is_called(root: Node, values: list[str]) -> None:
    assert found(root) == [("value-in-mapping", value) for value in sorted(values)]


def test_leaves_tell_their_lines_as_far_as_these_are_known() -> None:
    root = map_of(
        password=Scalar(MIXED, 3), name="DB_PASSWORD", value=Scalar("kettle8", 4), passwords=map_of(a="kettle9")
    )
    assert sorted((leaf.rule, leaf.line) for leaf in find_leaves(root)) == [
        ("key-and-value", 3),
        ("name-and-value-pair", 4),
        ("value-in-mapping", 0),
    ]
    passwords = map_of(passwords=map_of(a=Scalar("kettle9", 6)))
    assert [leaf.line for leaf in find_leaves(passwords)] == [6]


@pytest.mark.parametrize("root", [None, True, "password", [], Mapping(), [None, "x"], map_of(a=None, password=True)])
def test_what_holds_no_text_under_a_key_holds_no_secret(root: Node) -> None:
    assert found(root) == []
