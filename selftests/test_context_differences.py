"""What BuildKit and podman 4.3 read differently, and patterns that BuildKit reads otherwise than they look."""

import pytest

from packaging_readiness.checkout.dockerignore import Ignore, read_ignore
from packaging_readiness.checkout.engine_differences import engine_differences
from packaging_readiness.contract.errors import InputRefused


def ignore(text: str) -> Ignore:
    return read_ignore(text.encode(), "i")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a\n**\n! b\n", 3, "does not tidy"),
        ("**\n!x/../b\n", 2, "does not tidy"),
        (" /a\n", 1, "does not tidy"),
        ("/../a\n", 1, "does not tidy"),
        ("a+b\n", 1, "regular expression"),
        ("ok\na(b)\n", 2, "regular expression"),
        ("a|b\n", 1, "regular expression"),
        ("a^b\n", 1, "regular expression"),
        ("**.py\n", 1, "that ending"),
        ("**\n!**/keep\n", 2, "does not look into"),
        ("**\n!src/*/keep\n", 2, "does not look into"),
        ("**/*.md\n!docs\n", 2, "the last line"),
        ("src/secret\n!src\n", 2, "the last line"),
        ("a(b\n", 1, "refuses the whole file"),
        ("\ufeffa\n", 1, "byte order mark"),
    ],
)
def test_difference_is_found_with_its_line_and_reason(text: str, line: int, why: str) -> None:
    found = engine_differences(ignore(text))
    assert [(each.line, why in each.why) for each in found if why in each.why] == [(line, True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "**\n!src\n**/__pycache__\n",
        "*\n!src/app\n!config/*.yaml\nsrc/app/*.pyc\n",
        "# note\n\n.git\n*.py[co]\n/docs/\nruns/**\n.env\r\n!.env.example\n",
        "**\n!src/fraud_detection\n!pyproject.toml\n**/*.pyc\n",
    ],
)
def test_ordinary_files_are_read_alike(text: str) -> None:
    assert engine_differences(ignore(text)) == ()


def test_given_paths_are_compared_and_serve_as_examples() -> None:
    found = engine_differences(ignore("*\n!*/keep\n"), ["q/keep"])
    assert [(each.line, each.path, each.buildkit_excludes) for each in found] == [(2, "q/keep", False)]


@pytest.mark.parametrize(
    ("text", "path", "out"),
    [
        # The builder means to escape | and does not, beside a wildcard.
        ("a*|b\n", "xb", True),
        ("a*|b\n", "a|b", True),
        ("a|b\n", "b", False),
        ("x{2}*\n", "xxy", True),
        # An excluded directory is looked into only for the part of a re-open before its trailing asterisks.
        ("**\n!a/*/**\n", "a/b/c", True),
        ("**\n!a/**\n", "a/b/c", False),
        # A later line that already held for the parent is not asked again below it.
        ("src/secret\n!src\n", "src/secret", True),
        ("**\nsrc/secret\n!src\n", "src/secret", False),
        # Only a whole byte order mark at the start of a wildcard pattern is dropped.
        ("./\ufeffx/?\n", "x/1", True),
        ("x\ufeff?\n", "x1", False),
    ],
)
def test_pattern_as_the_builder_reads_it(text: str, path: str, out: bool) -> None:
    assert ignore(text).excludes(path) is out


def test_class_is_checked_only_where_the_builder_looks() -> None:
    assert not ignore("!a*/[a-\n").excludes("b")
    with pytest.raises(InputRefused):
        ignore("a*/[a-\n").excludes("b")
    with pytest.raises(InputRefused):
        ignore(".[a-\n")
    with pytest.raises(InputRefused):
        read_ignore(b"[\xff]\n", "i")
