"""Each word by which a name announces a credential, and each that says otherwise; how names are cut into words."""

import pytest

from packaging_readiness.secrets.names import (
    AWS_STATIC_NAMES,
    collection_strength,
    credential_name,
    credential_strength,
    split_words,
    words_of,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ()),
        ("_", ()),
        ("a", ("a",)),
        ("A", ("a",)),
        ("Ab", ("ab",)),
        ("AB", ("ab",)),
        ("aB", ("a", "b")),
        ("DBp", ("d", "bp")),
        ("dbPassword", ("db", "password")),
        ("DB_PASSWORD", ("db", "password")),
        ("db--password.", ("db", "password")),
        ("_db password_", ("db", "password")),
        ("DBPassword", ("db", "password")),
        ("db2Password", ("db2", "password")),
        ("DB2PASSWORD", ("db2", "password")),
        ("X509", ("x509",)),
        ("a1b2", ("a1b2",)),
        ("aDB", ("a", "db")),
        ("aDBx", ("a", "d", "bx")),
        ("größeÄndern", ("größe", "ändern")),
    ],
)
def test_a_name_is_cut_into_these_words(name: str, words: tuple[str, ...]) -> None:
    assert split_words(name) == words


def test_words_are_those_between_blanks() -> None:
    assert words_of(" a bc\n a ") == frozenset({"a", "bc"})


@pytest.mark.parametrize(
    "word",
    [
        *("password", "passwords", "passwd", "passphrase", "passcode", "passwort", "pwd", "psk", "requirepass"),
        *("masterauth", "bindpw", "rootpw", "userpass", "dbpass", "sshpass", "keypass", "storepass", "masterpass"),
        *("adminpass", "rootpass", "smtppass", "mailpass", "mysqlpass", "pgpass", "proxypass", "ldappass"),
    ],
)
def test_under_this_word_any_literal_is_the_secret(word: str) -> None:
    assert credential_strength(word) == "password"
    assert credential_strength(f"ZEBRA_{word.upper()}_2") == "password"
    assert credential_strength(f"zebra-{word}7") == "password"
    assert credential_strength(f"{word}_zebra") is None


@pytest.mark.parametrize("ending", ["password", "passwords", "passwd", "passphrase", "passcode", "passwort", "pwd"])
def test_a_word_that_ends_so_announces_a_password(ending: str) -> None:
    assert credential_strength(f"zebra{ending}") == "password"


@pytest.mark.parametrize(
    "word",
    [
        *("secret", "token", "jwt", "pass", "pw", "apikey", "passkey", "credential", "credentials", "cred", "creds"),
        *("auth", "bearer", "sas", "secretkey", "accesskey", "privatekey", "authkey"),
    ],
)
def test_under_this_word_what_looks_generated_is_the_secret(word: str) -> None:
    assert credential_strength(word) == "secret"
    assert credential_strength(f"zebra_{word}_2") == "secret"
    assert credential_strength(f"zebra_{word}7") == "secret"
    assert credential_strength(f"{word}_zebra") is None


@pytest.mark.parametrize("ending", ["secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "authkey"])
def test_a_word_that_ends_so_announces_a_secret(ending: str) -> None:
    assert credential_strength(f"zebra{ending}") == "secret"


@pytest.mark.parametrize(
    "accounts",
    [
        "db database user admin root smtp mail email imap pop redis mysql mariadb pg postgres postgresql mongo mongodb",
        "rabbit rabbitmq amqp kafka ssh ftp sftp ldap proxy http basic auth login default svc service become sudo",
        "ansible master keystore truststore cert client server elastic es snowflake oracle mssql sql jdbc",
    ],
)
def test_the_pass_of_such_an_account_is_a_password(accounts: str) -> None:
    names = [f"{account}_{word}" for account in accounts.split() for word in ("pass", "pw")]
    assert [name for name in names if credential_strength(name) != "password"] == []
    assert [name for name in names if credential_strength(f"{name.partition('_')[0]}_zebra") is not None] == []


def test_the_pass_of_anything_else_is_a_secret_at_most() -> None:
    assert credential_strength("zebra_pass") == credential_strength("zebra_pw") == "secret"
    assert credential_strength("pass_zebra") is None


@pytest.mark.parametrize(
    "owners",
    [
        "api secret access private auth authorization signing sign signature encryption encrypt decryption account",
        "master service admin app application shared storage session deploy consumer client hmac crypto",
        "cipher aes des fernet jwt webhook function host ssh rsa server security subscription integration ingest",
        "ingestion write team wireguard preshared registration rest tls ssl publishable crypt fastly routing",
    ],
)
def test_the_key_of_such_an_owner_is_a_secret(owners: str) -> None:
    names = [f"{owner}_{word}" for owner in owners.split() for word in ("key", "keys")]
    assert [name for name in names if credential_strength(name) != "secret"] == []


@pytest.mark.parametrize("name", ["key", "keys", "zebra_key", "public_key", "api_lock", "primary_keys", "key_api"])
def test_the_key_of_anything_else_announces_nothing(name: str) -> None:
    assert credential_strength(name) is None


@pytest.mark.parametrize("owners", ["github gh gitlab gl azure ado devops access api bot ci databricks tableau jira"])
def test_a_personal_token_is_told_by_its_owner(owners: str) -> None:
    assert [owner for owner in owners.split() if credential_strength(f"{owner}_pat") != "secret"] == []
    assert credential_strength("pat") is credential_strength("zebra_pat") is credential_strength("ci_pot") is None


def test_the_salt_of_a_login_is_a_secret() -> None:
    assert credential_strength("auth_salt") == "secret"
    assert credential_strength("zebra_salt") is credential_strength("salt") is credential_strength("auth_malt") is None


@pytest.mark.parametrize(
    "owners",
    [
        "next page output input continuation pagination request action idempotency sync cancellation cancel resume",
        "start starting end previous prev marker forward backward change scroll delta update lock fencing eos bos pad",
        "unk mask sep",
    ],
)
def test_a_token_that_opens_nothing_is_no_secret(owners: str) -> None:
    assert [owner for owner in owners.split() if credential_strength(f"{owner}_token") is not None] == []
    assert [owner for owner in owners.split() if credential_strength(f"{owner}_secret") != "secret"] == []


def test_a_token_of_anybody_is_a_secret() -> None:
    assert credential_strength("zebra_token") == credential_strength("next_zebra_token") == "secret"


@pytest.mark.parametrize(
    "words",
    [
        "prod production dev development test testing stage staging live sandbox local default value plaintext",
        "plain unsafe of raw string str text b64 base64 base old new current previous primary secondary override",
        "2 007",
    ],
)
def test_a_word_behind_the_name_changes_nothing(words: str) -> None:
    assert [word for word in words.split() if credential_strength(f"password_{word}") != "password"] == []
    assert [word for word in words.split() if credential_strength(f"password_{word}_{word}") != "password"] == []
    assert [word for word in words.split() if credential_strength(word) is not None] == []


@pytest.mark.parametrize(
    "word", ["path", "arn", "handle", "file", "ref", "reference", "ssm", "uri", "url", "location", "name"]
)
def test_a_pointer_to_a_credential_is_told_by_its_last_word(word: str) -> None:
    assert credential_strength(f"password_{word}") == credential_strength(f"api_token_{word}_prod") == "reference"
    assert credential_strength(word) is credential_strength(f"zebra_{word}") is None
    assert credential_strength(f"password_{word}_name") is credential_strength(f"password_{word}_zebra") is None


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("fs.azure.account.key.fraud.dfs.core.windows.net", "secret"),
        ("fs.azure.account.key", "secret"),
        ("fs.azure.account.name.fraud.dfs.core.windows.net", None),
        ("db_password", "password"),
        ("", None),
        ("-", None),
        # Of an endless name the last 120 characters count.
        ("psk" + "_prod" * 21 + "_stage" * 2, "password"),
        ("psk" + "_prod" * 20 + "_stage" * 3, None),
    ],
)
def test_a_name_says_so_much_of_its_value(name: str, strength: str | None) -> None:
    assert credential_strength(name) == strength


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("passwords", "password"),
        ("dbPasswords", "password"),
        ("masterauths", "password"),
        ("pwds", "password"),
        ("secrets", "secret"),
        ("credentials", "secret"),
        ("jwts", "secret"),
        ("tokens", "reference"),
        ("refresh_tokens", "reference"),
        ("api_keys", "reference"),
        ("apikeys", "reference"),
        ("auths", "reference"),
        ("next_tokens", None),
        ("monkeys", None),
        ("keys", None),
        ("password", None),
        ("api_key", None),
        ("classes", None),
        ("secrets_path", None),
        ("s", None),
        ("", None),
        # `next` stands within the last 120 characters, or just not.
        ("next-" + "_" * 109 + "tokens", None),
        ("next-" + "_" * 110 + "tokens", "reference"),
        ("api-" + "_" * 112 + "keys", "reference"),
        ("api-" + "_" * 113 + "keys", None),
    ],
)
def test_a_plural_says_so_much_of_the_members_below_it(name: str, strength: str | None) -> None:
    assert collection_strength(name) == strength


def test_long_lived_keys_of_aws_are_known_by_name() -> None:
    assert sorted(AWS_STATIC_NAMES) == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]


@pytest.mark.parametrize(
    ("name", "credential"),
    [
        ("aws_access_key_id", True),
        ("access_key_id", False),
        ("DB_PASSWORD", True),
        ("API_TOKEN", True),
        ("DB_PASSWORD_PATH", False),
        ("LANG", False),
    ],
)
def test_a_variable_of_this_name_would_carry_a_credential(name: str, credential: bool) -> None:
    assert credential_name(name) is credential
