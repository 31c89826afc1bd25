"""What an engine's command is to a security step: a scanner that runs from its image, or nothing that is known."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_checks import role_of

# Command lines, and what each is.
ROLES: dict[str, tuple[str, ...]] = {
    "check": (
        "docker scout cves --exit-code x",
        "docker scout cves -e x",
        "docker run trivy image --exit-code 1 x",
        "docker run --rm -it aquasec/trivy:0.50 image --exit-code 1 x",
        "podman run registry.example/aquasec/trivy:0.50@sha256:ab image --exit-code 1 x",
        "docker run registry.example:5000/trivy:1 image --exit-code 1 x",
        "docker run aquasec/trivy trivy image --exit-code 1 x",
        "docker run -v /a:/b -w /b aquasec/trivy image --exit-code 1 x",
        "docker run --volume=/a:/b --rm aquasec/trivy image --exit-code 1 x",
        "docker run -e=A=B aquasec/trivy image --exit-code 1 x",
        "docker run -e A=B gitleaks detect",
        "docker run semgrep/semgrep ci",
        "docker run semgrep/semgrep semgrep ci",
    ),
    "soft": (
        "docker scout cves x",
        "docker scout cves x --exit-codes",
        "docker run --rm aquasec/trivy image x",
        "docker run gitleaks detect --exit-code 0",
    ),
    "unclear": (
        "docker run",
        "docker run --rm",
        "docker run -v",
        "docker run --privileged aquasec/trivy image --exit-code 1 x",
        "docker run --privileged=true aquasec/trivy image --exit-code 1 x",
        "docker run --rm=true aquasec/trivy image --exit-code 1 x",
        "docker run alpine",
        "docker run --rm alpine trivy",
        "docker run -v trivy alpine",
    ),
    "none": (
        "docker scout quickview",
        "docker scout",
        "docker build .",
        "docker",
    ),
}


ROWS = [
    pytest.param(line, kind, id=f"{kind}-{number}")
    for kind, lines in ROLES.items()
    for number, line in enumerate(lines, 1)
]


@pytest.mark.parametrize(("line", "kind"), ROWS)
def test_each_command_of_an_engine_has_its_role(line: str, kind: str) -> None:
    role = role_of(tuple(line.split()))
    assert role.kind == kind
    assert role.known is (kind in ("check", "soft"))


@pytest.mark.parametrize(
    ("line", "named"), [("docker run --privileged=true trivy", "--privileged"), ("docker run --x=y=z trivy", "--x")]
)
def test_a_reason_names_the_option_that_is_not_known(line: str, named: str) -> None:
    assert role_of(tuple(line.split())).why.endswith(f" with {named}")
