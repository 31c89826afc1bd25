"""Each well-known scanner: with which arguments it fails on what it finds, and with which it does not."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_scanners import is_scanner, scans

CHECKS = """
actionlint
actionlint -color
bandit -r src
checkov -d .
checkov -d . -skip
conftest test x
conftest verify
detect-secrets-hook x
dockle --exit-code 1 x
dockle --exit-code=255 x
dockle --exit-code 10 x
dockle --exit-code 99 x
dockle --exit-code 100 x
dockle --exit-code 199 x
dockle --exit-code 200 x
dockle --exit-code 249 x
dockle --exit-code 250 x
dockle --exit-code 007 x
gitleaks detect
gitleaks protect
gitleaks git
gitleaks dir .
gitleaks directory .
gitleaks file x
gitleaks stdin
gitleaks --verbose detect
gitleaks detect --exit-code 3
govulncheck ./...
grype x --fail-on negligible
grype x --fail-on low
grype x --fail-on=medium
grype x -f high
grype x -fcritical
hadolint Dockerfile
hadolint --failure-threshold error Dockerfile
hadolint -t error Dockerfile
mypy src
osv-scanner .
packaging-readiness scan-secrets
packaging-readiness context
packaging-readiness dockerfile
packaging-readiness verify
pip-audit
ruff check .
ruff check --fix .
safety check
safety scan
semgrep ci
semgrep scan --error --config auto
semgrep --config auto scan --error .
shellcheck x.sh
snyk test
trivy image --exit-code 1 x
trivy i --exit-code 1 x
trivy filesystem --exit-code 1 .
trivy fs --exit-code 1 .
trivy rootfs --exit-code 1 .
trivy repository --exit-code 1 x
trivy repo --exit-code 1 x
trivy config --exit-code 1 .
trivy conf --exit-code 1 .
trivy sbom --exit-code 1 x
trivy vm --exit-code 1 x
trivy kubernetes --exit-code 1
trivy k8s --exit-code 1
trivy image --format json --exit-code 1 x
trufflehog git --fail x
trufflehog github --fail
trufflehog gitlab --fail
trufflehog filesystem --fail .
trufflehog docker --fail
trufflehog s3 --fail
zizmor .
trivy image --exit-code 1 $IMAGE
trivy image --exit-code 1 $AX
trivy image --exit-code 1 ${IMAGE}
trivy image --exit-code 1 x$FLAGS
trivy image --exit-code 1 $FLAGS/x
trivy image --exit-code 1 ${IMAGE}/${ARGS}
"""
SOFT = """
actionlint -init-config x
bandit --exit-zero -r src
checkov --soft-fail -d .
checkov --soft-fail-on LOW
checkov -s -d .
checkov --list -d .
checkov -l -d .
checkov --support -d .
conftest test --no-fail x
detect-secrets scan
detect-secrets
syft x
dockle x
dockle --exit-code 0 x
dockle --exit-code 00 x
dockle --exit-code 256 x
dockle --exit-code 260 x
dockle --exit-code 300 x
dockle --exit-code 1000 x
dockle --exit-code 1x x
dockle --exit-code $CODE x
dockle --exit-code x
dockle --exit-code 1 --exit-code 0 x
gitleaks detect --exit-code 0
gitleaks detect --exit-code=0
gitleaks detect --exit-code 256
govulncheck -json ./...
govulncheck -format sarif ./...
govulncheck -mode binary x
grype x
grype x --fail-on none
grype x --fail-on=mediums
hadolint --no-fail Dockerfile
hadolint --failure-threshold none Dockerfile
hadolint --failure-threshold=none Dockerfile
hadolint -t none Dockerfile
hadolint -tnone Dockerfile
pip-audit --dry-run
ruff check --exit-zero .
ruff check -e .
ruff check --show-files .
ruff check --add-noqa .
ruff check --fix-only .
ruff check --watch .
ruff check -w .
safety check --continue-on-error
semgrep scan .
semgrep --config x ci
semgrep scan --error --no-error .
semgrep ci --dryrun
semgrep ci --suppress-errors
snyk test --fail-on=upgradable
trivy image x
trivy image --exit-code 0 x
trivy image --exit-codes 1 x
trivy image --exit-code 1 --format cyclonedx x
trivy image --exit-code 1 --format=spdx-json x
trivy image --exit-code 1 -f github x
trivy image --exit-code 1 -fspdx x
trivy image --exit-code 1 --download-db-only
trivy image --exit-code 1 --reset x
trivy image --exit-code 1 --clear-cache x
trivy image --exit-code 1 -v x
trufflehog git x
trufflehog git --fails x
zizmor --no-exit-codes .
"""
NONE = """
conftest push x
gitleaks
gitleaks version
gitleaks detect --help
packaging-readiness init
packaging-readiness
ruff format .
safety auth
semgrep login
snyk monitor
trivy plugin list
trivy server
trufflehog
trufflehog analyze --fail
trivy --version
trivy image --exit-code 0 x -h
mypy --version
mypy -V
mypy src --help
mypy -h
"""
UNCLEAR = """
kingfisher scan .
kingfisher --version
gitleaks detect $FLAGS
gitleaks detect $flags
gitleaks detect $GITLEAKS_ARGS
gitleaks detect $ARG1
gitleaks detect $SCAN_OPTIONS
gitleaks detect $OPT
gitleaks detect $EXTRA
gitleaks detect $PARAMS
gitleaks detect ${FLAGS}
gitleaks detect ${ARGS:-}
gitleaks detect ${MY_OPTS}
gitleaks detect ${EXTRA_}
gitleaks detect ${PARAM}
gitleaks detect $@
gitleaks detect $*
gitleaks detect ${x[@]}
gitleaks detect ${x[*]}
mypy src $ARGS
"""
ROWS = [
    pytest.param(line, kind, id=f"{kind}-{number}")
    for kind, lines in (("check", CHECKS), ("soft", SOFT), ("none", NONE), ("unclear", UNCLEAR))
    for number, line in enumerate(lines.strip().split("\n"), 1)
]


@pytest.mark.parametrize(("line", "kind"), ROWS)
def test_each_scanner_has_its_role(line: str, kind: str) -> None:
    name, *rest = line.split()
    assert is_scanner(name)
    role = scans(name, tuple(rest))
    assert role.kind == kind
    assert role.known is (kind in ("check", "soft"))


@pytest.mark.parametrize("name", ["", "scan", "trivy2", "make", "gitleaks.sh", "bandits", "docker"])
def test_another_program_is_no_well_known_scanner(name: str) -> None:
    assert not is_scanner(name)


def test_a_word_that_only_the_run_knows_is_named() -> None:
    assert " $FLAGS," in scans("gitleaks", ("detect", "x", "$FLAGS", "$ARGS")).why
