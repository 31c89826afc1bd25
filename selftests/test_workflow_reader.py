"""Workflow reader: what GitHub would run, with lines; hostile YAML refused; who pushes, signs in and runs first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.checkout.shell_commands import command_pushes, commands
from packaging_readiness.checkout.workflow import find_workflows, read_workflow
from packaging_readiness.checkout.workflow_model import Step, Workflow
from packaging_readiness.checkout.workflow_queries import (
    credentials_steps,
    guard_gaps,
    job_order,
    push_steps,
    runs_before,
    static_credentials,
)
from packaging_readiness.contract.errors import InputRefused

SAMPLE = (Path(__file__).parent / "data" / "documents" / "workflow.yml").read_text(encoding="utf-8")
PATH = ".github/workflows/package.yml"


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return read(SAMPLE)


def read(text: str) -> Workflow:
    return read_workflow(text.encode(), PATH)


def changed(old: str, new: str) -> Workflow:
    assert old in SAMPLE
    return read(SAMPLE.replace(old, new, 1))


def one_step(body: str) -> Workflow:
    return read(f"on: push\njobs:\n  a:\n    steps:\n      - {body}\n")


def named(workflow: Workflow, name: str) -> Step:
    return next(step for step in workflow.steps if step.name == name)


def test_events_and_inputs_are_read(workflow: Workflow) -> None:
    assert (workflow.name, workflow.path, workflow.dispatchable) == ("package", PATH, True)
    assert [(event.name, event.line) for event in workflow.events] == [("workflow_dispatch", 3)]
    first, second = workflow.inputs
    assert (first.name, first.description, first.required, first.default) == ("profile", "which profile", True, "dev")
    assert (first.type, first.options, first.line) == ("choice", ("dev", "prod"), 5)
    assert (second.name, second.required, second.default, second.type) == ("note", False, None, "string")


@pytest.mark.parametrize("on", ["on: push", '"on": push', "on: [push]", "on:\n  push:", "on:\n- push"])
def test_on_is_the_word_and_not_a_truth_value(on: str) -> None:
    workflow = read(f"{on}\njobs: {{a: {{steps: [{{run: x}}]}}}}\n")
    assert [event.name for event in workflow.events] == ["push"]
    assert not workflow.dispatchable


def test_permissions_of_each_level(workflow: Workflow) -> None:
    assert workflow.permissions is not None
    assert (workflow.permissions.of("contents"), workflow.permissions.of("id-token")) == ("read", "none")
    check, build, report = workflow.jobs
    for job, contents, token in ((check, "read", "none"), (build, "read", "write"), (report, "read", "none")):
        granted = workflow.permissions_of(job)
        assert granted is not None
        assert (granted.of("contents"), granted.of("id-token")) == (contents, token)
    everything = changed("    permissions: read-all\n", "    permissions: write-all\n").jobs[0].permissions
    assert everything is not None
    assert everything.of("id-token") == "write"
    nothing = changed("    permissions: read-all\n", "    permissions: {}\n").jobs[0].permissions
    assert nothing is not None
    assert nothing.of("contents") == "none"
    assert changed("permissions:\n  contents: read\n", "").permissions is None


def test_env_blocks_of_all_levels_keep_text_and_lines(workflow: Workflow) -> None:
    found = [(place, e.name, e.value, e.line) for place, env in workflow.environments() for e in env]
    assert found == [
        ("workflow", "REGION", "eu-west-2", 15),
        ("workflow", "ENABLED", "on", 16),
        ("job check", "LEVEL", "1", 22),
        ("containers of job build", "INSIDE", "yes", 39),
        ("job build, step 2", "TAG", "git-abc", 50),
    ]


def test_services_env_is_not_overlooked() -> None:
    text = "on: push\njobs:\n  a:\n    services:\n      db: {env: {KEY: v}}\n    steps: [{run: x}]\n"
    assert read(text).environments()[0][1][0].name == "KEY"


def test_steps_know_their_job_order_and_lines(workflow: Workflow) -> None:
    assert [(step.job, step.index, step.label, step.line) for step in workflow.steps] == [
        ("check", 0, "actions/checkout@v4", 24),
        ("check", 1, "security", 25),
        ("build", 0, "credentials", 41),
        ("build", 1, "push", 46),
        ("report", 0, "step 1", 57),
    ]
    security = named(workflow, "security")
    assert (security.id, security.run_line) == ("security", 28)
    assert security.run == "python tools/security.py\necho done\n"
    push = named(workflow, "push")
    assert (push.if_, push.continue_on_error, push.run_line) == ("success()", "false", 51)
    role = named(workflow, "credentials").input("Role-To-Assume")
    assert role is not None
    assert (role.value, role.line) == ("${{ vars.ROLE }}", 44)
    assert workflow.jobs[2].needs == ("build", "check")
    assert workflow.jobs[2].if_ == "always()"


def test_a_call_of_a_reusable_workflow_has_no_steps() -> None:
    job = read("on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n").jobs[0]
    assert (job.uses, job.steps) == ("./.github/workflows/b.yml", ())


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        (BOMB, f"{PATH}:13", "aliases written out"),
        ("a: &a [*a]\n", f"{PATH}:1", "holds the alias itself"),
        ("a: *never\n", f"{PATH}:1", "not defined above"),
        ("a: &a {b: c}\nd:\n  <<: *a\n", f"{PATH}:3", "merge key"),
        ("a: 1\nb: 2\na: 3\n", f"{PATH}:3", "line 1 already"),
        ("a: 1\nb: {c: 1, 'c': 2}\n", f"{PATH}:2", "line 2 already"),
        ("? [a]\n: b\n", f"{PATH}:1", "not a plain word"),
        ("a: !!python/object/apply:os.system [id]\n", f"{PATH}:1", "explicit tag"),
        ("a: 1\n---\nb: 2\n", f"{PATH}:2", "second document"),
        ("[" * 100_000, f"{PATH}:1", "nested deeper"),
        ("- " * 100_000, f"{PATH}:1", "nested deeper"),
        ("a: b\nc: [\n", f"{PATH}:3", "not valid YAML"),
        ("a: b\nc: \0\n", f"{PATH}:2", "control character"),
        ("a: b\u2028c: d\n", f"{PATH}:1", "Unicode line separator"),
        ("", PATH, "holds no document"),
        ("# only a comment\n", PATH, "holds no document"),
        ("- a\n", f"{PATH}:1", "a workflow is not a mapping"),
        ("jobs: {}\n", PATH, "no 'on'"),
        ("true: push\njobs: {}\n", PATH, "no 'on'"),
        ("on: push\n", PATH, "no 'jobs'"),
        ("on: []\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:1", "names no event"),
        ("on: push\njobs: {}\n", f"{PATH}:2", "no job"),
        ("on: push\njobs:\n- a\n", f"{PATH}:3", "'jobs' is not a mapping"),
        ("on: push\njobs:\n  a: {}\n", f"{PATH}:3", "either 'steps' or 'uses'"),
        ("on: push\njobs:\n  a: {steps: []}\n", f"{PATH}:3", "has no step"),
        ("on: push\njobs:\n  a: {steps: {run: x}}\n", f"{PATH}:3", "'steps' is not a list"),
        ("on: push\njobs:\n  a:\n    steps:\n    - x\n", f"{PATH}:5", "a step is not a mapping"),
        ("on: push\njobs:\n  a:\n    steps:\n    - name: x\n", f"{PATH}:5", "either 'uses' or 'run'"),
        ("on: push\njobs:\n  a:\n    steps:\n    - {run: x, uses: y}\n", f"{PATH}:5", "either 'uses' or 'run'"),
        ("on: push\njobs:\n  a:\n    steps:\n    - run: [x]\n", f"{PATH}:5", "not a single value"),
        ("on: push\nenv: ${{ x }}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "'env' is not a mapping"),
        ("on: push\nenv: {A: [b]}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "A is not a single value"),
        ("on: push\npermissions: all\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "unknown permissions"),
        ("on: push\npermissions: {id-token: yes}\njobs: {a: {steps: [{run: x}]}}\n", f"{PATH}:2", "unknown level"),
        ("on: push\njobs:\n  a: {needs: b, steps: [{run: x}]}\n", f"{PATH}:3", "needs an unknown job"),
        ("on: push\njobs:\n  a: {needs: a, steps: [{run: x}]}\n", f"{PATH}:3", "need each other"),
    ],
)
def test_hostile_or_misshapen_input_is_refused_with_its_place(text: str, place: str, cause: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read(text)
    assert caught.value.place == place
    assert cause in caught.value.cause


def test_bytes_that_are_no_utf8_and_huge_files_are_refused() -> None:
    with pytest.raises(InputRefused, match=r"package\.yml:2: not UTF-8"):
        read_workflow(b"on: push\nname: \xff\n", PATH)
    with pytest.raises(InputRefused, match="longer than"):
        read_workflow(b"#" * (1024 * 1024 + 1), PATH)


def test_harmless_aliases_are_followed() -> None:
    workflow = read("on: push\nenv: &e {A: b}\njobs:\n  a:\n    env: *e\n    steps: [{run: x}]\n")
    assert [entry.value for entry in workflow.jobs[0].env] == ["b"]


def test_workflow_files_are_found_sorted(tmp_path: Path) -> None:
    assert find_workflows(tmp_path) == ()
    folder = tmp_path / ".github" / "workflows"
    (folder / "sub.yml").mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "c.yml.bak", "README.md"):
        (folder / name).write_text("on: push\n", encoding="utf-8")
    assert [path.name for path in find_workflows(tmp_path)] == ["a.yml", "b.yaml"]


@pytest.mark.parametrize(
    "script",
    [
        'docker push "$REPO:$TAG"',
        "podman push x",
        "sudo -E podman push x",
        "docker --config /tmp/c push x",
        "docker image push x",
        "docker compose push",
        "docker buildx build --push .",
        "docker buildx build -o type=registry .",
        "docker build \\\n  --tag x \\\n  --push .",
        "if docker push x; then echo ok; fi",
        "set -e; TAG=x docker push y || exit 1",
        "docker login && docker push x",
        "bash -c 'docker push x'",
        "out=$(docker push x)",
        "/usr/bin/docker push x",
        "aws ecr put-image --repository-name x",
        "aws --region eu-west-2 ecr put-image",
        "skopeo copy docker-archive:x docker://y",
        "crane push x y",
        "buildah push x",
    ],
)
def test_a_script_that_pushes_is_seen(script: str) -> None:
    assert any(command_pushes(words) for words in commands(script))


@pytest.mark.parametrize(
    "script",
    [
        "docker build -t push .",
        "echo docker push x",
        "# docker push x",
        "git push",
        "docker buildx build --load .",
        "docker pull x",
        "aws ecr describe-images",
        "podman run x push",
        "skopeo inspect docker://x",
        "echo 'unclosed",
    ],
)
def test_a_script_that_does_not_push_is_left_alone(script: str) -> None:
    assert not any(command_pushes(words) for words in commands(script))


@pytest.mark.parametrize(
    ("inputs", "pushes"),
    [
        ("push: true", True),
        ("push: 'True'", True),
        ("push: ${{ inputs.push }}", True),
        ("outputs: 'type=image,push=true'", True),
        ("push: false", False),
        ("load: true", False),
    ],
)
def test_the_build_action_pushes_when_told_to(inputs: str, pushes: bool) -> None:
    workflow = one_step(f"uses: docker/build-push-action@v6\n        with:\n          {inputs}")
    assert bool(push_steps(workflow)) is pushes
    other = one_step(f"uses: other/action@v6\n        with:\n          {inputs}")
    assert push_steps(other) == ()


def test_the_pushing_step_is_found(workflow: Workflow) -> None:
    assert [step.name for step in push_steps(workflow)] == ["push"]


def test_credentials_by_role_are_told_from_static_keys(workflow: Workflow) -> None:
    (found,) = credentials_steps(workflow)
    assert (found.step.name, found.role, found.static_inputs, found.oidc_only) == (
        "credentials",
        "${{ vars.ROLE }}",
        (),
        True,
    )
    mixed = changed("aws-region:", "aws-access-key-id: ${{ secrets.K }}\n          aws-region:")
    (both,) = credentials_steps(mixed)
    assert (both.static_inputs, both.oidc_only) == (("aws-access-key-id",), False)
    assert credentials_steps(one_step("uses: actions/checkout@v4")) == ()


def test_every_way_to_set_a_static_credential_is_found(workflow: Workflow) -> None:
    assert static_credentials(workflow) == ()
    text = SAMPLE
    for old, new in (
        ("  REGION: eu-west-2\n", "  REGION: eu-west-2\n  AWS_SESSION_TOKEN: v1\n"),
        ("          echo done\n", '          echo "AWS_ACCESS_KEY_ID=v2" >> "$GITHUB_ENV"\n'),
        ("          aws-region:", "          aws-secret-access-key: v3\n          aws-region:"),
        ("echo reported", "aws configure set aws_secret_access_key v4"),
    ):
        assert old in text
        text = text.replace(old, new)
    found = static_credentials(read(text))
    assert [(one.name, one.place, one.line) for one in found] == [
        ("AWS_SESSION_TOKEN", "workflow", 16),
        ("AWS_ACCESS_KEY_ID", "job check, step 2", 30),
        ("AWS_SECRET_ACCESS_KEY", "job build, step 1", 46),
        ("AWS_SECRET_ACCESS_KEY", "job report, step 1", 59),
    ]
    assert not any(value in str(found) for value in ("v1", "v2", "v3", "v4"))


def test_jobs_are_ordered_by_needs(workflow: Workflow) -> None:
    assert job_order(workflow) == ("check", "build", "report")
    free = read("on: push\njobs:\n" + "".join(f"  {n}: {{steps: [{{run: x}}]}}\n" for n in "cab"))
    assert job_order(free) == ("c", "a", "b")


def test_a_step_runs_before_another_only_along_needs(workflow: Workflow) -> None:
    security, push = named(workflow, "security"), named(workflow, "push")
    assert runs_before(workflow, security, push)
    assert not runs_before(workflow, push, security)
    assert runs_before(workflow, workflow.steps[0], security)
    side_by_side = changed("    needs: check\n", "")
    assert not runs_before(side_by_side, named(side_by_side, "security"), named(side_by_side, "push"))


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ("    needs: check\n", "", "does not run before"),
        ("        id: security\n", "        continue-on-error: true\n", "may fail"),
        ("        id: security\n", "        continue-on-error: ${{ inputs.x }}\n", "may fail"),
        ("        id: security\n", "        if: inputs.profile == 'dev'\n", "only under a condition"),
        ("    permissions: read-all\n", "    continue-on-error: true\n", "may fail"),
        ("    permissions: read-all\n", "    if: github.ref == 'x'\n", "job check runs only under a condition"),
        ("        if: success()\n", "        if: always()\n", "guarded step runs even after a failure"),
        ("        if: success()\n", "        if: ${{ !cancelled () }}\n", "guarded step runs even after a failure"),
        ("    needs: check\n", "    needs: check\n    if: failure()\n", "job build runs even after a failure"),
    ],
)
def test_a_guard_that_can_be_passed_by_is_reported(old: str, new: str, gap: str, workflow: Workflow) -> None:
    assert guard_gaps(workflow, named(workflow, "security"), named(workflow, "push")) == ()
    weak = changed(old, new)
    (found,) = guard_gaps(weak, named(weak, "security"), named(weak, "push"))
    assert gap in found


def test_a_job_that_may_fail_still_stops_at_its_own_failing_step() -> None:
    text = (
        "on: push\njobs:\n  a:\n    continue-on-error: true\n    steps:\n    - run: check\n    - run: docker push x\n"
    )
    workflow = read(text)
    assert guard_gaps(workflow, workflow.steps[0], workflow.steps[1]) == ()


YAML_LINES = [*SAMPLE.split("\n"), "a: &a [*a]", "  <<: *a", "? x", "\t", "!!x", "'", '"', "- - -", "%YAML 1.3"]


@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(YAML_LINES), st.text(max_size=6))).map("\n".join)))
def test_any_text_gives_a_workflow_or_a_refusal(text: str) -> None:
    place = PATH
    try:
        read(text)
    except InputRefused as error:
        place = error.place
    assert place.startswith(PATH)


@given(st.binary())
def test_any_bytes_give_a_workflow_or_a_refusal(data: bytes) -> None:
    with pytest.raises(InputRefused):
        read_workflow(data, PATH)


@given(st.integers(0, len(SAMPLE)), st.integers(0, 30))
def test_a_cut_workflow_never_gains_steps(start: int, length: int) -> None:
    try:
        steps = read(SAMPLE[:start] + SAMPLE[start + length :]).steps
    except InputRefused:
        steps = ()
    assert len(steps) <= 5


@given(st.text())
def test_any_script_has_commands(script: str) -> None:
    assert all(words for words in commands(script))
