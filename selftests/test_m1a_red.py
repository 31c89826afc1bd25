"""Findings and advice of M1.A that no fault of `fixtures/faults` shows: those take a builder that not everybody has."""

from pathlib import Path

from selftests.in_process import changed_platform, red, run_lane
from selftests.platform_edits import replace

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
