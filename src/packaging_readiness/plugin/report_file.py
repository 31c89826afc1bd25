"""The report that the verdict is made of: it must be written, be complete, and be of this run."""

from pathlib import Path

import pytest


def fresh_report_path(config: pytest.Config, *, worker: bool) -> Path:
    """Set the options of pytest-json-report and pytest-xdist that this run depends on, remove an old report, and
    return where the new one goes. Raises UsageError where there would be none.
    """
    option = config.option
    if not hasattr(option, "json_report"):
        raise pytest.UsageError("pytest-json-report is switched off; the verdict is made of its report")
    if option.json_report_file is None:
        raise pytest.UsageError("--json-report-file=none leaves no report; the verdict is made of it")
    option.json_report = not option.collectonly
    option.json_report_summary = False
    option.json_report_omit = ["collectors", "log", "traceback", "streams", "warnings", "keywords"]
    if getattr(option, "dist", "no") != "no" and option.maxworkerrestart is None:
        option.maxworkerrestart = "0"  # else a crash is tried again on every new worker, and -n1 waits for ever
    path = Path(option.json_report_file)
    if not worker and not option.collectonly:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--json-report-file {path.name}: {error.strerror}; name a file") from None
    return path
