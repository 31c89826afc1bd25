"""COPY, ADD and bind mounts: which context files they take and where those land."""

import tarfile
from pathlib import Path

import pytest

from packaging_readiness.checkout.context import resolve_context
from packaging_readiness.checkout.copies import Copies, refused_view, resolve_copies, view
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.errors import InputRefused

FILES = ("src/app/a.py", "src/app/a.pyc", "src/b.py", "docs/x.md", "docs/y.txt", "top.md", "Dockerfile")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return tmp_path


def resolve(root: Path, text: str, **build_args: str) -> Copies:
    context = resolve_context(root, root / "Dockerfile", sizes=False)
    return resolve_copies(parse(text.encode(), "Dockerfile"), context, build_args)


def landed(root: Path, text: str, **build_args: str) -> list[str]:
    found = resolve(root, "FROM scratch\n" + text, **build_args)
    return sorted({dest for each in found.sources for _, dest in each.files})


def refused(root: Path, text: str, **build_args: str) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        resolve(root, text, **build_args)
    return caught.value


def test_view_lists_rows_and_what_nothing_takes(root: Path) -> None:
    context = resolve_context(root, root / "Dockerfile")
    text = "FROM scratch AS one\nCOPY docs /d\nFROM scratch\nCOPY src /s\n"
    shown = view(context, resolve_copies(parse(text.encode(), "Dockerfile"), context, {}))
    assert shown["context_files"] == sorted(FILES)
    assert shown["copied"][0] == {"line": 2, "stage": "one", "source": "docs/x.md", "dest": "d/x.md"}
    assert {row["stage"] for row in shown["copied"]} == {"one", "1"}
    assert shown["untaken"] == ["Dockerfile", "top.md"]
    assert shown["refused"] is None
    assert shown.keys() == refused_view("why").keys()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("COPY top.md /c\n", ["c"]),
        ("COPY top.md /c/\n", ["c/top.md"]),
        ("COPY top.md /c/.\n", ["c/top.md"]),
        ("COPY docs /c\nCOPY top.md /c\n", ["c/top.md", "c/x.md", "c/y.txt"]),
        ("WORKDIR /w\nCOPY top.md v\n", ["w/v"]),
        ("WORKDIR /w\nWORKDIR v\nCOPY top.md .\n", ["w/v/top.md"]),
        ("WORKDIR /w\nCOPY top.md /w\n", ["w/top.md"]),
        ("COPY top.md docs/x.md /c/\n", ["c/top.md", "c/x.md"]),
        ("COPY docs/*.md src/*.py /c/\n", ["c/b.py", "c/x.md"]),
        ("COPY --exclude=**/*.pyc src /c\n", ["c/app/a.py", "c/b.py"]),
        ("COPY --exclude=app --exclude=b* src /c\n", []),
        ("COPY --parents src/app/a.py /c/\n", ["c/src/app/a.py"]),
        ("COPY --parents src/./app/*.py /c/\n", ["c/app/a.py"]),
        ("COPY --parents=false docs/x.md /c/\n", ["c/x.md"]),
        ("COPY nothing* /c/\n", []),
        ("ADD docs /c\n", ["c/x.md", "c/y.txt"]),
        ("COPY <<EOF docs/x.md /c/\nbody\nEOF\n", ["c/x.md"]),
        ("COPY --from=other docs /c\n", []),
        ("ONBUILD COPY docs /c\n", []),
        ("ARG D\nONBUILD COPY $D /c\nONBUILD RUN --mount=source=$D,target=/m x\n", []),
        ("ADD https://e.org/docs docs/x.md /c/\n", ["c/x.md"]),
    ],
)
def test_where_sources_land(root: Path, text: str, wanted: list[str]) -> None:
    assert landed(root, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "ARG D=docs\nCOPY $D/x.md /c\n",
        "ENV D=docs\nCOPY ${D}/x.md /c\n",
        "ARG D\nENV E=$D\nCOPY $E/x.md /c\n",
        "ARG D\nCOPY ${D:-other}/x.md /c\n",
        "ENV D=docs E=x.md\nCOPY $D/$E /c\n",
    ],
)
def test_variables_in_scope_are_replaced(root: Path, text: str) -> None:
    assert landed(root, text, D="docs") == ["c"]


def test_argument_before_the_first_from_must_be_declared_again(root: Path) -> None:
    text = "ARG D=docs/x.md\nFROM scratch\nARG D\nCOPY $D /c/\n"
    assert [each.files for each in resolve(root, text).sources] == [(("docs/x.md", "c/x.md"),)]
    whole = resolve(root, text.replace("\nARG D\n", "\n"))
    assert len(whole.sources[0].files) == len(FILES)


def test_stage_inherits_variables_directory_and_files_of_its_base(root: Path) -> None:
    text = "FROM scratch AS a\nARG D=docs\nWORKDIR /w\nCOPY docs /w/c\nFROM a\nCOPY $D/x.md c\n"
    assert resolve(root, text).sources[1].files == (("docs/x.md", "w/c/x.md"),)


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("FROM scratch\nARG D\nCOPY $D /c\n", "Dockerfile:3", "$D is a build argument without a value"),
        ("FROM scratch\nARG D\nCOPY ${D:-docs} /c\n", "Dockerfile:3", "$D is a build argument"),
        ("FROM scratch\nARG D\nARG E=$D/x\nCOPY $E /c\n", "Dockerfile:4", "$E depends on $D"),
        ("FROM python\nCOPY $HOME /c\n", "Dockerfile:2", "may come from the base image"),
        ("FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /c\n", "Dockerfile:3", "depends on the platform"),
        ("FROM python\nCOPY docs c\n", "Dockerfile:2", "relative destination"),
        ("FROM scratch\nCOPY none /c\n", "Dockerfile:2", "not found"),
        ("FROM scratch\nCOPY none/* /c\n", "Dockerfile:2", "not found"),
        ("FROM scratch\nCOPY --parents docs/none /c\n", "Dockerfile:2", "not found"),
        ("FROM scratch\nCOPY [a /c\n", "Dockerfile:2", "malformed pattern"),
        ("FROM scratch\nCOPY https://e.org/x /c\n", "Dockerfile:2", "URL"),
        ("FROM scratch\nCOPY docs <<EOF\nx\nEOF\n", "Dockerfile:2", "heredoc as a destination"),
        ("FROM scratch\nCOPY top.md /c\nCOPY docs /c\n", "Dockerfile:3", "non-directory"),
        ("FROM scratch\nCOPY docs /c/top.md\nCOPY top.md /c/\n", "Dockerfile:3", "cannot replace directory"),
        ("FROM scratch\nRUN --mount=source=none,target=/m x\n", "Dockerfile:2", "not found"),
        ('FROM scratch\nCOPY "docs /c\n', "Dockerfile:2", "cannot read"),
        ("FROM scratch\nENV A=${\n", "Dockerfile:2", "cannot read"),
    ],
)
def test_what_cannot_be_resolved_is_refused_with_its_line(root: Path, text: str, place: str, cause: str) -> None:
    error = refused(root, text)
    assert error.place == place
    assert cause in error.cause


def test_values_of_variables_are_not_repeated_in_a_refusal(root: Path) -> None:
    assert "hunter2" not in str(refused(root, "FROM scratch\nENV A=hunter2${\n"))


def test_directory_link_is_followed_and_file_link_read(root: Path) -> None:
    (root / "d").symlink_to("docs")
    (root / "f").symlink_to("docs/x.md")
    found = resolve(root, "FROM scratch\nCOPY d /c\nCOPY f /c/\n")
    assert found.sources[0].files == (("docs/x.md", "c/x.md"), ("docs/y.txt", "c/y.txt"))
    assert found.sources[1].files == (("docs/x.md", "c/f"),)
    assert not {"d", "f"} & set(found.untaken)


@pytest.mark.parametrize("target", ["loop", "../outside", "/etc", "nothing"])
@pytest.mark.parametrize("source", ["loop", "l*"])
def test_link_that_loops_or_leaves_the_root_is_refused(root: Path, target: str, source: str) -> None:
    (root / "loop").symlink_to(target)
    assert refused(root, f"FROM scratch\nCOPY {source} /c/\n").place == "Dockerfile:2"


def test_link_inside_a_copied_directory_stays_a_link(root: Path) -> None:
    (root / "docs/out").symlink_to("/etc")
    assert landed(root, "COPY docs /c\n") == ["c/out", "c/x.md", "c/y.txt"]


def test_destination_follows_the_links_of_the_image(root: Path) -> None:
    (root / "docs/out").symlink_to("/etc")
    assert "etc/b.py" in landed(root, "COPY docs /c\nCOPY src /c/out/\n")


def test_source_the_ignore_file_keeps_out_is_not_found(root: Path) -> None:
    (root / ".dockerignore").write_text("docs/x.md\n", encoding="utf-8")
    assert refused(root, "FROM scratch\nCOPY docs/x.md /c\n").place == "Dockerfile:2"
    assert landed(root, "COPY docs /c\n") == ["c/y.txt"]


def test_a_folder_that_is_out_is_there_for_a_folder_in_it_that_is_in(root: Path) -> None:
    (root / ".dockerignore").write_text("src\n!src/app\n", encoding="utf-8")
    assert landed(root, "COPY src /c\n") == ["c/app/a.py", "c/app/a.pyc"]
    assert landed(root, "COPY --parents src/app /c/\n") == ["c/src/app/a.py", "c/src/app/a.pyc"]


def test_bind_mount_takes_files_but_copies_none(root: Path) -> None:
    found = resolve(
        root, "FROM scratch\nRUN --mount=type=bind,source=docs,target=/m x\nRUN --mount=type=cache,target=/m x\n"
    )
    assert [each.kind for each in found.sources] == ["mount"]
    assert found.sources[0].files == (("docs/x.md", "m/x.md"), ("docs/y.txt", "m/y.txt"))
    assert "docs/x.md" not in found.untaken


def test_triggers_of_a_base_stage_run_in_this_build(root: Path) -> None:
    found = resolve(root, "FROM scratch AS a\nONBUILD COPY docs /c\nFROM a AS b\nFROM b\n")
    assert [(each.line, each.stage, each.onbuild, len(each.files)) for each in found.sources] == [
        (2, 0, True, 0),
        (2, 1, False, 2),
    ]


def test_add_unpacks_a_local_archive_and_copy_does_not(root: Path) -> None:
    with tarfile.open(root / "t.tgz", "w:gz") as archive:
        archive.add(root / "docs", "inner")
    assert landed(root, "ADD t.tgz /c\n") == ["c/inner/x.md", "c/inner/y.txt"]
    assert landed(root, "ADD --unpack=false t.tgz /c/\n") == ["c/t.tgz"]
    assert landed(root, "COPY t.tgz /c/\n") == ["c/t.tgz"]
    assert landed(root, "ADD top.md /c/\n") == ["c/top.md"]
    (root / "z").write_bytes(b"\x28\xb5\x2f\xfd")
    assert "zstd" in refused(root, "FROM scratch\nADD z /c/\n").cause


def test_failure_in_a_stage_nobody_needs_is_kept_not_raised(root: Path) -> None:
    found = resolve(root, "FROM scratch AS idle\nCOPY none /c\nFROM scratch\nCOPY docs /c\n")
    assert [each.problem for each in found.sources] == ["not found in the build context", None]
    assert refused(root, "FROM scratch AS used\nCOPY none /c\nFROM used\n").place == "Dockerfile:2"
