"""Members of a collection of secrets by their names and forms, each at the edge of what counts."""

from itertools import cycle

import pytest

from packaging_readiness.secrets.members import inner_owner, is_member_secret, is_requirement

STRONG = "kR7#pq92Lm!x"
RANDOM = "Qz7Rk2Wp9Lm4Xv8Nb3Tc"
PARTS = cycle(f"{first}{second}{number}-" for first, second, number in zip("QRKWZ", "fgtvx", "48237", strict=True))
# As names of places are built, and with as many digits as what is drawn at random.
NAMED = "".join(part for part, _ in zip(PARTS, range(80), strict=False))


@pytest.mark.parametrize(
    ("owner", "key", "value", "secret"),
    [
        ("passwords", "", "hunter2", True),
        ("passwords", "admin", "hunter2", True),
        ("passwords", "admin", "hunter", False),
        ("passwords", "admin", " hunter2 ", True),
        ("accounts", "admin", "Tr1cky!Name", False),
        ("password", "admin", "Tr1cky!Name", False),
        ("passwords", "db_password", "hunter2", False),
        ("passwords", "min_length", "hunter2", False),
        ("passwords", "policy_admin", "hunter2", True),
        ("passwords", "user", "hunter2", True),
        ("credentials", "user", STRONG, False),
        ("credentials", "policy", STRONG, False),
        ("credentials", "svc-fraud", STRONG, True),
        ("credentials", "", STRONG, True),
        ("passwords", "a", "Zebra9!\u00e9", False),
        ("passwords", "a", "argon2>=1", False),
        ("passwords", "a", " argon2>=1 ", False),
        ("passwords", "a", "access_token_v2", False),
        ("passwords", "a", "Done!", False),
        ("passwords", "a", "Done?!", False),
        ("passwords", "a", "D0ne!", True),
        ("passwords", "a", "db-pw-v20241105", True),
        ("secrets", "a", "db-pw-v20241105", False),
        ("secrets", "a", "prod/db-v3", False),
        ("secrets", "a", "prod/db-v3!Zq8", True),
        ("secrets", "a", "hunter2", False),
        ("secrets", "a", "Hunter2", True),
        ("secrets", "a", STRONG, True),
        ("tokens", "a", STRONG, False),
        ("tokens", "a", RANDOM, True),
        ("api_keys", "a", RANDOM, True),
        ("tokens", "a", RANDOM[:15], False),
        ("tokens", "a", "0x" + "A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", False),
        ("tokens", "a", "0x" + "A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48" + "a", True),
        ("tokens", "a", NAMED[:256], False),
        ("tokens", "a", NAMED[:257], True),
    ],
    ids=range(36),
)
def test_a_member_counts_by_its_owner_its_name_and_its_form(owner: str, key: str, value: str, secret: bool) -> None:
    assert is_member_secret(owner, key, value) is secret


@pytest.mark.parametrize(
    ("owner", "key", "inner"),
    [
        ("passwords", "prod", "passwords"),
        ("passwords", "user", "passwords"),
        ("passwords", "policy", "policy"),
        ("passwords", "db_password", "db_password"),
        ("passwords", "tokens", "tokens"),
        ("secrets", "prod", "prod"),
        ("tokens", "prod", "prod"),
        ("accounts", "prod", "prod"),
    ],
)
def test_passwords_pass_their_name_on_to_what_groups_them(owner: str, key: str, inner: str) -> None:
    assert inner_owner(owner, key) == inner


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("keyring>=1.0", True),
        ("keyring >= 1.0", True),
        ("keyring==1.*", True),
        ("keyring~=1.0rc1", True),
        ("keyring!=1", True),
        ("keyring^1", True),
        ("keyring<2,>=1", True),
        ("PyJWT[crypto]>=2.8 , <3", True),
        ("a>=1; python_version < '3'", True),
        ("a-b.c_d>1", True),
        ("keyring", False),
        ("keyring 1.0", False),
        ("1keyring>=1", False),
        ("keyring>=1 x", False),
        ("keyring>=1,", False),
        ("keyring>=x", False),
        ("keyring>=1.0abcde1", False),
        ("x keyring>=1", False),
        ("a" * 253 + ">=1", True),
        ("a" * 254 + ">=1", False),
    ],
    ids=range(20),
)
def test_a_requirement_is_a_package_with_a_version(text: str, requirement: bool) -> None:
    assert is_requirement(text) is requirement
