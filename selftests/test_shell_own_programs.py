"""Programs that do what the platform's own files say: make, test runners and package scripts."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_own import own_role

CHECKS = """
make
make check
make -s check
make -j check
make -j8 check
make -kB check
make -w -C sub check
make -f other.mk check
make --silent check
make --keep-going check
make --jobs check
make --jobs=4 check
make --always-make check
make --no-print-directory check
make X=1 check
gmake check
pytest
pytest -q tests
pytest -x --tb=short
tox
tox run
tox p
tox -e py
nox
nox -s tests
pre-commit run
pre-commit run --all-files
pre-commit --color always run
prek run
npm run lint
npm test
yarn run lint
yarn test
pnpm run lint
npm audit
npm audit --audit-level high
npm audit --audit-level=high
yarn audit
pnpm audit
pnpm audit --production
"""
UNKNOWN = """
make -n
make - check
make -n check
make -q check
make -i check
make --dry-run
make --just-print
make --silent=x
make --jobs=x
make -sn check
make -j8x check
make $TARGET
make MAKEFLAGS=-i check
make MAKEFLAGS:=-i
make MAKEFLAGS+=-i
make GNUMAKEFLAGS=-i
make SHELL=true
make .SHELLFLAGS=-n
make --what
pytest --co
pytest --collect-only
pytest -h
pytest -V
pytest --fixtures
pytest --fixtures-per-test
pytest --funcargs
pytest --markers
pytest --setup-only
pytest --setup-plan
pytest --cache-show
pytest --suppress-no-test-exit-code
pytest -o x=y
pytest --override-ini=x=y
tox config
tox list
tox l
tox legacy
tox devenv x
tox d
tox depends
tox de
tox exec -- x
tox e
tox quickstart
tox q
tox schema
tox run -l
tox -a
tox -h
tox -n
tox --notest
tox --listenvs
tox --showconfig
nox -l
nox -h
nox --list
nox --list-sessions
nox --install-only
nox --usage
pre-commit install
pre-commit runs
pre-commit
pre-commit run -h
pre-commit run -V
prek install
prek run -h
prek run -V
prek run --dry-run
prek run --list
npm run lint --if-present
npm test --ignore-scripts
yarn run lint --if-present
pnpm test --ignore-scripts
"""
SOFT = """
npm audit --audit-level none
npm audit --audit-level=none
npm audit --dry-run
npm audit --fix
npm audit fix
npm audit signatures
yarn audit --groups dependencies
yarn audit --group=x
pnpm audit --ignore-registry-errors
"""
OTHER = """
npm
npm ci
npm install run
npm x test
yarn
yarn install
pnpm add x
tool audit
tool run
tool test
tool --dry-run
pytests
"""


def rows(**kinds: str) -> list[object]:
    """A row for each line, by the number of it in its kind."""
    return [
        pytest.param(line, kind, id=f"{kind}-{number}")
        for kind, lines in kinds.items()
        for number, line in enumerate(lines.strip().split("\n"), 1)
    ]


@pytest.mark.parametrize(("line", "kind"), rows(check=CHECKS, unknown=UNKNOWN, soft=SOFT))
def test_a_program_of_the_platform_checks_unless_it_is_told_otherwise(line: str, kind: str) -> None:
    name, *rest = line.split()
    role = own_role(name, tuple(rest))
    assert role is not None
    assert (role.kind, role.known) == (kind, False)


@pytest.mark.parametrize("line", OTHER.strip().split("\n"))
def test_another_program_is_not_judged_here(line: str) -> None:
    name, *rest = line.split()
    assert own_role(name, tuple(rest)) is None


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("make check -n -i", " -n,"),
        ("pytest -q --co x", " --co,"),
        ("pre-commit install", " install,"),
        ("pre-commit", " nothing,"),
        ("prek", " nothing,"),
        ("pre-commit run -h", " -h,"),
        ("tox config x", " config,"),
    ],
)
def test_a_reason_names_the_word_that_may_spoil_it(line: str, named: str) -> None:
    name, *rest = line.split()
    role = own_role(name, tuple(rest))
    assert role is not None
    assert named in role.why
