"""Choosing an engine: what is there, what answers, and what to say when nothing does."""

import ast
import resource
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.image.container import driver_source
from packaging_readiness.image.engine import INSTALL, Engine, detect, ulimits


def script(directory: Path, name: str, body: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{body}\n")
    (directory / name).chmod(0o755)


@pytest.mark.parametrize("choice", ["auto", "podman", "docker"])
def test_no_engine_on_path_names_the_command_that_installs_one(
    choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotTell) as caught:
        detect(choice)  # type: ignore[arg-type]
    assert caught.value.cure == INSTALL
    assert "not on PATH" in caught.value.cause


def test_unknown_engine_is_refused() -> None:
    with pytest.raises(InputRefused, match="unknown engine 'lxc'"):
        detect("lxc")  # type: ignore[arg-type]


def test_real_engine_answers_with_its_version() -> None:
    engine = detect("auto")
    assert engine.version[0].isdigit()
    assert engine.call("version")


def test_auto_takes_podman_even_where_docker_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "docker", """echo '{"Server": {"Version": "27.0"}}'""")
    assert (detect("auto").name, detect("auto").version) == ("docker", "27.0")
    script(tmp_path, "podman", "echo podman version 5.0.1")
    assert (detect("auto").name, detect("auto").version) == ("podman", "5.0.1")
    assert detect("docker").name == "docker"


@pytest.mark.parametrize(
    "body",
    [
        "echo 'Cannot connect to the Docker daemon' >&2; exit 1",
        """echo '{"Client": {"Version": "27.0"}, "Server": null}'""",
        "echo 'not JSON'",
        "echo '[]'",
    ],
)
def test_docker_without_a_daemon_is_no_engine(body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "docker", body)
    with pytest.raises(CannotTell, match=r"docker does not answer: (Cannot connect|no daemon)"):
        detect("auto")


def test_podman_that_cannot_tell_its_version_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "podman", "echo 'broken library' >&2; exit 127")
    with pytest.raises(CannotTell, match="broken library"):
        detect("podman")


def test_runc_is_named_on_hybrid_control_groups_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    script(tmp_path / "bin", "podman", "echo podman version 4.3.1")
    script(tmp_path / "bin", "runc", "")
    hybrid, pure = tmp_path / "hybrid", tmp_path / "pure"
    hybrid.mkdir()
    pure.mkdir()
    (pure / "cgroup.controllers").write_text("cpu memory pids\n")
    assert detect("podman", cgroup_root=hybrid).command("ps")[1:] == ["--runtime", "runc", "ps"]
    assert detect("podman", cgroup_root=pure).command("ps")[1:] == ["ps"]


def test_failure_carries_the_engines_own_words(tmp_path: Path) -> None:
    script(tmp_path, "podman", "echo 'setrlimit RLIMIT_NPROC: operation not permitted' >&2; exit 126")
    with pytest.raises(CannotTell, match=r"exit status 126.*\n.*setrlimit RLIMIT_NPROC") as caught:
        Engine("podman", "4.3.1", str(tmp_path / "podman")).call("run")
    assert INSTALL in caught.value.cure
    assert str(tmp_path) not in str(caught.value)


def test_limits_never_exceed_this_processs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = {resource.RLIMIT_NOFILE: 512, resource.RLIMIT_NPROC: resource.RLIM_INFINITY}
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, hard[which]))
    assert ulimits() == ["--ulimit", "nofile=512:512", "--ulimit", "nproc=1024:1024"]


def test_driver_runs_on_the_oldest_python_it_promises() -> None:
    tree = ast.parse(driver_source(), feature_version=(3, 6))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"binascii", "errno", "json", "os", "select", "signal", "struct", "sys", "time"}
