"""What well-known commands do to an image registry. A command that is not listed here is not known.

Only names whose meaning does not depend on a file of the platform stand here: `make`, `pytest` or `npm run` do what
the platform's own files say. Installing packages counts as harmless: a security step has to be installed somehow.
"""

import re
from collections.abc import Mapping


def named(text: str) -> frozenset[str]:
    """The names in a text, divided by blanks."""
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

HARMLESS = named(f"{BUILTINS} {FILES} {SET_UP} {SCANNERS}")
"""Commands that push no image, whatever their arguments."""

CONTROL = named(
    """exit return break continue set trap eval source . alias unalias enable shopt hash unset suspend wait coproc
    builtin fc"""
)
"""Builtins that change the way through a script, or what its words mean."""

_GIT_RUNS = r"^ (-c (?!(safe|user|advice|init|http)\.)|--exec-path|--config-env|submodule foreach|bisect|filter-)"
_GIT_MORE = r"alias\.| --exec| --upload-pack| --receive-pack| -x | ext::"
EXECUTES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for names, pattern in (
        ("awk", r"system|\||getline| -f| --file| -i| @| -E| -l"),
        ("sed", r"(^|[;{}\n\d$/ ])\s*e( |$)|[/|#,:@!][gpiImM0-9]*e[gpiImM0-9]*( |$|[;}])| -f| --file"),
        ("tar", r" --to-command| --checkpoint-action| --use-compress| --rsh| --info-script| --new-volume| -I| -F"),
        ("git", f"{_GIT_RUNS}|{_GIT_MORE}"),
        ("rg", r" --pre"),
        ("sort", r" --compress-prog"),
        ("split", r" --filter"),
        ("zip", r" -TT| --unzip-command"),
        ("rsync", r" -e| --rsh"),
        ("install", r" --strip-program"),
        ("openssl", r" s_client| engine"),
        ("hash", r" -p"),
        ("mapfile readarray", r" -\w*C"),
        ("wget", r" --method|--body-|--use-askpass| --config| -e| --execute"),
        ("apt-get apt", r" -o| -c| --option| --config"),
    )
    for name in names.split()
}
"""Arguments (with a blank before and behind) with which a harmless command runs another one, or sends something."""

HARMLESS_PARTS: Mapping[str, frozenset[str]] = {
    "uv": named("pip sync venv lock python cache"),
    "pipx": named("install ensurepath"),
    "poetry": named("install config export lock check"),
    "npm": named("ci install"),
    "crane": named("auth catalog config digest export ls manifest pull validate version"),
    "skopeo": named("inspect list-tags login logout standalone-verify"),
    "oras": named("discover login logout pull resolve version manifest-fetch"),
    "regctl": named("version config"),
    "cosign": named("verify verify-attestation version"),
    "helm": named("lint template dependency version"),
    "terraform": named("fmt validate"),
}
"""First arguments with which a tool pushes nothing."""

PUSHING_PARTS: Mapping[str, frozenset[str]] = {
    "crane": named("append copy cp flatten mutate push rebase tag index"),
    "skopeo": named("copy sync"),
    "oras": named("attach copy cp push tag"),
    "ko": named("build publish apply resolve create"),
    "helm": named("push"),
    "gcrane": named("copy cp push append mutate tag"),
}
"""First arguments with which a tool pushes."""

ENGINES = named("docker podman nerdctl buildah")
ENGINE_FLAGS = named("-D --debug --tls --tlsverify -v --version --help --remote -r --all-resources --dry-run")
"""Options before an engine's command that take no value; one that stands nowhere here is not known."""
ENGINE_OPTIONS_WITH_VALUE = frozenset(
    ("--config", "--context", "-c", "--host", "-H", "--log-level", "-l", "--root", "--runroot", "--namespace", "-n")
)
COMPOSE_OPTIONS_WITH_VALUE = named("-f --file -p --project-name --env-file --profile")
ENGINE_GROUPS: Mapping[str, frozenset[str]] = {
    "buildx": named("build create use inspect ls rm version du prune stop install uninstall"),
    "builder": named("build prune"),
    "compose": named("build pull config version ps logs down"),
    "image": named("build ls inspect prune rm tag save load pull history import"),
    "manifest": named("inspect create annotate rm add"),
    "scout": named("cves quickview recommendations version"),
}
"""Groups of an engine's commands, and those that neither push nor start anything of the platform's."""
ENGINE_HARMLESS = named(
    """build bud images inspect info version login logout pull tag rmi rm ps logs load save history system volume
    network create context from config commit mount unmount stop kill wait cp"""
)

AWS_OPTIONS_WITH_VALUE = named("--region --profile --output --query --endpoint-url --cli-read-timeout")
AWS_FLAGS = named("--no-cli-pager --debug --version --no-verify-ssl --no-sign-request")

INTERPRETERS = re.compile(r"(python|node|ruby|perl|pypy)[0-9.]*")
INTERPRETER_MODULES = named("venv pip ensurepip json.tool compileall zipfile site py_compile build")
SHELLS = named("sh bash dash zsh ksh")
STARTS_PROGRAMS = re.compile(
    r"\b(subprocess|system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork\w*|pty|eval|compile|getattr|globals|vars"
    r"|__\w+__|importlib|import_module|runpy|ctypes|modules|run_\w+)\b"
)
"""Words with which an inline program could start a program or reach a registry."""

BUILD_FLAGS = named(
    """--load --pull --no-cache --rm --force-rm -q --quiet --squash --compress --push --debug -D --check --layers
    --disable-content-trust --help"""
)
"""Options of a build that take no value in the next word."""
PYTHON_MODULES = named(
    """abc argparse ast base64 collections configparser csv dataclasses datetime decimal enum fnmatch functools glob
    hashlib io itertools json logging math operator os pathlib re shutil string sys tarfile textwrap time tomllib typing
    unicodedata uuid xml yaml zipfile __future__"""
)
"""Modules that reach neither a program nor a registry; of os the functions that do stand in STARTS_PROGRAMS."""

WRAPPERS: Mapping[str, frozenset[str]] = {
    name: named(options)
    for names, options in (
        ("sudo doas", "-u -g -h -p -C -D -R -T -U -r -t --user --group --host --prompt --chdir"),
        ("timeout", "-k -s --kill-after --signal"),
        ("nice", "-n --adjustment"),
        ("ionice", "-c -n --class --classdata"),
        ("stdbuf", "-i -o -e --input --output --error"),
        ("xargs", "-I -L -P -a -d -E -n -s --arg-file --delimiter --max-args --max-lines --max-procs --max-chars"),
        ("env", "-u -C --unset --chdir"),
        ("time", "-f -o --format --output"),
        ("exec", "-a"),
        ("command builtin nohup setsid chronic unbuffer", ""),
    )
    for name in names.split()
}
"""What only starts another command, and its options that take a value in the next word."""
CURL_TEXTS = named("-d --data --data-raw --data-binary --json -H --header -u --user -o --output -A --user-agent")
"""Options of curl whose value is a text, a name or a file of this machine."""
RUNNERS: Mapping[str, str] = {"uv": "run", "poetry": "run", "pipx": "run", "pdm": "run", "hatch": "run"}
