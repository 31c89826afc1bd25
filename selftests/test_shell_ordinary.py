"""Scripts as people write them are not taken for pushes or riddles; beside each stands what does make them so."""

import pytest

from packaging_readiness.checkout.shell_commands import script_effect
from packaging_readiness.checkout.shell_quoting import Unreadable
from packaging_readiness.checkout.shell_scan import scan
from packaging_readiness.checkout.shell_splices import spliced


def kind(script: str) -> str:
    """How far the script can push: none, unclear, pushes."""
    return script_effect(script, {}).kind


@pytest.mark.parametrize(
    ("harmless", "other", "as_what"),
    [
        ("python3 -c \"import json; print(json.load(open('$FILE'))['v'])\"", 'python3 -c "import json; $X"', "unclear"),
        ("python3 -c \"print('${{ github.sha }}'[:7])\"", "python3 -c \"print('a'); ${X}\"", "unclear"),
        (
            "python3 - <<'E'\nimport re\nre.sub(r'^v(\\d+)$', '', 'v1')\nE",
            "python3 - <<E\nprint($(cat x))\nE",
            "unclear",
        ),
        ("docker buildx build --output=${RUNNER_TEMP}/out .", "docker buildx build --output=${WHERE}/out .", "pushes"),
        ("docker build -o $RUNNER_TEMP/out .", "docker build -o $OUT .", "pushes"),
        ("curl -u$USER:$PASS https://x/y", "curl -$FLAGS https://x/y", "unclear"),
        ("curl -d@$FILE https://x/y", "curl -sT$FILE https://x/y", "unclear"),
        ("curl -o$OUT https://x/y", "curl --$OPTION https://x/y", "unclear"),
        ('curl --json \'{"a","b"}\' https://x/y', "curl {-T,f} https://x/y", "unclear"),
        ("env -i A=1 echo x", "env -S'docker push x'", "unclear"),
        ("env -u A echo x", "env --split-string='docker push x'", "unclear"),
        ("cat names | xargs", "echo docker push x | xargs env", "unclear"),
        ("cat names | xargs -n3 echo", "echo docker push x | xargs -n3 timeout 5", "unclear"),
    ],
)
def test_ordinary_command_is_harmless_and_its_neighbour_is_not(harmless: str, other: str, as_what: str) -> None:
    assert kind(harmless) == "none"
    assert kind(other) == as_what


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("print('no splice')", False),
        ("re.sub(r'^a$', '', x)", False),
        ("open('$FILE')", False),
        ('open("${FILE}")', False),
        ("open('''$FILE\n''')", False),
        ("open('$()')", False),
        ("x = 1  # costs $PRICE", False),
        ("print('${{ github.sha }}')", False),
        ("${{ inputs.number }} + 1", True),
        ("$X", True),
        ("import x; ${CODE}", True),
        ("x$Y()", True),
        ("1$Y", True),
        ("print($())", True),
        ("f'{$X}'", True),
        ("F'$X'", True),
        ("rf'$X'", True),
        ("open('$FILE", True),
        ("(\n$X", True),
        ("$@", True),
        ("${X:-{}}", True),
    ],
)
def test_only_what_could_be_code_is_spliced(program: str, expected: bool) -> None:
    assert spliced(program) is expected


def test_process_substitution_counts_in_a_test_only_where_the_test_itself_holds_it() -> None:
    for script in ('[[ -z "$(comm -13 <(sort a) <(sort b))" ]]', "[[ $(cat <(echo a)) == a ]]", "[[ '<(' < b ]]"):
        assert scan(script)[-1].text == "]]"
    assert scan("[[ a<b ]]")[1].text == "a<b"
    for script in ("[[ -f <(docker push x) ]]", "[[ a<(docker push x) ]]", "[[ a == >(docker push x) ]]"):
        with pytest.raises(Unreadable, match="process substitution"):
            scan(script)
