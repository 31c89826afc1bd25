"""What a command of a security step is to it: a check, a search, soft, unclear, unknown or nothing."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_checks import role_of, searches
from packaging_readiness.checkout.shell_tree import parse

# Command lines without assignments and wrappers, and what each is.
ROLES: dict[str, tuple[str, ...]] = {
    "check": (
        "./scan",
        "./scan --strict",
        "tools/trivy image --exit-code 1 x",
        "tools/make check",
        "$GITHUB_WORKSPACE/scan .",
        "scan.py .",
        "scan.sh",
        "/opt/scanner/scan .",
        "/usr/lib/scan .",
        "/usr/local/lib/scan",
        "python scan.py",
        "python3 scan.py",
        "python3.12 scan.py",
        "python -m pytest",
        "uv run pytest",
        "poetry run pytest",
        "pdm run pytest",
        "hatch run pytest",
        "pipx run bandit -r src",
        "uv run python scan.py",
        "uvx ruff check .",
        "npx ./scan",
        "gitleaks detect",
        "gmake check",
        "make check",
        "sha256sum -c sums",
        "sha256sum --check sums",
        "sha512sum -c sums",
        "cosign verify x",
        "cosign verify-attestation x",
    ),
    "search": (
        "grep -rq KEY .",
        "egrep KEY x",
        "fgrep KEY x",
        "rg KEY",
        "diff a b",
        "cmp a b",
        "git grep KEY",
        "git diff --exit-code",
        "git diff --quiet",
        "git diff --check",
        "test ! -e .env",
        "[ ! -d secrets ]",
        "[[ ! -s found ]]",
        "test ! -f .env",
        "jq -e .x report.json",
        "jq --exit-status .x report.json",
        "uvx grep x y",
    ),
    "soft": (
        "tools/trivy image --exit-code 0 x",
        "trivy image x",
        "uv run bandit --exit-zero -r src",
        "npm audit --dry-run",
        "python -c pass",
    ),
    "unclear": (
        "$SCANNER .",
        "tools/$SCANNER .",
        "*.sh",
        "--strict scan",
        "-x",
        "kingfisher scan .",
    ),
    "unknown": (
        "checker",
        "checker --all",
        "/usr/bin/checker",
        "/usr/local/bin/checker",
        "/usr/sbin/checker",
        "/bin/checker",
        "/sbin/checker",
        "find . -exec ./scan {} +",
        "find -exec +",
        "fd x -exec ./scan {} +",
        "uv run checker",
        "uvx checker",
        "npx checker",
        "uvx",
        "npx",
        "pytest --collect-only",
        "pythonic scan",
        "my-python-x scan",
        "a.py.x",
        "py.",
        "tool verify x",
        "tool -c x",
        "tool -e x",
        "tool diff",
        "tool grep x",
        "tool run grep x",
        "make -n",
    ),
    "none": (
        "./scan --version",
        "./scan --help",
        "scan.py . --version",
        "checker -V",
        "checker -h",
        "checker version",
        "checker help",
        "gitleaks version",
        "git diff",
        "git diff --stat",
        "git log",
        "git status --check",
        "find . -name x",
        "find . -exec ./scan {} ;",
        "fd +",
        "uv run",
        "uv sync",
        "poetry install",
        "test -e .env",
        "[ -e .env ]",
        "[ x != y ]",
        "[[ -d x ]]",
        "(( 1 + 1 ))",
        "jq .x report.json",
        "sha256sum x",
        "sha512sum x",
        "md5sum -c sums",
        "cosign login x",
        "cosign sign x",
        "cosign verify-blob.version --help",
        "cosign",
        "tool install x",
        "tool get x",
        "tool add x",
        "tool download x",
        "tool fetch x",
        "tool update",
        "tool upgrade",
        "tool init",
        "tool setup",
        "tool clean",
        "tool login x",
        "tool logout",
        "tool config x",
        "tool i x",
        "tool ci",
        "tool sync",
        "echo x",
        "crane digest x",
        "ko version",
        "terraform plan",
        "gcrane ls x",
        "curl x",
        "aws s3 ls",
        "xargs",
        "python -m pip",
        "python",
    ),
}


ROWS = [
    pytest.param(line, kind, id=f"{kind}-{number}")
    for kind, lines in ROLES.items()
    for number, line in enumerate(lines, 1)
]


@pytest.mark.parametrize(("line", "kind"), ROWS)
def test_each_command_has_its_role(line: str, kind: str) -> None:
    assert role_of(tuple(line.split())).kind == kind


@pytest.mark.parametrize(
    "line",
    ["checker . -V", "checker . -h", "checker . version", "checker . help", "checker x install", "checker x ci"],
)
def test_words_that_say_something_only_in_the_first_place_say_nothing_later(line: str) -> None:
    assert role_of(tuple(line.split())).kind == "unknown"


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("trivy image --exit-code 1 x", True),
        ("./scan", False),
        ("tools/trivy image --exit-code 1 x", False),
        ("make", False),
        ("sha256sum -c sums", False),
    ],
)
def test_only_a_well_known_scanner_is_known(line: str, known: bool) -> None:
    assert role_of(tuple(line.split())).known is known


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("$SCANNER .", "$SCANNER"),
        ("/usr/bin/checker .", "checker"),
    ],
    ids=["variable", "system"],
)
def test_a_reason_names_what_is_not_known(line: str, named: str) -> None:
    assert named in role_of(tuple(line.split())).why.split(" of ")[0].replace(",", "").split()


def test_a_condition_on_what_a_search_has_found_is_a_search() -> None:
    for head in ("test", "[", "[[", "(("):
        assert role_of((head, "-n", "$x"), of_search=True).kind == "search"
        assert role_of((head, "-n", "$x")).kind == "none"
    assert role_of(("echo", "$x"), of_search=True).kind == "none"


def test_the_program_on_the_input_of_an_interpreter_is_read() -> None:
    assert role_of(("python",), ("raise SystemExit(1)",)).kind == "check"
    assert role_of(("uv", "run", "python", "-"), ("raise SystemExit(1)",)).kind == "check"
    assert role_of(("uvx", "python", "-"), ("pass",)).kind == "soft"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("find . -name x", True),
        ("fd x", True),
        ("git ls-files", True),
        ("git ls-files -o", True),
        ("git log", False),
        ("git", False),
        ("ls find", False),
        ("./scan", True),
        ("gitleaks detect", True),
        ("grep -r x .", True),
        ("echo x; grep -r x .", True),
        ("echo x | sudo find .", True),
        ("A=b", False),
        ("A=b; echo find", False),
        ("A=b; find .", True),
        ("checker", False),
        ("trivy image x", False),
    ],
)
def test_a_substitution_holds_what_a_search_has_found(script: str, found: bool) -> None:
    assert searches(parse(script)) is found
