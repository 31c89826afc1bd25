"""Which stages and images a stage draws on, what it is called, and what it mounts."""

import pytest

from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.mounts import Mount, mounts
from packaging_readiness.checkout.stages import Stages, is_digest, resolve_stages
from packaging_readiness.contract.errors import InputRefused

HEX = "0123456789abcdef" * 4
DIGEST = f"x@sha256:{HEX}"


def stages(text: str, **build_args: str) -> Stages:
    return resolve_stages(parse(text.encode(), "D"), build_args)


def needs(text: str) -> list[list[int]]:
    """What each stage builds on, copies from or mounts."""
    return [sorted(stage.depends_on) for stage in stages(text).all]


def refusal(text: str) -> str:
    with pytest.raises(InputRefused) as caught:
        stages(text)
    return f"{caught.value.place} {caught.value.cause}"


@pytest.mark.parametrize(
    ("reference", "pinned"),
    [
        (DIGEST, True),
        (f"r.example/x:1@sha256:{HEX}", True),
        (f"@sha256:{HEX}", False),
        (f"x@sha256:{HEX[1:]}", False),
        (f"x@sha256:{HEX}0", False),
        (f"x@sha256:{HEX[1:]}g", False),
        (f"x@sha256:{HEX.upper()}", False),
        (f"x@sha512:{HEX}", False),
        (f"{DIGEST}\n", False),
        (f"\n{DIGEST}", False),
        (f"x:sha256-{HEX}", False),
    ],
)
def test_what_is_pinned_by_digest(reference: str, pinned: bool) -> None:
    assert is_digest(reference) is pinned


@pytest.mark.parametrize("name", ["a", "A", "ab-c_d.e0", "z9"])
def test_a_name_of_a_stage(name: str) -> None:
    assert stages(f"FROM x AS {name}\n").final.name == name.lower()


@pytest.mark.parametrize("name", ["1", "_a", "-a", "a/b", "a:b", "é", "aé", "a+"])
def test_a_name_that_no_stage_has(name: str) -> None:
    assert refusal(f"FROM y\nFROM x AS {name}\n").startswith("D:2 invalid name")


@pytest.mark.parametrize(
    ("base", "argument"),
    [
        ("$A", "A"),
        ("${A}", "A"),
        ("$_a1", "_a1"),
        ("${_a1}", "_a1"),
        ("${A:-}", None),
        ("${A:-x}", None),
        ("$A$A", None),
        ("x$A", None),
        ("$A:1", None),
        ("'$A'", None),
    ],
)
def test_the_argument_that_alone_is_the_base(base: str, argument: str | None) -> None:
    found = stages(f"ARG A\nARG _a1\nFROM {base}\n").final
    assert (found.base, found.base_arg, found.base_is_digest) == (base, argument, False)
    if argument is not None:
        given = stages(f"ARG A\nARG _a1\nFROM {base}\n", **{argument: DIGEST}).final
        assert (given.base_arg, given.base_expanded, given.base_is_digest) == (None, DIGEST, True)


def test_a_stage_as_it_is_found() -> None:
    first, second, third = stages("ARG A=x\n\nFROM $A\nRUN a\nFROM scratch AS B\nFROM b\nUSER 1\n").all
    assert (first.index, first.name, first.line, first.base, first.base_expanded) == (0, None, 3, "$A", "x")
    assert ([item.name for item in first.instructions], first.base_stage) == (["RUN"], None)
    assert (second.index, second.name, second.line, second.instructions) == (1, "b", 5, ())
    assert (third.index, third.base_stage, third.base_expanded) == (2, 1, "b")
    assert [item.name for item in third.instructions] == ["USER"]


def test_a_name_given_again_is_the_later_stage() -> None:
    assert needs("FROM x AS a\nFROM y AS a\nFROM A\nFROM z\nCOPY --from=A /b /c\n") == [[], [], [1], [1]]


@pytest.mark.parametrize("name", ["TARGETARCH", "BUILDOS"])
def test_a_base_that_depends_on_the_platform(name: str) -> None:
    assert stages(f"FROM x-${name}\n").final.base_expanded is None
    assert stages(f"FROM x-${name}\n", **{name: "y"}).final.base_expanded == "x-y"


def test_there_are_at_most_a_thousand_stages() -> None:
    assert len(stages("FROM x\n" * 1000).all) == 1000
    assert refusal("FROM x\n" * 1001).startswith("D more than 1000")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("COPY --from=0 a b", [0]),
        ("COPY --from=+1 a b", [1]),
        ("COPY --from=02 a b", [2]),
        ("COPY --from=000000000 a b", [0]),
        # Too long for a number, or none: an image
        ("COPY --from=0000000000 a b", []),
        ("COPY --from=1x a b", []),
        ("COPY --from=x1 a b", []),
        ("COPY --from=img a b", []),
        ("COPY --from=ONE a b", [1]),
        ("COPY --from= a b", []),
        ("COPY one b", []),
        ("RUN --mount=from=one,target=/t --mount=from=Two,target=/u a", [1, 2]),
        ("RUN --mount=type=cache,from=one,target=/t a", [1]),
        ("RUN --mount=from=0,target=/t --mount=from=img,target=/u a", []),
        ("RUN one", []),
        ("STOPSIGNAL --mount=from=one 9", []),
        ("ONBUILD COPY --from=one a b", []),
        ("ADD one b", []),
    ],
)
def test_stages_that_an_instruction_draws_on(line: str, found: list[int]) -> None:
    assert needs(f"FROM x\nFROM x AS one\nFROM x AS two\nFROM x\n{line}\n")[3] == found


@pytest.mark.parametrize("number", ["3", "4", "-1", "+3", "999999999"])
def test_a_number_of_no_stage_before_is_refused(number: str) -> None:
    text = f"FROM x\nFROM x\nFROM x\nFROM x\nRUN a\nCOPY --from={number} a b\n"
    assert refusal(text).startswith(f"D:6 COPY: --from={number} ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ARG A=${\nFROM x\n", "D:1 "),
        ("FROM x\n\nFROM ${\n", "D:3 "),
        ("FROM x\nFROM ''\n", "D:2 base name"),
        ("FROM x AS a\nONBUILD COPY b\nFROM y\nFROM a\n", "D:4 COPY requires"),
        ("FROM x\nRUN b\nRUN --mount=type=q a\n", "D:3 RUN: "),
    ],
)
def test_a_stage_that_the_builder_refuses(text: str, place: str) -> None:
    assert refusal(text).startswith(place)


def test_triggers_start_the_next_stage_and_no_other() -> None:
    found = stages("FROM x AS a\nRUN b\nONBUILD COPY <<E c\nd\nE\nONBUILD USER 1\nFROM a AS e\nRUN f\nFROM e\n").all
    assert [(item.name, item.start, item.end) for item in found[1].instructions] == [
        ("COPY", 3, 5),
        ("USER", 6, 6),
        ("RUN", 8, 8),
    ]
    assert [each.content for each in found[1].instructions[0].heredocs] == ["d\n"]
    assert found[2].instructions == ()
    assert needs("FROM x AS t\nFROM x AS a\nONBUILD COPY --from=t b c\nFROM a\n") == [[], [], [0, 1]]


def test_what_the_final_stage_does_not_need() -> None:
    found = stages("FROM x AS a\nFROM a AS b\nFROM x AS c\nFROM c\nFROM b\nCOPY --from=a /d /e\n")
    assert (found.final.index, sorted(found.needed())) == (4, [0, 1, 4])
    assert [each.index for each in found.unrelated()] == [2, 3]


def test_stages_that_many_others_need_are_found_once() -> None:
    more = (f"FROM s{at} AS s{at + 1}\nCOPY --from=s{at - 1} a b\n" for at in range(1, 80))
    found = stages("FROM x AS s0\nFROM x AS s1\n" + "".join(more))
    assert found.needed() == frozenset(range(81))


def test_bases_that_are_images() -> None:
    found = stages("ARG A\nFROM x AS a\nFROM a\nFROM scratch\nFROM $A\nFROM scratch AS s\nFROM s\n")
    assert [each.index for each in found.base_images()] == [0, 3]


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM x\nUSER 1\nRUN a\nUSER 2\nRUN b\n", "2"),
        ("FROM x\nRUN a\n", None),
        ("FROM x AS a\nUSER 1\nFROM a AS b\nFROM b\nRUN c\n", "1"),
        ("FROM x AS a\nUSER 1\nFROM a\nUSER $U\n", "$U"),
        ("FROM x\nONBUILD USER 1\n", None),
        ("FROM x AS a\nONBUILD USER 1\nFROM a\n", "1"),
        ("FROM x\nUSER 1\nFROM x\n", None),
    ],
)
def test_the_user_of_the_image(text: str, user: str | None) -> None:
    assert stages(text).final_user() == user


def test_sources_that_are_fetched_over_the_network() -> None:
    far = ["http://h/a", "https://h/a", "HTTPS://h/a", "git://h/a", "ssh://h/a", "git@h:a", "Git@h:a"]
    near = ["ftp://h/a", "a/http://h", "git", "http:/a", "xgit@h:a"]
    line = f"ADD {' '.join([*far, *near])} http://h/"
    text = f"FROM x\n{line}\nCOPY https://h/a /b\nONBUILD {line}\nADD \"https://h/q\" '/b'\n"
    assert stages(text).remote_adds() == (
        *((2, each) for each in far),
        *((4, each) for each in far),
        (5, '"https://h/q"'),
    )


def shown(value: str) -> Mount:
    return mounts(parse(f"RUN --mount={value} a\n".encode(), "D").instructions[0])[0]


@pytest.mark.parametrize(
    ("value", "mount", "context"),
    [
        ("target=/t", Mount("bind", "", "", "/t"), True),
        ("", Mount("bind", "", "", ""), True),
        ("type=bind,source=a,target=/t", Mount("bind", "a", "", "/t"), True),
        ("TYPE=BIND,SRC=A,Dst=/T", Mount("bind", "A", "", "/T"), True),
        ("src=a=b,destination=/t,from=", Mount("bind", "a=b", "", "/t"), True),
        ("source=a,from=Q,target=/t,rw", Mount("bind", "a", "Q", "/t"), False),
        ("type=cache,id=a,target=/t", Mount("cache", "", "", "/t"), False),
        ("type=tmpfs,target=/t", Mount("tmpfs", "", "", "/t"), False),
        ("type=secret,id=a", Mount("secret", "", "", ""), False),
        ("type=ssh", Mount("ssh", "", "", ""), False),
        ("type=$A,target=/t", Mount("$a", "", "", "/t"), False),
        ("'\"source=a,b\",target=/t'", Mount("bind", "a,b", "", "/t"), True),
    ],
)
def test_a_mount(value: str, mount: Mount, context: bool) -> None:
    assert shown(value) == mount
    assert shown(value).shows_context is context


@pytest.mark.parametrize("value", ["type=foo", "type=", "type=binds", "'\"a'", "'\"a\"b'"])
def test_a_mount_that_the_builder_refuses(value: str) -> None:
    with pytest.raises(ValueError, match="--mount"):
        shown(value)


def test_mounts_of_one_instruction_in_their_order() -> None:
    item = parse(b"RUN --mount=src=a --network=none --mount=src=b c\n", "D").instructions[0]
    assert [each.source for each in mounts(item)] == ["a", "b"]
