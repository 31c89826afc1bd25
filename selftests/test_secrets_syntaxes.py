"""Secrets in every syntax that people use are found, and their look-alikes are left alone."""

import base64
import io
import json
import tarfile
import zipfile

import pytest

from packaging_readiness.secrets.model import ALL_LAYERS
from packaging_readiness.secrets.rulepack import expand_example
from packaging_readiness.secrets.scan import scan_bytes
from selftests.secret_samples import fill
from selftests.secret_samples.documents import SECRET as DOCUMENTS
from selftests.secret_samples.logins import SECRET as LOGINS
from selftests.secret_samples.lookalikes import CLEAN
from selftests.secret_samples.platforms import SECRET as PLATFORMS
from selftests.secret_samples.services import SECRET as SERVICES
from selftests.secret_samples.sources import SECRET as SOURCES

TABLES = (LOGINS, SOURCES, DOCUMENTS, PLATFORMS, SERVICES)
SECRET = {name: sample for table in TABLES for name, sample in table.items()}


def test_no_two_samples_have_one_name() -> None:
    assert len(SECRET) == sum(map(len, TABLES)) > 600


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_in_this_syntax_is_found(name: str) -> None:
    path, text = SECRET[name]
    findings = scan_bytes(fill(text), path, layers=ALL_LAYERS)
    assert findings
    assert not any(expand_example("{pw:12}") in repr(finding) for finding in findings)


@pytest.mark.parametrize("name", CLEAN)
def test_what_stands_in_the_same_syntax_without_a_secret_is_left_alone(name: str) -> None:
    path, text = CLEAN[name]
    assert scan_bytes(fill(text), path, layers=ALL_LAYERS) == []


@pytest.mark.parametrize("password", ["Gr33n-Kettle_88", "kettle!moon7", "P@ssw0rd!23", "tiger-lemon-42"])
@pytest.mark.parametrize("name", ["amqp", "mysql-p-quoted", "systemd", "maven", "java-setter", "php-var", "csh"])
def test_a_password_that_people_chose_is_found_as_well(name: str, password: str) -> None:
    path, text = SECRET[name]
    assert scan_bytes(text.replace("{pw:12}", password).encode(), path, layers=ALL_LAYERS)


def _packed(kind: str, name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=held, mode="w:gz") as tape:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
    return held.getvalue()


@pytest.mark.parametrize("wrap", ["utf-16", "zip", "tar", "notebook", "base64"])
@pytest.mark.parametrize("name", ["jdbc-postgres", "netrc-default", "mysql-p-quoted", "env-export", "key-in-java"])
def test_what_is_wrapped_is_found_inside(name: str, wrap: str) -> None:
    path, text = SECRET[name]
    data = fill(text)
    if wrap == "utf-16":
        data = data.decode().encode("utf-16")
    elif wrap in ("zip", "tar"):
        path, data = f"pack.{wrap}", _packed(wrap, path, data)
    elif wrap == "notebook":
        lines = data.decode().splitlines(keepends=True)
        path, data = "n.ipynb", json.dumps({"cells": [{"source": lines}]}).encode()
    else:
        path, data = "blob.yaml", b"blob: " + base64.b64encode(b"# settings of the service\n" + data)
    assert scan_bytes(data, path, layers=ALL_LAYERS)
