"""What well-known commands do to an image registry. A command that is not listed here is not known.

Only names whose meaning does not depend on a file of the platform stand here: `make`, `pytest` or `npm run` do what
the platform's own files say. Installing packages counts as harmless: a security step has to be installed somehow.
"""

import re
from collections.abc import Mapping


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = """: true false echo printf test [ [[ (( cd pushd popd pwd set unset export local declare readonly typeset
shift read return exit break continue wait umask ulimit hash type which let sleep getopts shopt mapfile readarray"""
FILES = """cat tee cp mv rm mkdir rmdir ln ls chmod chown touch stat du df head tail cut tr sort uniq wc paste grep
egrep fgrep rg sed awk diff cmp comm date basename dirname realpath readlink mktemp sha256sum sha512sum
md5sum base64 xxd od printenv id whoami hostname uname jq yq tar gzip gunzip zip unzip xz seq expr tput
file install rsync split truncate column fold nproc free ps kill gpg openssl getent"""
SET_UP = "git pip pip3 apt-get apt dpkg yum dnf apk brew wget ensurepip venv virtualenv"
SCANNERS = """trivy gitleaks hadolint semgrep bandit detect-secrets grype syft ruff mypy shellcheck actionlint zizmor
packaging-readiness checkov pip-audit dockle conftest trufflehog kingfisher"""

HARMLESS = _set(f"{BUILTINS} {FILES} {SET_UP} {SCANNERS}")
"""Commands that push no image, whatever their arguments."""

_REFUSES = """false test [ [[ (( grep egrep fgrep rg diff cmp git jq yq sha256sum sha512sum gpg openssl exit return"""
CHECKS_NOTHING = _set(f"{BUILTINS} {FILES} {SET_UP} curl source . trap env") - _set(_REFUSES)
"""Commands whose failure says nothing about security: a script of these alone is no check."""

HARMLESS_PARTS: Mapping[str, frozenset[str]] = {
    "uv": _set("pip sync venv lock python cache"),
    "pipx": _set("install ensurepath"),
    "poetry": _set("install config export lock check"),
    "npm": _set("ci install"),
    "crane": _set("auth catalog config digest export ls manifest pull validate version"),
    "skopeo": _set("inspect list-tags login logout standalone-verify"),
    "oras": _set("discover login logout pull resolve version manifest-fetch"),
    "regctl": _set("version config"),
    "cosign": _set("verify verify-attestation version"),
    "helm": _set("lint template dependency version"),
    "terraform": _set("fmt validate"),
}
"""First arguments with which a tool pushes nothing."""

PUSHING_PARTS: Mapping[str, frozenset[str]] = {
    "crane": _set("append copy cp flatten mutate push rebase tag index"),
    "skopeo": _set("copy sync"),
    "oras": _set("attach copy cp push tag"),
    "ko": _set("build publish apply resolve create"),
    "helm": _set("push"),
    "gcrane": _set("copy cp push append mutate tag"),
}
"""First arguments with which a tool pushes."""

ENGINES = _set("docker podman nerdctl buildah")
ENGINE_OPTIONS_WITH_VALUE = frozenset(
    ("--config", "--context", "-c", "--host", "-H", "--log-level", "-l", "--root", "--runroot", "--namespace", "-n")
)
COMPOSE_OPTIONS_WITH_VALUE = _set("-f --file -p --project-name --env-file --profile")
ENGINE_GROUPS: Mapping[str, frozenset[str]] = {
    "buildx": _set("build create use inspect ls rm version du prune stop install uninstall"),
    "builder": _set("build prune"),
    "compose": _set("build pull config version ps logs down"),
    "image": _set("build ls inspect prune rm tag save load pull history import"),
    "manifest": _set("inspect create annotate rm add"),
}
"""Groups of an engine's commands, and those that neither push nor start anything of the platform's."""
ENGINE_HARMLESS = _set(
    """build bud images inspect info version login logout pull tag rmi rm ps logs load save history system volume
    network create context from config commit mount unmount stop kill wait cp"""
)

INTERPRETERS = re.compile(r"(python|node|ruby|perl|pypy)[0-9.]*")
INTERPRETER_MODULES = _set("venv pip ensurepip json.tool compileall zipfile site py_compile build")
SHELLS = _set("sh bash dash zsh ksh")
STARTS_PROGRAMS = re.compile(
    r"\b(subprocess|system|popen|exec\w*|spawn\w*|pty|eval|__import__|importlib|import_module|runpy|ctypes"
    r"|boto3|botocore|docker|podman|urllib|requests|http|httpx|aiohttp|socket|child_process|fetch|require)\b"
)
"""Words with which an inline program could start a program or reach a registry."""

WRAPPERS = _set("""sudo timeout nice ionice stdbuf xargs env exec command builtin nohup setsid time chronic doas
    unbuffer""")
WRAPPER_OPTIONS_WITH_VALUE = frozenset(
    ("-u", "-g", "-I", "-L", "-d", "-P", "-s", "-k", "--signal", "--user", "--unset")
)
RUNNERS: Mapping[str, str] = {"uv": "run", "poetry": "run", "pipx": "run", "pdm": "run", "hatch": "run"}
