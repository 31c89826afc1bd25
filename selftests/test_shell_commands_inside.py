"""Scripts in scripts, programs in scripts, and the outputs of builds: how deep, which modules, which values."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_commands import NONE, Effect, output_pushes, program_effect, script_effect


@pytest.mark.parametrize(
    "script",
    ["bash -c 'echo a'", "eval echo a", "trap 'echo a' EXIT", "bash <<E\necho a\nE", "find . -exec echo a \\;"],
)
def test_the_sixth_script_in_a_script_is_unclear(script: str) -> None:
    assert script_effect(script, {}, 4) == NONE
    assert script_effect(script, {}, 5).kind == "unclear"


@pytest.mark.parametrize("script", ["find . -exec", "uv run", "find . -exec find . -exec echo a \\;"])
def test_a_command_too_deep_is_unclear_even_if_it_is_none(script: str) -> None:
    assert script_effect(script, {}, 3) == NONE
    assert script_effect(script, {}, 5).kind == "unclear"


def test_a_command_in_a_command_counts_as_one_more() -> None:
    inner = "find . -exec find . -exec echo a \\;"
    assert script_effect(inner, {}, 4).kind == "unclear"


def test_a_script_may_be_read_at_the_fifth_depth_and_not_at_the_sixth() -> None:
    assert script_effect("echo a", {}) == NONE
    assert script_effect("echo a", {}, 5) == NONE
    assert script_effect("echo a", {}, 6) == Effect("unclear", "a script in a script")


def nested(depth: int) -> str:
    """A script in `depth` documents, each read by a shell."""
    script = "echo a"
    for number in range(depth):
        script = f"bash <<'E{number}'\n{script}\nE{number}"
    return script


def test_shells_in_shells_are_read_five_deep() -> None:
    assert script_effect(nested(5), {}) == NONE
    assert script_effect(nested(6), {}).kind == "unclear"


@pytest.mark.parametrize(
    ("script", "given", "kind"),
    [
        ("bash -c '$X push x'", {"X": "docker"}, "pushes"),
        ("Y=docker\nbash -c '$Y push x'", {"X": "docker"}, "unclear"),
        ("Y=docker\neval $Y push x", {}, "pushes"),
        ("bash <<'E'\n$X push x\nE", {"X": "docker"}, "pushes"),
    ],
)
def test_a_shell_in_a_script_knows_the_environment_only(script: str, given: dict[str, str], kind: str) -> None:
    assert script_effect(script, given).kind == kind


@pytest.mark.parametrize(
    "program",
    [
        "",
        "import json",
        "import\tjson",
        "import json # requests",
        "import json, os",
        "import json.decoder as d, os",
        "from json import x",
        "from\tos.path\timport join, requests",
        "from typing import Any\nimport re\nfrom json import *",
        "imports = reimport",
        "text = '''\nfrom theimport of\n'''",
    ],
)
def test_modules_that_send_nothing_are_harmless(program: str) -> None:
    assert program_effect(program) == NONE


@pytest.mark.parametrize(
    ("program", "module"),
    [
        ("import requests", "requests"),
        ("import json, requests", "requests"),
        ("import json,requests.json", "requests.json"),
        ("import json,", ""),
        ("import jsonx", "jsonx"),
        ("from requests import json", "requests"),
        ("from requests.json import x", "requests.json"),
        ("from . import json", "."),
        ("from .json import x", ".json"),
        ("x = 1; import json", "?"),
        ("x = 1; from json import y", "?"),
        ("x; from requests import json", "?"),
        ("import\\\njson", "?"),
        ("import json\n\timport requests", "requests"),
        ("import # json", ""),
    ],
)
def test_an_import_of_something_else_is_named(program: str, module: str) -> None:
    assert program_effect(program) == Effect("unclear", f"an inline program that imports {module}")


@pytest.mark.parametrize("word", ["subprocess", "system", "popen", "execv", "spawnl", "eval", "__import__", "getattr"])
def test_a_program_that_could_start_another_one_is_unclear(word: str) -> None:
    assert program_effect(f"import os\nos.{word}(x)") == Effect("unclear", f"an inline program that uses {word}")


@pytest.mark.parametrize(
    "value",
    [
        "type=registry",
        "--output=type=registry,ref=x",
        "type=image,push=true",
        "push=true,type=image",
        "type=image,name=x,push=1",
        "push=true",
        "PUSH=TRUE",
        "push = true",
        "push= true",
        "push =true",
        "type=oci,push=yes",
        'type=image,"push=true"',
        "type=image,push=false,push=true",
        "type=image,push=",
        "type=image,push=$X",
        "type=image,${{ inputs.x }}",
        "type = registry",
    ],
)
def test_an_output_that_pushes(value: str) -> None:
    assert output_pushes(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "type=docker",
        "type=image",
        "type=image,push=false",
        "type=image,push=0",
        "type=image,push=f",
        "type=image,push=F",
        "type=image,push=False",
        "type=image,push=FALSE",
        "type=image,push=false,name=x",
        "type=image,push=false name=x",
        'type=image,push=false"',
        "type=image,push=false'",
        "push=yes",
        "push=",
        "type=image,xpush=true",
        "${{ inputs.x }}",
        "type=docker,name=${{ x }}",
        "type=image,name=$X",
    ],
)
def test_an_output_that_does_not_push(value: str) -> None:
    assert not output_pushes(value)
