"""What a run writes: no path of the machine, nothing of the environment, and no secret that somebody planted."""

from pathlib import Path

import pytest

from selftests.main_job import SUITE, Job, commit, environment, fresh_platform, main_job, on_platform, unbroken
from selftests.platform_edits import replace

IN_ENVIRONMENT = "AKIA" + "V5JXK2NQ" + "WZ8RLT3B"
CANARY = "canary-5d0e1f7b"
CARRIERS = ("USER", "LOGNAME", "HOSTNAME", "EMAIL", "EDITOR", "BUILD_TAG", "SERVICE_TOKEN")
IN_OUTPUT = "AKIA" + "T6HYM4PC" + "XS9DVN2F"
# Split in the source, so that the file itself holds no secret and only the running program shows it.
PRINTS = f'''cli.learning_parser("learning_registry.worker", (__doc__ or "") + "{IN_OUTPUT[:9]}" + "{IN_OUTPUT[9:]}")'''


def written(job: Job) -> dict[str, str]:
    """Everything that the run wrote: files, standard output and standard error."""
    files = [path for path in (job.report, *job.out.rglob("*")) if path.is_file()]
    return {
        "stdout": job.ran.stdout,
        "stderr": job.ran.stderr,
        **{path.name: path.read_text(encoding="utf-8") for path in files},
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A run with one secret in its environment, on a platform with a program that prints another one."""
    folder = tmp_path_factory.mktemp("planted")
    root = fresh_platform(folder / "platform")
    call = 'cli.learning_parser("learning_registry.worker", __doc__ or "")'
    replace("src/fraud_detection/learning_registry/worker.py", (call, PRINTS))(root)
    commit(root)
    env = environment(
        AWS_ACCESS_KEY_ID=IN_ENVIRONMENT, SERVICE_PASSWORD=IN_ENVIRONMENT, **dict.fromkeys(CARRIERS, CANARY)
    )
    return main_job(folder, *on_platform(root), "-vv", env=env)


def test_no_path_of_the_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    job = unbroken(tmp_path_factory.getbasetemp())
    texts = written(job)
    del texts["stdout"], texts["stderr"]  # the terminal belongs to whoever typed the paths
    places = [str(SUITE), str(Path.home()), str(job.out), str(job.report.parent)]
    found = [(name, place) for name, text in texts.items() for place in places if place in text]
    assert len(texts) == 30
    assert found == []


def test_no_value_of_the_environment(planted: Job) -> None:
    assert [name for name, text in written(planted).items() if IN_ENVIRONMENT in text] == []
    texts = written(planted)
    del texts["stdout"]  # with -v, pytest-metadata shows variables of CI systems, BUILD_TAG among them
    assert [name for name, text in texts.items() if CANARY in text] == []


def test_secret_in_the_output_of_a_row_fails_it_and_is_repeated_nowhere(planted: Job) -> None:
    assert planted.ran.status == 1
    assert [name for name, text in written(planted).items() if IN_OUTPUT in text] == []
    results = {row["id"]: row for row in planted.object("check_results")["results"]}
    red = {row_id for row_id, row in results.items() if row["outcome"] == "fail" and row["decided_by"] == "test"}
    assert red == {
        "m1b.run.help[mpr]",
        "m1b.contract.optional-documented[mpr]",
        "m1b.run.subcommand-help[mpr-run]",
        "m1b.contract.subcommand-optional-documented[mpr-run]",
    }
    assert {results[row_id]["reason"] for row_id in red} == {"secret-in-output"}
    assert "secret-in-output" in planted.ran.stdout
