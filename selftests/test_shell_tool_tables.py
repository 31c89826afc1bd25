"""What well-known commands do to an image registry, by their first words; whatever stands nowhere is not known."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_commands import program_effect, script_effect

NONE = """
uv pip|uv sync|uv venv|uv lock|uv python|uv cache|pipx install|pipx ensurepath
poetry install|poetry config|poetry export|poetry lock|poetry check|npm ci|npm install
crane auth|crane catalog|crane config|crane digest|crane export|crane ls|crane manifest|crane pull|crane validate
crane version|skopeo inspect|skopeo list-tags|skopeo login|skopeo logout|skopeo standalone-verify
oras discover|oras login|oras logout|oras pull|oras resolve|oras version|oras manifest-fetch
regctl version|regctl config|cosign verify|cosign verify-attestation|cosign version
helm lint|helm template|helm dependency|helm version|terraform fmt|terraform validate
docker --config c ps|docker --context c ps|docker -c c ps|docker --host h ps|docker -H h ps|docker --log-level x ps
docker -l x ps|podman --root r ps|podman --runroot r ps|nerdctl --namespace n ps|nerdctl -n n ps|docker -D ps
docker buildx build|docker buildx create|docker buildx use|docker buildx inspect|docker buildx ls|docker buildx rm
docker buildx version|docker buildx du|docker buildx prune|docker buildx stop|docker buildx install
docker buildx uninstall|docker builder build|docker builder prune|docker compose build|docker compose pull
docker compose config|docker compose version|docker compose ps|docker compose logs|docker compose down
docker image build|docker image ls|docker image inspect|docker image prune|docker image rm|docker image tag
docker image save|docker image load|docker image pull|docker image history|docker image import
docker manifest inspect|docker manifest create|docker manifest annotate|docker manifest rm|docker manifest add
docker scout cves|docker scout quickview|docker scout recommendations|docker scout version
uv run ls|poetry run ls|pipx run ls|pdm run ls|hatch run ls
"""
PUSHES = """
crane append|crane copy|crane cp|crane flatten|crane mutate|crane push|crane rebase|crane tag|crane index
skopeo copy|skopeo sync|oras attach|oras copy|oras cp|oras push|oras tag
ko build|ko publish|ko apply|ko resolve|ko create|helm push
gcrane copy|gcrane cp|gcrane push|gcrane append|gcrane mutate|gcrane tag
docker push|docker image push|docker --config c push|docker compose push|uv run crane push|podman --remote push
"""
UNCLEAR = """
uv x|uv publish|pipx x|poetry publish|npm publish|npm run|crane x|skopeo delete|oras x|regctl x|cosign sign
helm install|terraform apply|ko x|gcrane ls|pdm x|hatch build|docker x|docker buildx x|docker builder x
docker compose run|docker image x|docker manifest x|docker scout x|docker builder ls|docker --weird ps
pythonic x|node scan.js|ruby x|perl x|pypy x|python3.12 x|tool
"""
WORDS = """
subprocess|system|popen|exec|execv|spawn|spawnl|posix_spawn|posix_spawnp|fork|forkpty|pty|eval|compile|getattr|globals
vars|__import__|importlib|import_module|runpy|ctypes|modules|run_path
"""


def commands(text: str) -> list[str]:
    """The commands of a table."""
    return text.replace("\n", "|").strip("|").split("|")


@pytest.mark.parametrize("command", commands(NONE))
def test_a_command_that_pushes_nothing(command: str) -> None:
    assert script_effect(command, {}).kind == "none"


@pytest.mark.parametrize("command", commands(PUSHES))
def test_a_command_that_pushes(command: str) -> None:
    assert script_effect(command, {}).kind == "pushes"


@pytest.mark.parametrize("command", commands(UNCLEAR))
def test_a_command_that_could_push(command: str) -> None:
    assert script_effect(command, {}).kind == "unclear"


@pytest.mark.parametrize("name", ["python", "python3", "python3.12", "pypy", "pypy3", "node", "ruby", "perl5"])
def test_an_interpreter_that_only_tells_its_version(name: str) -> None:
    assert script_effect(f"{name} --version", {}).kind == "none"
    assert script_effect(f"{name}x --version", {}).kind == "unclear"


@pytest.mark.parametrize(
    "word",
    commands(WORDS),
)
def test_a_word_with_which_a_program_could_start_another_one(word: str) -> None:
    assert program_effect(f"x.{word}(y)").kind == "unclear"
    assert program_effect(f"x{word}y_ = 1").kind == "none"
    assert program_effect(f"x{word} = 1").kind == "none"
