"""Every image that a build draws on: bases, images that files are copied or mounted from, and the frontend."""

import pytest

from packaging_readiness.checkout.build_images import build_images
from packaging_readiness.checkout.dockerfile import as_json
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.dockerfile_second import second_opinion
from packaging_readiness.checkout.stages import resolve_stages

DIGEST = "x@sha256:" + "0123456789abcdef" * 4
Image = tuple[int, str, bool, str | None]


def images(text: str) -> list[Image]:
    dockerfile = parse(text.encode(), "D")
    found = build_images(dockerfile, resolve_stages(dockerfile, {}))
    return [(each.line, each.spelling, each.pinned, each.argument) for each in found]


def test_bases_in_file_order() -> None:
    text = f"ARG A\nFROM z AS one\nFROM one\nFROM scratch\nFROM $A\nFROM {DIGEST}\n"
    assert images(text) == [
        (2, "FROM z", False, None),
        (5, "FROM $A", False, "A"),
        (6, f"FROM {DIGEST}", True, None),
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("COPY --from=img a b", [("--from=img", False)]),
        (f"COPY --from={DIGEST} a b", [(f"--from={DIGEST}", True)]),
        ("COPY --from=1x a b", [("--from=1x", False)]),
        # A later stage and the stage itself are no stages yet
        ("COPY --from=late a b", [("--from=late", False)]),
        ("COPY --from=own a b", [("--from=own", False)]),
        ("COPY --from=0 a b", []),
        ("COPY --from=+0 a b", []),
        ("COPY --from=ONE a b", []),
        ("COPY --from= a b", []),
        ("COPY a b", []),
        ("ADD a b", []),
        ("RUN --mount=from=img,target=/t a", [("from=img", False)]),
        ("RUN --mount=from=0,target=/t a", [("from=0", False)]),
        (f"RUN --mount=from=One,target=/t --mount=from={DIGEST},target=/u a", [(f"from={DIGEST}", True)]),
        ("RUN --mount=from=b,target=/t --mount=from=a,target=/u a", [("from=a", False), ("from=b", False)]),
        ("RUN --mount=from=b,target=/t --mount=from=b,target=/u a", [("from=b", False)]),
        ("RUN --mount=target=/t a", []),
        # A trigger counts, as far as anybody would read it
        ("ONBUILD COPY --from=img a b", [("--from=img", False)]),
        ("ONBUILD RUN --mount=from=img,target=/t a", [("from=img", False)]),
        ("ONBUILD ADD --from=img a b", []),
        ("ONBUILD COPY --mount=from=img a b", []),
        ("STOPSIGNAL --mount=from=img 9", []),
        ("ONBUILD RUN --mount=type=foo,from=img a", []),
    ],
)
def test_images_that_an_instruction_takes_files_from(line: str, found: list[tuple[str, bool]]) -> None:
    text = f"FROM scratch AS one\nFROM scratch AS own\n{line}\nFROM scratch AS late\n"
    assert images(text) == [(3, spelling, pinned, None) for spelling, pinned in found]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("# syntax=r.example/f:1", (1, "r.example/f:1")),
        ("  #\tSYNTAX = f:1 -x ", (1, "f:1")),
        (f"# syntax={DIGEST}", (1, DIGEST)),
        ("# escape=`\n# check=skip=all\n# syntax=f", (3, "f")),
        ("#!/usr/bin/x\n# syntax=f", (2, "f")),
        ("# syntax=f=g", (1, "f=g")),
        ("# syntax=", None),
        ("ARG a='# syntax=f'", None),
        ("# check=f", None),
        ("# note\n# syntax=f", None),
        ("\n# syntax=f", None),
        ("# other=x\n# syntax=f", None),
        ("#!/usr/bin/x\n#!/usr/bin/x\n# syntax=f", None),
        ("# check=x\n#!/usr/bin/x\n# syntax=f", None),
        ("ARG a=1\n# syntax=f", None),
    ],
)
def test_the_image_that_reads_the_dockerfile(head: str, found: tuple[int, str] | None) -> None:
    shown: list[Image] = [] if found is None else [(found[0], f"# syntax={found[1]}", "@" in found[1], None)]
    assert images(f"{head}\nFROM scratch\n") == shown


def test_images_of_several_kinds_are_sorted_by_line_and_spelling() -> None:
    text = "# syntax=f\nFROM b\nCOPY --from=z a b\nRUN --mount=from=y,target=/t a\nFROM a\n"
    assert [image[:2] for image in images(text)] == [
        (1, "# syntax=f"),
        (2, "FROM b"),
        (3, "--from=z"),
        (4, "from=y"),
        (5, "FROM a"),
    ]


def opinions(text: str) -> list[tuple[int, str | None, str | None]]:
    found = second_opinion(parse(text.encode(), "D"))
    return [(each.line, each.builder, each.other) for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nrun  b \\\n  c\n",
        "\ufeffFROM a\n",
        "# syntax=x\n# note\nFROM a\n",
        "FROM a\nCOPY <<A <<B /c\nFROM x\nA\nUSER 1\nRUN z\nB\nRUN <<C\nC\nUSER 1\n",
        "FROM a\nONBUILD RUN <<E\nFROM b\nE\nUSER 1\n",
    ],
)
def test_both_readers_see_the_same(text: str) -> None:
    assert opinions(text) == []


def test_where_the_readers_differ_both_readings_are_told() -> None:
    text = "FROM a\nRUN  echo \\\\\ncopy .  .\nUSER 1\n"
    assert opinions(text) == [(2, "RUN echo \\\\", "RUN echo \\copy . ."), (3, "COPY . .", None)]
    assert opinions("FROM a\n\\\n\nRUN b\n")[-1] == (4, None, "RUN b")


def test_a_second_reader_that_fails_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise KeyError("instruction")

    monkeypatch.setattr("dockerfile_parse.DockerfileParser.structure", property(fail))
    assert opinions("FROM a\nRUN b\n") == [(1, None, "the second reader failed: KeyError")]


def test_a_dockerfile_as_plain_data() -> None:
    text = 'FROM a\nCOPY --link <<E /b\nc\nE\nRUN ["d"]\nOnbuild Run --network=none x y\nCMD []\nONBUILD\n'
    dockerfile = parse(text.encode(), "D")
    shown = as_json(dockerfile)
    keys = ("name", "flags", "args", "json", "start", "end", "heredocs", "onbuild")
    trigger = {"Value": "Run", "Original": "Run --network=none x y", "Flags": ["--network=none"], "Args": ["x y"]} | {
        "Child": None,
        "JSON": False,
        "Start": 0,
        "End": 0,
        "Heredocs": None,
    }
    document = {"name": "E", "content": "c\n", "expand": True, "chomp": False}
    rows = [
        ("FROM", [], ["a"], False, 1, 1, [], None),
        ("COPY", ["--link"], ["<<E", "/b"], False, 2, 4, [document], None),
        ("RUN", [], ["d"], True, 5, 5, [], None),
        ("ONBUILD", [], None, False, 6, 6, [], [trigger]),
        ("CMD", [], None, True, 7, 7, [], None),
        ("ONBUILD", [], None, False, 8, 8, [], None),
    ]
    assert shown == {"instructions": [dict(zip(keys, row, strict=True)) for row in rows], "refused": None}
    assert dockerfile.place(dockerfile.instructions[2]) == "D:5"


def test_a_trigger_of_a_trigger_as_plain_data() -> None:
    shown = as_json(parse(b"ONBUILD ONBUILD USER 1\n", "D"))["instructions"][0]["onbuild"]
    assert [(each["Value"], each["Args"], each["Child"][0]["Args"]) for each in shown] == [("ONBUILD", None, ["1"])]
