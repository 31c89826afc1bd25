"""Findings and advice of M1.A that no fault of `fixtures/faults` shows: those take a builder that not everybody has."""

from pathlib import Path

from selftests.in_process import changed_platform, red, run_lane
from selftests.platform_edits import append, replace

TAKEN = "m1a.boundary.context-taken"


def orphaned(root: Path) -> None:
    """A file in an included folder that its COPY leaves out by name."""
    replace("Dockerfile", ("COPY src/", "COPY --exclude=orphan.txt src/"))(root)
    (root / "src/fraud_detection/orphan.txt").write_text("x\n")


def test_file_that_no_copy_takes_is_told_with_its_size(tmp_path: Path) -> None:
    records = run_lane("m1a", changed_platform(tmp_path, orphaned))
    assert red(records) == {
        TAKEN: "context-untaken",
        "m1a.boundary.include-copied[src/fraud_detection]": "include-not-copied",
    }
    assert records[TAKEN].found[0].startswith("src/fraud_detection/orphan.txt: 1 file, 2 bytes")


def test_refused_copy_names_the_line_that_keeps_its_source_out(tmp_path: Path) -> None:
    change = replace(".dockerignore", ("!config/platform\n", ""))
    record = run_lane("m1a", changed_platform(tmp_path, change))["m1a.boundary.copy-maps-to-include"]
    assert "(config/platform is kept out by .dockerignore:2)" in record.found[0]
    assert record.fix == "write in .dockerignore, after line 2: !config/platform"


def test_folder_that_is_let_in_without_its_files_names_the_line_that_keeps_them_out(tmp_path: Path) -> None:
    root = changed_platform(tmp_path, append(".dockerignore", "docs/model_spec/platform/contracts/*\n"))
    last = len((root / ".dockerignore").read_text().splitlines())
    for check in ("include-in-context", "include-copied"):
        record = run_lane("m1a", root)[f"m1a.boundary.{check}[docs/model_spec/platform/contracts]"]
        (found,) = record.found
        assert found.endswith(f"kept out by .dockerignore:{last}")
        assert record.fix == f"write in .dockerignore, after line {last}: !docs/model_spec/platform/contracts"


def test_document_in_the_dockerfile_is_no_include_path(tmp_path: Path) -> None:
    change = replace("Dockerfile", ("USER 10001:10001", "COPY <<END /app/note.txt\nnote\nEND\nUSER 10001:10001"))
    records = run_lane("m1a", changed_platform(tmp_path, change))
    assert red(records) == {"m1a.boundary.copy-maps-to-include": "copy-beyond-contract"}
