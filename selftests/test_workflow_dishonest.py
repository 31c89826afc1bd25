"""Workflows whose push nothing guards, or of which that cannot be told: none of them is taken for guarded."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from packaging_readiness.checkout.workflow_model import Workflow
from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps
from selftests.workflow_samples import job_of, read

PUSH = "{run: docker push x}"
CHECK = "{name: security, run: trivy image --exit-code 1 x}"


def verdict(workflow: Workflow) -> str:
    """red, cannot tell or green, as the check ends."""
    if security_step_gaps(workflow, "security"):
        return "red"
    try:
        refuse_unclear_steps(workflow, "security")
    except CannotTell:
        return "cannot tell"
    return "green"


def script(text: str, more: str = "") -> Workflow:
    """A security step with this script, and a push after it."""
    lines = "".join(f"          {line}\n" for line in text.split("\n"))
    keys = "".join(f"        {line}\n" for line in more.split("\n") if line)
    step = f"      - name: security\n{keys}        run: |\n{lines}"
    return read(f"on: push\njobs:\n  a:\n    steps:\n{step}      - {PUSH}\n")


SCAN = "trivy image --exit-code 1 x"
# Scripts of the security step, (script, further keys of the step).
SCRIPTS: Mapping[str, tuple[str, str]] = {
    "exit-before": (f"exit\n{SCAN}", ""),
    "exit-0-before": (f"exit 0\n{SCAN}", ""),
    "exit-256-before": (f"[ -f x ] && exit 256\n{SCAN}", ""),
    "exit-of-an-unknown-status-before": (f'[ -f x ] || exit "$STATUS"\n{SCAN}', ""),
    "exit-0-after-a-failure": (f"{SCAN} || exit 0", ""),
    "exit-after-words-that-succeed": (f"{SCAN} || {{ echo found; exit; }}", ""),
    "exit-in-a-negated-condition": (f"if ! {SCAN}; then exit; fi\necho done", ""),
    "exit-0-in-a-branch-before": (f'if [ -n "$SKIP" ]; then exit 0; fi\n{SCAN}', ""),
    "exit-0-in-a-case-before": (f"case $1 in a) {SCAN} ;; *) exit 0 ;; esac\n{SCAN}", ""),
    "exec-before": (f"exec true\n{SCAN}", ""),
    "exec-in-a-branch": (f"{SCAN} || exec true", ""),
    "a-variable-that-holds-exit": (f"LEAVE=exit\n$LEAVE 0\n{SCAN}", ""),
    "eval-before": (f'eval "$PREPARE"\n{SCAN}', ""),
    "source-before": (f". ./prepare.sh\n{SCAN}", ""),
    "syntax-check-only": (SCAN, "shell: bash -en {0}"),
    "prints-the-script": (SCAN, "shell: cat {0}"),
    "shell-without-the-script": (SCAN, "shell: bash -c true {0}"),
    "python-that-reads-shell": (SCAN, "shell: python"),
    "unknown-shell": (SCAN, "shell: pwsh"),
    "no-exec-inside": (f"set -n\n{SCAN}", ""),
    "first-command-only": (f"set -o onecmd\n{SCAN}", ""),
    "bash-env": (SCAN, "env: {BASH_ENV: tools/env.sh}"),
    "env-file": (SCAN, "env: {ENV: ./env.sh}\nshell: sh"),
    "shellopts": (SCAN, "env: {SHELLOPTS: noexec}"),
    "function-from-the-environment": (SCAN, 'env: {"BASH_FUNC_trivy%%": "() { :; }"}'),
    "loader": (SCAN, "env: {LD_PRELOAD: ./x.so}"),
    "function-never-called": (f"check() {{ {SCAN}; }}\necho done", ""),
    "function-called-in-a-branch": (f'check() {{ {SCAN}; }}\nif [ -n "$X" ]; then check; fi', ""),
    "function-in-place-of-the-tool": (f"trivy() {{ :; }}\n{SCAN}", ""),
    "function-defined-twice": (f"check() {{ {SCAN}; }}\ncheck() {{ :; }}\ncheck", ""),
    "function-that-returns-first": (f"check() {{ return 0; {SCAN}; }}\ncheck", ""),
    "function-whose-failure-is-passed-over": (f"check() {{ {SCAN}; }}\ncheck || true", ""),
    "alias": (f"shopt -s expand_aliases\nalias trivy=true\n{SCAN}", ""),
    "hashed-path": (f"hash -p /bin/true trivy\n{SCAN}", ""),
    "looks-for-the-tool-only": ("command -v trivy --exit-code 1 image", ""),
    "asks-for-the-version": ("trivy --version", ""),
    "or-true": (f"{SCAN} || true", ""),
    "or-colon": (f"{SCAN} || :", ""),
    "background": (f"{SCAN} &\nwait", ""),
    "pipeline": (f"{SCAN} | tee log", "shell: bash -e {0}"),
    "semicolon-without-errexit": (f"{SCAN}; echo done", "shell: bash {0}"),
    "set-plus-e": (f"set +e\n{SCAN}\necho done", ""),
    "errexit-switched-on-too-late": (f"{SCAN}\nset -e\necho done", "shell: bash {0}"),
    "errexit-in-a-branch": (f"if true; then set -e; fi\n{SCAN}\necho done", "shell: bash {0}"),
    "subshell-that-exits": (f"{SCAN} || (exit 1)\necho done", "shell: bash {0}"),
    "trap-on-exit": (f"trap 'exit 0' EXIT\n{SCAN}", ""),
    "trap-on-error": (f"trap 'exit 0' ERR\n{SCAN}", ""),
    "trap-of-a-function": (f"end() {{ exit; }}\ntrap end EXIT\n{SCAN}", ""),
    "trap-known-to-the-run": (f'trap "$END" EXIT\n{SCAN}', ""),
    "loop-over-nothing": ('for image in $IMAGES; do trivy image --exit-code 1 "$image"; done', ""),
    "loop-left-early": (f"for i in 1 2; do break; {SCAN}; done", ""),
    "while-loop": (f"while read -r image; do {SCAN}; done < images", ""),
    "in-a-condition": (f"if {SCAN}; then echo good; fi", ""),
    "and-then-more-lines": (f"{SCAN} && echo good\necho done", ""),
    "behind-a-command-that-may-fail": (f"cd src && {SCAN}\necho done", ""),
    "negated": (f"! {SCAN}\necho done", ""),
    "in-a-substitution": (f'echo "$({SCAN})"', ""),
    "exported-substitution": (f"export REPORT=$({SCAN})", ""),
    "timeout-that-keeps-the-status": ("timeout --preserve-status 1 trivy image --exit-code 1 x", ""),
    "sudo-in-the-background": ("sudo -b trivy image --exit-code 1 x", ""),
    "xargs-over-nothing": ("cat images | xargs -r trivy image --exit-code 1", ""),
    "trivy-without-exit-code": ("trivy image x", ""),
    "trivy-exit-code-0": ("trivy image --exit-code=0 x", ""),
    "trivy-exit-code-256": ("trivy image --exit-code 256 x", ""),
    "trivy-exit-code-of-the-run": ("trivy image --exit-code ${{ inputs.code }} x", ""),
    "trivy-exit-code-in-a-variable": ("trivy image --exit-code $CODE x", "env: {CODE: 0}"),
    "trivy-twice": ("trivy image --exit-code 1 --exit-code 0 x", ""),
    "grype-without-fail-on": ("grype x", ""),
    "gitleaks-exit-code-0": ("gitleaks detect --exit-code 0", ""),
    "gitleaks-exit-code-unknown": ('gitleaks detect --exit-code "$CODE"', ""),
    "detect-secrets-scan": ("detect-secrets scan", ""),
    "docker-scout-without-exit-code": ("docker scout cves x", ""),
    "kingfisher": ("kingfisher scan .", ""),
    "trufflehog-without-fail": ("trufflehog filesystem .", ""),
    "semgrep-without-error": ("semgrep scan --config auto", ""),
    "syft-only-lists": ("syft dir:.", ""),
    "bandit-abbreviated": ("bandit --exit-zer -r src", ""),
    "installs-the-scanner-only": ("pipx install bandit", ""),
    "builds-only": ("docker build -t x .", ""),
    "unknown-container": ("docker run --rm -v .:/trivy busybox true", ""),
    "scanner-as-a-name": ("docker run --name trivy busybox true --exit-code 1 image", ""),
    "a-command-of-the-run": ('"$SCAN"', ""),
    "a-command-of-the-inputs": ("${{ inputs.scan }}", ""),
    "a-test-of-constants": ("[ 1 = 1 ]", ""),
    "python-that-never-fails": ("python3 -c 'print(1)'", ""),
    "a-here-document-to-no-shell": (f"cat <<EOF\n{SCAN}\nEOF", ""),
    "search-that-ends-the-script": (f"grep -q skip notes && exit 0\n{SCAN}", ""),
    "search-that-decides-nothing": ("if grep -q KEY src; then echo found; exit 0; fi", ""),
    "test-of-a-search-that-ends-the-script": (f'x=$(cat skip)\nif [ "$x" ]; then exit 0; fi\n{SCAN}', ""),
    "test-of-no-search": ('x="$(date)"\n[ -n "$x" ]', ""),
    "errexit-by-shopt": (f"shopt -uo errexit\n{SCAN}\necho done", ""),
    "a-menu-that-nobody-answers": (f"select x in a; do {SCAN}; done", ""),
    "text-of-the-inputs": (f"{SCAN} ${{{{ inputs.more }}}}", ""),
    "text-of-an-event": (f"{SCAN} ${{{{ github.event.head_commit.message }}}}", ""),
    "trap-through-two-functions": (f"a() {{ exit 0; }}\nb() {{ a; }}\ntrap b EXIT\n{SCAN}", ""),
    "wrapper-in-a-variable": (f'START="sudo -b"\n$START {SCAN}', ""),
    "exec-that-fails": (f"{SCAN} || exec /bin/true", ""),
    "listing-only-through-a-runner": ("uvx detect-secrets scan", ""),
    "installs-by-another-manager": ("snap install trivy", ""),
    "own-program-with-help": ("./tools/scan --help", ""),
    "a-scanner-thrown-away-beside-another": (f"gitleaks dir . || true\n{SCAN}", ""),
    "the-same-scanner-thrown-away": (f"{SCAN}\n{SCAN} || true", ""),
    "recursive-function": (f"f() {{ f; {SCAN}; }}\nf || true", ""),
    "a-listing-and-a-comment": ("trivy image x > r.txt\ngh pr comment 1 --body-file r.txt", ""),
    "a-listing-and-an-own-program": ("trivy image x\n./tools/upload.sh", ""),
    "a-listing-and-a-search": ("trivy image x\n! grep -rq KEY .", ""),
    "a-listing-and-a-scanner-that-may-not-run": (
        'trivy image x\nif [ "$X" ]; then uv run bandit -r src; fi\nuv run ./tools/upload',
        "",
    ),
    "own-soft-scanner": ("./bin/trivy image x", ""),
    "hadolint-by-its-environment": ("hadolint Dockerfile", 'env: {HADOLINT_NOFAIL: "1"}'),
    "make-by-its-environment": ("make security", 'env: {MAKEFLAGS: "-i"}'),
    "pytest-by-its-environment": ("pytest tests", 'env: {PYTEST_ADDOPTS: "--collect-only"}'),
    "python-step-with-a-comment": ("# raise the bar\nprint(1)", "shell: python"),
    "python-step-that-swallows": ("try:\n    raise ValueError\nexcept Exception:\n    pass", "shell: python"),
    "never-closed": (f"{SCAN} 'x", ""),
}
# Scripts of one line or two that look like a check, and are none or cannot be told to be one.
NO_CHECKS = (
    'find . -name "*.pem"',
    'find . -name "*.py" -exec bandit {} \\;',
    "sonar-scanner",
    "snyk container monitor x",
    "npm audit --audit-level=none",
    "npm audit --audit-level none",
    "git diff --stat",
    "dependency-check --scan .",
    "tfsec --soft-fail .",
    "gosec -no-fail ./...",
    "ggshield secret scan path . --exit-zero",
    "codeql database analyze db",
    "kubectl apply",
    "docker-compose up -d scanner",
    "systemctl status docker",
    "sync",
    "/usr/bin/sync",
    "trivy image --exit-code 1 --format cyclonedx x",
    "trivy image --exit-code 1 -f spdx-json x",
    "trivy image --exit-code 1 --download-db-only",
    "trivy image --exit-code 1 x --help",
    "trivy image --exit-code 1 x -h",
    "bandit -r src --version",
    "uv run bandit -r src --help",
    "./tools/scan src --help",
    "timeout --help trivy image --exit-code 1 x",
    "sudo -l trivy image --exit-code 1 x",
    "ruff check --show-files",
    "make -i security",
    "make -n security",
    "make -sn security",
    "make MAKEFLAGS=-i security",
    "make SHELL=/bin/true security",
    "pytest --co",
    "pytest tests --collect-only",
    "python -m pytest --co",
    "pre-commit install",
    "tox -l",
    "npm run security --if-present",
    "trivy image --exit-code 1 x $FLAGS",
    "trivy image --exit-code 1 x ${EXTRA_ARGS[@]}",
    "PATH=$PWD/fake:$PATH\ntrivy image --exit-code 1 x",
    'export PATH="$PWD/fake:$PATH"\ntrivy image --exit-code 1 x',
    "export MAKEFLAGS=-i\nmake security",
    'python -c "# raise the bar"',
    "python -c \"print('we assert nothing')\"",
    'python -O -c "assert False"',
    'python -IOc "assert x()"',
    'python -W ignore -c "print(1)"',
    'python -Ic "print(1)"',
    'python -c "assert True"',
    'python -c "def f(): raise ValueError"',
    'python -c "raise SystemExit(0)"',
    'python -c "import sys; sys.exit(0); raise ValueError"',
    'python -c "import os; print(1); os._exit(0); raise ValueError"',
    "python -m timeit",
    'perl -e "die"',
    "node --check x.js",
    "python - <<'EOF'\ntry:\n    raise ValueError\nexcept ValueError:\n    pass\nEOF",
    "python - <<'EOF'\nimport sys\ntry:\n    sys.exit(1)\nexcept:\n    pass\nEOF",
    "python - <<'EOF'\nimport contextlib\nwith contextlib.suppress(ValueError):\n    raise ValueError\nEOF",
    "python - <<'EOF'\ntry:\n    raise ValueError\nexcept* ValueError:\n    pass\nEOF",
    "python - <<'EOF'\nif False:\n    raise ValueError\nEOF",
)
CHECKS = (
    "make security",
    "trivy image x\nbash -c 'trivy image --exit-code 1 x'",
    "make -j2 -C tools security STRICT=1",
    "python -m pytest -q tests/security",
    "pytest tests/security --cov=src",
    "pre-commit run --all-files",
    "tox -e security",
    "uv run tools/security.py",
    "npm audit --audit-level=high",
    "./tools/scan",
    "/opt/tools/scan src",
    'export PATH="$HOME/.local/bin:$PATH"\ntrivy image --exit-code 1 "$IMAGE"',
    'PATH="$PWD/.venv/bin:$PATH"\nbandit -r src',
    "sudo -E timeout -k 5 10m trivy image --exit-code 1 x",
    "trivy image x > r.txt\ngh pr comment 1 --body-file r.txt\ntrivy image --exit-code 1 x",
    'python -c "import sys, tools; sys.exit(tools.main())"',
    "python -c \"import subprocess; subprocess.run(['scan'], check=True)\"",
    "python - <<'EOF'\nimport sys\ntry:\n    import tools\nexcept ImportError:\n    sys.exit(1)\nEOF",
    "python - <<'EOF'\ndef main():\n    for one in open('x'):\n        assert 'KEY' not in one\nmain()\nEOF",
    "git diff --exit-code",
)
PUSHED = "{name: security, run: trivy image --exit-code 1 x}", PUSH
# Whole jobs: the steps of one job in order.
JOBS: Mapping[str, tuple[str, ...]] = {
    f"before:{text}": (f"{{run: '{text}'}}", *PUSHED)
    for text in (
        "docker push y",
        "docker build --push=1 .",
        "docker build --push=T .",
        "docker buildx build -o type=registry .",
        "docker buildx build --output=type=image,name=x,push=1 .",
        "docker buildx build --output $OUT .",
        "docker buildx build $FLAGS .",
        "docker build -t x ${{ inputs.flags }} .",
        "docker $VERB x",
        "$PUSH",
        "${{ inputs.command }}",
        "echo push x | xargs docker",
        "echo x | xargs docker push",
        "podman --storage-driver images push x",
        "buildah commit c docker://x",
        "buildah commit c $TARGET",
        "buildah push x",
        "skopeo --policy inspect copy a b",
        "crane push x y",
        "oras push x y",
        "regctl image copy x y",
        "curl -sT layer https://registry.example.org/upload",
        "curl -X PUT --data-binary @m https://registry.example.org/v2/x/manifests/y",
        "curl -XPUT $TARGET",
        "curl --request $VERB $TARGET",
        "wget --method=PUT --body-file=m https://registry.example.org/x",
        "aws codebuild start-build --project-name s3",
        "git -c alias.p=!./push.sh p",
        "tar --to-command=./push.sh -xf x",
        "hash -p /usr/bin/docker ls; ls push x",
        "make image",
        "echo ${{ inputs.note }}",
        "find . -exec true \\; -exec docker push {} \\;",
        "ls | xargs git",
        "GIT_SSH_COMMAND=./push.sh git fetch",
        "./push.sh",
        "perl -e exec(qw(docker push x))",
    )
} | {
    "push-in-a-script-shell": ("{shell: 'bash -c \"docker push x\" {0}', run: echo}", *PUSHED),
    "hook-before": ("{env: {BASH_ENV: tools/env.sh}, run: echo built}", *PUSHED),
    "hook-for-later-steps": ("{run: 'echo BASH_ENV=tools/env.sh >> $GITHUB_ENV'}", *PUSHED),
    "inline-python-that-fetches": ("{shell: python, run: 'import http.client'}", *PUSHED),
    "inline-python-that-hides-its-words": (
        '{shell: python, run: \'import os; getattr(os, "sys" + "tem")("x")\'}',
        *PUSHED,
    ),
    "action-that-pushes-a-cache": (
        "{uses: docker/build-push-action@v6, with: {cache-to: 'type=registry,ref=x'}}",
        *PUSHED,
    ),
    "action-that-may-push": ("{uses: docker/build-push-action@v6, with: {push: '${{ inputs.push }}'}}", *PUSHED),
    "unknown-action": ("{uses: somebody/build@v1}", *PUSHED),
    "continue-on-error": (CHECK.replace("name", "continue-on-error: true, name"), PUSH),
    "continue-on-error-by-the-run": (CHECK.replace("name", "continue-on-error: '${{ inputs.x }}', name"), PUSH),
    "a-condition-on-the-step": (CHECK.replace("name", "if: inputs.scan, name"), PUSH),
    "push-always": (CHECK, "{if: always(), run: docker push x}"),
    "push-always-in-capitals": (CHECK, "{if: ALWAYS (), run: docker push x}"),
    "push-unless-cancelled": (CHECK, "{if: '!cancelled()', run: docker push x}"),
    "push-after-success-or-failure": (CHECK, "{if: success() || failure(), run: docker push x}"),
    "push-when-success-is-false": (CHECK, "{if: success() == false, run: docker push x}"),
    "push-by-a-word-of-success": (CHECK, "{if: \"contains('a && success() && b', 'a')\", run: docker push x}"),
    "push-by-success-in-a-call": (CHECK, "{if: \"format('{0}', x && success() && y) != 'z'\", run: docker push x}"),
    "push-by-two-expressions": (CHECK, "{if: '${{ success() }} && true', run: docker push x}"),
    "the-push-first": (PUSH, CHECK),
    "action-without-exit-code": ("{name: security, uses: aquasecurity/trivy-action@v1}", PUSH),
    "action-exit-code-of-the-run": (
        "{name: security, uses: aquasecurity/trivy-action@v1, with: {exit-code: '${{ inputs.x }}'}}",
        PUSH,
    ),
    "action-that-does-not-fail": ("{name: security, uses: anchore/scan-action@v6, with: {fail-build: false}}", PUSH),
    "action-that-only-lists": ("{name: security, uses: github/codeql-action/analyze@v3}", PUSH),
    "action-that-lists-packages": (
        "{name: security, uses: aquasecurity/trivy-action@v1, with: {exit-code: 1, format: cyclonedx}}",
        PUSH,
    ),
    "action-with-an-argument-not-to-fail": (
        "{name: security, uses: trufflesecurity/trufflehog@v3, with: {extra_args: --only-verified --no-fail}}",
        PUSH,
    ),
    "options-for-later-steps": (
        "{run: 'echo MAKEFLAGS=-i >> $GITHUB_ENV'}",
        "{name: security, run: make security}",
        PUSH,
    ),
    "action-that-nobody-knows": ("{name: security, uses: somebody/scan@v1}", PUSH),
}
PARALLEL = "on: push\njobs:\n  check:\n    steps:\n      - {check}\n  push:\n{needs}    steps:\n      - {push}\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_security_step_that_may_succeed_is_not_taken_for_a_guard(name: str) -> None:
    assert verdict(script(SCAN)) == "green"
    assert verdict(script(*SCRIPTS[name])) != "green"


@pytest.mark.parametrize("text", NO_CHECKS)
def test_what_is_not_known_to_be_a_check_is_not_taken_for_one(text: str) -> None:
    assert verdict(script(text)) != "green"


@pytest.mark.parametrize("text", CHECKS)
def test_what_is_known_to_be_a_check_is_taken_for_one(text: str) -> None:
    assert verdict(script(text)) == "green"


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_may_push_unguarded_is_not_taken_for_guarded(name: str) -> None:
    assert verdict(job_of(*PUSHED)) == "green"
    assert verdict(job_of(*JOBS[name])) != "green"


@pytest.mark.parametrize(
    ("needs", "outcome"),
    [
        ("    needs: check\n", "green"),
        ("", "red"),
        ("    needs: check\n    if: always()\n", "red"),
        ("    needs: check\n    if: always() && needs.check.result != 'cancelled'\n", "red"),
        ("    needs: check\n    if: success() && github.ref == 'x'\n", "green"),
    ],
)
def test_a_job_of_its_own_guards_only_what_needs_it(needs: str, outcome: str) -> None:
    text = PARALLEL.replace("{check}", CHECK).replace("{needs}", needs).replace("{push}", PUSH)
    assert verdict(read(text)) == outcome


def test_a_push_in_an_earlier_job_is_seen() -> None:
    text = PARALLEL.replace("{check}", PUSH).replace("{needs}", "    needs: check\n").replace("{push}", CHECK)
    assert verdict(read(text)) == "red"


@pytest.mark.parametrize(("written", "outcome"), [("OTHER", "green"), ("TOOL", "cannot tell")])
def test_a_variable_that_a_script_sets_anew_is_not_known(written: str, outcome: str) -> None:
    steps = (f"{{run: 'echo {written}=docker >> $GITHUB_ENV'}}", "{run: $TOOL push x}", CHECK, PUSH)
    assert verdict(job_of(*steps, top="env: {TOOL: echo}\n")) == outcome


@pytest.mark.parametrize("place", ["workflow", "job", "containers"])
def test_a_hook_in_any_environment_cannot_be_told(place: str) -> None:
    hook = {"workflow": "", "job": "", "containers": ""} | {place: "env: {BASH_ENV: x}"}
    steps = f"    steps:\n      - {CHECK}\n      - {PUSH}\n"
    job = f"    {hook['job']}\n    container: {{image: b, {hook['containers']}}}\n{steps}"
    assert verdict(read(f"on: push\n{hook['workflow']}\njobs:\n  a:\n{job}")) == "cannot tell"
