"""Members of what a plural names: `passwords:`, `credentials:`, `tokens:`, in every format that has maps or lists."""

import pytest

from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes

SECRET = {
    "yaml-passwords": ("x.yaml", "passwords:\n  admin: hunter2\n  reader: ${READER}\n", 2),
    "yaml-passwords-quoted": ("x.yaml", "passwords:\n  admin: 'Tr1cky!'\n", 2),
    "yaml-flow": ("x.yaml", "db:\n  passwords: {admin: {pw:12}}\n", 2),
    "yaml-nested": ("x.yaml", "passwords:\n  prod:\n    admin: hunter2\n", 3),
    "yaml-nested-value": ("x.yaml", "passwords:\n  admin:\n    value: hunter2\n", 3),
    "yaml-rows-of-one": ("x.yaml", "passwords:\n- admin: hunter2\n- reader: hunter3\n", 2),
    "yaml-credentials": ("x.yaml", "credentials:\n  svc-fraud: {pw:12}\n", 2),
    "yaml-db-credentials": ("x.yaml", "dbCredentials:\n  fraud: {pw:12}\n", 2),
    "yaml-secrets": ("x.yaml", "secrets:\n  kafka: {pw:14}\n", 2),
    "yaml-tokens": ("x.yaml", "tokens:\n  ci: {alnum:32}\n", 2),
    "yaml-token-list": ("x.yaml", "tokens:\n- {alnum:32}\n", 2),
    "yaml-token-flow-list": ("x.yaml", "tokens: [{hex:40}, a]\n", 1),
    "yaml-api-keys": ("x.yaml", "api_keys:\n  partner: {alnum:32}\n", 2),
    "yaml-secret-list": ("x.yaml", "secrets:\n- {pw:14}\n", 2),
    "yaml-anchor": ("x.yaml", "a: &pw hunter2\npasswords:\n  admin: *pw\n", 1),
    "json-passwords": ("x.json", '{"passwords": {\n"admin": "hunter2"}}', 2),
    "json-credentials": ("x.json", '{"credentials": {"svc": "{pw:12}"}}', 1),
    "json-tokens": ("x.json", '{"tokens": ["{alnum:32}"]}', 1),
    "json-client-secrets": ("x.json", '{"clientSecrets": {"web": "{pw:14}"}}', 1),
    "toml-passwords": ("x.toml", '[passwords]\nadmin = "hunter2"\n', 2),
    "toml-nested": ("x.toml", '[db.passwords.prod]\nadmin = "hunter2"\n', 2),
    "toml-tokens": ("x.toml", 'tokens = ["{alnum:32}"]\n', 1),
    "ini-section": ("x.ini", "[passwords]\nadmin = hunter2\n", 2),
    "ini-credentials": ("x.cfg", "[service credentials]\nfraud = {pw:12}\n", 2),
    "xml": ("x.xml", "<c>\n<passwords><admin>hunter2</admin></passwords></c>", 2),
}
CLEAN = {
    "references": ("x.yaml", "passwords:\n  admin: ${ADMIN}\n  reader: !Ref Reader\n  x: arn:aws:ssm:a:b:c/d\n"),
    "placeholders": ("x.yaml", "passwords:\n  admin: changeme\n  reader: <your-password>\n  x: ''\n"),
    "policy": ("x.yaml", "passwords:\n  min_length: 12\n  algorithm: pbkdf2_sha256\n  policy: {pattern: 'A-Z0-9'}\n"),
    "nested-policy": ("x.yaml", "passwords:\n  rules:\n    classes: A-Z+a-z+0-9\n"),
    "messages": ("x.json", '{"passwords": {"reset": "Your password has been reset!", "sent": "Sent!", "min": "8+"}}'),
    "messages-elsewhere": ("x.json", '{"passwords": {"min": "密码必须至少8个字符", "user": "找不到用户2"}}'),
    "fields": ("x.yaml", "credentials:\n  username: Svc-Fraud1\n  region: eu-west-2\n  profile: Prod1Admin\n"),
    "names": ("x.yaml", "credentials:\n  aws: aws-prod-2\n  docker: regcred1\n"),
    "rows": ("x.yaml", "credentials:\n- kid: Ab1/Release\n  label: Main1/One\n"),
    "compose": ("x.yaml", "secrets:\n  db_password:\n    file: ./Db1.txt\n  api: {external: true}\n"),
    "compose-list": ("x.yaml", "services:\n  a:\n    secrets: [db_password, source1]\n"),
    "workflow": (
        "x.yml",
        "workflow_call:\n  secrets:\n    token: {required: true}\njobs:\n  a:\n    secrets: inherit\n",
    ),
    "words": ("x.json", '{"tokens": ["The", "GPT-4o", "don\'t", "1,024", "[CLS]"], "id": 1}'),
    "design": ("x.json", '{"tokens": {"accent": "#A1b2C3", "space": "16px", "font": "Inter-Bold700"}}'),
    "vocabulary": ("x.json", '{"special_tokens": {"start": "<|im_start|>", "pad": "[PAD]"}}'),
    "pages": ("x.json", '{"nextTokens": ["{alnum:32}"]}'),
    "extras": ("pyproject.toml", '[extras]\nsecrets = ["keyring>=23.4", "PyJWT[crypto]>=2.8,<3"]\n'),
    "lock": (
        "package-lock.json",
        '{"secrets": {"version": "1.2.3", "integrity": "sha512-{b64:64}", "url": "https://x/y"}}',
    ),
    "schema": (
        "x.json",
        '{"properties": {"passwords": {"type": "array", "pattern": "^[A-Z]+[0-9]+$", "$ref": "#/d/X1y"}}}',
    ),
    "public-keys": ("x.yaml", "ssh_keys:\n  alice: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{alnum:40} a@b\n"),
    "count": ("x.yaml", "max_tokens: 4096\ntokens: 12\n"),
    "singular": ("x.yaml", "accounts:\n  admin: Tr1cky!Name\n"),
    "ini-elsewhere": ("x.ini", "[passwords]\nreset = Done!\n[paths]\nadmin = hunter2\n"),
}


@pytest.mark.parametrize("name", SECRET)
def test_a_member_of_a_collection_of_secrets_is_found_on_its_line(name: str) -> None:
    path, text, line = SECRET[name]
    assert line in {finding.line for finding in scan_bytes(expand_example(text).encode(), path, layers=POLICY_ONLY)}


@pytest.mark.parametrize("name", CLEAN)
def test_what_stands_in_such_a_collection_without_being_a_secret_is_left_alone(name: str) -> None:
    path, text = CLEAN[name]
    assert scan_bytes(expand_example(text).encode(), path, layers=POLICY_ONLY) == []


@pytest.mark.parametrize(("line", "count"), [("passwords:", 3), ("accounts:", 0)])
def test_every_member_counts(line: str, count: int) -> None:
    text = f"{line}\n  a: hunter2\n  b: hunter3\n  c: [hunter4, hunter5]\n  d: {{e: hunter6}}\n"
    assert len(scan_bytes(text.encode(), "x.yaml", layers=POLICY_ONLY)) == count
