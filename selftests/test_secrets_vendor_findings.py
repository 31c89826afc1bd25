"""The breadth layer: what the engine finds and what of it counts, by content and by place; what happens without it."""

import base64
import sys
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.secrets import breadth
from packaging_readiness.secrets.breadth import engine_version, find
from packaging_readiness.secrets.rulepack import expand_example

TOKEN = expand_example("ghp_{alnum:36}")
AWS = expand_example("AKIA{upper:16}\naws_secret_access_key = {b64:40}")


def url(password: str, scheme: str = "postgresql") -> str:
    return f"{scheme}://svc:{password}@db.internal:5432/x"


def key(body: str, kind: str = "PRIVATE KEY") -> str:
    return f"-----BEGIN {kind}-----\n{expand_example(body)}\n-----END {kind}-----"


def test_a_token_counts_wherever_it_stands_and_the_engine_does_not_keep_it() -> None:
    (hit,) = find(base64.b64encode(f"# settings of the service\ntoken {TOKEN} and more".encode()))
    assert hit.rule == "betterleaks.github-pat"
    data = f"{TOKEN}\n{TOKEN}\n".encode()
    assert sorted((hit.start, hit.end) for hit in find(data)) == [(0, 40), (41, 81)]
    assert TOKEN not in str([finding.to_dict() for finding in breadth._scanner().scan(data)])


def test_the_engine_tells_its_version() -> None:
    import kingfisher_sdk

    assert engine_version() == kingfisher_sdk.__version__


@pytest.mark.parametrize(
    ("text", "rule", "kind"),
    [
        (TOKEN, "betterleaks.github-pat", "vendor_token"),
        (key("{b64:300}"), "betterleaks.private-key", "private_key"),
        (url("Zebra9Kettle"), "betterleaks.generic-credential-uri", "url_password"),
        (expand_example("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{alnum:40}.{alnum:43}"), "betterleaks.jwt", "jwt"),
    ],
    ids=["token", "key", "url", "jwt"],
)
def test_each_kind_of_finding_is_told_by_its_rule(text: str, rule: str, kind: str) -> None:
    data = f"x {text} y".encode()
    (hit,) = find(data)
    assert (hit.rule, hit.kind) == (rule, kind)
    assert data[hit.start : hit.end] == hit.value
    assert hit.value in text.encode()


def test_what_completes_a_credential_is_none() -> None:
    assert [hit.value for hit in find(AWS.encode())] == [AWS[:20].encode()]


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ("", "", True),
        (" ", " ", True),
        ("", "QUJD", True),
        ("QUJD", "", True),
        (" ", "QUJD", True),
        ("QUJD", " ", True),
        ("QUJD=", "QUJD", True),
        ("QUJD", "=QUJD", True),
        ("QUJD", "QUJD", False),
        ("+", "/", False),
    ],
)
def test_a_stretch_of_a_longer_run_is_no_token(before: str, after: str, counts: bool) -> None:
    hits = [hit.value for hit in find(f"{before}{TOKEN}{after}".encode())]
    assert hits == ([TOKEN.encode()] if counts else [])


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (url("password1234"), True),
        (url("svc-b"), True),
        (url("svc"), False),
        ("http://a.b " + url("svc"), False),
        ("x " * 200 + url("svc") + " y" * 300, False),
        (url("svc") + " y" * 300, False),
        (url("Zebra9Kettle" * 16).replace("svc", "Zebra9Kettle" * 16), False),
        (url("Kettle9").replace("svc", "ZebraKettle9"), True),
        (url("svc").replace("svc:", "svc://svc:"), False),
        (url("changeme"), False),
        (url("Qw7EXAMPLErv4k"), False),
        (url("Qw7EXAMPLErv4k", "mongodb"), True),
        (url("Zebra9", "mongodb").replace(":5432", "${PORT}"), True),
    ],
)
def test_a_password_in_a_url_counts_unless_it_stands_for_one(text: str, counts: bool) -> None:
    assert bool(list(find(text.encode()))) is counts


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (key("{b64:64}"), True),
        (key("MC4CAQAwBQYDK2VwBCIEI{b64:43}"), True),
        (key("{b64:64}", "EC PRIVATE KEY"), True),
        (key("x" * 80), False),
        (key("..." * 30), False),
        (key("{b64:40}...{b64:40}"), False),
        (key("put your private key here " * 3), False),
        (key("{b64:139}EXAMPLE"), False),
        (key("{b64:140}EXAMPLE"), True),
    ],
)
def test_a_short_private_key_counts_unless_it_stands_for_one(text: str, counts: bool) -> None:
    assert [hit.kind for hit in find(text.encode())] == ["private_key"] * counts


def _fail(*_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"cannot read {TOKEN}")


def _engine(**parts: Any) -> SimpleNamespace:
    whole: dict[str, Any] = {"Rules": lambda **_: None, "Scanner": lambda *_, **__: SimpleNamespace(scan=_fail)}
    return SimpleNamespace(**(whole | parts))


@pytest.mark.parametrize(
    ("engine", "word"),
    [
        (None, "kingfisher_sdk is not installed"),
        (_engine(Rules=_fail), "cannot load its rules: ValueError"),
        (_engine(Scanner=_fail), "cannot load its rules: ValueError"),
        (_engine(), "kingfisher failed: ValueError"),
    ],
    ids=["absent", "rules", "scanner", "scan"],
)
def test_without_a_working_engine_nothing_can_be_told(
    monkeypatch: pytest.MonkeyPatch, engine: object, word: str
) -> None:
    monkeypatch.setitem(sys.modules, "kingfisher_sdk", engine)
    monkeypatch.setattr(breadth, "_scanner", breadth._scanner.__wrapped__)
    with pytest.raises(CannotTell) as told:
        list(find(b"x"))
    assert word in str(told.value)
    assert TOKEN not in str(told.value)
