"""Names that announce a credential: of keys and variables, and of files."""

from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

Strength = Literal["password", "secret", "reference"]
"""How much a key name says about its value.

password: whatever literal stands there is the secret. secret: a random-looking value is one.
reference: the name announces a pointer to a secret (`..._PATH`, `..._ARN`); only a random-looking value is one.
"""


def words_of(text: str) -> frozenset[str]:
    """The blank-separated words of `text`."""
    return frozenset(text.split())


AWS_STATIC_NAMES = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})

_PASSWORD_ENDINGS = ("password", "passwords", "passwd", "passphrase", "passcode", "passwort", "pwd")
_PASSWORD_WORDS = words_of(
    "psk requirepass masterauth bindpw rootpw userpass dbpass sshpass keypass storepass masterpass adminpass rootpass "
    "smtppass mailpass mysqlpass pgpass proxypass ldappass"
)
_SECRET_ENDINGS = ("secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "authkey")
_SECRET_WORDS = words_of("jwt pass pw passkey credential credentials cred creds auth bearer sas")
_ACCOUNTS = words_of(
    "db database user admin root smtp mail email imap pop redis mysql mariadb pg postgres postgresql mongo mongodb "
    "rabbit rabbitmq amqp kafka ssh ftp sftp ldap proxy http basic auth login default svc service become sudo ansible "
    "master keystore truststore cert client server elastic es snowflake oracle mssql sql jdbc"
)
_KEY_OWNERS = words_of(
    "api secret access private auth authorization signing sign signature encryption encrypt decryption account "
    "master service admin app application shared storage session deploy consumer client hmac crypto "
    "cipher aes des fernet jwt webhook function host ssh rsa server security subscription integration ingest "
    "ingestion write team wireguard preshared registration rest tls ssl publishable crypt fastly routing"
)
_PAT_OWNERS = words_of("github gh gitlab gl azure ado devops access api bot ci databricks tableau jira")
# Tokens that page through results or make a request idempotent open nothing.
_HARMLESS_TOKENS = words_of(
    "next page output input continuation pagination request action idempotency sync cancellation cancel resume start "
    "starting end previous prev marker forward backward change scroll delta update lock fencing eos bos pad unk mask "
    "sep"
)
_QUALIFIERS = words_of(
    "prod production dev development test testing stage staging live sandbox local default value plaintext "
    "plain unsafe of raw string str text b64 base64 base old new current previous primary secondary override"
)
_REFERENCE_WORDS = words_of("path arn handle file ref reference ssm uri url location name")


@lru_cache(maxsize=8192)
def split_words(name: str) -> tuple[str, ...]:
    """`dbPassword`, `DB_PASSWORD`, `db-password` and `DBPassword` all give ("db", "password")."""
    words: list[str] = []
    start = 0
    for index in range(len(name) + 1):
        char = name[index] if index < len(name) else " "
        before = name[index - 1] if index else " "
        after = name[index + 1] if index + 1 < len(name) else " "
        camel = char.isupper() and (before.islower() or before.isdigit() or (before.isupper() and after.islower()))
        if not char.isalnum() or camel:
            if index > start:
                words.append(name[start:index].lower())
            start = index if camel else index + 1
    return tuple(words)


@lru_cache(maxsize=8192)
def credential_strength(name: str) -> Strength | None:
    """What the last words of `name` say about its value, or None when they announce no credential."""
    if ".account.key." in name:
        return "secret"  # what follows is the name of the account
    words = list(split_words(name[-120:]))
    while words and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        words.pop()
    if not words:
        return None
    if words[-1] in _REFERENCE_WORDS:
        return "reference" if len(words) > 1 and _strength(words[:-1]) else None
    return _strength(words)


def _strength(words: list[str]) -> Strength | None:
    last = words[-1].rstrip("0123456789")
    if last in _PASSWORD_WORDS or last.endswith(_PASSWORD_ENDINGS):
        return "password"
    owner = words[-2] if len(words) > 1 else ""
    if last in ("pass", "pw") and owner in _ACCOUNTS:
        return "password"
    if last == "token" and owner in _HARMLESS_TOKENS:
        return None
    if last in _SECRET_WORDS or last.endswith(_SECRET_ENDINGS) or (last == "pat" and owner in _PAT_OWNERS):
        return "secret"
    if (last in ("key", "keys") and owner in _KEY_OWNERS) or (last == "salt" and owner == "auth"):
        return "secret"
    return None


@lru_cache(maxsize=8192)
def collection_strength(name: str) -> Strength | None:
    """What a name in the plural says about the members of the collection below it; None when it names no secrets.

    password: `passwords`. secret: `secrets`, `credentials`. reference: `tokens`, `api_keys` and the like, which also
    stand for texts cut up, colours of a design and marks of keys: only what looks generated counts.
    """
    words = list(split_words(name[-120:]))
    if not words or not words[-1].endswith("s"):
        return None
    words[-1] = words[-1][:-1]
    strength = _strength(words)
    return "reference" if strength == "secret" and words[-1].endswith(("token", "key", "auth")) else strength


def credential_name(name: str) -> bool:
    """Whether an ARG, ENV or workflow variable of this name would carry a credential itself.

    Names that hold a pointer (`..._PATH`, `..._ARN`, `..._HANDLE`, `..._FILE`) are not credentials.
    """
    return name.upper() in AWS_STATIC_NAMES or credential_strength(name) in ("password", "secret")


_SECRET_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("file-dotenv", (".env", ".env.*", "*.env")),
    ("file-private-key", ("*.pem", "*.key", "*.ppk", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*")),
    ("file-keystore", ("*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.keytab", "*.bcfks")),
    ("file-credentials", ("credentials", "credentials.*", "*.credentials", "*-credentials.json", "client_secret*.json",
                          "service-account*.json", "service_account*.json", ".git-credentials", ".dockercfg")),
    ("file-token", ("token", "token.*", "*.token", "*.jwt")),
    ("file-client-login", (".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".pypirc", ".npmrc", ".s3cfg",
                           ".boto", ".htpasswd", ".vault-token", ".terraformrc", "terraform.rc")),
    ("file-terraform-state", ("*.tfstate", "*.tfstate.*")),
)  # fmt: skip
_SOURCE_SUFFIXES = (".pub", ".py", ".pyi", ".pyc", ".md", ".rst", ".go", ".js", ".ts", ".java", ".c", ".h", ".rs")
_HARMLESS_SUFFIXES = (*_SOURCE_SUFFIXES, ".example", ".sample", ".template", ".dist")
_SECRET_FOLDERS = {".aws": ("credentials", "config"), ".docker": ("config.json",), ".kube": ("config",)}


def secret_file_name(path: str) -> str | None:
    """The rule that bans a file of this name from an image or its build context, or None.

    Judged by name alone, letter case ignored. Source files (`token.py`), public keys and templates
    (`.env.example`) pass: their content is scanned like any other.
    """
    pure = PurePosixPath(path)
    name, parent = pure.name.lower(), pure.parent.name.lower()
    if name in _SECRET_FOLDERS.get(parent, ()):
        return "file-client-login"
    if name.endswith(_HARMLESS_SUFFIXES):
        return None
    for rule, patterns in _SECRET_FILES:
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return rule
    return None


def banned_patterns() -> tuple[str, ...]:
    """The file name patterns that `secret_file_name` bans, sorted."""
    return tuple(sorted(pattern for _, patterns in _SECRET_FILES for pattern in patterns))
