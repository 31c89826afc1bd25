"""Names that announce credentials, values that are none, extracted pairs, redaction, and the rule pack's examples."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.secrets import matcher
from packaging_readiness.secrets.names import credential_name, secret_file_name, split_words
from packaging_readiness.secrets.pairs import scan_text_values
from packaging_readiness.secrets.redaction import redact
from packaging_readiness.secrets.rulepack import Rule, _compile, expand_example, load_rules
from packaging_readiness.secrets.selfcheck import rule_pack_faults
from packaging_readiness.secrets.structure import Mapping, Scalar, read_structure
from packaging_readiness.secrets.values import is_placeholder, is_reference, looks_random

PASSWORD = expand_example("{pw:12}")


def test_every_rule_finds_its_example_and_leaves_its_clean_one() -> None:
    assert rule_pack_faults() == []
    ids = [rule.id for rule in load_rules().rules]
    assert len(ids) == len(set(ids)) > 50


@pytest.mark.parametrize("rule", load_rules().rules, ids=lambda rule: rule.id)
def test_what_a_scan_finds_by_a_rule_is_what_the_rule_finds_alone(rule: Rule) -> None:
    for example in (rule.match, rule.clean):
        text = expand_example(example).encode()
        found = rule.id in {hit.rule for hit in matcher.find(text, "config")}
        assert matcher.matches(rule, text) is found is (example is rule.match)


def test_a_rule_that_another_row_blinds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = load_rules()
    shorter = _compile(rb"ghp_[A-Za-z0-9]{5}|" + pack.gates.tokens.pattern)
    blinded = replace(pack, gates=replace(pack.gates, tokens=shorter))
    monkeypatch.setattr(matcher, "load_rules", lambda: blinded)
    assert "rule github-token misses its own example" in rule_pack_faults()


def test_a_rule_with_a_wrong_example_is_named() -> None:
    rule = next(rule for rule in load_rules().rules if rule.id == "github-token")
    assert rule_pack_faults([replace(rule, match="nothing")]) == ["rule github-token misses its own example"]
    assert rule_pack_faults([replace(rule, clean=rule.match)]) == ["rule github-token matches its clean example"]


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "aws_access_key_id",
        "DB_PASSWORD",
        "dbPassword",
        "db-passwd",
        "PGPASSWORD",
        "MYSQL_PWD",
        "API_TOKEN",
        "apiKey",
        "SECRET_KEY",
        "GITHUB_TOKEN",
        "CLIENT_SECRET",
        "PASSWORD_PROD",
        "sasl.password",
        "SSH_PRIVATE_KEY",
        "DJANGO_SECRET_KEY_BASE",
        "GITHUB_PAT",
        "REDIS_PASS",
    ],
)
def test_the_name_of_a_credential_is_known(name: str) -> None:
    assert credential_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "SSM_AURORA_PASSWORD_PATH",
        "DB_SECRET_ARN",
        "SSM_API_KEY_HANDLE",
        "DB_PASSWORD_FILE",
        "TOKEN_TTL",
        "PASSWORD_POLICY",
        "PRIMARY_KEY",
        "PUBLIC_KEY",
        "KEY_ID",
        "COMPASS",
        "BYPASS",
        "AUTHOR",
        "MONKEY",
        "NEXT_TOKEN",
        "PYTHONPATH",
        "PATH",
        "GPG_KEY",
        "LANG",
    ],
)
def test_the_name_of_a_pointer_or_of_something_else_is_no_credential(name: str) -> None:
    assert not credential_name(name)


@given(st.lists(st.sampled_from(["db", "api", "key", "token", "user"]), min_size=1, max_size=5))
def test_all_spellings_of_a_name_give_the_same_words(words: list[str]) -> None:
    spellings = ["_".join(words), "-".join(words).upper(), words[0] + "".join(map(str.title, words[1:]))]
    assert {split_words(spelling) for spelling in spellings} == {tuple(words)}


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".env", "file-dotenv"),
        ("src/.env.prod", "file-dotenv"),
        ("certs/Server.PEM", "file-private-key"),
        ("id_rsa", "file-private-key"),
        ("a/tls.key", "file-private-key"),
        ("store.p12", "file-keystore"),
        (".aws/credentials", "file-client-login"),
        ("credentials", "file-credentials"),
        ("gcp-credentials.json", "file-credentials"),
        ("token", "file-token"),
        ("a/.netrc", "file-client-login"),
        (".docker/config.json", "file-client-login"),
        ("terraform.tfstate", "file-terraform-state"),
        ("id_rsa.pub", None),
        (".env.example", None),
        ("src/token.py", None),
        ("src/tokenizer.json", None),
        ("config.json", None),
        ("environment.yaml", None),
    ],
)
def test_a_file_is_banned_by_its_name(path: str, rule: str | None) -> None:
    assert secret_file_name(path) == rule


@pytest.mark.parametrize(
    "value",
    [
        "",
        "****",
        "xxxxxxxx",
        "changeme",
        "<your-token-here>",
        "your_api_key",
        "REDACTED",
        "password",
        "TO_PIN",
        "a...z",
    ],
)
def test_a_placeholder_is_no_secret(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["hunter2", "changeme1", "letmein", PASSWORD, "Tr0ub4dor&779!xK"])
def test_a_weak_password_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)
    assert not is_reference(value)


@pytest.mark.parametrize(
    "value",
    [
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "$(cat /run/x)",
        "{{ vault }}",
        "${{ secrets.X }}",
        "%PASSWORD%",
        "/fraud-platform/dev_full/aurora/password",
        "arn:aws:secretsmanager:eu-west-2:1:secret:x",
        "secretsmanager:prod/db",
        "os.environ['X1']",
        "var.db_password1",
        'getpass("x1")',
        "ENC[AES256,data:x]",
        "s3://bucket/key1",
    ],
)
def test_a_reference_is_no_secret(value: str) -> None:
    assert is_reference(value)
    assert scan_text_values({"DB_PASSWORD": value}, "Dockerfile") == []


@pytest.mark.parametrize(
    "value", ["access_token_v2", "X509CertificatePolicy", "my-service-2", "sha256-rsa", "password1"]
)
def test_a_name_does_not_look_random(value: str) -> None:
    assert not looks_random(value, least=12)


@given(st.text(alphabet="abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=24, max_size=24))
def test_redaction_leaves_no_token_behind(body: str) -> None:
    token = expand_example("ghp_{alnum:12}") + body
    clean, found = redact(f"before {token} after\nDB_PASSWORD={token}\nline 3")
    assert found
    assert token not in clean
    assert clean.startswith("before [redacted ")
    assert clean.endswith("\nline 3")


def test_redaction_takes_the_whole_private_key_even_without_its_end() -> None:
    body = "\n".join(expand_example("{b64:64}") for _ in range(3))
    whole, _ = redact(f"a\n-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\nb")
    cut, _ = redact(f"a\n-----BEGIN PRIVATE KEY-----\n{body}")
    assert whole.endswith("\nb")
    assert not any(line in whole + cut for line in body.split("\n"))


def test_redaction_leaves_clean_text_as_it_is_and_bounds_it() -> None:
    assert redact("usage: tool [--token TOKEN]\nr\u00e9sum\u00e9\n") == (
        "usage: tool [--token TOKEN]\nr\u00e9sum\u00e9\n",
        False,
    )
    assert redact("abc def " * 10, limit=16) == ("abc def abc def \n[64 more bytes]", False)


def test_pairs_are_judged_by_name_and_by_content() -> None:
    token = expand_example("glpat-{alnum:20}")
    found = scan_text_values(
        {
            "DB_PASSWORD": PASSWORD,
            "SSM_DB_PASSWORD_PATH": "/fraud-platform/dev_full/db/password",
            "EXTRA": f"--header {token}",
            "DSN": f"postgresql://svc:{PASSWORD}@db/x",
            "LANG": "C.UTF-8",
            "PYTHON_SHA256": expand_example("{hex:64}"),
        },
        "Dockerfile",
        line=7,
    )
    assert [(finding.path, finding.rule, finding.line) for finding in found] == [
        ("Dockerfile#DB_PASSWORD", "key-and-value", 7),
        ("Dockerfile#DSN", "url-password", 7),
        ("Dockerfile#EXTRA", "gitlab-token", 7),
    ]


def test_a_doubled_key_keeps_both_values() -> None:
    (root,) = read_structure("x.json", '{"password": "one", "password": "two"}')
    assert root == Mapping([("password", "one"), ("password", "two")])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.yaml", "a: [1, 2\nb: {"),
        ("x.json", "{'a': 1}"),
        ("x.json", "[" * 100_000),
        ("x.yaml", "[" * 5_000),
        ("x.toml", "a = = 1"),
        ("x.xml", "<a><b></a>"),
    ],
)
def test_a_file_that_does_not_parse_has_no_structure_and_does_no_harm(path: str, text: str) -> None:
    assert read_structure(path, text) == []


def test_an_alias_bomb_and_an_entity_bomb_stay_small() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert len(read_structure("x.yaml", "\n".join(lines))) == 1
    entities = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 60))
    (root,) = read_structure("x.xml", f'<!DOCTYPE a [<!ENTITY e0 "xx">{entities}]><a><b>&e59;</b></a>')
    assert isinstance(root, Mapping)


@given(st.text(max_size=60), st.sampled_from(["x.yaml", "x.json", "x.toml", "x.env", "x.xml"]))
def test_no_text_breaks_a_reader(text: str, path: str) -> None:
    for root in read_structure(path, text):
        assert root is None or isinstance(root, (Mapping, list, str, bool, Scalar))
