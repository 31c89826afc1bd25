"""One logical line: its keyword, the builder's flags, and the arguments that each instruction makes of the rest."""

import json

import pytest

from packaging_readiness.checkout.dockerfile_lines import parse_line


def args(line: str, escape: str = "\\") -> tuple[str, ...]:
    return parse_line(line, escape, 1, 1).args


def taken(line: str, escape: str = "\\") -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = parse_line(line, escape, 1, 1)
    return found.flags, found.args


ARRAY = '["a", "b c"]'
KEEPS_TEXT = ["MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"]
TEXT_OR_ARRAY = ["CMD", "ENTRYPOINT", "RUN", "SHELL"]
WORDS_OR_ARRAY = ["ADD", "COPY", "VOLUME"]
ONLY_WORDS = ["EXPOSE", "FROM"]


@pytest.mark.parametrize("name", KEEPS_TEXT)
def test_an_instruction_that_keeps_its_text(name: str) -> None:
    for rest in ("a  b", '"a b" c', ARRAY):
        found = parse_line(f"{name} {rest}", "\\", 1, 1)
        assert (found.name, found.args, found.json) == (name, (rest,), False)
    assert args(name) == ()


@pytest.mark.parametrize("name", TEXT_OR_ARRAY)
def test_an_instruction_that_keeps_its_text_or_takes_an_array(name: str) -> None:
    assert args(f"{name} a  'b c'") == ("a  'b c'",)
    assert args(name) == ()
    found = parse_line(f"{name} {ARRAY}", "\\", 1, 1)
    assert (found.args, found.json) == (("a", "b c"), True)


@pytest.mark.parametrize("name", [*WORDS_OR_ARRAY, *ONLY_WORDS])
def test_an_instruction_whose_words_end_at_blanks(name: str) -> None:
    found = parse_line(f"{name} a\t'b \v\f\r c'\u00a0d", "\\", 1, 1)
    assert (found.args, found.json) == (("a", "'b", "c'\u00a0d"), False)
    assert args(name) == ()
    found = parse_line(f"{name} {ARRAY}", "\\", 1, 1)
    array = name in WORDS_OR_ARRAY
    assert (found.args, found.json) == (("a", "b c") if array else ('["a",', '"b', 'c"]'), array)


@pytest.mark.parametrize(
    ("rest", "strings"),
    [
        ("[]", ()),
        ('["a"]', ("a",)),
        ('[ "a" , "\\u0062" ]', ("a", "b")),
        # No array: one string
        ('["a",]', None),
        ("['a']", None),
        ('"a"]', None),
        ('{"a": ["b"]}', None),
        ('["a"] b', None),
        ("[NaN]", None),
        ("[Infinity]", None),
        ("[-Infinity]", None),
        pytest.param("[" * 100_000, None, id="deep"),
        # Half of a pair of surrogates stands for nothing; what is next to them is a character.
        (r'["\ud800\ud7ff\ue000\udfff"]', ("\ufffd\ud7ff\ue000\ufffd",)),
        (r'["\ud83d\ude00"]', ("\U0001f600",)),
    ],
)
def test_what_is_an_array_of_strings(rest: str, strings: tuple[str, ...] | None) -> None:
    found = parse_line(f"RUN {rest}", "\\", 1, 1)
    assert (found.args, found.json) == ((rest,) if strings is None else strings, strings is not None)


@pytest.mark.parametrize("members", [[1], ["a", 1], [1, "a"], [None], [["a"]], [{}]])
def test_an_array_of_anything_but_strings_is_refused(members: list[object]) -> None:
    for name in [*TEXT_OR_ARRAY, *WORDS_OR_ARRAY, "HEALTHCHECK CMD"]:
        with pytest.raises(ValueError, match="strings only"):
            args(f"{name} {json.dumps(members)}")


def test_a_health_check_is_a_kind_and_a_command() -> None:
    assert args("HEALTHCHECK") == ()
    assert args("HEALTHCHECK NONE") == ("NONE",)
    assert args("HEALTHCHECK CMD  a  b") == ("CMD", "a  b")
    assert args("HEALTHCHECK CMD\u00a0a") == ("CMD\u00a0a",)
    found = parse_line(f"HEALTHCHECK --retries=3 CMD {ARRAY}", "\\", 1, 1)
    assert (found.flags, found.args, found.json) == (("--retries=3",), ("CMD", "a", "b c"), True)


@pytest.mark.parametrize("name", ["ENV", "LABEL"])
def test_pairs_of_a_name_and_a_value(name: str) -> None:
    assert args(f"{name} a=b c=d=e f=") == ("a", "b", "=", "c", "d=e", "=", "f", "", "=")
    assert args(f"{name} a='b c' d=e\\ f") == ("a", "'b c'", "=", "d", "e\\ f", "=")
    # The old form: one name, and all the rest is its value.
    assert args(f"{name} a b=c  d") == ("a", "b=c  d", "")
    assert args(f"{name} a =b") == ("a", "=b", "")
    assert args(f"{name} 'a b' c") == ("'a", "b' c", "")
    assert args(name) == ()
    with pytest.raises(ValueError, match=f"{name} must have two arguments"):
        args(f"{name} a")
    with pytest.raises(ValueError, match=f"{name}: can't find ="):
        args(f"{name} a=b c")


def test_arguments_with_quotes_and_escapes_are_one_word() -> None:
    assert args("ARG a='b c' d") == ("a='b c'", "d")
    assert args("ARG a=b\\ c d") == ("a=b\\ c", "d")
    assert args("ARG a=b` c d", "`") == ("a=b` c", "d")
    assert args("ARG") == ()


def test_a_trigger_is_an_instruction_of_its_own() -> None:
    found = parse_line("onbuild Copy --link a /b", "\\", 3, 4)
    assert (found.name, found.keyword, found.flags, found.args, found.json) == ("ONBUILD", "onbuild", (), (), False)
    trigger = found.onbuild
    assert trigger is not None
    assert (trigger.name, trigger.keyword, trigger.original) == ("COPY", "Copy", "Copy --link a /b")
    assert (trigger.flags, trigger.args) == (("--link",), ("a", "/b"))
    assert (trigger.start, trigger.end) == (3, 4)
    assert parse_line("ONBUILD", "\\", 1, 1).onbuild is None
    assert parse_line("RUN a", "\\", 1, 1).onbuild is None


def test_triggers_of_triggers_are_read_to_a_depth() -> None:
    assert parse_line("ONBUILD " * 21 + "RUN a", "\\", 1, 1).name == "ONBUILD"
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_line("ONBUILD " * 22 + "RUN a", "\\", 1, 1)


@pytest.mark.parametrize("gap", ["\t", "\v", "\f", "\r", " ", " \t "])
def test_a_keyword_ends_at_a_blank(gap: str) -> None:
    found = parse_line(f"\u00a0{gap}Run{gap}a{gap}\u2003", "\\", 5, 6)
    assert (found.name, found.keyword, found.args) == ("RUN", "Run", ("a",))
    assert (found.original, found.start, found.end) == (f"\u00a0{gap}Run{gap}a{gap}\u2003", 5, 6)


def test_any_other_blank_is_part_of_the_keyword() -> None:
    found = parse_line("RUN\u00a0a b", "\\", 1, 1)
    assert (found.name, found.args, found.json) == ("RUN\u00a0A", ("",), False)


@pytest.mark.parametrize(
    ("line", "flags", "rest"),
    [
        ("RUN a --b", (), "a --b"),
        ("RUN -a", (), "-a"),
        ("RUN --a", ("--a",), None),
        ("RUN  --a  \u00a0--b=c  d  --e", ("--a", "--b=c"), "d  --e"),
        ("RUN --a\u2003b", ("--a",), "b"),
        # Two dashes alone end the flags
        ("RUN --a -- --b c", ("--a",), "--b c"),
        ("RUN --", (), None),
        ("RUN --'' a", (), "a"),
        # Quotes and escapes
        ("RUN --a='b \" c'd e", ('--a=b " cd',), "e"),
        ('RUN --a="b \' c"d e', ("--a=b ' cd",), "e"),
        ("RUN --a=b\\ c d", ("--a=b c",), "d"),
        ('RUN --a="b\\" c" d', ('--a=b" c',), "d"),
        ("RUN --a='b\\' c' d", ("--a=b' c",), "d"),
        ("RUN --a=b\\\\ c", ("--a=b\\",), "c"),
        ("RUN --a=b\\", ("--a=b",), None),
        ("RUN --a='b c", ("--a=b c",), None),
        ("RUN --a=`b c", ("--a=`b",), "c"),
    ],
)
def test_flags_before_the_arguments(line: str, flags: tuple[str, ...], rest: str | None) -> None:
    assert taken(line) == (flags, () if rest is None else (rest,))


def test_the_escape_character_of_flags_is_that_of_the_file() -> None:
    assert taken("RUN --a=b` c d", "`") == (("--a=b c",), ("d",))
    assert taken("RUN --a=b\\ c d", "`") == (("--a=b\\",), ("c d",))
    assert taken("ONBUILD RUN --a=b` c d", "`") == ((), ())
    trigger = parse_line("ONBUILD RUN --a=b` c d", "`", 1, 1).onbuild
    assert trigger is not None
    assert (trigger.flags, trigger.args) == (("--a=b c",), ("d",))
