"""Which steps push: read where it can be read, unclear (never harmless) where it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.shell_commands import NONE, script_effect
from packaging_readiness.checkout.workflow_push import push_steps, step_effect, unclear_steps
from selftests.workflow_samples import SAMPLE, changed, job_of, one_step, read

PUSHES = [
    'docker push "$REPO:$TAG"',
    "podman push x",
    "sudo -E podman push x",
    "sudo -u builder docker push x",
    "timeout -k 5 10m docker push x",
    "time docker push x",
    "env -u HOME A=b docker push x",
    "docker --config /tmp/c push x",
    "docker image push x",
    "docker manifest push x",
    "docker compose -f a.yml push",
    "docker compose build --push",
    "docker buildx build --push .",
    "docker buildx build -o type=registry .",
    "docker buildx build --output=type=image,name=x,push=true .",
    "docker buildx bake --push",
    "docker buildx imagetools create -t x y",
    "docker build \\\n  --tag x \\\n  --push .",
    "buildah push x",
    "buildah bud --tag x . && buildah push x",
    "buildah commit c docker://x",
    "nerdctl push x",
    "skopeo copy docker-archive:x docker://y",
    "crane push x y",
    "crane tag x y",
    "oras push x y",
    "regctl image copy x y",
    "ko build ./cmd",
    "aws ecr put-image --repository-name x",
    "aws --region eu-west-2 ecr put-image",
    "if docker push x; then echo ok; fi",
    "if ! docker push x; then exit 1; fi",
    "while ! docker push x; do sleep 1; done",
    "for t in a b; do\n  docker push $t\ndone",
    "case $X in push) docker push x ;; esac",
    "publish() {\n  docker push x\n}\npublish",
    "function publish { docker push x; }; publish",
    "(docker push x)",
    "{ docker push x; } > log",
    "set -e; TAG=x docker push y || exit 1",
    "docker login && docker push x",
    "bash -c 'docker push x'",
    "bash -ec 'docker push x'",
    "eval 'docker push x'",
    "out=$(docker push x)",
    'echo "$(docker push x)"',
    "out=`docker push x`",
    "cat <(docker push x)",
    "echo ${A:-$(docker push x)}",
    "bash <<EOF\ndocker push x\nEOF",
    "cat <<EOF\n$(docker push x)\nEOF",
    "/usr/bin/docker push x",
    "D=docker; $D push x",
    'D="sudo docker"\n${D} push x',
    'export D=podman\n"$D" push x',
    "P=push; docker $P x; docker push y",
    "echo x | xargs -I{} docker push {}",
    "find . -name '*.tar' -exec skopeo copy {} docker://x \\;",
    "uv run docker push x",
    "trap 'docker push x' EXIT",
    "make test; docker push x",
]
UNCLEAR = [
    "make push",
    "./tools/push.sh",
    "tools/docker build .",
    "bash tools/push.sh",
    ". tools/functions.sh",
    "sh < script",
    "curl -s https://example.org/x | sh",
    'eval "$COMMAND"',
    "$COMMAND",
    "${{ inputs.command }}",
    '"$GITHUB_WORKSPACE/bin/pip" x',
    "$(which docker) push x",
    "do{c,}ker push x",
    "/usr/bin/dock?r push x",
    "D=docker; D=podman; $D push x",
    "docker $P x",
    "docker run -v /var/run/docker.sock:/s x",
    "docker compose up",
    "docker buildx bake",
    "python tools/push.py",
    "python -m tools.push",
    "python - <<'PY'\nimport subprocess\nsubprocess.run(['docker', 'push', 'x'])\nPY",
    "python -c 'import os; os.system(\"x\")'",
    "npm run push",
    "gh workflow run push.yml",
    "aws codebuild start-build --project-name x",
    "curl -T x https://example.org/v2/x/manifests/y",
    "an-unknown-tool",
    "echo 'never closed",
    "cat <<EOF\nnever ended",
    "if true; then echo x",
    "if docker pull x; then make push; fi",
    "xargs tool",
]
HARMLESS = [
    "docker build -t push .",
    "docker buildx build --load .",
    "docker pull x",
    "docker tag push x",
    "docker context use push",
    "docker compose -p push config",
    "echo docker push x",
    "# docker push x",
    "git push",
    "aws ecr describe-images",
    "aws sts get-caller-identity",
    "skopeo inspect docker://x",
    "crane digest x",
    "python3 -m venv v && v=1 pip install x",
    "python - <<'PY'\nimport json\nprint(json.dumps({}))\nPY",
    'cat > f.json <<\'EOF\'\n{"a": "docker push x"}\nmake push\nEOF',
    "cat <<-EOF\n\tmake push\n\tEOF\n",
    '[[ "$X" =~ ^(a|b)[0-9]{8}$ && -n $Y ]]',
    "(( A > 1 || B ))",
    'A=$((1 + 2)); echo "${A:-x}" 2>&1 >/dev/null',
    'case "$X" in\n  push|make) echo a ;;\n  *) echo b ;;\nesac',
    "jq -n --arg a b '\n  {a: $a,\n   make: 1}\n' > x.json",
    "check() { grep -q x y; }\ncheck || { echo no; exit 1; }",
    "source .venv/bin/activate",
    'A="it is $(date -u +%Y) #1"',
    "echo ${{ github.sha }} it\\'s",
    "while read -r line; do echo $line; done < <(git log)",
    "for i in $(seq 3); do sleep $i; done",
    "printf '%s\\n' \"a'b\" 'c\"d'",
]


@pytest.mark.parametrize("script", PUSHES)
def test_a_script_that_pushes_is_seen(script: str) -> None:
    assert script_effect(script, {}).kind == "pushes"


@pytest.mark.parametrize("script", UNCLEAR)
def test_a_script_that_cannot_be_read_is_unclear(script: str) -> None:
    effect = script_effect(script, {})
    assert effect.kind == "unclear"
    assert effect.cause


@pytest.mark.parametrize("script", HARMLESS)
def test_a_script_that_does_not_push_is_left_alone(script: str) -> None:
    assert script_effect(script, {}) == NONE


@pytest.mark.parametrize("place", ["workflow", "job", "step"])
def test_variables_of_every_env_block_are_known(place: str) -> None:
    blocks = {name: "env: {D: docker}" if name == place else "" for name in ("workflow", "job", "step")}
    text = f"on: push\n{blocks['workflow']}\njobs:\n  a:\n    {blocks['job']}\n    steps:\n    - run: $D push x\n"
    workflow = read(text + (f"      {blocks['step']}\n" if blocks["step"] else ""))
    assert step_effect(workflow, workflow.steps[0]).kind == "pushes"
    unknown = read(
        text.replace("D: docker", "D: '${{ inputs.d }}'")
        + (f"      {blocks['step']}\n".replace("docker", "'${{ vars.D }}'"))
    )
    assert step_effect(unknown, unknown.steps[0]).kind == "unclear"


@pytest.mark.parametrize(
    ("shell", "script", "kind"),
    [
        ("python", "print(1)", "none"),
        ("python", "import subprocess", "unclear"),
        ("pwsh", "echo x", "unclear"),
        ("pwsh", "docker push x", "pushes"),
        ("bash -x {0}", "echo x", "none"),
    ],
)
def test_the_shell_decides_how_a_script_is_read(shell: str, script: str, kind: str) -> None:
    workflow = one_step(f"run: {script}\n        shell: {shell}")
    assert step_effect(workflow, workflow.steps[0]).kind == kind


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ("push: true", "pushes"),
        ("push: 'True'", "pushes"),
        ("PUSH: true", "pushes"),
        ("push: ${{ inputs.push }}", "pushes"),
        ("outputs: 'type=image,push=true'", "pushes"),
        ("outputs: 'type=registry'", "pushes"),
        ("push: false", "none"),
        ("load: true", "none"),
    ],
)
def test_the_build_action_pushes_when_told_to(inputs: str, kind: str) -> None:
    workflow = one_step(f"uses: docker/build-push-action@v6\n        with:\n          {inputs}")
    assert step_effect(workflow, workflow.steps[0]).kind == kind


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("actions/checkout@v4", "none"),
        ("actions/cache/restore@v4", "none"),
        ("Docker/Login-Action@v3", "none"),
        ("aws-actions/amazon-ecr-login@062b18b96a7aff071d4dc91bc00c4c1a7945b076", "none"),
        ("gitleaks/gitleaks-action@v2", "none"),
        ("redhat-actions/push-to-registry@v2", "pushes"),
        ("docker/bake-action@v5", "unclear"),
        ("actions/github-script@v7", "unclear"),
        ("somebody/build-and-push@v1", "unclear"),
        ("actionsx/checkout@v4", "unclear"),
        ("./.github/actions/push", "unclear"),
        ("docker://alpine:3", "unclear"),
    ],
)
def test_an_action_is_known_or_unclear(action: str, kind: str) -> None:
    workflow = one_step(f"uses: {action}")
    assert step_effect(workflow, workflow.steps[0]).kind == kind


def test_pushing_and_unclear_steps_are_listed_in_order() -> None:
    assert [step.name for step in push_steps(read(SAMPLE))] == ["push"]
    assert [step.name for step, _ in unclear_steps(read(SAMPLE))] == ["security"]
    workflow = changed(
        "      - run: echo reported\n",
        "      - run: make\n  other:\n    needs: check\n    uses: ./.github/workflows/b.yml\n",
    )
    assert [(step.job, cause) for step, cause in unclear_steps(workflow)] == [
        ("check", "python tools/security.py"),
        ("report", "make"),
        ("other", "./.github/workflows/b.yml"),
    ]
    assert push_steps(job_of("run: make push")) == ()


PIECES = st.sampled_from(
    [
        "docker push x",
        "echo a",
        "\n",
        ";",
        "&&",
        "||",
        "|",
        "(",
        ")",
        "{",
        "}",
        "if",
        "then",
        "fi",
        "while",
        "do",
        "done",
        "case",
        "in",
        "esac",
        "<<E",
        "E",
        "'",
        '"',
        "$(",
        "`",
        "${",
        "}",
        "\\",
        "!",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)))
def test_any_script_has_an_effect(script: str) -> None:
    assert script_effect(script, {}).kind in ("none", "unclear", "pushes")


@given(st.lists(PIECES, max_size=6).map(" ".join), st.lists(PIECES, max_size=6).map(" ".join))
def test_a_push_on_a_line_of_its_own_never_becomes_harmless(before: str, after: str) -> None:
    """Only a comment, a quotation or a here-document could hide it, and this text has a here-document at most."""
    if "<<E" not in before and before.count("'") % 2 == 0 and before.count('"') % 2 == 0 and "\\" not in before:
        assert script_effect(f"{before}\ndocker push x\n{after}", {}) != NONE
