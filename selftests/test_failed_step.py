"""The line of the Dockerfile at which a build ended, from what engines say of their steps."""

from pathlib import Path

import pytest

from packaging_readiness.checkout.dockerfile_reader import parse
from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.build import BuildFailed
from packaging_readiness.plugin.failed_step import at_its_line, failed_line
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.in_process import changed_platform
from selftests.platform_edits import Change, append

ONE = "ARG BASE\nFROM ${BASE}\n\nCOPY a \\\n  b\n# a word\nRUN make\n"
TWO = "FROM base AS built\nRUN make\n\nFROM base\nCOPY --from=built x x\nRUN test\n"


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (ONE, "STEP 1/3: FROM base\nSTEP 2/3: COPY a   b\nError: no", 4),
        (ONE, "STEP 3/3: RUN make\nmake: *** no target\nError: exit status 2", 7),
        (ONE, "STEP 1/3: FROM base\nError: no image", 2),
        (ONE, "Step 3/4 : COPY a b\nno such file", 4),
        (ONE, "Step 1/4 : ARG BASE\nno", 1),
        (ONE, "STEP 3/3: COPY a b\nError: no", None),
        (ONE, "STEP 4/4: RUN make\nError: no", None),
        (ONE, "STEP 0/3: RUN make\nError: no", None),
        (ONE, "Error: no such base", None),
        (ONE, "the tool said: STEP 3/3: RUN make", None),
        (TWO, "[1/2] STEP 2/2: RUN make\nError: no", 2),
        (TWO, "[1/2] STEP 2/2: RUN make\n[2/2] STEP 3/3: RUN test\nError: no", 6),
        (TWO, "[2/2] STEP 1/3: FROM base\nError: no", 4),
        (TWO, "[3/3] STEP 1/3: FROM base\nError: no", None),
        (TWO, "Step 5/5 : RUN test\nError: no", 6),
        ("", "STEP 1/1: FROM base", None),
    ],
)
def test_last_step_that_began_is_found(text: str, said: str, line: int | None) -> None:
    instructions = parse(text.encode(), "Dockerfile").instructions if text else ()
    assert failed_line(instructions, said) == line


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda _: None, "Dockerfile:5"),
        (append("Dockerfile", "RUN <<END\nnever ended\n"), "Dockerfile"),
    ],
    ids=["known", "refused"],
)
def test_error_of_a_build_names_the_line(change: Change, place: str, tmp_path: Path) -> None:
    root = changed_platform(tmp_path, change)
    platform = Platform(root, load_contract(str(root / CONTRACT))[0])
    error = BuildFailed("Dockerfile", "does not build with podman 4.3.1:\nSTEP 2/11: WORKDIR /app\nno room", "mend it")
    told = at_its_line(error, platform)
    assert (told.place, told.cause, told.cure) == (place, error.cause, error.cure)
