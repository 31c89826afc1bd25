"""Packaging workflows as platforms write them, all in order: the security step is seen to guard the push."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps
from selftests.workflow_samples import read

HEAD = "on: workflow_dispatch\n"
LOGIN = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: arn, aws-region: eu-west-2}
      - id: ecr
        uses: aws-actions/amazon-ecr-login@v2
"""
JOB = "jobs:\n  package:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n"
PUSH = '      - run: docker push "$REPO:$TAG"\n'

HONEST: Mapping[str, str] = {
    "trivy-on-the-built-image": f"""{JOB}      - run: docker build --tag "$REPO:$TAG" .
      - name: Security scan
        run: trivy image --exit-code 1 --severity CRITICAL,HIGH "$REPO:$TAG"
{LOGIN}{PUSH}""",
    "trivy-action-and-build-push-action": f"""{JOB}      - uses: docker/setup-buildx-action@v3
      - uses: docker/build-push-action@v6
        with: {{context: ., load: true, tags: "x:${{{{ github.sha }}}}", cache-to: "type=gha,mode=max"}}
      - name: security
        uses: aquasecurity/trivy-action@0.30.0
        with: {{image-ref: "x:${{{{ github.sha }}}}", exit-code: "1", ignore-unfixed: true}}
{LOGIN}      - uses: docker/build-push-action@v6
        with: {{context: ., push: true, tags: "x:${{{{ github.sha }}}}"}}
""",
    "several-scanners-with-pipefail": f"""defaults: {{run: {{shell: bash}}}}
{JOB}      - name: Security checks
        run: |
          set -euo pipefail
          trap 'rm -rf "$work"' EXIT
          work="$(mktemp -d)"
          gitleaks detect --source . --report-path "$work/leaks.json" 2>&1 | tee "$work/log"
          bandit -r src
          hadolint Dockerfile
          echo "all clear" >> "$GITHUB_STEP_SUMMARY"
{LOGIN}{PUSH}""",
    "report-first-and-gate-after-it": f"""{JOB}      - name: security
        run: |
          trivy fs --format sarif --output report.sarif .
          syft dir:. -o cyclonedx-json > sbom.json
          grype sbom:sbom.json --fail-on high
{LOGIN}{PUSH}""",
    "a-search-that-stops-when-it-finds": f"""{JOB}      - name: secret-injection security checks
        run: |
          if grep -rnE 'AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)' Dockerfile .github; then
            echo "static credentials" >&2
            exit 1
          fi
{LOGIN}{PUSH}""",
    "inline-python": f"""{JOB}      - name: Security posture
        run: |
          python3 - <<'PY'
          import pathlib, re
          text = pathlib.Path("Dockerfile").read_text()
          if re.search(r"COPY\\s+\\.\\s", text):
              raise SystemExit("broad copy")
          PY
{LOGIN}{PUSH}""",
    "a-job-of-its-own": f"""jobs:
  security:
    runs-on: ubuntu-24.04
    permissions: {{contents: read}}
    steps:
      - uses: actions/checkout@v4
      - uses: astral-sh/setup-uv@v5
      - name: security
        run: |
          uv sync --frozen
          uv run pip-audit
          uv run bandit -q -r src
  package:
    needs: [security]
    runs-on: ubuntu-24.04
    if: github.ref == 'refs/heads/main'
    steps:
      - uses: actions/checkout@v4
{LOGIN}{PUSH}      - if: always()
        uses: actions/upload-artifact@v4
        with: {{name: logs, path: logs}}
""",
    "the-platforms-own-program": f"""{JOB}      - run: pip install -r requirements-dev.txt
      - name: Security
        run: |
          for suite in secrets images; do
            python tools/security.py "$suite" || exit 1
          done
{LOGIN}{PUSH}      - if: ${{{{ failure() }}}}
        run: echo "not packaged" >> "$GITHUB_STEP_SUMMARY"
""",
    "a-scanner-from-its-image": f"""env: {{TRIVY_IMAGE: "aquasec/trivy:0.60.0"}}
{JOB}      - run: docker build -t x .
      - name: security
        run: >
          docker run --rm -v /var/run/docker.sock:/var/run/docker.sock -v "$PWD:/src" "$TRIVY_IMAGE"
          image --exit-code 1 x
{LOGIN}{PUSH}""",
    "a-function-and-a-tool-in-a-variable": f"""env: {{SCANNER: gitleaks}}
{JOB}      - id: security
        shell: bash -el {{0}}
        run: |
          fail() {{ echo "$1" >&2; exit 1; }}
          scan() {{
            timeout 10m $SCANNER dir "$1" || fail "leaks in $1"
          }}
          scan src
          scan config
{LOGIN}{PUSH}""",
    "this-suite": f"""{JOB}      - run: |
          python3 -m venv "$RUNNER_TEMP/v" && "$RUNNER_TEMP/v/bin/pip" install packaging-readiness
      - name: Run the security checks
        run: |
          "$RUNNER_TEMP/v/bin/packaging-readiness" context .
          "$RUNNER_TEMP/v/bin/packaging-readiness" scan-secrets .
{LOGIN}      - if: success() && github.ref != 'refs/heads/dev'
        run: |
          docker push "$REPO:$TAG"
          aws ecr describe-images --region eu-west-2 --repository-name x > facts.json
""",
    "fetches-its-scanner-and-notifies": f"""{JOB}      - name: Install gitleaks
        run: |
          curl -sSfL https://example.org/gitleaks.tar.gz -o gitleaks.tar.gz
          echo "$SUM  gitleaks.tar.gz" | sha256sum -c -
          tar -xzf gitleaks.tar.gz -C "$HOME/.local/bin" gitleaks
          echo "$HOME/.local/bin" >> "$GITHUB_PATH"
      - name: security
        env: {{ENV: dev, PYTHONPATH: src}}
        run: |
          found="$(git ls-files | grep -E '(^|/)\\.env$' || true)"
          if [[ -n "$found" ]]; then echo "$found"; exit 1; fi
          gitleaks git --exit-code 2 .
{LOGIN}{PUSH}      - if: failure()
        run: >-
          curl -sS -X POST -H 'Content-Type: application/json' -d '{{"text": "packaging failed"}}'
          https://hooks.example.org/services/x
""",
    "docker-scout": f"""{JOB}      - run: docker buildx build --cache-from type=registry,ref=x --load --tag x:y .
      - name: security
        run: docker scout cves --exit-code --only-severity critical x:y
{LOGIN}      - run: docker buildx build --push --tag "$REPO:$TAG" .
""",
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_workflow_is_seen_to_be_guarded(name: str) -> None:
    workflow = read(HEAD + HONEST[name])
    assert security_step_gaps(workflow, "(?i)security") == []
    refuse_unclear_steps(workflow, "(?i)security")
