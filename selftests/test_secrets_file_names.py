"""Each pattern, folder and suffix by which a file is banned from an image by its name, or is not."""

import pytest

from packaging_readiness.secrets.names import banned_patterns, secret_file_name

BANNED = {
    "file-dotenv": [".env", ".env.prod", "prod.env"],
    "file-private-key": ["a.pem", "a.key", "a.ppk", "id_rsa", "id_rsa_2", "id_dsa", "id_ecdsa", "id_ed25519-old"],
    "file-keystore": ["a.p12", "a.pfx", "a.jks", "a.keystore", "a.kdbx", "a.keytab", "a.bcfks"],
    "file-credentials": [
        *("credentials", "credentials.ini", "a.credentials", "gcp-credentials.json", "client_secret_7.json"),
        *("service-account-ci.json", "service_account.json", ".git-credentials", ".dockercfg"),
    ],
    "file-token": ["token", "token.txt", "a.token", "a.jwt"],
    "file-client-login": [
        *(".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".pypirc", ".npmrc", ".s3cfg", ".boto", ".htpasswd"),
        *(".vault-token", ".terraformrc", "terraform.rc"),
    ],
    "file-terraform-state": ["a.tfstate", "a.tfstate.backup"],
}


@pytest.mark.parametrize("rule", BANNED)
def test_each_of_these_names_is_banned_by_its_rule(rule: str) -> None:
    names = [*BANNED[rule], *(f"deep/er/{name.upper()}" for name in BANNED[rule])]
    assert {name: secret_file_name(name) for name in names} == dict.fromkeys(names, rule)


@pytest.mark.parametrize(
    "suffix",
    [
        *(".pub", ".py", ".pyi", ".pyc", ".md", ".rst", ".go", ".js", ".ts", ".java", ".c", ".h", ".rs"),
        *(".example", ".sample", ".template", ".dist"),
    ],
)
def test_sources_public_keys_and_templates_are_not_banned(suffix: str) -> None:
    assert secret_file_name(f"credentials{suffix}") is None
    assert secret_file_name(f"a/TOKEN{suffix.upper()}") is None
    assert secret_file_name(f".env{suffix}") is None
    assert secret_file_name(f"credentials{suffix}.txt") == "file-credentials"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".aws/credentials", "file-client-login"),
        (".aws/config", "file-client-login"),
        ("home/.AWS/Config", "file-client-login"),
        (".docker/config.json", "file-client-login"),
        (".kube/config", "file-client-login"),
        (".docker/config", None),
        (".kube/config.json", None),
        (".aws/x/config", None),
        ("aws/config", None),
        ("config", None),
        ("config.json", None),
    ],
)
def test_a_folder_gives_its_files_away(path: str, rule: str | None) -> None:
    assert secret_file_name(path) == rule


@pytest.mark.parametrize(
    "path",
    ["", "env", "a.envrc", "tokens.json", "credential", "id.rsa", "netrc", "a.pem.txt", "keys/readme", "token/x"],
)
def test_other_names_are_not_banned(path: str) -> None:
    assert secret_file_name(path) is None


def test_the_banned_patterns_are_told_in_order() -> None:
    assert banned_patterns() == (
        *("*-credentials.json", "*.bcfks", "*.credentials", "*.env", "*.jks", "*.jwt", "*.kdbx", "*.key"),
        *("*.keystore", "*.keytab", "*.p12", "*.pem", "*.pfx", "*.ppk", "*.tfstate", "*.tfstate.*", "*.token"),
        *(".boto", ".dockercfg", ".env", ".env.*", ".git-credentials", ".htpasswd", ".my.cnf", ".netrc", ".npmrc"),
        *(".pgpass", ".pypirc", ".s3cfg", ".terraformrc", ".vault-token", "_netrc", "client_secret*.json"),
        *("credentials", "credentials.*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "id_rsa*", "pgpass.conf"),
        *("service-account*.json", "service_account*.json", "terraform.rc", "token", "token.*"),
    )
