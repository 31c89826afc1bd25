"""Packages of an image: what its databases say is read, and what they do not say is never made up."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.packages import Package, Unnamed, image_packages, probe_source, read_packages

KEY = f"selftest-packages-{os.getpid()}"
DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=\'bookworm\'\n'
STATUS = "/var/lib/dpkg/status"
LIBC = {"Package": "libc6", "Status": "install ok installed", "Version": "2.36-9", "Architecture": "amd64"}


def answer(**more: Any) -> dict[str, Any]:
    """What the probe says in an image with one package."""
    nothing: dict[str, Any] = {
        "python": "3.11.2",
        "unreadable": [],
        "release": DEBIAN,
        "pypi": [],
        "apk": {},
        "rpm": None,
    }
    return {**nothing, "deb": {STATUS: [LIBC]}, **more}


def named(**more: Any) -> set[tuple[str, ...]]:
    """What is listed beside the interpreter."""
    listed = read_packages(answer(**more)).listed
    return {(package.kind, package.name, package.version) for package in listed if package.kind != "generic"}


def test_debian_status_is_read() -> None:
    found = read_packages(answer())
    assert found.listed == (Package("deb", "libc6", "2.36-9", "amd64"), Package("generic", "python", "3.11.2"))
    assert (found.distribution, found.release, found.codename) == ("debian", "12", "bookworm")
    assert found.databases == ("var/lib/dpkg/status",)
    assert found.of_the_system == found.listed[:1]


def test_removed_packages_are_passed_over_and_files_without_status_count() -> None:
    entries = [
        {**LIBC, "Package": "gone", "Status": "deinstall ok config-files"},
        {**LIBC, "Package": "half", "Status": "install ok half-configured"},
        {key: value for key, value in LIBC.items() if key != "Status"} | {"Package": "apart"},
    ]
    assert named(deb={"/var/lib/dpkg/status.d/apart": entries}) == {("deb", "apart", "2.36-9")}
    folded = answer(deb={f"/var/lib/dpkg/status.d/{name}": [{**LIBC, "Package": name}] for name in "ab"})
    assert read_packages(folded).databases == ("var/lib/dpkg/status.d",)


def test_other_databases_are_read() -> None:
    apk = {"/lib/apk/db/installed": [{"P": "musl", "V": "1.2.4-r2", "A": "x86_64"}]}
    assert named(deb={}, apk=apk) == {("apk", "musl", "1.2.4-r2")}
    rpm = [["bash", "1:5.2-3.el9", "x86_64"], ["gpg-pubkey", "1-1", "(none)"], ["data", "1-1", "(none)"]]
    assert named(deb={}, rpm=rpm) == {("rpm", "bash", "1:5.2-3.el9"), ("rpm", "data", "1-1")}
    assert read_packages(answer(deb={}, rpm=rpm)).databases == ("rpm",)
    assert named(deb={}, pypi=[["PyYAML", "6.0.2"], ["PyYAML", "6.0.2"]]) == {("pypi", "PyYAML", "6.0.2")}


def test_image_without_a_database_lists_nothing_of_the_system() -> None:
    for found in (read_packages(answer(deb={})), read_packages(answer(deb={STATUS: []}, release=""))):
        assert (found.of_the_system, found.databases) == ((), ())
    assert read_packages(answer(release="")).distribution is None


@pytest.mark.parametrize(
    "more",
    [
        {"deb": {STATUS: [{**LIBC, "Version": ""}]}},
        {"deb": {STATUS: [{"Status": "install ok installed", "Version": "1"}]}},
        {"apk": {"/lib/apk/db/installed": [{"P": "musl"}]}},
        {"pypi": [[None, "1"]]},
        {"pypi": [["name", None]]},
        {"rpm": [["", "1-1", "noarch"]]},
    ],
    ids=["deb version", "deb name", "apk version", "pypi name", "pypi version", "rpm name"],
)
def test_package_without_name_or_version_is_told(more: dict[str, Any]) -> None:
    with pytest.raises(Unnamed):
        read_packages(answer(**more))


@pytest.mark.parametrize("name", ["deb", "apk", "rpm", "pypi", "release"])
def test_database_that_cannot_be_read_is_never_taken_for_an_empty_one(name: str) -> None:
    with pytest.raises(CannotTell, match=name) as told:
        read_packages(answer(**{name: None, "unreadable": [[name, "PermissionError"]]}))
    assert "PermissionError" in str(told.value)
    assert told.value.cure


@given(
    st.dictionaries(
        st.sampled_from(["python", "unreadable", "release", "pypi", "deb", "apk", "rpm"]),
        st.recursive(
            st.none() | st.text(max_size=3) | st.integers(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["P", "V", STATUS]), inner),
            max_leaves=6,
        ),
    )
)
def test_any_answer_is_read_or_refused(given_answer: dict[str, Any]) -> None:
    try:
        read_packages(answer(**given_answer))
    except (CannotTell, Unnamed):
        return


def test_probe_answers_on_this_machine() -> None:
    """It runs alone, under the flags that the container gives it, and finds what is installed here."""
    done = subprocess.run([sys.executable, "-I", "-c", probe_source()], capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["unreadable"] == []
    assert "pytest" in {name for name, _ in found["pypi"]}


# --- in a real image ---

DOCKERFILE = """ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY site/ /srv/site/
ENV PYTHONPATH=/srv/site
WORKDIR /srv/trap
COPY trap/ /srv/trap/
USER 10001
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return detect()


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image with a package beside the interpreter's own, and a working directory that shadows the library."""
    folder, context = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("context")
    info = context / "site" / "left_pad-1.3.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Left_Pad\nVersion: 1.3.0\n")
    (context / "trap").mkdir()
    (context / "trap" / "json.py").write_text("raise SystemExit('shadowed')\n")
    (context / "trap" / "key.txt").write_text(KEY)
    (context / "Dockerfile").write_text(DOCKERFILE)
    base = ensure_base(engine, [], folder, print)
    built = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, KEY, folder, print)
    yield built.facts.image_id
    engine.attempt("rmi", "--force", built.facts.reference)


def test_packages_of_a_real_image_are_listed(engine: Engine, image: str) -> None:
    found = image_packages(engine, image, "selftest_packages")
    by_name = {package.name: package for package in found.listed}
    assert by_name["Left_Pad"] == Package("pypi", "Left_Pad", "1.3.0")
    assert by_name["libc6"].kind == "deb"
    assert by_name["libc6"].architecture in ("amd64", "arm64")
    assert by_name["python"].kind == "generic"
    assert found.distribution in ("debian", "ubuntu")
    assert image_packages(engine, image, "selftest_packages") == found


def test_no_container_is_left_behind(engine: Engine, image: str) -> None:
    image_packages(engine, image, "selftest_left")
    assert engine.call("ps", "--all", "--quiet", "--filter=label=packaging-readiness.run=selftest_left") == b""


def test_recorded_names_are_sorted_and_each_once(engine: Engine, image: str) -> None:
    listed = image_packages(engine, image, "selftest_packages").listed
    names = [(package.kind, package.name) for package in listed]
    assert names == sorted(set(names))
