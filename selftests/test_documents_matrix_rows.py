"""Rows of the entrypoint matrix at their edges: what is a name, an option, a usage, and what could be either."""

import pytest

from packaging_readiness.checkout.markdown import read_markdown
from packaging_readiness.checkout.plan_matrix import MatrixRow, Usage, matrix_of
from packaging_readiness.contract.errors import InputRefused

COLUMNS = (
    "Handle key",
    "Runtime mode",
    "Deterministic invocation contract",
    "Required args contract",
    "Mapping status",
)
DELIMITER = "| - | - | - | - | - |\n"


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


HEAD = line(*COLUMNS) + DELIMITER


def rows(source: str) -> tuple[MatrixRow, ...]:
    document = read_markdown(source, "plan.md")
    return matrix_of(document, document.tables)


def row(
    handle: str = "`ENTRYPOINT_A`",
    mode: str = "runs",
    command: str = "`python -m a.b`",
    args: str = "none",
    status: str = "READY",
) -> MatrixRow:
    (found,) = rows(HEAD + line(handle, mode, command, args, status))
    return found


def refusal(source: str) -> tuple[str, str]:
    with pytest.raises(InputRefused) as caught:
        rows(source)
    return caught.value.place, caught.value.cause


@pytest.mark.parametrize("name", ["ENTRYPOINT_A", "ENTRYPOINT_1", "ENTRYPOINT_A1_B2"])
def test_a_handle_key_has_the_prefix_and_more(name: str) -> None:
    assert row(handle=f"`{name}`").handle == name


@pytest.mark.parametrize(
    "cell",
    [
        "`ENTRYPOINT`",
        "`ENTRYPOINT_`",
        "`ENTRYPOINT_A_`",
        "`ENTRYPOINT__A`",
        "`ENTRYPOINT_A x`",
        "`MY_ENTRYPOINT_A`",
        "`ENTRYPOINT_a`",
        "ENTRYPOINT_A",
        "see `ENTRYPOINT_A`",
        "`ENTRYPOINT_A` too",
        "`ENTRYPOINT_A` `ENTRYPOINT_B`",
        "",
    ],
)
def test_another_handle_key_is_refused(cell: str) -> None:
    assert refusal(HEAD + line(cell, "runs", "`python -m a`", "none", "READY")) == ("plan.md:3", "malformed handle key")


@pytest.mark.parametrize(
    ("command", "module", "subcommand"),
    [
        ("python -m a", "a", None),
        ("python -m _a1.B_2.c", "_a1.B_2.c", None),
        ("python -m a r", "a", "r"),
        ("python -m a.b run-2", "a.b", "run-2"),
    ],
)
def test_an_invocation_names_module_and_subcommand(command: str, module: str, subcommand: str | None) -> None:
    found = row(command=f"`{command}`")
    assert (found.command, found.module, found.subcommand) == (command, module, subcommand)


@pytest.mark.parametrize(
    "command",
    [
        "python -m 1a",
        "python -m a.",
        "python -m a..b",
        "python -m a run now",
        "python -m a Run",
        "python -m a -x",
        "python  -m a",
        "sudo python -m a",
        "python3 -m a",
        "python -m",
    ],
)
def test_another_invocation_is_refused(command: str) -> None:
    source = HEAD + line("`ENTRYPOINT_A`", "runs", f"`{command}`", "none", "READY")
    assert refusal(source) == ("plan.md:3", "malformed invocation")


@pytest.mark.parametrize(("cell", "status"), [("A", "A"), ("`READY`", "READY"), ("NOT_READY", "NOT_READY")])
def test_a_status_is_one_word(cell: str, status: str) -> None:
    assert row(status=cell).status == status


@pytest.mark.parametrize("cell", ["READY now", "READY.", "READY1", "_READY", "Ready", "not READY", "``"])
def test_another_status_is_refused(cell: str) -> None:
    source = HEAD + line("`ENTRYPOINT_A`", "runs", "`python -m a`", "none", cell)
    assert refusal(source) == ("plan.md:3", "malformed mapping status")


@pytest.mark.parametrize(
    ("cell", "required", "optional", "further", "subcommand"),
    [
        ("none", (), (), (), None),
        ("None", (), (), (), None),
        ("-", (), (), (), None),
        ("`--a`", ("--a",), (), (), None),
        ("`--a <x> --b-2 <s3://y> r`", ("--a", "--b-2"), (), (), "r"),
        ("`r --a`", ("--a",), (), (), "r"),
        ("`--a` (`--b` optional)", ("--a",), ("--b",), (), None),
        ("`--a` (Optional: `--b`, `--c`) (OPTIONAL `--d`)", ("--a",), ("--b", "--c", "--d"), (), None),
        ("`--a`, `undo --e <x>` or `redo`", ("--a",), (), (Usage("undo", ("--e",)), Usage("redo", ())), None),
        ("`--a` (`--b` optional), `undo`", ("--a",), ("--b",), (Usage("undo", ()),), None),
    ],
)
def test_arguments_are_taken_apart(
    cell: str, required: tuple[str, ...], optional: tuple[str, ...], further: tuple[Usage, ...], subcommand: str | None
) -> None:
    found = row(args=cell)
    assert (found.required_options, found.optional_options, found.further_usages) == (required, optional, further)
    assert (found.subcommand, found.required_args) == (subcommand, cell)


@pytest.mark.parametrize(
    ("cell", "cause"),
    [
        ("", "malformed required arguments"),
        ("nothing", "malformed required arguments"),
        ("`--a=b`", "malformed arguments"),
        ("`--A`", "malformed arguments"),
        ("`a--b!`", "malformed arguments"),
        ("`run.x`", "malformed arguments"),
        ("`--a 5`", "malformed arguments"),
        ("`--a <x>y`", "malformed arguments"),
        ("`--a <>`", "malformed arguments"),
        ("`run <x>`", "malformed arguments"),
        ("`--a <x> <y>`", "malformed arguments"),
        ("`--a run again`", "malformed arguments"),
        ("`--a --b --a`", "named twice"),
        ("`--a`, `--b` (more is optional)", "not said whether it is required"),
        ("`--a` (more is optional) `--b`", "not said whether it is required"),
        ("`--a` (`--b <x>` optional)", "not said whether it is required"),
        ("`--a` (`--b` required)", "not said whether it is required"),
        ("`--a` (optional `undo`)", "not said whether it is required"),
        # A parenthesis inside a code span opens nothing.
        ("`--a <x(> run`, `--b` optional)", "not said whether it is required"),
        ("(see) `--a`", "inside parentheses"),
    ],
)
def test_arguments_that_could_mean_two_things_are_refused(cell: str, cause: str) -> None:
    place, said = refusal(HEAD + line("`ENTRYPOINT_A`", "runs", "`python -m a`", cell, "READY"))
    assert place == "plan.md:3"
    assert cause in said


def test_the_matrix_is_the_table_that_begins_with_the_handle_key() -> None:
    other = "| Other | Handle key |\n| - | - |\n| `x` | y |\n\n"
    upper = line(*(name.upper() for name in COLUMNS)) + DELIMITER
    ready = line("`ENTRYPOINT_A`", "runs", "`python -m a`", "none", "READY")
    assert rows(other) == ()
    assert [found.line for found in rows(other + upper + ready)] == [7]
    assert rows(HEAD) == ()


@pytest.mark.parametrize("column", range(1, 5))
def test_a_matrix_without_one_of_its_columns_is_refused(column: int) -> None:
    names = [name for at, name in enumerate(COLUMNS) if at != column]
    assert refusal(line(*names) + "| - | - | - | - |\n") == ("plan.md:1", "entrypoint matrix with other columns")
    names.insert(column, "Else")
    assert refusal("\n" + line(*names) + DELIMITER) == ("plan.md:2", "entrypoint matrix with other columns")


def test_a_second_matrix_is_refused_where_it_stands() -> None:
    place, cause = refusal(HEAD + "\n" + HEAD)
    assert place == "plan.md:4"
    assert "line 1" in cause


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("`python -m a`", "none"), ("`python -m a`", "`--b`")),
        (("`python -m a r`", "none"), ("`python -m a`", "`--b r`")),
    ],
)
def test_one_program_in_two_rows_is_refused(first: tuple[str, str], second: tuple[str, str]) -> None:
    source = HEAD + "".join(line(f"`ENTRYPOINT_{at}`", "runs", *one, "READY") for at, one in enumerate((first, second)))
    assert refusal(source) == ("plan.md:4", "repeats the invocation of line 3")


def test_two_subcommands_of_one_module_are_two_programs() -> None:
    commands = ("python -m a", "python -m a r", "python -m a s", "python -m b r")
    source = HEAD + "".join(line("`ENTRYPOINT_A`", "runs", f"`{command}`", "none", "READY") for command in commands)
    assert [found.command for found in rows(source)] == list(commands)
    both = HEAD + line("`ENTRYPOINT_A`", "runs", "`python -m a r`", "`--a s`", "READY")
    assert refusal(both) == ("plan.md:3", "subcommand in two cells")
    nameless = HEAD + line("`ENTRYPOINT_A`", "", "`python -m a`", "none", "READY")
    assert refusal(nameless) == ("plan.md:3", "empty runtime mode")
