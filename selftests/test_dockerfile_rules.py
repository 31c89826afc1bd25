"""What the builder takes and refuses after parsing: flags, numbers of arguments, durations."""

import pytest

from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.dockerfile_rules import (
    check_instruction,
    check_rules,
    flag_is_set,
    flag_values,
    source_stage,
)
from packaging_readiness.contract.errors import InputRefused


def refusal(text: str) -> str | None:
    """What is wrong with a file, by its cause; None for one that the builder takes."""
    try:
        check_rules(parse(text.encode(), "Dockerfile"))
    except InputRefused as refused:
        return f"{refused.place}: {refused.cause}"
    return None


def refusal_of(line: str) -> str | None:
    """The same for one instruction below a FROM; what stands before its cause says that it is the second line."""
    found = refusal(f"FROM a\n{line}\n")
    return None if found is None else found.removeprefix("Dockerfile:2: ")


def flagged(*flags: str) -> Instruction:
    return Instruction("COPY", "COPY", "COPY", flags, ("a", "/b"), False, 1, 1)


REST = {
    "FROM": "a",
    "COPY": "a /b",
    "ADD": "a /b",
    "ARG": "A=1",
    "RUN": "true",
    "HEALTHCHECK": "CMD true",
}
TEXT_FLAGS = [
    ("FROM", "platform", "linux/amd64"),
    ("COPY", "from", "img"),
    ("COPY", "chown", "1"),
    ("COPY", "chmod", "644"),
    ("ADD", "chown", "1"),
    ("ADD", "chmod", "644"),
    ("ADD", "checksum", "sha256:0"),
    ("RUN", "network", "none"),
    ("RUN", "security", "sandbox"),
    ("HEALTHCHECK", "interval", "1s"),
    ("HEALTHCHECK", "timeout", "1s"),
    ("HEALTHCHECK", "start-period", "1s"),
    ("HEALTHCHECK", "start-interval", "1s"),
    ("HEALTHCHECK", "retries", "3"),
]
LISTED_FLAGS = [
    ("COPY", "exclude", "x"),
    ("ADD", "exclude", "x"),
    ("RUN", "mount", "type=tmpfs,target=/t"),
    ("RUN", "device", "d"),
]
SWITCHES = [
    ("COPY", "link"),
    ("COPY", "parents"),
    ("ADD", "link"),
    ("ADD", "keep-git-dir"),
    ("ADD", "unpack"),
    ("ARG", "required"),
]


@pytest.mark.parametrize(("name", "flag", "value"), [*TEXT_FLAGS, *LISTED_FLAGS])
def test_a_flag_with_a_value_has_to_have_one(name: str, flag: str, value: str) -> None:
    assert refusal_of(f"{name} --{flag}={value} {REST[name]}") is None
    assert "missing a value" in str(refusal_of(f"{name} --{flag} {REST[name]}"))


@pytest.mark.parametrize(("name", "flag", "value"), TEXT_FLAGS)
def test_a_flag_is_given_once(name: str, flag: str, value: str) -> None:
    assert "duplicate" in str(refusal_of(f"{name} --{flag}={value} --{flag}={value} {REST[name]}"))


@pytest.mark.parametrize(("name", "flag", "value"), LISTED_FLAGS)
def test_a_flag_of_a_list_may_be_given_again(name: str, flag: str, value: str) -> None:
    assert refusal_of(f"{name} --{flag}={value} --{flag}={value} {REST[name]}") is None


@pytest.mark.parametrize(("name", "flag"), SWITCHES)
def test_a_switch_is_true_or_false(name: str, flag: str) -> None:
    for good in ("", "=true", "=false", "=TRUE", "=False"):
        assert refusal_of(f"{name} --{flag}{good} {REST[name]}") is None
    for bad in ("=", "=1", "=maybe"):
        assert "true or false" in str(refusal_of(f"{name} --{flag}{bad} {REST[name]}"))
    assert "duplicate" in str(refusal_of(f"{name} --{flag} --{flag} {REST[name]}"))


@pytest.mark.parametrize(
    "line",
    [
        "FROM --from=x a",
        "COPY --checksum=x a /b",
        "ADD --from=x a /b",
        "ADD --parents a /b",
        "ARG --link A",
        "RUN --chmod=1 true",
        "HEALTHCHECK --start=1s CMD x",
        "USER --link 1",
        "ENV --link a=b",
        # A flag that is one of another instruction, or none at all
        "COPY ----link a /b",
        "HEALTHCHECK --bad",
    ],
)
def test_a_flag_of_another_instruction_is_unknown(line: str) -> None:
    assert "unknown flag" in str(refusal_of(line))


def test_flags_that_the_builder_drops_unread_are_not_looked_at() -> None:
    for line in ("STOPSIGNAL --bad 9", "HEALTHCHECK --bad NONE", "HEALTHCHECK --interval=x none"):
        assert refusal_of(line) is None


@pytest.mark.parametrize(
    "value",
    [
        *("", "0", "+0", "-0", "0s", "-0s", "-0.0h", "1s", "+1s", "1.s", "1.5s", ".5s", "01s"),
        *("1ms", "1000us", "1000µs", "1000μs", "1000000ns", "0.001s", "1m", "1h", "1h30m5s", "0.5ms500us"),
        # As long as is looked at
        "0" * 98 + "1s",
    ],
)
def test_a_duration_of_a_millisecond_or_none_is_taken(value: str) -> None:
    assert refusal_of(f"HEALTHCHECK --interval={value} CMD x") is None


@pytest.mark.parametrize(
    "value",
    [
        *("1", "s", ".s", ".", "1x", "1 s", "x1s", "1sx", "-1s", "++1s", "1s-1s", "00", "-", "1S", "3m0", "1d"),
        *("999us", "999µs", "999μs", "999999ns", "0.9ms", "0.0009s", "0.00001m", "0.0000001h", "0.5ms499us"),
        "0" * 99 + "1s",
    ],
)
def test_any_other_duration_is_refused(value: str) -> None:
    assert refusal_of(f'HEALTHCHECK --interval="{value}" CMD x') is not None


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        *[(value, True) for value in ("", "0", "3", "+3", "-0", "-00", "123456789", "+123456789")],
        *[(value, False) for value in ("1234567890", "-1", "+", "-", "x", "3x", "++3", "1s", "-01", "--0")],
    ],
)
def test_retries_are_a_number_that_is_not_below_zero(value: str, taken: bool) -> None:
    assert (refusal_of(f"HEALTHCHECK --retries={value} CMD x") is None) is taken


@pytest.mark.parametrize("name", ["MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL"])
def test_these_take_one_argument(name: str) -> None:
    assert refusal_of(f"{name} a b") is None
    assert "exactly one" in str(refusal_of(name))


@pytest.mark.parametrize("name", ["ENV", "LABEL", "EXPOSE", "VOLUME", "ARG", "HEALTHCHECK", "SHELL", "ONBUILD"])
def test_these_take_an_argument_or_more(name: str) -> None:
    assert "at least one" in str(refusal_of(name))


@pytest.mark.parametrize("name", ["CMD", "ENTRYPOINT", "RUN"])
def test_these_take_none(name: str) -> None:
    assert refusal_of(name) is None


@pytest.mark.parametrize("name", ["COPY", "ADD"])
def test_a_copy_names_a_source_and_a_destination(name: str) -> None:
    for line in (f"{name} a /b", f"{name} a b /c", f'{name} ["a", "<<EOF"]'):
        assert refusal_of(line) is None
    for line in (name, f"{name} a", f'{name} ["a"]', f"{name} []"):
        assert "at least two" in str(refusal_of(line))
    assert refusal_of(f"{name} <<EOF /b\nx\nEOF") is None
    assert "heredoc as a destination" in str(refusal_of(f"{name} a <<EOF\nx\nEOF"))
    assert "heredoc as a destination" in str(refusal_of(f"{name} <<EOF\nx\nEOF"))


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        *[("a", True), ("a AS b", True), ("a as b", True)],
        *[("", False), ("a b", False), ("a to b", False), ("a AS", False), ("a AS b c", False)],
    ],
)
def test_a_base_has_a_name_or_none(line: str, taken: bool) -> None:
    assert (refusal(f"FROM {line}\n") is None) is taken


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("FOO b", "unknown instruction"),
        ("COPY --from=$X a /b", "--from"),
        ("COPY --from=x${X} a /b", "--from"),
        ("ENV =b", "blank"),
        ("ENV a=b =c", "blank"),
        ("LABEL =b", "blank"),
        ('VOLUME ["/a", " "]', "empty"),
        ('VOLUME ["/a", ""]', "empty"),
        ('VOLUME ["\u00a0"]', "empty"),
        ("SHELL bash", "JSON"),
        ("HEALTHCHECK FOO x", "unknown type"),
        ("HEALTHCHECK CMD", "takes"),
        ("HEALTHCHECK NONE x", "takes"),
        ("healthcheck none x", "takes"),
        ("ONBUILD ONBUILD RUN x", "isn't allowed"),
        ("ONBUILD FROM x", "isn't allowed"),
        ("ONBUILD MAINTAINER x", "isn't allowed"),
    ],
)
def test_an_instruction_that_the_builder_refuses(line: str, word: str) -> None:
    assert word in str(refusal_of(line))


@pytest.mark.parametrize(
    "line",
    [
        "ENV a=",
        "ENV a=b c=",
        "LABEL a=b c= d=e",
        "VOLUME /a /b",
        'SHELL ["a"]',
        'CMD [""]',
        "HEALTHCHECK NONE",
        "HEALTHCHECK none",
        "HEALTHCHECK CMD x",
        "healthcheck cmd x",
        'HEALTHCHECK CMD ["x"]',
        "ONBUILD RUN x",
        # A trigger is read where it is used, not here.
        "ONBUILD FOO",
        "COPY --from= a /b",
        "RUN echo $X <<EOF\nEOF",
    ],
)
def test_an_instruction_that_the_builder_takes(line: str) -> None:
    assert refusal_of(line) is None


def test_what_stands_before_the_first_base_is_an_argument() -> None:
    assert refusal("ARG A\nARG B=1\nFROM a\nRUN x\n") is None
    assert str(refusal("ARG A\nRUN x\nFROM a\n")).startswith("Dockerfile:2: no build stage")
    assert str(refusal("ARG A\n")).startswith("Dockerfile: no FROM")


def test_values_of_a_flag_in_their_order() -> None:
    item = flagged("--exclude=a=b", "--exclude=", "--exclude", "--excluded=c", "--link")
    assert flag_values(item, "exclude") == ["a=b", "", ""]
    assert flag_values(item, "from") == []


def test_the_first_source_stage_counts_and_the_last_value_of_a_switch() -> None:
    assert source_stage(flagged("--from=a", "--from=b")) == "a"
    assert source_stage(flagged("--chown=1")) == ""
    switches = [(), ("--link",), ("--link=true",), ("--link=false",), ("--link=FALSE",), ("--link=false", "--link")]
    assert [flag_is_set(flagged(*each), "link") for each in switches] == [False, True, True, False, False, True]
    assert flag_is_set(flagged("--link", "--link=false"), "link") is False


def test_a_used_trigger_of_no_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        check_instruction(Instruction("ADD", "ADD", "ADD", (), (), False, 1, 1))
