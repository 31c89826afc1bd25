"""Variables: what a word becomes, what is not known, and how ARG and ENV change what is in scope."""

import pytest

from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.expand import Scope, Unresolved, declare_args, declare_env, require_readable
from packaging_readiness.checkout.scopes import declare, first_scope, stage_scopes
from packaging_readiness.checkout.stages import resolve_stages
from packaging_readiness.contract.errors import InputRefused

MIB = 1024 * 1024


def one(line: str) -> Instruction:
    return parse(line.encode(), "D").instructions[0]


def unresolved(scope: Scope, word: str) -> tuple[str, str]:
    with pytest.raises(Unresolved) as caught:
        scope.expand(word, "\\")
    return caught.value.name, str(caught.value)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("a", "a"),
        ("$A", "1"),
        ("x${A}y$B", "x1y"),
        ("'$A' \"$A\" b", "$A 1 b"),
        ("\\$A", "$A"),
        ("$NONE.", "."),
        ("${NONE:-d}", "d"),
        ("${A:+d}", "d"),
        ("${L#a*/}", "b/c"),
        ("${L##a*/}", "c"),
        ("${L%/*}", "a/b"),
        ("${L/b/x}", "a/x/c"),
    ],
)
def test_a_word_with_its_variables_replaced(word: str, text: str) -> None:
    assert Scope({"A": "1", "B": "", "L": "a/b/c"}).expand(word, "\\") == text


def test_the_escape_character_is_that_of_the_file() -> None:
    assert Scope({"A": "1"}).expand("`$A\\", "`") == "$A\\"


@pytest.mark.parametrize("word", ["${", "'a", '"a', "${A", "${A:?}", "${A!b}"])
def test_a_word_that_the_builder_cannot_read(word: str) -> None:
    with pytest.raises(ValueError, match="cannot read") as caught:
        Scope().expand(word, "\\")
    assert not isinstance(caught.value, Unresolved)
    with pytest.raises(ValueError, match="cannot read"):
        require_readable(["a", word], Scope(), "\\")


def test_what_has_no_value_is_named_with_its_reason() -> None:
    scope = Scope({"K": "1"}, {"A": "is open", "B": "is so too"})
    assert unresolved(scope, "$K$B$A") == ("B", "$B is so too")
    assert unresolved(scope, "${A:-x}") == ("A", "$A is open")
    # It may have a value where the image is built.
    assert unresolved(scope, "${A:?}") == ("A", "$A is open")
    assert scope.expand("$C", "\\") == ""
    require_readable(["$A", "$K"], scope, "\\")
    assert unresolved(Scope({}, {"A": "is open"}), "$A") == ("A", "$A is open")


def test_a_base_image_may_define_what_is_not_declared_here() -> None:
    scope = Scope({"K": "1"}, closed=False)
    assert scope.expand("$K", "\\") == "1"
    name, why = unresolved(scope, "$HOME")
    assert name == "HOME"
    assert "base image" in why


def test_a_scope_knows_its_longest_value_and_the_most_asterisks_in_one() -> None:
    scope = Scope()
    for value in ("ab*", "****", "abcdef", "*"):
        scope.set("A", value)
    assert (scope.values, scope.longest, scope.most_stars) == ({"A": "*"}, 6, 4)


def test_a_copied_scope_is_one_of_its_own() -> None:
    scope = Scope({"A": "1"}, {"B": "is open"}, False, 3, 2)
    other = scope.copy()
    assert other == scope
    other.set("B", "2")
    other.leave_open("A", "is open")
    assert (scope.values, scope.open) == ({"A": "1"}, {"B": "is open"})
    assert (other.values, other.open) == ({"B": "2"}, {"A": "is open"})


@pytest.mark.parametrize(
    ("word", "longest", "stars", "taken"),
    [
        # All of it may be no longer than 16 MiB
        ("$A", 16 * MIB - 2, 0, True),
        ("$A", 16 * MIB - 1, 0, False),
        ("$A$A", 8 * MIB - 2, 0, True),
        ("$A$A", 8 * MIB - 1, 0, False),
        # One asterisk is tried at every place of the value, two at every pair of places
        ("${A#*}", 10_000, 9, True),
        ("${A#*}", 10_001, 0, False),
        ("${A%*}", 10_001, 0, False),
        ("${A/*/}", 10_001, 0, False),
        ("${A##*}", 10_001, 0, False),
        ("${A#**}", 464, 0, True),
        ("${A#**}", 465, 0, False),
        ("${A#$A}", 10_000, 1, True),
        ("${A#$A}", 10_001, 1, False),
        ("${A#$A*}", 464, 1, True),
        ("${A#$A*}", 465, 1, False),
        ("${A#$B$B}", 465, 1, False),
        ("${A#x}", 10_001, 9, True),
        ("${A}*", 10_001, 9, True),
        ("${A:-*}", 10_001, 9, True),
        ("${A}/*", 10_001, 9, True),
        pytest.param("${A#*}" + "x" * 9_994, 0, 0, True, id="a long word"),
        pytest.param("${A#*}" + "x" * 9_995, 0, 0, False, id="too long a word"),
        ("${A#$B}", 7, 9, True),
        pytest.param("${A#*" + "*" * 10_000 + "}", 0, 0, False, id="too many asterisks"),
    ],
)
def test_a_word_that_asks_for_too_much_is_refused(word: str, longest: int, stars: int, taken: bool) -> None:
    scope = Scope({"A": "x", "B": "y"}, longest=longest, most_stars=stars)
    if taken:
        scope.expand(word, "\\")
    else:
        with pytest.raises(ValueError, match=r"16 MiB|wildcards"):
            scope.expand(word, "\\")


def test_an_operator_without_a_name_is_as_much_work() -> None:
    with pytest.raises(ValueError, match="wildcards"):
        Scope(longest=10_001).expand("${/*}", "\\")


OUTER = Scope({"V": "outer", "W": "outer"}, {"O": "is open above"})


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("ARG G", "G", "given"),
        ("ARG G=d", "G", "given"),
        ("ARG V", "V", "outer"),
        ("ARG V=d", "V", "d"),
        ("ARG V=", "V", ""),
        ("ARG D=a=b", "D", "a=b"),
        ("ARG D='$K'x$K", "D", "$Kxk"),
        ("ARG K", "K", "k"),
        ("ARG ${K}1=d", "k1", "d"),
        ("ARG A V", "V", "outer"),
        ("ARG O=d", "O", "d"),
        ("ARG TARGETARCH=d", "TARGETARCH", "d"),
    ],
)
def test_an_argument_with_a_value(line: str, name: str, value: str) -> None:
    scope = Scope({"K": "k"})
    declare_args(scope, one(line), "\\", {"G": "given"}, OUTER)
    assert scope.values[name] == value
    assert name not in scope.open


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        ("ARG A", "A", "without a value"),
        ("ARG O", "O", "open above"),
        ("ARG D=x$Q", "D", "depends on $Q is open"),
        ("ARG TARGETX", "TARGETX", "without a value"),
    ],
)
def test_an_argument_without_a_value(line: str, name: str, why: str) -> None:
    scope = Scope({"D": "old", "O": "old"}, {"Q": "is open"})
    declare_args(scope, one(line), "\\", {}, OUTER)
    assert why in scope.open[name]
    assert name not in scope.values
    alone = Scope()
    declare_args(alone, one("ARG V"), "\\", {}, None)
    assert "without a value" in alone.open["V"]


@pytest.mark.parametrize(
    "name",
    [
        *("TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "TARGETOSVERSION", "TARGETSTAGE"),
        *("BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "BUILDOSVERSION"),
    ],
)
def test_an_argument_that_the_platform_fills(name: str) -> None:
    scope = Scope({name: "old"})
    declare_args(scope, one(f"ARG {name}"), "\\", {}, Scope())
    assert "platform" in scope.open[name]
    stage = resolve_stages(parse(f"FROM a:${name}\n".encode(), "D"), {}).final
    assert (stage.base_expanded, stage.base_arg) == (None, None)
    assert resolve_stages(parse(f"FROM a:${name}\n".encode(), "D"), {name: "x"}).final.base_expanded == "a:x"


@pytest.mark.parametrize("line", ["ARG ''", "ARG =x", "ARG $NONE=x", "ARG A B= ''"])
def test_an_argument_of_no_name_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        declare_args(Scope(), one(line), "\\", {}, None)


def test_values_of_one_instruction_see_the_variables_before_it() -> None:
    scope = Scope({"A": "old"}, {"O": "is open", "C": "is open"})
    declare_env(scope, one("ENV A=new B=$A C='x y' D=$O E=$D $A=z"), "\\")
    assert scope.values == {"A": "new", "B": "old", "C": "x y", "E": "", "old": "z"}
    assert set(scope.open) == {"O", "D"}
    assert scope.open["D"] == "depends on $O is open"
    declare_env(scope, one("ENV B $A c"), "\\")
    assert scope.values["B"] == "new c"


def test_only_arguments_and_environment_change_the_scope() -> None:
    scope = Scope()
    for line in ("LABEL A=1", "RUN A=1", "ENV B=1", "ARG C=1"):
        declare(scope, one(line), "\\", {}, Scope())
    assert scope.values == {"B": "1", "C": "1"}


def scopes(text: str) -> list[tuple[int, str, dict[str, str]]]:
    """Stage, instruction and values of each instruction after a FROM."""
    dockerfile = parse(text.encode(), "D")
    found = stage_scopes(dockerfile, resolve_stages(dockerfile, {}), {})
    return [(stage.index, item.name, dict(scope.values)) for stage, item, scope in found]


def test_each_instruction_sees_what_stands_before_it() -> None:
    text = "FROM x AS a\nENV A=1\nARG B=2\nRUN c\nFROM x\nRUN d\nFROM a\nENV A=3\nRUN e\nFROM a\nRUN f\n"
    assert scopes(text) == [
        (0, "ENV", {}),
        (0, "ARG", {"A": "1"}),
        (0, "RUN", {"A": "1", "B": "2"}),
        (1, "RUN", {}),
        (2, "ENV", {"A": "1", "B": "2"}),
        (2, "RUN", {"A": "3", "B": "2"}),
        (3, "RUN", {"A": "1", "B": "2"}),
    ]


def test_from_nothing_the_path_is_the_builders() -> None:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert scopes("FROM scratch\nRUN a\n") == [(0, "RUN", {"PATH": path})]
    for base, closed in (("scratch", True), ("x", False)):
        scope = first_scope(resolve_stages(parse(f"FROM {base}\n".encode(), "D"), {}).final, [])
        assert scope.closed is closed


def test_a_value_that_cannot_be_read_ends_a_stage_that_nobody_needs() -> None:
    text = "FROM x AS idle\nENV A=1\nENV B=${\nRUN a\nFROM idle AS more\nRUN b\nFROM x\nRUN c\n"
    assert scopes(text) == [(0, "ENV", {}), (0, "ENV", {"A": "1"}), (1, "RUN", {"A": "1"}), (2, "RUN", {})]
    with pytest.raises(InputRefused) as caught:
        scopes(text + "FROM more\n")
    assert (caught.value.place, caught.value.cause[:4]) == ("D:3", "ENV:")
