"""How a script is started, and what could have something else run than it says."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.shell_start import Start, hook, loosened, start, with_options

NO, E, P, EP = Start(), Start(errexit=True), Start(pipefail=True), Start(errexit=True, pipefail=True)


@pytest.mark.parametrize(
    ("shell", "begun"),
    [
        (None, E),
        ("sh", E),
        ("bash", EP),
        ("bash {0}", NO),
        ("sh -e {0}", E),
        ("/bin/sh -e {0}", E),
        ("/usr/bin/bash -eo pipefail {0}", EP),
        ("bash --noprofile --norc -eo pipefail {0}", EP),
        ("bash -e -o pipefail {0}", EP),
        *((shell, None) for shell in ("", "zsh {0}", "bash -e", "bash -e {0} x", "bash {0} -e", "bash -n {0}", "pwsh")),
        *((shell, None) for shell in ("bash/x {0}", "xbash {0}", "{0}", "bash -c {0}", "python", "bash x {0}")),
    ],
)
def test_a_shell_begins_with_the_options_that_it_is_started_with(shell: str | None, begun: Start | None) -> None:
    assert start(shell) == begun


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [
        ("", NO, NO),
        ("", EP, EP),
        ("-e", NO, E),
        ("-e", P, EP),
        ("+e", EP, P),
        ("-o pipefail", NO, P),
        ("+o pipefail", EP, E),
        ("-o errexit", NO, E),
        ("+o errexit", EP, P),
        ("-eo pipefail", NO, EP),
        ("-oe pipefail", NO, EP),
        ("-oo pipefail errexit", NO, EP),
        ("-e +e", NO, NO),
        ("-o pipefail -e", NO, EP),
        ("-o nounset", E, E),
        ("--noprofile --norc -e", NO, E),
        *((f"-{letter}", NO, NO) for letter in "uxvlfaCEThb"),
        *((f"+{letter}", EP, EP) for letter in "uxvlfaCEThb"),
        *((f"-{letter}", EP, None) for letter in "nticskmpBHPrDw"),
        *((f"-e{letter}", EP, None) for letter in "nts"),
        *((f"-o {name}", NO, NO) for name in ("nounset", "xtrace", "verbose", "noglob", "allexport", "noclobber")),
        *((f"-o {name}", EP, EP) for name in ("errtrace", "functrace", "notify")),
        *((f"-o {name}", EP, None) for name in ("noexec", "onecmd", "posix", "x", "-e")),
        *(
            (word, EP, None)
            for word in ("-", "+", "--", "-o", "-eo", "e", "-e1", "--login", "--rcfile x", "-e x", "=e")
        ),
    ],
)
def test_options_are_switched_on_and_off(options: str, before: Start, after: Start | None) -> None:
    assert with_options(options.split(), before) == after


HOOKS = [
    *("BASH_ENV", "SHELLOPTS", "BASHOPTS", "BASH_FUNC_x", "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"),
    *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER"),
    *("GIT_ASKPASS", "GIT_EXEC_PATH", "GIT_PROXY_COMMAND", "GIT_CONFIG", "GIT_CONFIG_COUNT"),
    *("NODE_OPTIONS", "RSYNC_RSH", "TAR_OPTIONS", "RUBYOPT", "PERL5OPT", "LESSOPEN"),
]


@pytest.mark.parametrize("name", HOOKS)
def test_a_variable_that_has_something_else_run_is_found(name: str) -> None:
    assert hook({"A": "b", name: "x"}, "true") == name
    assert hook({}, f"export {name}=x") == name
    assert hook({f"X{name}": "x"}, f"X{name}=1") == ""


@pytest.mark.parametrize("name", ["PATH", "PS4", "LD_BIND_NOW", "BASH_FUNC_x%%"])
def test_a_variable_of_the_environment_only_has_something_else_run(name: str) -> None:
    assert hook({name: "x"}, "true") == name


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "PATHS",
        "RUBYOPTS",
        "GIT_SSHX",
        "GIT_PAGERS",
        "XLESSOPEN",
        "MANPATH",
        "LD_",
        "PS",
        "GIT_AUTHOR_NAME",
        "XBASH_ENV",
        "bash_env",
    ],
)
def test_other_variables_are_harmless(name: str) -> None:
    assert hook({name: "x"}, f"echo ${name} $PATH $PS4") == ""


@pytest.mark.parametrize(
    ("value", "named"),
    [("", ""), ("prod", ""), ("a-b_1", ""), ("a/b", "ENV"), ("a.sh", "ENV"), ("$X", "ENV"), (" ", "ENV")],
)
def test_env_counts_where_it_could_name_a_file(value: str, named: str) -> None:
    assert hook({"ENV": value}, "true") == named


def test_a_variable_of_the_environment_is_named_before_one_of_the_script() -> None:
    assert hook({"RUBYOPT": "x", "PS4": "y"}, "BASH_ENV=x ${{ inputs.x }}") == "RUBYOPT"
    assert hook({"ENV": "a/b"}, "BASH_ENV=x") == "ENV"
    assert hook({}, "LESSOPEN=x BASH_ENV=x ${{ inputs.x }}") == "LESSOPEN"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo ${{ inputs.x }}", "inputs"),
        ("echo ${{inputs['x']}}", "inputs"),
        ("echo ${{ format('{0}',\n inputs.x) }}", "inputs"),
        ("echo ${{ github.event.x }}", "github.event"),
        ("echo ${{ github.event_name }}", ""),
        ("echo ${{ github.head_ref }}", "github.head_ref"),
        ("echo ${{ github.ref_name }}", "github.ref_name"),
        ("echo ${{ github.actor }}", "github.actor"),
        ("echo ${{ github.triggering_actor }}", "github.triggering_actor"),
        ("echo ${{ github.actor_id }}", ""),
        ("echo ${{ github.sha }}", ""),
        ("echo ${{ github.sha }} inputs }}", ""),
        ("echo ${{ steps.x.outputs.y }} github.event", ""),
        ("echo ${{ myinputs.x }}", ""),
        ("echo ${{ githubxevent }}", ""),
        ("echo inputs", ""),
        ("echo ${ inputs }", ""),
        ("echo ${{ a }} ${{ inputs.x }}", "inputs"),
    ],
)
def test_text_of_whoever_starts_the_run_is_found(script: str, found: str) -> None:
    assert hook({}, script) == (f"text from {found}" if found else "")


@pytest.mark.parametrize(
    ("name", "harmless", "loose"),
    [
        (
            "HADOLINT_FAILURE_THRESHOLD",
            ("error", "warning", "info", "style", "ignore"),
            ("none", "", "errors", "xinfo"),
        ),
        ("HADOLINT_NOFAIL", ("", "false", "0"), ("true", "1", "falsey", "00")),
        ("MAKEFLAGS", ("", "-j", "-j 4", "-j4 -s", "--no-print-directory", "-s -j8"), ("-n", "-jn", "-i", "x", "-s n")),
        ("GNUMAKEFLAGS", ("", "-j", "-j 44", "-s"), ("-n", "--no-print-directory", "-s -i")),
        (
            "PYTEST_ADDOPTS",
            ("", "--color=yes", "--tb=short", "-ra", "-q -x -vv"),
            ("--co", "-k x", "-c x", "--color=", "-"),
        ),
        ("PYTHONOPTIMIZE", ("", "0"), ("1", "2", "00", "x")),
        ("TRIVY_FORMAT", ("table", "json", "sarif"), ("", "cyclonedx", "jsonx", "spdx")),
        ("TRIVY_DOWNLOAD_DB_ONLY", ("", "false"), ("true", "falsey")),
        ("TRIVY_DOWNLOAD_JAVA_DB_ONLY", ("", "false"), ("true", "0")),
    ],
)
def test_a_variable_that_loosens_a_check_is_found(name: str, harmless: tuple[str, ...], loose: tuple[str, ...]) -> None:
    assert {value: loosened({name: value}, "true") for value in harmless} == dict.fromkeys(harmless, "")
    assert {value: loosened({"A": "b", name: value}, "true") for value in loose} == dict.fromkeys(loose, name)
    assert loosened({}, f"export {name}=x") == name
    assert loosened({}, f"X{name}=x {name}X=y") == ""


FOLDERS = [
    *("$PATH", "${PATH}", "$HOME", "$HOME/x", "${HOME}/.local/bin", "~", "~/bin", "$RUNNER_TEMP/x", "${RUNNER_TEMP}"),
    *("/usr", "/usr/local/bin", "/opt/x", "/bin", "/sbin", "/snap/bin", "/home/x", "/opt/a+b-c_d"),
    *("venv/bin", ".venv/bin", "$PWD/.venv/bin", "./x/venv/bin", "${PWD}/a-b/.venv/bin", "/venv/bin"),
]
OTHERS = [
    *(
        ".",
        "",
        "x",
        "./bin",
        "bin",
        "$PWD",
        "$X",
        "$X/bin",
        "/tmp/x",
        "/",
        "/usr/../x",
        "$HOME/../x",
        "venv/binx",
        "xvenv/sbin",
    ),
    *("$PATHS", "x$PATH", "/usr/x*", "$GITHUB_WORKSPACE/bin", "../venv/bin", "venv", "a b/.venv"),
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_of_the_machine_may_be_looked_into(folder: str) -> None:
    assert loosened({}, f"export PATH={folder}:$PATH\ntrue") == ""
    assert loosened({}, f'PATH="$PATH:{folder}"; true') == ""
    assert loosened({}, f"PATH+=:{folder} true") == ""
    assert loosened({}, f'PATH+=":{folder}"') == ""
    assert loosened({}, f'PATH+="{folder}"') == ""
    assert loosened({}, f'  echo "{folder}" >> "$GITHUB_PATH"  ') == ""
    assert loosened({}, f"true\necho {folder} >> ${{GITHUB_PATH}}\ntrue") == ""
    assert loosened({}, f"echo '{folder}'>>$GITHUB_PATH") == ""


@pytest.mark.parametrize("folder", OTHERS)
def test_in_another_folder_could_be_another_program(folder: str) -> None:
    plain = folder.replace(" ", "")
    assert loosened({}, f"true\nexport PATH=$PATH:{plain}") == "PATH"
    assert loosened({}, f"PATH={plain}:$PATH") == "PATH"
    assert loosened({}, f"PATH=/usr/bin true; PATH+=:/opt:{plain}; true") == "PATH"
    assert loosened({}, f"true\necho {folder} >> $GITHUB_PATH") == "GITHUB_PATH"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("PATH=$X:/usr/bin", "PATH"),
        ("XPATH=x", ""),
        ("PATH=/usr|x", ""),
        ("PATH=/usr&x", ""),
        ("PATH=/usr;x", ""),
        ("echo $PATH = x", ""),
        ("echo x > $GITHUB_PATH", "GITHUB_PATH"),
        ("echo /usr >> $GITHUB_PATH && true", "GITHUB_PATH"),
        ("true; echo /usr >> $GITHUB_PATH", "GITHUB_PATH"),
        ("cat x >> $GITHUB_PATH", "GITHUB_PATH"),
        ("echo >> $GITHUB_PATH", "GITHUB_PATH"),
        ("echo /usr /opt >> $GITHUB_PATH", "GITHUB_PATH"),
        ("echo /usr >> GITHUB_PATH", "GITHUB_PATH"),
        ("echo /usr >> $GITHUB_PATHS", "GITHUB_PATH"),
        ("echo\t/usr\t>>\t$GITHUB_PATH", ""),
        ("echo /usr >> $GITHUB_PATH\necho x >> $GITHUB_PATH", "GITHUB_PATH"),
    ],
)
def test_the_path_of_later_steps_is_set_in_the_plain_way(script: str, found: str) -> None:
    assert loosened({}, script) == found
