"""M1.A judges every form in which content gets into the image: good and bad samples of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from packaging_readiness.checkout.build_images import build_images
from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.checkout.stages import resolve_stages
from selftests.in_process import changed_platform, red, run_lane
from selftests.platform_edits import replace

BASE, USER, COPIES = "FROM ${BASE_IMAGE}\n", "USER 10001:10001\n", "m1a.boundary.copy-maps-to-include"
PINNED, REMOTE = "m1a.advisory.base-pinned", "m1a.advisory.no-remote-add"
DIGEST = "@sha256:" + "a" * 64
FIRST = "# One image for every entrypoint."

# (what stands in the reference platform's Dockerfile, what is put in its place)
GOOD: Mapping[str, tuple[str, str]] = {
    "image-by-digest": (USER, f"COPY --from=tools:1{DIGEST} /bin/tool /bin/tool\n{USER}"),
    "stage-on-the-contracts-base": (
        BASE,
        f"FROM ${{BASE_IMAGE}} AS tools\nRUN true\n{BASE}COPY --from=tools /bin/true /bin/tool\n",
    ),
    "stage-by-number": (BASE, f"FROM ${{BASE_IMAGE}}\nRUN true\n{BASE}COPY --from=0 /bin/true /bin/tool\n"),
    "mount-of-a-stage": (BASE, f"FROM ${{BASE_IMAGE}} AS Tools\n{BASE}RUN --mount=from=tools,target=/t true\n"),
    "mount-by-digest": (USER, f"RUN --mount=type=bind,from=tools{DIGEST},target=/t true\n{USER}"),
    "cache-mount": (USER, f"RUN --mount=type=cache,target=/t true\n{USER}"),
    "frontend-by-digest": (FIRST, f"# syntax=docker/dockerfile:1{DIGEST}\n{FIRST}"),
    "a-comment-that-is-no-directive": (FIRST, f"{FIRST}\n# syntax=docker/dockerfile:1"),
    "here-document-of-a-run": (USER, f"RUN <<EOF\ntrue\nEOF\n{USER}"),
}
BAD: Mapping[str, tuple[str, str, Mapping[str, str], str]] = {
    "copy-from-a-tag": (
        USER,
        f"COPY --from=tools:1 /bin/tool /bin/tool\n{USER}",
        {PINNED: "base-not-pinned"},
        "--from=tools:1",
    ),
    "copy-from-a-named-context": (
        USER,
        f"COPY --from=extras a /app/a\n{USER}",
        {PINNED: "base-not-pinned"},
        "--from=extras",
    ),
    "copy-from-a-later-stage's-name": (
        BASE,
        f"{BASE[:-1]} AS first\nCOPY --from=second /a /a\n{BASE[:-1]} AS second\nCOPY --from=first /a /a\n",
        {PINNED: "base-not-pinned"},
        "--from=second",
    ),
    "mount-from-a-tag": (
        USER,
        f"RUN --mount=type=bind,from=tools:1,target=/t true\n{USER}",
        {PINNED: "base-not-pinned"},
        "from=tools:1",
    ),
    "cache-filled-from-a-tag": (
        USER,
        f"RUN --mount=type=cache,from=tools,target=/t true\n{USER}",
        {PINNED: "base-not-pinned"},
        "from=tools",
    ),
    "trigger-that-copies-from-a-tag": (
        USER,
        f"ONBUILD COPY --from=tools:1 /bin/tool /bin/tool\n{USER}",
        {PINNED: "base-not-pinned"},
        "--from=tools:1",
    ),
    "frontend-by-tag": (
        FIRST,
        f"# syntax=docker/dockerfile:1\n{FIRST}",
        {PINNED: "base-not-pinned"},
        "Dockerfile:1: # syntax=docker/dockerfile:1",
    ),
    "frontend-after-other-directives": (
        FIRST,
        f"#escape=\\\n#SYNTAX = docker/dockerfile\n{FIRST}",
        {PINNED: "base-not-pinned"},
        "Dockerfile:2: # syntax=docker/dockerfile",
    ),
    "digest-of-another-length": (
        USER,
        f"COPY --from=tools@sha256:abc /a /a\n{USER}",
        {PINNED: "base-not-pinned"},
        "tools@sha256:abc",
    ),
    "copy-of-a-here-document": (
        USER,
        f"COPY <<EOF /app/settings.yaml\ndebug: true\nEOF\n{USER}",
        {COPIES: "copy-beyond-contract"},
        "COPY <<EOF",
    ),
    "add-of-a-here-document": (
        USER,
        f"ADD <<'EOF' /app/settings.yaml\ndebug: true\nEOF\n{USER}",
        {COPIES: "copy-beyond-contract"},
        "ADD <<",
    ),
    "add-of-a-url": (
        USER,
        f"ADD https://example.org/a /app/a\n{USER}",
        {REMOTE: "remote-add"},
        "https://example.org/a",
    ),
    "add-of-a-repository": (
        USER,
        f"ADD git@example.org:a.git /app/a\n{USER}",
        {REMOTE: "remote-add"},
        "git@example.org",
    ),
    "trigger-that-adds-a-url": (
        USER,
        f"ONBUILD ADD https://example.org/a /app/a\n{USER}",
        {REMOTE: "remote-add"},
        "https://example.org/a",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_content_from_a_pinned_source_is_accepted(name: str, tmp_path: Path) -> None:
    assert red(run_lane("m1a", changed_platform(tmp_path, replace("Dockerfile", GOOD[name])))) == {}


@pytest.mark.parametrize("name", BAD)
def test_content_from_elsewhere_is_red(name: str, tmp_path: Path) -> None:
    old, new, expected, told = BAD[name]
    records = run_lane("m1a", changed_platform(tmp_path, replace("Dockerfile", (old, new))))
    assert red(records) == expected
    (row,) = expected
    assert told in "\n".join(records[row].found)


def test_another_dockerfile_in_the_checkout_is_not_the_images(tmp_path: Path) -> None:
    """The contract names one Dockerfile; what others build, nothing here packages."""

    def change(root: Path) -> None:
        (root / "tools").mkdir()
        (root / "tools" / "Dockerfile").write_text("FROM busybox\nCOPY . .\n", encoding="utf-8")

    assert red(run_lane("m1a", changed_platform(tmp_path, change))) == {}


def test_images_are_listed_in_file_order_each_with_its_line() -> None:
    text = (
        "#!/usr/bin/env dock\n# syntax=front:1\nARG BASE\nFROM ${BASE} AS a\nFROM scratch AS b\nFROM a\n"
        f"COPY --from=A --chown=1 /x /x\nCOPY --from=b /x /x\nCOPY --from=c{DIGEST} /x /x\n"
        "RUN --mount=from=d,target=/t --mount=from=0,target=/u true\n"
    )
    dockerfile = parse(text.encode(), "Dockerfile")
    found = build_images(dockerfile, resolve_stages(dockerfile, {}))
    assert [(image.line, image.spelling, image.pinned, image.argument) for image in found] == [
        (2, "# syntax=front:1", False, None),
        (4, "FROM ${BASE}", False, "BASE"),
        (9, f"--from=c{DIGEST}", True, None),
        (10, "from=0", False, None),
        (10, "from=d", False, None),
    ]
