"""The packaging workflow: YAML, permissions, credentials and the scripts of its steps; and such a script alone."""

import json
import re

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import Target, attempt, either, texts

_PATH = ".github/workflows/package.yml"
_YAML = rb"""on: jobs: steps: run: uses: name: env: with: if: needs: shell: permissions: defaults: id-token: write
&a *a <<: <<:*a - | > |- >+ ? : , [ ] { } "" '' !!str !!binary !<x> %YAML --- ... # ~ null true on yes 0o7 ${{
secrets.A }} ${{ github.event.x }} continue-on-error: always() failure() docker push aws ecr workflow_dispatch:
inputs: options: container: strategy: matrix: pull_request_target security AWS_SECRET_ACCESS_KEY: bash python {0}
&b [*a,*a]"""
_SHELL = rb"""| || & && ; ;; ( ) { } [[ ]] (( )) $(( )) $( ) ` ' " \ # ! < > << <<- <<< >& 2>&1 if then else elif
fi for in do done while until case esac function set -e +e -o pipefail trap exit return break continue eval exec
source . true false : cd export local read test [ ] $? $! $$ $@ $* ${a} ${a:-b} ${a#b} ${!a} ~ * ? [a-z] {a,b}
{1..9} EOF trivy gitleaks docker push pytest make python -c bash -c sh -c timeout 5 nohup env xargs sudo time
coproc select ;& ${{ x }} grype --exit-code 1 raise SystemExit(1) assert import sys lambda"""
_ALONE = (
    "on: push\njobs:\n  a:\n    steps:\n      - {name: security scan, shell: %s, run: %s}\n      - run: docker push a\n"
)
_SCRIPTS = (
    b"\x00./scan\ndocker push x", b"bash\x00set -euo pipefail\ntrivy image --exit-code 1 x | tee log\n",
    b"\x00if ! gitleaks detect; then\n  echo bad\n  exit 1\nfi\n",
    b"python\x00import sys\nif bad():\n    sys.exit(1)\n",
    b"\x00cat <<EOF\n$(docker push a)\nEOF\nfor f in a b; do ./scan $f || exit 1; done\n",
    b"\x00case $x in\n a|b) ./scan ;;\n *) exit 1 ;;\nesac\ncheck() { trap 'exit 1' ERR; }\ncheck\n",
    b"bash {0}\x00bash -c 'sh -c \"eval trivy fs .\"'\npython - <<'E'\nassert 1\nE\n",
)  # fmt: skip


def _seeds() -> list[bytes]:
    found = texts(
        "selftests/data/documents/workflow.yml", "fixtures/reference_platform/.github/workflows/packaging.yml"
    )
    bomb = b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 12))
    merge = b"on: push\nx: &x {run: y}\njobs:\n  a:\n    steps:\n      - <<: *x\n"
    return [*found, bomb, merge, *((_alone(script)) for script in _SCRIPTS)]


def _alone(data: bytes) -> bytes:
    """A workflow whose security step has this script; what stands before the first NUL names its shell."""
    shell, _, script = data.decode("utf-8", "replace").rpartition("\0")
    return (_ALONE % (json.dumps(shell) if shell else "bash", json.dumps(script))).encode()


def _run(data: bytes) -> None:
    from packaging_readiness.checkout.workflow import read_workflow
    from packaging_readiness.checkout.workflow_queries import credentials_steps, ignores_failure, static_credentials
    from packaging_readiness.plugin import workflow_secrets as secrets
    from packaging_readiness.plugin.security_step import refuse_unclear_steps, security_step_gaps

    workflow = attempt(read_workflow, data, _PATH)
    if workflow is None:
        return
    for judge in (security_step_gaps, refuse_unclear_steps):
        attempt(judge, workflow, "(?i)security")
    attempt(secrets.static_places, workflow, b"salt")
    attempt(secrets.oidc_gaps, workflow, {"contents": "read", "id-token": "write"})
    attempt(secrets.secret_outputs, workflow)
    attempt(static_credentials, workflow)
    attempt(credentials_steps, workflow)
    for step in workflow.steps:
        attempt(ignores_failure, step.if_)


def _run_script(data: bytes) -> None:
    _run(_alone(data))


def _script_seeds() -> list[bytes]:
    scripts = re.findall(rb"run: \|\n((?: {8,}[^\n]*\n)+)", b"".join(texts("selftests/data/documents/workflow.yml")))
    return [*_SCRIPTS, *(b"\0" + re.sub(rb"(?m)^ +", b"", script) for script in scripts)]


_WHOLE = Target(
    name="workflow",
    reads="",
    seeds=_seeds,
    run=_run,
    mutate=Mutator((*_YAML.split(), *_SHELL.split()), _seeds),
    readers=(
        "packaging_readiness.checkout.workflow:read_yaml",
        "packaging_readiness.plugin.security_step:guard_gaps",
        "packaging_readiness.plugin.workflow_secrets:static_places",
    ),
)
_SCRIPT = Target(
    name="script",
    reads="",
    seeds=_script_seeds,
    run=_run_script,
    mutate=Mutator(_SHELL.split(), _script_seeds),
    readers=(
        "packaging_readiness.checkout.shell_failures:parse",
        "packaging_readiness.plugin.security_step:judge_step",
    ),
)
TARGET = either(
    "workflow",
    "workflow: YAML with aliases, bombs and merge keys; credentials; scripts through the security-step reader",
    _SCRIPT,
    _WHOLE,
    lambda data: b"\0" in data,  # what stands before it names the script's shell; YAML has none
)
